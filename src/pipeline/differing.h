/*
 * The whole records of the flows that differ. The flows of each sensor come by
 * once; a difference is told when the last record of it has come, so that only
 * those of two records wait in memory.
 */
#ifndef PIPELINE_DIFFERING_H
#define PIPELINE_DIFFERING_H

#include "compare/compare.h"
#include "pipeline/kept_flows.h"

/* NULL for a side that has none; borrowed until it returns. False with d set
 * ends it. */
typedef bool differing_fn(void *arg, const struct difference *x,
    const struct flow *a, const struct flow *b, struct diag *d);

/* All borrowed until it is freed. */
struct differing_options {
	const struct result *result; /* its pairs */
	const struct difference *v;
	size_t n;
	uint64_t seed; /* of the keys */
	differing_fn *each;
	void *arg;
};

struct differing;

/* NULL: out of memory. */
struct differing *differing_new(const struct differing_options *o);
void differing_free(struct differing *g);

/* The flows of a sensor come next, whose bins were made with this shift of its
 * clock. False: none of them is wanted. Sensors come in rising order. */
bool
differing_begin(struct differing *g, size_t sensor, int64_t shift_us) MUSTCHECK;
bool differing_add(
    struct differing *g, const struct flow *f, struct diag *d) MUSTCHECK;
/* All of a sensor at once; sorts them. */
bool differing_add_kept(struct differing *g, size_t sensor, int64_t shift_us,
    struct kept_flows *k, struct diag *d) MUSTCHECK;

/* "only_a", "only_b", "damaged" or "split". */
const char *differing_verdict(const struct difference *x);

#endif
