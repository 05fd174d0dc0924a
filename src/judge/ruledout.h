/*
 * What a finding is not: a line for each other rule of which no condition holds
 * in its buckets, if the rule says something of that (`ruled_out`).
 */
#ifndef JUDGE_RULEDOUT_H
#define JUDGE_RULEDOUT_H

#include "judge/rule.h"

typedef char ruledout_note[256];

/* Of the first findings; rows as they were judged. *notes is malloc'd for the
 * caller. False with a message in d. */
bool ruledout_notes(const struct rules *rs, const struct finding *f, size_t nf,
    const struct evidence *rows, size_t nrows, ruledout_note **notes,
    size_t *nnotes, struct diag *d) MUSTCHECK;

#endif
