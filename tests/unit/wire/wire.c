/*
 * Frames, requests, replies, symbols and records: what is encoded comes back,
 * and what is cut, too long or unknown is seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "wire/frame.h"
#include "wire/reply.h"
#include "wire/symbols.h"

/* The body of the one frame in a buffer. */
static struct span
body_of(const struct buf *b)
{
	ck_assert(buf_ok(b));
	ck_assert_uint_gt(b->n, FRAME_HEAD_BYTES);
	return (
	    struct span){ b->p + FRAME_HEAD_BYTES, b->n - FRAME_HEAD_BYTES };
}

START_TEST(frames_come_out_whole_however_they_are_cut)
{
	size_t piece = (size_t)_i;
	struct frame_reader r = FRAME_READER_INIT;
	struct buf b = BUF_INIT;
	struct span in, body;
	unsigned i, got = 0;
	size_t at, begun;

	for (i = 1; i <= 3; i++) {
		begun = frame_begin(&b);
		buf_printf(&b, "%*u", (int)i * 100, i);
		ck_assert(frame_end(&b, begun));
	}
	for (at = 0; at < b.n; at += piece) {
		in = (struct span){ b.p + at,
			piece < b.n - at ? piece : b.n - at };
		while (in.n > 0) {
			enum frame_status s = frame_read(&r, &in, &body);

			ck_assert_int_ne(s, FRAME_BAD);
			if (s != FRAME_READY)
				continue;
			got++;
			ck_assert_uint_eq(body.n, got * 100);
			ck_assert_int_eq(body.p[body.n - 1], (char)('0' + got));
		}
	}
	ck_assert_uint_eq(got, 3);
	ck_assert(frame_reader_is_idle(&r));
	frame_reader_clear(&r);
	buf_clear(&b);
}
END_TEST

static const struct {
	const char head[5];
	bool bad;
} heads[] = {
	{ "\0\0\0\0", true },
	{ "\0\x10\0\1", true }, /* 1 MiB and one */
	{ "\xff\xff\xff\xff", true },
	{ "HTTP", true },
	{ "\0\x10\0\0", false },
};

START_TEST(a_length_past_the_maximum_is_an_error_that_sticks)
{
	struct frame_reader r = FRAME_READER_INIT;
	struct span in = { heads[_i].head, 4 }, body;

	ck_assert_int_eq(
	    frame_read(&r, &in, &body), heads[_i].bad ? FRAME_BAD : FRAME_MORE);
	in = SPAN_LITERAL("\0\0\0\1x");
	ck_assert_int_eq(
	    frame_read(&r, &in, &body), heads[_i].bad ? FRAME_BAD : FRAME_MORE);
	ck_assert(!frame_reader_is_idle(&r));
	frame_reader_clear(&r);
}
END_TEST

START_TEST(a_frame_without_body_or_with_too_much_is_not_made)
{
	struct buf b = BUF_INIT;
	size_t begun = frame_begin(&b), i;

	ck_assert(!frame_end(&b, begun));
	ck_assert_uint_eq(b.n, 0);
	begun = frame_begin(&b);
	for (i = 0; i <= WIRE_FRAME_MAX / 64; i++)
		buf_printf(&b, "%64d", 0);
	ck_assert(!frame_end(&b, begun));
	ck_assert_uint_eq(b.n, 0);
	buf_clear(&b);
}
END_TEST

static struct request_item items[2];
static uint64_t keys[] = { 1, UINT64_MAX, 0x0123456789abcdef };

static struct request
sample_request(enum request_kind kind)
{
	struct request r = { .kind = kind,
		.id = 77,
		.from_us = FLOWS_T0,
		.to_us = FLOWS_T0 + 2 * FLOWS_WIDTH,
		.width_us = FLOWS_WIDTH,
		.settle_us = 400 * FLOWS_S,
		.shift_us = -1500,
		.seed = UINT64_MAX - 2,
		.parts = REQUEST_PART_STATES | REQUEST_PART_NETS,
		.sample = 64,
		.items = items,
		.nitems = 2 };

	memset(items, 0, sizeof(items));
	items[0].bucket_us = FLOWS_T0;
	items[1].bucket_us = FLOWS_T0 + FLOWS_WIDTH;
	if (kind == REQUEST_SYMBOLS) {
		items[0].from = 64;
		items[0].to = 128;
		items[1].set = REQUEST_SET_STATES;
		items[1].to = 1;
	} else if (kind == REQUEST_RESOLVE) {
		items[0].keys = keys;
		items[0].nkeys = 2;
		items[1].set = REQUEST_SET_TUPLES;
		items[1].keys = keys + 1;
		items[1].nkeys = 2;
	} else if (kind == REQUEST_SAMPLE) {
		items[0].set = REQUEST_SET_TUPLES;
		items[0].limit = 10;
		items[1].set = REQUEST_SET_PAIRS;
	} else
		r.nitems = 0;
	return r;
}

