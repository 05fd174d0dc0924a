/*
 * Whole flows of one sensor, with their text, in memory.
 */
#ifndef PIPELINE_KEPT_FLOWS_H
#define PIPELINE_KEPT_FLOWS_H

#include "flow/flow.h"

struct kept_flows {
	struct flow **v; /* owned, as each is */
	size_t n, cap;
	bool failed; /* out of memory: some are missing */
};

/* A copy with uid, service and history, in one piece of memory; NULL: no
 * memory. */
struct flow *kept_flows_copy(const struct flow *f);

void kept_flows_add(struct kept_flows *k, const struct flow *f);
/* By start; one that came several times, by its uid, is left once. */
void kept_flows_sort(struct kept_flows *k);
void kept_flows_clear(struct kept_flows *k);

#endif
