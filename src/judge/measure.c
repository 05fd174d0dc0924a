/*
 * One row a bucket and ordered pair, and the same again for each worker and
 * for the facet that explains what is missing.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compare/balance.h"
#include "judge/measure_state.h"

struct evidence *
measure_row(struct measure *m, enum evidence_kind kind)
{
	if (m->out->n == m->cap) {
		size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
		struct evidence *v = realloc(m->out->v, cap * sizeof(*v));

		if (v == NULL) {
			m->failed = true;
			return NULL;
		}
		m->out->v = v;
		m->cap = cap;
	}
	evidence_init(&m->out->v[m->out->n], kind);
	return &m->out->v[m->out->n++];
}

static int
measure_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
measure_median(double *v, size_t n)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof(*v), measure_compare);
	return v[n / 2];
}

/* How far x is above the expected count of rare events. */
static double
measure_sigma(double x, double expected)
{
	return (x - expected) / sqrt(expected > 1 ? expected : 1);
}

double
measure_share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static const struct compare_cell *
measure_cell(const struct measure *m, size_t i)
{
	return &compare_get(m->c, i)->cells[m->pair];
}

static double
measure_missing_expected(const struct compare_cell *cell, unsigned side)
{
	return MEASURE_FLOW_LOSS * (double)cell->eligible[1 - side];
}

/* More than a healthy pair misses, of flows that it should have. */
static bool
measure_is_above(uint64_t missing, uint64_t flows)
{
	double n = (double)missing, of = (double)flows;

	return n >= 4 && measure_sigma(n, MEASURE_FLOW_LOSS * of) >= 4 &&
	    n >= 0.001 * of;
}

static bool
measure_is_missing(const struct measure *m, size_t i)
{
	const struct compare_cell *cell = measure_cell(m, i);

	return measure_is_above(
	    cell->missing[m->side], cell->eligible[1 - m->side]);
}

static double
measure_missing_share(const struct measure *m, size_t i)
{
	const struct compare_cell *cell = measure_cell(m, i);

	return measure_share((double)cell->missing[m->side],
	    (double)cell->eligible[1 - m->side]);
}

/* The cause is looked for where most is missing: a fault begins and ends
 * within a bucket, and flows of before and after would blur it. */
static void
measure_explain(struct measure *m, struct measure_episode *e)
{
	struct facets all;
	double most = 0;
	size_t i;

	memset(&all, 0, sizeof(all));
	for (i = e->from; i < e->to; i++)
		most = fmax(most, measure_missing_share(m, i));
	for (i = e->from; i < e->to; i++)
		if (measure_missing_share(m, i) >= 0.85 * most)
			facets_merge(
			    &all, &measure_cell(m, i)->facets[m->side]);
	if (!facets_explain(&all, &e->why))
		m->failed = true;
	facets_clear(&all);
}

/* A stretch may have one bucket in it in which nothing much is missing. */
static void
measure_episodes(struct measure *m)
{
	size_t n = compare_nbuckets(m->c), i, last;

	m->nepisodes = 0;
	for (i = 0; i < n; i++)
		m->quiet[i] = m->r->buckets[i].gaps[m->me] == 0 &&
		    m->r->buckets[i].gaps[m->peer] == 0;
	for (i = 0; i < n; i++) {
		struct measure_episode *e = &m->episodes[m->nepisodes];

		if (!measure_is_missing(m, i))
			continue;
		e->from = last = i;
		for (; i < n && i <= last + 2; i++)
			if (measure_is_missing(m, i))
				last = i;
		e->to = last + 1;
		i = last;
		measure_explain(m, e);
		m->nepisodes++;
		memset(m->quiet + e->from, 0, e->to - e->from);
	}
}

static struct measure_episode *
measure_episode_of(const struct measure *m, size_t i)
{
	size_t k;

	for (k = 0; k < m->nepisodes; k++)
		if (i >= m->episodes[k].from && i < m->episodes[k].to)
			return &m->episodes[k];
	return NULL;
}

double
measure_seconds(int64_t us)
{
	return (double)us / (double)US_PER_S;
}

/* No flows, or a few stragglers. */
static bool
measure_is_silent(const struct measure *m, size_t i)
{
	double flows = (double)compare_get(m->c, i)->flows[m->me];

	return flows <= MEASURE_STRAGGLERS *
	    (double)measure_cell(m, i)->eligible[1 - m->side];
}

