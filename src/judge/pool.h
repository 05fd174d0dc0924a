/*
 * Private to src/judge: the numbers of a finding, pooled from its rows.
 */
#ifndef JUDGE_POOL_H
#define JUDGE_POOL_H

#include "judge/run.h"

/* Hits of one peer, in order of bucket, the best of a bucket first. */
struct pool {
	const struct hit *hits; /* borrowed */
	size_t n;
};

/* A column's value over a pool (arg); NaN if it has none. */
double pool_number(void *arg, enum evidence_number c);

/* Fills all of a finding but rule, severity and time, which the summary reads
 * and the caller has set. */
bool pool_finding(const struct ruleset_entry *e, const struct run *r,
    const struct hit *hits, struct finding *f) MUSTCHECK;

#endif
