/*
 * Hashes are tried on a few hundred host pairs first; what looks uneven there
 * is measured on some thousands, and the best one on all flows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/bytes.h"
#include "compare/lanes.h"

#define LANES_SCREEN 256 /* host pairs looked at first */
#define LANES_UNITS 2048 /* host pairs at most, with and without missing */
#define LANES_RECALL 0.7
#define LANES_PRECISION 0.5
/* Of a host pair that is missing as a whole, as many flows are; and of pairs
 * that miss any, as many are such: some have a flow from before. */
#define LANES_WHOLE 0.9
#define LANES_WHOLE_PAIRS 0.8
/* Pairs of several flows that must be there to tell whether they are whole,
 * and pairs of which both ends' widest networks are seen with others. */
#define LANES_MIN_SEVERAL 12
#define LANES_MIN_CROSSED 12
#define LANES_PLAIN 0.25
#define LANES_PLAIN_PAIRS 8192 /* looked at for that */

/* Counts by a 64-bit hash of what they are about. */
struct lanes_group {
	uint64_t id; /* 0: free */
	uint32_t flows, missing;
	uint32_t first, first_missing; /* flows; the latter if missing > 0 */
};

struct lanes_map {
	struct lanes_group *v; /* owned */
	size_t n, mask;
};

/* The flows that stand for host pairs. */
struct lanes_units {
	uint32_t missing[LANES_UNITS]; /* a missing flow each */
	uint32_t present[LANES_UNITS]; /* pairs that miss none */
	uint32_t nmissing, npresent;
	double all_missing, all_present; /* pairs that they stand for */
	uint32_t hash_missing[LANES_UNITS], hash_present[LANES_UNITS];
};

struct lanes_search {
	const struct lanes_input *in;
	struct lanes *out;
	struct lanes_map pairs;
	uint32_t *pair_of;     /* owned: slot in pairs, of each flow */
	struct lanes_units *u; /* owned */
	double missing;        /* flows */
	double hypotheses;     /* ln */
	double best;           /* ln: how unlikely the best so far is */
};

/* Pairs by lane, of those that miss a flow and of all. */
struct lanes_bins {
	double missing[LANES_MAX], all[LANES_MAX];
	double nmissing, nall;
};

/* The finaliser of splitmix64. */
static uint64_t
lanes_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t
lanes_addr(const struct flow_addr *a)
{
	return lanes_mix(lanes_mix(bytes_le64(a->b)) + bytes_le64(a->b + 8));
}

static uint64_t
lanes_pair_id(const struct hash_tuple *t)
{
	return lanes_mix(lanes_addr(&t->addr[0]) + lanes_addr(&t->addr[1])) | 1;
}

static bool
lanes_map_init(struct lanes_map *m, size_t most)
{
	size_t slots = 64;

	while (slots < 2 * most)
		slots *= 2;
	m->v = calloc(slots, sizeof(*m->v));
	m->mask = slots - 1;
	m->n = 0;
	return m->v != NULL;
}

static struct lanes_group *
lanes_map_get(struct lanes_map *m, uint64_t id)
{
	size_t at = (size_t)(id >> 16) & m->mask;

	while (m->v[at].id != 0 && m->v[at].id != id)
		at = (at + 1) & m->mask;
	m->n += m->v[at].id == 0;
	m->v[at].id = id;
	return &m->v[at];
}

static bool
lanes_group_flows(struct lanes_search *s)
{
	uint32_t i;

	if (!lanes_map_init(&s->pairs, s->in->n))
		return false;
	s->pair_of = malloc((s->in->n + 1) * sizeof(*s->pair_of));
	if (s->pair_of == NULL)
		return false;
	for (i = 0; i < s->in->n; i++) {
		const struct lanes_flow *f = &s->in->v[i];
		struct lanes_group *g =
		    lanes_map_get(&s->pairs, lanes_pair_id(&f->t));

		if (g->flows++ == 0)
			g->first = i;
		if (f->missing && g->missing++ == 0)
			g->first_missing = i;
		s->missing += f->missing;
		s->pair_of[i] = (uint32_t)(g - s->pairs.v);
	}
	return true;
}

