/*
 * A span is bytes that belong to somebody else: not terminated, not checked,
 * valid only as long as the buffer it points into.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <string.h>
#include "base/base.h"

struct span {
	const char *p; /* borrowed */
	size_t n;      /* bytes */
};

#define SPAN_LITERAL(s) ((struct span){ (s), sizeof(s) - 1 })

static inline struct span
span_from(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_is(struct span a, const char *s)
{
	return span_equal(a, span_from(s));
}

/* Decimal digits only, no sign; false if empty, not a number, or > max. */
bool span_parse_u64(struct span s, uint64_t max, uint64_t *out) MUSTCHECK;

#endif
