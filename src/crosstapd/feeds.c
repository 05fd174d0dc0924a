/*
 * When each feed is given something, and what becomes of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/jsonw.h"
#include "crosstapd/feeds_state.h"
#include "sys/when.h"

#define FEEDS_TEST "test"
#define FEEDS_TEST_TEXT "a test of crosstap, nothing is wrong"

static int64_t
feeds_now(void *arg)
{
	const struct feeds_one *o = arg;

	return daemon_now(o->all->dm);
}

void
feeds_compared(struct feeds *fs, const struct group *g)
{
	feeds_make(fs, g);
}

void
feeds_changed(struct feeds *fs)
{
	fs->changed = true;
}

/* -- to whom -- */

static bool
feeds_is_about(const struct config_feed *c, const char *group)
{
	size_t i;

	for (i = 0; i < c->groups.n; i++)
		if (strcmp(c->groups.item[i], group) == 0)
			return true;
	return c->groups.n == 0;
}

/* A sensor is wanted for any of its groups. */
static bool
feeds_wants(const struct feeds_one *o, const struct feeds_service *s)
{
	const struct config_feed *c = o->feed.config;
	const struct daemon *dm = o->all->dm;
	size_t g, i;

	if (s->status.what == FEED_COLLECTOR)
		return true;
	if (s->status.what == FEED_GROUP)
		return feeds_is_about(c, s->status.name);
	for (g = 0; g < dm->ngroups; g++) {
		const struct config_group *of = dm->groups[g].config;

		if (!feeds_is_about(c, of->head.name))
			continue;
		for (i = 0; i < of->nmembers; i++)
			if (strcmp(of->member[i]->head.name, s->status.name) ==
			    0)
				return true;
	}
	return false;
}

void
feeds_listen(struct feeds *fs)
{
	size_t i, n = 0;

	for (i = 0; i < fs->n; i++) {
		const struct feed *f = &fs->one[i].feed;

		if (f->kind == NULL || f->kind->takes != FEED_EVENTS)
			continue;
		fs->listener[n++] =
		    (struct store_listener){ .feed = f->config->head.name,
			    .groups =
				(const char *const *)f->config->groups.item,
			    .ngroups = f->config->groups.n };
	}
	store_listen(fs->dm->store, fs->listener, n);
}

/* -- sending -- */

static void
feeds_answer_test(struct feeds_one *o, const char *why)
{
	struct control_call *call = o->test;
	struct buf text = BUF_INIT;

	o->test = NULL;
	if (why == NULL)
		buf_printf(&text, "%s: a test was delivered%s%s\n",
		    o->feed.config->head.name,
		    o->feed.said[0] == '\0' ? "" : ": ", o->feed.said);
	control_answer(call, why == NULL ? CONTROL_OK : CONTROL_ERROR,
	    why == NULL && buf_ok(&text) ? buf_span(&text)
					 : span_from(why == NULL ? "" : why));
	buf_clear(&text);
}

static void
feeds_trouble(struct feeds_one *o, const char *why)
{
	struct feeds *fs = o->all;
	const char *name = o->feed.config->head.name;
	bool was = o->trouble[0] != '\0';

	if (why != NULL && !was) {
		o->since_us = daemon_now(fs->dm);
		log_say(&fs->dm->log, LOG_WARNINGS, "feed-failed", "%s: %s",
		    name, why);
	} else if (why == NULL && was)
		log_say(&fs->dm->log, LOG_EVENTS, "feed-back", "%s", name);
	if ((why != NULL) != was)
		feeds_changed(fs);
	(void)snprintf(
	    o->trouble, sizeof(o->trouble), "%.255s", why == NULL ? "" : why);
}

/* Not before a while that doubles. */
void
feeds_put_off(struct feeds_one *o)
{
	int64_t pause = FEEDS_RETRY_US;
	unsigned i;

	for (i = 0; i < o->failures && pause < FEEDS_MAX_RETRY_US; i++)
		pause *= 2;
	if (pause > FEEDS_MAX_RETRY_US)
		pause = FEEDS_MAX_RETRY_US;
	o->failures++;
	o->next_us = daemon_now(o->all->dm) + pause;
}

