/*
 * The whole of a comparison: operands in, result with findings out. What a
 * command prints, and where, is not its business.
 */
#ifndef CROSSTAP_DIFF_RUN_H
#define CROSSTAP_DIFF_RUN_H

#include "compare/compare.h"
#include "crosstap/diff_options.h"
#include "judge/measure.h"
#include "judge/rule.h"

struct diff_run {
	const struct diff_options *opt; /* borrowed */
	struct rules *rules;            /* borrowed */
	/* Takes the flows that differ, with its argument; NULL: nobody. */
	flow_diff_fn *on_flow;
	void *flow_arg;
	/* borrowed; takes what the rules read, or NULL; caller frees rows->v */
	struct measure_rows *rows;
	uint64_t seed;
	struct result result; /* owned by the caller afterwards */
	struct compare_sketch_cost sketch;
	/* Of the flows that differ: those that on_flow was told, all that there
	 * are (of sensors that are asked about so many), and why some were not
	 * told: too many to keep, or not found again in the logs. */
	uint64_t flows_told, flows_all, flows_unkept, flows_lost;
	char messages[16][600]; /* what was wrong with the input, for stderr */
	size_t nmessages;
};

bool diff_run(struct diff_run *r, struct diag *d) MUSTCHECK;

/* That of the options, or one by chance: nothing that is printed depends on
 * it, and an outsider must not know it. */
uint64_t diff_run_seed(const struct diff_options *o);

/* Says on stderr what was wrong with the input. */
void diff_run_say(const struct diff_run *r);
/* And if not all of the flows that differ were told; who: who was. */
void diff_run_say_flows(const struct diff_run *r, const char *who);

/* What an operand is called: NAME of NAME=PATH, or the file name up to its
 * first dot. Returns the path. */
const char *diff_run_name(const char *operand, char *out, size_t n);

#endif
