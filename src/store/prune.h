/*
 * What is kept for how long. Incidents and their history, coverage, and
 * roll-ups are kept for ever.
 */
#ifndef STORE_PRUNE_H
#define STORE_PRUNE_H

#include "store/store.h"

/* Days; 0 keeps rows for ever. */
struct store_limits {
	unsigned bucket_days;   /* buckets, their sensors, comparisons */
	unsigned evidence_days; /* rows for replay */
	unsigned finding_days; /* since they held last; not of open incidents */
	unsigned flow_days;    /* of incidents that cleared */
	unsigned file_days;    /* since seen last */
	unsigned lag_days;     /* samples of how far logs were behind */
	unsigned outbox_days; /* not delivered for so long: given up, counted */
	unsigned
	    merge_days; /* coverage older than that is merged where equal */
	unsigned rows;  /* at most about so many a call; 0: 2000 */
	/* What is past its time but waits for a sink is kept so long, and then
	 * given up, counted; 0: it is not waited for. */
	unsigned sink_days;
};
extern const struct store_limits store_limits_default;

/* One step of pruning, in a transaction of its own; *more says whether another
 * has work to do. */
enum store_error store_prune(struct store *st, const struct store_limits *l,
    int64_t now_us, bool *more, struct diag *d) MUSTCHECK;

#endif
