/*
 * The walk over a key's symbols, and peeling. Beyond the first 64 the next
 * index is drawn from the exact distribution of the gap,
 * P(next > j | at i) = C(i) / C(j) with
 * C(x) = (x+1)(x+2), which follows from the product of the probabilities that
 * j is not held, 1 - 2/(j+2).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "digest/sketch_symbol.h"

/* A bijection of 64 bits with good diffusion (murmur3's finaliser). */
static ALWAYS_INLINE uint64_t
sketch_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	x ^= x >> 33;
	return x;
}

void
sketch_walk_start(struct sketch_walk *w, uint64_t key)
{
	w->mask = sketch_mask(key);
	w->state = sketch_mix(key);
	w->at = 63;
}

/* The smallest j with C(j) >= t. sqrt() only guesses; the integer comparison
 * decides, so that rounding cannot matter. */
static uint64_t
sketch_root(uint64_t t)
{
	uint64_t j = (uint64_t)sqrt((double)t);

	while ((j + 1) * (j + 2) >= t && j > 0)
		j--;
	while ((j + 1) * (j + 2) < t)
		j++;
	return j;
}

uint32_t
sketch_walk_next(struct sketch_walk *w, uint32_t limit)
{
	uint64_t c, t, j;
	uint32_t i;

	if (w->mask != 0) {
		i = (uint32_t)__builtin_ctzll(w->mask);
		w->mask &= w->mask - 1;
		return i < limit ? i : UINT32_MAX;
	}
	if (w->at >= limit)
		return UINT32_MAX;
	w->state = sketch_mix(w->state + UINT64_C(0x9e3779b97f4a7c15));
	/* u = (r + 1) / 2^22 in (0, 1]: C(next) >= C(at) / u */
	c = ((uint64_t)w->at + 1) * ((uint64_t)w->at + 2);
	t = (c << 22) / ((w->state >> 42) + 1);
	j = sketch_root(t);
	if (j <= w->at)
		j = (uint64_t)w->at + 1;
	w->at = j < SKETCH_MAX ? (uint32_t)j : SKETCH_MAX;
	return w->at < limit ? w->at : UINT32_MAX;
}

static void
sketch_put(struct sketch *s, uint64_t sign, uint64_t key)
{
	uint64_t check = sketch_check(key);
	struct sketch_walk w;
	uint32_t i;

	sketch_walk_start(&w, key);
	while ((i = sketch_walk_next(&w, s->m)) != UINT32_MAX)
		sketch_apply(s->symbols + i, sign, key, check);
}

void
sketch_add(struct sketch *s, uint64_t key)
{
	sketch_put(s, 1, key);
}

bool
sketch_init(struct sketch *s, uint32_t m)
{
	INVARIANT(m > 0 && m <= SKETCH_MAX);
	s->m = m;
	s->check32 = false;
	s->symbols = calloc(m, sizeof(*s->symbols));
	return s->symbols != NULL;
}

void
sketch_clear(struct sketch *s)
{
	free(s->symbols);
	s->symbols = NULL;
	s->m = 0;
}

void
sketch_diff_clear(struct sketch_diff *d)
{
	free(d->keys);
	memset(d, 0, sizeof(*d));
}

void
sketch_subtract(struct sketch *a, const struct sketch *b)
{
	uint32_t i;

	INVARIANT(a->m == b->m && a->check32 == b->check32);
	for (i = 0; i < a->m; i++) {
		a->symbols[i].count -= b->symbols[i].count;
		a->symbols[i].sum -= b->symbols[i].sum;
		a->symbols[i].check -= b->symbols[i].check;
	}
}

static uint64_t
sketch_check_mask(const struct sketch *s)
{
	return s->check32 ? UINT32_MAX : UINT64_MAX;
}

/* 1: holds one key of a; -1: one of b; 0: neither. */
static int
sketch_pure(const struct sketch *d, uint32_t at)
{
	const struct sketch_symbol *s = &d->symbols[at];
	uint64_t mask = sketch_check_mask(d);

	if (s->count == 1 && ((s->check ^ sketch_check(s->sum)) & mask) == 0)
		return 1;
	if (s->count == UINT64_MAX &&
	    (((0 - s->check) ^ sketch_check(0 - s->sum)) & mask) == 0)
		return -1;
	return 0;
}

