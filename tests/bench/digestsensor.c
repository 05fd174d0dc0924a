/*
 * A sensor without a log: answers a collector from standard input about any
 * window, with digests of flows that are never made. Of FLOWS a second all but
 * DIFFERENCES a bucket are the same for every sensor that has the same seed:
 *	digestsensor NAME FLOWS DIFFERENCES
 * It costs so little that many of them load one collector.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "digest/sketch.h"
#include "simulate/prng.h"
#include "wire/frame.h"
#include "wire/reply.h"

#define MAX_SYMBOLS 4096 /* in a frame */

struct fake {
	uint64_t name; /* hash of it */
	uint64_t rate, differences;
	const struct request *r;
	struct buf out, packed;
	uint64_t frames;
};

static uint64_t
fake_hash(const char *s)
{
	uint64_t h = 14695981039346656037U;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	return h;
}

static uint64_t
fake_flows(const struct fake *k)
{
	return k->rate * (uint64_t)(k->r->width_us / US_PER_S) + k->differences;
}

/* Flow i of a bucket, of all sensors (owner 0) or of one. */
static struct flow
fake_flow(const struct fake *k, int64_t bucket, uint64_t owner, uint64_t i)
{
	struct prng p = { 0 };
	struct flow f = { .proto = 6,
		.state = (uint8_t)flow_state_parse(span_from("SF")),
		.flags = FLOW_HAS_DURATION | FLOW_HAS_BYTES | FLOW_HAS_COUNTS,
		.history_bits = flow_history_parse(span_from("ShADadFf")),
		.history = span_from("ShADadFf"),
		.uid = span_from("Cbench0000000000"),
		.resp_port = 443 };
	uint64_t x;

	p.state = prng_mix(owner ^ (uint64_t)bucket) + i;
	x = prng_next(&p);
	if (!flow_addr_parse(span_from("10.0.0.0"), &f.orig) ||
	    !flow_addr_parse(span_from("192.0.2.0"), &f.resp))
		abort();
	memcpy(f.orig.b + 13, &x, 3);
	f.resp.b[15] = (uint8_t)(x >> 24);
	f.orig_port = (uint16_t)(1024 + (x >> 32) % 60000);
	f.duration_us = (int64_t)(prng_next(&p) % (uint64_t)US_PER_S);
	f.start_us = bucket - k->r->shift_us +
	    (int64_t)(prng_next(&p) % (uint64_t)(k->r->width_us - US_PER_S));
	f.orig_pkts = f.resp_pkts = 6;
	f.orig_ip_bytes = f.resp_ip_bytes = 900;
	return f;
}

static bool
fake_send(struct fake *k, struct reply *r)
{
	k->frames++;
	return reply_encode(&k->out, r);
}

/* What all have in common is as good as random; nobody decodes it. */
static bool
fake_symbols(const struct fake *k, int64_t bucket, struct sketch *s, uint32_t m)
{
	uint64_t n = fake_flows(k), i;
	struct prng p = { 0 };
	struct flow f;

	if (!sketch_init(s, m))
		return false;
	for (i = 0; i < k->differences; i++) {
		f = fake_flow(k, bucket, k->name, i);
		sketch_add(
		    s, digest_state_element(flow_key(&f, k->r->seed), &f));
	}
	p.state = (uint64_t)bucket;
	for (i = 0; i < m; i++) {
		s->symbols[i].sum += prng_next(&p);
		s->symbols[i].check += prng_next(&p);
		s->symbols[i].count += n * 2 / (i + 2);
	}
	return true;
}

static bool
fake_bucket(struct fake *k, int64_t bucket)
{
	static uint32_t nets[NETS_MAX];
	struct digest_sampled sample[64];
	struct sketch s;
	struct reply r;
	struct reply_bucket *b = &r.u.bucket;
	uint64_t n = fake_flows(k), i, w;
	bool ok;

	if (!fake_symbols(k, bucket, &s, SKETCH_MIN))
		return false;
	reply_init(&r, REPLY_BUCKET, k->r->id);
	b->start_us = bucket;
	b->flows = b->scope = n;
	b->packets = 12 * n;
	b->ip_bytes = 1800 * n;
	for (w = 0; w < 16; w++)
		b->workers[w] = (uint32_t)(n / 16);
	for (w = 0; w < DIGEST_NFACETS; w++)
		b->facets[w][0] =
		    (struct digest_count){ n, 12 * n, 1800 * n, 0 };
	nets[192] = (uint32_t)n;
	b->nets = nets;
	b->states = s.symbols;
	for (i = 0; i < k->r->sample && i < ARRAY_LEN(sample); i++) {
		struct flow f = fake_flow(k, bucket, 0, i);

		sample[i] = (struct digest_sampled){ i + 1, f.start_us,
			flow_end_us(&f), 6, 6, 900, 900 };
	}
	b->sample = sample;
	b->nsample = (uint32_t)i;
	ok = fake_send(k, &r);
	sketch_clear(&s);
	return ok;
}

static bool
fake_more_symbols(struct fake *k, const struct request_item *it)
{
	struct sketch s;
	struct reply r;
	uint32_t from, to;
	bool ok = fake_symbols(k, it->bucket_us, &s, it->to);

	for (from = it->from; ok && from < it->to; from = to) {
		to = it->to - from > MAX_SYMBOLS ? from + MAX_SYMBOLS : it->to;
		reply_init(&r, REPLY_SYMBOLS, k->r->id);
		r.u.symbols = (struct reply_symbols){ it->bucket_us, it->set,
			from, to, fake_flows(k), s.symbols + from };
		ok = fake_send(k, &r);
	}
	sketch_clear(&s);
	return ok;
}

