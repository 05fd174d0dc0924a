/*
 * What the store has of a window of a group, as a comparison would have it.
 */
#ifndef CROSSTAP_STORED_RESULT_H
#define CROSSTAP_STORED_RESULT_H

#include "compare/result.h"
#include "judge/finding.h"
#include "store/store.h"

/* So many buckets at most; the rest of the window is left out. */
#define STORED_MAX_BUCKETS 5000

/*
 * Buckets of [from, to) that are in the store; those that are not are missing.
 * Sensors are those of the first bucket that has any. findings is copied.
 * *out is result_clear()ed by the caller after success.
 */
bool stored_result(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, const struct finding *findings, size_t nfindings,
    struct result *out, struct diag *d) MUSTCHECK;

#endif