static bool
sketch_is_zero(const struct sketch *d)
{
	uint64_t any = 0, mask = sketch_check_mask(d);
	uint32_t i;

	for (i = 0; i < d->m; i++)
		any |= d->symbols[i].count | d->symbols[i].sum |
		    (d->symbols[i].check & mask);
	return any == 0;
}

struct sketch_peel {
	uint64_t *a, *b; /* keys found, of either side */
	uint32_t *todo;  /* symbols that may have become pure */
	size_t na, nb, ntodo, max;
};

/* Takes a key out of every symbol that holds it. A symbol is put on the list
 * at most once for each key, so the list is bounded by what was peeled. */
static bool
sketch_peel_one(struct sketch *d, uint32_t at, struct sketch_peel *p)
{
	int side = sketch_pure(d, at);
	uint64_t key, sign;
	struct sketch_walk w;
	uint32_t i;

	if (side == 0)
		return true;
	if (p->na + p->nb == p->max)
		return false;
	key = side > 0 ? d->symbols[at].sum : 0 - d->symbols[at].sum;
	if (side > 0)
		p->a[p->na++] = key;
	else
		p->b[p->nb++] = key;
	sign = side > 0 ? UINT64_MAX : 1;
	sketch_walk_start(&w, key);
	while ((i = sketch_walk_next(&w, d->m)) != UINT32_MAX) {
		sketch_apply(d->symbols + i, sign, key, sketch_check(key));
		if (p->ntodo < d->m && sketch_pure(d, i) != 0)
			p->todo[p->ntodo++] = i;
	}
	return true;
}

static enum sketch_status
sketch_peel_all(struct sketch *d, struct sketch_peel *p)
{
	uint32_t i;
	bool again = true;

	/* the list may overflow; a further sweep finds what it lost */
	while (again) {
		again = false;
		for (i = 0; i < d->m; i++) {
			if (sketch_pure(d, i) == 0)
				continue;
			again = true;
			p->todo[p->ntodo++] = i;
			while (p->ntodo > 0)
				if (!sketch_peel_one(d, p->todo[--p->ntodo], p))
					return SKETCH_TOO_LARGE;
		}
	}
	return sketch_is_zero(d) ? SKETCH_DECODED : SKETCH_NEED_MORE;
}

enum sketch_status
sketch_decode(struct sketch *d, size_t max, struct sketch_diff *out)
{
	struct sketch_peel p = { NULL, NULL, NULL, 0, 0, 0, max };
	enum sketch_status status = SKETCH_NO_MEMORY;

	memset(out, 0, sizeof(*out));
	/* every peeled key frees at least one symbol: m bounds them all, but
	 * for keys that a corrupt sketch makes up, which max stops */
	if (p.max > d->m)
		p.max = d->m;
	p.a = calloc(2 * p.max + 1, sizeof(*p.a));
	p.b = calloc(p.max + 1, sizeof(*p.b));
	p.todo = calloc((size_t)d->m + 1, sizeof(*p.todo));
	if (p.a != NULL && p.b != NULL && p.todo != NULL) {
		status = sketch_peel_all(d, &p);
		if (status == SKETCH_TOO_LARGE && max > d->m)
			status = SKETCH_CORRUPT;
	}
	if (status == SKETCH_DECODED) {
		memcpy(p.a + p.na, p.b, p.nb * sizeof(*p.a));
		*out = (struct sketch_diff){ p.a, p.na, p.nb };
		p.a = NULL;
	}
	free(p.a);
	free(p.b);
	free(p.todo);
	return status;
}

const char *
sketch_status_name(enum sketch_status s)
{
	static const char *const names[] = { "decoded", "need more",
		"too large", "corrupt", "out of memory" };

	return names[s];
}

double
sketch_estimate(const struct sketch *d)
{
	double delta = (double)(int64_t)d->symbols[0].count, sum = 0;
	uint32_t i;

	for (i = 1; i < d->m; i++) {
		double p = 2.0 / (i + 2);
		double off = (double)(int64_t)d->symbols[i].count - delta * p;

		sum += off * off / (p * (1 - p)); /* of one key: 1 */
	}
	delta = delta < 0 ? -delta : delta;
	return d->m > 1 && sum / (d->m - 1) > delta ? sum / (d->m - 1) : delta;
}