/* Silence around bucket i, in buckets. */
static void
measure_silence(const struct measure *m, size_t i, struct evidence *e)
{
	size_t n = compare_nbuckets(m->c), before = 0, after = 0, k;
	double width = measure_seconds(m->r->width_us);
	bool began = false, resumes = false;

	for (k = i + 1; k > 0 && !began; k--) {
		began = !measure_is_silent(m, k - 1);
		before += !began;
	}
	for (k = i; k < n && !resumes; k++) {
		resumes = !measure_is_silent(m, k);
		after += !resumes;
	}
	e->n[EV_began] = began;
	e->n[EV_resumes] = resumes;
	e->n[EV_silent_before] = (double)before * width;
	e->n[EV_silent_after] = (double)after * width;
}

/* The size that the packets which are lost have in common. */
static void
measure_large(const struct pairing_side *s, struct evidence *e)
{
	unsigned k = 0;

	while (k < ENTRY_NLARGE &&
	    (double)s->large_lost[k] < 0.95 * (double)s->lost_packets)
		k++;
	if (k == ENTRY_NLARGE)
		k = 0;
	e->n[EV_large_over] = entry_large_bytes[k];
	e->n[EV_large_share] =
	    measure_share((double)s->large_lost[k], (double)s->lost_packets);
	e->n[EV_large_base] =
	    measure_share((double)s->large_peer[k], (double)s->peer_packets);
}

static void
measure_damage(const struct pairing *p, unsigned side, struct evidence *e)
{
	const struct pairing_side *s = &p->side[side];
	const struct pairing_side *other = &p->side[1 - side];
	double damaged = (double)s->damaged, expected;
	unsigned k, best = 0;
	uint64_t multiples = 0;

	expected = MEASURE_PACKET_LOSS * (double)s->peer_packets;
	e->n[EV_fresh] = (double)p->fresh;
	e->n[EV_damaged] = damaged;
	e->n[EV_damaged_share] = measure_share(damaged, (double)p->fresh);
	e->n[EV_damaged_sigma] = measure_sigma(damaged, expected);
	e->n[EV_peer_damaged] = (double)other->damaged;
	e->n[EV_peer_packets] = (double)s->peer_packets;
	e->n[EV_lost_packets] = (double)s->lost_packets;
	e->n[EV_packet_loss] =
	    measure_share((double)s->lost_packets, (double)s->peer_packets);
	e->n[EV_damage_random] = measure_share((double)s->random, damaged);
	e->n[EV_onesided_orig] = measure_share((double)s->onesided[0], damaged);
	e->n[EV_onesided_resp] = measure_share((double)s->onesided[1], damaged);
	e->n[EV_onesided_in] = measure_share((double)s->onesided_in, damaged);
	e->n[EV_onesided_out] = measure_share((double)s->onesided_out, damaged);
	e->n[EV_checksum_share] = measure_share((double)s->checksum, damaged);
	measure_large(s, e);
	e->n[EV_repeat_share] =
	    measure_share((double)other->repeat, (double)other->damaged);
	e->n[EV_peer_gap_share] =
	    measure_share((double)other->gap, (double)other->damaged);
	e->n[EV_extra_packets] = (double)other->lost_packets;
	e->n[EV_cut] = (double)s->cut;
	e->n[EV_cut_share] =
	    measure_share((double)s->cut_lost, (double)s->lost_packets);
	for (k = 0; k < 4; k++) {
		multiples += s->multiple[k];
		if (s->multiple[k] > s->multiple[best])
			best = k;
	}
	e->n[EV_multiple] = measure_share((double)multiples, (double)p->fresh);
	e->n[EV_multiple_factor] = multiples == 0 ? 1 : best + 2;
}

/* The cell of this sensor and another, and the side that this sensor is; NULL:
 * they are not compared. */
static const struct compare_cell *
measure_cell_with(
    const struct measure *m, size_t i, unsigned other, unsigned *side)
{
	size_t p;

	for (p = 0; p < m->r->npairs; p++) {
		const struct result_pair *x = &m->r->pairs[p];

		if ((x->a == m->me && x->b == other) ||
		    (x->b == m->me && x->a == other)) {
			*side = x->b == m->me;
			return &compare_get(m->c, i)->cells[p];
		}
	}
	return NULL;
}

/* This sensor's clock minus that of another, with the part that was allowed for
 * beforehand; NaN where too few flows pair. */
