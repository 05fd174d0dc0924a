/*
 * Each key of the query string is a row of a table, which says what its value
 * may be. What is decoded may hold any byte but NUL; whoever puts it into a
 * question quotes it.
 */
#include <stddef.h>
#include <stdlib.h>
#include "source/clickhouse.h"

#define CLICKHOUSE_URL_MAX 8192 /* bytes */
#define CLICKHOUSE_LOOKBACK_US (2 * 86400 * US_PER_S)
#define CLICKHOUSE_TIMEOUT_S 300
#define CLICKHOUSE_SLICE_ROWS 8000000
#define CLICKHOUSE_WANTED \
	"clickhouse://[USER@]HOST[:PORT]/DB.TABLE[?KEY=VALUE&...]"

static const char *const clickhouse_columns[CLICKHOUSE_NCOLUMNS] = {
	[CLICKHOUSE_TS] = "ts",
	[CLICKHOUSE_UID] = "uid",
	[CLICKHOUSE_ORIG_H] = "id.orig_h",
	[CLICKHOUSE_ORIG_P] = "id.orig_p",
	[CLICKHOUSE_RESP_H] = "id.resp_h",
	[CLICKHOUSE_RESP_P] = "id.resp_p",
	[CLICKHOUSE_PROTO] = "proto",
	[CLICKHOUSE_SERVICE] = "service",
	[CLICKHOUSE_DURATION] = "duration",
	[CLICKHOUSE_ORIG_BYTES] = "orig_bytes",
	[CLICKHOUSE_RESP_BYTES] = "resp_bytes",
	[CLICKHOUSE_CONN_STATE] = "conn_state",
	[CLICKHOUSE_LOCAL_ORIG] = "local_orig",
	[CLICKHOUSE_LOCAL_RESP] = "local_resp",
	[CLICKHOUSE_MISSED_BYTES] = "missed_bytes",
	[CLICKHOUSE_HISTORY] = "history",
	[CLICKHOUSE_ORIG_PKTS] = "orig_pkts",
	[CLICKHOUSE_ORIG_IP_BYTES] = "orig_ip_bytes",
	[CLICKHOUSE_RESP_PKTS] = "resp_pkts",
	[CLICKHOUSE_RESP_IP_BYTES] = "resp_ip_bytes",
	[CLICKHOUSE_VLAN] = "vlan",
	[CLICKHOUSE_WORKER] = "worker",
	[CLICKHOUSE_SENSOR] = "sensor",
	[CLICKHOUSE_END] = "end",
};

const char *
clickhouse_column_name(enum clickhouse_column c)
{
	return clickhouse_columns[c];
}

static const char clickhouse_schemes[2][16] = { "clickhouse://",
	"clickhouses://" };

bool
clickhouse_is_url(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(clickhouse_schemes); i++)
		if (strncmp(text, clickhouse_schemes[i],
			strlen(clickhouse_schemes[i])) == 0)
			return true;
	return false;
}

static int
clickhouse_hex(char c)
{
	const char *digits = "0123456789abcdef", *p;

	c = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	p = c == '\0' ? NULL : strchr(digits, c);
	return p == NULL ? -1 : (int)(p - digits);
}

/* Without %XX; NULL with d set: bad escapes, NUL, or no memory. */
static char *
clickhouse_decode(struct span s, struct diag *d)
{
	struct buf out = BUF_INIT;
	size_t i;

	buf_add_str(&out, "");
	for (i = 0; i < s.n; i++) {
		int high, low;

		if (s.p[i] != '%') {
			buf_add_char(&out, s.p[i]);
			continue;
		}
		high = i + 2 < s.n ? clickhouse_hex(s.p[i + 1]) : -1;
		low = high < 0 ? -1 : clickhouse_hex(s.p[i + 2]);
		if (low < 0 || high * 16 + low == 0) {
			diag_set(d, "bad escape in '%.80s'; wanted %%XX", s.p);
			buf_clear(&out);
			return NULL;
		}
		buf_add_char(&out, (char)(high * 16 + low));
		i += 2;
	}
	if (buf_ok(&out) && out.p != NULL)
		return out.p;
	diag_set(d, "out of memory");
	buf_clear(&out);
	return NULL;
}

