/*
 * Sparse lists are (step to the next index, numbers) in varints: what is not
 * there is 0.
 */
#include <stdlib.h>
#include "wire/reply_bucket.h"
#include "wire/symbols.h"
#include "wire/varint.h"

static void
bucket_pack_counts(struct buf *out, const uint32_t *v, uint32_t n)
{
	uint32_t i, last = 0;

	for (i = 0; i < n; i++) {
		if (v[i] == 0)
			continue;
		varint_put(out, i - last);
		varint_put(out, v[i]);
		last = i;
	}
}

static void
bucket_unpack_counts(struct cursor *c, uint32_t *v, uint32_t n)
{
	uint32_t at = 0;

	while (c->failed == NULL && c->p != c->end) {
		at += (uint32_t)cursor_varint(c, n - 1 - at);
		v[at] = (uint32_t)cursor_varint(c, UINT32_MAX);
	}
}

static void
bucket_pack_facets(struct buf *out, const struct reply_bucket *b)
{
	unsigned i, last = 0;

	for (i = 0; i < DIGEST_NFACETS * DIGEST_FACET_VALUES; i++) {
		const struct digest_count *n = &b->facets[i /
		    DIGEST_FACET_VALUES][i % DIGEST_FACET_VALUES];

		if ((n->flows | n->packets | n->ip_bytes) == 0)
			continue;
		varint_put(out, i - last);
		varint_put(out, n->flows);
		varint_put(out, n->packets);
		varint_put(out, n->ip_bytes);
		last = i;
	}
}

static void
bucket_unpack_facets(struct cursor *c, struct reply_bucket *b)
{
	const unsigned n = DIGEST_NFACETS * DIGEST_FACET_VALUES;
	struct digest_count *to;
	unsigned at = 0;

	memset(b->facets, 0, sizeof(b->facets));
	while (c->failed == NULL && c->p != c->end) {
		at += (unsigned)cursor_varint(c, n - 1 - at);
		to = &b->facets[at / DIGEST_FACET_VALUES]
			       [at % DIGEST_FACET_VALUES];
		to->flows = cursor_varint(c, UINT64_MAX);
		to->packets = cursor_varint(c, UINT64_MAX);
		to->ip_bytes = cursor_varint(c, UINT64_MAX);
	}
}

static void
bucket_put_key(struct buf *out, uint64_t key)
{
	unsigned i;

	for (i = 0; i < 8; i++)
		buf_add_char(out, (char)(key >> 8 * i));
}

static uint64_t
bucket_get_key(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 8);
	uint64_t key = 0;
	unsigned i;

	for (i = 0; p != NULL && i < 8; i++)
		key |= (uint64_t)p[i] << 8 * i;
	return key;
}

static void
bucket_pack_shards(struct buf *out, const struct digest_shard *s)
{
	unsigned i;

	for (i = 0; i < DIGEST_SHARDS; i++, s++) {
		varint_put(out, s->flows);
		bucket_put_key(out, s->key_sum);
		varint_put(out, s->time_sum_us);
		varint_put(out, s->packets);
		varint_put(out, s->ip_bytes);
	}
}

static void
bucket_unpack_shards(struct cursor *c, struct digest_shard *s)
{
	unsigned i;

	for (i = 0; i < DIGEST_SHARDS; i++, s++) {
		s->flows = cursor_varint(c, UINT64_MAX);
		s->key_sum = bucket_get_key(c);
		s->time_sum_us = cursor_varint(c, UINT64_MAX);
		s->packets = cursor_varint(c, UINT64_MAX);
		s->ip_bytes = cursor_varint(c, UINT64_MAX);
	}
}

/* A time that is sent as its distance to another. */
static int64_t
bucket_time(struct cursor *c, uint64_t us)
{
	int64_t t = (int64_t)us;

	if (t > WIRE_TIME_MAX_US || t < -WIRE_TIME_MAX_US)
		cursor_fail(c, "a time out of its range");
	return c->failed == NULL ? t : 0;
}

/* The end against the bucket's start, the start against the end. */
static void
bucket_pack_sample(struct buf *out, const struct reply_bucket *b)
{
	const struct digest_sampled *s = b->sample;
	uint32_t i;

	for (i = 0; i < b->nsample; i++, s++) {
		bucket_put_key(out, s->key);
		varint_put_signed(out, s->end_us - b->start_us);
		varint_put_signed(out, s->end_us - s->start_us);
		varint_put(out, s->orig_pkts);
		varint_put(out, s->resp_pkts);
		varint_put(out, s->orig_ip_bytes);
		varint_put(out, s->resp_ip_bytes);
	}
}

static void
bucket_unpack_sample(struct cursor *c, struct reply_bucket *b, size_t room)
{
	struct digest_sampled *s;

	while (c->failed == NULL && c->p != c->end) {
		if (b->nsample == room) {
			cursor_fail(c, "too large a sample");
			return;
		}
		s = &b->sample[b->nsample++];
		s->key = bucket_get_key(c);
		s->end_us = bucket_time(
		    c, (uint64_t)b->start_us + (uint64_t)cursor_zigzag(c));
		s->start_us = bucket_time(
		    c, (uint64_t)s->end_us - (uint64_t)cursor_zigzag(c));
		s->orig_pkts = cursor_varint(c, UINT64_MAX);
		s->resp_pkts = cursor_varint(c, UINT64_MAX);
		s->orig_ip_bytes = cursor_varint(c, UINT64_MAX);
		s->resp_ip_bytes = cursor_varint(c, UINT64_MAX);
	}
}

