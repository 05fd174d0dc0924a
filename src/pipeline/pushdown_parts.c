/*
 * Which flows are sent: those of shards that differ; a sample by key, of
 * which the clocks' offsets and what is usual are learned; and some host
 * pairs' where a part of the traffic may be missing. All servers choose by
 * the same hash, and so the same flows.
 */
#include <inttypes.h>
#include <stdlib.h>
#include "compare/compare.h"
#include "pipeline/pushdown_state.h"

#define PARTS_LIST_MAX 16000 /* numbers in a question */
#define PARTS_ROWS 2000000   /* that one question has in answer, about */
#define PARTS_GAP 8          /* buckets that are passed over in a part */
#define PARTS_SAMPLED 64     /* flows of a bucket, for clocks */
#define PARTS_USUAL 4096     /* where much is missing, for facets */
#define PARTS_PAIRS 4096     /* flows of a bucket, by host pair */
#define PARTS_PAIRS_BUCKETS 8
#define PARTS_PAIRS_SHARE 100 /* of which so much is missing */

struct parts {
	struct pushdown *p;
	struct push_sensor *sensor;
	struct clickhouse_range *v; /* owned, with the texts of where */
	size_t n;
	struct buf with, where;
	uint32_t first, end; /* buckets of the part that is being made */
	size_t listed;
	uint64_t rows;
};

static int64_t
parts_start(const struct parts *x, uint32_t bucket)
{
	const struct clickhouse_cut *c = &x->sensor->cut;

	return c->from_us - c->shift_us + (int64_t)bucket * c->width_us;
}

/* Ends the part that is being made; where: of all its flows, or empty. */
static bool
parts_flush(struct parts *x)
{
	struct clickhouse_range r = { .from_us = parts_start(x, x->first),
		.to_us = parts_start(x, x->end),
		.pick = CLICKHOUSE_ALL };
	void *v;

	if (x->end == x->first)
		return true;
	v = realloc(x->v, (x->n + 1) * sizeof(*x->v));
	if (v == NULL)
		return false;
	x->v = v;
	if (!buf_ok(&x->where))
		return false;
	if (x->where.n > 0) {
		r.with = x->with.p;
		r.where = x->where.p;
		x->where = (struct buf)BUF_INIT; /* given away */
	}
	x->v[x->n++] = r;
	x->first = x->end = 0;
	x->listed = 0;
	x->rows = 0;
	return true;
}

static void
parts_list(struct parts *x, const struct push_bucket *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		buf_printf(&x->where, "%s%" PRIu64,
		    x->listed++ == 0 ? "" : ", ", x->p->items[b->first + i]);
}

static bool
parts_is_whole(const struct push_bucket *b)
{
	return b->n > PARTS_LIST_MAX || 4 * b->rows > 3 * b->flows;
}

/* Whether a bucket cannot go into the part that is being made. */
static bool
parts_is_full(const struct parts *x, uint32_t k)
{
	const struct push_bucket *b = &x->p->buckets[k];
	bool whole = parts_is_whole(b);

	if (x->end == x->first)
		return false;
	return whole != (x->listed == 0) || (whole && k > x->end) ||
	    k > x->end + PARTS_GAP || x->listed + b->n > PARTS_LIST_MAX ||
	    x->rows + b->rows > PARTS_ROWS;
}

/* Shards that differ, listed, or whole buckets where most of it does. */
static bool
parts_differing(struct parts *x)
{
	const struct pushdown *p = x->p;
	uint32_t k;

	for (k = 0; k < p->nbuckets; k++) {
		const struct push_bucket *b = &p->buckets[k];

		if (b->n == 0)
			continue;
		if (parts_is_full(x, k)) {
			if (x->listed > 0)
				buf_add_char(&x->where, ')');
			if (!parts_flush(x))
				return false;
		}
		if (x->end == x->first)
			x->first = k;
		x->end = k + 1;
		x->rows += b->rows;
		if (parts_is_whole(b))
			continue;
		if (x->listed == 0)
			buf_printf(&x->where, "toUInt64(xt_b) * %u + xt_s IN (",
			    1u << p->bits);
		parts_list(x, b);
	}
	if (x->listed > 0)
		buf_add_char(&x->where, ')');
	return parts_flush(x);
}

