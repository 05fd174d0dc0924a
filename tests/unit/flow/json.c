/*
 * JSON lines: what a record may look like, what must not pass for one, and
 * that no order of keys and no learned order changes what is read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "../unit.h"
#include "flow/json_fast.h"

static const char whole[] =
    "{\"ts\":1626284625.656299,\"uid\":\"C3WyfA1myV4y2yDfi3\","
    "\"id.orig_h\":\"192.168.1.128\",\"id.orig_p\":59241,"
    "\"id.resp_h\":\"172.217.23.206\",\"id.resp_p\":443,\"proto\":\"tcp\","
    "\"service\":\"ssl\",\"duration\":0.23780393600463868,"
    "\"orig_bytes\":1715,\"resp_bytes\":8820,\"conn_state\":\"SF\","
    "\"local_orig\":true,\"local_resp\":false,\"missed_bytes\":7,"
    "\"history\":\"ShADadtFf\",\"orig_pkts\":15,\"orig_ip_bytes\":2519,"
    "\"resp_pkts\":14,\"resp_ip_bytes\":9556,"
    "\"tunnel_parents\":[\"CabC\",\"CdeF\"],\"vlan\":12,\"ip_proto\":6,"
    "\"peer\":\"worker-3\"}";

/* The five columns that every record needs, and room for one more. */
#define ID                                                                     \
	"\"id.orig_h\":\"1.2.3.4\",\"id.orig_p\":5,\"id.resp_h\":\"5.6.7.8\"," \
	"\"id.resp_p\":9"
#define NEEDED "\"ts\":1717200000.5," ID ",\"proto\":\"udp\""
#define WITH(extra) "{" NEEDED "," extra "}"

struct reader {
	struct parse_workers workers;
	struct flow_parser_options opt;
	struct json_parser *json; /* owned */
	struct flow flow;
	struct parse_fault fault;
	char *copy; /* owned: the line, and slack that tempts to read on */
};

static struct reader *
reader_new(const struct flow_rename *renames, size_t n)
{
	struct reader *r = calloc(1, sizeof(*r));

	ck_assert_ptr_nonnull(r);
	r->opt.renames = renames;
	r->opt.nrenames = n;
	r->opt.detail = true;
	r->json = json_parser_new(&r->opt, &r->workers);
	ck_assert_ptr_nonnull(r->json);
	return r;
}

static void
reader_free(struct reader *r)
{
	json_parser_free(r->json);
	free(r->copy);
	free(r);
}

static bool
reader_span(struct reader *r, struct span s)
{
	static const char tempting[] = "\"}1,23\"}]}";
	size_t i;

	free(r->copy);
	r->copy = malloc(s.n + FLOW_PARSER_SLACK);
	ck_assert_ptr_nonnull(r->copy);
	memcpy(r->copy, s.p, s.n);
	for (i = 0; i < FLOW_PARSER_SLACK; i++)
		r->copy[s.n + i] = tempting[i % (sizeof(tempting) - 1)];
	memset(&r->flow, 0xa5, sizeof(r->flow));
	return json_parse_line(
	    r->json, (struct span){ r->copy, s.n }, &r->flow, &r->fault);
}

static bool
reader_line(struct reader *r, const char *line)
{
	return reader_span(r, span_from(line));
}

static void
assert_text(struct span s, const char *want)
{
	ck_assert_msg(
	    span_is(s, want), "\"%.*s\", wanted \"%s\"", (int)s.n, s.p, want);
}

