#include <math.h>
#include "check_crosstap/range.h"
#include "unit.h"

/* As the guidelines for plugins have it. */
static const struct {
	const char *text;
	double value;
	bool alerts;
} rows[] = {
	{ "10", 0, false },
	{ "10", 10, false },
	{ "10", 10.01, true },
	{ "10", -0.01, true },
	{ "10:", 9.99, true },
	{ "10:", 10, false },
	{ "10:", 1e9, false },
	{ ":10", 10.5, true },
	{ "~:10", -1e9, false },
	{ "~:10", 10.1, true },
	{ "10:20", 9, true },
	{ "10:20", 10, false },
	{ "10:20", 20, false },
	{ "10:20", 21, true },
	{ "@10:20", 9, false },
	{ "@10:20", 10, true },
	{ "@10:20", 20, true },
	{ "@10:20", 21, false },
	{ "-5:-1", -3, false },
	{ "0.5:", 0.4, true },
	{ "@~:", 7, true },
};

START_TEST(a_range_alerts)
{
	struct range r;

	ck_assert(range_parse(rows[_i].text, &r));
	ck_assert_int_eq(range_alerts(&r, rows[_i].value), rows[_i].alerts);
}
END_TEST

static const char *const bad[] = { "", "@", "x", "1x", "20:10", "1:2:3", "~",
	"1:~", "-1", "inf", "nan", "0x10", "1e3", " 1", "1,5", "::", "@@1" };

START_TEST(what_is_no_range_is_refused)
{
	struct range r;

	ck_assert_msg(!range_parse(bad[_i], &r), "'%s'", bad[_i]);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("check_crosstap/range");
	TCase *t = tcase_create("range");

	tcase_add_loop_test(t, a_range_alerts, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, what_is_no_range_is_refused, 0, ARRAY_LEN(bad));
	suite_add_tcase(s, t);
	return s;
}
