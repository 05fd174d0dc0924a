/*
 * The whole of a comparison: operands in, result with findings out. What a
 * command prints, and where, is not its business.
 */
#ifndef CROSSTAP_DIFF_RUN_H
#define CROSSTAP_DIFF_RUN_H

#include <stdio.h>
#include "compare/compare.h"
#include "crosstap/diff_options.h"
#include "judge/measure.h"
#include "judge/rule.h"

struct diff_run {
	const struct diff_options *opt; /* borrowed */
	struct rules *rules;            /* borrowed */
	FILE *flows; /* borrowed; where the flows that differ go, or NULL */
	/* borrowed; takes what the rules read, or NULL; caller frees rows->v */
	struct measure_rows *rows;
	uint64_t seed;
	struct result result; /* owned by the caller afterwards */
	struct compare_sketch_cost sketch;
	char messages[16][600]; /* what was wrong with the input, for stderr */
	size_t nmessages;
};

bool diff_run(struct diff_run *r, struct diag *d) MUSTCHECK;

/* That of the options, or one by chance: nothing that is printed depends on
 * it, and an outsider must not know it. */
uint64_t diff_run_seed(const struct diff_options *o);

/* Says on stderr what was wrong with the input. */
void diff_run_say(const struct diff_run *r);

#endif
