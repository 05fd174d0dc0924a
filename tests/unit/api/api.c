/*
 * libcrosstap by its public headers alone, and what they promise: bytes that
 * end anywhere, refusals as a status, counts that add up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <crosstap/compare.h>
#include "unit.h"

#define FIELDS                                                   \
	"#separator \\x09\n#unset_field\t-\n#path\tconn\n"       \
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\t"    \
	"id.resp_p\tproto\tduration\torig_pkts\torig_ip_bytes\t" \
	"resp_pkts\tresp_ip_bytes\n"

#define T0 1717200000
#define FLOWS 300

/* One flow a second for five minutes, without every n-th; 0: with all. */
static size_t
api_log(char *out, size_t room, unsigned without)
{
	size_t n = (size_t)snprintf(out, room, "%s", FIELDS);
	unsigned i;

	for (i = 0; i < FLOWS; i++)
		if (without == 0 || i % without != 1)
			n += (size_t)snprintf(out + n, room - n,
			    "%u.25\tC%u\t10.0.0.1\t%u\t192.0.2.7\t80\ttcp"
			    "\t0.5\t3\t300\t4\t4000\n",
			    T0 + i, i, 1024 + i);
	return n;
}

/* Fed in pieces of that many bytes. */
static struct crosstap_digest *
api_digest(const char *text, size_t n, size_t piece,
    const struct crosstap_digest_options *opt)
{
	struct crosstap_parser *p = crosstap_parser_new();
	struct crosstap_digest *d = crosstap_digest_new(opt);
	const struct crosstap_flow *f;
	size_t at, k;

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(d);
	for (at = 0; at < n; at += k) {
		k = n - at < piece ? n - at : piece;
		ck_assert_int_eq(
		    crosstap_parser_feed(p, text + at, k), CROSSTAP_OK);
		while ((f = crosstap_parser_next(p)) != NULL)
			ck_assert_int_eq(
			    crosstap_digest_add(d, f), CROSSTAP_OK);
	}
	ck_assert_int_eq(crosstap_parser_end(p), CROSSTAP_OK);
	while ((f = crosstap_parser_next(p)) != NULL)
		ck_assert_int_eq(crosstap_digest_add(d, f), CROSSTAP_OK);
	ck_assert_uint_eq(crosstap_parser_bad(p), 0);
	ck_assert_ptr_null(crosstap_parser_problem(p));
	crosstap_parser_free(p);
	ck_assert_uint_eq(crosstap_digest_buckets(d), 0);
	ck_assert_int_eq(crosstap_digest_end(d), CROSSTAP_OK);
	return d;
}

static char text[64 * 1024];

START_TEST(bytes_may_end_anywhere)
{
	static const struct crosstap_digest_options opt = { .seed = 7 };
	static const size_t pieces[] = { 1, 7, 1000, sizeof(text) };
	size_t n = api_log(text, sizeof(text), 0), i, k;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct crosstap_digest *d =
		    api_digest(text, n, pieces[i], &opt);
		struct crosstap_bucket b;

		ck_assert_uint_eq(crosstap_digest_buckets(d), 5);
		for (k = 0; k < 5; k++) {
			ck_assert_int_eq(
			    crosstap_digest_bucket(d, k, &b), CROSSTAP_OK);
			ck_assert_int_eq(b.start_us,
			    (T0 + 60 * (int64_t)k) * INT64_C(1000000));
			ck_assert_uint_eq(b.flows, 60);
			ck_assert_uint_eq(b.packets, 60 * 7);
			ck_assert_uint_eq(b.ip_bytes, 60 * 4300);
			ck_assert_uint_eq(b.bad, 0);
		}
		ck_assert_int_eq(
		    crosstap_digest_bucket(d, 5, &b), CROSSTAP_INVALID);
		ck_assert_uint_eq(crosstap_digest_late(d), 0);
		crosstap_digest_free(d);
	}
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
	static const struct crosstap_digest_options bad[] = {
		{ .width_us = 999999 },
		{ .width_us = INT64_C(3600000001) },
		{ .width_us = -1 },
		{ .settle_us = INT64_C(86400000001) },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_ptr_null(crosstap_digest_new(&bad[i]));
}
END_TEST

