/*
 * Rows go to ClickHouse table by table, one INSERT each; only when all of a
 * batch are there does the store forget that it must give them. Before the
 * first batch, and after every failure, the server is asked what it is. The
 * password travels in a header, never in the address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "feed/clickhouse.h"
#include "feed/http_feed.h"
#include "feed/kinds.h"

#define CLICKHOUSE_TOTAL_S 120 /* of a call: a busy server merges first */

struct clickhouse {
	struct http_feed http;
	struct clickhouse_release server;
	bool asked;                      /* what server it is */
	const struct store_batch *batch; /* borrowed, under way; NULL: a test */
	enum store_table at;
};

/* -- words -- */

static const char clickhouse_settings[] =
    "'insert_deduplication_token', 'async_insert'";

static void
clickhouse_columns(struct buf *out, enum store_table t)
{
	const char *name;
	size_t i;

	for (i = 0; (name = store_table_column(t, i)) != NULL; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : ",", name);
}

void
clickhouse_ask(struct buf *out)
{
	size_t t;

	buf_printf(out,
	    "SELECT 'version', version()"
	    " UNION ALL SELECT 'setting', name FROM system.settings"
	    " WHERE name IN (%s)"
	    " UNION ALL SELECT 'column', concat(table, '.', name)"
	    " FROM system.columns WHERE database = currentDatabase()"
	    " AND table IN (",
	    clickhouse_settings);
	for (t = 0; t < STORE_NTABLES; t++)
		buf_printf(out, "%s'%s'", t == 0 ? "" : ", ",
		    store_table_name((enum store_table)t));
	buf_add_str(out, ") FORMAT TabSeparated");
}

void
clickhouse_insert(struct buf *out, enum store_table t)
{
	buf_printf(out, "INSERT INTO %s (", store_table_name(t));
	clickhouse_columns(out, t);
	buf_add_str(out, ") FORMAT TabSeparated");
}

void
clickhouse_insert_none(struct buf *out, enum store_table t)
{
	buf_printf(out, "INSERT INTO %s (", store_table_name(t));
	clickhouse_columns(out, t);
	buf_add_str(out, ") SELECT ");
	clickhouse_columns(out, t);
	buf_printf(out, " FROM %s WHERE 0", store_table_name(t));
}

/* Takes a line KEY TAB VALUE away; false: there is none. */
static bool
clickhouse_line(struct span *text, struct span *key, struct span *value)
{
	const char *tab, *end;

	if (text->n == 0)
		return false;
	end = memchr(text->p, '\n', text->n);
	tab = memchr(text->p, '\t', text->n);
	if (end == NULL || tab == NULL || tab > end)
		return false;
	*key = (struct span){ text->p, (size_t)(tab - text->p) };
	*value = (struct span){ tab + 1, (size_t)(end - tab - 1) };
	text->n -= (size_t)(end + 1 - text->p);
	text->p = end + 1;
	return true;
}

static bool
clickhouse_has(struct span text, const char *column)
{
	struct span key, value;

	while (clickhouse_line(&text, &key, &value))
		if (span_is(key, "column") && span_is(value, column))
			return true;
	return false;
}

bool
clickhouse_answer(struct span text, const char *database,
    struct clickhouse_release *out, struct diag *d)
{
	struct span left = text, key, value;
	char column[80];
	const char *name;
	size_t t, i;

	*out = (struct clickhouse_release){ .version = "" };
	while (clickhouse_line(&left, &key, &value)) {
		if (span_is(key, "version"))
			(void)snprintf(out->version, sizeof(out->version),
			    "%.*s", (int)(value.n < 31 ? value.n : 31),
			    value.p);
		out->has_token |= span_is(value, "insert_deduplication_token");
		out->has_async |= span_is(value, "async_insert");
	}
	if (out->version[0] == '\0') {
		diag_set(d,
		    "what answers is no ClickHouse; wanted its HTTP "
		    "port, 8123 or 8443");
		return false;
	}
	for (t = 0; t < STORE_NTABLES; t++)
		for (i = 0; (name = store_table_column(
				 (enum store_table)t, i)) != NULL;
		     i++) {
			(void)snprintf(column, sizeof(column), "%s.%s",
			    store_table_name((enum store_table)t), name);
			if (clickhouse_has(text, column))
				continue;
			diag_set(d,
			    "ClickHouse %s has no column %s in the database "
			    "%s; wanted the tables of doc/clickhouse/"
			    "tables.sql",
			    out->version, column, database);
			return false;
		}
	return true;
}

/* -- sending -- */

static void
clickhouse_close(struct feed *f)
{
	http_feed_close(f->state);
	free(f->state);
	f->state = NULL;
}

static bool
clickhouse_open(struct feed *f, struct diag *d)
{
	struct clickhouse *c = calloc(1, sizeof(*c));

	if (c == NULL)
		diag_set(d, "out of memory");
	else if (http_feed_open(&c->http, f, f->config->password_file, d)) {
		f->state = c;
		return true;
	}
	free(c);
	return false;
}

