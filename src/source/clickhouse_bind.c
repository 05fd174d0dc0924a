/*
 * A name that the operand gives is taken as it is; else the first that the
 * table has of a list of common ones.
 */
#include <stdlib.h>
#include "source/clickhouse_bind.h"

#define BIND_NAMES 8

enum bind_kind {
	BIND_TIME,
	BIND_INTERVAL,
	BIND_TEXT,
	BIND_ADDRESS,
	BIND_PROTO,
	BIND_COUNT,
	BIND_FLAG
};

static const struct {
	enum bind_kind kind;
	bool needed;
	const char *names[BIND_NAMES]; /* beside Zeek's, also with '_' */
} bind_columns[CLICKHOUSE_NCOLUMNS] = {
	[CLICKHOUSE_TS] = { BIND_TIME, true,
	    { "timestamp", "event_time", "_time" } },
	[CLICKHOUSE_UID] = { BIND_TEXT, false, { "zeek_uid", "conn_uid" } },
	[CLICKHOUSE_ORIG_H] = { BIND_ADDRESS, true,
	    { "orig_h", "src_ip", "source_ip", "src_addr" } },
	[CLICKHOUSE_ORIG_P] = { BIND_COUNT, true,
	    { "orig_p", "src_port", "source_port" } },
	[CLICKHOUSE_RESP_H] = { BIND_ADDRESS, true,
	    { "resp_h", "dst_ip", "dest_ip", "destination_ip", "dst_addr" } },
	[CLICKHOUSE_RESP_P] = { BIND_COUNT, true,
	    { "resp_p", "dst_port", "dest_port", "destination_port" } },
	[CLICKHOUSE_PROTO] = { BIND_PROTO, true, { "protocol", "transport" } },
	[CLICKHOUSE_SERVICE] = { BIND_TEXT, false, { NULL } },
	[CLICKHOUSE_DURATION] = { BIND_INTERVAL, false, { NULL } },
	[CLICKHOUSE_ORIG_BYTES] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_RESP_BYTES] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_CONN_STATE] = { BIND_TEXT, false, { NULL } },
	[CLICKHOUSE_LOCAL_ORIG] = { BIND_FLAG, false, { NULL } },
	[CLICKHOUSE_LOCAL_RESP] = { BIND_FLAG, false, { NULL } },
	[CLICKHOUSE_MISSED_BYTES] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_HISTORY] = { BIND_TEXT, false, { NULL } },
	[CLICKHOUSE_ORIG_PKTS] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_ORIG_IP_BYTES] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_RESP_PKTS] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_RESP_IP_BYTES] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_VLAN] = { BIND_COUNT, false, { NULL } },
	[CLICKHOUSE_WORKER] = { BIND_TEXT, false,
	    { "peer", "_peer", "node", "_node_name", "_system_name" } },
	[CLICKHOUSE_SENSOR] = { BIND_TEXT, false,
	    { "_sensor", "sensor_name", "sensor_id", "host", "hostname" } },
	[CLICKHOUSE_END] = { BIND_TIME, false, { NULL } },
};

/* -- what the server says -- */

static struct span
bind_line(struct span *rest)
{
	struct span line = *rest;
	const char *nl;

	if (rest->n == 0) /* of an answer without a byte */
		return span_from("");
	nl = memchr(rest->p, '\n', rest->n);
	if (nl != NULL)
		line.n = (size_t)(nl - rest->p);
	rest->p += line.n + (nl != NULL);
	rest->n -= line.n + (nl != NULL);
	return line;
}

bool
clickhouse_server_parse(
    struct span answer, struct clickhouse_server *out, struct diag *d)
{
	struct span version, line;
	uint64_t major = 0;
	bool sip = false, bit = false;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	version = bind_line(&answer);
	while (n < version.n && version.p[n] != '.')
		n++;
	if (version.n >= sizeof(out->version) ||
	    !span_parse_u64((struct span){ version.p, n }, 9999, &major)) {
		diag_set(d,
		    "no ClickHouse answers there: '%.*s' is no version of one",
		    (int)(version.n < 40 ? version.n : 40), version.p);
		return false;
	}
	memcpy(out->version, version.p, version.n);
	out->zstd = major >= 21;
	out->ip_bytes = major >= 23;
	out->may_set = !span_is(bind_line(&answer), "1");
	while (answer.n > 0) {
		line = bind_line(&answer);
		out->ip_or_default |= span_is(line, "IPv6StringToNumOrDefault");
		out->micro |= span_is(line, "toUnixTimestamp64Micro");
		sip |= span_is(line, "sipHash64");
		bit |= span_is(line, "bitTest");
	}
	out->hashes = sip && bit;
	return true;
}

