/*
 * Private to measure.c and measure_group.c: what they share while rows are
 * made.
 */
#ifndef JUDGE_MEASURE_STATE_H
#define JUDGE_MEASURE_STATE_H

#include "judge/measure.h"

/* A stretch in which this sensor misses more than the norm. */
struct measure_episode {
	size_t from, to; /* buckets [from, to) */
	struct explanation why;
	bool frozen; /* a worker stands still in some bucket of it */
};

struct measure {
	const struct compare *c;
	const struct result *r;
	const struct measure_sensor *sensors;
	const struct compare_sensor *logs;
	struct measure_rows *out;
	size_t cap;
	bool failed;
	double usual[RESULT_MAX_SENSORS];
	uint32_t *late[RESULT_MAX_SENSORS]; /* owned: by bucket */
	/* of the ordered pair at hand */
	size_t pair;
	unsigned side, me, peer;
	struct measure_episode *episodes; /* owned */
	size_t nepisodes;
	bool *quiet; /* owned: buckets outside all episodes and gaps */
};

/* A new row to fill; NULL when out of memory (m->failed is set then). */
struct evidence *measure_row(struct measure *m, enum evidence_kind kind);
/* Sorts v; 0 for none. */
double measure_median(double *v, size_t n);
double measure_share(double part, double whole); /* NaN of nothing */
double measure_seconds(int64_t us);

/* Rows of each group of two and more. False: out of memory. */
bool measure_groups(struct measure *m) MUSTCHECK;

#endif
