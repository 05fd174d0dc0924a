#include <math.h>
#include <stdlib.h>
#include "base/number.h"
#include "../unit.h"

static const struct {
	double v;
	const char *text;
} numbers[] = {
	{ 0, "0" },
	{ -0.0, "0" },
	{ 1, "1" },
	{ 0.1, "0.1" },
	{ 0.279, "0.279" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ -2.5, "-2.5" },
	{ 123456789012.0, "123456789012" },
	{ 1e300, "1e+300" },
	{ 5e-324, "4.94066e-324" },
	{ (double)NAN, "null" },
	{ (double)INFINITY, "null" },
	{ -(double)INFINITY, "null" },
};

START_TEST(number_is_the_shortest_that_reads_back)
{
	struct buf out = BUF_INIT;

	number_real(numbers[_i].v, &out);
	ck_assert_str_eq(out.p, numbers[_i].text);
	if (isfinite(numbers[_i].v))
		ck_assert_double_eq(strtod(out.p, NULL), numbers[_i].v);
	buf_clear(&out);
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} seconds[] = {
	{ 0, "0" },
	{ 1764000000000000, "1764000000" },
	{ 1764000000250000, "1764000000.25" },
	{ 1764000000000001, "1764000000.000001" },
	{ -500000, "-0.5" },
	{ -20000, "-0.02" },
	{ -1000001, "-1.000001" },
	{ INT64_MIN, "null" },
	{ INT64_MAX, "null" },
};

START_TEST(seconds_are_exact_to_the_microsecond)
{
	struct buf out = BUF_INIT;

	number_seconds(seconds[_i].us, &out);
	ck_assert_str_eq(out.p, seconds[_i].text);
	buf_clear(&out);
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} offsets[] = {
	{ 0, "0.000 s" },
	{ -499, "0.000 s" },
	{ 500, "+0.001 s" },
	{ -1204300, "-1.204 s" },
	{ 61000000, "+61.000 s" },
};

START_TEST(an_offset_that_is_nothing_has_no_sign)
{
	struct buf out = BUF_INIT;

	number_offset(offsets[_i].us, &out);
	ck_assert_str_eq(out.p, offsets[_i].text);
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("base/number");
	TCase *t = tcase_create("number");

	tcase_add_loop_test(t, number_is_the_shortest_that_reads_back, 0,
	    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_loop_test(t, seconds_are_exact_to_the_microsecond, 0,
	    sizeof(seconds) / sizeof(seconds[0]));
	tcase_add_loop_test(t, an_offset_that_is_nothing_has_no_sign, 0,
	    sizeof(offsets) / sizeof(offsets[0]));
	suite_add_tcase(s, t);
	return s;
}
