/*
 * Answers become thin bins (compare/thin.h).
 */
#include <stdlib.h>
#include <string.h>
#include "collect/collect_state.h"

size_t
collect_nbuckets(const struct collect *c)
{
	return c->nbuckets;
}

static void
build_move(struct entries *to, struct entries *from)
{
	*to = *from;
	memset(from, 0, sizeof(*from));
}

bool
collect_copy(struct entries *to, const struct entries *from)
{
	const struct entry_block *b;
	struct entry *e;
	size_t i;

	for (b = from->first; b != NULL; b = b->next) {
		for (i = 0; i < b->n; i++) {
			e = entries_add(to);
			if (e == NULL)
				return false;
			*e = b->e[i];
		}
	}
	return true;
}

/* Those that the scope takes in; see flow_is_answered(). */
static uint64_t
build_in_scope(const struct collect *c, const struct entries *es)
{
	const struct entry_block *b;
	uint64_t n = 0;
	size_t i;

	if (c->opt.relation != RELATION_SUBSET)
		return es->n;
	for (b = es->first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			n += b->e[i].pkts[0] > 0 && b->e[i].pkts[1] > 0 &&
			    entry_state(&b->e[i]) != FLOW_CLASS_ATTEMPT;
	return n;
}

static bool
build_fill(const struct collect *c, const struct collect_bucket *b,
    struct collect_side *s, struct bin *bin)
{
	const struct reply_bucket *r = &s->r;
	struct bin_thin *thin = bin->thin;
	uint64_t named;

	bin->start_us = b->start_us;
	bin->flows = r->flows;
	bin->packets = r->packets;
	bin->ip_bytes = r->ip_bytes;
	bin->bad = r->bad;
	bin->late = r->late;
	bin->after_log = r->after_log;
	bin->local_known = r->local_known;
	bin->local_ends = r->local_ends;
	memcpy(bin->workers, r->workers, sizeof(bin->workers));
	thin->scope = r->scope;
	thin->fresh = r->fresh;
	bin->nets = r->nets;
	thin->sample = r->sample;
	thin->nsample = r->nsample;
	s->r.nets = NULL;
	s->r.sample = NULL;
	bin->tuples = s->tuples;
	tuples_init(&s->tuples, UINT32_MAX);
	thin->sampled_weight = UINT64_C(1) << s->sampled_bits;
	build_move(&thin->sampled, &s->sampled);
	if (b->sampled) {
		thin->weight = UINT64_C(1) << b->bits;
		return collect_copy(&bin->entries, &thin->sampled);
	}
	build_move(&bin->entries, &s->entries);
	named = build_in_scope(c, &bin->entries);
	thin->equal = r->scope > named ? r->scope - named : 0;
	return true;
}

bool
collect_take(
    struct collect *c, size_t bucket, int64_t *start_us, struct bin *bins[])
{
	struct collect_bucket *b = c->buckets[bucket];
	size_t i;
	bool ok = true;

	INVARIANT(bucket < c->nbuckets);
	*start_us = b->start_us;
	memset(bins, 0, c->opt.nsensors * sizeof(bins[0]));
	for (i = 0; i < c->opt.nsensors && ok; i++) {
		if (!b->side[i].has)
			continue;
		bins[i] = calloc(1, sizeof(*bins[i]));
		if (bins[i] != NULL)
			tuples_init(&bins[i]->tuples, UINT32_MAX);
		ok = bins[i] != NULL && bin_make_thin(bins[i]) &&
		    build_fill(c, b, &b->side[i], bins[i]);
	}
	for (i = 0; i < c->opt.nsensors && !ok; i++) {
		bin_free(bins[i]);
		bins[i] = NULL;
	}
	return ok;
}
