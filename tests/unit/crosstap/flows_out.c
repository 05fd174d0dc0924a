#include <stdlib.h>
#include "crosstap/flows_out.h"
#include "../golden.h"
#include "../unit.h"

#define NOW (INT64_C(1764000000) * US_PER_S)

static struct flow
sample_flow(const char *uid)
{
	struct flow f = { .start_us = NOW + 123456,
		.duration_us = 1500000,
		.orig_bytes = 100,
		.resp_bytes = 2000,
		.orig_pkts = 5,
		.resp_pkts = 7,
		.orig_ip_bytes = 360,
		.resp_ip_bytes = 2364,
		.uid = span_from(uid),
		.service = SPAN_LITERAL("ssl"),
		.history = SPAN_LITERAL("ShADadFf"),
		.orig_port = 50000,
		.resp_port = 443,
		.proto = 6,
		.state = FLOW_SF,
		.flags = FLOW_HAS_DURATION | FLOW_HAS_BYTES | FLOW_HAS_COUNTS };

	ck_assert(flow_addr_parse(SPAN_LITERAL("10.0.0.1"), &f.orig));
	ck_assert(flow_addr_parse(SPAN_LITERAL("192.0.2.80"), &f.resp));
	return f;
}

static void
sample_write(enum flows_format format, struct buf *out)
{
	struct flow a = sample_flow("CaaaA1"), b = sample_flow("CbbbB2");
	struct flow bare = { .start_us = NOW, .proto = 253 };
	struct flow_diff only = { "only_a", "A", "B", &a, NULL };
	struct flow_diff damaged = { "damaged", "A", "B", &a, &b };
	struct flow_diff poor = { "only_b", "A", "B", NULL, &bare };

	flows_out_head(format, NOW, out);
	flows_out_add(format, &only, out);
	b.resp_pkts = 3;
	b.resp_ip_bytes = 1000;
	flows_out_add(format, &damaged, out);
	flows_out_add(format, &poor, out);
	flows_out_tail(format, NOW + 60 * US_PER_S, out);
	ck_assert(buf_ok(out));
}

START_TEST(tsv_is_a_zeek_log)
{
	struct buf out = BUF_INIT;

	sample_write(FLOWS_TSV, &out);
	golden_check("crosstap/flows.log", buf_span(&out));
	buf_clear(&out);
}
END_TEST

START_TEST(tsv_has_as_many_values_and_types_as_fields)
{
	struct buf out = BUF_INIT;
	size_t fields = 0, tabs;
	char *line, *next;

	sample_write(FLOWS_TSV, &out);
	for (line = out.p; *line != '\0'; line = next) {
		next = line + strcspn(line, "\n");
		*next++ = '\0';
		for (tabs = 0; *line != '\0'; line++)
			tabs += *line == '\t';
		if (tabs > 10 && fields == 0)
			fields = tabs;
		else if (tabs > 10 && tabs != fields)
			/* header lines have one more: their own name */
			ck_assert_uint_eq(tabs + 1, fields);
	}
	ck_assert_uint_eq(fields, 34);
	buf_clear(&out);
}
END_TEST

START_TEST(json_is_one_object_a_line_without_unset_members)
{
	struct buf out = BUF_INIT;

	sample_write(FLOWS_JSON, &out);
	golden_check("crosstap/flows.json", buf_span(&out));
	buf_clear(&out);
}
END_TEST

START_TEST(csv_has_a_header_and_empty_fields_for_what_is_unset)
{
	struct buf out = BUF_INIT;

	sample_write(FLOWS_CSV, &out);
	golden_check("crosstap/flows.csv", buf_span(&out));
	buf_clear(&out);
}
END_TEST

START_TEST(csv_quotes_what_a_log_may_hold)
{
	struct flow a = sample_flow("a\"b,c");
	struct flow_diff d = { "only_a", "A", "B", &a, NULL };
	struct buf out = BUF_INIT;

	flows_out_add(FLOWS_CSV, &d, &out);
	ck_assert_ptr_nonnull(strstr(out.p, ",\"a\"\"b,c\","));
	buf_clear(&out);
}
END_TEST

START_TEST(the_peer_is_turned_round_where_it_took_the_other_originator)
{
	struct flow a = sample_flow("CaaaA1"), b = sample_flow("CbbbB2");
	struct flow_diff d = { "damaged", "A", "B", &a, &b };
	struct buf out = BUF_INIT;

	b.orig = a.resp;
	b.resp = a.orig;
	b.orig_port = a.resp_port;
	b.resp_port = a.orig_port;
	b.orig_pkts = 9;
	b.resp_pkts = 4;
	flows_out_add(FLOWS_JSON, &d, &out);
	ck_assert_ptr_nonnull(strstr(out.p, "\"orig_pkts_a\":5"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"orig_pkts_b\":4"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"resp_pkts_b\":9"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"id.orig_h\":\"10.0.0.1\""));
	buf_clear(&out);
}
END_TEST

static const struct {
	const char *uid, *text;
} escapes[] = {
	{ "-", "\\x2d" },
	{ "(empty)", "\\x28empty)" },
	{ "a\tb", "a\\x09b" },
	{ "a\\b", "a\\x5cb" },
	{ "\033[2J", "\\x1b[2J" },
	{ "#x", "\\x23x" },
	{ "\xc3\xbc", "\\xc3\\xbc" },
};

START_TEST(tsv_escapes_what_would_be_read_otherwise)
{
	struct flow a = sample_flow(escapes[_i].uid);
	struct flow_diff d = { "only_a", "A", "B", &a, NULL };
	struct buf out = BUF_INIT, want = BUF_INIT;

	buf_printf(&want, "\t%s\t", escapes[_i].text);
	flows_out_add(FLOWS_TSV, &d, &out);
	ck_assert_msg(strstr(out.p, want.p) != NULL, "%s in %s", want.p, out.p);
	buf_clear(&out);
	buf_clear(&want);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/flows_out");
	TCase *t = tcase_create("flows_out");

	tcase_add_test(t, tsv_is_a_zeek_log);
	tcase_add_test(t, tsv_has_as_many_values_and_types_as_fields);
	tcase_add_test(t, json_is_one_object_a_line_without_unset_members);
	tcase_add_test(t, csv_has_a_header_and_empty_fields_for_what_is_unset);
	tcase_add_test(t, csv_quotes_what_a_log_may_hold);
	tcase_add_test(
	    t, the_peer_is_turned_round_where_it_took_the_other_originator);
	tcase_add_loop_test(
	    t, tsv_escapes_what_would_be_read_otherwise, 0, ARRAY_LEN(escapes));
	suite_add_tcase(s, t);
	return s;
}
