/*
 * Inputs of several parts, with lines "--" between them.
 */
#ifndef FUZZ_PARTS_H
#define FUZZ_PARTS_H

#include <string.h>
#include "base/span.h"

/* Takes the bytes before a line "--" away, or all. */
static inline struct span
parts_next(struct span *rest)
{
	static const char line[] = "\n--\n";
	const char *end = rest->n == 0
	    ? NULL
	    : memmem(rest->p, rest->n, line, sizeof(line) - 1);
	size_t n = end == NULL ? rest->n : (size_t)(end - rest->p);
	size_t skip = end == NULL ? n : n + sizeof(line) - 1;
	struct span part = { rest->p, n };

	rest->p += skip;
	rest->n -= skip;
	return part;
}

#endif