static void
assert_whole(const struct flow *f)
{
	char text[FLOW_ADDR_MAX];

	ck_assert_int_eq(f->start_us, INT64_C(1626284625656299));
	ck_assert_int_eq(f->duration_us, 237804);
	flow_addr_format(&f->orig, text);
	ck_assert_str_eq(text, "192.168.1.128");
	flow_addr_format(&f->resp, text);
	ck_assert_str_eq(text, "172.217.23.206");
	ck_assert_uint_eq(f->orig_port, 59241);
	ck_assert_uint_eq(f->resp_port, 443);
	ck_assert_uint_eq(f->proto, 6);
	ck_assert_uint_eq(f->orig_bytes, 1715);
	ck_assert_uint_eq(f->resp_bytes, 8820);
	ck_assert_uint_eq(f->missed_bytes, 7);
	ck_assert_uint_eq(f->orig_pkts, 15);
	ck_assert_uint_eq(f->orig_ip_bytes, 2519);
	ck_assert_uint_eq(f->resp_pkts, 14);
	ck_assert_uint_eq(f->resp_ip_bytes, 9556);
	ck_assert_uint_eq(f->state, FLOW_SF);
	ck_assert_uint_eq(f->vlan, 12);
	ck_assert_uint_eq(f->flags,
	    FLOW_LOCAL_ORIG | FLOW_LOCAL_KNOWN | FLOW_HAS_DURATION |
		FLOW_HAS_BYTES | FLOW_HAS_COUNTS | FLOW_HAS_VLAN);
	ck_assert_uint_eq(f->history_bits,
	    FLOW_HIST_ORIG | FLOW_HIST_RESP | FLOW_HIST_ORIG_SYN |
		FLOW_HIST_RESP_SYN | FLOW_HIST_RESP_REXM);
	assert_text(f->uid, "C3WyfA1myV4y2yDfi3");
	assert_text(f->service, "ssl");
	assert_text(f->history, "ShADadtFf");
	ck_assert_uint_eq(f->worker, 0);
}

START_TEST(every_field_of_a_record_is_read)
{
	struct reader *r = reader_new(NULL, 0);
	unsigned i;

	/* the second time by the order learned from the first */
	for (i = 0; i < 2; i++) {
		ck_assert(reader_line(r, whole));
		assert_whole(&r->flow);
	}
	ck_assert_str_eq(r->workers.names[0], "worker-3");
	ck_assert_uint_eq(
	    json_columns(r->json), (UINT32_C(1) << FLOW_NFIELDS) - 1);
	reader_free(r);
}
END_TEST

START_TEST(record_with_only_what_is_needed_has_the_rest_unset)
{
	struct reader *r = reader_new(NULL, 0);

	/* what was read before must not shine through */
	ck_assert(reader_line(r, whole));
	ck_assert(reader_line(r, "{" NEEDED "}"));
	ck_assert_int_eq(r->flow.start_us, INT64_C(1717200000500000));
	ck_assert_int_eq(r->flow.duration_us, 0);
	ck_assert_uint_eq(r->flow.flags, 0);
	ck_assert_uint_eq(r->flow.proto, 17);
	ck_assert_uint_eq(r->flow.state, FLOW_STATE_NONE);
	ck_assert_uint_eq(r->flow.history_bits, 0);
	ck_assert_uint_eq(r->flow.worker, FLOW_NO_WORKER);
	ck_assert_uint_eq(r->flow.orig_bytes + r->flow.resp_ip_bytes, 0);
	ck_assert_uint_eq(r->flow.uid.n + r->flow.service.n, 0);
	ck_assert_uint_eq(r->flow.history.n, 0);
	reader_free(r);
}
END_TEST

/* The pairs of `whole` in another order, with space where JSON allows it. */
static size_t
shuffle(char *out, size_t cap, uint64_t *state, const char *space)
{
	const char *from[32], *p = whole + 1;
	size_t len[32], n = 0, i, k, at;
	int depth = 0;

	for (from[0] = p; *p != '\0'; p++) {
		depth += (*p == '[') - (*p == ']');
		if ((*p != ',' && *p != '}') || depth > 0)
			continue;
		len[n] = (size_t)(p - from[n]);
		from[++n] = p + 1;
	}
	at = (size_t)snprintf(out, cap, "{");
	for (; n > 0; n--) {
		*state = *state * UINT64_C(6364136223846793005) + 99;
		i = (*state >> 33) % n;
		k = strcspn(from[i] + 1, "\"") + 2; /* the key with quotes */
		at += (size_t)snprintf(out + at, cap - at,
		    "%s%.*s%s:%s%.*s%s%s", space, (int)k, from[i], space, space,
		    (int)(len[i] - k - 1), from[i] + k + 1, space,
		    n > 1 ? "," : "}");
		from[i] = from[n - 1];
		len[i] = len[n - 1];
	}
	return at;
}

