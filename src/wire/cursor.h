/*
 * Reads bytes from outside: MessagePack values and plain varints. An error
 * sticks, after which every read gives 0 or nothing, so that one check at the
 * end is enough. Nothing is allocated, so that a length that lies costs
 * nothing: msgpack-c's own reader makes room for what a header claims.
 */
#ifndef WIRE_CURSOR_H
#define WIRE_CURSOR_H

#include "base/span.h"

struct cursor {
	const uint8_t *p, *end; /* borrowed */
	const char *failed;     /* what was wrong; NULL: nothing yet */
};

struct cursor cursor_of(struct span s);
void cursor_fail(struct cursor *c, const char *why); /* keeps the first */
/* n bytes, or NULL if there are not so many. */
const uint8_t *cursor_take(struct cursor *c, size_t n);

/* LEB128: 7 bits a byte, the lowest first; the high bit says that more follow.
 * Signed ones are zigzag: 0, -1, 1, -2, ... */
uint64_t cursor_varint(struct cursor *c, uint64_t max);
int64_t cursor_zigzag(struct cursor *c);

/* MessagePack. Integers of any width; a value of another type is an error. */
uint64_t cursor_uint(struct cursor *c, uint64_t max);
int64_t cursor_int(struct cursor *c);
bool cursor_bool(struct cursor *c);
double cursor_double(struct cursor *c); /* nil is NaN */
struct span cursor_str(struct cursor *c, size_t max);
struct span cursor_bin(struct cursor *c, size_t max);
uint32_t cursor_array(struct cursor *c, uint32_t max);
uint32_t cursor_map(struct cursor *c);
void cursor_skip(struct cursor *c); /* one value, whatever it holds */

#endif
