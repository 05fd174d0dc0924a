/*
 * Texts of conn.log to values: each row is a form that some log holds, or one
 * that must not pass for it.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "../unit.h"
#include "flow/parse.h"

static const struct {
	const char *text;
	int64_t us;
} times[] = {
	{ "0", 0 },
	{ "1717200000.207304", INT64_C(1717200000207304) },
	{ "1717200000", INT64_C(1717200000000000) },
	{ "1717200000.2", INT64_C(1717200000200000) },
	{ "1717200000.2073045", INT64_C(1717200000207304) }, /* tie */
	{ "1717200000.2073055", INT64_C(1717200000207306) }, /* tie */
	{ "1717200000.20730450001", INT64_C(1717200000207305) },
	{ "1717200000.207304499999999999999999999", 1717200000207304 },
	{ "1717200000.9999996", INT64_C(1717200001000000) },
	{ "1.717200000207304e9", INT64_C(1717200000207304) },
	{ "1.717200000207304E+09", INT64_C(1717200000207304) },
	{ "1717200000207", INT64_C(1717200000207000) }, /* ms */
	{ "1717200000207.304", INT64_C(1717200000207304) },
	{ "99999999999", INT64_C(99999999999000000) }, /* still s */
	{ "100000000001", INT64_C(100000000001000) },  /* ms */
	{ "-1.5", -1500000 },
	{ "-0", 0 },
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01T00:00:00.000001Z", 1 },
	{ "2024-06-01T00:00:00.207304Z", INT64_C(1717200000207304) },
	{ "2024-06-01T00:00:00.1000000Z", INT64_C(1717200001000000) },
	{ "2024-06-01T00:00:00.2Z", INT64_C(1717200000200000) },
	{ "2024-06-01T00:00:00.207304999Z", INT64_C(1717200000207305) },
	{ "2024-02-29T23:59:59.999999Z", INT64_C(1709251199999999) },
	{ "2000-02-29T00:00:00Z", INT64_C(951782400000000) },
	{ "2100-03-01T00:00:00Z", INT64_C(4107542400000000) },
	{ "1969-12-31T23:59:59.500000Z", -500000 },
	{ "0001-01-01T00:00:00Z", INT64_C(-62135596800000000) },
};

START_TEST(time_is_read_to_the_nearest_microsecond)
{
	int64_t us = 42;

	ck_assert_msg(
	    parse_time(span_from(times[_i].text), &us), "%s", times[_i].text);
	ck_assert_msg(us == times[_i].us, "%s: %" PRId64, times[_i].text, us);
}
END_TEST

static const char *const bad_times[] = { "", "-", ".", "1.", ".5", "+1", " 1",
	"1 ", "1.5.5", "1e", "1e+", "1,5", "0x10", "nan", "inf",
	"XXXXXXXXXX.XXXXXX", "18446744073709551615", "1e30", "1e999999999999",
	"2024-06-01", "2024-06-01T00:00:00", "2024-06-01T00:00:00.Z",
	"2024-06-01T00:00:00.2", "2024-06-01 00:00:00Z", "2024-13-01T00:00:00Z",
	"2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-06-31T00:00:00Z",
	"2024-06-00T00:00:00Z", "2024-06-01T24:00:00Z", "2024-06-01T00:60:00Z",
	"2024-06-01T00:00:61Z", "2024-06-01T00:00:00ZZ",
	"2024-06-01T00:00:00.2Z ", "2024-6-01T00:00:00Z" };

START_TEST(time_that_is_none_is_refused)
{
	int64_t us;

	ck_assert_msg(
	    !parse_time(span_from(bad_times[_i]), &us), "%s", bad_times[_i]);
}
END_TEST

static const struct {
	const char *text;
	int64_t us;
} intervals[] = {
	{ "0.000000", 0 },
	{ "0.06685185432434082", 66852 },
	{ "0.0078125", 7812 },  /* a tie that a double holds exactly */
	{ "0.0234375", 23438 }, /* and one to the other side */
	{ "7.605552673339844e-05", 76 },
	{ "9.5367431640625e-07", 1 },
	{ "4.76837158203125e-07", 0 },
	{ "5e-07", 0 },
	{ "5.0000000000000001e-07", 1 },
	{ "1e-100000", 0 },
	{ "0e999999", 0 },
	{ "86400.123456", INT64_C(86400123456) },
	{ "123456789012", INT64_C(123456789012000000) },
	{ "-0.0001", -100 },
	{ "000.5", 500000 },
};