START_TEST(order_of_keys_and_white_space_change_nothing)
{
	static const char *const spaces[] = { "", " ", "\t ", "\r" };
	struct reader *r = reader_new(NULL, 0);
	uint64_t state = 5;
	char line[2048];
	unsigned i;

	for (i = 0; i < 2000; i++) {
		size_t n = shuffle(
		    line, sizeof(line), &state, spaces[i % ARRAY_LEN(spaces)]);

		ck_assert_uint_lt(n, sizeof(line));
		ck_assert_msg(reader_line(r, line), "%s", line);
		assert_whole(&r->flow);
	}
	reader_free(r);
}
END_TEST

START_TEST(no_prefix_of_a_record_is_a_record)
{
	struct reader *r = reader_new(NULL, 0);
	size_t n;

	for (n = 0; n < sizeof(whole) - 1; n++) {
		ck_assert_msg(
		    !reader_span(r, (struct span){ whole, n }), "%zu bytes", n);
		if (n % 7 == 0) /* with and without a learned order */
			ck_assert(reader_line(r, whole));
	}
	reader_free(r);
}
END_TEST

START_TEST(no_byte_that_is_changed_crashes_or_outlives_its_line)
{
	struct reader *r = reader_new(NULL, 0);
	char line[sizeof(whole)];
	size_t i;
	unsigned c;

	for (i = 0; i < sizeof(whole) - 1; i++)
		for (c = 0; c < 256; c += 1 + (c > 127) * 13) {
			memcpy(line, whole, sizeof(whole));
			line[i] = (char)c;
			(void)reader_span(
			    r, (struct span){ line, sizeof(whole) - 1 });
			json_reset(r->json);
		}
	ck_assert(reader_line(r, whole));
	assert_whole(&r->flow);
	reader_free(r);
}
END_TEST

static const struct {
	const char *line;
	enum flow_problem kind;
	enum flow_field field;
} refused[] = {
	{ "", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "x", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "[]", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{}", PROBLEM_NOT_CONN, FIELD_IGNORED },
	{ "{" NEEDED "}x", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{" NEEDED "}}", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{" NEEDED "} {}", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{" NEEDED ",}", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ "{," NEEDED "}", PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\""), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("x:1"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":nope"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":12abc"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":012"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":1."), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":-"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":[1,]"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":[1}"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":{\"a\"}"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":{\"a\":1]"), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"x\":\"\t\""), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"uid\":\"\\q\""), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"uid\":\"\\u12g4\""), PROBLEM_SYNTAX, FIELD_IGNORED },
	{ WITH("\"orig_bytes\":-1"), PROBLEM_BAD_VALUE, FIELD_ORIG_BYTES },
	{ WITH("\"orig_bytes\":1.5"), PROBLEM_BAD_VALUE, FIELD_ORIG_BYTES },
	{ WITH("\"orig_bytes\":abc"), PROBLEM_BAD_VALUE, FIELD_ORIG_BYTES },
	{ WITH("\"orig_pkts\":18446744073709551616"), PROBLEM_BAD_VALUE,
	    FIELD_ORIG_PKTS },
	{ WITH("\"orig_pkts\":\"\""), PROBLEM_BAD_VALUE, FIELD_ORIG_PKTS },
	{ WITH("\"orig_pkts\":[1]"), PROBLEM_BAD_VALUE, FIELD_ORIG_PKTS },
	{ WITH("\"orig_pkts\":true"), PROBLEM_BAD_VALUE, FIELD_ORIG_PKTS },
	{ WITH("\"duration\":1.2.3"), PROBLEM_BAD_VALUE, FIELD_DURATION },
	{ WITH("\"duration\":0.1x"), PROBLEM_BAD_VALUE, FIELD_DURATION },
	{ WITH("\"duration\":1e300"), PROBLEM_BAD_VALUE, FIELD_DURATION },
	{ WITH("\"local_orig\":"), PROBLEM_SYNTAX, FIELD_LOCAL_ORIG },
	{ WITH("\"local_orig\":,\"x\":1"), PROBLEM_SYNTAX, FIELD_LOCAL_ORIG },
	{ WITH("\"local_orig\":1"), PROBLEM_BAD_VALUE, FIELD_LOCAL_ORIG },
	{ WITH("\"local_resp\":truefalse"), PROBLEM_BAD_VALUE,
	    FIELD_LOCAL_RESP },
	{ WITH("\"vlan\":65536"), PROBLEM_BAD_VALUE, FIELD_VLAN },
	{ WITH("\"ip_proto\":256"), PROBLEM_BAD_VALUE, FIELD_IP_PROTO },
	{ WITH("\"uid\":17"), PROBLEM_BAD_VALUE, FIELD_UID },
	{ WITH("\"id.orig_p\":65536"), PROBLEM_BAD_VALUE, FIELD_ORIG_P },
	{ WITH("\"id.orig_p\":0x10"), PROBLEM_BAD_VALUE, FIELD_ORIG_P },
	{ WITH("\"id.resp_h\":\"1.2.3\""), PROBLEM_BAD_VALUE, FIELD_RESP_H },
	{ WITH("\"id.resp_h\":\"host.example\""), PROBLEM_BAD_VALUE,
	    FIELD_RESP_H },
	{ WITH("\"id.resp_h\":16909060"), PROBLEM_BAD_VALUE, FIELD_RESP_H },
	{ WITH("\"proto\":\"ipx\""), PROBLEM_BAD_VALUE, FIELD_PROTO },
	{ WITH("\"ts\":\"yesterday\""), PROBLEM_BAD_VALUE, FIELD_TS },
	{ WITH("\"ts\":\"XXXXXXXXXX.XXXXXX\""), PROBLEM_MASKED_TIME, FIELD_TS },
	{ WITH("\"ts\":XXXXXXXXXX.XXXXXX"), PROBLEM_MASKED_TIME, FIELD_TS },
	{ "{" ID ",\"proto\":\"udp\"}", PROBLEM_NO_COLUMN, FIELD_TS },
	{ "{\"ts\":1.5," ID "}", PROBLEM_NO_COLUMN, FIELD_PROTO },
	{ WITH("\"id.resp_p\":null"), PROBLEM_NO_COLUMN, FIELD_RESP_P },
	{ "{\"ts\":1.5,\"proto\":\"udp\",\"id.orig_h\":\"1.2.3.4\"}",
	    PROBLEM_NO_COLUMN, FIELD_ORIG_P },
	{ "{\"ts\":1.5,\"host\":\"1.2.3.4\",\"proto\":\"udp\"}",
	    PROBLEM_NOT_CONN, FIELD_IGNORED },
	{ WITH("\"_path\":\"dns\""), PROBLEM_NOT_CONN, FIELD_IGNORED },
};