/* In order of slots, which is that of a hash: no pair is preferred. */
static bool
lanes_pick_units(struct lanes_search *s)
{
	struct lanes_units *u = calloc(1, sizeof(*u));
	size_t i;

	s->u = u;
	if (u == NULL)
		return false;
	for (i = 0; i <= s->pairs.mask; i++) {
		const struct lanes_group *g = &s->pairs.v[i];

		if (g->id == 0)
			continue;
		if (g->missing > 0) {
			if (u->nmissing < LANES_UNITS)
				u->missing[u->nmissing++] = g->first_missing;
			u->all_missing++;
		} else {
			if (u->npresent < LANES_UNITS)
				u->present[u->npresent++] = g->first;
			u->all_present += s->in->weight;
		}
	}
	return true;
}

static double
lanes_log_ratio(double x, double q)
{
	return x > 0 ? x * log(x / q) : 0;
}

static double
lanes_divergence(double x, double q)
{
	return lanes_log_ratio(x, q) + lanes_log_ratio(1 - x, 1 - q);
}

/* The lanes 0 .. n-1, those that miss most of their pairs first. */
static void
lanes_rank(const struct lanes_bins *b, unsigned n, uint8_t order[LANES_MAX])
{
	double part[LANES_MAX];
	unsigned i, k;

	for (i = 0; i < n; i++) {
		part[i] = b->all[i] > 0 ? b->missing[i] / b->all[i] : 0;
		for (k = i; k > 0 && part[order[k - 1]] < part[i]; k--)
			order[k] = order[k - 1];
		order[k] = (uint8_t)i;
	}
}

struct lanes_choice {
	double score; /* M KL(x||q) - ln C(N,k) */
	uint64_t which;
	unsigned lost;
};

/* The set of lanes that chance is least likely to give. */
static struct lanes_choice
lanes_choose(const struct lanes_bins *b, unsigned n)
{
	struct lanes_choice best = { 0, 0, 0 };
	uint8_t order[LANES_MAX];
	double missing = 0, all = 0, choices = 0, score;
	uint64_t which = 0;
	unsigned k;

	lanes_rank(b, n, order);
	for (k = 1; k < n; k++) {
		double x, q;

		which |= UINT64_C(1) << order[k - 1];
		missing += b->missing[order[k - 1]];
		all += b->all[order[k - 1]];
		choices += log((double)(n - k + 1) / k);
		x = missing / b->nmissing;
		q = all / b->nall;
		if (q >= 1 || x <= q)
			continue;
		score =
		    b->nmissing * lanes_divergence(x < 1 ? x : 1, q) - choices;
		if (score > best.score)
			best = (struct lanes_choice){ score, which, k };
	}
	return best;
}

static void
lanes_hash_units(struct lanes_units *u, const struct lanes_input *in,
    const struct hash_def *h, bool all)
{
	uint32_t i, from = all && u->nmissing > LANES_SCREEN ? LANES_SCREEN : 0;
	uint32_t to =
	    all || u->nmissing < LANES_SCREEN ? u->nmissing : LANES_SCREEN;

	if (all && u->nmissing <= LANES_SCREEN)
		from = to;
	for (i = from; i < to; i++)
		u->hash_missing[i] = h->value(h, &in->v[u->missing[i]].t);
	for (i = 0; all && i < u->npresent; i++)
		u->hash_present[i] = h->value(h, &in->v[u->present[i]].t);
}

/* Whether the first pairs are spread too unevenly for chance: Pearson's chi
 * square is three of its deviations above its mean. Sparing, not deciding. */
static bool
lanes_is_uneven(const struct lanes_units *u, enum hash_reduce r, unsigned n)
{
	uint32_t count[LANES_MAX] = { 0 }, i;
	uint32_t m = u->nmissing < LANES_SCREEN ? u->nmissing : LANES_SCREEN;
	double sum = 0;

	for (i = 0; i < m; i++)
		count[hashes_lane(r, u->hash_missing[i], n)]++;
	for (i = 0; i < n; i++)
		sum += (double)count[i] * count[i];
	return sum * n / m - m > n - 1 + 3 * sqrt(2.0 * (n - 1));
}

