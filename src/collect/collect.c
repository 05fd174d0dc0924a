/*
 * The life of a collection: questions are queued by the phases, sent one at a
 * time to each sensor, and a sensor that fails takes nothing with it.
 */
#include <stdlib.h>
#include <string.h>
#include "collect/collect_state.h"

#define COLLECT_ITEMS_MAX 2048 /* of a question; WIRE_ITEMS_MAX at most */
#define COLLECT_KEYS_MAX 65536 /* of a question; 8 bytes each */

struct collect *
collect_new(const struct collect_options *opt)
{
	struct collect *c = calloc(1, sizeof(*c));
	size_t i;

	if (c == NULL)
		return NULL;
	c->opt = *opt;
	if (c->opt.max_differences == 0)
		c->opt.max_differences = COLLECT_MAX_DIFFERENCES;
	for (i = 0; i < opt->nsensors; i++)
		c->sensor[i].shift_us = opt->shift_us[i];
	return c;
}

static void
collect_clear_texts(struct collect_sensor *s)
{
	size_t k;

	for (k = 0; k < FLOW_NPROBLEMS; k++)
		free(s->messages[k]);
	for (k = 0; k < s->nworkers; k++)
		free(s->workers[k]);
	free(s->trouble);
}

void
collect_clear_side(struct collect_side *s)
{
	free(s->r.states);
	free(s->r.keys);
	free(s->r.shards);
	free(s->r.nets);
	free(s->r.sample);
	free(s->states);
	free(s->keys);
	entries_clear(&s->entries);
	entries_clear(&s->sampled);
	tuples_clear(&s->tuples);
	memset(s, 0, sizeof(*s));
	tuples_init(&s->tuples, UINT32_MAX);
}

void
collect_free(struct collect *c)
{
	size_t i, k;

	if (c == NULL)
		return;
	for (i = 0; i < c->nbuckets; i++) {
		for (k = 0; k < c->opt.nsensors; k++)
			collect_clear_side(&c->buckets[i]->side[k]);
		free(c->buckets[i]);
	}
	free(c->buckets);
	for (i = 0; i < c->opt.nsensors; i++) {
		struct collect_sensor *s = &c->sensor[i];

		collect_clear_texts(s);
		netmap_clear(&s->nets);
		free(s->failed);
		free(s->items);
		free(s->keys);
		free(s->late);
	}
	free(c);
}

bool
collect_grow(struct collect *c, void *array, size_t size, size_t n, size_t *cap)
{
	void **p = array, *more;
	size_t want = *cap == 0 ? 16 : 2 * *cap;

	if (n < *cap)
		return true;
	more = realloc(*p, want * size);
	if (more == NULL) {
		c->broken = true;
		return false;
	}
	*p = more;
	*cap = want;
	return true;
}

/* Where the bucket is or would stand. */
static size_t
collect_place(const struct collect *c, int64_t start_us)
{
	size_t lo = 0, hi = c->nbuckets;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->buckets[mid]->start_us < start_us)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct collect_bucket *
collect_find(const struct collect *c, int64_t start_us)
{
	size_t at = collect_place(c, start_us);

	return at < c->nbuckets && c->buckets[at]->start_us == start_us
	    ? c->buckets[at]
	    : NULL;
}

struct collect_bucket *
collect_bucket(struct collect *c, int64_t start_us)
{
	struct collect_bucket *b = collect_find(c, start_us);
	size_t at = collect_place(c, start_us), i;

	if (b != NULL)
		return b;
	if (c->nbuckets == COLLECT_MAX_BUCKETS ||
	    !collect_grow(
		c, &c->buckets, sizeof(*c->buckets), c->nbuckets, &c->cap))
		return NULL;
	b = calloc(1, sizeof(*b) + c->opt.nsensors * sizeof(b->side[0]));
	if (b == NULL) {
		c->broken = true;
		return NULL;
	}
	b->start_us = start_us;
	for (i = 0; i < c->opt.nsensors; i++)
		tuples_init(&b->side[i].tuples, UINT32_MAX);
	memmove(c->buckets + at + 1, c->buckets + at,
	    (c->nbuckets - at) * sizeof(*c->buckets));
	c->buckets[at] = b;
	c->nbuckets++;
	return b;
}

