/*
 * Feeds that are given the rows of the store, a batch at a time. What was not
 * acknowledged is in the journal of the store and is given again: after a
 * failure, a kill, or hours.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/feeds_state.h"
#include "store/roster.h"

/* Between two batches that are not full: rows want to come by the hundred. */
#define FEEDS_ROWS_GAP_US (5 * US_PER_S)

bool
feeds_is_of_rows(const struct feeds_one *o)
{
	return o->feed.kind != NULL && o->feed.kind->takes == FEED_ROWS;
}

/* Another server, database or choice of groups has not got what is there. */
static bool
feeds_target(const struct config_feed *c, struct buf *out)
{
	size_t i;

	buf_printf(out, "%s %s", c->url, c->database);
	for (i = 0; i < c->groups.n; i++)
		buf_printf(out, " %s", c->groups.item[i]);
	return buf_ok(out);
}

bool
feeds_journal(struct daemon *dm, struct diag *d)
{
	size_t n = 0, i, all = dm->config.nfeeds + 1;
	struct store_sink *v = calloc(all, sizeof(*v));
	struct buf *target = calloc(all, sizeof(*target));
	bool ok = v != NULL && target != NULL;

	for (i = 0; ok && i < dm->config.nfeeds; i++) {
		const struct config_feed *c = &dm->config.feeds[i];
		const struct feed_kind *k = feed_kind(c->kind);

		if (k == NULL || k->takes != FEED_ROWS)
			continue;
		ok = feeds_target(c, &target[n]);
		v[n] = (struct store_sink){ .feed = c->head.name,
			.target = target[n].p,
			.groups = (const char *const *)c->groups.item,
			.ngroups = c->groups.n };
		n++;
	}
	if (!ok)
		diag_set(d, "out of memory");
	ok = ok && store_sinks(dm->store, v, n, daemon_now(dm), d) == STORE_OK;
	for (i = 0; target != NULL && i < n; i++)
		buf_clear(&target[i]);
	free(target);
	free(v);
	return ok;
}

void
feeds_send_rows(struct feeds_one *o)
{
	struct store *st = o->all->dm->store;
	const char *name = o->feed.config->head.name;
	struct diag d = DIAG_INIT;
	enum store_error e;

	e = store_sink_take(
	    st, name, (size_t)o->feed.config->batch, &o->batch, &d);
	if (e == STORE_OK && o->batch.total > 0) {
		o->busy = true;
		o->feed.kind->send_rows(&o->feed, &o->batch);
		return;
	}
	/* of what is there no more, there is nothing to give */
	if (e == STORE_OK && (o->batch.last != 0 || o->batch.part != 0)) {
		e = store_sink_done(st, name, &o->batch, &d);
		daemon_wake(o->all->dm);
	}
	store_batch_clear(&o->batch);
	feeds_store_said(o, e, &d);
	if (e != STORE_OK)
		feeds_put_off(o);
}

void
feeds_rows_sent(struct feeds_one *o, bool ok)
{
	struct daemon *dm = o->all->dm;
	struct diag d = DIAG_INIT;
	enum store_error e;

	if (ok) {
		e = store_sink_done(
		    dm->store, o->feed.config->head.name, &o->batch, &d);
		feeds_store_said(o, e, &d);
		if (e != STORE_OK)
			feeds_put_off(o); /* it is given again */
		else if (!o->batch.more)
			o->next_us = daemon_now(dm) + FEEDS_ROWS_GAP_US;
		o->delivered += o->batch.total;
		o->rows = o->batch.total;
	}
	store_batch_clear(&o->batch);
}

void
feeds_pruned(struct feeds *fs)
{
	struct feeds_one *o;
	struct diag d = DIAG_INIT;
	struct store_outbox box;

	for (o = fs->one; o < fs->one + fs->n; o++) {
		const char *name = o->feed.config->head.name;

		if (!feeds_is_of_rows(o) ||
		    store_outbox_look(fs->dm->store, name, &box, &d) !=
			STORE_OK)
			continue;
		if (o->knows_dropped && box.dropped > o->dropped)
			log_say(&fs->dm->log, LOG_WARNINGS, "feed-given-up",
			    "%s: %llu buckets are past keep_buckets and the "
			    "30 days of waiting: they are gone, and it was "
			    "never given them",
			    name,
			    (unsigned long long)(box.dropped - o->dropped));
		o->dropped = box.dropped;
		o->knows_dropped = true;
	}
}
