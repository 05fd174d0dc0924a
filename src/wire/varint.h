/*
 * Varints into a buffer: see cursor_varint().
 */
#ifndef WIRE_VARINT_H
#define WIRE_VARINT_H

#include "base/buf.h"

#define VARINT_MAX_BYTES 10

static inline void
varint_put(struct buf *b, uint64_t v)
{
	uint8_t out[VARINT_MAX_BYTES];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	buf_add(b, out, n);
}

static inline void
varint_put_signed(struct buf *b, int64_t v)
{
	varint_put(b, (uint64_t)v << 1 ^ (0 - ((uint64_t)v >> 63)));
}

#endif