START_TEST(line_that_is_no_record_is_refused_for_its_reason)
{
	struct reader *r = reader_new(NULL, 0);
	unsigned i;

	for (i = 0; i < 2; i++) {
		ck_assert_msg(
		    !reader_line(r, refused[_i].line), "%s", refused[_i].line);
		ck_assert_msg(r->fault.kind == refused[_i].kind, "%s: %d",
		    refused[_i].line, (int)r->fault.kind);
		if (r->fault.kind != PROBLEM_SYNTAX)
			ck_assert_uint_eq(r->fault.field, refused[_i].field);
		(void)reader_line(r, whole);
	}
	reader_free(r);
}
END_TEST

static const char *const taken[] = {
	WITH("\"_path\":\"conn\""),
	WITH("\"x\":null"),
	WITH("\"x\":[]"),
	WITH("\"x\":{}"),
	WITH("\"x\":[ 1 , -2.5e+3, \"]}\" , {\"a\" : [true,false,null]} ]"),
	WITH("\"x\":\"\\\"},{\\u0041\\\\\""),
	WITH("\"\":0"),
	WITH("\"a key that is longer than any key that is kept in order\":1"),
	WITH("\"orig_bytes\":null,\"duration\":null,\"uid\":null"),
	WITH("\"orig_bytes\":0.0"),
	WITH("\"orig_pkts\":18446744073709551615"),
	WITH("\"duration\":1.5e-5"),
	WITH("\"id.orig_p\":\"53\""),
	WITH("\"local_orig\":\"T\""),
	"{ " NEEDED " } ",
	"  {" NEEDED "}\r",
};

