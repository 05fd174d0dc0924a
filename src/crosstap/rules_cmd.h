/*
 * Private to crosstap rules: its options, and the words that compare logs.
 */
#ifndef CROSSTAP_RULES_CMD_H
#define CROSSTAP_RULES_CMD_H

#include "crosstap/diff_run.h"
#include "sys/rulelist.h"

struct rules_options {
	const char *dir; /* of --rules, the environment, or installed */
	struct diff_options diff;
};

/* Adds to l the rules of dir that it has not. That there are none is no fault.
 * False: out of memory. */
bool rules_add_others(struct rulelist *l, const char *dir) MUSTCHECK;

/* Both return the exit status; what is wrong was said. left: what stands after
 * the word. */
int rules_test(const struct rules_options *opt, const struct operands *left);
int rules_replay(const struct rules_options *opt, const struct operands *left);

#endif