START_TEST(nothing_is_taken_after_the_end)
{
	static const struct crosstap_digest_options opt = { .seed = 7,
		.settle_us = -1 };
	size_t n = api_log(text, sizeof(text), 0);
	struct crosstap_digest *d = api_digest(text, n, n, &opt);
	struct crosstap_parser *p = crosstap_parser_new();
	const struct crosstap_flow *f;

	ck_assert_int_eq(crosstap_parser_feed(p, text, n), CROSSTAP_OK);
	f = crosstap_parser_next(p);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(crosstap_digest_add(d, f), CROSSTAP_INVALID);
	ck_assert_int_eq(crosstap_digest_end(d), CROSSTAP_INVALID);
	ck_assert_int_eq(crosstap_parser_end(p), CROSSTAP_OK);
	ck_assert_int_eq(crosstap_parser_feed(p, text, n), CROSSTAP_INVALID);
	crosstap_parser_free(p);
	crosstap_digest_free(d);
}
END_TEST

START_TEST(flow_has_its_times_and_community_id)
{
	size_t n = api_log(text, sizeof(text), 0);
	struct crosstap_parser *p = crosstap_parser_new();
	char id[CROSSTAP_COMMUNITY_ID_MAX];
	const struct crosstap_flow *f;

	ck_assert_int_eq(crosstap_parser_feed(p, text, n), CROSSTAP_OK);
	f = crosstap_parser_next(p);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(crosstap_flow_is_bad(f), 0);
	ck_assert_int_eq(
	    crosstap_flow_start_us(f), T0 * INT64_C(1000000) + 250000);
	ck_assert_int_eq(
	    crosstap_flow_end_us(f), T0 * INT64_C(1000000) + 750000);
	crosstap_flow_community_id(f, id);
	ck_assert_uint_eq(strlen(id), CROSSTAP_COMMUNITY_ID_MAX - 1);
	ck_assert_int_eq(strncmp(id, "1:", 2), 0);
	ck_assert_uint_gt(crosstap_parser_good(p), 0);
	crosstap_parser_free(p);
}
END_TEST

START_TEST(bad_record_comes_out_and_is_told)
{
	static const char bad[] = FIELDS "not a time\tC1\t10.0.0.1\n";
	struct crosstap_parser *p = crosstap_parser_new();
	char id[CROSSTAP_COMMUNITY_ID_MAX];
	const struct crosstap_flow *f;

	ck_assert_int_eq(
	    crosstap_parser_feed(p, bad, sizeof(bad) - 1), CROSSTAP_OK);
	f = crosstap_parser_next(p);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(crosstap_flow_is_bad(f), 1);
	crosstap_flow_community_id(f, id);
	ck_assert_str_eq(id, "");
	ck_assert_ptr_null(crosstap_parser_next(p));
	ck_assert_uint_eq(crosstap_parser_bad(p), 1);
	ck_assert_uint_eq(crosstap_parser_good(p), 0);
	ck_assert_ptr_nonnull(strstr(crosstap_parser_problem(p), "-:5"));
	crosstap_parser_free(p);
}
END_TEST

START_TEST(line_without_end_is_one_bad_record)
{
	struct crosstap_parser *p = crosstap_parser_new();
	char *junk = malloc(4096);
	unsigned i, bad = 0;
	const struct crosstap_flow *f;

	memset(junk, 'x', 4096);
	ck_assert_int_eq(
	    crosstap_parser_feed(p, FIELDS, sizeof(FIELDS) - 1), CROSSTAP_OK);
	for (i = 0; i < 1024; i++) {
		ck_assert_int_eq(
		    crosstap_parser_feed(p, junk, 4096), CROSSTAP_OK);
		while ((f = crosstap_parser_next(p)) != NULL)
			bad += (unsigned)crosstap_flow_is_bad(f);
	}
	ck_assert_int_eq(crosstap_parser_end(p), CROSSTAP_OK);
	while ((f = crosstap_parser_next(p)) != NULL)
		bad += (unsigned)crosstap_flow_is_bad(f);
	ck_assert_uint_eq(bad, 1);
	crosstap_parser_free(p);
	free(junk);
}
END_TEST

static struct crosstap_result *
api_compare(
    unsigned without_a, unsigned without_b, enum crosstap_relation relation)
{
	static const struct crosstap_digest_options opt = { .seed = 7 };
	size_t n = api_log(text, sizeof(text), without_a);
	struct crosstap_digest *a = api_digest(text, n, n, &opt), *b;
	struct crosstap_result *r;

	n = api_log(text, sizeof(text), without_b);
	b = api_digest(text, n, n, &opt);
	ck_assert_int_eq(crosstap_compare(a, b, relation, &r), CROSSTAP_OK);
	crosstap_digest_free(a);
	crosstap_digest_free(b);
	return r;
}

