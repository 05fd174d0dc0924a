/*
 * Private to src/judge: the numbers of a finding, pooled from its rows.
 */
#ifndef JUDGE_POOL_H
#define JUDGE_POOL_H

#include "judge/run.h"

/* Fills all of a finding but rule, severity and time, which the summary reads
 * and the caller has set. */
void pool_finding(const struct ruleset_entry *e, const struct run *r,
    const struct hit *hits, struct finding *f);

#endif