static void
lanes_count_units(const struct lanes_units *u, enum hash_reduce r, unsigned n,
    struct lanes_bins *b)
{
	double wm = u->all_missing / u->nmissing;
	double wp = u->npresent > 0 ? u->all_present / u->npresent : 0;
	uint32_t i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < u->nmissing; i++) {
		unsigned lane = hashes_lane(r, u->hash_missing[i], n);

		b->missing[lane]++;
		b->all[lane] += wm;
	}
	for (i = 0; i < u->npresent; i++)
		b->all[hashes_lane(r, u->hash_present[i], n)] += wp;
	b->nmissing = u->nmissing;
	b->nall = u->all_missing + u->all_present;
}

/* A table whose length is a multiple of n reduces as the modulus does. */
static bool
lanes_is_new(const struct hash_def *h, enum hash_reduce r, unsigned n)
{
	return r == HASH_MODULO || (h->tables && (n & (n - 1)) != 0);
}

static double
lanes_hypotheses(void)
{
	unsigned n, r;
	size_t i, count = 0;

	for (i = 0; i < hash_table_len; i++)
		for (r = 0; r < HASH_NREDUCES; r++)
			for (n = LANES_MIN; n <= LANES_MAX; n++)
				count += lanes_is_new(
				    &hash_table[i], (enum hash_reduce)r, n);
	/* cppcheck-suppress invalidFunctionArg; the table is not empty */
	return log((double)count);
}

/* Fewer lanes first, so that of equals the smallest number is kept. */
static void
lanes_try(struct lanes_search *s, const struct hash_def *h)
{
	bool hashed = false;
	unsigned n, r;

	lanes_hash_units(s->u, s->in, h, false);
	for (n = LANES_MIN; n <= LANES_MAX; n++) {
		for (r = 0; r < HASH_NREDUCES; r++) {
			enum hash_reduce reduce = (enum hash_reduce)r;
			struct lanes_bins b;
			struct lanes_choice c;

			if (!lanes_is_new(h, reduce, n) ||
			    !lanes_is_uneven(s->u, reduce, n))
				continue;
			if (!hashed)
				lanes_hash_units(s->u, s->in, h, true);
			hashed = true;
			lanes_count_units(s->u, reduce, n, &b);
			c = lanes_choose(&b, n);
			if (c.score <= s->best + 1e-6)
				continue;
			s->best = c.score;
			s->out->hash = h;
			s->out->reduce = reduce;
			s->out->n = n;
			s->out->lost = c.lost;
			s->out->which = c.which;
		}
	}
}

static int
lanes_compare_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool
lanes_is_in(const struct lanes *l, const struct hash_tuple *t)
{
	if (l->hash == NULL)
		return true;
	return l->which >>
	    hashes_lane(l->reduce, l->hash->value(l->hash, t), l->n) &
	    1;
}

/* When flows of these lanes were missing, without the first and the last
 * sixteenth: others are missing by chance at any time. */
static bool
lanes_time(
    const struct lanes_search *s, const uint8_t *in_lane, struct lanes *out)
{
	int64_t *at = malloc(((size_t)s->missing + 1) * sizeof(*at));
	size_t i, n = 0;

	if (at == NULL)
		return false;
	for (i = 0; i < s->in->n; i++)
		if (s->in->v[i].missing && in_lane[i] != 0)
			at[n++] = s->in->v[i].at_us;
	qsort(at, n, sizeof(*at), lanes_compare_i64);
	out->from_us = n == 0 ? 0 : at[n / 16];
	out->to_us = n == 0 ? 0 : at[n - 1 - n / 16];
	free(at);
	return true;
}