START_TEST(line_that_is_a_record_in_an_odd_form_is_read)
{
	struct reader *r = reader_new(NULL, 0);
	unsigned i;

	for (i = 0; i < 2; i++) {
		ck_assert_msg(reader_line(r, taken[_i]), "%s (%d)", taken[_i],
		    (int)r->fault.kind);
		ck_assert_int_eq(r->flow.start_us, INT64_C(1717200000500000));
		ck_assert_uint_eq(r->flow.resp_port, 9);
		ck_assert_uint_eq(r->flow.orig_bytes, 0);
	}
	reader_free(r);
}
END_TEST

/* As `"ts":` and `"duration":`; the fast reader takes some of them. */
static const struct {
	const char *ts, *duration;
	int64_t ts_us, duration_us;
} stamps[] = {
	{ "1717200000", "0", INT64_C(1717200000000000), 0 },
	{ "1717200000.2", "1", INT64_C(1717200000200000), 1000000 },
	{ "1717200000.20730", "0.5", INT64_C(1717200000207300), 500000 },
	{ "1717200000.207304", "0.000001", INT64_C(1717200000207304), 1 },
	{ "1717200000.2073049", "0.0078125", INT64_C(1717200000207305), 7812 },
	{ "1717200000.2073045", "0.0234375", INT64_C(1717200000207304), 23438 },
	{ "1717200000207", "0.00000050", INT64_C(1717200000207000), 0 },
	{ "-1.5", "0.0000005000000000000000000001", -1500000, 1 },
	{ "1.717200000207304e9", "0.0000014999999999999999999999999",
	    INT64_C(1717200000207304), 1 },
	{ "\"2024-06-01T00:00:00.1000000Z\"", "7.605552673339844e-05",
	    INT64_C(1717200001000000), 76 },
	{ "\"1717200000.5\"", "\"2.5\"", INT64_C(1717200000500000), 2500000 },
	{ "0.25", "9999999.9999999999", 250000, INT64_C(10000000000000) },
	{ "1717200000.000000", "12345678.25", INT64_C(1717200000000000),
	    INT64_C(12345678250000) },
};

START_TEST(time_and_duration_are_exact_in_every_encoding)
{
	struct reader *r = reader_new(NULL, 0);
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "{\"duration\":%s,\"proto\":\"tcp\"," ID ",\"ts\":%s}",
	    stamps[_i].duration, stamps[_i].ts);
	ck_assert_msg(reader_line(r, line), "%s", line);
	ck_assert_int_eq(r->flow.start_us, stamps[_i].ts_us);
	ck_assert_int_eq(r->flow.duration_us, stamps[_i].duration_us);
	reader_free(r);
}
END_TEST

/* The fast readers against the careful ones, over random numbers. */
START_TEST(fast_and_careful_readers_agree)
{
	struct reader *r = reader_new(NULL, 0);
	uint64_t state = 3, count, want_count;
	char line[512], ts[64], dur[64];
	int64_t want;
	unsigned i;

	for (i = 0; i < 100000; i++) {
		state = state * UINT64_C(6364136223846793005) + 99;
		(void)snprintf(ts, sizeof(ts), "1%09u.%0*u",
		    (unsigned)(state >> 35) % 1000000000, 1 + (int)(i % 8),
		    (unsigned)(state >> 50) % 10);
		(void)snprintf(dur, sizeof(dur), "%.*g", 1 + (int)(i % 17),
		    (double)(state >> 20) / (double)(1 << (i % 31)) / 1e9);
		count = state >> (i % 64);
		(void)snprintf(line, sizeof(line),
		    "{\"ts\":%s," ID ",\"proto\":\"tcp\",\"duration\":%s,"
		    "\"orig_pkts\":%" PRIu64 "}",
		    ts, dur, count);
		ck_assert_msg(reader_line(r, line), "%s", line);
		ck_assert(parse_time(span_from(ts), &want));
		ck_assert_msg(r->flow.start_us == want, "%s", ts);
		ck_assert(parse_interval(span_from(dur), &want));
		ck_assert_msg(r->flow.duration_us == want, "%s", dur);
		want_count = r->flow.orig_pkts;
		ck_assert_uint_eq(want_count, count);
	}
	reader_free(r);
}
END_TEST

