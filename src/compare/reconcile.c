/*
 * Leftovers are sorted by pair, key and start, so that all records of one
 * tuple that did not pair cleanly stand together.
 */
#include <stdlib.h>
#include "compare/reconcile.h"

#define RECONCILE_SLACK_US US_PER_S

/* How a record was matched; unlike ones may have further parts. */
enum reconcile_match {
	RECONCILE_NONE,
	RECONCILE_EQUAL,
	RECONCILE_UNLIKE
};

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
	return x->kind != LEFTOVER_CONTEXT && x->kind != LEFTOVER_WHOLE &&
	    !x->matched;
}

/* Records of one tuple that are looked at on either side of one; a tuple that
 * comes more often within the reach has a partner among these, or none. */
#define RECONCILE_NEIGHBOURS 256

/* May x and y be the same flow? */
static bool
reconcile_fits(
    const struct leftover *x, const struct leftover *y, int64_t reach_us)
{
	if (!reconcile_is_free(y) || y->side == x->side ||
	    (x->kind == LEFTOVER_LATE && y->kind == LEFTOVER_LATE))
		return false;
	return reach_us != INT64_MAX || reconcile_overlap(x, y);
}

/* The nearest partner of v[i] within reach, NULL if there is none; v is in
 * order of start, so that both ways lead away from it. */
static struct leftover *
reconcile_nearest(struct leftover *v, size_t n, size_t i, int64_t reach_us)
{
	struct leftover *best = NULL;
	int64_t best_us = reach_us, d;
	size_t k;

	for (k = 1; k <= RECONCILE_NEIGHBOURS && k <= i; k++) {
		d = reconcile_start(v + i) - reconcile_start(v + i - k);
		if (d > best_us)
			break;
		if (reconcile_fits(v + i, v + i - k, reach_us)) {
			best = v + i - k;
			best_us = d;
			break;
		}
	}
	for (k = 1; k <= RECONCILE_NEIGHBOURS && i + k < n; k++) {
		d = reconcile_start(v + i + k) - reconcile_start(v + i);
		if (d > best_us)
			break;
		if (reconcile_fits(v + i, v + i + k, reach_us)) {
			best = v + i + k;
			break;
		}
	}
	return best;
}

static uint64_t
reconcile_packets(const struct leftover *x)
{
	return (uint64_t)x->e.pkts[0] + x->e.pkts[1];
}

/* Pairs records of the two sides, one of them lone, that start within reach;
 * or, without limit, that overlap: the same flow, of which one side has not
 * seen the beginning. */
static void
reconcile_match(
    const struct reconcile *r, struct leftover *v, size_t n, int64_t reach_us)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct leftover *x = v + i, *best;

		if (!reconcile_is_free(x) || x->side != 0)
			continue;
		best = reconcile_nearest(v, n, i, reach_us);
		if (best == NULL)
			continue;
		x->matched = best->matched =
		    reconcile_packets(x) == reconcile_packets(best)
		    ? RECONCILE_EQUAL
		    : RECONCILE_UNLIKE;
		r->shifted(r->arg, x, best);
	}
}

static void
reconcile_match_all(const struct reconcile *r, struct leftover *v, size_t n)
{
	reconcile_match(r, v, n, PAIRING_START_US);
	reconcile_match(r, v, n, r->width_us);
	reconcile_match(r, v, n, INT64_MAX);
}

/* The longer record of the peer that x is a part of; NULL: none. */
static const struct leftover *
reconcile_whole(const struct leftover *v, size_t n, size_t i)
{
	const struct leftover *x = v + i;
	size_t j = i > RECONCILE_NEIGHBOURS ? i - RECONCILE_NEIGHBOURS : 0;

	for (; j < n && j < i + RECONCILE_NEIGHBOURS; j++) {
		const struct leftover *y = v + j;

		if (reconcile_start(y) - RECONCILE_SLACK_US >
		    reconcile_start(x))
			break;
		if (y->side != x->side &&
		    reconcile_packets(y) > reconcile_packets(x) &&
		    reconcile_end(x) <= reconcile_end(y) + RECONCILE_SLACK_US)
			return y;
	}
	return NULL;
}

/* The two records of a damaged flow were left in one order on both sides. */
static void
reconcile_damaged(const struct reconcile *r, struct leftover *v, size_t n)
{
	size_t i, j = 0;

	for (i = 0; i < n; i++) {
		if (v[i].kind != LEFTOVER_CONTEXT || v[i].side != 0)
			continue;
		while (
		    j < n && (v[j].kind != LEFTOVER_CONTEXT || v[j].side == 0))
			j++;
		if (j == n)
			return;
		r->damaged(r->arg, v + i, v + j++);
	}
}

static void
reconcile_group(const struct reconcile *r, struct leftover *v, size_t n)
{
	size_t i;

	reconcile_match_all(r, v, n);
	reconcile_damaged(r, v, n);
	for (i = 0; i < n; i++) {
		const struct leftover *whole;

		if (v[i].kind != LEFTOVER_LONE || v[i].matched)
			continue;
		whole = reconcile_whole(v, n, i);
		if (whole != NULL)
			r->split(r->arg, v + i, whole);
		else
			r->only(r->arg, v + i);
	}
}

static void
reconcile_groups(const struct reconcile *r,
    void (*group)(const struct reconcile *r, struct leftover *v, size_t n))
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
		group(r, v + i, j - i);
	}
}

void
reconcile_run(const struct reconcile *r)
{
	reconcile_groups(r, reconcile_group);
}

void
reconcile_shrink(const struct reconcile *r)
{
	size_t i, n = 0;

	reconcile_groups(r, reconcile_match_all);
	for (i = 0; i < r->left->n; i++) {
		struct leftover *x = &r->left->v[i];

		if (x->matched == RECONCILE_EQUAL)
			continue;
		if (x->matched == RECONCILE_UNLIKE) {
			x->kind = LEFTOVER_WHOLE;
			x->matched = 0;
		}
		r->left->v[n++] = *x;
	}
	r->left->n = n;
}