START_TEST(requests_come_back_as_they_were)
{
	struct request r = sample_request((enum request_kind)_i), got;
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	uint32_t i;

	ck_assert(request_encode(&b, &r));
	ck_assert_int_eq(request_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert_int_eq(got.kind, r.kind);
	ck_assert_uint_eq(got.id, r.id);
	ck_assert_int_eq(got.from_us, r.from_us);
	ck_assert_int_eq(got.to_us, r.to_us);
	ck_assert_int_eq(got.width_us, r.width_us);
	ck_assert_int_eq(got.settle_us, r.settle_us);
	ck_assert_int_eq(got.shift_us, r.shift_us);
	ck_assert_uint_eq(got.seed, r.seed);
	ck_assert_uint_eq(got.parts, r.parts);
	ck_assert_uint_eq(got.sample, r.sample);
	ck_assert_uint_eq(got.nitems, r.nitems);
	for (i = 0; i < r.nitems; i++) {
		ck_assert_int_eq(got.items[i].bucket_us, items[i].bucket_us);
		ck_assert_int_eq(got.items[i].set, items[i].set);
		ck_assert_uint_eq(got.items[i].from, items[i].from);
		ck_assert_uint_eq(got.items[i].to, items[i].to);
		ck_assert_uint_eq(got.items[i].limit, items[i].limit);
		ck_assert_uint_eq(got.items[i].nkeys, items[i].nkeys);
		ck_assert(items[i].nkeys == 0 ||
		    memcmp(got.items[i].keys, items[i].keys,
			8 * items[i].nkeys) == 0);
	}
	request_clear(&got);
	buf_clear(&b);
}
END_TEST

START_TEST(every_prefix_of_a_request_is_refused)
{
	struct request r = sample_request((enum request_kind)_i), got;
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	size_t n;

	ck_assert(request_encode(&b, &r));
	for (n = 0; n < b.n - FRAME_HEAD_BYTES; n++) {
		/* of just that size, for the sanitizers */
		char *copy = malloc(n + 1);

		memcpy(copy, b.p + FRAME_HEAD_BYTES, n);
		ck_assert_int_ne(
		    request_decode((struct span){ copy, n }, &got, &d),
		    WIRE_OK);
		request_clear(&got);
		free(copy);
	}
	buf_clear(&b);
}
END_TEST

static const struct {
	const char *what;
	struct span body;
	enum wire_status want;
	uint64_t id;
} bodies[] = {
	{ "hello", SPAN_LITERAL("\x83\x00\x01\x01\x07\x02\x01"), WIRE_OK, 7 },
	{ "keys that are not known, of every type",
	    SPAN_LITERAL("\x8a\x00\x01\x01\x07\x02\x01\x20\xc0\x21\xc3\x22"
			 "\xcb\0\0\0\0\0\0\0\0\x23\x93\x01\xa1x\x81\x01\x02"
			 "\xcc\x80\xd4\x05\x01\x25\xc7\x02\x05"
			 "ab\x26\xd0\xff"),
	    WIRE_OK, 7 },
	{ "version 2", SPAN_LITERAL("\x83\x00\x01\x01\x07\x02\x02"),
	    WIRE_VERSION_UNKNOWN, 7 },
	{ "no version", SPAN_LITERAL("\x82\x00\x01\x01\x07"),
	    WIRE_VERSION_UNKNOWN, 7 },
	{ "version 2 with a field of another type",
	    SPAN_LITERAL("\x84\x00\x01\x01\x07\x02\x02\x03\xa1x"),
	    WIRE_VERSION_UNKNOWN, 7 },
	{ "an unknown kind", SPAN_LITERAL("\x83\x00\x32\x01\x07\x02\x01"),
	    WIRE_INVALID, 7 },
	{ "a digest without a width",
	    SPAN_LITERAL("\x83\x00\x02\x01\x07\x02\x01"), WIRE_INVALID, 7 },
	{ "a text for a number", SPAN_LITERAL("\x83\x00\x01\x01\xa1x\x02\x01"),
	    WIRE_GARBAGE, 0 },
	{ "a key twice", SPAN_LITERAL("\x83\x00\x01\x00\x01\x02\x01"),
	    WIRE_GARBAGE, 0 },
	{ "bytes after the map",
	    SPAN_LITERAL("\x83\x00\x01\x01\x07\x02\x01\x00"), WIRE_GARBAGE, 7 },
	{ "a map that claims 2^32 - 1 pairs",
	    SPAN_LITERAL("\xdf\xff\xff\xff\xff\x00\x01"), WIRE_GARBAGE, 0 },
	{ "a bin that claims 4 GiB",
	    SPAN_LITERAL(
		"\x84\x00\x01\x01\x07\x02\x01\x0b\xc6\xff\xff\xff\xff"),
	    WIRE_GARBAGE, 7 },
	{ "no map", SPAN_LITERAL("\x01"), WIRE_GARBAGE, 0 },
	{ "the byte that MessagePack never uses", SPAN_LITERAL("\x81\x21\xc1"),
	    WIRE_GARBAGE, 0 },
};

START_TEST(bodies_are_judged)
{
	struct diag d = DIAG_INIT;
	struct request got;

	ck_assert_msg(
	    request_decode(bodies[_i].body, &got, &d) == bodies[_i].want,
	    "%s: %s", bodies[_i].what, d.text);
	ck_assert_uint_eq(got.id, bodies[_i].id);
	ck_assert_int_eq(d.text[0] == '\0', bodies[_i].want == WIRE_OK);
	request_clear(&got);
}
END_TEST

static void
fill_symbols(struct sketch_symbol *s, uint32_t n, unsigned nkeys)
{
	struct sketch k;
	uint64_t state = 3;
	unsigned i;

	ck_assert(sketch_init(&k, n));
	for (i = 0; i < nkeys; i++)
		sketch_add(&k, flows_random(&state));
	memcpy(s, k.symbols, n * sizeof(*s));
	sketch_clear(&k);
}

static struct record
sample_record(unsigned n)
{
	struct record r = { .flow = flows_make(n, FLOWS_T0 + n, 5 * FLOWS_S),
		.delay = (uint8_t)n,
		.late = (n & 1) != 0 };

	r.flow.uid = SPAN_LITERAL("CHhAvVGS1DHFjwGM9");
	r.flow.service = SPAN_LITERAL("ssl");
	r.flow.history = SPAN_LITERAL("ShADadfF");
	r.flow.history_bits = flow_history_parse(r.flow.history);
	r.flow.vlan = (uint16_t)n;
	r.flow.orig_bytes = n;
	r.flow.missed_bytes = UINT64_MAX - n;
	if (n % 3 == 0) { /* a pair of IPv6 addresses */
		memset(&r.flow.orig, 0x20, sizeof(r.flow.orig));
		memset(&r.flow.resp, 0x26, sizeof(r.flow.resp));
		r.flow.flags |= FLOW_IPV6;
	}
	return r;
}

static struct sketch_symbol some_symbols[SKETCH_MIN];
static struct digest_shard some_shards[DIGEST_SHARDS];
static uint32_t some_nets[NETS_MAX];
static struct digest_sampled some_sample[2];

static void
sample_bucket(struct reply_bucket *b)
{
	unsigned i;

	fill_symbols(some_symbols, SKETCH_MIN, 1000);
	for (i = 0; i < DIGEST_SHARDS; i++)
		some_shards[i] = (struct digest_shard){ i, UINT64_MAX / (i + 1),
			i * 1000, i * 2, i * 3, { 0, 0, 0 } };
	some_nets[0] = 1;
	some_nets[NETS_MAX - 1] = UINT32_MAX;
	some_sample[0] = (struct digest_sampled){ 5, FLOWS_T0 - 7, FLOWS_T0 + 9,
		1, 2, 3, 4 };
	some_sample[1] = (struct digest_sampled){ UINT64_MAX, FLOWS_T0,
		FLOWS_T0, 0, 0, 0, UINT64_MAX };
	b->start_us = FLOWS_T0;
	b->flows = 1200;
	b->scope = 1000;
	b->local_known = 900;
	b->local_ends = 901;
	b->fresh = (struct entry_fresh){ 800, 7000, { 1, 2, 3 } };
	b->packets = 9000;
	b->ip_bytes = UINT64_MAX;
	b->bad = 1;
	b->after_log = true;
	b->facets[0][1] = (struct digest_count){ 1, 2, 3, 0 };
	b->facets[DIGEST_NFACETS - 1][DIGEST_FACET_VALUES - 1] =
	    (struct digest_count){ UINT64_MAX, 0, 0, 0 };
	b->workers[3] = 998;
	b->workers[255] = 2;
	b->states = b->keys = some_symbols;
	b->shards = some_shards;
	b->nets = some_nets;
	b->sample = some_sample;
	b->nsample = 2;
}

static struct buf record_bytes = BUF_INIT;

static void
sample_reply(struct reply *r, enum reply_kind kind)
{
	unsigned i;

	reply_init(r, kind, 99);
	switch (kind) {
	case REPLY_HELLO:
		r->u.hello.version_min = r->u.hello.version_max = 1;
		r->u.hello.os = SPAN_LITERAL("Linux 6.1");
		r->u.hello.attributes.v[0] = SPAN_LITERAL("tap=north");
		r->u.hello.attributes.n = 1;
		r->u.hello.wall_us = FLOWS_T0;
		break;
	case REPLY_BUCKET:
		sample_bucket(&r->u.bucket);
		break;
	case REPLY_SYMBOLS:
		fill_symbols(some_symbols, SKETCH_MIN, 1000);
		r->u.symbols = (struct reply_symbols){ FLOWS_T0,
			REQUEST_SET_STATES, 0, SKETCH_MIN, 1000, some_symbols };
		break;
	case REPLY_RECORDS:
		buf_clear(&record_bytes);
		for (i = 0; i < 300; i += 7) {
			struct record rec = sample_record(i);

			record_encode(&record_bytes, &rec, FLOWS_T0);
		}
		r->u.records = (struct reply_records){ FLOWS_T0, FLOWS_WIDTH,
			-5, buf_span(&record_bytes) };
		break;
	case REPLY_FILE:
		r->u.file.path = SPAN_LITERAL("/logs/conn.log");
		r->u.file.size = 1 << 30;
		r->u.file.last_us = FLOWS_T0;
		r->u.file.live = true;
		break;
	case REPLY_END:
		r->u.end.watermark_us = r->u.end.last_us = FLOWS_T0;
		r->u.end.ended = true;
		r->u.end.problems[2] = 4;
		r->u.end.workers.v[0] = SPAN_LITERAL("worker-1");
		r->u.end.workers.n = 1;
		break;
	default:
		r->u.error.code = REPLY_NOT_YET;
		r->u.error.text = SPAN_LITERAL("the log is at 12:00");
		r->u.error.watermark_us = FLOWS_T0;
		break;
	}
}

/* Encoded again it is the same: no field was lost or changed. */
START_TEST(replies_come_back_as_they_were)
{
	struct buf first = BUF_INIT, again = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct reply r, got;

	sample_reply(&r, (enum reply_kind)_i);
	ck_assert(reply_encode(&first, &r));
	ck_assert_msg(reply_decode(body_of(&first), &got, &d) == WIRE_OK,
	    "%s: %s", reply_kind_name(r.kind), d.text);
	ck_assert_int_eq(got.kind, r.kind);
	ck_assert_uint_eq(got.id, 99);
	ck_assert(reply_encode(&again, &got));
	ck_assert_uint_eq(first.n, again.n);
	ck_assert(memcmp(first.p, again.p, first.n) == 0);
	reply_clear(&got);
	buf_clear(&first);
	buf_clear(&again);
	buf_clear(&record_bytes);
}
END_TEST

START_TEST(every_prefix_of_a_reply_is_refused)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	struct reply r, got;
	size_t n;

	sample_reply(&r, (enum reply_kind)_i);
	ck_assert(reply_encode(&b, &r));
	for (n = 0; n < b.n - FRAME_HEAD_BYTES; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, b.p + FRAME_HEAD_BYTES, n);
		ck_assert_int_ne(
		    reply_decode((struct span){ copy, n }, &got, &d), WIRE_OK);
		reply_clear(&got);
		free(copy);
	}
	buf_clear(&b);
	buf_clear(&record_bytes);
}
END_TEST

