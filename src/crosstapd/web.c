/*
 * It reads the store by a connection of its own, so that what it reads never
 * waits for what the groups write, nor they for it.
 */
#include <stdlib.h>
#include <string.h>
#include "crosstapd/metrics.h"
#include "crosstapd/web.h"
#include "feed/clickhouse_history.h"
#include "net/http_server.h"
#include "sys/file.h"
#include "web/site.h"

#define WEB_MAX_TOKEN 512 /* bytes */
#define WEB_MIN_TOKEN 16

struct web {
	struct http_server *server; /* owned, as below */
	struct store *store;
	struct buf token;
	struct site site;
	struct clickhouse_history *history; /* NULL: there is none */
	const struct config_feed *feed;     /* that it is of; borrowed */
};

bool
web_check(const struct config_web *c, struct diag *d)
{
	bool here = true;

	if (c->listen != NULL && !http_server_address(c->listen, &here, d))
		return false;
	if (!here && c->token_file == NULL) {
		diag_set(d,
		    "'listen' of web is %s, where others reach it; wanted "
		    "127.0.0.1:PORT, or a token_file",
		    c->listen);
		return false;
	}
	return true;
}

static bool
web_token(struct web *w, const char *file, struct diag *d)
{
	if (!file_read_secret(file, &w->token, d))
		return false;
	if (w->token.n >= WEB_MIN_TOKEN && w->token.n <= WEB_MAX_TOKEN)
		return true;
	diag_set(d, "%s: no token; wanted a line of %d to %d characters", file,
	    WEB_MIN_TOKEN, WEB_MAX_TOKEN);
	return false;
}

static int64_t
web_now(void *arg)
{
	return daemon_now(arg);
}

static void
web_metrics(struct buf *out, void *arg)
{
	metrics_text(arg, out);
}

static enum site_history
web_history(const char *group, int64_t from_us, int64_t to_us,
    struct store_cell **v, size_t *n, struct diag *why, void *arg)
{
	static const enum site_history states[] = { [HISTORY_ASKED] =
							SITE_HISTORY_ASKED,
		[HISTORY_KNOWN] = SITE_HISTORY_KNOWN,
		[HISTORY_AWAY] = SITE_HISTORY_AWAY };
	struct daemon *dm = arg;
	const struct config_feed *f = dm->web->feed;
	size_t i;

	for (i = 0; i < f->groups.n; i++)
		if (strcmp(f->groups.item[i], group) == 0)
			break;
	if (f->groups.n == 0 || i < f->groups.n)
		return states[clickhouse_history_cells(dm->web->history,
		    daemon_now(dm), group, from_us, to_us, v, n, why)];
	*v = NULL;
	*n = 0;
	diag_set(why, "feed %s is not about this group", f->head.name);
	return SITE_HISTORY_AWAY;
}

/* Of the first feed that has them. Without it the page is served all the
 * same. */
static void
web_find_history(struct daemon *dm, struct web *w)
{
	struct diag d = DIAG_INIT;
	size_t i;

	for (i = 0; i < dm->config.nfeeds; i++)
		if (dm->config.feeds[i].kind == CONFIG_FEED_CLICKHOUSE)
			break;
	if (i == dm->config.nfeeds)
		return;
	w->feed = &dm->config.feeds[i];
	w->history = clickhouse_history_new(dm->loop, w->feed, &d);
	if (w->history != NULL)
		w->site.history = web_history;
	else
		log_say(&dm->log, LOG_WARNINGS, "web", "%s: %s",
		    w->feed->head.name, d.text);
}

static void
web_free(struct web *w)
{
	clickhouse_history_free(w->history);
	http_server_close(w->server);
	if (w->store != NULL)
		store_close(w->store);
	buf_wipe(&w->token);
	free(w);
}

static bool
web_start(struct daemon *dm, struct web *w, struct diag *d)
{
	const struct store_options so = { .access = STORE_READ,
		.busy_ms = 100 };
	const struct config_web *c = dm->config.web;
	struct http_server_options ho = { .listen = c->listen,
		.socket = c->socket,
		.hosts = (const char *const *)c->hosts.item,
		.nhosts = c->hosts.n };

	if (c->token_file != NULL && !web_token(w, c->token_file, d))
		return false;
	ho.token = buf_span(&w->token);
	if (store_open(dm->config.daemon->store, &so, &w->store, d) != STORE_OK)
		return false;
	w->site = (struct site){ .store = w->store,
		.now_us = web_now,
		.metrics = web_metrics,
		.arg = dm };
	web_find_history(dm, w);
	w->server = http_server_listen(dm->loop, &ho, site_answer, &w->site, d);
	return w->server != NULL;
}

void
web_open(struct daemon *dm)
{
	const struct config_web *c = dm->config.web;
	struct diag d = DIAG_INIT;
	struct web *w;

	if (c->listen == NULL && c->socket == NULL)
		return;
	w = calloc(1, sizeof(*w));
	if (w != NULL && web_start(dm, w, &d)) {
		dm->web = w;
		log_say(&dm->log, LOG_EVENTS, "web", "served at %s%s%s",
		    c->listen == NULL ? "" : c->listen,
		    c->listen == NULL || c->socket == NULL ? "" : ", ",
		    c->socket == NULL ? "" : c->socket);
		return;
	}
	log_say(&dm->log, LOG_ERRORS, "web", "not served: %s",
	    w == NULL ? "out of memory" : d.text);
	if (w != NULL)
		web_free(w);
}

void
web_close(struct daemon *dm)
{
	if (dm->web != NULL)
		web_free(dm->web);
	dm->web = NULL;
}
