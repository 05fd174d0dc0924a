/*
 * Private to src/judge: a compiled set of rules, shared by the module that
 * checks it (rule.c) and the one that applies it (judge.c).
 */
#ifndef JUDGE_RULESET_H
#define JUDGE_RULESET_H

#include "judge/expr.h"
#include "judge/rule.h"

struct ruleset_entry {
	struct rule rule;       /* owned */
	struct expr *when;      /* owned, like the next three */
	struct expr *share;     /* NULL: missing_share */
	struct expr *value;     /* NULL: the row's own */
	struct expr *direction; /* NULL: none */
	enum evidence_number share_weight;
	enum evidence_number columns[FINDING_MAX_EVIDENCE];
	uint8_t unless[RULE_MAX];   /* indices into entry */
	bool unless_peer[RULE_MAX]; /* that rule, held for the peer */
	size_t nunless;
};

struct rules {
	struct expr_engine *engine; /* owned */
	struct ruleset_entry entry[RULE_MAX];
	size_t n;
	uint8_t order[RULE_MAX]; /* those named in `unless` come first */
};

#endif
