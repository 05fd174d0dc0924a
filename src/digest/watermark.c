/*
 * The eight newest ends, kept in order; insertion is rare, since most records
 * of a log end before the newest eight.
 */
#include "digest/watermark.h"

void
watermark_init(struct watermark *w)
{
	unsigned i;

	for (i = 0; i < WATERMARK_RANK; i++)
		w->newest[i] = INT64_MIN;
	w->seen = 0;
	w->leaping = 0;
}

static void
watermark_shift_in(struct watermark *w, int64_t end_us)
{
	unsigned i;

	for (i = 1; i < WATERMARK_RANK && w->newest[i] < end_us; i++)
		w->newest[i - 1] = w->newest[i];
	w->newest[i - 1] = end_us;
	if (w->seen < WATERMARK_RANK)
		w->seen++;
}

void
watermark_insert(struct watermark *w, int64_t end_us)
{
	unsigned i;

	if (w->seen < WATERMARK_RANK ||
	    end_us - w->newest[0] <= WATERMARK_LEAP_US) {
		if (w->leaping > 0)
			w->leaping--;
		watermark_shift_in(w, end_us);
		return;
	}
	if (++w->leaping < WATERMARK_LEAP_RECORDS)
		return;
	/* believed: start again from here, one record proves nothing */
	for (i = 0; i < WATERMARK_RANK; i++)
		w->newest[i] = end_us - WATERMARK_LEAP_US / 60;
	w->leaping = 0;
	watermark_shift_in(w, end_us);
}

int64_t
watermark_get(const struct watermark *w)
{
	if (w->seen == 0)
		return INT64_MIN;
	return w->newest[WATERMARK_RANK - w->seen];
}

int64_t
watermark_last(const struct watermark *w)
{
	int64_t last = watermark_get(w);
	unsigned i;

	for (i = 0; i < WATERMARK_RANK; i++)
		if (w->newest[i] > last &&
		    w->newest[i] - last <= WATERMARK_LEAP_US)
			last = w->newest[i];
	return last;
}

int64_t
watermark_rank(const struct watermark *w, unsigned rank)
{
	INVARIANT(rank >= 1 && rank <= WATERMARK_RANK);
	return w->newest[WATERMARK_RANK - rank];
}