/* What Zeek writes must not need the careful readers. */
static const struct {
	const char *text;
	unsigned field;
	bool fast;
} forms[] = {
	{ "1717200000.207304,", FIELD_TS, true },
	{ "1717200000.2}", FIELD_TS, true },
	{ "1717200000.2073045,", FIELD_TS, false },
	{ "171720000.20730,", FIELD_TS, false },
	{ "1717200000207,", FIELD_TS, false },
	{ "0.06685185432434082,", FIELD_DURATION, true },
	{ "3600.5}", FIELD_DURATION, true },
	{ "7.6e-05,", FIELD_DURATION, false },
	{ "0.5", FIELD_DURATION, false },
	{ "0,", FIELD_ORIG_PKTS, true },
	{ "12345678,", FIELD_ORIG_IP_BYTES, true },
	{ "123456789,", FIELD_ORIG_IP_BYTES, false },
	{ "12 ,", FIELD_ORIG_PKTS, false },
	{ "012,", FIELD_ORIG_PKTS, false },
	{ "65535,", FIELD_ORIG_P, true },
	{ "65536,", FIELD_RESP_P, false },
	{ "\"10.0.0.1\",", FIELD_ORIG_H, true },
	{ "\"fe80::1\",", FIELD_RESP_H, true },
	{ "\"10.0.0\",", FIELD_RESP_H, false },
	{ "\"tcp\",", FIELD_PROTO, true },
	{ "\"icmp\",", FIELD_PROTO, true },
	{ "\"Sh\",", FIELD_HISTORY, true },
	{ "\"\\u0053\",", FIELD_HISTORY, false },
	{ "\"Sh", FIELD_HISTORY, false },
	{ "true,", FIELD_LOCAL_ORIG, true },
	{ "false}", FIELD_LOCAL_RESP, true },
	{ "truer,", FIELD_LOCAL_ORIG, false },
	{ "null,", FIELD_LOCAL_ORIG, false },
	{ ",", FIELD_LOCAL_ORIG, false },
};

START_TEST(common_form_is_read_straight_from_the_line)
{
	char text[64 + FLOW_PARSER_SLACK] = { 0 };
	size_t n = strlen(forms[_i].text);
	struct parse_workers workers;
	struct parse_fault fault;
	struct json_record rec;
	struct flow flow;
	const char *next;

	memset(&workers, 0, sizeof(workers));
	memcpy(text, forms[_i].text, n);
	json_record_init(&rec, &flow, &workers, &fault);
	next = json_fast(&rec, forms[_i].field, text, text + n);
	ck_assert_msg((next != NULL) == forms[_i].fast, "%s", text);
	if (next != NULL)
		ck_assert_ptr_eq(next, text + n - 1);
	ck_assert_uint_eq(
	    rec.seen, next == NULL ? 0 : UINT32_C(1) << forms[_i].field);
}
END_TEST

START_TEST(last_of_equal_keys_wins)
{
	struct reader *r = reader_new(NULL, 0);

	ck_assert(reader_line(r,
	    WITH("\"orig_pkts\":1,\"orig_pkts\":2,\"uid\":\"a\",\"uid\":\"b\","
		 "\"history\":\"S\",\"history\":null,\"vlan\":3,\"vlan\":null,"
		 "\"local_orig\":true,\"local_orig\":null,\"ts\":7.5")));
	ck_assert_uint_eq(r->flow.orig_pkts, 2);
	assert_text(r->flow.uid, "b");
	ck_assert_uint_eq(r->flow.history.n, 0);
	ck_assert_uint_eq(r->flow.history_bits, 0);
	ck_assert_uint_eq(r->flow.vlan, 0);
	ck_assert_uint_eq(r->flow.flags, 0);
	ck_assert_int_eq(r->flow.start_us, 7500000);
	reader_free(r);
}
END_TEST

START_TEST(escapes_are_decoded_and_live_until_the_reset)
{
	struct reader *r = reader_new(NULL, 0);
	struct span first;

	ck_assert(reader_line(r,
	    WITH("\"uid\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac"
		 "\\ud83d\\ude00\\ud83dx\",\"history\":\"\\u0053h\","
		 "\"p\\u0065er\":\"w\\u0031\"")));
	assert_text(r->flow.uid,
	    "a\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac"
	    "\xf0\x9f\x98\x80\xef\xbf\xbdx");
	assert_text(r->flow.history, "Sh");
	ck_assert_uint_eq(
	    r->flow.history_bits & FLOW_HIST_ORIG_SYN, FLOW_HIST_ORIG_SYN);
	ck_assert_str_eq(r->workers.names[0], "w1");
	first = r->flow.uid;
	ck_assert(reader_line(r, WITH("\"uid\":\"\\u0042\"")));
	assert_text(r->flow.uid, "B");
	ck_assert_int_eq(first.p[0], 'a');
	json_reset(r->json);
	reader_free(r);
}
END_TEST

