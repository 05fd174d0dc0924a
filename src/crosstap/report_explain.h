/*
 * The reasoning behind one finding, for people.
 */
#ifndef CROSSTAP_REPORT_EXPLAIN_H
#define CROSSTAP_REPORT_EXPLAIN_H

#include "crosstap/report_put.h"
#include "judge/explain.h"

struct report_explain {
	const struct result *r;           /* borrowed */
	size_t finding;                   /* index */
	const struct explain_rule *rules; /* borrowed, nrules */
	size_t nrules;
};

/* False if the zone is unknown or memory ran out. */
bool report_explain(const struct report_explain *e,
    const struct report_style *style, struct buf *out) MUSTCHECK;

/* The parts of it, into p->out, without line ends. */
/* The rule that made the finding; NULL: not among them. */
const struct explain_rule *
report_explain_own(const struct report_explain *e, const struct finding *f);
void
report_explain_confidence(struct report *p, const struct explain_rule *own);
/* A condition on one line, its blanks made single. */
void report_explain_text(struct span s, struct buf *out);
/* The columns that it names, over the rows from..to-1. */
void report_explain_numbers(struct report *p, const struct explain_rule *x,
    struct span condition, size_t from, size_t to);
/* Why a rule is not the cause; `between` parts several reasons. */
void report_explain_reason(struct report *p, const struct finding *f,
    const struct explain_rule *x, const char *between);

#endif
