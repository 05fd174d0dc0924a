/*
 * One flow costs one cache line of a shard, half a line of a facet table and
 * two keys for the sketches, which are encoded 128 at a time.
 */
#include <stdlib.h>
#include <string.h>
#include "base/bytes.h"
#include "digest/digest.h"

struct digest *
digest_new(int64_t start_us, int64_t width_us, uint32_t sample)
{
	struct digest *d = calloc(1, sizeof(*d));

	INVARIANT(sample <= DIGEST_SAMPLE_MAX);
	if (d == NULL)
		return NULL;
	d->sample = calloc((size_t)sample + 1, sizeof(*d->sample));
	if (d->sample == NULL) {
		free(d);
		return NULL;
	}
	d->start_us = start_us;
	d->width_us = width_us;
	d->max_sample = sample;
	d->encode = sketch_first_best();
	return d;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	free(d->sample);
	free(d);
}

enum digest_direction
digest_direction(unsigned flags)
{
	unsigned both = flags & (FLOW_LOCAL_ORIG | FLOW_LOCAL_RESP);

	if (both == FLOW_LOCAL_ORIG)
		return DIGEST_DIR_OUTBOUND;
	if (both == FLOW_LOCAL_RESP)
		return DIGEST_DIR_INBOUND;
	return both != 0 ? DIGEST_DIR_INTERNAL : DIGEST_DIR_UNKNOWN;
}

/* IP bytes of both sides, by powers of 16 from 64 on. */
unsigned
digest_size_class(uint64_t bytes)
{
	unsigned bits = 63 - (unsigned)__builtin_clzll(bytes | 1);

	bits = bits < 6 ? 0 : (bits - 6) / 4 + 1;
	return bits < DIGEST_FACET_VALUES ? bits : DIGEST_FACET_VALUES - 1;
}

static const struct {
	const char *name;
	unsigned shift, bits;
	const char *values[DIGEST_FACET_VALUES];
} digest_facets[DIGEST_NFACETS] = {
	[DIGEST_IP_VERSION] = { "ip_version", 0, 1, { "4", "6" } },
	[DIGEST_PROTO] = { "proto", 1, 2, { "tcp", "udp", "icmp", "other" } },
	[DIGEST_STATE_CLASS] = { "state_class", 3, 3,
	    { "none", "attempt", "open", "done", "half", "midstream" } },
	[DIGEST_DIRECTION] = { "direction", 6, 2,
	    { "unknown", "outbound", "inbound", "internal" } },
	[DIGEST_SIZE_CLASS] = { "size_class", 8, 3,
	    { "<64", "64+", "1K+", "16K+", "256K+", "4M+", "64M+", "1G+" } },
};

unsigned
digest_combo(const struct flow *f)
{
	static const uint8_t protos[256] = {
		[6] = 1, [17] = 2, [1] = 3, [58] = 3
	};
	unsigned proto = (protos[f->proto] + 3) & 3;

	return (unsigned)(f->flags & FLOW_IPV6) | proto << 1 |
	    (unsigned)flow_state_class((enum flow_state)f->state) << 3 |
	    (unsigned)digest_direction(f->flags) << 6 |
	    digest_size_class(f->orig_ip_bytes + f->resp_ip_bytes) << 8;
}

const char *
digest_facet_name(enum digest_facet f)
{
	return digest_facets[f].name;
}

const char *
digest_facet_value(enum digest_facet f, unsigned value)
{
	return value < DIGEST_FACET_VALUES ? digest_facets[f].values[value]
					   : NULL;
}

struct digest_count
digest_facet(const struct digest *d, enum digest_facet f, unsigned value)
{
	struct digest_count sum = { 0, 0, 0, 0 };
	unsigned i, mask = (1u << digest_facets[f].bits) - 1;

	for (i = 0; i < DIGEST_COMBOS; i++) {
		if ((i >> digest_facets[f].shift & mask) != value)
			continue;
		sum.flows += d->combos[i].flows;
		sum.packets += d->combos[i].packets;
		sum.ip_bytes += d->combos[i].ip_bytes;
	}
	return sum;
}

