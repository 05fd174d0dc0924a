/*
 * What each phase asks, from what the ones before have brought. Every phase
 * may have nothing to ask, and is then passed over.
 */
#include <stdlib.h>
#include <string.h>
#include "collect/collect_state.h"
#include "compare/offset.h"

#define PHASES_SAMPLED 8192 /* flows of a bucket where too many differ */
#define PHASES_ALONE 1024   /* where another sensor has nothing at all */
#define PHASES_PAIRS_SHARE 100
/* Flows that tell how common a value is among those that do not differ, for
 * each that does. They cost 32 bytes each. So many values as may explain what
 * is missing, with so many missing that they count, have several of them. */
#define PHASES_FACETS_EACH 8
#define PHASES_FACETS_LEAST 256
#define PHASES_FACETS_MOST 1024
/* Buckets in which the end of a flow that was cut off may lie. */
#define PHASES_REACH 6

/* Elements of all samples of a sensor; NULL: none, or no memory. */
static struct offset_start *
phases_starts(const struct collect *c, size_t i, size_t *n)
{
	struct offset_start *v;
	size_t k, j;

	*n = 0;
	for (k = 0; k < c->nbuckets; k++)
		*n += c->buckets[k]->side[i].r.nsample;
	v = *n == 0 ? NULL : calloc(*n, sizeof(*v));
	*n = 0;
	for (k = 0; v != NULL && k < c->nbuckets; k++) {
		const struct reply_bucket *r = &c->buckets[k]->side[i].r;

		for (j = 0; j < r->nsample; j++)
			v[(*n)++] = (struct offset_start){ r->sample[j].key,
				r->sample[j].start_us };
	}
	offset_sort(v, *n);
	return v;
}

/* Sensors whose clock is off are asked again, with their times shifted. The
 * first of a group that answers stands for the time. */
static void
phases_find_offsets(struct collect *c)
{
	struct offset_start *first, *other;
	size_t i, k, b, nfirst, nother;

	for (i = 0; i < c->opt.nsensors; i++) {
		for (k = 0; k < i && !collect_is_compared(c, k, i); k++)
			;
		if (k == i)
			continue;
		first = phases_starts(c, k, &nfirst);
		other = phases_starts(c, i, &nother);
		c->sensor[i].asked = true;
		if (first != NULL && other != NULL) {
			int64_t off =
			    offset_estimate(first, nfirst, other, nother);

			c->sensor[i].shift_us -= off;
			c->sensor[i].asked = off == 0;
		}
		for (b = 0; !c->sensor[i].asked && b < c->nbuckets; b++)
			collect_clear_side(&c->buckets[b]->side[i]);
		free(first);
		free(other);
	}
}

static bool
phases_all_asked(const struct collect *c)
{
	size_t i;

	for (i = 0; i < c->opt.nsensors; i++)
		if (collect_is_alive(c, i) && !c->sensor[i].asked)
			return false;
	return true;
}

static void
phases_resolve(struct collect *c)
{
	size_t i, k;

	for (i = 0; i < c->nbuckets; i++) {
		struct collect_bucket *b = c->buckets[i];

		for (k = 0; k < c->opt.nsensors && b->decoded; k++) {
			const struct request_item it = { .bucket_us =
							     b->start_us,
				.set = REQUEST_SET_STATES };

			if (b->side[k].nkeys > 0)
				collect_queue(c, k, &it, b->side[k].keys,
				    b->side[k].nkeys);
		}
	}
}