START_TEST(interval_is_rounded_as_a_log_of_six_digits_rounds_it)
{
	int64_t us = 42;

	ck_assert_msg(parse_interval(span_from(intervals[_i].text), &us), "%s",
	    intervals[_i].text);
	ck_assert_msg(
	    us == intervals[_i].us, "%s: %" PRId64, intervals[_i].text, us);
}
END_TEST

START_TEST(interval_with_a_million_digits_is_read_or_refused)
{
	const size_t n = 1 << 20;
	char *text = malloc(n);
	int64_t us = 42;

	ck_assert_ptr_nonnull(text);
	memset(text, '9', n);
	ck_assert(!parse_interval((struct span){ text, n }, &us));
	text[0] = '0';
	text[1] = '.';
	ck_assert(parse_interval((struct span){ text, n }, &us));
	ck_assert_int_eq(us, 1000000);
	memset(text + 2, '0', n - 3);
	ck_assert(parse_interval((struct span){ text, n }, &us));
	ck_assert_int_eq(us, 0);
	free(text);
}
END_TEST

/* Doubles to microseconds by way of the C library, which is exact. */
START_TEST(interval_of_any_double_agrees_with_printf)
{
	char text[64], six[64], *dot;
	uint64_t state = 7;
	int64_t us, want;
	unsigned i;

	for (i = 0; i < 200000; i++) {
		double d;

		state = state * UINT64_C(6364136223846793005) + 1;
		/* differences of two times lie on a grid of 2^-22 s */
		d = (double)(state >> 34) / 4194304.0;
		(void)snprintf(text, sizeof(text), "%.17g", d);
		(void)snprintf(six, sizeof(six), "%.6f", d);
		dot = strchr(six, '.');
		memmove(dot, dot + 1, strlen(dot));
		want = strtoll(six, NULL, 10);
		ck_assert(parse_interval(span_from(text), &us));
		ck_assert_msg(us == want, "%s: %" PRId64, text, us);
	}
}
END_TEST

