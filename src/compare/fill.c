/*
 * What is told of each bucket: its counts, and whether it was compared at all.
 * A bucket that a log does not cover is never equal.
 */
#include "compare/compare_state.h"

static unsigned
compare_gaps(const struct compare *c, const struct compare_bucket *b, size_t i,
    int64_t first_us, int64_t last_us)
{
	const struct compare_sensor *s = &c->sensors[i];
	int64_t end = b->start_us + c->opt.width_us;
	const int64_t slack = 5 * US_PER_S;
	unsigned gaps = b->bad[i] > 0 ? GAP_BAD_LINES : 0;

	if (s->unreachable)
		return GAP_NO_ANSWER;
	if (s->unreadable)
		return gaps | GAP_BAD_LINES;
	if (s->begin_us == INT64_MIN)
		return gaps | GAP_AFTER_LOG;
	if (end <= s->begin_us)
		gaps |= GAP_BEFORE_LOG;
	else if (b->start_us < s->begin_us && s->begin_us > first_us + slack)
		gaps |= GAP_EDGE;
	if (!s->ended)
		return gaps;
	if (b->start_us >= s->mark_us)
		gaps |= s->live ? GAP_NOT_YET : GAP_AFTER_LOG;
	else if (end > s->mark_us && s->mark_us < last_us - slack)
		gaps |= s->live ? GAP_NOT_YET : GAP_EDGE;
	if (s->trouble && end > s->mark_us - c->opt.width_us)
		gaps |= GAP_TROUBLE;
	return gaps;
}

static void
compare_fill_counts(const struct compare_cell *cell, struct result_counts *n)
{
	n->paired = cell->p.paired + cell->shifted;
	n->only_a = cell->only[0];
	n->only_b = cell->only[1];
	n->damaged = cell->p.damaged;
	n->shifted = cell->shifted;
	n->split = cell->split[0] + cell->split[1];
}

static void
compare_fill_bucket(const struct compare *c, const struct compare_bucket *b,
    struct result_bucket *out, int64_t first_us, int64_t last_us)
{
	const unsigned lost =
	    GAP_BEFORE_LOG | GAP_AFTER_LOG | GAP_NOT_YET | GAP_NO_ANSWER;
	bool covers[RESULT_MAX_SENSORS];
	unsigned all = 0;
	size_t i;

	out->start_us = b->start_us;
	for (i = 0; i < c->opt.nsensors; i++) {
		out->flows[i] = b->flows[i];
		out->gaps[i] =
		    (uint8_t)compare_gaps(c, b, i, first_us, last_us);
		all |= out->gaps[i];
		if (c->sensors[i].unreadable)
			all |= GAP_AFTER_LOG;
		covers[i] =
		    (out->gaps[i] & lost) == 0 && !c->sensors[i].unreadable;
	}
	out->status = BUCKET_EQUAL;
	for (i = 0; i < c->npairs; i++) {
		struct result_counts *n = &out->n[i];

		/* cppcheck-suppress uninitvar; set above, for each sensor */
		out->compared[i] = covers[c->a[i]] && covers[c->b[i]];
		/* nothing is known, so nothing differs */
		if (c->sensors[c->a[i]].unreachable ||
		    c->sensors[c->b[i]].unreachable)
			continue;
		compare_fill_counts(&b->cells[i], n);
		out->differs[i] =
		    (compare_is_superset(c, i, 0) ? b->cells[i].missing[1]
						  : n->only_a) +
			n->only_b + n->damaged + n->split >
		    0;
		if (out->differs[i])
			out->status = BUCKET_DIFFERS;
	}
	if ((all & lost) != 0)
		out->status = BUCKET_MISSING;
	else if (all != 0)
		out->status = BUCKET_INCOMPLETE;
}

static void
compare_fill_pairs(const struct compare *c, struct result *r)
{
	size_t i, p;

	r->npairs = c->npairs;
	for (p = 0; p < c->npairs; p++) {
		struct result_pair *out = &r->pairs[p];

		out->a = c->a[p];
		out->b = c->b[p];
		out->relation =
		    c->a[p] == 0 ? c->opt.relation : RELATION_MIRROR;
		for (i = 0; i < r->nbuckets; i++) {
			const struct result_counts *n = &r->buckets[i].n[p];

			out->compared =
			    out->compared || r->buckets[i].compared[p];
			out->n.paired += n->paired;
			out->n.only_a += n->only_a;
			out->n.only_b += n->only_b;
			out->n.damaged += n->damaged;
			out->n.shifted += n->shifted;
			out->n.split += n->split;
		}
		out->agreement = result_agreement(&out->n, out->relation);
	}
}

void
compare_fill(const struct compare *c, struct result *r, int64_t first_us,
    int64_t last_us)
{
	size_t i;

	for (i = 0; i < c->nbuckets; i++)
		compare_fill_bucket(
		    c, c->buckets[i], &r->buckets[i], first_us, last_us);
	compare_fill_pairs(c, r);
}