static int
phases_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The tuples of a side's entries, sorted, each once; NULL: none. */
static uint64_t *
phases_tuples(struct collect *c, const struct entries *es, size_t *n)
{
	const struct entry_block *b;
	uint64_t *v;
	size_t i, k;

	*n = 0;
	if (es->n == 0)
		return NULL;
	v = calloc(es->n, sizeof(*v));
	if (v == NULL) {
		c->broken = true;
		return NULL;
	}
	for (b = es->first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			v[(*n)++] = b->e[i].key;
	qsort(v, *n, sizeof(*v), phases_compare);
	for (i = k = 1; i < *n; i++)
		if (v[i] != v[k - 1])
			v[k++] = v[i];
	*n = k;
	return v;
}

/* Tuples that sensor k has named and i has not: asked at i, in order. */
static void
phases_peer(struct collect *c, int64_t bucket_us, size_t i, uint64_t *const v[],
    const size_t n[])
{
	const struct request_item it = { .bucket_us = bucket_us,
		.set = REQUEST_SET_TUPLES };
	uint64_t *want = NULL;
	size_t nwant = 0, cap = 0, k, j, own;

	for (k = 0; k < c->opt.nsensors; k++) {
		if (k == i || !collect_is_compared(c, i, k))
			continue;
		for (j = own = 0; j < n[k]; j++) {
			while (own < n[i] && v[i][own] < v[k][j])
				own++;
			if (own < n[i] && v[i][own] == v[k][j])
				continue;
			if (!collect_grow(c, &want, sizeof(*want), nwant, &cap))
				break;
			want[nwant++] = v[k][j];
		}
	}
	if (nwant > 0 && !c->broken) {
		qsort(want, nwant, sizeof(*want), phases_compare);
		for (j = k = 1; j < nwant; j++)
			if (want[j] != want[k - 1])
				want[k++] = want[j];
		collect_queue(c, i, &it, want, (uint32_t)k);
	}
	free(want);
}

/* Flows of the buckets around a sampled one may have their partners there, and
 * not in the sample: those records are asked for, too. */
static void
phases_beside(struct collect *c, size_t k)
{
	uint64_t *v[RESULT_MAX_SENSORS];
	size_t n[RESULT_MAX_SENSORS] = { 0 }, i;
	struct entries both;

	for (i = 0; i < c->opt.nsensors; i++) {
		size_t near, from = k > PHASES_REACH ? k - PHASES_REACH : 0;

		memset(&both, 0, sizeof(both));
		for (near = from;
		     near <= k + PHASES_REACH && near < c->nbuckets; near++)
			if (c->buckets[near]->decoded &&
			    !collect_copy(
				&both, &c->buckets[near]->side[i].entries))
				c->broken = true;
		v[i] = phases_tuples(c, &both, &n[i]);
		entries_clear(&both);
	}
	for (i = 0; i < c->opt.nsensors; i++) {
		const struct collect_side *s = &c->buckets[k]->side[i];
		size_t own = n[i];

		n[i] = 0; /* what it has beside does not count here */
		if (s->has)
			phases_peer(c, c->buckets[k]->start_us, i, v, n);
		n[i] = own;
	}
	for (i = 0; i < c->opt.nsensors; i++)
		free(v[i]);
}

static void
phases_peers(struct collect *c)
{
	uint64_t *v[RESULT_MAX_SENSORS];
	size_t n[RESULT_MAX_SENSORS] = { 0 }, i, k;

	for (k = 0; k < c->nbuckets && !c->broken; k++) {
		struct collect_bucket *b = c->buckets[k];

		if (b->sampled)
			phases_beside(c, k);
		if (!b->decoded)
			continue;
		for (i = 0; i < c->opt.nsensors; i++)
			v[i] = phases_tuples(c, &b->side[i].entries, &n[i]);
		for (i = 0; i < c->opt.nsensors; i++)
			if (b->side[i].has)
				phases_peer(c, b->start_us, i, v, n);
		for (i = 0; i < c->opt.nsensors; i++)
			free(v[i]);
	}
}

/* They are partners only: what there is of them in the sample counts. */
static void
phases_keep_beside(struct collect *c)
{
	size_t k, i;

	for (k = 0; k < c->nbuckets; k++) {
		struct collect_bucket *b = c->buckets[k];
		const struct entry_block *x;
		size_t j;

		for (i = 0; b->sampled && i < c->opt.nsensors; i++)
			for (x = b->side[i].entries.first; x != NULL;
			     x = x->next)
				for (j = 0; j < x->n; j++)
					collect_add_late(
					    c, i, &x->e[j], b->start_us);
	}
}

/* How many flows x has beyond those of y, tuple by tuple. */
static uint64_t
phases_lone(struct collect *c, const struct entries *x, const struct entries *y)
{
	const struct entry **a = entries_sort(x), **b = entries_sort(y);
	size_t i = 0, j = 0, na = a == NULL ? 0 : x->n;
	size_t nb = b == NULL ? 0 : y->n;
	uint64_t n = 0;

	if (na != x->n || nb != y->n) {
		c->broken = true;
		na = 0;
	}
	while (i < na) {
		if (j < nb && b[j]->key < a[i]->key)
			j++;
		else if (j < nb && b[j]->key == a[i]->key)
			i++, j++;
		else
			n++, i++;
	}
	free(a);
	free(b);
	return n;
}

/* The most that any other sensor lacks of the flows of i in the bucket; *who
 * is one that lacks them. */
static uint64_t
phases_lacking(
    struct collect *c, const struct collect_bucket *b, size_t i, size_t *who)
{
	uint64_t most = 0, n;
	size_t k;

	for (k = 0; k < c->opt.nsensors; k++) {
		const struct collect_side *x = &b->side[i], *y = &b->side[k];

		if (k == i || !collect_is_compared(c, i, k))
			continue;
		n = b->sampled
		    ? phases_lone(c, &x->sampled, &y->sampled) << b->bits
		    : phases_lone(c, &x->entries, &y->entries);
		if (n > most) {
			most = n;
			*who = k;
		}
	}
	return most;
}

static unsigned
phases_bits(uint64_t flows, uint64_t most)
{
	unsigned bits = 0;

	while (flows >> bits > most)
		bits++;
	return bits;
}

static void
phases_ask_sample(
    struct collect *c, struct collect_bucket *b, size_t i, unsigned bits)
{
	const struct request_item it = { .bucket_us = b->start_us,
		.set = REQUEST_SET_TUPLES,
		.limit = bits };

	b->side[i].sampled_bits = bits;
	collect_queue(c, i, &it, NULL, 0);
}

/* The same sample of all sensors, in place of what differs. */
static void
phases_sample_bucket(struct collect *c, struct collect_bucket *b)
{
	uint64_t most = 0;
	bool alone = false;
	size_t i;

	for (i = 0; i < c->opt.nsensors; i++) {
		if (!b->side[i].has) {
			alone |= collect_is_alive(c, i);
			continue;
		}
		if (b->side[i].r.scope > most)
			most = b->side[i].r.scope;
	}
	b->bits = phases_bits(most, alone ? PHASES_ALONE : PHASES_SAMPLED);
	for (i = 0; i < c->opt.nsensors; i++)
		if (b->side[i].has)
			phases_ask_sample(c, b, i, b->bits);
}

static uint64_t
phases_facet_sample(uint64_t lone)
{
	uint64_t n = PHASES_FACETS_EACH * lone;

	if (n < PHASES_FACETS_LEAST)
		return PHASES_FACETS_LEAST;
	return n > PHASES_FACETS_MOST ? PHASES_FACETS_MOST : n;
}

static void
phases_facets(struct collect *c)
{
	size_t k, i, who = 0;

	for (k = 0; k < c->nbuckets; k++) {
		struct collect_bucket *b = c->buckets[k];

		if (b->sampled) {
			phases_sample_bucket(c, b);
			continue;
		}
		for (i = 0; i < c->opt.nsensors; i++) {
			uint64_t flows = b->side[i].r.scope;
			uint64_t n = phases_lacking(c, b, i, &who);

			if (compare_is_noticeable(n, flows))
				phases_ask_sample(c, b, i,
				    phases_bits(flows, phases_facet_sample(n)));
		}
	}
}

/* Flows of the workers of a sensor, each in its busiest bucket. */
static void
phases_busiest(const struct collect *c, size_t i, uint32_t most[256])
{
	const uint32_t *flows;
	size_t k, w;

	memset(most, 0, 256 * sizeof(*most));
	for (k = 0; k < c->nbuckets; k++) {
		flows = c->buckets[k]->side[i].r.workers;
		for (w = 0; w < 256; w++)
			if (flows[w] > most[w])
				most[w] = flows[w];
	}
}

/* A worker that is known from other buckets logs hardly anything here. */
static bool
phases_names_worker(const struct collect_sensor *s, const uint32_t flows[256],
    const uint32_t most[256])
{
	unsigned w;

	for (w = 0; s->nworkers > 1 && w < s->nworkers; w++)
		if (flows[w] < most[w] / 10)
			return true;
	return false;
}

/* Host pairs, for the lanes of a balancer, where a sensor that lacks flows
 * does not name the worker: its log has no names, or the worker stood still
 * before all of these buckets. The first buckets do. */
static void
phases_pairs(struct collect *c)
{
	size_t k, i, who = 0, n[RESULT_MAX_SENSORS] = { 0 };
	uint32_t most[RESULT_MAX_SENSORS][256];

	for (i = 0; i < c->opt.nsensors; i++)
		phases_busiest(c, i, most[i]);
	for (k = 0; k < c->nbuckets; k++) {
		struct collect_bucket *b = c->buckets[k];

		for (i = 0; i < c->opt.nsensors; i++) {
			const struct request_item it = { .bucket_us =
							     b->start_us,
				.set = REQUEST_SET_PAIRS };
			uint64_t lone = phases_lacking(c, b, i, &who);

			if (lone * PHASES_PAIRS_SHARE < b->side[i].r.scope ||
			    lone == 0 || !b->side[who].has ||
			    phases_names_worker(&c->sensor[who],
				b->side[who].r.workers, most[who]) ||
			    n[i] == COLLECT_PAIRS_MAX)
				continue;
			n[i]++;
			collect_queue(c, i, &it, NULL, 0);
		}
	}
}

static bool
phases_has_question(const struct collect *c)
{
	size_t i;

	for (i = 0; i < c->opt.nsensors; i++)
		if (collect_is_alive(c, i) &&
		    c->sensor[i].next < c->sensor[i].nitems)
			return true;
	return false;
}

void
collect_advance(struct collect *c)
{
	bool waits = false;

	while (!waits && !c->broken && c->phase != COLLECT_DONE) {
		switch (c->phase) {
		case COLLECT_DIGEST:
			c->phase = COLLECT_AGAIN;
			if (!c->opt.steady)
				phases_find_offsets(c);
			waits = !phases_all_asked(c);
			break;
		case COLLECT_AGAIN:
		case COLLECT_SYMBOLS:
			c->phase = COLLECT_SYMBOLS;
			waits = collect_decode(c);
			if (waits)
				break;
			c->phase = COLLECT_RESOLVE;
			phases_resolve(c);
			waits = phases_has_question(c);
			break;
		case COLLECT_RESOLVE:
			c->phase = COLLECT_PEERS;
			phases_peers(c);
			waits = phases_has_question(c);
			break;
		case COLLECT_PEERS:
			c->phase = COLLECT_FACETS;
			phases_keep_beside(c);
			phases_facets(c);
			waits = phases_has_question(c);
			break;
		case COLLECT_FACETS:
			c->phase = COLLECT_PAIRS;
			phases_pairs(c);
			waits = phases_has_question(c);
			break;
		case COLLECT_PAIRS:
			c->phase = COLLECT_DONE;
			break;
		case COLLECT_DONE:
			break;
		}
	}
}
