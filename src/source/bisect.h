/*
 * Finds where in a big plain log the records of a time begin, by looking at
 * some twenty places of it.
 */
#ifndef SOURCE_BISECT_H
#define SOURCE_BISECT_H

#include "source/input.h"
#include "source/probe.h"

/* Bytes that a look takes; a region starts up to twice that early, so that
 * it is seen that the log goes back further. */
#define BISECT_LOOK_BYTES (64 * 1024)

struct bisect {
	struct input *in;    /* borrowed; seekable */
	struct probe *probe; /* borrowed; knows the header */
	char *scratch;       /* borrowed; room for a line of FLOW_MAX_LINE */
	size_t scratch_n;    /* bytes, without FLOW_PARSER_SLACK */
};

/*
 * The offset of a line such that all lines before it were logged before the
 * log got to time_us. 0 where the file must be read from its start: also when
 * its lines make no sense to the parser.
 */
uint64_t bisect_find(const struct bisect *b, int64_t time_us);

/* How far the log has got at its end; false, with *progress_us as it was, if
 * that cannot be told. */
bool bisect_last(const struct bisect *b, int64_t *progress_us);

#endif
