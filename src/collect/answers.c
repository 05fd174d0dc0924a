/*
 * Frames are held against what was asked: a bucket outside of the window, a
 * range of symbols that nobody wanted or a record of another time is no answer.
 */
#include <stdlib.h>
#include <string.h>
#include "collect/collect_state.h"
#include "digest/entry_flow.h"
#include "flow/key_inline.h"
#include "wire/record.h"

static bool
answers_wrong(struct diag *d, const char *what)
{
	diag_set(d, "%s that was not asked for", what);
	return false;
}

static bool
answers_in_window(const struct collect *c, int64_t start_us)
{
	return start_us % c->opt.width_us == 0 && start_us >= c->opt.from_us &&
	    start_us < c->opt.to_us;
}

/* Copies what the decoded frame owns. */
static bool
answers_copy(void *to, const void *from, size_t bytes)
{
	void *p = NULL;

	if (from != NULL) {
		p = malloc(bytes == 0 ? 1 : bytes);
		if (p == NULL)
			return false;
		memcpy(p, from, bytes);
	}
	memcpy(to, &p, sizeof(p));
	return true;
}

static bool
answers_bucket(
    struct collect *c, size_t i, const struct reply_bucket *r, struct diag *d)
{
	struct collect_bucket *b;
	struct collect_side *s;

	if (!answers_in_window(c, r->start_us))
		return answers_wrong(d, "a bucket");
	if (r->states == NULL || r->scope > r->flows) {
		diag_set(d, "a bucket without what was asked of it");
		return false;
	}
	b = collect_bucket(c, r->start_us);
	if (b == NULL) {
		diag_set(d, "too many buckets, or out of memory");
		return false;
	}
	s = &b->side[i];
	if (s->has) {
		diag_set(d, "one bucket twice");
		return false;
	}
	s->r = *r;
	/* those are the reply's, also where a copy fails */
	s->r.states = s->r.keys = NULL;
	s->r.shards = NULL;
	s->r.nets = NULL;
	s->r.sample = NULL;
	if (!answers_copy(&s->r.nets, r->nets, NETS_MAX * sizeof(*r->nets)) ||
	    !answers_copy(
		&s->r.sample, r->sample, r->nsample * sizeof(*r->sample)) ||
	    !answers_copy(
		&s->states, r->states, SKETCH_MIN * sizeof(*r->states))) {
		diag_set(d, "out of memory");
		c->broken = true;
		return false;
	}
	s->m = s->room = SKETCH_MIN;
	s->has = true;
	return true;
}

/* The item of the question that is about a bucket: there is one at most, and
 * they are in order. NULL: none. */
static const struct request_item *
answers_item(const struct collect_sensor *s, int64_t bucket_us)
{
	size_t lo = s->next, hi = s->round_end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->items[mid].bucket_us < bucket_us)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->round_end && s->items[lo].bucket_us == bucket_us
	    ? &s->items[lo]
	    : NULL;
}

static bool
answers_symbols(
    struct collect *c, size_t i, const struct reply_symbols *r, struct diag *d)
{
	const struct request_item *it =
	    answers_item(&c->sensor[i], r->bucket_us);
	struct collect_bucket *b = collect_find(c, r->bucket_us);
	struct collect_side *s = b == NULL ? NULL : &b->side[i];
	void *p;

	if (it == NULL || s == NULL || r->set != REQUEST_SET_STATES ||
	    r->from != s->m || r->to > it->to || r->to <= r->from ||
	    r->flows != s->r.scope)
		return answers_wrong(d, "symbols");
	if (r->to > s->room) {
		p = realloc(s->states, it->to * sizeof(*s->states));
		if (p == NULL) {
			diag_set(d, "out of memory");
			c->broken = true;
			return false;
		}
		s->states = p;
		s->room = it->to;
	}
	memcpy(s->states + r->from, r->symbols,
	    (r->to - r->from) * sizeof(*s->states));
	s->m = r->to;
	return true;
}

static bool
answers_no_memory(struct collect *c, struct diag *d)
{
	diag_set(d, "out of memory");
	c->broken = true;
	return false;
}

bool
collect_add_late(
    struct collect *c, size_t i, const struct entry *e, int64_t bucket_us)
{
	struct collect_sensor *s = &c->sensor[i];

	if (!collect_grow(c, &s->late, sizeof(*s->late), s->nlate, &s->caplate))
		return false;
	s->late[s->nlate].e = *e;
	s->late[s->nlate++].bucket_us = bucket_us;
	return true;
}

static bool
answers_pair_flow(struct collect *c, struct collect_side *side,
    const struct flow *f, const struct entry *e, struct diag *d)
{
	struct tuple_flow t = { .key = e->key,
		.end_off_us = e->end_off_us,
		.luck = tuples_luck(&f->orig, &f->resp, c->opt.seed),
		.addr = { f->orig, f->resp },
		.port = { f->orig_port, f->resp_port },
		.proto = f->proto,
		.answered = flow_is_answered(f) };

	return tuples_add(&side->tuples, &t) || answers_no_memory(c, d);
}