void
clickhouse_clear(struct clickhouse_operand *o)
{
	size_t i;

	free(o->host);
	free(o->user);
	free(o->database);
	free(o->table);
	free(o->sensor);
	free(o->where);
	free(o->password_file);
	free(o->ca_file);
	for (i = 0; i < CLICKHOUSE_NCOLUMNS; i++)
		free(o->column[i]);
	*o = (struct clickhouse_operand){ .port = 0 };
}

/* -- keys of the query string -- */

enum clickhouse_kind {
	KIND_TEXT,
	KIND_FLAG,
	KIND_COUNT,    /* unsigned, at least 1 */
	KIND_ROWS,     /* uint64_t */
	KIND_LOOKBACK, /* seconds, with s, m, h or d, or "all" */
	KIND_PACKING
};

static const struct clickhouse_key {
	const char *name;
	enum clickhouse_kind kind;
	size_t offset;
} clickhouse_keys[] = {
#define KEY(name, kind, member)                                         \
	{                                                               \
		name, kind, offsetof(struct clickhouse_operand, member) \
	}
	KEY("sensor", KIND_TEXT, sensor),
	KEY("where", KIND_TEXT, where),
	KEY("password_file", KIND_TEXT, password_file),
	KEY("ca_file", KIND_TEXT, ca_file),
	KEY("tls", KIND_FLAG, tls),
	KEY("compression", KIND_PACKING, packing),
	KEY("timeout", KIND_COUNT, timeout_s),
	KEY("lookback", KIND_LOOKBACK, lookback_us),
	KEY("slice", KIND_ROWS, slice_rows),
#undef KEY
};

static const char *const clickhouse_packings[] = { "best", "none", "gzip",
	"zstd" };

static bool
clickhouse_lookback(const char *text, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t n = strlen(text), i;
	uint64_t v;

	if (strcmp(text, "all") == 0) {
		*out = INT64_MAX;
		return true;
	}
	for (i = 0; i < ARRAY_LEN(units) && n > 0; i++)
		if (text[n - 1] == units[i].unit &&
		    span_parse_u64((struct span){ text, n - 1 }, 1000000, &v)) {
			*out = (int64_t)v * units[i].seconds * US_PER_S;
			return true;
		}
	return false;
}

static bool
clickhouse_number(const char *text, uint64_t max, uint64_t *out)
{
	return span_parse_u64(span_from(text), max, out) && *out > 0;
}

/* Takes value in every case. */
static bool
clickhouse_put(struct clickhouse_operand *o, const struct clickhouse_key *k,
    char *value, struct diag *d)
{
	char *at = (char *)o + k->offset;
	const char *wanted = "a value";
	uint64_t v = 0;
	bool ok = false;
	size_t i;

	switch (k->kind) {
	case KIND_TEXT:
		ok = value[0] != '\0' && *(char **)(void *)at == NULL;
		wanted = "a text, once";
		if (ok) {
			*(char **)(void *)at = value;
			return true;
		}
		break;
	case KIND_FLAG:
		ok = strcmp(value, "1") == 0 || strcmp(value, "0") == 0;
		*(bool *)at = value[0] == '1';
		wanted = "0 or 1";
		break;
	case KIND_COUNT:
		ok = clickhouse_number(value, 86400, &v);
		*(unsigned *)(void *)at = (unsigned)v;
		wanted = "a number of seconds";
		break;
	case KIND_ROWS:
		ok = clickhouse_number(value, UINT32_MAX, &v);
		*(uint64_t *)(void *)at = v;
		wanted = "a number of rows";
		break;
	case KIND_LOOKBACK:
		ok = clickhouse_lookback(value, (int64_t *)(void *)at);
		wanted = "a time such as 2d or 12h, or all";
		break;
	case KIND_PACKING:
		for (i = 0; i < ARRAY_LEN(clickhouse_packings); i++)
			if (strcmp(value, clickhouse_packings[i]) == 0) {
				o->packing = (enum clickhouse_packing)i;
				ok = true;
			}
		wanted = "best, none, gzip or zstd";
		break;
	}
	if (!ok)
		diag_set(d, "%s=%.80s; wanted %s", k->name, value, wanted);
	free(value);
	return ok;
}