void
feeds_store_said(
    const struct feeds_one *o, enum store_error e, const struct diag *d)
{
	if (e != STORE_OK)
		log_say(&o->all->dm->log, LOG_WARNINGS, "store", "%s", d->text);
}

static void
feeds_message_sent(struct feeds_one *o, bool ok, bool refused)
{
	struct store *st = o->all->dm->store;
	struct diag d = DIAG_INIT;
	int64_t id = o->message;
	enum store_error e;

	o->message = 0;
	if (ok)
		e = store_outbox_done(st, id, &d);
	else if (refused)
		e = store_outbox_give_up(st, id, &d);
	else
		e = store_outbox_retry(st, id, o->next_us, &d);
	feeds_store_said(o, e, &d);
}

/* Each of them is said: nobody will hear of it by this feed. */
static void
feeds_say_refused(const struct feeds_one *o, const char *why)
{
	log_say(&o->all->dm->log, LOG_WARNINGS, "feed-refused",
	    "%s: message %lld is given up: %s", o->feed.config->head.name,
	    (long long)o->message, why);
}

static void
feeds_sent(struct feed *f, size_t delivered, const struct diag *d, void *arg)
{
	struct feeds_one *o = arg;
	bool rows = feeds_is_of_rows(o), ok, refused = f->refused;
	size_t i, all = rows || o->message != 0 ? 1 : o->nflight;

	f->refused = false;
	INVARIANT(o->busy);
	o->busy = false;
	if (o->testing) {
		o->testing = false;
		if (o->test != NULL)
			feeds_answer_test(o,
			    delivered > 0   ? NULL
				: d != NULL ? d->text
					    : "not delivered");
		daemon_wake(o->all->dm);
		return;
	}
	for (i = 0; i < delivered && i < o->nflight; i++)
		o->given[o->flight[i]] = o->flight_serial[i];
	o->nflight = 0;
	ok = delivered >= all;
	o->delivered += rows ? 0 : delivered;
	if (delivered > 0)
		o->last_us = daemon_now(o->all->dm);
	if (ok || refused || delivered > 0)
		o->failures = 0;
	if (!ok && delivered > 0)
		/* A FIFO holds 64 KB: who reads it goes on reading. */
		o->next_us = daemon_now(o->all->dm) + FEEDS_GO_ON_US;
	else if (!ok && !refused)
		feeds_put_off(o);
	if (refused && o->message != 0)
		feeds_say_refused(o, d->text);
	if (ok || delivered == 0)
		feeds_trouble(o,
		    d != NULL ? d->text
			: ok  ? NULL
			      : "not delivered");
	if (rows)
		feeds_rows_sent(o, ok);
	if (o->message != 0)
		feeds_message_sent(o, ok, refused);
	daemon_wake(o->all->dm);
}

static bool
feeds_open(struct feeds_one *o, struct diag *d)
{
	const struct feed_kind *k = o->feed.kind;

	if (k == NULL)
		diag_set(d, "this crosstapd has no feeds of that kind");
	else if (!o->opened)
		o->opened = k->open == NULL || k->open(&o->feed, d);
	return o->opened;
}

static void
feeds_send_test_event(struct feeds_one *o)
{
	int64_t now = daemon_now(o->all->dm);
	char json[256];

	(void)snprintf(json, sizeof(json),
	    "{\"id\":\"%" PRId64 "-0\",\"at\":%.6f,\"event\":\"test\","
	    "\"who\":\"\",\"text\":\"" FEEDS_TEST_TEXT "\",\"incident\":null}",
	    now / US_PER_S, (double)now / (double)US_PER_S);
	o->feed.kind->send_event(&o->feed, span_from(json));
}

