/*
 * Why a finding was made, and why not another: the conditions of every rule,
 * one by one, held against the rows of the finding's sensor, peer and time.
 */
#ifndef JUDGE_EXPLAIN_H
#define JUDGE_EXPLAIN_H

#include "judge/rule.h"

#define EXPLAIN_MAX_CONDITIONS 32

/* A condition is a part of a rule's `when` between ANDs. */
struct explain_condition {
	struct span text; /* borrowed from the rule */
	size_t held;      /* in how many of the rows */
	bool held_nearest;
};

struct explain_rule {
	const struct rule *rule; /* borrowed */
	size_t n;
	struct explain_condition condition[EXPLAIN_MAX_CONDITIONS];
	/* The rows that the rule could read, in the order in which they came;
	 * of the finding's own rule only those with the finding's value. */
	const struct evidence **row; /* owned, of borrowed rows */
	size_t nrows;
	size_t held;    /* rows for which the whole rule holds */
	size_t nearest; /* the row for which most conditions hold */
};

/* The parts of a condition; n is 1 where it cannot be taken apart. */
size_t explain_split(const char *when, struct span out[EXPLAIN_MAX_CONDITIONS]);

/* *out has rules_count() entries in the order of the set; to be cleared also
 * on failure. False with a message in d. */
bool explain_finding(const struct rules *rs, const struct finding *f,
    const struct evidence *rows, size_t nrows, struct explain_rule *out,
    struct diag *d) MUSTCHECK;
void explain_clear(struct explain_rule *out, size_t n);

#endif