bool
reply_bucket_pack(struct bucket_wire *w, struct buf *scratch)
{
	struct span *spans[] = { &w->facets, &w->workers, &w->states, &w->keys,
		&w->shards, &w->nets, &w->sample };
	const struct reply_bucket *b = &w->b;
	size_t ends[ARRAY_LEN(spans)], at = scratch->n, i;
	const bool there[] = { true, true, b->states != NULL, b->keys != NULL,
		b->shards != NULL, b->nets != NULL, b->sample != NULL };

	bucket_pack_facets(scratch, b);
	ends[0] = scratch->n;
	bucket_pack_counts(scratch, b->workers, 256);
	ends[1] = scratch->n;
	if (b->states != NULL)
		symbols_encode(scratch, b->states, 0, SKETCH_MIN, b->scope);
	ends[2] = scratch->n;
	if (b->keys != NULL)
		symbols_encode(scratch, b->keys, 0, SKETCH_MIN, b->scope);
	ends[3] = scratch->n;
	if (b->shards != NULL)
		bucket_pack_shards(scratch, b->shards);
	ends[4] = scratch->n;
	if (b->nets != NULL)
		bucket_pack_counts(scratch, b->nets, NETS_MAX);
	ends[5] = scratch->n;
	if (b->sample != NULL)
		bucket_pack_sample(scratch, b);
	ends[6] = scratch->n;
	buf_add(scratch, "", 1); /* an empty list is a place, too */
	for (i = 0; i < ARRAY_LEN(spans) && buf_ok(scratch); at = ends[i++])
		if (there[i])
			*spans[i] =
			    (struct span){ scratch->p + at, ends[i] - at };
	return buf_ok(scratch);
}

static bool
bucket_unpack_symbols(
    struct span in, uint64_t n, struct sketch_symbol **out, bool *ok)
{
	if (in.p == NULL)
		return true;
	*out = calloc(SKETCH_MIN, sizeof(**out));
	if (*out == NULL)
		return false;
	*ok &= symbols_decode(in, 0, SKETCH_MIN, n, *out);
	return true;
}

/* A list that is there gets memory; its cursor then. */
static bool
bucket_room(struct span in, size_t n, size_t size, void *out, struct cursor *c)
{
	void *p = NULL;

	if (in.p != NULL && (p = calloc(n, size)) == NULL)
		return false;
	memcpy(out, &p, sizeof(p));
	*c = cursor_of(in);
	/* cppcheck-suppress memleak; *out has it now */
	return true;
}

static enum wire_status
bucket_no_memory(struct diag *d)
{
	diag_set(d, "out of memory");
	return WIRE_NO_MEMORY;
}

enum wire_status
reply_bucket_unpack(struct bucket_wire *w, struct diag *d)
{
	struct reply_bucket *b = &w->b;
	struct cursor facets = cursor_of(w->facets);
	struct cursor workers = cursor_of(w->workers), shards, nets, sample;
	size_t room = w->sample.n / 14; /* the least that a sample takes */
	bool ok = true;

	if (room > DIGEST_SAMPLE_MAX)
		room = DIGEST_SAMPLE_MAX;
	memset(b->workers, 0, sizeof(b->workers));
	bucket_unpack_facets(&facets, b);
	bucket_unpack_counts(&workers, b->workers, 256);
	if (!bucket_unpack_symbols(w->states, b->scope, &b->states, &ok) ||
	    !bucket_unpack_symbols(w->keys, b->scope, &b->keys, &ok) ||
	    !bucket_room(w->shards, DIGEST_SHARDS, sizeof(*b->shards),
		&b->shards, &shards) ||
	    !bucket_room(
		w->nets, NETS_MAX, sizeof(*b->nets), &b->nets, &nets) ||
	    !bucket_room(
		w->sample, room + 1, sizeof(*b->sample), &b->sample, &sample))
		return bucket_no_memory(d);
	if (b->shards != NULL)
		bucket_unpack_shards(&shards, b->shards);
	if (b->nets != NULL)
		bucket_unpack_counts(&nets, b->nets, NETS_MAX);
	if (b->sample != NULL)
		bucket_unpack_sample(&sample, b, room);
	if (ok && facets.failed == NULL && workers.failed == NULL &&
	    shards.failed == NULL && shards.p == shards.end &&
	    nets.failed == NULL && sample.failed == NULL)
		return WIRE_OK;
	diag_set(d, "a list of a bucket that makes no sense");
	return WIRE_GARBAGE;
}

void
reply_bucket_clear(struct reply_bucket *b)
{
	free(b->states);
	free(b->keys);
	free(b->shards);
	free(b->nets);
	free(b->sample);
}

bool
reply_symbols_pack(struct symbols_wire *w, struct buf *scratch)
{
	symbols_encode(scratch, w->s.symbols, w->s.from, w->s.to, w->s.flows);
	w->packed = buf_span(scratch);
	return buf_ok(scratch);
}

enum wire_status
reply_symbols_unpack(struct symbols_wire *w, struct diag *d)
{
	struct reply_symbols *s = &w->s;

	/* a symbol takes 13 bytes or more */
	if (s->from < s->to && s->to <= SKETCH_MAX &&
	    s->to - s->from <= w->packed.n / 13) {
		s->symbols = calloc(s->to - s->from, sizeof(*s->symbols));
		if (s->symbols == NULL)
			return bucket_no_memory(d);
		if (symbols_decode(
			w->packed, s->from, s->to, s->flows, s->symbols))
			return WIRE_OK;
	}
	diag_set(d, "symbols that make no sense");
	return WIRE_GARBAGE;
}