/* Shares of flows, the one by one truth about the lanes chosen. */
static bool
lanes_measure(const struct lanes_search *s, struct lanes *out)
{
	uint8_t *in_lane = malloc(s->in->n + 1);
	double all = 0, lane = 0, missing_lane = 0;
	double now[2] = { 0, 0 }, missing[2] = { 0, 0 }; /* all, in lanes */
	size_t i;
	bool ok = in_lane != NULL;

	for (i = 0; ok && i < s->in->n; i++)
		in_lane[i] = lanes_is_in(out, &s->in->v[i].t);
	ok = ok && lanes_time(s, in_lane, out);
	for (i = 0; ok && i < s->in->n; i++) {
		const struct lanes_flow *f = &s->in->v[i];
		double w = f->missing ? 1 : s->in->weight;

		all += w;
		lane += in_lane[i] ? w : 0;
		missing_lane += in_lane[i] && f->missing;
		if (f->at_us < out->from_us || f->at_us > out->to_us)
			continue;
		now[0] += w;
		now[1] += in_lane[i] ? w : 0;
		missing[0] += f->missing;
		missing[1] += in_lane[i] && f->missing;
	}
	free(in_lane);
	if (!ok)
		return false;
	out->share = lane / all;
	out->recall = missing_lane / s->missing;
	out->precision = now[1] > 0 ? missing[1] / now[1] : 0;
	out->lift = missing[0] > 0 ? out->precision * now[0] / missing[0] : 0;
	return true;
}

/*
 * What else may tell the missing host pairs apart: networks of originator or
 * responder of four lengths, alone and with the port; family, protocol, port;
 * the second and the ten seconds.
 */
enum lanes_attribute {
	LANES_NETS,      /* four lengths; the last is the host itself */
	LANES_NETS_PORT, /* four more */
	LANES_FAMILY = 8,
	LANES_PROTO,
	LANES_PORT,
	LANES_SECOND,
	LANES_TEN_SECONDS,
	LANES_NATTRIBUTES
};

static uint64_t
lanes_net(const struct flow_addr *a, unsigned level)
{
	static const uint8_t v4[4] = { 13, 14, 15, 16 },
			     v6[4] = { 4, 6, 8, 16 };
	unsigned keep = flow_addr_is_v4(a) ? v4[level] : v6[level];
	struct flow_addr net = { { 0 } };

	memcpy(net.b, a->b, keep);
	return lanes_addr(&net);
}

/* What the flow has of it; of networks there are two. Returns how many. */
static unsigned
lanes_values(const struct lanes_flow *f, unsigned attribute, uint64_t v[2])
{
	const struct hash_tuple *t = &f->t;
	uint64_t port = t->port[0] < t->port[1] ? t->port[0] : t->port[1];
	unsigned i, n = attribute < LANES_FAMILY ? 2 : 1;

	for (i = 0; i < 2; i++) {
		switch (attribute) {
		case LANES_FAMILY:
			v[i] = flow_addr_is_v4(&t->addr[0]);
			break;
		case LANES_PROTO:
			v[i] = t->proto;
			break;
		case LANES_PORT:
			v[i] = port;
			break;
		case LANES_SECOND:
			v[i] = (uint64_t)(f->at_us / US_PER_S);
			break;
		case LANES_TEN_SECONDS:
			v[i] = (uint64_t)(f->at_us / (10 * US_PER_S));
			break;
		default:
			v[i] = lanes_net(&t->addr[i], attribute % 4) + i;
			v[i] += attribute >= LANES_NETS_PORT ? port + 1 : 0;
			break;
		}
		v[i] = lanes_mix(v[i] + attribute) | 1;
	}
	return n;
}

/* Most of the pair's flows are missing. */
static bool
lanes_is_lost(const struct lanes_group *g)
{
	return g->missing * 2 > g->flows;
}

struct lanes_plain {
	double pairs, lost; /* host pairs; those of which most is missing */
	double plain;       /* of lost, what the best attribute tells */
	uint32_t crossed;   /* of lost: others of both ends' networks are not */
	size_t slots;       /* of the map of pairs: these are looked at */
};

/* Counts host pairs by one attribute, then those of values that are lost. */
static void
lanes_plain_of(const struct lanes_search *s, unsigned attribute,
    struct lanes_map *m, struct lanes_plain *p)
{
	double need = fmin(64, fmax(4, log(1e-3) / log(p->lost / p->pairs)));
	double told = 0;
	uint64_t v[2];
	size_t i, pass;
	unsigned k, n;

