/*
 * Which buckets of a group are asked for next, and when. Pure: the time is
 * given. New buckets come first, newest first after an outage; what remains is
 * back-filled.
 */
#ifndef CROSSTAPD_SCHEDULE_H
#define CROSSTAPD_SCHEDULE_H

#include "base/base.h"

/* New buckets of one question, at most. */
#define SCHEDULE_MAX_BUCKETS 30
/* From when a bucket can be settled until it is asked for: what Zeek has
 * written must have reached the disk. */
#define SCHEDULE_DELAY_US (5 * US_PER_S)

enum schedule_kind {
	SCHEDULE_WAIT,
	SCHEDULE_EARLY,
	SCHEDULE_FULL
};

/* One group. Times are of its buckets. */
struct schedule {
	int64_t width_us, settle_us, early_us;
	int64_t delay_us;    /* at least SCHEDULE_DELAY_US */
	int64_t full_to_us;  /* read in full up to here, or its begin */
	int64_t early_to_us; /* the same, early */
};

struct schedule_step {
	enum schedule_kind kind;
	int64_t from_us, to_us; /* the buckets that are new */
	int64_t due_us;         /* SCHEDULE_WAIT: look again then */
};

/* Where the first reading begins of a group that is known since then, whenever
 * it succeeds; for full_to_us. */
int64_t schedule_begin(const struct schedule *s, int64_t since_us);

struct schedule_step schedule_next(const struct schedule *s, int64_t now_us);

/* A clock that was wrong may have led further than the time that is now: goes
 * back to where a schedule that ran all along would be. */
void schedule_set_back(struct schedule *s, int64_t now_us);

/* Later readings go on from there. */
void schedule_took(struct schedule *s, const struct schedule_step *step);

#endif