struct digest_count
digest_totals(const struct digest *d)
{
	struct digest_count sum = { 0, 0, 0, 0 };
	unsigned i;

	for (i = 0; i < DIGEST_SHARDS; i++) {
		sum.flows += d->shards[i].flows;
		sum.packets += d->shards[i].packets;
		sum.ip_bytes += d->shards[i].ip_bytes;
	}
	return sum;
}

/* Each step is a bijection of the running value for a fixed field, so that
 * two flows that differ in one field differ here. */
uint64_t
digest_state_element(uint64_t element, const struct flow *f)
{
	uint64_t x = element;

	x = (x ^ (f->orig_pkts + f->resp_pkts)) * UINT64_C(0x9e3779b97f4a7c15);
	x ^= x >> 29;
	x = (x ^ (f->orig_ip_bytes + f->resp_ip_bytes)) *
	    UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 32;
	x = (x ^ (uint64_t)flow_state_class((enum flow_state)f->state)) *
	    UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void
digest_sift_down(struct digest_sampled *h, uint32_t n, uint32_t at)
{
	for (;;) {
		uint32_t child = 2 * at + 1;
		struct digest_sampled t;

		if (child >= n)
			return;
		if (child + 1 < n && h[child + 1].key > h[child].key)
			child++;
		if (h[at].key >= h[child].key)
			return;
		t = h[at];
		h[at] = h[child];
		h[child] = t;
		at = child;
	}
}

/* The heap's top is the greatest key of the sample; a smaller one takes its
 * place. */
static void
digest_sample(struct digest *d, const struct flow *f, uint64_t element,
    int64_t start_us, int64_t end_us)
{
	struct digest_sampled s = { element, start_us, end_us, f->orig_pkts,
		f->resp_pkts, f->orig_ip_bytes, f->resp_ip_bytes };
	uint32_t i;

	if (d->nsample == d->max_sample) {
		if (d->max_sample == 0)
			return;
		d->sample[0] = s;
		digest_sift_down(d->sample, d->nsample, 0);
		return;
	}
	for (i = d->nsample++; i > 0 && d->sample[(i - 1) / 2].key < s.key;
	     i = (i - 1) / 2)
		d->sample[i] = d->sample[(i - 1) / 2];
	d->sample[i] = s;
}

static void
digest_flush(struct digest *d)
{
	d->encode(d->keys, d->pending, d->npending);
	d->encode(d->state, d->pending_state, d->npending);
	d->npending = 0;
}

void
digest_add(struct digest *d, const struct flow *f, uint64_t element,
    int64_t start_us, int64_t end_us)
{
	struct digest_shard *s = &d->shards[element >> 58];
	struct digest_count *c = &d->combos[digest_combo(f)];
	uint64_t packets = f->orig_pkts + f->resp_pkts;
	uint64_t bytes = f->orig_ip_bytes + f->resp_ip_bytes;

	s->flows++;
	s->key_sum += element;
	s->time_sum_us += (uint64_t)(end_us - d->start_us);
	s->packets += packets;
	s->ip_bytes += bytes;
	c->flows++;
	c->packets += packets;
	c->ip_bytes += bytes;
	if (UNLIKELY(d->nsample < d->max_sample || element < d->sample[0].key))
		digest_sample(d, f, element, start_us, end_us);
	d->pending[d->npending] = element;
	d->pending_state[d->npending] = digest_state_element(element, f);
	if (UNLIKELY(++d->npending == ARRAY_LEN(d->pending)))
		digest_flush(d);
}

static int
digest_compare_sampled(const void *a, const void *b)
{
	const struct digest_sampled *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void
digest_finish(struct digest *d)
{
	digest_flush(d);
	if (d->nsample > 0)
		qsort(d->sample, d->nsample, sizeof(*d->sample),
		    digest_compare_sampled);
}
