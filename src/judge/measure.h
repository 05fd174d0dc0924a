/*
 * From a comparison to evidence: the rows that the rules read. Here the norm
 * of a healthy pair is applied, and a stretch of buckets in which flows are
 * missing is explained as one.
 */
#ifndef JUDGE_MEASURE_H
#define JUDGE_MEASURE_H

#include "compare/compare.h"
#include "judge/evidence.h"

/* What a healthy pair may differ by, before a norm of its own is learned: the
 * capture of one packet in 10^5 fails on either side, and one flow in 10^4
 * does not pair. */
#define MEASURE_PACKET_LOSS 2e-5
#define MEASURE_FLOW_LOSS 1e-4
/* A sensor that logs no more than this of its peer's flows is silent: the last
 * flows of a sensor that stops are logged later than they end. */
#define MEASURE_STRAGGLERS 0.02
/* The usual of a group is that of this many buckets on either side, at least
 * so many in all; the ends of a log do not count: long flows are not there yet,
 * or not logged yet. */
#define MEASURE_AROUND 30
#define MEASURE_MIN_AROUND 7
#define MEASURE_RISE_US (120 * US_PER_S)
#define MEASURE_TAIL_US (180 * US_PER_S)

struct measure_sensor {
	const char *name;
	const char *const *workers; /* names by index */
	unsigned nworkers;
	int64_t shift_us;  /* that was added to its times */
	const char *group; /* name; "" where there is only one */
};

struct measure_rows {
	struct evidence *v; /* owned: free() */
	size_t n;
};

/* r: as compare_finish() filled it. False: out of memory. */
bool measure_run(const struct compare *c, const struct result *r,
    const struct measure_sensor sensors[], const struct compare_sensor logs[],
    struct measure_rows *out) MUSTCHECK;

#endif
