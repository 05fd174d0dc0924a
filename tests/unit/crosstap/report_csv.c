#include <stdio.h>
#include "crosstap/report.h"
#include "../golden.h"
#include "../sample_result.h"
#include "../unit.h"

START_TEST(csv_has_a_row_for_each_bucket_and_pair)
{
	struct buf out = BUF_INIT;
	struct result r;

	sample_frozen(&r);
	report_csv(&r, &out);
	golden_check("crosstap/frozen.csv", buf_span(&out));
	out.n = 0;
	result_clear(&r);
	sample_three(&r, 2);
	report_csv(&r, &out);
	golden_check("crosstap/three.csv", buf_span(&out));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(csv_quotes_names_with_commas_quotes_and_newlines)
{
	struct buf out = BUF_INIT;
	struct result r;

	sample_result(&r, 1);
	(void)snprintf(r.sensors[0].name, sizeof(r.sensors[0].name), "a,\"b\"");
	(void)snprintf(r.sensors[1].name, sizeof(r.sensors[1].name), "x\ny");
	report_csv(&r, &out);
	ck_assert_ptr_nonnull(
	    strstr(out.p, ",\"a,\"\"b\"\"\",\"x\ny\",mirror,"));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/report_csv");
	TCase *t = tcase_create("report_csv");

	tcase_add_test(t, csv_has_a_row_for_each_bucket_and_pair);
	tcase_add_test(t, csv_quotes_names_with_commas_quotes_and_newlines);
	suite_add_tcase(s, t);
	return s;
}