static void
collect_queue_part(struct collect *c, struct collect_sensor *s,
    const struct request_item *it, const uint64_t *keys, uint32_t n)
{
	uint32_t i;

	if (!collect_grow(
		c, &s->items, sizeof(*s->items), s->nitems, &s->capitems))
		return;
	for (i = 0; i < n; i++) {
		if (!collect_grow(
			c, &s->keys, sizeof(*s->keys), s->nkeys, &s->capkeys))
			return;
		s->keys[s->nkeys++] = keys[i];
	}
	s->items[s->nitems] = *it;
	s->items[s->nitems].keys = NULL; /* set when it is sent */
	s->items[s->nitems++].nkeys = n;
}

void
collect_queue(struct collect *c, size_t i, const struct request_item *it,
    const uint64_t *keys, uint32_t n)
{
	uint32_t at = 0, part;

	do {
		part = n - at < COLLECT_KEYS_MAX ? n - at : COLLECT_KEYS_MAX;
		collect_queue_part(c, &c->sensor[i], it, keys + at, part);
		at += part;
	} while (at < n && !c->broken);
}

/* The items of the next question, from s->next on. Keys lie in order. */
static void
collect_fill(struct collect_sensor *s, struct request *out)
{
	const uint64_t *keys = s->keys;
	size_t i, nkeys = 0;

	for (i = 0; i < s->next; i++)
		keys += s->items[i].nkeys;
	for (i = s->next; i < s->nitems && i - s->next < COLLECT_ITEMS_MAX;
	     i++) {
		if (i > s->next && nkeys + s->items[i].nkeys > COLLECT_KEYS_MAX)
			break;
		s->items[i].keys = keys;
		keys += s->items[i].nkeys;
		nkeys += s->items[i].nkeys;
	}
	out->items = s->items + s->next;
	out->nitems = (uint32_t)(i - s->next);
	s->round_end = i;
}

static enum request_kind
collect_kind(const struct collect *c)
{
	switch (c->phase) {
	case COLLECT_DIGEST:
	case COLLECT_AGAIN:
		return REQUEST_DIGEST;
	case COLLECT_SYMBOLS:
		return REQUEST_SYMBOLS;
	case COLLECT_RESOLVE:
	case COLLECT_PEERS:
		return REQUEST_RESOLVE;
	default:
		return REQUEST_SAMPLE;
	}
}

bool
collect_next(struct collect *c, size_t i, struct request *out)
{
	struct collect_sensor *s = &c->sensor[i];
	enum request_kind kind = collect_kind(c);

	if (c->phase == COLLECT_DONE || c->broken || s->failed != NULL ||
	    s->busy)
		return false;
	if (kind == REQUEST_DIGEST ? s->asked : s->next == s->nitems)
		return false;
	*out = (struct request){ .kind = kind,
		.id = ++c->ids,
		.from_us = c->opt.from_us,
		.to_us = c->opt.to_us,
		.width_us = c->opt.width_us,
		.settle_us = c->opt.settle_us,
		.shift_us = s->shift_us,
		.seed = c->opt.seed,
		.scope = c->opt.relation == RELATION_SUBSET
		    ? REQUEST_SCOPE_ANSWERED
		    : REQUEST_SCOPE_ALL };
	if (kind == REQUEST_DIGEST) {
		out->parts = REQUEST_PART_STATES | REQUEST_PART_SAMPLE |
		    REQUEST_PART_NETS | REQUEST_PART_COST;
		out->sample = COLLECT_SAMPLE;
		s->asked = true;
	} else {
		/* whoever takes the records wants them whole */
		out->parts = c->opt.on_record == NULL ? REQUEST_PART_BRIEF : 0;
		collect_fill(s, out);
	}
	s->kind = kind;
	s->id = out->id;
	s->busy = true;
	return true;
}

/* All that were asked have answered: what comes next? */
static void
collect_settle(struct collect *c)
{
	size_t i;

	for (i = 0; i < c->opt.nsensors; i++) {
		const struct collect_sensor *s = &c->sensor[i];

		if (s->failed != NULL)
			continue;
		if (s->busy || s->next < s->nitems ||
		    (collect_kind(c) == REQUEST_DIGEST && !s->asked))
			return;
	}
	for (i = 0; i < c->opt.nsensors; i++)
		c->sensor[i].nitems = c->sensor[i].next = c->sensor[i].nkeys =
		    0;
	c->cost.rounds++;
	collect_advance(c);
}

