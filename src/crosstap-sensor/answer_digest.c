/*
 * Answers that are made of buckets: digests, and further symbols of them.
 */
#include <stdlib.h>
#include "crosstap-sensor/answer.h"

#define SYMBOLS_IN_FRAME 4096

bool
answer_error(
    struct sensor *sensor, uint64_t id, enum reply_code code, const char *text)
{
	struct reply r;

	reply_init(&r, REPLY_ERROR, id);
	r.u.error.code = code;
	r.u.error.text = span_from(text);
	if (code == REPLY_BAD_VERSION) {
		r.u.error.version_min = WIRE_VERSION_MIN;
		r.u.error.version_max = WIRE_VERSION;
	}
	return channel_send(&sensor->channel, &r);
}

bool
answer_finish(struct scan *s, bool ok)
{
	struct channel *c = &s->sensor->channel;
	struct reply r;

	if (c->gone)
		return false;
	if (ok) {
		scan_end(s, &r);
		return channel_send(c, &r);
	}
	reply_init(&r, REPLY_ERROR, s->request->id);
	r.u.error.code = s->code != 0 ? s->code : REPLY_INTERNAL;
	r.u.error.text = span_from(s->diag.text);
	if (s->code == REPLY_NOT_YET && s->bins != NULL)
		r.u.error.watermark_us = bins_watermark(s->bins);
	return channel_send(c, &r);
}

bool
answer_bucket(struct scan *s, struct bin *bin, struct reply *out)
{
	unsigned parts = s->request->parts, f, v, i;
	struct reply_bucket *b = &out->u.bucket;
	struct digest *d = bin->digest;

	reply_init(out, REPLY_BUCKET, s->request->id);
	b->start_us = bin->start_us;
	b->flows = bin->flows;
	b->packets = bin->packets;
	b->ip_bytes = bin->ip_bytes;
	b->bad = bin->bad;
	b->late = bin->late;
	b->after_log = bin->after_log;
	b->scope = bin->scope;
	b->local_known = bin->local_known;
	b->local_ends = bin->local_ends;
	b->fresh = bin->fresh;
	for (f = 0; f < DIGEST_NFACETS; f++)
		for (v = 0; v < DIGEST_FACET_VALUES; v++)
			b->facets[f][v] =
			    digest_facet(d, (enum digest_facet)f, v);
	scan_workers_of(s, bin);
	for (i = 0; i < 256; i++)
		if (bin->workers[i] != 0)
			b->workers[scan_worker(s, (uint8_t)i)] =
			    bin->workers[i];
	b->states = (parts & REQUEST_PART_STATES) != 0 ? d->state : NULL;
	b->keys = (parts & REQUEST_PART_KEYS) != 0 ? d->keys : NULL;
	b->shards = (parts & REQUEST_PART_SHARDS) != 0 ? d->shards : NULL;
	b->sample = (parts & REQUEST_PART_SAMPLE) != 0 ? d->sample : NULL;
	b->nsample = b->sample != NULL ? d->nsample : 0;
	b->nets = bin->nets;
	return true;
}

/* What cannot be sent is no reason of the scan's. */
static bool
answer_send(struct scan *s, const struct reply *r)
{
	if (channel_send(&s->sensor->channel, r))
		return true;
	return s->sensor->channel.gone ? false : scan_no_memory(s);
}

static bool
answer_digest_bin(void *arg, struct scan *s, struct bin *bin)
{
	struct reply r;
	bool ok;

	(void)arg;
	ok = answer_bucket(s, bin, &r) && answer_send(s, &r);
	return ok;
}

bool
answer_digest(struct sensor *sensor, const struct request *r)
{
	const struct scan_calls calls = { .bin = answer_digest_bin };
	unsigned keep = BINS_DIGEST | BINS_FRESH;
	struct scan s;
	bool ok;

	if ((r->parts & REQUEST_PART_NETS) != 0)
		keep |= BINS_NETS;
	ok = scan_run(&s, sensor, r, keep, &calls);
	ok = answer_finish(&s, ok);
	scan_close(&s);
	return ok;
}

static bool
symbols_send(struct scan *s, const struct bin *bin,
    const struct request_item *it, struct sketch_symbol *symbols)
{
	struct reply r;
	uint32_t from, to;

	for (from = it->from; from < it->to; from = to) {
		to = it->to - from > SYMBOLS_IN_FRAME ? from + SYMBOLS_IN_FRAME
						      : it->to;
		reply_init(&r, REPLY_SYMBOLS, s->request->id);
		r.u.symbols =
		    (struct reply_symbols){ .bucket_us = bin->start_us,
			    .set = it->set,
			    .from = from,
			    .to = to,
			    .flows = bin->scope,
			    .symbols = symbols + from };
		if (!answer_send(s, &r))
			return false;
	}
	return true;
}

/* The first `to` symbols; more than a digest has are made of the elements. */
static bool
symbols_make(
    struct scan *s, const struct bin *bin, const struct request_item *it)
{
	bool states = it->set == REQUEST_SET_STATES, ok = true;
	struct sketch k;
	size_t i;

	if (it->to <= SKETCH_MIN)
		return symbols_send(s, bin, it,
		    states ? bin->digest->state : bin->digest->keys);
	if (!sketch_init(&k, it->to))
		return scan_no_memory(s);
	for (i = 0; i < bin->nelements && ok; i++) {
		sketch_add(&k, states ? bin->names[i].state : bin->elements[i]);
		ok = i % 4096 != 0 || channel_go_on(&s->sensor->channel);
	}
	if (!ok) {
		s->code = REPLY_LIMIT;
		diag_set(&s->diag, "the time for an answer is over");
	}
	ok = ok && symbols_send(s, bin, it, k.symbols);
	sketch_clear(&k);
	return ok;
}

static bool
symbols_bin(void *arg, struct scan *s, struct bin *bin)
{
	const struct request *r = s->request;
	uint32_t i;

	(void)arg;
	for (i = 0; i < r->nitems; i++)
		if (r->items[i].bucket_us == bin->start_us &&
		    !symbols_make(s, bin, &r->items[i]))
			return false;
	return true;
}

bool
answer_symbols(struct sensor *sensor, const struct request *r)
{
	const struct scan_calls calls = { .bin = symbols_bin };
	unsigned keep = BINS_DIGEST;
	struct scan s;
	uint32_t i;
	bool ok;

	for (i = 0; i < r->nitems; i++)
		if (r->items[i].to > SKETCH_MIN)
			keep |= BINS_ELEMENTS |
			    (r->items[i].set == REQUEST_SET_STATES ? BINS_NAMES
								   : 0);
	ok = scan_run(&s, sensor, r, keep, &calls);
	ok = answer_finish(&s, ok);
	scan_close(&s);
	return ok;
}
