/*
 * A run becomes a finding: the peer against which the fault shows best is
 * chosen, and its rows are pooled, one a bucket.
 */
#include <math.h>
#include <string.h>
#include "judge/pool.h"
#include "judge/template.h"

#define POOL_MAX_VALUES 32

static bool
pool_skip(const struct pool *p, size_t i)
{
	return i > 0 && p->hits[i].bucket == p->hits[i - 1].bucket;
}

/* The sum over buckets; weights decide between peers, so NaN is 0. */
static double
pool_weight(const struct pool *p)
{
	double sum = 0, v;
	size_t i;

	for (i = 0; i < p->n; i++) {
		v = p->hits[i].row->n[EV_peer_flows];
		if (!pool_skip(p, i) && isfinite(v))
			sum += v;
	}
	return sum;
}

static size_t
pool_buckets(const struct pool *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += !pool_skip(p, i);
	return n;
}

/* The peer with the most buckets, then the most flows, then the first name. */
static struct pool
pool_choose(const struct run *r, const struct hit *hits)
{
	struct pool best = { NULL, 0 }, p;
	size_t at = r->hit, end = r->hit + r->nhits, a, b;

	while (at < end) {
		p = (struct pool){ hits + at, 0 };
		while (at < end &&
		    strcmp(hits[at].row->t[EVT_peer],
			p.hits->row->t[EVT_peer]) == 0) {
			p.n++;
			at++;
		}
		a = pool_buckets(&p);
		b = best.hits == NULL ? 0 : pool_buckets(&best);
		if (a > b || (a == b && pool_weight(&p) > pool_weight(&best)))
			best = p;
	}
	return best;
}

/* Column NNUMBERS stands for the share that the rule's expression gave. */
static double
pool_value(const struct hit *h, unsigned column)
{
	return column == EVIDENCE_NNUMBERS ? h->share : h->row->n[column];
}

static double
pool_mean(const struct pool *p, unsigned column, enum evidence_number weight)
{
	double sum = 0, weights = 0, plain = 0, n = 0, v, w;
	size_t i;

	for (i = 0; i < p->n; i++) {
		v = pool_value(&p->hits[i], column);
		w = p->hits[i].row->n[weight];
		if (pool_skip(p, i) || !isfinite(v))
			continue;
		plain += v;
		n++;
		if (!isfinite(w) || w <= 0)
			continue;
		sum += w * v;
		weights += w;
	}
	if (weights > 0)
		return sum / weights;
	return n > 0 ? plain / n : NAN;
}

double
pool_number(void *arg, enum evidence_number c)
{
	const struct pool *p = arg;
	enum evidence_pool how = evidence_pool(c);
	double all = NAN, v;
	size_t i;

	if (how == EVIDENCE_MEAN)
		return pool_mean(p, c, evidence_weight(c));
	for (i = 0; i < p->n; i++) {
		v = p->hits[i].row->n[c];
		if (pool_skip(p, i) || !isfinite(v))
			continue;
		if (isnan(all))
			all = v;
		else
			all = how == EVIDENCE_SUM ? all + v : fmax(all, v);
	}
	return all;
}

static double
pool_share(const struct pool *p, enum evidence_number weight)
{
	double share = pool_mean(p, EVIDENCE_NNUMBERS, weight);

	return share > 0 ? fmin(share, 1) : 0;
}

static enum finding_direction
pool_direction(const struct pool *p)
{
	size_t count[DIRECTION_OUTBOUND + 1] = { 0 }, i;

	for (i = 0; i < p->n; i++)
		count[p->hits[i].direction] += !pool_skip(p, i);
	if (count[DIRECTION_INBOUND] + count[DIRECTION_OUTBOUND] == 0)
		return DIRECTION_NONE;
	return count[DIRECTION_OUTBOUND] > count[DIRECTION_INBOUND]
	    ? DIRECTION_OUTBOUND
	    : DIRECTION_INBOUND;
}

/* Cut at the end of a UTF-8 character. */
static void
pool_copy(char *to, size_t size, struct span from)
{
	size_t n = from.n;

	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)from.p[n] & 0xc0) == 0x80)
			n--;
	}
	if (n > 0)
		memcpy(to, from.p, n);
	to[n] = '\0';
}

struct pool_tally {
	struct span value[POOL_MAX_VALUES];
	size_t count[POOL_MAX_VALUES];
	size_t n;
};

static void
pool_count_value(struct pool_tally *t, struct span value)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (span_equal(t->value[i], value))
			break;
	if (i == POOL_MAX_VALUES)
		return;
	if (i == t->n) {
		t->value[i] = value;
		t->count[i] = 0;
		t->n++;
	}
	t->count[i]++;
}

/* The values that at least half of the buckets name, as they first came. */
static void
pool_values(const struct pool *p, char *to, size_t size)
{
	struct pool_tally t = { .n = 0 };
	size_t i, at = 0, buckets = pool_buckets(p);
	struct span list, one;

	for (i = 0; i < p->n; i++) {
		if (pool_skip(p, i))
			continue;
		list = span_from(p->hits[i].value);
		while (run_next_value(&list, &one))
			pool_count_value(&t, one);
	}
	to[0] = '\0';
	for (i = 0; i < t.n; i++) {
		size_t joint = at > 0 ? 2 : 0;

		if (t.count[i] * 2 < buckets ||
		    joint + t.value[i].n >= size - at)
			continue;
		if (joint > 0)
			memcpy(to + at, ", ", joint);
		at += joint;
		memcpy(to + at, t.value[i].p, t.value[i].n);
		at += t.value[i].n;
		to[at] = '\0';
	}
	if (at == 0)
		pool_copy(to, size, span_from(p->hits[0].value));
}

bool
pool_finding(const struct ruleset_entry *e, const struct run *r,
    const struct hit *hits, struct finding *f)
{
	struct pool p = pool_choose(r, hits);
	/* there is a hit */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	const struct evidence *row = p.hits->row;
	double v;
	size_t i;

	pool_copy(f->sensor, sizeof(f->sensor), span_from(row->t[EVT_sensor]));
	pool_copy(f->peer, sizeof(f->peer), span_from(row->t[EVT_peer]));
	f->several =
	    row->kind == EVIDENCE_GROUP || row->kind == EVIDENCE_ATTRIBUTE;
	pool_copy(f->attribute, sizeof(f->attribute),
	    span_from(row->t[EVT_attribute]));
	pool_copy(f->cause, sizeof(f->cause), span_from(row->t[EVT_cause]));
	pool_copy(f->facet, sizeof(f->facet), span_from(p.hits->facet));
	pool_values(&p, f->value, sizeof(f->value));
	f->direction = pool_direction(&p);
	f->share = pool_share(&p, e->share_weight);
	f->nevidence = 0;
	for (i = 0; i < e->rule.nevidence; i++) {
		v = pool_number(&p, e->columns[i]);
		if (isnan(v))
			continue;
		f->evidence[f->nevidence].name = evidence_name(e->columns[i]);
		f->evidence[f->nevidence++].value = v;
	}
	return template_format(e->rule.summary, f, pool_number, &p);
}