START_TEST(renamed_and_rescoped_keys_are_found)
{
	static const struct flow_rename renames[] = {
		{ SPAN_LITERAL("id.orig_h"), SPAN_LITERAL("src_ip") },
		{ SPAN_LITERAL("ts"), SPAN_LITERAL("@timestamp") },
	};
	struct reader *r = reader_new(renames, ARRAY_LEN(renames));
	char text[FLOW_ADDR_MAX];
	unsigned i;

	for (i = 0; i < 2; i++) {
		ck_assert(reader_line(r,
		    "{\"@timestamp\":2.5,\"src_ip\":\"9.9.9.9\",\"id_orig_p\":"
		    "1,"
		    "\"id_resp_h\":\"::1\",\"id_resp_p\":2,\"proto\":\"icmp\","
		    "\"id.orig_h\":\"8.8.8.8\",\"ts\":\"not read\"}"));
		flow_addr_format(&r->flow.orig, text);
		ck_assert_str_eq(text, "9.9.9.9");
		ck_assert_int_eq(r->flow.start_us, 2500000);
	}
	reader_free(r);
}
END_TEST

START_TEST(protocol_comes_from_name_family_and_number)
{
	static const struct {
		const char *addr, *proto;
		uint8_t want;
	} rows[] = {
		{ "1.1.1.1", "\"proto\":\"icmp\"", 1 },
		{ "fe80::1", "\"proto\":\"icmp\"", 58 },
		{ "fe80::1", "\"proto\":\"icmp\",\"ip_proto\":58", 58 },
		{ "1.1.1.1", "\"proto\":\"unknown_transport\"", 0 },
		{ "1.1.1.1", "\"ip_proto\":50,\"proto\":\"unknown_transport\"",
		    50 },
		{ "1.1.1.1", "\"proto\":\"TCP\",\"ip_proto\":6", 6 },
	};
	struct reader *r = reader_new(NULL, 0);
	char line[512];
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(line, sizeof(line),
		    "{%s,\"ts\":1.5,\"id.orig_p\":1,\"id.resp_p\":2,"
		    "\"id.orig_h\":\"%s\",\"id.resp_h\":\"%s\"}",
		    rows[i].proto, rows[i].addr, rows[i].addr);
		ck_assert_msg(reader_line(r, line), "%s", line);
		ck_assert_uint_eq(r->flow.proto, rows[i].want);
		ck_assert_int_eq(
		    (r->flow.flags & FLOW_IPV6) != 0, rows[i].addr[0] == 'f');
	}
	reader_free(r);
}
END_TEST

START_TEST(nesting_is_followed_to_its_limit_and_no_further)
{
	struct reader *r = reader_new(NULL, 0);
	char line[4096];
	unsigned depth, i;
	size_t n;

	for (depth = 1; depth < 1000; depth += 1 + depth / 20 * 10) {
		n = (size_t)snprintf(line, sizeof(line), "{%s,\"x\":", NEEDED);
		for (i = 0; i < depth; i++)
			line[n++] = '[';
		for (i = 0; i < depth; i++)
			line[n++] = ']';
		line[n++] = '}';
		ck_assert_int_eq(reader_span(r, (struct span){ line, n }),
		    depth <= JSON_MAX_DEPTH);
	}
	reader_free(r);
}
END_TEST

/* A line of a megabyte that repeats one piece, in a string or as a pair. */
static size_t
long_line(char *line, size_t max, const char *open, const char *piece,
    const char *close)
{
	size_t n = (size_t)snprintf(line, max, "{%s,%s", NEEDED, open);
	size_t len = strlen(piece);

	while (n + len + strlen(close) + 2 < max) {
		memcpy(line + n, piece, len);
		n += len;
	}
	n += (size_t)snprintf(line + n, max - n, "%s}", close);
	return n;
}