static bool
fake_flush(struct fake *k, int64_t base)
{
	struct reply r;
	bool ok;

	if (k->packed.n == 0)
		return true;
	reply_init(&r, REPLY_RECORDS, k->r->id);
	r.u.records = (struct reply_records){ base, k->r->width_us,
		k->r->shift_us, buf_span(&k->packed) };
	ok = fake_send(k, &r);
	k->packed.n = 0;
	return ok;
}

static bool
fake_record(struct fake *k, int64_t bucket, const struct flow *f)
{
	struct record one = { .flow = *f };

	if ((k->r->parts & REQUEST_PART_BRIEF) != 0)
		one.flow.uid = one.flow.history = span_from("");
	record_encode(&k->packed, &one, bucket);
	return k->packed.n < WIRE_FRAME_SOFT - 2048 || fake_flush(k, bucket);
}

static int
fake_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
fake_resolve(struct fake *k, const struct request_item *it)
{
	uint64_t *keys = malloc((it->nkeys + 1) * sizeof(*keys)), i, at;
	bool ok = keys != NULL;

	for (i = 0; ok && i < it->nkeys; i++)
		keys[i] = it->keys[i];
	if (ok)
		qsort(keys, it->nkeys, sizeof(*keys), fake_compare);
	for (i = 0; ok && i < k->differences; i++) {
		struct flow f = fake_flow(k, it->bucket_us, k->name, i);

		at = flow_key(&f, k->r->seed);
		if (it->set == REQUEST_SET_STATES)
			at = digest_state_element(at, &f);
		if (bsearch(&at, keys, it->nkeys, sizeof(*keys),
			fake_compare) != NULL)
			ok = fake_record(k, it->bucket_us, &f);
	}
	free(keys);
	return ok && fake_flush(k, it->bucket_us);
}

static bool
fake_sample(struct fake *k, const struct request_item *it)
{
	uint64_t n =
	    it->set == REQUEST_SET_PAIRS ? 0 : fake_flows(k) >> it->limit;
	uint64_t i;
	bool ok = true;

	for (i = 0; ok && i < n; i++) {
		struct flow f = fake_flow(k, it->bucket_us, 0, i);

		ok = fake_record(k, it->bucket_us, &f);
	}
	return ok && fake_flush(k, it->bucket_us);
}

static bool
fake_end(struct fake *k)
{
	static const char *const worker[16] = { "w1", "w2", "w3", "w4", "w5",
		"w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13", "w14",
		"w15", "w16" };
	struct reply r;
	size_t i;

	reply_init(&r, REPLY_END, k->r->id);
	r.u.end.frames = k->frames;
	r.u.end.watermark_us = r.u.end.last_us =
	    k->r->to_us + k->r->settle_us + US_PER_S;
	r.u.end.begin_us = INT64_MIN;
	for (i = 0; i < 16; i++)
		r.u.end.workers.v[r.u.end.workers.n++] = span_from(worker[i]);
	return fake_send(k, &r);
}

static bool
fake_answer(struct fake *k)
{
	const struct request *r = k->r;
	int64_t t;
	uint32_t i;
	bool ok = true;

	k->frames = 0;
	for (t = r->from_us; ok && r->kind == REQUEST_DIGEST && t < r->to_us;
	     t += r->width_us)
		ok = fake_bucket(k, t);
	for (i = 0; ok && i < r->nitems; i++)
		ok = r->kind == REQUEST_SYMBOLS
		    ? fake_more_symbols(k, &r->items[i])
		    : r->kind == REQUEST_RESOLVE ? fake_resolve(k, &r->items[i])
						 : fake_sample(k, &r->items[i]);
	return ok && fake_end(k);
}

static bool
fake_write(struct fake *k)
{
	size_t at = 0;
	ssize_t n = 0;

	while (at < k->out.n && n >= 0) {
		n = write(STDOUT_FILENO, k->out.p + at, k->out.n - at);
		at += n > 0 ? (size_t)n : 0;
	}
	k->out.n = 0;
	return n >= 0;
}

int
main(int argc, char **argv)
{
	struct frame_reader in = FRAME_READER_INIT;
	struct fake k = { .out = BUF_INIT, .packed = BUF_INIT };
	static char block[65536];
	struct diag d = DIAG_INIT;
	struct span bytes, body;
	struct request r;
	bool ok = argc == 4;
	ssize_t n;

	if (!ok) {
		(void)fprintf(stderr, "wanted NAME FLOWS DIFFERENCES\n");
		return 2;
	}
	k.name = fake_hash(argv[1]);
	k.rate = strtoull(argv[2], NULL, 10);
	k.differences = strtoull(argv[3], NULL, 10);
	k.r = &r;
	while (ok && (n = read(STDIN_FILENO, block, sizeof(block))) > 0) {
		bytes = (struct span){ block, (size_t)n };
		while (ok && bytes.n > 0) {
			if (frame_read(&in, &bytes, &body) != FRAME_READY)
				break;
			ok = request_decode(body, &r, &d) == WIRE_OK &&
			    fake_answer(&k) && fake_write(&k);
			request_clear(&r);
		}
	}
	frame_reader_clear(&in);
	buf_clear(&k.out);
	buf_clear(&k.packed);
	if (!ok)
		(void)fprintf(stderr, "digestsensor: %s\n", d.text);
	return ok ? 0 : 2;
}
