/*
 * A merge of two sorted lists; groups of one tuple are paired in order of
 * start, the nearest first where one side has more.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/pairing.h"

bool
leftovers_add(struct leftovers *l, const struct entry *e, int64_t bucket_us,
    unsigned pair, unsigned side, enum leftover_kind kind)
{
	if (l->n == l->max)
		return false;
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 1024 : 2 * l->cap;
		struct leftover *v = realloc(l->v, cap * sizeof(*v));

		if (v == NULL) {
			l->failed = true;
			return false;
		}
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = (struct leftover){ *e, bucket_us, (uint8_t)pair,
		(uint8_t)side, (uint8_t)kind, 0 };
	return true;
}

void
leftovers_clear(struct leftovers *l)
{
	free(l->v);
	l->v = NULL;
	l->n = l->cap = 0;
}

/* A fifth of a long direction is gone; the packets here are like the peer's. */
static bool
pairing_is_cut(uint32_t h, uint32_t hb, uint32_t p, uint32_t pb)
{
	return p >= PAIRING_LONG_PACKETS && h > 0 && h <= p - p / 5 &&
	    2 * (hb / h) >= pb / p;
}

/* One direction of a flow: dir 0 = packets of the low endpoint. */
static void
pairing_direction(const struct entry *here, const struct entry *peer,
    unsigned dir, struct pairing_side *s, bool *random, bool *cut)
{
	uint32_t h = entry_pkts_of(here, dir), p = entry_pkts_of(peer, dir);
	uint32_t hb = entry_bytes_of(here, dir);
	uint32_t pb = entry_bytes_of(peer, dir);
	bool orig_high = (peer->class_bits & ENTRY_ORIG_HIGH) != 0;
	unsigned by = orig_high != (dir == 1); /* 0: the originator's */
	unsigned local =
	    peer->class_bits & (ENTRY_LOCAL_ORIG | ENTRY_LOCAL_RESP);

	s->peer_packets += p;
	entry_count_large(p, pb, s->large_peer);
	if (h >= p)
		return;
	s->lost_packets += p - h;
	if (pb > hb)
		entry_count_large(p - h, pb - hb, s->large_lost);
	*cut |= pairing_is_cut(h, hb, p, pb);
	if (h > 0) {
		*random = true;
		return;
	}
	s->onesided[by]++;
	if (local == ENTRY_LOCAL_ORIG || local == ENTRY_LOCAL_RESP) {
		if ((local == ENTRY_LOCAL_ORIG) == (by == 0))
			s->onesided_out++;
		else
			s->onesided_in++;
	}
}

/* How many times as many packets are here, in each direction that has any; 0
 * if that is not one whole number. */
static unsigned
pairing_multiple(const struct entry *here, const struct entry *peer)
{
	unsigned dir, k = 0;

	for (dir = 0; dir < 2; dir++) {
		uint32_t h = entry_pkts_of(here, dir);
		uint32_t p = entry_pkts_of(peer, dir);

		if (h == 0 && p == 0)
			continue;
		if (p == 0 || h % p != 0 || (k != 0 && h / p != k))
			return 0;
		k = h / p;
	}
	return k;
}

static void
pairing_side_damage(
    const struct entry *here, const struct entry *peer, struct pairing_side *s)
{
	unsigned k = pairing_multiple(here, peer);
	const unsigned csum = ENTRY_CSUM_ORIG | ENTRY_CSUM_RESP;
	bool random = false, cut = false;
	uint64_t lost = s->lost_packets;
	unsigned dir;

	for (dir = 0; dir < 2; dir++)
		pairing_direction(here, peer, dir, s, &random, &cut);
	if (k >= 2 && k <= 5)
		s->multiple[k - 2]++;
	if (entry_pkts_of(here, 0) >= entry_pkts_of(peer, 0) &&
	    entry_pkts_of(here, 1) >= entry_pkts_of(peer, 1))
		return;
	s->damaged++;
	s->random += random;
	s->cut += cut;
	s->cut_lost += cut ? s->lost_packets - lost : 0;
	s->gap += (here->proto_state & ~peer->proto_state & ENTRY_GAP) != 0;
	s->repeat +=
	    (peer->proto_state & ~here->proto_state & ENTRY_REXMIT) != 0;
	s->checksum +=
	    (here->class_bits & csum) != 0 && (peer->class_bits & csum) == 0;
}

void
pairing_damage(const struct entry *a, const struct entry *b,
    enum pairing_age age, struct pairing *out)
{
	unsigned dir;
	bool damaged = false;

	if ((a->class_bits & b->class_bits & ENTRY_COUNTS) == 0)
		return;
	for (dir = 0; dir < 2; dir++)
		damaged |= entry_pkts_of(a, dir) != entry_pkts_of(b, dir);
	out->damaged += damaged;
	if (age == PAIRING_OLD)
		return;
	out->fresh++;
	pairing_side_damage(a, b, &out->side[0]);
	pairing_side_damage(b, a, &out->side[1]);
}

