/*
 * How far a log has got in event time: the eighth newest end of a flow seen so
 * far. A few records with a wrong time do not move it; a leap of over an hour
 * (the log was silent, or the clock was set) is believed once 64 records in
 * excess of those that contradict it have made it.
 */
#ifndef DIGEST_WATERMARK_H
#define DIGEST_WATERMARK_H

#include "base/base.h"

#define WATERMARK_RANK 8
#define WATERMARK_LEAP_US (3600 * US_PER_S)
#define WATERMARK_LEAP_RECORDS 64

struct watermark {
	int64_t newest[WATERMARK_RANK]; /* ascending; [0] is the watermark */
	unsigned seen;
	unsigned leaping;
};

void watermark_init(struct watermark *w);
void watermark_insert(struct watermark *w, int64_t end_us);

/* INT64_MIN until anything was seen; with fewer than eight records the oldest
 * of them. */
int64_t watermark_get(const struct watermark *w);

/* The rank-th newest end, rank 1 to WATERMARK_RANK; INT64_MIN: not so many. */
int64_t watermark_rank(const struct watermark *w, unsigned rank);

/* Where a log that has been read to its end ends: the newest end, but for those
 * that leap ahead of the ones before; INT64_MIN until anything was seen. */
int64_t watermark_last(const struct watermark *w);

static ALWAYS_INLINE void
watermark_add(struct watermark *w, int64_t end_us)
{
	if (UNLIKELY(end_us > w->newest[0]))
		watermark_insert(w, end_us);
}

#endif
