/*
 * Hands the buckets of two digests to the comparison in order of time, and
 * keeps of its result what is public.
 */
#include <stdlib.h>
#include "api/api.h"

struct crosstap_result {
	struct result r;
};

_Static_assert((int)CROSSTAP_EQUAL == BUCKET_EQUAL &&
	(int)CROSSTAP_DIFFERS == BUCKET_DIFFERS &&
	(int)CROSSTAP_INCOMPLETE == BUCKET_INCOMPLETE &&
	(int)CROSSTAP_MISSING == BUCKET_MISSING,
    "a bucket has the same states inside and outside");

/* The buckets of both with the lowest start; false: there are no more. */
static bool
api_next(const struct crosstap_digest *const from[2], size_t at[2],
    struct bin *now[2], int64_t *start)
{
	unsigned i;

	*start = INT64_MAX;
	for (i = 0; i < 2; i++)
		if (at[i] < from[i]->n &&
		    from[i]->bin[at[i]]->start_us < *start)
			*start = from[i]->bin[at[i]]->start_us;
	for (i = 0; i < 2; i++) {
		now[i] = at[i] < from[i]->n ? from[i]->bin[at[i]] : NULL;
		if (now[i] != NULL && now[i]->start_us != *start)
			now[i] = NULL;
		at[i] += now[i] != NULL;
	}
	return *start != INT64_MAX;
}

static bool
api_run(struct compare *c, const struct crosstap_digest *const from[2],
    struct result *r)
{
	struct compare_sensor logs[2];
	const struct netmap *nets[2];
	size_t at[2] = { 0, 0 };
	struct bin *now[2];
	int64_t start;
	unsigned i;

	for (i = 0; i < 2; i++) {
		const struct bins *b = from[i]->bins;

		nets[i] = bins_netmap(b);
		logs[i] = (struct compare_sensor){ .begin_us = bins_begin(b),
			.mark_us = bins_watermark(b),
			.ended = true,
			.lag_us = INT64_MIN,
			.nets = nets[i] };
		logs[i].nlate = bins_late_entries(b, &logs[i].late);
	}
	while (api_next(from, at, now, &start))
		if (!compare_add(c, start, now, nets, NULL))
			return false;
	return compare_finish(c, logs, r, NULL);
}

enum crosstap_status
crosstap_compare(const struct crosstap_digest *a,
    const struct crosstap_digest *b, enum crosstap_relation relation,
    struct crosstap_result **out)
{
	const struct crosstap_digest *const from[2] = { a, b };
	struct compare_options opt = { .nsensors = 2,
		.relation = relation == CROSSTAP_SUBSET ? RELATION_SUBSET
							: RELATION_MIRROR,
		.width_us = a->opt.width_us };
	struct compare *c;

	*out = NULL;
	if (!a->ended || !b->ended || a->opt.width_us != b->opt.width_us ||
	    a->opt.settle_us != b->opt.settle_us || a->opt.seed != b->opt.seed)
		return CROSSTAP_INVALID;
	c = compare_new(&opt);
	*out = calloc(1, sizeof(**out));
	if (c == NULL || *out == NULL || !api_run(c, from, &(*out)->r)) {
		crosstap_result_free(*out);
		*out = NULL;
	}
	compare_free(c);
	return *out == NULL ? CROSSTAP_NO_MEMORY : CROSSTAP_OK;
}

void
crosstap_result_free(struct crosstap_result *r)
{
	if (r == NULL)
		return;
	result_clear(&r->r);
	free(r);
}

static struct crosstap_counts
api_counts(const struct result_counts *n)
{
	return (struct crosstap_counts){ n->paired, n->only_a, n->only_b,
		n->damaged, n->shifted, n->split };
}

void
crosstap_result_counts(
    const struct crosstap_result *r, struct crosstap_counts *out)
{
	*out = api_counts(&r->r.pairs[0].n);
}

double
crosstap_result_agreement(const struct crosstap_result *r)
{
	return r->r.pairs[0].agreement;
}

size_t
crosstap_result_buckets(const struct crosstap_result *r)
{
	return r->r.nbuckets;
}

enum crosstap_status
crosstap_result_bucket(const struct crosstap_result *r, size_t index,
    struct crosstap_difference *out)
{
	const struct result_bucket *b;

	if (index >= r->r.nbuckets)
		return CROSSTAP_INVALID;
	b = &r->r.buckets[index];
	*out = (struct crosstap_difference){ b->start_us,
		(enum crosstap_bucket_status)b->status, api_counts(&b->n[0]) };
	return CROSSTAP_OK;
}