START_TEST(line_of_a_megabyte_is_read)
{
	static const struct {
		const char *open, *piece, *close;
		bool ok;
	} rows[] = {
		{ "\"uid\":\"", "a", "\"", true },
		{ "\"uid\":\"", "\\u20ac", "\"", true },
		{ "\"uid\":\"", "\\\"", "\"", true },
		{ "\"uid\":\"", "\\\"", "", false },
		{ "\"peer\":\"", "w\\\\", "\"", true },
		{ "\"x\":[", "1,", "1]", true },
		{ "\"x\":\"\"", ",\"y\":1", "", true },
		{ "\"x\":\"\"", ",\"orig_pkts\":1", "", true },
		{ "\"x\":\"\"", ",\"\\u0061\":1", "", true },
		{ "\"x\":", "[", "", false },
		{ "\"x\":", "{\"a\":", "", false },
		{ "\"duration\":0.", "0", "", true },
		{ "\"duration\":", "1", "", false },
		{ "\"orig_pkts\":", "0", "", true },
		{ "\"id.orig_h\":\"", "1", "\"", false },
	};
	struct reader *r = reader_new(NULL, 0);
	char *line = malloc(FLOW_MAX_LINE);
	size_t i, n;

	ck_assert_ptr_nonnull(line);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		n = long_line(line, FLOW_MAX_LINE, rows[i].open, rows[i].piece,
		    rows[i].close);
		ck_assert_msg(
		    reader_span(r, (struct span){ line, n }) == rows[i].ok,
		    "%s%s", rows[i].open, rows[i].piece);
		json_reset(r->json);
	}
	free(line);
	reader_free(r);
}
END_TEST

START_TEST(nul_in_a_line_is_called_by_its_name)
{
	static const char line[] = WITH("\"uid\":\"a\0b\"");
	struct reader *r = reader_new(NULL, 0);

	ck_assert(!reader_span(r, (struct span){ line, sizeof(line) - 1 }));
	ck_assert_int_eq(r->fault.kind, PROBLEM_NUL);
	reader_free(r);
}
END_TEST

START_TEST(without_detail_payload_bytes_are_not_read)
{
	struct reader *r = reader_new(NULL, 0);

	r->opt.detail = false;
	ck_assert(reader_line(r, whole));
	ck_assert_uint_eq(r->flow.orig_bytes + r->flow.missed_bytes, 0);
	ck_assert_uint_eq(r->flow.flags & FLOW_HAS_BYTES, 0);
	ck_assert_uint_eq(r->flow.orig_ip_bytes, 2519);
	ck_assert_uint_eq(json_columns(r->json) >> FIELD_ORIG_BYTES & 1, 0);
	reader_free(r);
}
END_TEST

#define ROWS(t, test, table) \
	tcase_add_loop_test((t), test, 0, (int)ARRAY_LEN(table))

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/json");
	TCase *t = tcase_create("json");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, every_field_of_a_record_is_read);
	tcase_add_test(t, record_with_only_what_is_needed_has_the_rest_unset);
	tcase_add_test(t, order_of_keys_and_white_space_change_nothing);
	tcase_add_test(t, no_prefix_of_a_record_is_a_record);
	tcase_add_test(t, no_byte_that_is_changed_crashes_or_outlives_its_line);
	ROWS(t, line_that_is_no_record_is_refused_for_its_reason, refused);
	ROWS(t, line_that_is_a_record_in_an_odd_form_is_read, taken);
	ROWS(t, time_and_duration_are_exact_in_every_encoding, stamps);
	tcase_add_test(t, fast_and_careful_readers_agree);
	ROWS(t, common_form_is_read_straight_from_the_line, forms);
	tcase_add_test(t, last_of_equal_keys_wins);
	tcase_add_test(t, escapes_are_decoded_and_live_until_the_reset);
	tcase_add_test(t, renamed_and_rescoped_keys_are_found);
	tcase_add_test(t, protocol_comes_from_name_family_and_number);
	tcase_add_test(t, nesting_is_followed_to_its_limit_and_no_further);
	tcase_add_test(t, line_of_a_megabyte_is_read);
	tcase_add_test(t, nul_in_a_line_is_called_by_its_name);
	tcase_add_test(t, without_detail_payload_bytes_are_not_read);
	suite_add_tcase(s, t);
	return s;
}
