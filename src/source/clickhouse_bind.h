/*
 * What a table really has, bound to what is wanted of it, as expressions of
 * ClickHouse's SQL. Names and texts from outside are quoted here and nowhere
 * else.
 */
#ifndef SOURCE_CLICKHOUSE_BIND_H
#define SOURCE_CLICKHOUSE_BIND_H

#include "source/clickhouse.h"

enum clickhouse_type {
	CLICKHOUSE_NONE, /* the table has no such column */
	CLICKHOUSE_STRING,
	CLICKHOUSE_BYTES16, /* FixedString(16) */
	CLICKHOUSE_NUMBER,  /* whole */
	CLICKHOUSE_UINT32,
	CLICKHOUSE_REAL, /* Float, Decimal */
	CLICKHOUSE_BOOL,
	CLICKHOUSE_DATETIME,
	CLICKHOUSE_DATETIME64,
	CLICKHOUSE_IPV4,
	CLICKHOUSE_IPV6,
	CLICKHOUSE_ENUM,
	CLICKHOUSE_OTHER
};

/* What a server says of itself. */
struct clickhouse_server {
	char version[32];
	bool may_set;       /* settings can be given with a question */
	bool ip_or_default; /* IPv6StringToNumOrDefault() */
	bool ip_bytes;      /* IPv6 is 16 bytes to it, and not a text */
	bool micro;         /* toUnixTimestamp64Micro() */
	bool zstd;          /* packs answers with it */
	bool hashes;        /* sipHash64(), bitTest(): for push-down */
};

struct clickhouse_binding {
	const struct clickhouse_operand *operand; /* borrowed */
	struct clickhouse_server server;
	struct {
		char *name; /* owned; NULL: none */
		enum clickhouse_type type;
		bool nullable;
	} column[CLICKHOUSE_NCOLUMNS];
};

/* Version, readonly and names of functions, one a line, as the answer to
 * clickhouse_sql_server(). */
bool clickhouse_server_parse(struct span answer, struct clickhouse_server *out,
    struct diag *d) MUSTCHECK;
/* Name and type a line, as DESCRIBE TABLE answers. b->operand and b->server
 * are set. False with d set: a column is missing, or of a type that does not
 * do. */
bool clickhouse_bind(struct clickhouse_binding *b, struct span described,
    struct diag *d) MUSTCHECK;
void clickhouse_unbind(struct clickhouse_binding *b);

void clickhouse_put_name(struct buf *out, const char *name);
void clickhouse_put_text(struct buf *out, const char *text);
void clickhouse_put_from(const struct clickhouse_binding *b, struct buf *out);

/* Expressions: of the log's text of a column, String; microseconds since 1970,
 * Int64; of the end of a flow, Int64; an address, 16 bytes as a String; a
 * count or port, Int64, 0 where unset. */
void clickhouse_put_logged(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out);
void clickhouse_put_us(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out);
void clickhouse_put_end(const struct clickhouse_binding *b, struct buf *out);
void clickhouse_put_address(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out);
void clickhouse_put_number(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out);
/* Which flows the operand means, that end in [from, to); begins with WHERE. */
void clickhouse_put_where(const struct clickhouse_binding *b, int64_t from_us,
    int64_t to_us, struct buf *out);

#endif
