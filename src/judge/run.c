/*
 * One fault is one run. Peers merge: a fault of a sensor is seen against each
 * of them. Facets compete: two whose recalls add up to more than 1 explain
 * some of the same missing flows, so the better one is named.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "judge/run.h"

/* What a further value must add to the score to be worth naming. */
#define RUN_VALUE_COST 0.02

static int
run_compare_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
run_compare_time(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;
	int c = strcmp(a->row->t[EVT_sensor], b->row->t[EVT_sensor]);

	c = c != 0 ? c : strcmp(a->facet, b->facet);
	c = c != 0 ? c : run_compare_i64(a->bucket, b->bucket);
	c = c != 0 ? c : strcmp(a->value, b->value);
	return c != 0 ? c : strcmp(a->row->t[EVT_peer], b->row->t[EVT_peer]);
}

/* The best row of a bucket comes first, since it alone counts. */
static int
run_compare_run(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;
	double ra = a->row->n[EV_recall], rb = b->row->n[EV_recall];
	int c = (a->run > b->run) - (a->run < b->run);

	c = c != 0 ? c : strcmp(a->row->t[EVT_peer], b->row->t[EVT_peer]);
	c = c != 0 ? c : run_compare_i64(a->bucket, b->bucket);
	c = c != 0 ? c : (ra < rb) - (ra > rb);
	return c != 0 ? c : strcmp(a->value, b->value);
}

bool
run_next_value(struct span *list, struct span *out)
{
	const char *comma;

	if (list->n == 0)
		return false;
	*out = *list;
	comma = memmem(list->p, list->n, ", ", 2);
	if (comma == NULL) {
		list->n = 0;
		return true;
	}
	out->n = (size_t)(comma - list->p);
	list->p += out->n + 2;
	list->n -= out->n + 2;
	return true;
}

static bool
run_has_value(const char *list, struct span value)
{
	struct span rest = span_from(list), one;

	while (run_next_value(&rest, &one))
		if (span_equal(one, value))
			return true;
	return false;
}

static bool
run_values_meet(const char *a, const char *b)
{
	struct span rest = span_from(a), one;

	if (strcmp(a, b) == 0)
		return true;
	while (run_next_value(&rest, &one))
		if (run_has_value(b, one))
			return true;
	return false;
}

/* Runs [from, n) are of the same sensor and facet; those that still can grow
 * are in live[0..*nlive), which is pruned on the way. SIZE_MAX for none. */
static size_t
run_find(const struct rule *r, const struct run *runs, const struct hit *h,
    size_t *live, size_t *nlive)
{
	size_t i, kept = 0, found = SIZE_MAX;

	for (i = 0; i < *nlive; i++) {
		const struct run *run = &runs[live[i]];

		if (h->bucket - run->last > (int64_t)r->gap_buckets + 1)
			continue;
		if (found == SIZE_MAX && run_values_meet(run->value, h->value))
			found = live[i];
		live[kept++] = live[i];
	}
	*nlive = kept;
	return found;
}

/* Returns how many runs there are. */
static size_t
run_assign(const struct rule *r, struct hit *hits, size_t nhits,
    struct run *runs, size_t *live)
{
	size_t i, n = 0, nlive = 0, at;

	for (i = 0; i < nhits; i++) {
		struct hit *h = &hits[i];

		if (i > 0 &&
		    (strcmp(h[-1].row->t[EVT_sensor], h->row->t[EVT_sensor]) !=
			    0 ||
			strcmp(h[-1].facet, h->facet) != 0))
			nlive = 0;
		at = run_find(r, runs, h, live, &nlive);
		if (at == SIZE_MAX) {
			at = n++;
			live[nlive++] = at;
			runs[at] = (struct run){ .first = h->bucket,
				.last = h->bucket - 1 };
		}
		h->run = at;
		runs[at].buckets += h->bucket > runs[at].last;
		runs[at].last = h->bucket;
		runs[at].value = h->value;
	}
	return n;
}

static void
run_score(struct run *run, const struct hit *hits)
{
	double precision, values, recall = 0;
	size_t i;

	for (i = run->hit; i < run->hit + run->nhits; i++) {
		const double *n = hits[i].row->n;

		precision = isnan(n[EV_precision]) ? 1 : n[EV_precision];
		values = n[EV_values_n] > 1 ? n[EV_values_n] - 1 : 0;
		recall += n[EV_recall];
		run->score +=
		    n[EV_recall] * precision - RUN_VALUE_COST * values;
	}
	run->recall = recall / (double)run->nhits;
}

static bool
run_rivals(const struct run *a, const struct run *b, const struct hit *hits)
{
	return strcmp(hits[a->hit].row->t[EVT_sensor],
		   hits[b->hit].row->t[EVT_sensor]) == 0 &&
	    a->first <= b->last && b->first <= a->last &&
	    a->recall + b->recall > 1;
}

static void
run_compete(struct run *runs, size_t n, const struct hit *hits)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			if (i == j || runs[j].dropped || runs[i].dropped ||
			    !run_rivals(&runs[i], &runs[j], hits))
				continue;
			if (runs[j].score > runs[i].score ||
			    (j < i && runs[j].score >= runs[i].score))
				runs[i].dropped = true;
		}
	}
}

bool
run_group(const struct rule *r, struct hit *hits, size_t nhits,
    struct run **out, size_t *nout)
{
	unsigned wanted = r->for_buckets > 1 ? r->for_buckets : 1;
	size_t *live = calloc(nhits + 1, sizeof(*live));
	struct run *runs = calloc(nhits + 1, sizeof(*runs));
	size_t i, n;

	*out = NULL;
	*nout = 0;
	if (live == NULL || runs == NULL) {
		free(live);
		free(runs);
		return false;
	}
	if (nhits > 0)
		qsort(hits, nhits, sizeof(*hits), run_compare_time);
	n = run_assign(r, hits, nhits, runs, live);
	free(live);
	if (nhits > 0)
		qsort(hits, nhits, sizeof(*hits), run_compare_run);
	for (i = 0; i < nhits; i++) {
		struct run *run = &runs[hits[i].run];

		if (run->nhits++ == 0)
			run->hit = i;
	}
	for (i = 0; i < n; i++) {
		run_score(&runs[i], hits);
		runs[i].dropped = runs[i].buckets < wanted;
	}
	if (r->per == EVIDENCE_FACET)
		run_compete(runs, n, hits);
	*out = runs;
	*nout = n;
	return true;
}
