/*
 * Private to src/compare: a comparison under way.
 */
#ifndef COMPARE_COMPARE_STATE_H
#define COMPARE_COMPARE_STATE_H

#include "compare/compare.h"

struct compare {
	struct compare_options opt;
	size_t npairs;
	uint8_t a[RESULT_MAX_PAIRS], b[RESULT_MAX_PAIRS];
	struct compare_bucket **buckets; /* owned */
	size_t nbuckets, cap;
	struct leftovers left;
	struct difference *differences; /* owned */
	size_t ndifferences, cap_differences;
	uint64_t unkept;  /* differences that are only counted */
	size_t shrink_at; /* leftovers that make it worth to settle some */
	size_t forgotten; /* buckets whose facets were looked at for that */
	unsigned ntuples[RESULT_MAX_SENSORS]; /* buckets that have them */
	struct compare_sketch_cost cost;
	const struct compare_sensor *sensors; /* while finishing */
	bool failed; /* memory ran out where it cannot be said at once */
};

/* Is this side of the pair the one that the other is inside of? */
static inline bool
compare_is_superset(const struct compare *c, size_t pair, unsigned side)
{
	return c->opt.relation == RELATION_SUBSET && c->a[pair] == 0 &&
	    side == 0;
}

/* Counts, gaps and status of the buckets, and the pairs' sums, from the settled
 * cells. first_us, last_us: what all logs together cover. */
void compare_fill(const struct compare *c, struct result *r, int64_t first_us,
    int64_t last_us);

#endif
