/*
 * A stream is one file as blocks of whole lines, entered where the window
 * begins and cut where another file must catch up.
 */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include "source/source.h"

struct stream;

/* Takes fd, which is one of files, as input_new() does; name is borrowed.
 * from_us: the time from which records are wanted (INT64_MIN: all). NULL when
 * out of memory. */
struct stream *stream_new(const struct files *files, int fd, const char *name,
    int64_t from_us, const struct flow_parser_options *opt);
void stream_free(struct stream *st);

/*
 * The next item of the file; SOURCE_END when it is over. limit_us: records
 * that end later stay for the next time, but for a few, so that a call always
 * gets on; INT64_MAX: no limit. file and stream of the item are not set.
 */
void stream_next(struct stream *st, int64_t limit_us, struct source_item *out,
    struct diag *d);

/* Reads on if need be, and says when the next records ended, robustly against
 * times in the future; INT64_MIN while not known, and at the end. */
int64_t stream_peek(struct stream *st);

/* What a file that was just opened tells of its times; false if it has no
 * records. */
struct stream_times {
	int64_t earliest_us; /* lowest end among the first records */
	int64_t first_us;    /* robust newest end among them */
	int64_t last_us;     /* the same at the end; INT64_MAX: not known */
};
bool stream_times(struct stream *st, struct stream_times *out) MUSTCHECK;

uint64_t stream_bytes_read(const struct stream *st);
uint64_t stream_bytes_skipped(const struct stream *st); /* by bisection */

#endif
