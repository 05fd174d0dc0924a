/*
 * The limit only falls, so that at any time all flows of the pairs below it
 * are there.
 */
#include <stdlib.h>
#include <string.h>
#include "digest/tuples.h"

void
tuples_init(struct tuples *ts, uint32_t limit)
{
	memset(ts, 0, sizeof(*ts));
	ts->limit = limit;
}

void
tuples_clear(struct tuples *ts)
{
	free(ts->v);
	tuples_init(ts, UINT32_MAX);
}

uint32_t
tuples_next_limit(const struct tuples *ts)
{
	if (ts->limit > UINT32_MAX / 2 || ts->n > TUPLES_MAX / 8 * 3)
		return ts->limit;
	return 2 * ts->limit + 1;
}

static void
tuples_halve(struct tuples *ts)
{
	size_t i, n = 0;

	ts->limit /= 2;
	for (i = 0; i < ts->n; i++)
		if (ts->v[i].luck <= ts->limit)
			ts->v[n++] = ts->v[i];
	ts->n = n;
}

bool
tuples_add(struct tuples *ts, const struct tuple_flow *t)
{
	while (ts->n == TUPLES_MAX)
		tuples_halve(ts);
	if (t->luck > ts->limit)
		return true;
	if (ts->n == ts->cap) {
		size_t cap = ts->cap == 0 ? 64 : 2 * ts->cap;
		void *p = realloc(ts->v, cap * sizeof(*ts->v));

		if (p == NULL)
			return false;
		ts->v = p;
		ts->cap = cap;
	}
	ts->v[ts->n++] = *t;
	return true;
}

static int
tuples_compare(const void *a, const void *b)
{
	const struct tuple_flow *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->end_off_us > y->end_off_us) -
	    (x->end_off_us < y->end_off_us);
}

void
tuples_sort(struct tuples *ts)
{
	if (ts->n > 1)
		qsort(ts->v, ts->n, sizeof(*ts->v), tuples_compare);
}

struct tuple_flow *
tuples_find(const struct tuples *ts, uint64_t key, uint32_t end_off_us)
{
	struct tuple_flow want = { .key = key, .end_off_us = end_off_us };

	if (ts->n == 0)
		return NULL;
	return bsearch(&want, ts->v, ts->n, sizeof(*ts->v), tuples_compare);
}
