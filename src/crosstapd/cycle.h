/*
 * One comparison of a group: its sensors are asked for some new buckets and
 * those around, and judged. Says what was found of the new ones, and gives the
 * records of the flows that differ to whoever wants them.
 */
#ifndef CROSSTAPD_CYCLE_H
#define CROSSTAPD_CYCLE_H

#include "pipeline/ask.h"
#include "pipeline/verdict.h"
#include "sys/config.h"

/* Buckets before the new ones, from which the usual is known and long faults
 * are; and after them, for flows across the border. Where these are there long
 * since, so many that a gap is seen to be one at its edge. */
#define CYCLE_BEFORE 20
#define CYCLE_AFTER 1
#define CYCLE_AFTER_PAST 3
/* Records of a sensor that are kept while its peers' are not here yet. */
#define CYCLE_MAX_RECORDS 8192

enum cycle_reading {
	CYCLE_EARLY,
	CYCLE_FULL
};

/* A flow that differs, and the records of both sides; NULL where there is
 * none. False with d set ends it. */
typedef bool
cycle_flow_fn(void *arg, const struct result *r, const struct difference *x,
    const struct flow *a, const struct flow *b, struct diag *d);

struct cycle_plan {
	const struct config_group *group; /* borrowed until it is done */
	struct rules *rules;              /* borrowed */
	const struct remote_target *const *targets; /* until it has begun */
	enum cycle_reading reading;
	int64_t from_us, to_us; /* the new buckets */
	int64_t settled_us;     /* buckets up to here may be settled */
	uint64_t seed;
	int64_t shift_us[RESULT_MAX_SENSORS]; /* of the clocks, as known */
	double usual[RESULT_MAX_PAIRS];       /* as in struct result */
	cycle_flow_fn *on_flow; /* before done, of all buckets; or NULL */
	void *flow_arg;
};

struct cycle_outcome {
	/* Buckets, pairs, findings of the new buckets; but what a sensor says
	 * of its log is of all that was asked. */
	struct result result; /* owned by the cycle */
	struct measure_rows rows;
	char failed[RESULT_MAX_SENSORS][256]; /* "" or why it did not answer */
	int64_t shift_us[RESULT_MAX_SENSORS];
	int64_t watermark_us[RESULT_MAX_SENSORS]; /* INT64_MIN: not known */
	int64_t lag_us[RESULT_MAX_SENSORS];       /* the same */
	struct ask_cost cost[RESULT_MAX_SENSORS];
	uint64_t bytes;                /* both ways, of all */
	int64_t asking_us, judging_us; /* by the system's clock */
};

struct cycle;

/* o is borrowed until it returns, and may be changed; NULL with d set where
 * there was no comparison at all. */
typedef void
cycle_done_fn(struct cycle_outcome *o, const struct diag *d, void *arg);

/* NULL with d set. done is called once, never before it has returned, and the
 * cycle is freed after it. */
struct cycle *cycle_start(struct ssh *ssh, const struct cycle_plan *plan,
    cycle_done_fn *done, void *arg, struct diag *d);
/* Breaks it off, without a call of done. */
void cycle_free(struct cycle *c);

#endif
