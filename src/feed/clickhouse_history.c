/*
 * A few windows of time, of which one is asked for at a time. A window that
 * could not be had stands for some seconds, so that a server that is away is
 * not asked with every look at the page.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "feed/clickhouse_history.h"
#include "feed/http_feed.h"
#include "sys/file.h"

#define HISTORY_WINDOWS 8
#define HISTORY_KEEP_US (60 * US_PER_S)
#define HISTORY_AGAIN_US (5 * US_PER_S)
#define HISTORY_TOTAL_S 20
#define HISTORY_MAX_BYTES (4 * 1024 * 1024)

struct history_window {
	char group[64];
	int64_t from_us, to_us, at_us; /* at_us 0: the row is free */
	enum history_state state;
	struct store_cell *v; /* owned */
	size_t n;
	struct diag why;
};

struct clickhouse_history {
	const struct config_feed *feed; /* borrowed */
	struct http_client *client;     /* owned */
	struct buf password;
	struct http_call *call; /* NULL: none under way */
	struct history_window *asked;
	struct history_window window[HISTORY_WINDOWS];
};

struct clickhouse_history *
clickhouse_history_new(
    struct loop *l, const struct config_feed *feed, struct diag *d)
{
	struct clickhouse_history *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	h->feed = feed;
	if (feed->password_file == NULL ||
	    file_read_secret(feed->password_file, &h->password, d))
		h->client = http_client_new(l, d);
	if (h->client != NULL)
		return h;
	clickhouse_history_free(h);
	return NULL;
}

void
clickhouse_history_free(struct clickhouse_history *h)
{
	size_t i;

	if (h == NULL)
		return;
	http_client_free(h->client);
	buf_wipe(&h->password);
	for (i = 0; i < HISTORY_WINDOWS; i++)
		free(h->window[i].v);
	free(h);
}

/* -- answers -- */

/* Takes the field before a sign away; false: there is none. */
static bool
history_field(struct span *text, char sign, struct span *out)
{
	const char *end = text->n == 0 ? NULL : memchr(text->p, sign, text->n);

	if (end == NULL)
		return false;
	*out = (struct span){ text->p, (size_t)(end - text->p) };
	text->n -= out->n + 1;
	text->p = end + 1;
	return true;
}

/* start, status, reading, paired, unpaired, damaged, worst in millionths or -1:
 * not known */
static bool
history_row(struct span line, struct store_cell *c)
{
	struct span start, status, reading, n[3];
	uint64_t at, worst;
	unsigned i;

	*c = (struct store_cell){
		.buckets = 1, .worst = NAN, .early_status = -1
	};
	if (!history_field(&line, '\t', &start) ||
	    !history_field(&line, '\t', &status) ||
	    !history_field(&line, '\t', &reading) ||
	    !history_field(&line, '\t', &n[0]) ||
	    !history_field(&line, '\t', &n[1]) ||
	    !history_field(&line, '\t', &n[2]) ||
	    !span_parse_u64(start, UINT32_MAX, &at) ||
	    !span_parse_u64(n[0], UINT64_MAX, &c->paired) ||
	    !span_parse_u64(n[1], UINT64_MAX, &c->unpaired) ||
	    !span_parse_u64(n[2], UINT64_MAX, &c->damaged))
		return false;
	c->start_us = (int64_t)at * US_PER_S;
	c->reading =
	    span_is(reading, "early") ? STORE_EARLY : STORE_FULL_READING;
	for (i = 0; i < STORE_NSTATUSES; i++)
		if (span_is(status, store_status_name(i)))
			break;
	if (i == STORE_NSTATUSES)
		return false;
	c->status[i] = 1;
	if (span_is(line, "-1"))
		return true;
	if (!span_parse_u64(line, 1000000, &worst))
		return false;
	c->worst = (double)worst / 1e6;
	return true;
}

bool
clickhouse_history_parse(struct span text, int64_t from_us, int64_t to_us,
    struct store_cell **v, size_t *n, struct diag *d)
{
	struct store_cell c, *more;
	struct span line;
	size_t cap = 0;

	*v = NULL;
	for (*n = 0; history_field(&text, '\n', &line); (*n)++) {
		if (*n == STORE_MAX_CELLS || !history_row(line, &c) ||
		    c.start_us < from_us || c.start_us >= to_us)
			goto bad;
		if (*n == cap) {
			cap = cap == 0 ? 256 : cap * 2;
			more = realloc(*v, cap * sizeof(*more));
			if (more == NULL)
				goto bad;
			*v = more;
		}
		(*v)[*n] = c;
	}
	if (text.n == 0)
		return true;
bad:
	diag_set(d, "the answer of ClickHouse makes no sense");
	free(*v);
	*v = NULL;
	*n = 0;
	return false;
}

static void
history_done(const struct http_answer *a, void *arg)
{
	struct clickhouse_history *h = arg;
	struct history_window *w = h->asked;

	h->call = NULL;
	h->asked = NULL;
	w->state = HISTORY_AWAY;
	if (http_feed_result(a, &w->why) != HTTP_FEED_TAKEN)
		return;
	if (a->cut)
		diag_set(&w->why, "the answer of ClickHouse is too long");
	else if (clickhouse_history_parse(
		     a->body, w->from_us, w->to_us, &w->v, &w->n, &w->why))
		w->state = HISTORY_KNOWN;
}