static bool
collect_answered(struct collect *c, struct collect_sensor *s, bool *done)
{
	*done = true;
	s->busy = false;
	s->next = s->kind == REQUEST_DIGEST ? s->nitems : s->round_end;
	collect_settle(c);
	return true;
}

bool
collect_reply(struct collect *c, size_t i, const struct reply *r, bool *done,
    struct diag *d)
{
	struct collect_sensor *s = &c->sensor[i];

	*done = false;
	if (!s->busy || (r->id != s->id && r->kind != REPLY_ERROR)) {
		diag_set(d, "an answer to no question");
		return false;
	}
	if (r->kind == REPLY_ERROR && r->u.error.code == REPLY_NOT_YET &&
	    s->kind == REQUEST_DIGEST) {
		/* it lives, and has nothing to tell */
		memset(&s->end, 0, sizeof(s->end));
		s->end.begin_us = s->end.watermark_us = s->end.last_us =
		    r->u.error.watermark_us;
		s->end.lag_us = INT64_MIN;
		s->end.ended = s->end.live = s->ended_once = true;
		return collect_answered(c, s, done);
	}
	if (r->kind == REPLY_ERROR) {
		diag_set(d, "%s: %.*s", reply_code_name(r->u.error.code),
		    (int)r->u.error.text.n, r->u.error.text.p);
		return false;
	}
	if (r->kind != REPLY_END)
		return collect_take_frame(c, i, r, d);
	if (!collect_take_end(c, i, &r->u.end, d))
		return false;
	return collect_answered(c, s, done);
}

void
collect_fail(struct collect *c, size_t i, const char *text)
{
	struct collect_sensor *s = &c->sensor[i];
	size_t k;

	if (s->failed != NULL)
		return;
	s->failed = strdup(text);
	if (s->failed == NULL)
		c->broken = true;
	s->busy = false;
	for (k = 0; k < c->nbuckets; k++)
		collect_clear_side(&c->buckets[k]->side[i]);
	if (c->phase != COLLECT_DONE)
		collect_settle(c);
}

bool
collect_is_done(const struct collect *c)
{
	return c->phase == COLLECT_DONE || c->broken;
}

bool
collect_is_broken(const struct collect *c)
{
	return c->broken;
}

struct collect_cost
collect_cost(const struct collect *c)
{
	return c->cost;
}

const struct netmap *
collect_nets(const struct collect *c, size_t i)
{
	return &c->sensor[i].nets;
}

/* A log that was entered behind its beginning has what is asked for. */
static int64_t
collect_begin(const struct collect *c, const struct reply_end *e)
{
	if (e->begin_us != INT64_MIN || e->watermark_us == INT64_MIN)
		return e->begin_us;
	return c->opt.from_us - c->opt.settle_us;
}

void
collect_state(
    const struct collect *c, size_t i, struct collect_sensor_state *out)
{
	const struct collect_sensor *s = &c->sensor[i];
	const struct reply_end *e = &s->end;
	size_t k;
	uint64_t bad = 0;

	memset(out, 0, sizeof(*out));
	out->failed = s->failed;
	out->shift_us = s->shift_us;
	out->log = (struct compare_sensor){ .begin_us = INT64_MIN,
		.mark_us = INT64_MIN,
		.ended = true,
		.lag_us = INT64_MIN,
		.nets = &s->nets };
	out->log.unreachable = s->failed != NULL;
	if (s->failed != NULL || !s->ended_once)
		return;
	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		bad += out->problems[k] = e->problems[k];
		out->messages[k] = s->messages[k];
	}
	out->log.begin_us = collect_begin(c, e);
	out->log.mark_us = e->ended ? e->last_us : e->watermark_us;
	out->log.ended = e->ended;
	out->log.live = e->live;
	out->log.lag_us = e->lag_us;
	out->log.trouble = e->trouble != 0 || e->problems[PROBLEM_CUT_LINE] > 0;
	out->log.unreadable = e->watermark_us == INT64_MIN && bad > 0;
	out->log.late = s->late;
	out->log.nlate = s->nlate;
	out->workers = (const char *const *)s->workers;
	out->nworkers = s->nworkers;
	out->lines = e->lines;
	out->bytes_read = e->bytes;
	out->late = e->late;
	out->outside = e->outside;
	out->trouble = s->trouble;
	out->left_out = e->left_out;
}