	memset(m->v, 0, (m->mask + 1) * sizeof(*m->v));
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < p->slots; i++) {
			const struct lanes_group *g = &s->pairs.v[i];
			unsigned all = 0, mixed = 0;

			if (g->flows == 0 || (pass == 1 && !lanes_is_lost(g)))
				continue;
			n = lanes_values(&s->in->v[g->first], attribute, v);
			for (k = 0; k < n; k++) {
				struct lanes_group *x = lanes_map_get(m, v[k]);

				x->flows += pass == 0;
				x->missing += pass == 0 && lanes_is_lost(g);
				all += x->flows >= need &&
				    x->missing >= 0.95 * x->flows;
				mixed += x->missing < x->flows;
			}
			told += pass == 1 && all > 0;
			p->crossed +=
			    pass == 1 && attribute == LANES_NETS && mixed == 2;
		}
	}
	p->plain = fmax(p->plain, told / p->lost);
}

/* Counts the pairs anew, of the time in which flows were missing. */
static void
lanes_recount(struct lanes_search *s)
{
	const struct lanes *out = s->out;
	uint32_t i;

	for (i = 0; i <= s->pairs.mask; i++)
		s->pairs.v[i].flows = s->pairs.v[i].missing = 0;
	for (i = 0; i < s->in->n; i++) {
		const struct lanes_flow *f = &s->in->v[i];
		struct lanes_group *g = &s->pairs.v[s->pair_of[i]];

		if (f->at_us < out->from_us || f->at_us > out->to_us)
			continue;
		if (g->flows++ == 0)
			g->first = i;
		g->missing += f->missing;
	}
}

/* After lanes_recount(). The first slots of the map are a sample by hash. */
static bool
lanes_find_plain(const struct lanes_search *s, struct lanes_plain *p)
{
	struct lanes_map m;
	size_t seen = 0;
	unsigned a;

	memset(p, 0, sizeof(*p));
	while (p->slots <= s->pairs.mask && seen < LANES_PLAIN_PAIRS) {
		const struct lanes_group *g = &s->pairs.v[p->slots++];

		if (g->flows == 0)
			continue;
		seen++;
		p->lost += lanes_is_lost(g);
		p->pairs += g->missing > 0 ? 1 : s->in->weight;
	}
	if (p->lost == 0 || p->lost >= p->pairs)
		return true;
	if (!lanes_map_init(&m, 2 * seen))
		return false;
	for (a = 0; a < LANES_NATTRIBUTES; a++)
		lanes_plain_of(s, a, &m, p);
	free(m.v);
	return true;
}

/* Pairs of two flows and more, of which one at least is missing; how many of
 * these are missing as a whole; and flows of all pairs. */
struct lanes_whole {
	double several, whole;
	double flows, missing, lost_flows, lost_missing;
};

static struct lanes_whole
lanes_count_whole(const struct lanes_search *s)
{
	struct lanes_whole w = { 0 };
	size_t i;

	for (i = 0; i <= s->pairs.mask; i++) {
		const struct lanes_group *g = &s->pairs.v[i];

		w.flows += g->missing > 0 ? g->flows : g->flows * s->in->weight;
		w.missing += g->missing;
		if (lanes_is_lost(g)) {
			w.lost_flows += g->flows;
			w.lost_missing += g->missing;
		}
		if (g->flows < 2 || g->missing == 0)
			continue;
		w.several++;
		w.whole += g->missing >= LANES_WHOLE * g->flows;
	}
	return w;
}

/* The smallest number of lanes of which some make up the share. */
static void
lanes_guess(struct lanes *out, double pairs)
{
	double error = 3 * sqrt(out->share * (1 - out->share) / pairs);
	unsigned n;

	out->n = out->lost = 0;
	for (n = LANES_MIN; n <= LANES_MAX && out->n == 0; n++) {
		double k = floor(out->share * n + 0.5);

		if (k < 1 || k >= n || fabs(out->share - k / n) > error)
			continue;
		out->n = n;
		out->lost = (unsigned)k;
	}
}

/*
 * Were flows lost by luck, of a pair that misses one the others would be
 * missing as often as any. Here they all are; and the networks of both
 * ends are seen otherwise.
 */