struct pairing_state {
	const struct pairing_input *in;
	struct pairing *out;
	struct pairing_offsets *offsets;
	struct leftovers *left;
};

static void
pairing_leave(struct pairing_state *st, const struct entry *e, unsigned side,
    enum leftover_kind kind)
{
	if (!leftovers_add(
		st->left, e, st->in->bucket_us, st->in->pair, side, kind) &&
	    kind == LEFTOVER_LONE)
		st->out->overflow[side]++;
}

static void
pairing_match(
    struct pairing_state *st, const struct entry *a, const struct entry *b)
{
	struct pairing *out = st->out;
	int64_t sa = entry_start_us(a, 0), sb = entry_start_us(b, 0);
	bool fresh = sa >= 0;
	uint64_t before = out->damaged;

	out->paired++;
	if (st->offsets->n < PAIRING_OFFSETS)
		st->offsets->us[st->offsets->n++] = sb - sa;
	pairing_damage(a, b, fresh ? PAIRING_FRESH : PAIRING_OLD, out);
	if (out->damaged != before) {
		pairing_leave(st, a, 0, LEFTOVER_CONTEXT);
		pairing_leave(st, b, 1, LEFTOVER_CONTEXT);
	}
}

static int64_t
pairing_distance(const struct entry *a, const struct entry *b)
{
	int64_t d = entry_start_us(a, 0) - entry_start_us(b, 0);

	return d < 0 ? -d : d;
}

/* One tuple: na of a, nb of b, each by start. */
static void
pairing_group(struct pairing_state *st, const struct entry *const *a, size_t na,
    const struct entry *const *b, size_t nb)
{
	size_t i = 0, j = 0;

	while (i < na && j < nb) {
		int64_t d = pairing_distance(a[i], b[j]);

		if (na - i > nb - j && pairing_distance(a[i + 1], b[j]) < d)
			pairing_leave(st, a[i++], 0, LEFTOVER_LONE);
		else if (nb - j > na - i &&
		    pairing_distance(a[i], b[j + 1]) < d)
			pairing_leave(st, b[j++], 1, LEFTOVER_LONE);
		else if (d <= PAIRING_START_US)
			pairing_match(st, a[i++], b[j++]);
		else if (entry_start_us(a[i], 0) < entry_start_us(b[j], 0))
			pairing_leave(st, a[i++], 0, LEFTOVER_LONE);
		else
			pairing_leave(st, b[j++], 1, LEFTOVER_LONE);
	}
	while (i < na)
		pairing_leave(st, a[i++], 0, LEFTOVER_LONE);
	while (j < nb)
		pairing_leave(st, b[j++], 1, LEFTOVER_LONE);
}

static size_t
pairing_run_length(const struct entry *const *v, size_t i, size_t n)
{
	size_t j = i + 1;

	while (j < n && v[j]->key == v[i]->key)
		j++;
	return j - i;
}

void
pairing_run(const struct pairing_input *in, struct pairing *out,
    struct pairing_offsets *offsets, struct leftovers *left)
{
	/* cppcheck-suppress ctuuninitvar; it is filled here */
	struct pairing_state st = { in, out, offsets, left };
	const struct entry *const *a = in->v[0];
	const struct entry *const *b = in->v[1];
	size_t i = 0, j = 0;

	memset(out, 0, sizeof(*out));
	offsets->n = 0;
	while (i < in->n[0] || j < in->n[1]) {
		size_t na = 0, nb = 0;

		entries_prefetch(a, i, in->n[0]);
		entries_prefetch(b, j, in->n[1]);
		if (i < in->n[0] && (j == in->n[1] || a[i]->key <= b[j]->key))
			na = pairing_run_length(a, i, in->n[0]);
		if (j < in->n[1] && (i == in->n[0] || b[j]->key <= a[i]->key))
			nb = pairing_run_length(b, j, in->n[1]);
		pairing_group(&st, na == 0 ? NULL : a + i, na,
		    nb == 0 ? NULL : b + j, nb);
		i += na;
		j += nb;
	}
}

static int
pairing_compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void
pairing_offset(
    struct pairing_offsets *o, int64_t *offset_us, int64_t *spread_us)
{
	uint32_t i;

	INVARIANT(o->n > 0);
	qsort(o->us, o->n, sizeof(o->us[0]), pairing_compare);
	*offset_us = o->us[o->n / 2];
	for (i = 0; i < o->n; i++) {
		int64_t d = o->us[i] - *offset_us;

		o->us[i] = d < 0 ? -d : d;
	}
	qsort(o->us, o->n, sizeof(o->us[0]), pairing_compare);
	*spread_us = o->us[o->n / 2];
}