/* column.ts=NAME; also takes value in every case. */
static bool
clickhouse_put_column(
    struct clickhouse_operand *o, struct span name, char *value, struct diag *d)
{
	size_t i;

	for (i = 0; i < CLICKHOUSE_NCOLUMNS; i++)
		if (span_is(name, clickhouse_columns[i]) &&
		    o->column[i] == NULL && value[0] != '\0') {
			o->column[i] = value;
			return true;
		}
	diag_set(d,
	    "column.%.*s; wanted the name of a column of conn.log, sensor or "
	    "end, once, and what the table calls it",
	    (int)(name.n < 40 ? name.n : 40), name.p);
	free(value);
	return false;
}

static bool
clickhouse_pair(struct clickhouse_operand *o, struct span s, struct diag *d)
{
	static const struct span column = { "column.", 7 };
	const char *eq = memchr(s.p, '=', s.n);
	size_t n = eq == NULL ? s.n : (size_t)(eq - s.p), i;
	char *value;

	value = eq == NULL
	    ? NULL
	    : clickhouse_decode((struct span){ eq + 1, s.n - n - 1 }, d);
	if (value != NULL && n > column.n &&
	    memcmp(s.p, column.p, column.n) == 0)
		return clickhouse_put_column(
		    o, (struct span){ s.p + column.n, n - column.n }, value, d);
	for (i = 0; value != NULL && i < ARRAY_LEN(clickhouse_keys); i++)
		if (span_is((struct span){ s.p, n }, clickhouse_keys[i].name))
			return clickhouse_put(o, &clickhouse_keys[i], value, d);
	diag_set(d,
	    "'%.*s' in a clickhouse:// operand; wanted sensor=, where=, "
	    "column.NAME=, password_file=, ca_file=, tls=, compression=, "
	    "timeout=, lookback= or slice=",
	    (int)(n < 40 ? n : 40), s.p);
	free(value);
	return false;
}

static bool
clickhouse_query(
    struct clickhouse_operand *o, const char *query, struct diag *d)
{
	size_t n;

	while (*query != '\0') {
		n = strcspn(query, "&");
		if (n > 0 && !clickhouse_pair(o, (struct span){ query, n }, d))
			return false;
		query += n + (query[n] == '&');
	}
	return true;
}

/* -- the URL -- */

static bool
clickhouse_letters(struct span s, const char *more)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') &&
		    (c == '\0' || strchr(more, c) == NULL))
			return false;
	}
	return s.n > 0 && s.p[0] != '-';
}

/* HOST, HOST:PORT, [V6] or [V6]:PORT. */
static bool
clickhouse_authority(
    struct clickhouse_operand *o, struct span s, struct diag *d)
{
	const char *end =
	    s.n > 0 && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	const char *colon;
	struct span host = s, rest;
	uint64_t port = o->tls ? 8443 : 8123;

