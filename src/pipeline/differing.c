/*
 * A sensor's wanted records are sorted by key and start; a flow that comes by
 * is looked up there.
 */
#include <stdlib.h>
#include <string.h>
#include "digest/entry.h"
#include "flow/key.h"
#include "pipeline/differing.h"

/* Keys are evenly spread: their top bits lead to a short stretch. */
#define WANTED_INDEX_BITS 12

struct wanted {
	uint64_t key;
	int64_t start_us; /* in the clock of the bins */
	size_t difference;
	uint8_t side;
	bool taken;
};

struct differing {
	struct differing_options o;
	struct wanted *wanted; /* owned: of the sensor at hand */
	size_t n;
	size_t index[(1 << WANTED_INDEX_BITS) + 1];
	int64_t shift_us;
	struct flow **kept; /* owned, as each is: the first record of two */
};

struct differing *
differing_new(const struct differing_options *o)
{
	struct differing *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->o = *o;
	g->wanted = calloc(2 * o->n + 1, sizeof(*g->wanted));
	g->kept = calloc(o->n + 1, sizeof(*g->kept));
	if (g->wanted != NULL && g->kept != NULL)
		return g;
	differing_free(g);
	return NULL;
}

void
differing_free(struct differing *g)
{
	size_t i;

	if (g == NULL)
		return;
	for (i = 0; g->kept != NULL && i < g->o.n; i++)
		free(g->kept[i]);
	free(g->kept);
	free(g->wanted);
	free(g);
}

static int
wanted_compare(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return (x->difference > y->difference) -
	    (x->difference < y->difference);
}

static unsigned
differing_sensor(
    const struct differing *g, const struct difference *x, int side)
{
	const struct result_pair *p = &g->o.result->pairs[x->pair];

	return side == 0 ? p->a : p->b;
}

bool
differing_begin(struct differing *g, size_t sensor, int64_t shift_us)
{
	size_t i, k = 0;
	int side;

	g->n = 0;
	g->shift_us = shift_us;
	for (i = 0; i < g->o.n; i++) {
		const struct difference *x = &g->o.v[i];

		for (side = 0; side < 2; side++)
			if (x->has[side] &&
			    differing_sensor(g, x, side) == sensor)
				g->wanted[g->n++] =
				    (struct wanted){ x->key, x->start_us[side],
					    i, (uint8_t)side, false };
	}
	if (g->n == 0)
		return false;
	qsort(g->wanted, g->n, sizeof(*g->wanted), wanted_compare);
	for (i = 0; i < ARRAY_LEN(g->index); i++) {
		while (k < g->n &&
		    g->wanted[k].key >> (64 - WANTED_INDEX_BITS) < i)
			k++;
		g->index[i] = k;
	}
	return true;
}

const char *
differing_verdict(const struct difference *x)
{
	if (x->kind == DIFFERENCE_DAMAGED)
		return "damaged";
	if (x->kind == DIFFERENCE_SPLIT)
		return "split";
	return x->has[0] ? "only_a" : "only_b";
}

static bool
differing_found(struct differing *g, const struct wanted *w,
    const struct flow *flow, struct diag *d)
{
	const struct difference *x = &g->o.v[w->difference];
	struct flow *other = g->kept[w->difference];
	bool ok;

	if (x->has[1 - w->side] && other == NULL) {
		g->kept[w->difference] = kept_flows_copy(flow);
		if (g->kept[w->difference] == NULL)
			diag_set(d, "out of memory");
		return g->kept[w->difference] != NULL;
	}
	ok = g->o.each(g->o.arg, x, w->side == 0 ? flow : other,
	    w->side == 0 ? other : flow, d);
	free(other);
	g->kept[w->difference] = NULL;
	return ok;
}

/* One record stands for one difference a pair; but it may be the whole of
 * many parts. */
bool
differing_add(struct differing *g, const struct flow *f, struct diag *d)
{
	uint64_t key = flow_key(f, g->o.seed);
	size_t i = g->index[key >> (64 - WANTED_INDEX_BITS)];
	int64_t duration = f->duration_us < (int64_t)ENTRY_DURATION_MAX
	    ? f->duration_us
	    : (int64_t)ENTRY_DURATION_MAX;
	int64_t start = flow_end_us(f) + g->shift_us - duration;
	uint32_t seen = 0; /* pairs */

	for (; i < g->n && g->wanted[i].key <= key; i++) {
		struct wanted *w = &g->wanted[i];
		const struct difference *x = &g->o.v[w->difference];

		if (w->key != key || w->start_us != start || w->taken)
			continue;
		if (!x->whole[w->side]) {
			if ((seen & (1u << x->pair)) != 0)
				continue;
			seen |= 1u << x->pair;
		}
		w->taken = true;
		if (!differing_found(g, w, f, d))
			return false;
	}
	return true;
}

bool
differing_add_kept(struct differing *g, size_t sensor, int64_t shift_us,
    struct kept_flows *k, struct diag *d)
{
	size_t i;
	bool ok = true;

	if (!differing_begin(g, sensor, shift_us))
		return true;
	kept_flows_sort(k);
	for (i = 0; ok && i < k->n; i++)
		ok = differing_add(g, k->v[i], d);
	return ok;
}