/* -- questions -- */

static void
history_query(const struct history_window *w, struct buf *out)
{
	struct buf where = BUF_INIT;

	/* names of groups have no quotes: config_name_ok() */
	buf_printf(&where,
	    "sensor_group = '%s' AND start >= toDateTime(%" PRId64
	    ") AND start < toDateTime(%" PRId64 ")",
	    w->group, w->from_us / US_PER_S, w->to_us / US_PER_S);
	buf_printf(out,
	    "SELECT toUInt32(start), status, reading, p, o, d,"
	    " if(pairs = 0, -1, toInt64(floor(worst * 1000000))) FROM"
	    " (SELECT start, status, reading FROM bucket FINAL WHERE %s)"
	    " ANY LEFT JOIN (SELECT start, sum(paired) AS p,"
	    " sum(only_a + only_b) AS o, sum(damaged) AS d,"
	    " min(ifNull(agreement, 1.)) AS worst, count() AS pairs"
	    " FROM comparison FINAL WHERE %s AND NOT deleted"
	    " AND agreement IS NOT NULL GROUP BY start) USING (start)"
	    " ORDER BY start FORMAT TabSeparated",
	    buf_ok(&where) ? where.p : "", buf_ok(&where) ? where.p : "");
	out->failed |= where.failed;
	buf_clear(&where);
}

static void
history_ask(struct clickhouse_history *h, struct history_window *w)
{
	const struct config_feed *c = h->feed;
	struct buf url = BUF_INIT, query = BUF_INIT;
	struct http_request r = { .user = c->user == NULL ? "default" : c->user,
		.password = h->password.n == 0 ? "" : h->password.p,
		.ca_file = c->ca_file,
		.total_s = HISTORY_TOTAL_S,
		.max_bytes = HISTORY_MAX_BYTES };

	history_query(w, &query);
	buf_printf(&url, "%s%s?database=%s&wait_end_of_query=1", c->url,
	    c->url[strlen(c->url) - 1] == '/' ? "" : "/", c->database);
	r.url = url.p;
	r.body = buf_span(&query);
	w->state = HISTORY_AWAY;
	if (!buf_ok(&url) || !buf_ok(&query) || !config_name_ok(w->group))
		diag_set(&w->why, "out of memory");
	else
		h->call = http_post(h->client, &r, history_done, h, &w->why);
	if (h->call != NULL) {
		h->asked = w;
		w->state = HISTORY_ASKED;
	}
	buf_clear(&url);
	buf_clear(&query);
}

static struct history_window *
history_find(struct clickhouse_history *h, int64_t now_us, const char *group,
    int64_t from_us, int64_t to_us)
{
	struct history_window *w;

	for (w = h->window; w < h->window + HISTORY_WINDOWS; w++) {
		int64_t keep = w->state == HISTORY_KNOWN ? HISTORY_KEEP_US
							 : HISTORY_AGAIN_US;

		if (w->at_us != 0 && strcmp(w->group, group) == 0 &&
		    w->from_us == from_us && w->to_us == to_us &&
		    (w == h->asked ||
			(now_us >= w->at_us && now_us - w->at_us < keep)))
			return w;
	}
	return NULL;
}

/* In place of the oldest. */
static struct history_window *
history_new(struct clickhouse_history *h, int64_t now_us, const char *group,
    int64_t from_us, int64_t to_us)
{
	struct history_window *w, *oldest = &h->window[0];

	for (w = h->window; w < h->window + HISTORY_WINDOWS; w++)
		if (w->at_us < oldest->at_us)
			oldest = w;
	free(oldest->v);
	*oldest = (struct history_window){ .from_us = from_us,
		.to_us = to_us,
		.at_us = now_us,
		.why = DIAG_INIT };
	(void)snprintf(oldest->group, sizeof(oldest->group), "%.63s", group);
	return oldest;
}

enum history_state
clickhouse_history_cells(struct clickhouse_history *h, int64_t now_us,
    const char *group, int64_t from_us, int64_t to_us, struct store_cell **v,
    size_t *n, struct diag *why)
{
	struct history_window *w =
	    history_find(h, now_us, group, from_us, to_us);

	*v = NULL;
	*n = 0;
	if (w == NULL && h->call != NULL)
		return HISTORY_ASKED; /* its turn comes */
	if (w == NULL) {
		w = history_new(h, now_us, group, from_us, to_us);
		history_ask(h, w);
	}
	if (w->state == HISTORY_AWAY)
		diag_set(why, "%s", w->why.text);
	if (w->state != HISTORY_KNOWN || w->n == 0)
		return w->state;
	*v = calloc(w->n, sizeof(**v));
	if (*v == NULL) {
		diag_set(why, "out of memory");
		return HISTORY_AWAY;
	}
	memcpy(*v, w->v, w->n * sizeof(**v));
	*n = w->n;
	return HISTORY_KNOWN;
}