static void
feeds_send_test(struct feeds_one *o)
{
	struct feed_status s = { .what = FEED_COLLECTOR,
		.name = FEEDS_TEST,
		.state = FEED_OK,
		.at_us = daemon_now(o->all->dm) };
	const struct feed_status *const v[] = { &s };
	struct diag d = DIAG_INIT;

	if (!feeds_open(o, &d)) {
		feeds_answer_test(o, d.text);
		return;
	}
	o->busy = o->testing = true;
	/* an open feed has a kind */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	if (o->feed.kind->takes == FEED_EVENTS) {
		feeds_send_test_event(o);
		return;
	}
	if (feeds_is_of_rows(o)) {
		o->feed.kind->send_rows(&o->feed, NULL);
		return;
	}
	buf_add_str(&s.text, "OK - " FEEDS_TEST_TEXT);
	buf_add_str(&s.more, "a second line");
	buf_add_str(&s.perfdata, "'test'=1;;;0;1");
	o->feed.kind->send_states(&o->feed, v, 1);
	feed_status_clear(&s);
}

static bool
feeds_has_states(struct feeds_one *o)
{
	struct feeds *fs = o->all;
	size_t i;

	o->nflight = 0;
	for (i = 0; i < fs->nservices; i++) {
		const struct feeds_service *s = &fs->service[i];

		if (s->serial <= o->given[i] || !feeds_wants(o, s))
			continue;
		o->flight[o->nflight] = i;
		o->flight_serial[o->nflight++] = s->serial;
	}
	return o->nflight > 0;
}

static void
feeds_send_states(struct feeds_one *o)
{
	const struct feed_status **v = calloc(o->nflight, sizeof(*v));
	struct feed_status own = { 0 };
	size_t i;

	if (v == NULL) {
		o->nflight = 0;
		feeds_put_off(o);
		return;
	}
	for (i = 0; i < o->nflight; i++)
		v[i] = &o->all->service[o->flight[i]].status;
	if (o->flight[0] == 0 && o->trouble[0] != '\0') {
		feeds_own(o->all, o, &own);
		if (feed_status_ok(&own))
			v[0] = &own;
	}
	o->busy = true;
	o->feed.kind->send_states(&o->feed, v, o->nflight);
	feed_status_clear(&own);
	free(v);
}

/* The oldest message; it alone, so that they arrive in order. */
static void
feeds_send_event(struct feeds_one *o)
{
	struct daemon *dm = o->all->dm;
	struct store_message m;
	struct diag d = DIAG_INIT;

	if (store_outbox_next(dm->store, o->feed.config->head.name,
		daemon_now(dm), &m, &d) != STORE_OK) {
		feeds_put_off(o);
		return;
	}
	if (m.id != 0) {
		o->message = m.id;
		o->busy = true;
		o->feed.kind->send_event(&o->feed, buf_span(&m.payload));
	}
	buf_clear(&m.payload);
}

/* True if something was sent and has arrived already. */
static bool
feeds_turn_one(struct feeds_one *o)
{
	struct diag d = DIAG_INIT;
	bool states =
	    o->feed.kind == NULL || o->feed.kind->takes == FEED_STATES;

	uint64_t was = o->delivered;

	if (!o->busy && o->test != NULL)
		feeds_send_test(o);
	if (o->busy || daemon_now(o->all->dm) < o->next_us ||
	    (states && !feeds_has_states(o)))
		return false;
	if (!feeds_open(o, &d)) {
		o->nflight = 0;
		feeds_put_off(o);
		feeds_trouble(o, d.text);
	} else if (states)
		feeds_send_states(o);
	else if (feeds_is_of_rows(o))
		feeds_send_rows(o);
	else
		feeds_send_event(o);
	return !o->busy && o->delivered > was;
}

int64_t
feeds_turn(struct feeds *fs)
{
	int64_t now = daemon_now(fs->dm), next;
	size_t i;

	if (fs->beat_us == 0 || now - fs->beat_us >= FEEDS_BEAT_US) {
		fs->beat_us = now;
		fs->changed = false;
		feeds_make(fs, NULL);
	} else if (fs->changed) {
		fs->changed = false;
		feeds_make_own(fs);
	}
	next = fs->beat_us + FEEDS_BEAT_US;
	for (i = 0; i < fs->n; i++) {
		while (feeds_turn_one(&fs->one[i]))
			;
		if (!fs->one[i].busy && fs->one[i].next_us > now &&
		    fs->one[i].next_us < next)
			next = fs->one[i].next_us;
	}
	return next;
}

