/*
 * Buckets that the store has pruned, read back from ClickHouse: whoever wants
 * them asks, and asks again soon. Nothing blocks; the newest few answers are
 * kept for a minute. What is not known is said, never made up.
 */
#ifndef FEED_CLICKHOUSE_HISTORY_H
#define FEED_CLICKHOUSE_HISTORY_H

#include "net/loop.h"
#include "store/reading.h"
#include "sys/config.h"

struct clickhouse_history;

/* By a feed of the kind clickhouse, which is borrowed. NULL with d set. */
struct clickhouse_history *clickhouse_history_new(
    struct loop *l, const struct config_feed *feed, struct diag *d);
/* Breaks off what is under way. */
void clickhouse_history_free(struct clickhouse_history *h);

enum history_state {
	HISTORY_ASKED, /* look again */
	HISTORY_KNOWN, /* *v is owned: free() */
	HISTORY_AWAY   /* why is set */
};
/* Cells by bucket of [from, to), at a time of the daemon's clock. */
enum history_state clickhouse_history_cells(struct clickhouse_history *h,
    int64_t now_us, const char *group, int64_t from_us, int64_t to_us,
    struct store_cell **v, size_t *n, struct diag *why);

/* For tests: the cells of an answer. False with d set; else *v is owned. */
bool clickhouse_history_parse(struct span text, int64_t from_us, int64_t to_us,
    struct store_cell **v, size_t *n, struct diag *d) MUSTCHECK;

#endif