START_TEST(a_bucket_keeps_its_lists)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	struct reply r, got;
	unsigned i;

	sample_reply(&r, REPLY_BUCKET);
	ck_assert(reply_encode(&b, &r));
	ck_assert_int_eq(reply_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert(memcmp(got.u.bucket.facets, r.u.bucket.facets,
		      sizeof(r.u.bucket.facets)) == 0);
	ck_assert(memcmp(got.u.bucket.workers, r.u.bucket.workers,
		      sizeof(r.u.bucket.workers)) == 0);
	ck_assert(memcmp(got.u.bucket.nets, some_nets, sizeof(some_nets)) == 0);
	ck_assert(
	    memcmp(got.u.bucket.shards, some_shards, sizeof(some_shards)) == 0);
	ck_assert_uint_eq(got.u.bucket.nsample, 2);
	ck_assert(
	    memcmp(got.u.bucket.sample, some_sample, sizeof(some_sample)) == 0);
	for (i = 0; i < SKETCH_MIN; i++) {
		ck_assert_uint_eq(
		    got.u.bucket.keys[i].sum, some_symbols[i].sum);
		ck_assert_uint_eq(
		    got.u.bucket.keys[i].count, some_symbols[i].count);
		ck_assert_uint_eq(got.u.bucket.keys[i].check,
		    some_symbols[i].check & UINT32_MAX);
	}
	reply_clear(&got);
	buf_clear(&b);
}
END_TEST

