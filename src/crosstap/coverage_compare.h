/*
 * Coverage of logs that no daemon has watched: they are compared now, and what
 * comes of it is written to a store in memory, which is then asked as that of
 * a daemon is.
 */
#ifndef CROSSTAP_COVERAGE_COMPARE_H
#define CROSSTAP_COVERAGE_COMPARE_H

#include "crosstap/diff_options.h"
#include "store/store.h"

/* The group that the sensors of the operands are. */
#define COVERAGE_COMPARED "compared"

/* OPTIONS_GO_ON with *st, for store_close(), and with the ends of the window of
 * o set to those of what was compared; or the exit status to leave with:
 * everything was said. */
int coverage_compare(const struct option_set *set, struct diff_options *o,
    struct store **st) MUSTCHECK;

#endif