static double
measure_offset_to(const struct measure *m, size_t i, unsigned other)
{
	unsigned side;
	const struct compare_cell *cell = measure_cell_with(m, i, other, &side);
	int64_t us;

	if (cell == NULL || cell->noffsets == 0)
		return NAN;
	us = side == 1 ? cell->offset_us : -cell->offset_us;
	return measure_seconds(
	    us - m->sensors[m->me].shift_us + m->sensors[other].shift_us);
}

/* Of two clocks either may be wrong: the later operand's is named. Of more, it
 * is the one that differs from most: the lower median counts, by size. */
static void
measure_offset(const struct measure *m, size_t i,
    const struct compare_cell *cell, struct evidence *e)
{
	double v[RESULT_MAX_SENSORS], best = NAN;
	size_t n = 0, k, less;
	unsigned other;

	for (other = 0; other < m->r->nsensors; other++) {
		if (other == m->me)
			continue;
		v[n] = measure_offset_to(m, i, other);
		n += !isnan(v[n]);
	}
	if (n == 0 || cell->noffsets == 0 || (n == 1 && m->side != 1))
		return;
	for (k = 0; k < n; k++) {
		size_t j;

		for (j = less = 0; j < n; j++)
			less += fabs(v[j]) < fabs(v[k]) ||
			    (j < k && fabs(v[j]) == fabs(v[k]));
		if (less == (n - 1) / 2)
			best = v[k];
	}
	e->n[EV_offset] = best;
	e->n[EV_offset_spread] = measure_seconds(cell->spread_us);
	e->n[EV_offset_pairs] = cell->noffsets;
}

/* With three and more sensors the odd one shows: it differs from all. */
static void
measure_peers(const struct measure *m, size_t i, struct evidence *e)
{
	unsigned other, side, peers = 0, agree = 0, lack = 0;

	for (other = 0; other < m->r->nsensors; other++) {
		const struct compare_cell *cell =
		    measure_cell_with(m, i, other, &side);

		if (cell == NULL || other == m->peer)
			continue;
		peers++;
		agree += measure_is_above(
		    cell->missing[side], cell->eligible[1 - side]);
		lack +=
		    measure_is_above(cell->only[side], cell->eligible[side]);
	}
	e->n[EV_peers] = peers;
	e->n[EV_peers_agree] = agree;
	e->n[EV_peers_lack] = lack;
}

static bool
measure_is_stepped(const struct measure *m, size_t i)
{
	size_t n = compare_nbuckets(m->c), k = i > 0 ? i - 1 : 0;

	while (k < n && k <= i + 1 && !measure_cell(m, k)->step)
		k++;
	return k < n && k <= i + 1;
}

/* A window ends in the time of each sensor's own clock: with an offset that
 * was not allowed for, its ends are not the same. */
static bool
measure_is_cut(
    const struct measure *m, size_t i, const struct compare_cell *cell)
{
	return (i == 0 || i + 1 == m->r->nbuckets) && cell->noffsets >= 8 &&
	    llabs(cell->offset_us) > US_PER_S / 2;
}