static const struct {
	const char *text;
	uint64_t max, value;
	bool ok;
} counts[] = {
	{ "0", 10, 0, true },
	{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
	{ "18446744073709551616", UINT64_MAX, 0, false },
	{ "65535", UINT16_MAX, 65535, true },
	{ "65536", UINT16_MAX, 0, false },
	{ "1.0", 10, 1, true },
	{ "1.500e3", 10000, 1500, true },
	{ "1e3", 1000, 1000, true },
	{ "1e3", 999, 0, false },
	{ "0.000", 10, 0, true },
	{ "1.5", 10, 0, false },
	{ "1e-1", 10, 0, false },
	{ "1.00000000000000000000001", 10, 0, false },
	{ "-1", 10, 0, false },
	{ "", 10, 0, false },
	{ "1x", 100, 0, false },
};

START_TEST(count_is_a_whole_number_within_its_bound)
{
	uint64_t v = 0;
	bool ok = parse_count(span_from(counts[_i].text), counts[_i].max, &v);

	ck_assert_msg(ok == counts[_i].ok, "%s", counts[_i].text);
	if (ok)
		ck_assert_uint_eq(v, counts[_i].value);
}
END_TEST

/* NULL as text: what is written comes out as it went in. */
static const struct {
	const char *in, *out;
} addrs[] = {
	{ "0.0.0.0", NULL },
	{ "255.255.255.255", NULL },
	{ "10.100.9.99", NULL },
	{ "::", NULL },
	{ "::1", NULL },
	{ "1::", NULL },
	{ "2001:db8::1", NULL },
	{ "2001:db8:0:1:1:1:1:1", NULL },
	{ "2001:db8::1:0:0:1", NULL },
	{ "2001:0:0:1::1", NULL },
	{ "1:2:3:4:5:6:7:8", NULL },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
	{ "2001:db8:0:0::1", "2001:db8::1" },
	{ "2001:DB8::A", "2001:db8::a" },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1" },
	{ "::ffff:1.2.3.4", "1.2.3.4" },
	{ "::ffff:102:304", "1.2.3.4" },
	{ "64:ff9b::1.2.3.4", "64:ff9b::102:304" },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
};

START_TEST(address_is_read_and_written_as_rfc_5952_has_it)
{
	const char *want = addrs[_i].out != NULL ? addrs[_i].out : addrs[_i].in;
	char text[FLOW_ADDR_MAX];
	uint8_t libc[16];
	struct flow_addr a;

	ck_assert(flow_addr_parse(span_from(addrs[_i].in), &a));
	flow_addr_format(&a, text);
	ck_assert_str_eq(text, want);
	if (strchr(addrs[_i].in, ':') != NULL) {
		ck_assert_int_eq(inet_pton(AF_INET6, addrs[_i].in, libc), 1);
		ck_assert_mem_eq(a.b, libc, 16);
	}
	ck_assert_int_eq(flow_addr_is_v4(&a), strchr(want, ':') == NULL);
}
END_TEST

static const char *const bad_addrs[] = { "", "1", ".", ":", "1.2.3",
	"1.2.3.4.5", "1.2.3.256", "1.2.3.1000", "01.2.3.4", "1.2.3.04",
	"1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.a", ":::", "1::2::3",
	"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
	"12345::", "g::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "fe80::1%eth0",
	"::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "-", "(empty)",
	"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555" };

START_TEST(address_that_is_none_is_refused)
{
	struct flow_addr a;
	uint8_t libc[16];

	ck_assert_msg(!flow_addr_parse(span_from(bad_addrs[_i]), &a), "%s",
	    bad_addrs[_i]);
	ck_assert_int_ne(inet_pton(AF_INET6, bad_addrs[_i], libc), 1);
}
END_TEST

/* Random texts over the alphabet of addresses: the C library is the judge. */
START_TEST(address_is_taken_where_the_library_takes_it)
{
	static const char alphabet[] = "01f:::.25";
	uint64_t state = 11;
	unsigned i, k, taken = 0;
	char text[64];

	for (i = 0; i < 300000; i++) {
		struct flow_addr a;
		uint8_t libc[16];
		unsigned n = 2 + (unsigned)(state >> 60);
		bool ok;

		for (k = 0; k < n; k++) {
			state = state * UINT64_C(6364136223846793005) + 99;
			text[k] = alphabet[(state >> 33) % 9];
		}
		text[n] = '\0';
		ok = inet_pton(AF_INET6, text, libc) == 1 ||
		    inet_pton(AF_INET, text, libc) == 1;
		ck_assert_msg(
		    flow_addr_parse(span_from(text), &a) == ok, "%s", text);
		if (ok && strchr(text, ':') != NULL)
			ck_assert_mem_eq(a.b, libc, 16);
		taken += ok;
	}
	ck_assert_uint_gt(taken, 1000);
}
END_TEST

START_TEST(address_of_any_bytes_survives_a_round_trip)
{
	uint64_t state = 13;
	unsigned i, k;

	for (i = 0; i < 100000; i++) {
		struct flow_addr a, b;
		char text[FLOW_ADDR_MAX];

		for (k = 0; k < 16; k++) {
			state = state * UINT64_C(6364136223846793005) + 99;
			a.b[k] = (uint8_t)((state >> 61) > 4 ? state >> 40 : 0);
		}
		flow_addr_format(&a, text);
		ck_assert_uint_lt(strlen(text), FLOW_ADDR_MAX);
		ck_assert(flow_addr_parse(span_from(text), &b));
		ck_assert_mem_eq(a.b, b.b, 16);
	}
}
END_TEST

static const struct {
	const char *name;
	enum flow_state state;
	enum flow_state_class class;
} states[] = {
	{ "S0", FLOW_S0, FLOW_CLASS_ATTEMPT },
	{ "S1", FLOW_S1, FLOW_CLASS_OPEN },
	{ "SF", FLOW_SF, FLOW_CLASS_DONE },
	{ "REJ", FLOW_REJ, FLOW_CLASS_ATTEMPT },
	{ "S2", FLOW_S2, FLOW_CLASS_OPEN },
	{ "S3", FLOW_S3, FLOW_CLASS_OPEN },
	{ "RSTO", FLOW_RSTO, FLOW_CLASS_DONE },
	{ "RSTR", FLOW_RSTR, FLOW_CLASS_DONE },
	{ "RSTOS0", FLOW_RSTOS0, FLOW_CLASS_ATTEMPT },
	{ "RSTRH", FLOW_RSTRH, FLOW_CLASS_HALF },
	{ "SH", FLOW_SH, FLOW_CLASS_ATTEMPT },
	{ "SHR", FLOW_SHR, FLOW_CLASS_HALF },
	{ "OTH", FLOW_OTH, FLOW_CLASS_MIDSTREAM },
	{ "", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "-", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "S4", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "sf", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "SFX", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "RSTOS00", FLOW_STATE_NONE, FLOW_CLASS_NONE },
	{ "X0", FLOW_STATE_NONE, FLOW_CLASS_NONE },
};

START_TEST(state_has_its_name_and_class)
{
	enum flow_state st = flow_state_parse(span_from(states[_i].name));

	ck_assert_int_eq(st, states[_i].state);
	ck_assert_int_eq(flow_state_class(st), states[_i].class);
	ck_assert_str_eq(
	    flow_state_name(st), st == FLOW_STATE_NONE ? "-" : states[_i].name);
}
END_TEST

static const struct {
	const char *text;
	unsigned bits;
} histories[] = {
	{ "", 0 },
	{ "D", FLOW_HIST_ORIG },
	{ "d", FLOW_HIST_RESP },
	{ "^d", FLOW_HIST_FLIPPED | FLOW_HIST_RESP },
	{ "Sh",
	    FLOW_HIST_ORIG | FLOW_HIST_RESP | FLOW_HIST_ORIG_SYN |
		FLOW_HIST_RESP_SYN },
	{ "HsQ", FLOW_HIST_ORIG | FLOW_HIST_RESP },
	{ "CcGgTt",
	    FLOW_HIST_ORIG | FLOW_HIST_RESP | FLOW_HIST_ORIG_CSUM |
		FLOW_HIST_RESP_CSUM | FLOW_HIST_ORIG_GAP | FLOW_HIST_RESP_GAP |
		FLOW_HIST_ORIG_REXM | FLOW_HIST_RESP_REXM },
	{ "0-\xd3\xe8\x80@[`{", 0 },
};

START_TEST(history_is_reduced_to_its_bits)
{
	ck_assert_uint_eq(flow_history_parse(span_from(histories[_i].text)),
	    histories[_i].bits);
}
END_TEST

START_TEST(protocol_has_a_number_by_family)
{
	static const struct {
		const char *name;
		bool ipv6;
		uint8_t proto;
	} rows[] = { { "tcp", false, 6 }, { "TCP", true, 6 },
		{ "udp", false, 17 }, { "icmp", false, 1 },
		{ "icmp", true, 58 }, { "unknown_transport", true, 0 } };
	uint8_t p;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert(
		    parse_proto(span_from(rows[i].name), rows[i].ipv6, &p));
		ck_assert_uint_eq(p, rows[i].proto);
	}
	ck_assert_str_eq(flow_proto_name(58), "icmp");
	ck_assert_str_eq(flow_proto_name(6), "tcp");
	ck_assert_ptr_null(flow_proto_name(50));
	ck_assert(!parse_proto(span_from("tc"), false, &p));
	ck_assert(!parse_proto(span_from("tcpp"), false, &p));
	ck_assert(!parse_proto((struct span){ NULL, 0 }, false, &p));
}
END_TEST