bool
feeds_busy(const struct feeds *fs)
{
	size_t i;

	for (i = 0; i < fs->n; i++)
		if (fs->one[i].busy)
			return true;
	return false;
}

void
feeds_test(struct feeds *fs, const char *name, struct control_call *call)
{
	struct diag d = DIAG_INIT;
	struct feeds_one *o = NULL;
	size_t i;

	for (i = 0; i < fs->n; i++)
		if (strcmp(fs->one[i].feed.config->head.name, name) == 0)
			o = &fs->one[i];
	if (o == NULL)
		diag_set(&d, "no feed '%.63s'; wanted one of `feeds`", name);
	else if (o->test != NULL || o->testing)
		diag_set(&d, "a test of '%s' is under way already", name);
	else if (feeds_find(fs, FEED_GROUP, FEEDS_TEST) != NULL ||
	    feeds_find(fs, FEED_SENSOR, FEEDS_TEST) != NULL)
		diag_set(&d,
		    "'" FEEDS_TEST "' is the name of a group or sensor, whose "
		    "service a test would change");
	if (d.text[0] != '\0') {
		control_answer(call, CONTROL_ERROR, span_from(d.text));
		return;
	}
	/* without o there is a text */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	o->test = call;
	daemon_wake(fs->dm);
}

const struct feed_status *
feeds_status(struct feeds *fs, enum feed_what what, const char *name)
{
	const struct feed_status *s = feeds_find(fs, what, name);

	return s == NULL || s->text.n == 0 ? NULL : s;
}

/* -- what people see of them -- */

/* All 0 where it takes states. */
static bool
feeds_outbox(const struct feeds_one *o, struct store_outbox *out)
{
	const char *name = o->feed.config->head.name;
	struct store *st = o->all->dm->store;
	struct diag d = DIAG_INIT;
	enum store_error e;

	*out = (struct store_outbox){ 0 };
	if (o->feed.kind == NULL || o->feed.kind->takes == FEED_STATES)
		return false;
	e = store_outbox_look(st, name, out, &d);
	if (e == STORE_OK && feeds_is_of_rows(o))
		e = store_sink_waiting(
		    st, name, &out->waiting, &out->oldest_us, &d);
	feeds_store_said(o, e, &d);
	return true;
}

static void
feeds_outbox_text(const struct feeds_one *o, struct buf *out)
{
	struct store_outbox box;

	(void)feeds_outbox(o, &box);
	if (o->rows > 0)
		buf_printf(out, " (%zu rows)", o->rows);
	if (box.waiting > 0) {
		buf_printf(out, ", %" PRIu64 " wait%s, the oldest since ",
		    box.waiting, box.waiting == 1 ? "s" : "");
		when_format(box.oldest_us, "?", out);
	}
	if (box.dropped > 0)
		buf_printf(out, ", %" PRIu64 " GIVEN UP", box.dropped);
	buf_add_char(out, '\n');
}

bool
feeds_next(const struct feeds *fs, size_t *at, struct feeds_health *out)
{
	const struct feeds_one *o;

	if (*at >= fs->n)
		return false;
	o = &fs->one[(*at)++];
	*out = (struct feeds_health){ .name = o->feed.config->head.name,
		.ok = o->trouble[0] == '\0',
		.delivered = o->delivered };
	out->has_outbox = feeds_outbox(o, &out->outbox);
	return true;
}

void
feeds_text(const struct feeds *fs, struct buf *out)
{
	size_t i;

	for (i = 0; i < fs->n; i++) {
		const struct feeds_one *o = &fs->one[i];
		const struct config_feed *c = o->feed.config;

		buf_printf(out, "%-16s %-14s ", c->head.name,
		    config_key_table[CONFIG_FEED_KIND].words[c->kind]);
		if (o->trouble[0] != '\0') {
			buf_add_str(out, "FAILS since ");
			when_format(o->since_us, "?", out);
			buf_printf(out, ": %s", o->trouble);
		} else if (o->last_us == 0)
			buf_add_str(out, "nothing sent yet");
		else {
			buf_printf(
			    out, "%" PRIu64 " sent, the last ", o->delivered);
			when_format(o->last_us, "?", out);
		}
		feeds_outbox_text(o, out);
	}
}

