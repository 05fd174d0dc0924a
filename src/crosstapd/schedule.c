/*
 * A bucket is read in full when the one after it is settled, too: flows that
 * the sensors put on either side of the border are paired then.
 */
#include "crosstapd/schedule.h"

static int64_t
schedule_floor(int64_t us, int64_t width)
{
	int64_t rest = us % width;

	return us - (rest < 0 ? rest + width : rest);
}

static int64_t
schedule_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
schedule_begin(const struct schedule *s, int64_t since_us)
{
	return schedule_floor(
		   since_us - s->settle_us - s->delay_us, s->width_us) -
	    2 * s->width_us;
}

struct schedule_step
schedule_next(const struct schedule *s, int64_t now_us)
{
	struct schedule_step out = { .kind = SCHEDULE_WAIT };
	int64_t w = s->width_us, full, early;

	full = schedule_floor(now_us - s->settle_us - s->delay_us, w) - w;
	early = schedule_floor(now_us - s->early_us - s->delay_us, w);
	if (full > s->full_to_us) {
		out.kind = SCHEDULE_FULL;
		out.to_us = full;
		out.from_us = schedule_later(
		    s->full_to_us, full - SCHEDULE_MAX_BUCKETS * w);
	} else if (early > schedule_later(s->early_to_us, s->full_to_us)) {
		out.kind = SCHEDULE_EARLY;
		out.to_us = early;
		out.from_us = early - w;
	} else {
		int64_t next_full = full + 2 * w + s->settle_us + s->delay_us;
		int64_t next_early = early + w + s->early_us + s->delay_us;

		out.due_us = next_full < next_early ? next_full : next_early;
	}
	return out;
}

void
schedule_set_back(struct schedule *s, int64_t now_us)
{
	int64_t w = s->width_us;

	if (s->full_to_us > now_us)
		s->full_to_us =
		    schedule_floor(now_us - s->settle_us - s->delay_us, w) - w;
	if (s->early_to_us > now_us)
		s->early_to_us = s->full_to_us;
}

void
schedule_took(struct schedule *s, const struct schedule_step *step)
{
	if (step->kind == SCHEDULE_FULL)
		s->full_to_us = schedule_later(s->full_to_us, step->to_us);
	if (step->kind != SCHEDULE_WAIT)
		s->early_to_us = schedule_later(s->early_to_us, step->to_us);
}
