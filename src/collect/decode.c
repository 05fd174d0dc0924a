/*
 * Symbols are asked for until the difference of every pair is named. After the
 * first 64 their scatter tells how many will be needed, so that a second or
 * third question has enough of them, and not twice as many.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "collect/collect_state.h"

/* Symbols a difference that nearly always are enough, and a few more. */
#define DECODE_FACTOR 1.42
#define DECODE_EXTRA 24
/* An estimate from fewer is too rough to rest on. */
#define DECODE_ROUGH 512
/* From so many it is known to a twentieth: enough to give up in time. */
#define DECODE_FINE 1024

enum decode_outcome {
	DECODE_NAMED,
	DECODE_MORE, /* symbols */
	DECODE_TOO_MANY,
	DECODE_BROKEN
};

static bool
decode_difference(const struct collect_side *a, const struct collect_side *b,
    struct sketch *d)
{
	struct sketch other = { b->states, a->m, true };

	INVARIANT(a->m == b->m);
	if (!sketch_init(d, a->m))
		return false;
	d->check32 = true;
	memcpy(d->symbols, a->states, a->m * sizeof(*d->symbols));
	sketch_subtract(d, &other);
	return true;
}

static bool
decode_keep(
    struct collect *c, struct collect_side *s, const uint64_t *keys, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		size_t cap = s->capkeys;

		if (!collect_grow(
			c, &s->keys, sizeof(*s->keys), s->nkeys, &cap))
			return false;
		s->capkeys = (uint32_t)cap;
		s->keys[s->nkeys++] = keys[i];
	}
	return true;
}

/* Four standard errors of an estimate that rests on m symbols. */
static double
decode_margin(uint32_t m)
{
	return 4 * sqrt(2.0 / m);
}

/* How many symbols to have next, for an estimate that rests on m. */
static uint32_t
decode_next(double estimate, uint32_t m, uint32_t most, double limit)
{
	double want = estimate * DECODE_FACTOR + DECODE_EXTRA;

	if (m < DECODE_FINE && estimate * (1 + decode_margin(m)) > limit)
		return most < DECODE_FINE ? most : DECODE_FINE;
	if (m < DECODE_ROUGH && want > 4 * m)
		want = fmax(2 * SKETCH_MIN, 0.6 * want);
	want = fmax(want, 1.08 * m + 8);
	return want > most ? most : (uint32_t)want;
}

static enum decode_outcome
decode_pair(struct collect *c, struct collect_side *a, struct collect_side *b,
    uint32_t *want)
{
	double limit = c->opt.max_differences, estimate;
	uint32_t most = (uint32_t)(1.6 * limit) + SKETCH_MIN, m = a->m;
	struct sketch_diff found = { NULL, 0, 0 };
	enum decode_outcome out = DECODE_NAMED;
	enum sketch_status status;
	struct sketch d;

	if (!decode_difference(a, b, &d))
		return DECODE_BROKEN;
	estimate = sketch_estimate(&d);
	status = sketch_decode(&d, c->opt.max_differences, &found);
	sketch_clear(&d);
	if (status == SKETCH_NEED_MORE) {
		out = estimate > (1 + decode_margin(m)) * limit || m >= most
		    ? DECODE_TOO_MANY
		    : DECODE_MORE;
		*want = decode_next(estimate, m, most, limit);
	} else if (status == SKETCH_NO_MEMORY)
		out = DECODE_BROKEN;
	else if (status != SKETCH_DECODED)
		out = DECODE_TOO_MANY;
	else if (!decode_keep(c, a, found.keys, found.na) ||
	    !decode_keep(c, b, found.keys + found.na, found.nb))
		out = DECODE_BROKEN;
	else {
		c->cost.symbols += m;
		c->cost.differences += found.na + found.nb;
	}
	sketch_diff_clear(&found);
	return out;
}

static void
decode_ask(struct collect *c, struct collect_bucket *b, uint32_t want)
{
	size_t i;

	for (i = 0; i < c->opt.nsensors; i++) {
		struct collect_side *s = &b->side[i];
		const struct request_item it = { .bucket_us = b->start_us,
			.set = REQUEST_SET_STATES,
			.from = s->m,
			.to = want };

		if (s->has && s->m < want)
			collect_queue(c, i, &it, NULL, 0);
	}
}

/* Sensor i has nothing of a bucket since its log ends before, and others do: it
 * lacks all that they have, and they are compared as if it were not there. */
static bool
decode_is_behind(
    const struct collect *c, const struct collect_bucket *b, size_t i)
{
	const struct reply_end *e = &c->sensor[i].end;
	size_t k, others = 0;

	for (k = 0; k < c->opt.nsensors; k++)
		others += collect_is_compared(c, i, k) && b->side[k].has;
	return !b->side[i].has && others > 1 && e->ended &&
	    b->start_us >= e->last_us;
}

/* All pairs of a bucket; true if symbols were asked for. */
static bool
decode_bucket(struct collect *c, struct collect_bucket *b)
{
	struct collect_cost before = c->cost;
	uint32_t want = 0, one = 0;
	size_t i, k;

	for (i = 0; i < c->opt.nsensors; i++)
		b->side[i].nkeys = 0;
	for (i = 0; i < c->opt.nsensors; i++) {
		for (k = i + 1; k < c->opt.nsensors; k++) {
			struct collect_side *x = &b->side[i], *y = &b->side[k];
			enum decode_outcome out = DECODE_TOO_MANY;

			if (!collect_is_compared(c, i, k) ||
			    (!x->has && !y->has) || decode_is_behind(c, b, i) ||
			    decode_is_behind(c, b, k))
				continue;
			if (x->has && y->has)
				out = decode_pair(c, x, y, &one);
			c->broken |= out == DECODE_BROKEN;
			b->sampled |= out == DECODE_TOO_MANY;
			if (out == DECODE_MORE && one > want)
				want = one;
		}
	}
	b->decoded = want == 0 && !b->sampled;
	if (!b->decoded)
		c->cost = before;
	if (b->sampled)
		c->cost.sampled++;
	if (b->sampled || want == 0)
		return false;
	decode_ask(c, b, want);
	return true;
}

bool
collect_decode(struct collect *c)
{
	bool asked = false;
	size_t i;

	for (i = 0; i < c->nbuckets && !c->broken; i++)
		if (!c->buckets[i]->decoded && !c->buckets[i]->sampled)
			asked |= decode_bucket(c, c->buckets[i]);
	return asked;
}
