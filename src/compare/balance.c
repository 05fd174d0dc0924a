/*
 * Each bucket has chosen host pairs for itself; the strictest choice of a
 * stretch is taken for all of it, so that a pair is there with all its flows.
 */
#include <math.h>
#include <stdlib.h>
#include "compare/balance.h"

static bool
balance_fill(const struct balance_pair *p, const struct tuple_flow *t,
    struct lanes_flow *f)
{
	if (p->answered_only && !t->answered)
		return false;
	f->t = (struct hash_tuple){ { t->addr[0], t->addr[1] },
		{ t->port[0], t->port[1] }, t->proto };
	f->missing = t->missing >> p->me & 1;
	return true;
}

bool
balance_find(const struct compare *c, const struct balance_pair *p, size_t from,
    size_t to, struct lanes *out)
{
	struct lanes_input in = { NULL, 0, 1 };
	uint32_t limit = UINT32_MAX;
	size_t i, k, most = 0;
	struct lanes_flow *v;
	bool ok;

	for (i = from; i < to && most < BALANCE_MAX_FLOWS; i++) {
		const struct tuples *ts = &compare_get(c, i)->tuples[p->peer];

		most += ts->n;
		if (ts->n > 0 && ts->limit < limit)
			limit = ts->limit;
	}
	to = i;
	v = malloc((most + 1) * sizeof(*v));
	if (v == NULL)
		return false;
	for (i = from; i < to; i++) {
		const struct compare_bucket *b = compare_get(c, i);
		const struct tuples *ts = &b->tuples[p->peer];

		for (k = 0; k < ts->n; k++) {
			if (ts->v[k].luck > limit ||
			    !balance_fill(p, &ts->v[k], &v[in.n]))
				continue;
			v[in.n++].at_us = b->start_us + ts->v[k].end_off_us;
		}
	}
	in.v = v;
	ok = lanes_find(&in, out);
	free(v);
	return ok;
}

void
balance_shares(const struct compare_bucket *b, const struct balance_pair *p,
    const struct lanes *l, double *all, double *seen)
{
	const struct tuples *ts = &b->tuples[p->peer];
	double n = 0, lane = 0, missing = 0;
	struct lanes_flow f;
	size_t k;

	for (k = 0; l->hash != NULL && k < ts->n; k++) {
		if (!balance_fill(p, &ts->v[k], &f))
			continue;
		n++;
		if (!lanes_is_in(l, &f.t))
			continue;
		lane++;
		missing += f.missing;
	}
	*all = n > 0 ? lane / n : NAN;
	*seen = n > 0 ? (lane - missing) / n : NAN;
}