/* Without Nullable() and LowCardinality() around it. */
static struct span
bind_unwrap(struct span type, bool *nullable)
{
	static const struct span wrappers[] = { { "LowCardinality(", 15 },
		{ "Nullable(", 9 } };
	size_t i;

	*nullable = false;
	for (i = 0; i < ARRAY_LEN(wrappers); i++) {
		const struct span *w = &wrappers[i];

		if (type.n <= w->n || memcmp(type.p, w->p, w->n) != 0)
			continue;
		*nullable |= i == 1;
		type.p += w->n;
		type.n -= w->n + 1;
	}
	return type;
}

static enum clickhouse_type
bind_type(struct span type)
{
	static const struct {
		const char *prefix;
		enum clickhouse_type type;
	} types[] = { { "String", CLICKHOUSE_STRING },
		{ "FixedString(16)", CLICKHOUSE_BYTES16 },
		{ "UInt32", CLICKHOUSE_UINT32 }, { "UInt", CLICKHOUSE_NUMBER },
		{ "Int", CLICKHOUSE_NUMBER }, { "Float", CLICKHOUSE_REAL },
		{ "Decimal", CLICKHOUSE_REAL }, { "Bool", CLICKHOUSE_BOOL },
		{ "DateTime64", CLICKHOUSE_DATETIME64 },
		{ "DateTime", CLICKHOUSE_DATETIME },
		{ "IPv4", CLICKHOUSE_IPV4 }, { "IPv6", CLICKHOUSE_IPV6 },
		{ "Enum", CLICKHOUSE_ENUM } };
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		n = strlen(types[i].prefix);
		if (type.n >= n && memcmp(type.p, types[i].prefix, n) == 0)
			return types[i].type;
	}
	return CLICKHOUSE_OTHER;
}

/* Types that a column of a kind may have, as bits. */
#define BIND_BIT(t) (1u << CLICKHOUSE_##t)
static const struct {
	unsigned types;
	const char *wanted;
} bind_kinds[] = {
	[BIND_TIME] = { BIND_BIT(NUMBER) | BIND_BIT(UINT32) | BIND_BIT(REAL) |
		BIND_BIT(DATETIME) | BIND_BIT(DATETIME64),
	    "DateTime64, DateTime, or seconds as a number" },
	[BIND_INTERVAL] = { BIND_BIT(NUMBER) | BIND_BIT(UINT32) |
		BIND_BIT(REAL),
	    "seconds as a number" },
	[BIND_TEXT] = { BIND_BIT(STRING) | BIND_BIT(ENUM), "String or Enum" },
	[BIND_ADDRESS] = { BIND_BIT(STRING) | BIND_BIT(BYTES16) |
		BIND_BIT(UINT32) | BIND_BIT(IPV4) | BIND_BIT(IPV6),
	    "IPv6, IPv4, String, FixedString(16), or UInt32 for IPv4" },
	[BIND_PROTO] = { BIND_BIT(STRING) | BIND_BIT(ENUM) | BIND_BIT(NUMBER),
	    "String, Enum, or the number of the protocol" },
	[BIND_COUNT] = { BIND_BIT(NUMBER) | BIND_BIT(UINT32) | BIND_BIT(REAL),
	    "a number" },
	[BIND_FLAG] = { BIND_BIT(BOOL) | BIND_BIT(NUMBER) | BIND_BIT(STRING),
	    "Bool, a number, or String" },
};

static bool
bind_take(struct clickhouse_binding *b, enum clickhouse_column c,
    struct span name, struct span type, struct diag *d)
{
	enum bind_kind kind = bind_columns[c].kind;
	bool nullable;
	struct span bare = bind_unwrap(type, &nullable);
	enum clickhouse_type t = bind_type(bare);