static void
clickhouse_escape(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.')
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void
clickhouse_failed(struct feed *f, const struct diag *d)
{
	struct clickhouse *c = f->state;

	c->asked = false;
	c->batch = NULL;
	feed_sent(f, 0, d);
}

/* The query is in the address if there are rows, else it is the body. */
static void
clickhouse_post(
    struct feed *f, struct span query, struct span rows, http_done_fn *done)
{
	struct clickhouse *c = f->state;
	struct buf url = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct http_request r = {
		.header = { { "Content-Type", "text/tab-separated-values" } },
		.nheaders = 1,
		.body = rows.n > 0 ? rows : query,
		.user = f->config->user == NULL ? "default" : f->config->user,
		.password = c->http.secret.n == 0 ? "" : c->http.secret.p,
		.ca_file = f->config->ca_file,
		.total_s = CLICKHOUSE_TOTAL_S
	};

	buf_add_str(&url, f->config->url);
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	buf_printf(
	    &url, "/?database=%s&wait_end_of_query=1", f->config->database);
	if (rows.n > 0) {
		if (c->server.has_async)
			buf_add_str(&url, "&async_insert=0");
		if (c->server.has_token)
			buf_printf(&url, "&insert_deduplication_token=%s-%s",
			    c->batch->token, store_table_name(c->at));
		buf_add_str(&url, "&query=");
		clickhouse_escape(&url, query);
	}
	r.url = url.p;
	if (!buf_ok(&url))
		diag_set(&d, "out of memory");
	if (d.text[0] != '\0' || !http_feed_post(&c->http, &r, done, f, &d))
		clickhouse_failed(f, &d);
	buf_clear(&url);
}

static void clickhouse_next(struct feed *f);

/* True if the server did what it was told to; else the batch has ended. */
static bool
clickhouse_took(struct feed *f, const struct http_answer *a)
{
	struct clickhouse *c = f->state;
	struct diag d = DIAG_INIT;

	c->http.call = NULL;
	/* whatever it says: a batch is kept until it is taken */
	if (http_feed_result(a, &d) == HTTP_FEED_TAKEN)
		return true;
	clickhouse_failed(f, &d);
	return false;
}

static void
clickhouse_done(const struct http_answer *a, void *arg)
{
	struct feed *f = arg;
	struct clickhouse *c = f->state;

	if (!clickhouse_took(f, a))
		return;
	c->at++;
	clickhouse_next(f);
}

static void
clickhouse_asked(const struct http_answer *a, void *arg)
{
	struct feed *f = arg;
	struct clickhouse *c = f->state;
	struct diag d = DIAG_INIT;

	if (!clickhouse_took(f, a))
		return;
	if (!clickhouse_answer(a->body, f->config->database, &c->server, &d)) {
		clickhouse_failed(f, &d);
		return;
	}
	c->asked = true;
	(void)snprintf(f->said, sizeof(f->said),
	    "ClickHouse %s, with all %d tables in %s%s", c->server.version,
	    STORE_NTABLES, f->config->database,
	    c->server.has_token
		? ""
		: "; it has no insert_deduplication_token, so rows that are "
		  "sent again wait for a merge");
	clickhouse_next(f);
}

/* The next table that has rows; of a test, the next one. */
static void
clickhouse_next(struct feed *f)
{
	struct clickhouse *c = f->state;
	struct span rows = { "", 0 };
	struct buf query = BUF_INIT;

	while (c->batch != NULL && c->at < STORE_NTABLES &&
	    c->batch->n[c->at] == 0)
		c->at++;
	if (c->at == STORE_NTABLES) {
		c->batch = NULL;
		feed_sent(f, 1, NULL);
		return;
	}
	if (c->batch == NULL)
		clickhouse_insert_none(&query, c->at);
	else {
		clickhouse_insert(&query, c->at);
		rows = buf_span(&c->batch->rows[c->at]);
	}
	/* what failed to be written down is refused by the server */
	clickhouse_post(f, buf_span(&query), rows, clickhouse_done);
	buf_clear(&query);
}

static void
clickhouse_send(struct feed *f, const struct store_batch *b)
{
	struct clickhouse *c = f->state;
	struct buf query = BUF_INIT;

	c->batch = b;
	c->at = 0;
	if (b != NULL && c->asked) {
		clickhouse_next(f);
		return;
	}
	clickhouse_ask(&query);
	clickhouse_post(
	    f, buf_span(&query), (struct span){ "", 0 }, clickhouse_asked);
	buf_clear(&query);
}

const struct feed_kind feed_clickhouse = {
	.name = "clickhouse",
	.takes = FEED_ROWS,
	.open = clickhouse_open,
	.close = clickhouse_close,
	.send_rows = clickhouse_send,
};