void
feeds_json(const struct feeds *fs, struct buf *out)
{
	struct store_outbox box;
	size_t i;

	buf_add_char(out, '[');
	for (i = 0; i < fs->n; i++) {
		const struct feeds_one *o = &fs->one[i];
		const struct config_feed *c = o->feed.config;

		(void)feeds_outbox(o, &box);
		jsonw_next(out);
		buf_add_char(out, '{');
		jsonw_text(out, "name", c->head.name);
		jsonw_text(out, "kind",
		    config_key_table[CONFIG_FEED_KIND].words[c->kind]);
		jsonw_count(out, "delivered", o->delivered);
		jsonw_count(out, "waiting", box.waiting);
		jsonw_seconds(out, "waiting_since",
		    box.waiting > 0 ? box.oldest_us : INT64_MIN);
		jsonw_count(out, "given_up", box.dropped);
		if (feeds_is_of_rows(o))
			jsonw_count(out, "batch", c->batch);
		jsonw_text(out, "error", o->trouble);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* -- begin and end -- */

static bool
feeds_init_one(struct feeds *fs, size_t i)
{
	struct feeds_one *o = &fs->one[i];
	struct daemon *dm = fs->dm;

	o->all = fs;
	o->feed = (struct feed){ .config = &dm->config.feeds[i],
		.kind = feed_kind(dm->config.feeds[i].kind),
		.loop = dm->loop,
		.ssh = dm->ssh,
		.now_us = feeds_now,
		.sent = feeds_sent,
		.arg = o };
	o->given = calloc(fs->nservices, sizeof(*o->given));
	o->flight = calloc(fs->nservices, sizeof(*o->flight));
	o->flight_serial = calloc(fs->nservices, sizeof(*o->flight_serial));
	fs->n++;
	return o->given != NULL && o->flight != NULL &&
	    o->flight_serial != NULL;
}

struct feeds *
feeds_new(struct daemon *dm)
{
	struct feeds *fs = calloc(1, sizeof(*fs));
	size_t n = 1, i;
	bool ok;

	if (fs == NULL)
		return NULL;
	fs->dm = dm;
	fs->began_us = daemon_now(dm);
	for (i = 0; i < dm->ngroups; i++)
		n += 1 + dm->groups[i].config->nmembers;
	fs->service = calloc(n, sizeof(*fs->service));
	fs->one = calloc(dm->config.nfeeds + 1, sizeof(*fs->one));
	fs->listener = calloc(dm->config.nfeeds + 1, sizeof(*fs->listener));
	ok = fs->service != NULL && fs->one != NULL && fs->listener != NULL;
	if (ok)
		feeds_lay_out(fs);
	for (i = 0; ok && i < dm->config.nfeeds; i++)
		ok = feeds_init_one(fs, i);
	if (ok) {
		feeds_pruned(fs); /* what was given up before is known */
		return fs;
	}
	feeds_free(fs);
	return NULL;
}

void
feeds_free(struct feeds *fs)
{
	size_t i;

	if (fs == NULL)
		return;
	for (i = 0; i < fs->n; i++) {
		struct feeds_one *o = &fs->one[i];

		if (o->opened && o->feed.kind->close != NULL)
			o->feed.kind->close(&o->feed);
		if (o->test != NULL)
			feeds_answer_test(o, "the feed was closed meanwhile");
		free(o->given);
		free(o->flight);
		free(o->flight_serial);
		store_batch_clear(&o->batch);
	}
	free(fs->one);
	free(fs->listener);
	for (i = 0; i < fs->nservices; i++)
		feed_status_clear(&fs->service[i].status);
	free(fs->service);
	free(fs);
}