static bool
answers_record(
    struct collect *c, size_t i, const struct record *r, struct diag *d)
{
	struct collect_sensor *s = &c->sensor[i];
	const struct flow *f = &r->flow;
	int64_t end_us = flow_end_us(f) + s->shift_us;
	int64_t start = record_bucket(f, c->opt.width_us, s->shift_us);
	struct collect_bucket *b = collect_find(c, start);
	const struct request_item *it = answers_item(s, start);
	struct key_words k;
	struct entry e, *to;

	key_words_from(f, &k);
	entry_from_flow(&e, f, key_words_hash(&k, c->opt.seed), k.orig_is_high,
	    end_us, start, r->delay, &s->nets);
	if (++s->nrecords > COLLECT_MAX_RECORDS) {
		diag_set(d, "too many records");
		return false;
	}
	if (!r->late && (it == NULL || b == NULL || !b->side[i].has))
		return answers_wrong(d, "a record");
	if (c->opt.on_record != NULL)
		c->opt.on_record(c->opt.record_arg, i, f);
	if (r->late)
		return collect_add_late(c, i, &e, start) ||
		    answers_no_memory(c, d);
	if (it->set == REQUEST_SET_PAIRS)
		return answers_pair_flow(c, &b->side[i], f, &e, d);
	to = entries_add(s->kind == REQUEST_SAMPLE ? &b->side[i].sampled
						   : &b->side[i].entries);
	if (to == NULL)
		return answers_no_memory(c, d);
	*to = e;
	return true;
}

static bool
answers_records(
    struct collect *c, size_t i, const struct reply_records *r, struct diag *d)
{
	struct cursor cur = cursor_of(r->packed);
	struct record one;

	if (r->width_us != c->opt.width_us ||
	    r->shift_us != c->sensor[i].shift_us)
		return answers_wrong(d, "records");
	while (record_decode(&cur, r->base_us, &one))
		if (!answers_record(c, i, &one, d))
			return false;
	if (cur.failed == NULL)
		return true;
	diag_set(d, "a record with %s", cur.failed);
	return false;
}

bool
collect_take_frame(
    struct collect *c, size_t i, const struct reply *r, struct diag *d)
{
	enum request_kind asked = c->sensor[i].kind;

	if (r->kind == REPLY_BUCKET && asked == REQUEST_DIGEST)
		return answers_bucket(c, i, &r->u.bucket, d);
	if (r->kind == REPLY_SYMBOLS && asked == REQUEST_SYMBOLS)
		return answers_symbols(c, i, &r->u.symbols, d);
	if (r->kind == REPLY_RECORDS &&
	    (asked == REQUEST_RESOLVE || asked == REQUEST_SAMPLE))
		return answers_records(c, i, &r->u.records, d);
	diag_set(d, "%s, for an answer to %s", reply_kind_name(r->kind),
	    request_kind_name(asked));
	return false;
}

static char *
answers_text(struct span s)
{
	return s.n == 0 ? NULL : strndup(s.p, s.n);
}

/* Every range of symbols that was asked for has come. */
static bool
answers_are_whole(const struct collect *c, size_t i, struct diag *d)
{
	const struct collect_sensor *s = &c->sensor[i];
	size_t k;

	for (k = s->next; s->kind == REQUEST_SYMBOLS && k < s->round_end; k++) {
		const struct collect_bucket *b =
		    collect_find(c, s->items[k].bucket_us);

		if (b == NULL || b->side[i].m < s->items[k].to) {
			diag_set(d, "symbols are missing: the log has changed");
			return false;
		}
	}
	return true;
}

/* Names of workers only ever become more; the digest says most of the log. */
bool
collect_take_end(
    struct collect *c, size_t i, const struct reply_end *e, struct diag *d)
{
	struct collect_sensor *s = &c->sensor[i];
	size_t k;

	if (!answers_are_whole(c, i, d))
		return false;
	if (s->kind != REQUEST_DIGEST)
		return true;
	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		free(s->messages[k]);
		s->messages[k] =
		    k < e->messages.n ? answers_text(e->messages.v[k]) : NULL;
	}
	for (k = 0; k < s->nworkers; k++)
		free(s->workers[k]);
	for (k = 0; k < e->workers.n && k < FLOW_MAX_WORKERS; k++) {
		s->workers[k] = answers_text(e->workers.v[k]);
		if (s->workers[k] == NULL)
			s->workers[k] = strdup("-");
		if (s->workers[k] == NULL) {
			s->nworkers = (unsigned)k;
			return answers_no_memory(c, d);
		}
	}
	s->nworkers = (unsigned)k;
	free(s->trouble);
	s->trouble = answers_text(e->trouble_text);
	s->end = *e;
	s->end.messages.n = s->end.workers.n = 0;
	s->end.trouble_text = (struct span){ NULL, 0 };
	s->ended_once = true;
	return true;
}