START_TEST(records_come_back_as_they_were)
{
	struct buf b = BUF_INIT;
	struct record got;
	struct cursor c;
	unsigned i;

	for (i = 0; i < 300; i++) {
		struct record r = sample_record(i);

		record_encode(&b, &r, FLOWS_T0);
	}
	c = cursor_of(buf_span(&b));
	for (i = 0; record_decode(&c, FLOWS_T0, &got); i++) {
		struct record r = sample_record(i);

		ck_assert(span_equal(got.flow.uid, r.flow.uid));
		ck_assert(span_equal(got.flow.service, r.flow.service));
		ck_assert(span_equal(got.flow.history, r.flow.history));
		ck_assert_uint_eq(got.delay, r.delay);
		ck_assert_int_eq(got.late, r.late);
		got.flow.uid = r.flow.uid;
		got.flow.service = r.flow.service;
		got.flow.history = r.flow.history;
		ck_assert(memcmp(&got.flow, &r.flow, sizeof(r.flow)) == 0);
	}
	ck_assert_ptr_null(c.failed);
	ck_assert_uint_eq(i, 300);
	buf_clear(&b);
}
END_TEST

/* Two bytes that a newer sender added to the end of the record. */
START_TEST(what_a_record_has_more_is_skipped)
{
	struct record r = sample_record(1), got;
	struct buf b = BUF_INIT;
	struct cursor c;

	record_encode(&b, &r, FLOWS_T0);
	ck_assert_uint_lt((uint8_t)b.p[0], 0x7e);
	b.p[0] = (char)(b.p[0] + 2);
	buf_add_str(&b, "xx");
	record_encode(&b, &r, FLOWS_T0);
	c = cursor_of(buf_span(&b));
	ck_assert(record_decode(&c, FLOWS_T0, &got));
	ck_assert(record_decode(&c, FLOWS_T0, &got));
	ck_assert(span_is(got.flow.history, "ShADadfF"));
	ck_assert(!record_decode(&c, FLOWS_T0, &got));
	ck_assert_ptr_null(c.failed);
	buf_clear(&b);
}
END_TEST

