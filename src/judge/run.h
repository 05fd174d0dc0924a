/*
 * Private to src/judge: a hit is one row for which a rule holds; a run is hits
 * in consecutive buckets that are one fault of one sensor.
 */
#ifndef JUDGE_RUN_H
#define JUDGE_RUN_H

#include "judge/ruleset.h"

struct hit {
	const struct evidence *row; /* borrowed */
	int64_t bucket;             /* number, from the first bucket on */
	double share;               /* NaN: none */
	const char *facet;          /* borrowed; "" for none */
	const char *value;          /* borrowed; "" for none */
	char *own_value;            /* owned; NULL or the same as value */
	enum finding_direction direction;
	size_t run;
};

struct run {
	int64_t first, last; /* bucket numbers */
	size_t buckets;      /* in how many it holds */
	size_t hit, nhits;   /* its part of the sorted hits */
	const char *value;   /* borrowed: that of the latest hit */
	double recall;       /* mean over the hits; NaN: none */
	double score;        /* how well it explains, with few values */
	bool dropped;
};

/*
 * Sorts the hits of one rule into runs: same sensor, same facet, at least one
 * value in common, at most `gap` buckets between. Then the hits stand by run,
 * peer and bucket. Runs that are too short, or that a better one of the same
 * sensor explains, are dropped. *out is owned by the caller; false when out of
 * memory.
 */
bool run_group(const struct rule *r, struct hit *hits, size_t nhits,
    struct run **out, size_t *nout) MUSTCHECK;

/* Takes the next value of a list joined with ", " off *list; false at the
 * end. */
bool run_next_value(struct span *list, struct span *out);

#endif