	if ((bind_kinds[kind].types & 1u << t) == 0 ||
	    (t == CLICKHOUSE_DATETIME64 && !b->server.micro)) {
		diag_set(d, "%s.%s: column %.*s for %s is %.*s; wanted %s",
		    b->operand->database, b->operand->table,
		    (int)(name.n < 64 ? name.n : 64), name.p,
		    clickhouse_column_name(c), (int)(type.n < 64 ? type.n : 64),
		    type.p, bind_kinds[kind].wanted);
		return false;
	}
	b->column[c].name = strndup(name.p, name.n);
	b->column[c].type = t;
	b->column[c].nullable = nullable;
	if (b->column[c].name == NULL)
		diag_set(d, "out of memory");
	return b->column[c].name != NULL;
}

/* The i-th name that a column may have; false: no more. */
static bool
bind_name(const struct clickhouse_binding *b, enum clickhouse_column c,
    unsigned i, char *out, size_t n)
{
	const char *zeek = clickhouse_column_name(c);
	const char *text = zeek;
	size_t k;

	if (b->operand->column[c] != NULL)
		text = i == 0 ? b->operand->column[c] : NULL;
	else if (c == CLICKHOUSE_END)
		text = NULL;
	else if (i >= 2)
		text = i - 2 < BIND_NAMES ? bind_columns[c].names[i - 2] : NULL;
	if (text == NULL || strlen(text) >= n)
		return false;
	memcpy(out, text, strlen(text) + 1);
	for (k = 0; i == 1 && out[k] != '\0'; k++)
		if (out[k] == '.')
			out[k] = '_';
	return true;
}

/* The type of the column of that name; empty: there is none. */
static struct span
bind_find(struct span described, struct span name)
{
	while (described.n > 0) {
		struct span line = bind_line(&described);
		const char *tab = memchr(line.p, '\t', line.n), *end;
		size_t n = tab == NULL ? line.n : (size_t)(tab - line.p);

		if (tab == NULL ||
		    !span_equal((struct span){ line.p, n }, name))
			continue;
		line.p += n + 1;
		line.n -= n + 1;
		end = memchr(line.p, '\t', line.n);
		if (end != NULL)
			line.n = (size_t)(end - line.p);
		return line;
	}
	return (struct span){ NULL, 0 };
}

static void
bind_miss(const struct clickhouse_binding *b, enum clickhouse_column c,
    struct diag *d)
{
	struct buf names = BUF_INIT;
	char name[256];
	unsigned i;

	for (i = 0; bind_name(b, c, i, name, sizeof(name)); i++)
		if (i != 1 || strcmp(name, clickhouse_column_name(c)) != 0)
			buf_printf(&names, "%s%s", i == 0 ? "" : ", ", name);
	diag_set(d, "%s.%s has no column for %s; wanted %s, or column.%s=NAME",
	    b->operand->database, b->operand->table, clickhouse_column_name(c),
	    buf_ok(&names) && names.n > 0 ? names.p : "a name",
	    clickhouse_column_name(c));
	buf_clear(&names);
}

static bool
bind_column(struct clickhouse_binding *b, enum clickhouse_column c,
    struct span described, struct diag *d)
{
	bool needed = bind_columns[c].needed || b->operand->column[c] != NULL ||
	    (c == CLICKHOUSE_SENSOR && b->operand->sensor != NULL);
	char name[256];
	unsigned i;

	if (c == CLICKHOUSE_SENSOR && b->operand->sensor == NULL)
		return true;
	for (i = 0; bind_name(b, c, i, name, sizeof(name)); i++) {
		struct span type = bind_find(described, span_from(name));

		if (type.n > 0)
			return bind_take(b, c, span_from(name), type, d);
	}
	if (needed)
		bind_miss(b, c, d);
	return !needed;
}

bool
clickhouse_bind(
    struct clickhouse_binding *b, struct span described, struct diag *d)
{
	unsigned c;
	bool ok = true;

	memset(b->column, 0, sizeof(b->column));
	for (c = 0; ok && c < CLICKHOUSE_NCOLUMNS; c++)
		ok = bind_column(b, (enum clickhouse_column)c, described, d);
	if (!ok)
		clickhouse_unbind(b);
	return ok;
}

void
clickhouse_unbind(struct clickhouse_binding *b)
{
	unsigned c;

	for (c = 0; c < CLICKHOUSE_NCOLUMNS; c++)
		free(b->column[c].name);
	memset(b->column, 0, sizeof(b->column));
}
