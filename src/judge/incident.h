/*
 * The life of incidents: findings of one cycle (the buckets that were judged
 * at once) go in, and what they open, update, clear or reopen comes out. An
 * incident is one cause at one sensor: it takes the findings of one rule in
 * however many buckets and pairs. What was told of a part of a fault goes into
 * what is told of all of it, by the precedence of the rules. Nothing here is
 * ever removed.
 */
#ifndef JUDGE_INCIDENT_H
#define JUDGE_INCIDENT_H

#include "base/diag.h"
#include "judge/finding.h"
#include "judge/rule.h"

enum incident_state {
	INCIDENT_OPEN,
	INCIDENT_CLEARED
};

enum incident_event {
	INCIDENT_OPENED,
	INCIDENT_UPDATED,
	INCIDENT_CLEARS,
	INCIDENT_REOPENED,
	INCIDENT_CORRECTED, /* the full reading says otherwise than the early */
	INCIDENT_MERGED,    /* another one turned out to be the same cause */
	INCIDENT_ACKNOWLEDGED,
	INCIDENT_MUTED,
	INCIDENT_COMMENTED
};
#define INCIDENT_NEVENTS 9
const char *incident_event_name(enum incident_event e);
const char *incident_state_name(enum incident_state s);
/* "17", as a person writes which one. */
bool incident_parse_id(const char *word, int64_t *id, struct diag *d) MUSTCHECK;

struct incident {
	int64_t id; /* of the store; 0: new */
	char rule[32], sensor[64], peer[64], facet[24], value[192];
	char attribute[64], summary[256];
	enum severity severity; /* the worst so far */
	enum incident_state state;
	int64_t from_us, to_us; /* of the fault, not of the talk about it */
	int64_t opened_us, updated_us;
	int64_t cleared_us;  /* 0: open */
	double share, worst; /* the latest, and the greatest so far */
	unsigned quiet;      /* full buckets without it, since to_us */
	unsigned flaps;
	bool early;          /* no full reading has borne it out yet */
	char early_rule[32]; /* what the early reading took it for; or "" */
	int64_t merged_into; /* id; 0: none */
};

#define INCIDENT_NONE SIZE_MAX

struct incident_change {
	size_t incident; /* index */
	enum incident_event event;
	size_t finding; /* index of the cause; INCIDENT_NONE: of a quiet time */
	size_t into;    /* INCIDENT_MERGED: index of the one that stays */
};

/* All of one group: open ones, and those cleared within flap_us. */
struct incident_list {
	struct incident *v; /* owned */
	size_t n, cap;
	struct incident_change *change; /* owned: of the last cycle */
	size_t nchanges, change_cap;
};
void incident_clear(struct incident_list *l);

struct incident_cycle {
	int64_t start_us, end_us; /* what was judged */
	int64_t context_us; /* what was looked at begins here: a finding that
			     * does so, too, may be older; 0: not known */
	int64_t newest_us;  /* end of the newest full bucket; 0: end_us */
	int64_t now_us;
	int64_t width_us;
	const struct rules *rules; /* whose precedence counts; NULL: none */
	bool full;                 /* else early: opens and updates only */
	unsigned compared;         /* full buckets that could be compared */
	unsigned quiet_buckets;    /* clear after so many */
	int64_t flap_us;           /* reopen within this time of its end */
};

/* One cycle. False: out of memory, and the list must be loaded anew. */
bool incident_run(struct incident_list *l, const struct incident_cycle *c,
    const struct finding *f, size_t nf) MUSTCHECK;

#endif
