/*
 * The norm of a pair: robust, by hour of the week, and honest on the first
 * day.
 */
#include <stdlib.h>
#include "judge/norm.h"
#include "../unit.h"

#define M (60 * US_PER_S)
#define DAYS(n) ((size_t)(n)*1440)

static struct norm_week w;

/* A sample a minute; each tenth is a fault. */
static void
learn(size_t n)
{
	struct norm_sample *s = calloc(n + 1, sizeof(*s));
	size_t i;

	ck_assert_ptr_nonnull(s);
	for (i = 0; i < n; i++) {
		s[i].at_us = (int64_t)i * M;
		s[i].rate = i % 10 == 0 ? 1.0 : 1e-4;
	}
	ck_assert(norm_learn(s, n, &w));
	free(s);
}

START_TEST(hours_are_counted_from_monday)
{
	ck_assert_uint_eq(norm_hour(0), 72);
	ck_assert_uint_eq(norm_hour(-1), 71);
	ck_assert_uint_eq(norm_hour(4 * 86400 * US_PER_S), 0);
	ck_assert_uint_eq(norm_hour(4 * 86400 * US_PER_S - 1), 167);
}
END_TEST

START_TEST(nothing_learned_is_no_norm)
{
	struct norm n;

	learn(0);
	ck_assert_int_eq(norm_get(&w, 0, &n), NORM_NONE);
	ck_assert_uint_eq(n.n, 0);
}
END_TEST

START_TEST(the_first_day_has_no_norm)
{
	struct norm n;

	learn(DAYS(1));
	ck_assert_int_eq(norm_get(&w, 0, &n), NORM_NONE);
}
END_TEST

START_TEST(an_hour_without_samples_takes_that_of_all_hours)
{
	struct norm n;

	learn(DAYS(2));
	ck_assert_int_eq(norm_get(&w, 100 * 3600 * US_PER_S, &n), NORM_OVERALL);
	ck_assert_uint_eq(n.n, DAYS(2));
}
END_TEST

START_TEST(an_hour_with_samples_has_its_own)
{
	struct norm n;

	learn(DAYS(14));
	ck_assert_int_eq(norm_get(&w, 0, &n), NORM_HOUR);
	ck_assert_uint_eq(n.n, 120);
}
END_TEST

START_TEST(rare_faults_do_not_move_it)
{
	struct norm n;

	learn(DAYS(14));
	ck_assert_int_eq(norm_get(&w, 0, &n), NORM_HOUR);
	ck_assert_double_eq(n.median, 1e-4);
	ck_assert_double_eq(n.mad, 0);
}
END_TEST

START_TEST(median_and_deviation_are_those_of_the_samples)
{
	struct norm_sample s[60];
	struct norm n;
	size_t i;

	/* 0.00, 0.01, ... 0.59 over three days */
	for (i = 0; i < 60; i++)
		s[i] = (struct norm_sample){ (int64_t)i * 72 * M,
			(double)i / 100 };
	ck_assert(norm_learn(s, 60, &w));
	ck_assert_int_eq(norm_get(&w, 0, &n), NORM_OVERALL);
	ck_assert_double_eq_tol(n.median, 0.295, 1e-12);
	ck_assert_double_eq_tol(n.mad, 0.15, 1e-12);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/norm");
	TCase *tc = tcase_create("norm");

	tcase_add_test(tc, hours_are_counted_from_monday);
	tcase_add_test(tc, nothing_learned_is_no_norm);
	tcase_add_test(tc, the_first_day_has_no_norm);
	tcase_add_test(tc, an_hour_without_samples_takes_that_of_all_hours);
	tcase_add_test(tc, an_hour_with_samples_has_its_own);
	tcase_add_test(tc, rare_faults_do_not_move_it);
	tcase_add_test(tc, median_and_deviation_are_those_of_the_samples);
	suite_add_tcase(s, tc);
	return s;
}
