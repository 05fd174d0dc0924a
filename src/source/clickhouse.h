/*
 * An operand clickhouse://[USER@]HOST[:PORT]/DB.TABLE[?KEY=VALUE&...]: which
 * flows of which table. No password can be in it: those are in files.
 */
#ifndef SOURCE_CLICKHOUSE_H
#define SOURCE_CLICKHOUSE_H

#include "base/buf.h"
#include "base/diag.h"

/* What is wanted of a table, in the order in which it is asked for. */
enum clickhouse_column {
	CLICKHOUSE_TS,
	CLICKHOUSE_UID,
	CLICKHOUSE_ORIG_H,
	CLICKHOUSE_ORIG_P,
	CLICKHOUSE_RESP_H,
	CLICKHOUSE_RESP_P,
	CLICKHOUSE_PROTO,
	CLICKHOUSE_SERVICE,
	CLICKHOUSE_DURATION,
	CLICKHOUSE_ORIG_BYTES,
	CLICKHOUSE_RESP_BYTES,
	CLICKHOUSE_CONN_STATE,
	CLICKHOUSE_LOCAL_ORIG,
	CLICKHOUSE_LOCAL_RESP,
	CLICKHOUSE_MISSED_BYTES,
	CLICKHOUSE_HISTORY,
	CLICKHOUSE_ORIG_PKTS,
	CLICKHOUSE_ORIG_IP_BYTES,
	CLICKHOUSE_RESP_PKTS,
	CLICKHOUSE_RESP_IP_BYTES,
	CLICKHOUSE_VLAN,
	CLICKHOUSE_WORKER,
	CLICKHOUSE_NLOGGED, /* the columns up to here are of the log */
	CLICKHOUSE_SENSOR = CLICKHOUSE_NLOGGED,
	CLICKHOUSE_END, /* ts + duration, where the table keeps it */
	CLICKHOUSE_NCOLUMNS
};

/* "ts", "id.orig_h"; the name in column.NAME=. */
const char *clickhouse_column_name(enum clickhouse_column c);

enum clickhouse_packing {
	CLICKHOUSE_PACK_BEST, /* that both sides know */
	CLICKHOUSE_PACK_NONE,
	CLICKHOUSE_PACK_GZIP,
	CLICKHOUSE_PACK_ZSTD
};

/* All owned; NULL: not said. */
struct clickhouse_operand {
	char *host; /* as in a URL: IPv6 in brackets */
	char *user, *database, *table;
	char *sensor, *where, *password_file, *ca_file;
	char *column[CLICKHOUSE_NCOLUMNS]; /* its name in the table */
	unsigned port;
	bool tls;
	enum clickhouse_packing packing;
	unsigned timeout_s;  /* that an answer may stand still */
	int64_t lookback_us; /* how long before the window its flows may have
			      * begun; INT64_MAX: any time */
	uint64_t slice_rows; /* that one question may have in answer */
};

bool clickhouse_is_url(const char *text);
/* False with d set, and nothing to clear. */
bool clickhouse_parse(
    const char *url, struct clickhouse_operand *out, struct diag *d) MUSTCHECK;
void clickhouse_clear(struct clickhouse_operand *o);

/* What the operand is called where the command line does not say: its sensor,
 * or its table. Borrowed. */
const char *clickhouse_name(const struct clickhouse_operand *o);

/* clickhouse://HOST:PORT, and /DB.TABLE after it: how messages name it. */
void clickhouse_root(const struct clickhouse_operand *o, struct buf *out);
void clickhouse_path(const struct clickhouse_operand *o, struct buf *out);
/* http://HOST:PORT/, where questions go. */
void clickhouse_endpoint(const struct clickhouse_operand *o, struct buf *out);

#endif
