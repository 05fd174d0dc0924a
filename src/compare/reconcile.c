/*
 * Leftovers are sorted by pair and key, so that all records of one tuple that
 * did not pair cleanly stand together; a group is small.
 */
#include <stdlib.h>
#include "compare/reconcile.h"

#define RECONCILE_SLACK_US US_PER_S

static int
reconcile_compare(const void *a, const void *b)
{
	const struct leftover *x = a, *y = b;
	int64_t sx, sy;

	if (x->pair != y->pair)
		return x->pair < y->pair ? -1 : 1;
	if (x->e.key != y->e.key)
		return x->e.key < y->e.key ? -1 : 1;
	sx = entry_start_us(&x->e, x->bucket_us);
	sy = entry_start_us(&y->e, y->bucket_us);
	if (sx != sy)
		return sx < sy ? -1 : 1;
	return (x->side > y->side) - (x->side < y->side);
}

static int64_t
reconcile_start(const struct leftover *x)
{
	return entry_start_us(&x->e, x->bucket_us);
}

static int64_t
reconcile_end(const struct leftover *x)
{
	return entry_end_us(&x->e, x->bucket_us);
}

static bool
reconcile_overlap(const struct leftover *x, const struct leftover *y)
{
	return reconcile_start(x) <= reconcile_end(y) + RECONCILE_SLACK_US &&
	    reconcile_start(y) <= reconcile_end(x) + RECONCILE_SLACK_US;
}

static bool
reconcile_is_free(const struct leftover *x)
{
	return x->kind != LEFTOVER_CONTEXT && !x->matched;
}

/* Pairs records of the two sides, one of them lone, that start within reach;
 * or, without limit, that overlap: the same flow, of which one side has not
 * seen the beginning. */
static void
reconcile_match(
    const struct reconcile *r, struct leftover *v, size_t n, int64_t reach_us)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		struct leftover *x = v + i, *best = NULL;
		int64_t best_us = reach_us;

		if (!reconcile_is_free(x) || x->side != 0)
			continue;
		for (j = 0; j < n; j++) {
			int64_t d = reconcile_start(v + j) - reconcile_start(x);

			d = d < 0 ? -d : d;
			if (!reconcile_is_free(v + j) || v[j].side == 0 ||
			    d > best_us ||
			    (x->kind == LEFTOVER_LATE &&
				v[j].kind == LEFTOVER_LATE) ||
			    (reach_us == INT64_MAX &&
				!reconcile_overlap(x, v + j)))
				continue;
			best = v + j;
			best_us = d;
		}
		if (best == NULL)
			continue;
		x->matched = best->matched = 1;
		r->shifted(r->arg, x, best);
	}
}

static bool
reconcile_is_part(const struct leftover *x, const struct leftover *v, size_t n)
{
	size_t j;

	for (j = 0; j < n; j++) {
		const struct leftover *y = v + j;
		uint64_t px = (uint64_t)x->e.pkts[0] + x->e.pkts[1];
		uint64_t py = (uint64_t)y->e.pkts[0] + y->e.pkts[1];

		if (y->side != x->side && py > px &&
		    reconcile_start(y) - RECONCILE_SLACK_US <=
			reconcile_start(x) &&
		    reconcile_end(x) <= reconcile_end(y) + RECONCILE_SLACK_US)
			return true;
	}
	return false;
}

/* Beyond this many records of one tuple only counts are settled. */
#define RECONCILE_GROUP 256

static void
reconcile_group(const struct reconcile *r, struct leftover *v, size_t n)
{
	size_t i;

	if (n > 1 && n <= RECONCILE_GROUP) {
		reconcile_match(r, v, n, PAIRING_START_US);
		reconcile_match(r, v, n, r->width_us);
		reconcile_match(r, v, n, INT64_MAX);
	}
	for (i = 0; i < n; i++) {
		if (v[i].kind != LEFTOVER_LONE || v[i].matched)
			continue;
		if (n > 1 && n <= RECONCILE_GROUP &&
		    reconcile_is_part(v + i, v, n))
			r->split(r->arg, v + i);
		else
			r->only(r->arg, v + i);
	}
}

void
reconcile_run(const struct reconcile *r)
{
	struct leftover *v = r->left->v;
	size_t n = r->left->n, i, j;

	if (n == 0)
		return;
	qsort(v, n, sizeof(*v), reconcile_compare);
	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n && v[j].pair == v[i].pair &&
		     v[j].e.key == v[i].e.key;)
			j++;
		reconcile_group(r, v + i, j - i);
	}
}
