/*
 * Patterns of file names, as glob(3) takes them, over a table of functions:
 * `*`, `?` and `[...]` within a step of a path, `\` before what stands for
 * itself. A leading dot is matched by a dot only.
 */
#ifndef SOURCE_WILDCARD_H
#define SOURCE_WILDCARD_H

#include "source/files.h"

struct wildcard {
	char **v; /* owned, as each: paths, in no order */
	size_t n;
	int error;   /* errno: of the first folder that could not be read; 0 */
	bool failed; /* out of memory, or more than max */
};

/* What matches, at most max. Free it with wildcard_clear() in every case. */
void wildcard_expand(const struct files *files, const char *pattern, size_t max,
    struct wildcard *out);
void wildcard_clear(struct wildcard *w);

/* Whether a path could be a pattern. */
bool wildcard_is(const struct files *files, const char *path);

#endif