/* The columns of every kind of row. */
static void
measure_common(const struct measure *m, size_t i, struct evidence *e)
{
	const struct compare_bucket *b = compare_get(m->c, i);
	const struct compare_cell *cell = &b->cells[m->pair];
	const struct result_bucket *rb = &m->r->buckets[i];
	const struct measure_episode *ep = measure_episode_of(m, i);
	bool subset = m->r->pairs[m->pair].relation == RELATION_SUBSET;
	double missing = (double)cell->missing[m->side];
	double eligible = (double)cell->eligible[1 - m->side];
	double expected = measure_missing_expected(cell, m->side);

	e->start_us = b->start_us;
	(void)snprintf(
	    e->t[EVT_sensor], EVIDENCE_TEXT_MAX, "%s", m->sensors[m->me].name);
	(void)snprintf(
	    e->t[EVT_peer], EVIDENCE_TEXT_MAX, "%s", m->sensors[m->peer].name);
	e->n[EV_width] = measure_seconds(m->r->width_us);
	e->n[EV_subset] = subset && m->side == 1;
	e->n[EV_superset] = subset && m->side == 0;
	e->n[EV_edge] =
	    ((rb->gaps[m->me] | rb->gaps[m->peer]) &
		(GAP_EDGE | GAP_BEFORE_LOG | GAP_NOT_YET | GAP_TROUBLE)) != 0 ||
	    measure_is_cut(m, i, cell);
	e->n[EV_broken] = m->logs[m->me].trouble;
	e->n[EV_stepped] = measure_is_stepped(m, i);
	e->n[EV_flows] = (double)b->flows[m->me];
	e->n[EV_peer_flows] = eligible;
	e->n[EV_usual] = m->usual[m->me];
	e->n[EV_peer_usual] = m->usual[m->peer];
	e->n[EV_paired] = (double)(cell->p.paired + cell->shifted);
	e->n[EV_missing] = missing;
	e->n[EV_missing_share] = measure_share(missing, eligible);
	e->n[EV_missing_expected] = expected;
	if (m->r->usual[m->pair] > 0)
		e->n[EV_norm_share] = m->r->usual[m->pair];
	e->n[EV_missing_fresh] =
	    measure_share((double)cell->only_fresh[1 - m->side],
		(double)cell->only[1 - m->side]);
	e->n[EV_missing_sigma] = measure_sigma(missing, expected);
	e->n[EV_extra] = (double)cell->only[m->side];
	e->n[EV_extra_fresh] = (double)cell->only_fresh[m->side];
	e->n[EV_extra_sigma] = measure_sigma((double)cell->only[m->side],
	    MEASURE_FLOW_LOSS * (double)b->flows[m->me]);
	e->n[EV_split] = (double)cell->split_fresh[m->side];
	e->n[EV_split_packets] = (double)cell->split_packets[m->side];
	e->n[EV_split_share] = measure_share(
	    (double)cell->split_fresh[m->side], (double)b->flows[m->me]);
	e->n[EV_local_ends] = measure_share(
	    (double)b->local_ends[m->me], (double)b->local_known[m->me]);
	e->n[EV_peer_local_ends] = measure_share(
	    (double)b->local_ends[m->peer], (double)b->local_known[m->peer]);
	e->n[EV_behind] =
	    measure_seconds(m->logs[m->peer].mark_us - m->logs[m->me].mark_us);
	if (m->logs[m->me].lag_us != INT64_MIN)
		e->n[EV_lag] = measure_seconds(m->logs[m->me].lag_us);
	e->n[EV_bad_lines] = (double)b->bad[m->me];
	e->n[EV_late] = m->late[m->me][i];
	e->n[EV_explained] = ep == NULL ? 0 : ep->why.recall;
	measure_peers(m, i, e);
	measure_silence(m, i, e);
	measure_damage(&cell->p, m->side, e);
	measure_offset(m, i, cell, e);
}

static void
measure_facet(struct measure *m, size_t i)
{
	const struct measure_episode *ep = measure_episode_of(m, i);
	const struct facets *f = &measure_cell(m, i)->facets[m->side];
	struct evidence *e;
	uint64_t flows, missing;
	double rate, expected;

	if (ep == NULL || ep->why.nvalues == 0 || f->n == 0)
		return;
	e = measure_row(m, EVIDENCE_FACET);
	if (e == NULL)
		return;
	measure_common(m, i, e);
	facets_measure(f, &ep->why, &flows, &missing);
	/* chance: the rate at which the other flows are missing */
	rate = f->flows > flows ? ((double)f->missing - (double)missing) /
		((double)f->flows - (double)flows)
				: 0;
	expected = (rate > 0 ? rate : 0) * (double)flows;
	(void)snprintf(e->t[EVT_facet], EVIDENCE_TEXT_MAX, "%s",
	    facet_name(ep->why.facet));
	facets_format(&ep->why, e->t[EVT_value], EVIDENCE_TEXT_MAX);
	e->n[EV_facet_flows] = (double)flows;
	e->n[EV_facet_missing] = (double)missing;
	e->n[EV_precision] = measure_share((double)missing, (double)flows);
	e->n[EV_recall] =
	    fmin(1, measure_share((double)missing, (double)f->missing));
	e->n[EV_cause_precision] = ep->why.precision;
	e->n[EV_cause_recall] = ep->why.recall;
	e->n[EV_values_n] = ep->why.nvalues;
	e->n[EV_facet_sigma] = measure_sigma((double)missing, expected);
}

static double
measure_worker_flows(const struct compare_bucket *b, unsigned me, unsigned w)
{
	return w < b->nworkers[me] ? b->workers[me][w] : 0;
}

/* Median over quiet buckets of the worker's share, and of this sensor's flows
 * to the peer's (1 in a healthy mirror). */
