/*
 * The questions by which a table is read as a log: rows as lines of a
 * conn.log in TSV, in the order in which their flows ended.
 */
#ifndef SOURCE_CLICKHOUSE_SQL_H
#define SOURCE_CLICKHOUSE_SQL_H

#include "source/clickhouse_bind.h"

/* What the last line of a complete answer begins with: no flow's does. */
#define CLICKHOUSE_END_MARK "#crosstap end"

enum clickhouse_pick {
	CLICKHOUSE_ALL,
	CLICKHOUSE_LAST, /* only the last CLICKHOUSE_EDGE_ROWS */
	CLICKHOUSE_FIRST
};
#define CLICKHOUSE_EDGE_ROWS 256

/* Flows that end in [from, to), and for which a condition holds. */
struct clickhouse_range {
	int64_t from_us, to_us; /* INT64_MIN, INT64_MAX: open */
	enum clickhouse_pick pick;
	/* NULL: none; borrowed. with: names for expressions in where */
	const char *with, *where;
};

/* For clickhouse_server_parse(). */
extern const char clickhouse_sql_server[];
void
clickhouse_sql_describe(const struct clickhouse_operand *o, struct buf *out);

/* "COUNT\tFIRST END\tLAST END", microseconds. */
void clickhouse_sql_count(const struct clickhouse_binding *b,
    const struct clickhouse_range *r, struct buf *out);
/* Lines, and CLICKHOUSE_END_MARK. */
void clickhouse_sql_rows(const struct clickhouse_binding *b,
    const struct clickhouse_range *r, struct buf *out);
/* The lines of a log before them. */
void clickhouse_log_header(const struct clickhouse_binding *b, struct buf *out);

#endif
