/*
 * What the commands that compare have in common: operands become logs and
 * sensors, the rules are read, and all of it is freed in the end.
 */
#ifndef CROSSTAP_COMPARISON_H
#define CROSSTAP_COMPARISON_H

#include "crosstap/diff_config.h"
#include "crosstap/diff_run.h"
#include "sys/options.h"

struct comparison {
	struct diff_config config; /* owned */
	struct measure_rows rows;  /* owned; for whoever sets run.rows to it */
	struct diff_run run;       /* its rules and its result are owned */
};

/* After window_options_resolve(); rewrites the options, which are borrowed.
 * OPTIONS_GO_ON, then comparison_end() is due; or the exit status to leave
 * with: everything was said. */
int comparison_begin(struct comparison *c, const struct option_set *set,
    struct diff_options *o) MUSTCHECK;
void comparison_end(struct comparison *c);

#endif