static bool
lanes_judge_pairs(struct lanes_search *s)
{
	struct lanes_whole w = lanes_count_whole(s);
	struct lanes *out = s->out;
	struct lanes_plain p;
	double x, rate, score;

	if (w.several < LANES_MIN_SEVERAL || w.missing >= w.flows)
		return true;
	x = w.whole / w.several;
	rate = w.missing / w.flows;
	score = x > rate ? w.several * lanes_divergence(x, rate) : 0;
	out->recall = w.lost_missing / w.missing;
	out->precision = w.lost_missing / w.lost_flows;
	out->lift = out->precision / rate;
	out->chance_log10 = -score / log(10);
	if (x < LANES_WHOLE_PAIRS || out->recall < LANES_RECALL ||
	    out->chance_log10 > log10(LANES_PAIR_CHANCE))
		return true;
	if (!lanes_find_plain(s, &p))
		return false;
	out->plain = p.plain;
	if (p.crossed < LANES_MIN_CROSSED || p.plain > LANES_PLAIN)
		return true;
	out->kind = LANES_HOST_PAIRS;
	out->share = p.lost / p.pairs;
	lanes_guess(out, p.pairs);
	return true;
}

static bool
lanes_try_pairs(struct lanes_search *s)
{
	uint8_t *every = malloc(s->in->n + 1);
	bool ok = every != NULL;

	*s->out = (struct lanes){ .pairs = s->out->pairs };
	if (ok) {
		memset(every, 1, s->in->n + 1);
		ok = lanes_time(s, every, s->out);
	}
	free(every);
	if (!ok)
		return false;
	lanes_recount(s);
	return lanes_judge_pairs(s);
}

static bool
lanes_try_hashes(struct lanes_search *s)
{
	struct lanes *out = s->out;
	struct lanes_plain p;
	size_t i;

	s->hypotheses = lanes_hypotheses();
	for (i = 0; i < hash_table_len; i++)
		lanes_try(s, &hash_table[i]);
	out->chance_log10 = -(s->best - s->hypotheses) / log(10);
	if (out->hash == NULL || out->chance_log10 > log10(LANES_CHANCE))
		return true;
	if (!lanes_measure(s, out))
		return false;
	if (out->recall < LANES_RECALL || out->precision < LANES_PRECISION)
		return true;
	lanes_recount(s);
	if (!lanes_find_plain(s, &p))
		return false;
	out->plain = p.plain;
	out->kind = LANES_HASH;
	return true;
}

bool
lanes_find(const struct lanes_input *in, struct lanes *out)
{
	struct lanes_search s = { .in = in, .out = out };
	bool ok;

	INVARIANT(in->n < UINT32_MAX && in->weight >= 1);
	memset(out, 0, sizeof(*out));
	ok = lanes_group_flows(&s) && lanes_pick_units(&s);
	if (ok) {
		out->pairs = (uint32_t)s.u->all_missing;
		if (out->pairs >= LANES_MIN_PAIRS) {
			ok = lanes_try_hashes(&s);
			if (ok && out->kind == LANES_NONE)
				ok = lanes_try_pairs(&s);
		}
	}
	free(s.pairs.v);
	free(s.pair_of);
	free(s.u);
	return ok;
}

void
lanes_format(const struct lanes *l, char *out, size_t n)
{
	static const char *const tables[HASH_NREDUCES] = { "", ", table of 128",
		", table of 512" };

	out[0] = '\0';
	if (l->kind == LANES_HASH)
		(void)snprintf(out, n, "%u lane%s of %u (%s, %s%s)", l->lost,
		    l->lost == 1 ? "" : "s", l->n, l->hash->name,
		    hash_over_name(l->hash->over), tables[l->reduce]);
	else if (l->kind == LANES_HOST_PAIRS && l->n > 0)
		(void)snprintf(out, n, "about %u lane%s of %u (by host pair)",
		    l->lost, l->lost == 1 ? "" : "s", l->n);
	else if (l->kind == LANES_HOST_PAIRS)
		(void)snprintf(out, n, "%.2g of the host pairs", l->share);
}