static bool
measure_worker_usual(const struct measure *m, unsigned w, double *tmp,
    double *share, double *ratio)
{
	size_t n = compare_nbuckets(m->c), i, k = 0, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0, k = 0; i < n; i++) {
			const struct compare_bucket *b = compare_get(m->c, i);
			double flows = (double)b->flows[m->me];
			double peer =
			    (double)b->cells[m->pair].eligible[1 - m->side];

			if (!m->quiet[i] || flows < 8 || peer < 8)
				continue;
			tmp[k++] = pass == 0
			    ? measure_worker_flows(b, m->me, w) / flows
			    : flows / peer;
		}
		if (k < 2)
			return false;
		*(pass == 0 ? share : ratio) = measure_median(tmp, k);
	}
	return true;
}

struct measure_worker {
	double share, ratio;
	bool known;
};

static unsigned
measure_frozen(const struct measure *m, size_t i,
    const struct measure_worker *w, unsigned n)
{
	const struct compare_bucket *b = compare_get(m->c, i);
	double peer = (double)b->cells[m->pair].eligible[1 - m->side];
	unsigned k, frozen = 0;

	for (k = 0; k < n; k++) {
		double expected = w[k].share * w[k].ratio * peer;

		frozen += w[k].known && expected >= 8 &&
		    measure_worker_flows(b, m->me, k) <= 0.1 * expected;
	}
	return frozen;
}

static void
measure_worker_row(struct measure *m, size_t i, unsigned k,
    const struct measure_worker *w, unsigned nworkers, unsigned frozen)
{
	const struct compare_bucket *b = compare_get(m->c, i);
	double missing = (double)b->cells[m->pair].missing[m->side];
	double peer = (double)b->cells[m->pair].eligible[1 - m->side];
	double flows = measure_worker_flows(b, m->me, k);
	double expected = w[k].share * w[k].ratio * peer;
	struct evidence *e = measure_row(m, EVIDENCE_WORKER);

	if (e == NULL)
		return;
	measure_common(m, i, e);
	(void)snprintf(e->t[EVT_worker], EVIDENCE_TEXT_MAX, "%s",
	    m->sensors[m->me].workers[k]);
	e->n[EV_worker_flows] = flows;
	e->n[EV_worker_share] = measure_share(flows, (double)b->flows[m->me]);
	e->n[EV_worker_usual] = w[k].share;
	e->n[EV_worker_expected] = expected;
	e->n[EV_worker_recall] = measure_share(expected - flows, missing);
	e->n[EV_workers] = nworkers;
	e->n[EV_workers_frozen] = frozen;
}

/* Only buckets in which flows are missing: a worker that others stand in for
 * is no trouble of the traffic. */
static bool
measure_workers(struct measure *m)
{
	unsigned n = m->sensors[m->me].nworkers, k;
	size_t buckets = compare_nbuckets(m->c), i;
	struct measure_worker *w = calloc((size_t)n + 1, sizeof(*w));
	double *tmp = calloc(buckets + 1, sizeof(*tmp));
	bool ok = w != NULL && tmp != NULL;

	for (k = 0; ok && k < n; k++)
		w[k].known =
		    measure_worker_usual(m, k, tmp, &w[k].share, &w[k].ratio);
	for (i = 0; ok && i < buckets; i++) {
		unsigned frozen;

		if (measure_episode_of(m, i) == NULL)
			continue;
		frozen = measure_frozen(m, i, w, n);
		measure_episode_of(m, i)->frozen |= frozen > 0;
		for (k = 0; k < n; k++)
			if (w[k].known)
				measure_worker_row(m, i, k, w, n, frozen);
	}
	free(w);
	free(tmp);
	return ok;
}

/* One row for all lost lanes together. The lanes' part of a bucket is counted
 * where their hash is known, and is what is missing where it is not. */
static void
measure_lane_row(struct measure *m, size_t i, const struct balance_pair *p,
    const struct lanes *l)
{
	const struct compare_bucket *b = compare_get(m->c, i);
	double missing = (double)b->cells[m->pair].missing[m->side];
	double peer = (double)b->cells[m->pair].eligible[1 - m->side];
	bool inside = b->start_us >= l->from_us &&
	    b->start_us + m->r->width_us <= l->to_us;
	double all, seen, expected, flows;
	struct evidence *e = measure_row(m, EVIDENCE_WORKER);

	if (e == NULL)
		return;
	balance_shares(b, p, l, &all, &seen);
	expected = !isnan(all) ? all * peer
	    : inside           ? l->recall * missing / l->precision
			       : l->share * peer;
	flows =
	    !isnan(all) ? seen * peer : fmax(0, expected - l->recall * missing);
	measure_common(m, i, e);
	lanes_format(l, e->t[EVT_worker], EVIDENCE_TEXT_MAX);
	e->n[EV_worker_flows] = flows;
	e->n[EV_worker_share] = measure_share(flows, (double)b->flows[m->me]);
	e->n[EV_worker_usual] = l->share;
	e->n[EV_worker_expected] = expected;
	e->n[EV_worker_recall] =
	    measure_share((expected - flows) / l->lost, missing);
	e->n[EV_workers] = l->n;
	e->n[EV_workers_frozen] = l->lost;
}

