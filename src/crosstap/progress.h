/*
 * A progress line on standard error: bytes, total, rate, time left. It shows
 * itself only on a terminal, not in the first second, and clears itself.
 */
#ifndef CROSSTAP_PROGRESS_H
#define CROSSTAP_PROGRESS_H

#include "base/buf.h"

struct progress {
	int fd;           /* -1: shows nothing */
	int64_t began_us; /* monotonic */
	int64_t shown_us; /* last time it was drawn; 0: never */
	bool drawn;
};

/* Silent unless fd is a terminal and wanted is true. */
void progress_init(struct progress *p, int fd, bool wanted);
/* Cheap: draws at most ten times a second. total 0: not known. */
void
progress_update(struct progress *p, uint64_t done_bytes, uint64_t total_bytes);
void progress_clear(struct progress *p); /* wipes the line */

/* The line itself, for tests: no wider than columns, no newline. */
void progress_format(uint64_t done_bytes, uint64_t total_bytes,
    int64_t elapsed_us, unsigned columns, struct buf *out);

#endif