START_TEST(field_is_found_by_name_scope_and_rename)
{
	const struct flow_rename renames[] = {
		{ SPAN_LITERAL("id.orig_h"), SPAN_LITERAL("src_ip") },
		{ SPAN_LITERAL("id_resp_h"), SPAN_LITERAL("id.orig_h") },
		{ SPAN_LITERAL("peer"), SPAN_LITERAL("sensor") },
		{ SPAN_LITERAL("proto"), SPAN_LITERAL("transport") },
		{ SPAN_LITERAL("proto"), SPAN_LITERAL("proto") },
	};
	const struct flow_parser_options plain = { .nrenames = 0 },
					 renamed = { .renames = renames,
						 .nrenames =
						     ARRAY_LEN(renames) };
	static const struct {
		const char *name;
		enum flow_field plain, renamed;
	} rows[] = {
		{ "ts", FIELD_TS, FIELD_TS },
		{ "id.orig_p", FIELD_ORIG_P, FIELD_ORIG_P },
		{ "id_orig_p", FIELD_ORIG_P, FIELD_ORIG_P },
		{ "id:orig_p", FIELD_IGNORED, FIELD_IGNORED },
		{ "orig.bytes", FIELD_IGNORED, FIELD_IGNORED },
		{ "src_ip", FIELD_IGNORED, FIELD_ORIG_H },
		{ "id.orig_h", FIELD_ORIG_H, FIELD_RESP_H },
		{ "id_orig_h", FIELD_ORIG_H, FIELD_IGNORED },
		{ "id.resp_h", FIELD_RESP_H, FIELD_IGNORED },
		{ "_node_name", FIELD_WORKER, FIELD_IGNORED },
		{ "_system_name", FIELD_WORKER, FIELD_IGNORED },
		{ "node", FIELD_WORKER, FIELD_IGNORED },
		{ "_peer", FIELD_WORKER, FIELD_IGNORED },
		{ "sensor", FIELD_IGNORED, FIELD_WORKER },
		{ "proto", FIELD_PROTO, FIELD_PROTO },
		{ "transport", FIELD_IGNORED, FIELD_PROTO },
		{ "", FIELD_IGNORED, FIELD_IGNORED },
		{ "t", FIELD_IGNORED, FIELD_IGNORED },
		{ "tss", FIELD_IGNORED, FIELD_IGNORED },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct span name = span_from(rows[i].name);

		ck_assert_msg(parse_field_of(&plain, name) == rows[i].plain,
		    "%s", rows[i].name);
		ck_assert_msg(parse_field_of(&renamed, name) == rows[i].renamed,
		    "%s", rows[i].name);
	}
	for (i = 0; i < FLOW_NFIELDS; i++)
		ck_assert_uint_eq(
		    parse_field_of(
			NULL, span_from(parse_field_name((enum flow_field)i))),
		    i);
}
END_TEST

