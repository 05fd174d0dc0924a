/*
 * The whole records of the flows that differ, for which operands that are read
 * are read a second time. Of sensors that are asked, it is the records that
 * came.
 */
#ifndef CROSSTAP_DIFF_FLOWS_H
#define CROSSTAP_DIFF_FLOWS_H

#include "compare/compare.h"
#include "crosstap/flows_out.h"
#include "crosstap/pull.h"
#include "pipeline/kept_flows.h"

struct diff_flows {
	flow_diff_fn *each; /* takes them, with arg */
	void *arg;
	const struct result *result;      /* names and pairs */
	const struct pull_options *pulls; /* one a sensor, as first read */
	/* Instead of pulls, which are not looked at then; borrowed: one a
	 * sensor, each sorted by it. NULL: none. */
	struct kept_flows *kept;
	int64_t shift_us[RESULT_MAX_SENSORS]; /* with kept */
	uint64_t seed;
	const struct difference *v;
	size_t n;
	uint64_t told; /* out */
};

/* An operand that can be read but once is named in d. */
bool diff_flows_check(
    const char *const operands[], size_t n, struct diag *d) MUSTCHECK;

/* In order of operand and, of the first that has the flow, of its log. */
bool diff_flows_tell(struct diff_flows *f, struct diag *d) MUSTCHECK;

#endif
