#include "compare/thin.h"

static uint64_t
thin_less(uint64_t all, uint64_t some)
{
	return all > some ? all - some : 0;
}

static void
thin_scale(uint64_t *v, size_t bytes, uint64_t weight)
{
	size_t i;

	for (i = 0; i < bytes / sizeof(*v); i++)
		v[i] *= weight;
}

/* Fresh flows of a bin that are not in its entries: those of the peer's rows
 * are in the counts of the pairing already. */
static struct entry_fresh
thin_rest(const struct bin *bin)
{
	struct entry_fresh rest = bin->thin->fresh, some = { 0, 0, { 0 } };
	const struct entry_block *b;
	size_t i, k;

	for (b = bin->entries.first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			entry_fresh_add(&some, &b->e[i]);
	rest.flows = thin_less(rest.flows, some.flows);
	rest.packets = thin_less(rest.packets, some.packets);
	for (k = 0; k < ENTRY_NLARGE; k++)
		rest.large[k] = thin_less(rest.large[k], some.large[k]);
	return rest;
}

_Static_assert(sizeof(struct pairing) % sizeof(uint64_t) == 0,
    "a pairing is made of counts");

void
thin_add_equal(struct pairing *p, const struct bin *a, const struct bin *b)
{
	const struct bin *bins[2] = { a, b };
	struct entry_fresh rest;
	unsigned side, k;

	INVARIANT(a->thin->weight == b->thin->weight);
	if (a->thin->weight > 1) {
		thin_scale((uint64_t *)(void *)p, sizeof(*p), a->thin->weight);
		return;
	}
	p->paired += a->thin->equal;
	for (side = 0; side < 2; side++) {
		struct pairing_side *s = &p->side[1 - side];

		rest = thin_rest(bins[side]);
		if (side == 0)
			p->fresh += rest.flows;
		s->peer_packets += rest.packets;
		for (k = 0; k < ENTRY_NLARGE; k++)
			s->large_peer[k] += rest.large[k];
	}
}

void
thin_offsets(
    const struct bin *a, const struct bin *b, struct pairing_offsets *out)
{
	const struct digest_sampled *x = a->thin->sample, *y = b->thin->sample;
	size_t i = 0, j = 0;

	out->n = 0;
	while (i < a->thin->nsample && j < b->thin->nsample &&
	    out->n < PAIRING_OFFSETS) {
		if (x[i].key == y[j].key)
			out->us[out->n++] = y[j++].start_us - x[i++].start_us;
		else if (x[i].key < y[j].key)
			i++;
		else
			j++;
	}
}