START_TEST(worker_names_are_kept_once_and_up_to_the_limit)
{
	struct parse_workers *w = calloc(1, sizeof(*w));
	char name[128];
	unsigned i, round;

	ck_assert_ptr_nonnull(w);
	ck_assert_uint_eq(
	    parse_worker(w, (struct span){ "", 0 }), FLOW_NO_WORKER);
	for (round = 0; round < 2; round++)
		for (i = 0; i < 300; i++) {
			(void)snprintf(name, sizeof(name), "worker-%u", i);
			ck_assert_uint_eq(parse_worker(w, span_from(name)),
			    i < FLOW_MAX_WORKERS ? i : FLOW_NO_WORKER);
		}
	ck_assert_uint_eq(w->n, FLOW_MAX_WORKERS);
	ck_assert_str_eq(w->names[17], "worker-17");
	free(w);
}
END_TEST

START_TEST(worker_name_that_is_too_long_is_cut)
{
	struct parse_workers *w = calloc(1, sizeof(*w));
	char name[200];

	ck_assert_ptr_nonnull(w);
	memset(name, 'a', sizeof(name));
	ck_assert_uint_eq(parse_worker(w, (struct span){ name, 200 }), 0);
	ck_assert_uint_eq(strlen(w->names[0]), FLOW_MAX_NAME - 1);
	ck_assert_uint_eq(parse_worker(w, (struct span){ name, 63 }), 0);
	ck_assert_uint_eq(parse_worker(w, (struct span){ name, 62 }), 1);
	free(w);
}
END_TEST

#define ROWS(t, test, table) \
	tcase_add_loop_test((t), test, 0, (int)ARRAY_LEN(table))

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/values");
	TCase *t = tcase_create("values");

	ROWS(t, time_is_read_to_the_nearest_microsecond, times);
	ROWS(t, time_that_is_none_is_refused, bad_times);
	ROWS(
	    t, interval_is_rounded_as_a_log_of_six_digits_rounds_it, intervals);
	tcase_add_test(t, interval_with_a_million_digits_is_read_or_refused);
	tcase_add_test(t, interval_of_any_double_agrees_with_printf);
	ROWS(t, count_is_a_whole_number_within_its_bound, counts);
	ROWS(t, address_is_read_and_written_as_rfc_5952_has_it, addrs);
	ROWS(t, address_that_is_none_is_refused, bad_addrs);
	tcase_add_test(t, address_is_taken_where_the_library_takes_it);
	tcase_add_test(t, address_of_any_bytes_survives_a_round_trip);
	ROWS(t, state_has_its_name_and_class, states);
	ROWS(t, history_is_reduced_to_its_bits, histories);
	tcase_add_test(t, protocol_has_a_number_by_family);
	tcase_add_test(t, field_is_found_by_name_scope_and_rename);
	tcase_add_test(t, worker_names_are_kept_once_and_up_to_the_limit);
	tcase_add_test(t, worker_name_that_is_too_long_is_cut);
	suite_add_tcase(s, t);
	return s;
}