START_TEST(a_symbol_takes_fourteen_bytes_or_less)
{
	static struct sketch_symbol s[1024], got[1024];
	struct buf b = BUF_INIT;
	uint32_t i;

	fill_symbols(s, 1024, 100000);
	symbols_encode(&b, s + 64, 64, 1024, 100000);
	ck_assert_uint_le(b.n, 14 * 960);
	ck_assert(symbols_decode(buf_span(&b), 64, 1024, 100000, got));
	for (i = 0; i < 960; i++) {
		ck_assert_uint_eq(got[i].count, s[i + 64].count);
		ck_assert_uint_eq(got[i].sum, s[i + 64].sum);
	}
	ck_assert(!symbols_decode(buf_span(&b), 64, 1023, 100000, got));
	b.n--;
	ck_assert(!symbols_decode(buf_span(&b), 64, 1024, 100000, got));
	buf_clear(&b);
}
END_TEST

/* Bytes of hexadecimal digits, up to the end of the line. */
static void
unhex(const char *hex, struct buf *out)
{
	unsigned byte;

	for (out->n = 0; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		buf_add_char(out, (char)byte);
}

/* Of a frame: decoded and encoded again. */
static void
recode(const struct buf *frame, struct buf *out, bool is_request)
{
	struct diag d = DIAG_INIT;
	enum wire_status status;
	struct request q;
	struct reply r;

	out->n = 0;
	if (is_request) {
		status = request_decode(body_of(frame), &q, &d);
		ck_assert_msg(status == WIRE_OK, "%s", d.text);
		ck_assert_uint_eq(q.id, 7);
		ck_assert(request_encode(out, &q));
		request_clear(&q);
	} else {
		status = reply_decode(body_of(frame), &r, &d);
		ck_assert_msg(status == WIRE_OK, "%s", d.text);
		ck_assert_uint_eq(r.id, 7);
		ck_assert(reply_encode(out, &r));
		reply_clear(&r);
	}
}

START_TEST(frames_of_the_page_are_what_is_written)
{
	struct buf frame = BUF_INIT, again = BUF_INIT;
	static char line[8192];
	unsigned n = 0;
	char path[4200];
	FILE *in;

	(void)snprintf(
	    path, sizeof(path), "%s/../../doc/protocol.md", unit_data());
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		bool is_request = strncmp(line, "    request ", 12) == 0;

		if (!is_request && strncmp(line, "    reply ", 10) != 0)
			continue;
		unhex(strrchr(line, ' ') + 1, &frame);
		recode(&frame, &again, is_request);
		ck_assert_msg(again.n == frame.n &&
			memcmp(again.p, frame.p, frame.n) == 0,
		    "%s", line);
		n++;
	}
	(void)fclose(in);
	ck_assert_uint_eq(n, 13);
	buf_clear(&frame);
	buf_clear(&again);
}
END_TEST

