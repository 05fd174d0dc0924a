/*
 * Where the flows that differ go: a file or standard output, in one form, and
 * the counts of what was written and what was not.
 */
#ifndef CROSSTAP_FLOWS_SINK_H
#define CROSSTAP_FLOWS_SINK_H

#include <stdio.h>
#include "crosstap/flows_filter.h"

struct flows_sink {
	const char *path; /* NULL: standard output */
	enum flows_format format;
	const struct flows_filter *filter; /* borrowed; NULL: all */
	uint64_t limit;                    /* lines; UINT64_MAX: no limit */

	uint64_t written, filtered, beyond; /* out */

	FILE *file; /* owned, if there is a path; the rest is its own */
	struct buf out;
};

/* Writes the head. After it flows_sink_close() is due, whatever it returned. */
bool flows_sink_open(struct flows_sink *s, struct diag *d) MUSTCHECK;
/* A flow_diff_fn; arg is the sink. */
bool
flows_sink_take(void *arg, const struct flow_diff *f, struct diag *d) MUSTCHECK;
/* With well, writes the tail. False: it could not be written. */
bool
flows_sink_close(struct flows_sink *s, bool well, struct diag *d) MUSTCHECK;

#endif