static void
parts_bucket_list(struct parts *x, bool (*wanted)(const struct push_bucket *b))
{
	uint32_t k;

	buf_add_str(&x->where, "xt_b IN (");
	for (k = 0; k < x->p->nbuckets; k++)
		if (k >= x->first && k < x->end && wanted(&x->p->buckets[k]))
			buf_printf(
			    &x->where, "%s%u", x->listed++ == 0 ? "" : ", ", k);
	if (x->listed == 0)
		buf_add_str(&x->where, "4294967295");
	buf_add_char(&x->where, ')');
}

static bool
parts_is_noticeable(const struct push_bucket *b)
{
	return b->noticeable;
}

static bool
parts_has_pairs(const struct push_bucket *b)
{
	return b->pairs;
}

static bool
parts_sample(struct parts *x)
{
	const struct pushdown *p = x->p;
	uint32_t k;

	for (k = 0; k < p->nbuckets; k++) {
		const struct push_bucket *b = &p->buckets[k];

		x->end = k + 1;
		x->rows += b->noticeable ? b->flows >> p->usual_bits
					 : b->flows >> p->sample_bits;
		if (x->rows < PARTS_ROWS && k + 1 < p->nbuckets)
			continue;
		buf_printf(&x->where,
		    "bitAnd(xt_h, %" PRIu64 ") = 0 OR (bitAnd(xt_h, %" PRIu64
		    ") = 0 AND ",
		    (UINT64_C(1) << p->sample_bits) - 1,
		    (UINT64_C(1) << p->usual_bits) - 1);
		parts_bucket_list(x, parts_is_noticeable);
		buf_add_char(&x->where, ')');
		if (!parts_flush(x))
			return false;
		x->first = x->end = k + 1;
	}
	return true;
}

static bool
parts_pairs(struct parts *x)
{
	const struct pushdown *p = x->p;
	uint32_t k;

	for (k = 0; k < p->nbuckets; k++) {
		if (!p->buckets[k].pairs)
			continue;
		x->first = x->end == 0 ? k : x->first;
		x->end = k + 1;
	}
	if (x->end == 0)
		return true;
	buf_printf(&x->where, "bitAnd(xt_pair, %" PRIu64 ") = 0 AND ",
	    (UINT64_C(1) << p->pair_bits) - 1);
	parts_bucket_list(x, parts_has_pairs);
	return parts_flush(x);
}

static bool
parts_make(struct pushdown *p, struct push_sensor *s, enum push_kind kind,
    struct diag *d)
{
	static bool (*const fill[])(struct parts *) = {
		[PUSH_DIFFERING] = parts_differing,
		[PUSH_SAMPLE] = parts_sample,
		[PUSH_PAIRS] = parts_pairs,
	};
	struct parts x = { .p = p, .sensor = s };
	bool ok;
	size_t i;

	clickhouse_put_cut(
	    clickhouse_conn_binding(s->conn), &s->cut, p->bits, &x.with);
	ok = buf_ok(&x.with) && fill[kind](&x) &&
	    clickhouse_files_parts(s->stream[kind].files, x.v, x.n);
	if (!ok)
		diag_set(d, "out of memory");
	/* a table without parts says how far it goes, if it is asked that */
	s->stream[kind].over = x.n == 0 && kind != PUSH_DIFFERING;
	for (i = 0; i < x.n; i++)
		free((char *)(uintptr_t)x.v[i].where);
	free(x.v);
	buf_clear(&x.with);
	buf_clear(&x.where);
	return ok;
}

static unsigned
parts_bits(uint64_t flows, uint64_t most)
{
	unsigned bits = 0;

	while (flows >> bits > most)
		bits++;
	return bits;
}

bool
push_choose_parts(struct pushdown *p, struct diag *d)
{
	uint64_t most = 0;
	unsigned npairs = 0;
	uint32_t k;
	size_t i;

	for (k = 0; k < p->nbuckets; k++) {
		struct push_bucket *b = &p->buckets[k];

		most = b->flows > most ? b->flows : most;
		b->noticeable = compare_is_noticeable(b->lone, b->flows);
		b->pairs = b->noticeable &&
		    b->lone * PARTS_PAIRS_SHARE >= b->flows &&
		    npairs++ < PARTS_PAIRS_BUCKETS;
	}
	p->sample_bits = parts_bits(most, PARTS_SAMPLED);
	p->usual_bits = parts_bits(most, PARTS_USUAL);
	p->pair_bits = parts_bits(most, PARTS_PAIRS);
	for (i = 0; i < p->opt.nsensors; i++)
		for (k = 0; k < PUSH_NSTREAMS; k++)
			if (!parts_make(p, &p->sensor[i], (enum push_kind)k, d))
				return false;
	return true;
}
