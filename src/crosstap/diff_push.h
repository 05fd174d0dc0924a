/*
 * When operands that are tables of ClickHouse are compared there, and what
 * comes of it.
 */
#ifndef CROSSTAP_DIFF_PUSH_H
#define CROSSTAP_DIFF_PUSH_H

#include "crosstap/diff_options.h"
#include "pipeline/pushdown.h"
#include "pipeline/verdict.h"

/* Whether they are to be; false with d set: they cannot, and were to be. */
bool diff_push_wanted(const struct diff_options *o, bool one_group,
    const struct pushdown_options *p, struct diag *d);

/* All buckets into the verdict, and what is known of each log. */
bool diff_push_compare(struct pushdown *p, struct verdict *v,
    struct verdict_sensor sensors[], size_t n, struct diag *d) MUSTCHECK;

/* For --verbose, on stderr. */
void diff_push_say(const struct pushdown *p);

#endif
