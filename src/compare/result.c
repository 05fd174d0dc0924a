/*
 * Names of what a result says, and what follows from its counts.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/result.h"

const char *
result_gap_name(enum result_gap g)
{
	switch (g) {
	case GAP_BAD_LINES:
		return "unreadable records";
	case GAP_NOT_YET:
		return "the log has not got that far";
	case GAP_BEFORE_LOG:
		return "the log begins later";
	case GAP_AFTER_LOG:
		return "the log ends earlier";
	case GAP_TROUBLE:
		return "a file could not be read to its end";
	case GAP_EDGE:
		return "the log begins or ends in this bucket";
	case GAP_NO_ANSWER:
		return "the sensor has not answered";
	}
	return "?";
}

const char *
bucket_status_name(enum bucket_status s)
{
	static const char *const names[] = { "equal", "differs", "incomplete",
		"missing" };

	return names[s];
}

void
result_clear(struct result *r)
{
	free(r->buckets);
	free(r->findings);
	free(r->notes);
	memset(r, 0, sizeof(*r));
}

double
result_agreement(const struct result_counts *n, enum relation rel)
{
	double all = (double)n->paired + (double)n->only_b;

	if (rel == RELATION_MIRROR)
		all += (double)n->only_a;
	return all > 0 ? (double)n->paired / all : 1.0;
}

int
result_exit_status(const struct result *r)
{
	size_t i;

	if (r->nfindings > 0)
		return 1;
	for (i = 0; i < r->nbuckets; i++)
		if (r->buckets[i].status >= BUCKET_INCOMPLETE)
			return 3;
	return r->nbuckets == 0 ? 3 : 0;
}