static const struct {
	struct span bytes;
	uint64_t want;
	bool ok;
} varints[] = {
	{ SPAN_LITERAL("\x00"), 0, true },
	{ SPAN_LITERAL("\x7f"), 127, true },
	{ SPAN_LITERAL("\x80\x01"), 128, true },
	{ SPAN_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), UINT64_MAX,
	    true },
	{ SPAN_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), 0, false },
	{ SPAN_LITERAL("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 0,
	    false },
	{ SPAN_LITERAL("\x80"), 0, false },
	{ SPAN_LITERAL(""), 0, false },
};

START_TEST(varints_are_read)
{
	struct cursor c = cursor_of(varints[_i].bytes);

	ck_assert_uint_eq(cursor_varint(&c, UINT64_MAX), varints[_i].want);
	ck_assert_int_eq(c.failed == NULL, varints[_i].ok);
	ck_assert_ptr_eq(c.p, c.end);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("wire/wire");
	TCase *t = tcase_create("wire");

	tcase_add_loop_test(
	    t, frames_come_out_whole_however_they_are_cut, 1, 40);
	tcase_add_loop_test(t,
	    a_length_past_the_maximum_is_an_error_that_sticks, 0,
	    (int)ARRAY_LEN(heads));
	tcase_add_test(t, a_frame_without_body_or_with_too_much_is_not_made);
	tcase_add_loop_test(t, requests_come_back_as_they_were, REQUEST_HELLO,
	    REQUEST_END_OF_KINDS);
	tcase_add_loop_test(t, every_prefix_of_a_request_is_refused,
	    REQUEST_HELLO, REQUEST_END_OF_KINDS);
	tcase_add_loop_test(t, bodies_are_judged, 0, (int)ARRAY_LEN(bodies));
	tcase_add_loop_test(
	    t, replies_come_back_as_they_were, REPLY_HELLO, REPLY_END_OF_KINDS);
	tcase_add_loop_test(t, every_prefix_of_a_reply_is_refused, REPLY_HELLO,
	    REPLY_END_OF_KINDS);
	tcase_add_test(t, a_bucket_keeps_its_lists);
	tcase_add_test(t, records_come_back_as_they_were);
	tcase_add_test(t, what_a_record_has_more_is_skipped);
	tcase_add_test(t, a_symbol_takes_fourteen_bytes_or_less);
	tcase_add_test(t, frames_of_the_page_are_what_is_written);
	tcase_add_loop_test(t, varints_are_read, 0, (int)ARRAY_LEN(varints));
	suite_add_tcase(s, t);
	return s;
}
