#include <math.h>
#include <stdio.h>
#include "crosstap/report.h"
#include "../golden.h"
#include "../sample_result.h"
#include "../unit.h"

START_TEST(json_of_a_frozen_worker_is_as_the_file_says)
{
	struct buf out = BUF_INIT;
	struct result r;

	sample_frozen(&r);
	report_json(&r, "0.1.0", &out);
	golden_check("crosstap/frozen.json", buf_span(&out));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(json_says_null_for_what_is_not_known)
{
	struct finding f = sample_frozen_finding;
	struct buf out = BUF_INIT;
	struct result r;

	sample_result(&r, 1);
	r.sensors[1].has_offset = false;
	r.sensors[1].watermark_us = INT64_MIN;
	f.share = (double)NAN;
	f.evidence[0].value = (double)INFINITY;
	f.facet[0] = '\0';
	sample_add_finding(&r, &f);
	report_json(&r, "0.1.0", &out);
	ck_assert_ptr_nonnull(strstr(out.p, "\"clock_offset\":0,"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"clock_offset\":null,"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"watermark\":null"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"share\":null"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"facet\":null"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"direction\":null"));
	ck_assert_ptr_nonnull(strstr(out.p, "\"worker_flows\":null"));
	ck_assert_ptr_null(strstr(out.p, "nan"));
	ck_assert_ptr_null(strstr(out.p, "inf"));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(json_quotes_what_names_may_hold)
{
	struct buf out = BUF_INIT;
	struct result r;

	sample_result(&r, 0);
	(void)snprintf(r.sensors[0].name, sizeof(r.sensors[0].name),
	    "a\"\\\n\xff\xc3\xbc");
	report_json(&r, "0.1.0", &out);
	ck_assert_ptr_nonnull(
	    strstr(out.p, "\"name\":\"a\\\"\\\\\\u000a\\u00ff\xc3\xbc\""));
	ck_assert_ptr_nonnull(strstr(out.p, "\"buckets\":[],"));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/report_json");
	TCase *t = tcase_create("report_json");

	tcase_add_test(t, json_of_a_frozen_worker_is_as_the_file_says);
	tcase_add_test(t, json_says_null_for_what_is_not_known);
	tcase_add_test(t, json_quotes_what_names_may_hold);
	suite_add_tcase(s, t);
	return s;
}