START_TEST(equal_logs_agree)
{
	struct crosstap_result *r = api_compare(0, 0, CROSSTAP_MIRROR);
	struct crosstap_counts n;

	crosstap_result_counts(r, &n);
	ck_assert_uint_eq(n.only_a + n.only_b + n.damaged, 0);
	ck_assert_uint_gt(n.paired, 0);
	ck_assert_double_eq(crosstap_result_agreement(r), 1.0);
	crosstap_result_free(r);
}
END_TEST

START_TEST(missing_flows_are_counted_bucket_by_bucket)
{
	struct crosstap_result *r = api_compare(0, 3, CROSSTAP_MIRROR);
	struct crosstap_difference b;
	struct crosstap_counts n;
	uint64_t only_a = 0, paired = 0;
	size_t i;

	for (i = 0; i < crosstap_result_buckets(r); i++) {
		ck_assert_int_eq(crosstap_result_bucket(r, i, &b), CROSSTAP_OK);
		only_a += b.n.only_a;
		paired += b.n.paired;
		/* the first and the last have flows at the edge of a log */
		if (i > 0 && i < 4) {
			ck_assert_int_eq(b.status, CROSSTAP_DIFFERS);
			ck_assert_uint_eq(b.n.only_a, 20);
			ck_assert_uint_eq(b.n.paired, 40);
		}
	}
	ck_assert_uint_eq(i, 5);
	ck_assert_int_eq(crosstap_result_bucket(r, i, &b), CROSSTAP_INVALID);
	crosstap_result_counts(r, &n);
	ck_assert_uint_eq(n.only_a, only_a);
	ck_assert_uint_eq(n.paired, paired);
	ck_assert_uint_eq(n.only_b, 0);
	crosstap_result_free(r);
}
END_TEST

START_TEST(subset_agrees_although_the_whole_has_more)
{
	struct crosstap_result *r = api_compare(0, 3, CROSSTAP_SUBSET);

	ck_assert_double_eq(crosstap_result_agreement(r), 1.0);
	crosstap_result_free(r);
	r = api_compare(3, 0, CROSSTAP_SUBSET);
	ck_assert_double_lt(crosstap_result_agreement(r), 0.7);
	crosstap_result_free(r);
}
END_TEST

START_TEST(digests_of_two_kinds_are_refused)
{
	static const struct crosstap_digest_options opts[] = { { .seed = 7 },
		{ .seed = 8 }, { .seed = 7, .width_us = 30000000 },
		{ .seed = 7, .settle_us = -1 } };
	size_t n = api_log(text, sizeof(text), 0), i;
	struct crosstap_digest *a = api_digest(text, n, n, &opts[0]), *b;
	struct crosstap_result *r;

	for (i = 1; i < sizeof(opts) / sizeof(opts[0]); i++) {
		b = api_digest(text, n, n, &opts[i]);
		ck_assert_int_eq(crosstap_compare(a, b, CROSSTAP_MIRROR, &r),
		    CROSSTAP_INVALID);
		ck_assert_ptr_null(r);
		crosstap_digest_free(b);
	}
	b = crosstap_digest_new(&opts[0]);
	ck_assert_int_eq(
	    crosstap_compare(a, b, CROSSTAP_MIRROR, &r), CROSSTAP_INVALID);
	ck_assert_ptr_null(r);
	crosstap_digest_free(b);
	crosstap_digest_free(a);
	crosstap_digest_free(NULL);
	crosstap_parser_free(NULL);
	crosstap_result_free(NULL);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("api");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, bytes_may_end_anywhere);
	tcase_add_test(tc, options_out_of_range_are_refused);
	tcase_add_test(tc, nothing_is_taken_after_the_end);
	tcase_add_test(tc, flow_has_its_times_and_community_id);
	tcase_add_test(tc, bad_record_comes_out_and_is_told);
	tcase_add_test(tc, line_without_end_is_one_bad_record);
	tcase_add_test(tc, equal_logs_agree);
	tcase_add_test(tc, missing_flows_are_counted_bucket_by_bucket);
	tcase_add_test(tc, subset_agrees_although_the_whole_has_more);
	tcase_add_test(tc, digests_of_two_kinds_are_refused);
	suite_add_tcase(s, tc);
	return s;
}
