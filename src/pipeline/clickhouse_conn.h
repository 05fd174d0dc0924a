/*
 * A ClickHouse that is asked over HTTP: its table is bound when it is opened,
 * and answers are either had whole or streamed. One thread at a time.
 */
#ifndef PIPELINE_CLICKHOUSE_CONN_H
#define PIPELINE_CLICKHOUSE_CONN_H

#include "source/clickhouse_sql.h"

struct clickhouse_conn;

/* Reads the password, asks the server what it is and what the table has. NULL
 * with d set. */
struct clickhouse_conn *clickhouse_conn_open(const char *url, struct diag *d);
void clickhouse_conn_close(struct clickhouse_conn *c);

const struct clickhouse_operand *
clickhouse_conn_operand(const struct clickhouse_conn *c);
const struct clickhouse_binding *
clickhouse_conn_binding(const struct clickhouse_conn *c);
/* clickhouse://HOST:PORT/DB.TABLE, for messages. Borrowed. */
const char *clickhouse_conn_path(const struct clickhouse_conn *c);
uint64_t clickhouse_conn_bytes(const struct clickhouse_conn *c); /* unpacked */
uint64_t clickhouse_conn_questions(const struct clickhouse_conn *c);

/* The whole answer, which the server has finished before it sends any of it.
 * False with d set; out is the caller's to clear in either case. */
bool clickhouse_conn_ask(struct clickhouse_conn *c, struct span sql,
    struct buf *out, struct diag *d) MUSTCHECK;

/* An answer in pieces, that ends in CLICKHOUSE_END_MARK. */
struct clickhouse_stream;
struct clickhouse_stream *clickhouse_stream_open(
    struct clickhouse_conn *c, struct span sql, struct diag *d);
void clickhouse_stream_close(struct clickhouse_stream *s);
/* Whole lines without the mark, or a part of them, waiting for more; 0: the
 * answer is complete. -1 with d set: it ended before. */
ssize_t clickhouse_stream_read(
    struct clickhouse_stream *s, char *to, size_t max, struct diag *d);

#endif
