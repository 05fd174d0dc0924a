/*
 * Requests and replies without memory: what is encoded is whole or refused,
 * and so is what is decoded.
 */
#include <stdlib.h>
#include "../unit/flows.h"
#include "memory.h"
#include "unit.h"
#include "wire/frame.h"
#include "wire/reply.h"

static bool
wire_request(struct memory_run *r)
{
	static uint64_t keys[300];
	struct request_item items[2] = {
		{ .bucket_us = FLOWS_T0, .keys = keys, .nkeys = 300 },
		{ .bucket_us = FLOWS_T0 + FLOWS_WIDTH,
		    .keys = keys,
		    .nkeys = 3 }
	};
	struct request q = { .kind = REQUEST_RESOLVE,
		.id = 7,
		.from_us = FLOWS_T0,
		.to_us = FLOWS_T0 + 2 * FLOWS_WIDTH,
		.width_us = FLOWS_WIDTH,
		.items = items,
		.nitems = 2 };
	struct request got = { 0 };
	struct buf b = BUF_INIT;
	bool ok;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		keys[i] = i * UINT64_C(0x9e3779b97f4a7c15);
	ok = request_encode(&b, &q);
	if (!ok)
		diag_set(&r->why, "out of memory");
	else
		ok = request_decode((struct span){ b.p + FRAME_HEAD_BYTES,
					b.n - FRAME_HEAD_BYTES },
			 &got, &r->why) == WIRE_OK;
	if (ok) {
		memory_mix_bytes(r, b.p, b.n);
		memory_mix(r, got.nitems);
		memory_mix_bytes(r, got.items[0].keys, sizeof(keys));
	}
	request_clear(&got);
	buf_clear(&b);
	return ok;
}

START_TEST(request_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(wire_request, MEMORY_SAYS_WHY);
}
END_TEST

static struct reply
wire_bucket(void)
{
	static struct sketch_symbol symbols[SKETCH_MIN];
	static struct digest_shard shards[DIGEST_SHARDS];
	static uint32_t nets[NETS_MAX];
	static struct digest_sampled sample[64];
	struct reply r;
	unsigned i;

	reply_init(&r, REPLY_BUCKET, 9);
	for (i = 0; i < ARRAY_LEN(sample); i++) {
		sample[i].key = i * 1000;
		sample[i].start_us = FLOWS_T0;
		sample[i].end_us = FLOWS_T0 + i;
	}
	r.u.bucket.start_us = FLOWS_T0;
	r.u.bucket.flows = 64;
	r.u.bucket.states = r.u.bucket.keys = symbols;
	r.u.bucket.shards = shards;
	r.u.bucket.nets = nets;
	r.u.bucket.sample = sample;
	r.u.bucket.nsample = ARRAY_LEN(sample);
	return r;
}

static bool
wire_reply(struct memory_run *r)
{
	struct reply q = wire_bucket(), got;
	struct frame_reader reader = FRAME_READER_INIT;
	enum frame_status s = FRAME_MORE;
	struct buf b = BUF_INIT;
	struct span in, body;
	size_t at = 0;
	bool ok;

	reply_init(&got, REPLY_HELLO, 0);
	ok = reply_encode(&b, &q);
	while (ok && s == FRAME_MORE && at < b.n) {
		in = (struct span){ b.p + at, b.n - at < 100 ? b.n - at : 100 };
		at += in.n;
		s = frame_read(&reader, &in, &body);
	}
	if (!ok || s != FRAME_READY) {
		ok = false;
		diag_set(&r->why, "out of memory");
	}
	if (ok) {
		ok = reply_decode(body, &got, &r->why) == WIRE_OK;
		if (ok) {
			memory_mix_bytes(r, b.p, b.n);
			memory_mix(r, got.u.bucket.flows);
			memory_mix_bytes(r, got.u.bucket.sample,
			    got.u.bucket.nsample * sizeof(*q.u.bucket.sample));
		}
		reply_clear(&got);
	}
	frame_reader_clear(&reader);
	buf_clear(&b);
	return ok;
}

START_TEST(reply_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(wire_reply, MEMORY_SAYS_WHY);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_wire");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, request_says_that_memory_ran_out_or_is_right);
	tcase_add_test(tc, reply_says_that_memory_ran_out_or_is_right);
	suite_add_tcase(s, tc);
	return s;
}
