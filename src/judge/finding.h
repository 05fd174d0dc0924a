/*
 * A finding is a rule that held for one sensor over a stretch of time.
 */
#ifndef JUDGE_FINDING_H
#define JUDGE_FINDING_H

#include "base/base.h"

#define FINDING_MAX_EVIDENCE 24

enum severity {
	SEVERITY_INFO,
	SEVERITY_WARNING,
	SEVERITY_CRITICAL
};
const char *severity_name(enum severity s);

enum finding_direction {
	DIRECTION_NONE,
	DIRECTION_INBOUND,
	DIRECTION_OUTBOUND /* leaving the site's local networks */
};
const char *finding_direction_name(enum finding_direction d);

struct finding_number {
	const char *name; /* static: an evidence column */
	double value;
};

struct finding {
	char rule[32];   /* the verdict; a rule may report another's name */
	char by[32];     /* the rule that held */
	char sensor[64]; /* the one that is wrong; if several, who they are */
	char peer[64];   /* the one that it was judged against; "" if several */
	bool several;    /* of a group or an attribute: no one sensor is it */
	char attribute[64]; /* what several have in common, KEY=VALUE; or "" */
	char cause[32];     /* the rule that held for each of them; or "" */
	enum severity severity;
	int64_t from_us, to_us;
	double share;    /* 0..1 of what the reference saw in that time */
	char facet[24];  /* "" for none */
	char value[192]; /* several values are joined with ", " */
	enum finding_direction direction;
	char summary[256];
	size_t nevidence;
	struct finding_number evidence[FINDING_MAX_EVIDENCE];
};

#endif
