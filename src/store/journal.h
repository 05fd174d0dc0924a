/*
 * What a sink (a database that is to hold what the store holds) must still be
 * given: a journal of keys, one line for each change of a row, written in the
 * transaction of that change, and taken away when the sink has the rows. What
 * a row says is looked up when it is given: a line that is given twice, or
 * late, never brings back an older row, since its version is newer.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/buf.h"
#include "store/store.h"

enum store_table {
	STORE_BUCKETS,
	STORE_COMPARISONS,
	STORE_COVERAGE, /* a row a bucket and sensor */
	STORE_INCIDENTS,
	STORE_EVENTS,
	STORE_FINDINGS
};
#define STORE_NTABLES 6
const char *store_table_name(enum store_table t);
/* Its columns, as rows have them; NULL at the end. */
const char *store_table_column(enum store_table t, size_t i);

struct store_sink {
	const char *feed;   /* its name */
	const char *target; /* in any words: another one is given all anew */
	const char *const *groups; /* names */
	size_t ngroups;            /* 0: all */
};
/* Those and no others are journaled for from now on. One that is new, or has
 * another target, is given all that there is. Nothing is borrowed. */
enum store_error store_sinks(struct store *st, const struct store_sink *v,
    size_t n, int64_t now_us, struct diag *d) MUSTCHECK;

/* Rows as lines of TabSeparated, oldest change first. */
struct store_batch {
	struct buf rows[STORE_NTABLES]; /* owned */
	size_t n[STORE_NTABLES], total;
	/* Of the journal: up to this line whole, and of the next one up to
	 * part_past. last 0: nothing waits. */
	int64_t last, part, part_past;
	bool more;      /* it is full: others wait */
	char token[80]; /* the same rows have the same */
};
/* About max rows, or a few more; store_batch_clear(). */
enum store_error store_sink_take(struct store *st, const char *feed, size_t max,
    struct store_batch *b, struct diag *d) MUSTCHECK;
/* The sink has them. */
enum store_error store_sink_done(struct store *st, const char *feed,
    const struct store_batch *b, struct diag *d) MUSTCHECK;
void store_batch_clear(struct store_batch *b);

/* How many changes wait, and since when the oldest does (0: none). */
enum store_error store_sink_waiting(struct store *st, const char *feed,
    uint64_t *n, int64_t *oldest_us, struct diag *d) MUSTCHECK;

#endif
