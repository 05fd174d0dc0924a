/*
 * What is asked of a ClickHouse server, and what its answers mean. Within feed
 * only.
 */
#ifndef FEED_CLICKHOUSE_H
#define FEED_CLICKHOUSE_H

#include "feed/feed.h"

/* What the server has. */
struct clickhouse_release {
	char version[32];
	bool has_token; /* a block that is sent again is known by a name */
	bool has_async; /* a block may be acknowledged before it is kept */
};

/* Appends a query whose answer the next one takes. */
void clickhouse_ask(struct buf *out);
/* False with d set: it is no answer, or lacks a table or column. */
bool clickhouse_answer(struct span text, const char *database,
    struct clickhouse_release *out, struct diag *d) MUSTCHECK;

/* "INSERT INTO bucket (sensor_group,...) FORMAT TabSeparated" */
void clickhouse_insert(struct buf *out, enum store_table t);
/* The same of no rows: whether it would be allowed. */
void clickhouse_insert_none(struct buf *out, enum store_table t);

#endif