	if (end != NULL)
		host.n = (size_t)(end + 1 - s.p);
	else if ((colon = memchr(s.p, ':', s.n)) != NULL)
		host.n = (size_t)(colon - s.p);
	rest = (struct span){ s.p + host.n, s.n - host.n };
	if (end != NULL ? !clickhouse_letters(
			      (struct span){ host.p + 1, host.n - 2 }, ":.")
			: !clickhouse_letters(host, "._-"))
		return false;
	if (rest.n > 0 &&
	    (rest.p[0] != ':' ||
		!span_parse_u64(
		    (struct span){ rest.p + 1, rest.n - 1 }, 65535, &port) ||
		port == 0))
		return false;
	o->port = (unsigned)port;
	o->host = strndup(host.p, host.n);
	if (o->host == NULL)
		diag_set(d, "out of memory");
	return o->host != NULL;
}

/* DB.TABLE; a dot in either is %2E. */
static bool
clickhouse_table(struct clickhouse_operand *o, struct span s, struct diag *d)
{
	const char *dot = memchr(s.p, '.', s.n);
	size_t n = dot == NULL ? 0 : (size_t)(dot - s.p);

	if (n == 0 || n + 1 == s.n || memchr(dot + 1, '.', s.n - n - 1) != NULL)
		return false;
	o->database = clickhouse_decode((struct span){ s.p, n }, d);
	if (o->database != NULL)
		o->table =
		    clickhouse_decode((struct span){ dot + 1, s.n - n - 1 }, d);
	return o->table != NULL;
}

static bool
clickhouse_place(struct clickhouse_operand *o, const char *text, struct diag *d)
{
	struct span host = { text, strcspn(text, "/?") };
	const char *at = memchr(host.p, '@', host.n);
	struct span user = { host.p, 0 };

	if (text[host.n] != '/')
		return false;
	if (at != NULL) {
		user.n = (size_t)(at - host.p);
		host = (struct span){ at + 1, host.n - user.n - 1 };
		if (memchr(user.p, ':', user.n) != NULL) {
			diag_set(d,
			    "a password in an operand can be read by others; "
			    "wanted password_file=PATH");
			return false;
		}
		o->user = clickhouse_decode(user, d);
		if (o->user == NULL || o->user[0] == '\0')
			return false;
	}
	text = host.p + host.n + 1;
	return clickhouse_authority(o, host, d) &&
	    clickhouse_table(o, (struct span){ text, strcspn(text, "?") }, d);
}

bool
clickhouse_parse(
    const char *url, struct clickhouse_operand *out, struct diag *d)
{
	const char *query = strchr(url, '?'), *text;
	bool ok;

	*out = (struct clickhouse_operand){ .timeout_s = CLICKHOUSE_TIMEOUT_S,
		.lookback_us = CLICKHOUSE_LOOKBACK_US,
		.slice_rows = CLICKHOUSE_SLICE_ROWS };
	if (!clickhouse_is_url(url) || strlen(url) > CLICKHOUSE_URL_MAX) {
		diag_set(d, "'%.80s'; wanted " CLICKHOUSE_WANTED, url);
		return false;
	}
	text = strstr(url, "://") + 3;
	out->tls = url[sizeof("clickhouse") - 1] == 's';
	/* tls= has a say in the port */
	ok = (query == NULL || clickhouse_query(out, query + 1, d)) &&
	    clickhouse_place(out, text, d);
	if (!ok) {
		diag_set(d, "'%.80s'; wanted " CLICKHOUSE_WANTED, url);
		clickhouse_clear(out);
	}
	return ok;
}

const char *
clickhouse_name(const struct clickhouse_operand *o)
{
	return o->sensor != NULL ? o->sensor : o->table;
}

void
clickhouse_root(const struct clickhouse_operand *o, struct buf *out)
{
	buf_printf(
	    out, "%s%s:%u", clickhouse_schemes[o->tls], o->host, o->port);
}

void
clickhouse_path(const struct clickhouse_operand *o, struct buf *out)
{
	clickhouse_root(o, out);
	buf_printf(out, "/%s.%s", o->database, o->table);
}

void
clickhouse_endpoint(const struct clickhouse_operand *o, struct buf *out)
{
	buf_printf(
	    out, "%s://%s:%u/", o->tls ? "https" : "http", o->host, o->port);
}