/* Where no worker is known to stand still and no facet explains what is
 * missing, it may be a lane of the balancer. */
static bool
measure_lanes(struct measure *m)
{
	const struct balance_pair p = { m->me, m->peer,
		m->r->pairs[m->pair].relation == RELATION_SUBSET &&
		    m->side == 1 };
	struct lanes l;
	size_t k, i;

	for (k = 0; k < m->nepisodes; k++) {
		const struct measure_episode *e = &m->episodes[k];

		if (e->frozen ||
		    (e->why.precision >= 0.9 && e->why.recall >= 0.8))
			continue;
		if (!balance_find(m->c, &p, e->from, e->to, &l))
			return false;
		for (i = e->from; i < e->to && l.n > 0; i++)
			measure_lane_row(m, i, &p, &l);
	}
	return true;
}

static bool
measure_pair(struct measure *m, size_t pair, unsigned side)
{
	const struct result_pair *p = &m->r->pairs[pair];
	size_t n = compare_nbuckets(m->c), i;
	bool ok;

	m->pair = pair;
	m->side = side;
	m->me = side == 0 ? p->a : p->b;
	m->peer = side == 0 ? p->b : p->a;
	if (m->logs[m->me].unreadable || m->logs[m->peer].unreadable ||
	    m->logs[m->me].unreachable || m->logs[m->peer].unreachable)
		return true; /* says nothing about what was seen */
	m->episodes = calloc(n + 1, sizeof(*m->episodes));
	m->quiet = calloc(n + 1, sizeof(*m->quiet));
	ok = m->episodes != NULL && m->quiet != NULL;
	if (ok) {
		measure_episodes(m);
		for (i = 0; i < n; i++) {
			struct evidence *e = measure_row(m, EVIDENCE_SENSOR);

			if (e != NULL)
				measure_common(m, i, e);
			measure_facet(m, i);
		}
		ok = measure_workers(m) && measure_lanes(m) && !m->failed;
	}
	free(m->episodes);
	free(m->quiet);
	return ok;
}

static bool
measure_usual(struct measure *m)
{
	size_t n = compare_nbuckets(m->c), i, s;
	double *v = calloc(n + 1, sizeof(*v));

	if (v == NULL)
		return false;
	for (s = 0; s < m->r->nsensors; s++) {
		for (i = 0; i < n; i++)
			v[i] = (double)compare_get(m->c, i)->flows[s];
		m->usual[s] = measure_median(v, n);
	}
	free(v);
	return true;
}

/* The number of buckets that start before us. */
static size_t
measure_before(const struct measure *m, int64_t us)
{
	size_t lo = 0, hi = compare_nbuckets(m->c), mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (compare_get(m->c, mid)->start_us < us)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Records that came after their bucket was closed. */
static bool
measure_late(struct measure *m)
{
	size_t n = compare_nbuckets(m->c), s, i, k;

	for (s = 0; s < m->r->nsensors; s++) {
		m->late[s] = calloc(n + 1, sizeof(*m->late[s]));
		if (m->late[s] == NULL)
			return false;
		for (k = 0; k < m->logs[s].nlate; k++) {
			int64_t at = m->logs[s].late[k].bucket_us;

			i = measure_before(m, at);
			if (i < n && compare_get(m->c, i)->start_us == at)
				m->late[s][i]++;
		}
	}
	return true;
}

bool
measure_run(const struct compare *c, const struct result *r,
    const struct measure_sensor sensors[], const struct compare_sensor logs[],
    struct measure_rows *out)
{
	struct measure m = {
		.c = c, .r = r, .sensors = sensors, .logs = logs, .out = out
	};
	size_t p;
	bool ok;

	memset(out, 0, sizeof(*out));
	ok = measure_usual(&m) && measure_late(&m);
	for (p = 0; ok && p < r->npairs; p++)
		ok = measure_pair(&m, p, 0) && measure_pair(&m, p, 1);
	ok = ok && measure_groups(&m);
	for (p = 0; p < r->nsensors; p++)
		free(m.late[p]);
	return ok;
}
