/*
 * Private to src/store: what has changed is noted for the sinks, inside the
 * transaction of the change.
 */
#ifndef STORE_JOURNAL_MARK_H
#define STORE_JOURNAL_MARK_H

#include "store/journal.h"
#include "store/state.h"

enum journal_kind {
	JOURNAL_BUCKETS, /* by start: with their pairs and coverage */
	JOURNAL_NO_PAIR, /* of a bucket that had it; it may be back */
	JOURNAL_INCIDENTS,
	JOURNAL_EVENTS,
	JOURNAL_FINDINGS
};

struct journal_sink {
	char feed[64];
	char (*group)[64]; /* owned */
	size_t ngroups;    /* 0: all */
};
/* Frees an array of them. */
void journal_forget(struct journal_sink *v, size_t n);

/* [first, past): starts of buckets, or ids. */
void journal_mark(struct store *st, enum journal_kind kind, int64_t group,
    int64_t first, int64_t past, int64_t now_us);
void journal_no_pair(struct store *st, int64_t group, int64_t start_us,
    int64_t a, int64_t b, int64_t now_us);

/* How far a group's buckets may be pruned; what waits since before given_up_us
 * does not hold them, and is taken away and counted. */
int64_t journal_prune(
    struct store *st, int64_t group, int64_t before_us, int64_t given_up_us);

#endif
