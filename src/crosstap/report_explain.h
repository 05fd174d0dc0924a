/*
 * The reasoning behind one finding, for people.
 */
#ifndef CROSSTAP_REPORT_EXPLAIN_H
#define CROSSTAP_REPORT_EXPLAIN_H

#include "crosstap/report.h"
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

#endif
