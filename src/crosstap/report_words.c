#include "crosstap/report_words.h"

const char *
report_gap_id(enum result_gap g)
{
	static const char *const ids[RESULT_NGAPS] = { "bad-lines", "not-yet",
		"before-log", "after-log", "trouble", "edge", "no-answer" };
	unsigned i;

	for (i = 0; i < RESULT_NGAPS; i++)
		if (g == 1U << i)
			return ids[i];
	return "unknown";
}

const char *
report_relation_id(enum relation r)
{
	return r == RELATION_SUBSET ? "subset" : "mirror";
}
