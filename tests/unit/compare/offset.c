/*
 * The distance of two clocks from flows that both have: believed only where
 * enough of them agree.
 */
#include "../flows.h"
#include "../unit.h"
#include "compare/offset.h"

#define MOST 200

static struct offset_start a[MOST], b[MOST];
static size_t n;

/* n flows, a second apart; those of b are offset_us later. */
static void
make(size_t want, int64_t offset_us)
{
	for (n = 0; n < want; n++) {
		a[n].key = n * 7 + 1;
		a[n].start_us = FLOWS_T0 + (int64_t)n * FLOWS_S;
		b[n] = a[n];
		b[n].start_us += offset_us;
	}
}

static int64_t
estimate(void)
{
	offset_sort(a, n);
	offset_sort(b, n);
	return offset_estimate(a, n, b, n);
}

static const int64_t offsets[] = { 50000, -50000, 30 * FLOWS_S,
	-3600 * FLOWS_S };

START_TEST(a_constant_offset_is_found_with_its_sign)
{
	make(20, offsets[_i]);
	ck_assert_int_eq(estimate(), offsets[_i]);
}
END_TEST

START_TEST(an_offset_below_50_ms_is_none)
{
	make(100, 49999);
	ck_assert_int_eq(estimate(), 0);
}
END_TEST

START_TEST(fewer_than_20_pairs_say_nothing)
{
	make(19, FLOWS_S);
	ck_assert_int_eq(estimate(), 0);
}
END_TEST

START_TEST(the_order_in_which_flows_come_does_not_matter)
{
	struct offset_start keep;
	size_t i;

	make(30, FLOWS_S);
	for (i = 0; i < n / 2; i++) {
		keep = a[i];
		a[i] = a[n - 1 - i];
		a[n - 1 - i] = keep;
	}
	ck_assert_int_eq(estimate(), FLOWS_S);
}
END_TEST

START_TEST(a_few_that_are_far_off_do_not_move_it)
{
	size_t i;

	make(100, FLOWS_S);
	for (i = 0; i < 40; i++)
		b[i].start_us += 500 * FLOWS_S;
	ck_assert_int_eq(estimate(), FLOWS_S);
}
END_TEST

START_TEST(where_most_do_not_agree_within_a_second_there_is_none)
{
	size_t i;

	make(100, FLOWS_S);
	for (i = 0; i < n; i++)
		b[i].start_us += (int64_t)i * 3 * FLOWS_S;
	ck_assert_int_eq(estimate(), 0);
}
END_TEST

START_TEST(a_tuple_that_comes_twice_at_one_side_is_not_used)
{
	size_t i;

	make(40, FLOWS_S);
	/* 21 pairs of one key, of which nobody knows who is whose */
	for (i = 0; i < 21; i++)
		a[i].key = b[i].key = 1;
	ck_assert_int_eq(estimate(), 0);
	make(40, FLOWS_S);
	for (i = 0; i < 20; i++)
		a[i].key = b[i].key = 1;
	ck_assert_int_eq(estimate(), FLOWS_S);
}
END_TEST

START_TEST(flows_that_one_side_lacks_are_passed_over)
{
	size_t i;

	make(100, -FLOWS_S);
	for (i = 0; i < 50; i++)
		(i % 2 == 0 ? a : b)[i].key += 3;
	ck_assert_int_eq(estimate(), -FLOWS_S);
}
END_TEST

START_TEST(nothing_says_nothing)
{
	offset_sort(NULL, 0);
	ck_assert_int_eq(offset_estimate(a, 0, b, 0), 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("offset");
	TCase *t = tcase_create("offset");

	tcase_add_loop_test(
	    t, a_constant_offset_is_found_with_its_sign, 0, ARRAY_LEN(offsets));
	tcase_add_test(t, an_offset_below_50_ms_is_none);
	tcase_add_test(t, fewer_than_20_pairs_say_nothing);
	tcase_add_test(t, the_order_in_which_flows_come_does_not_matter);
	tcase_add_test(t, a_few_that_are_far_off_do_not_move_it);
	tcase_add_test(
	    t, where_most_do_not_agree_within_a_second_there_is_none);
	tcase_add_test(t, a_tuple_that_comes_twice_at_one_side_is_not_used);
	tcase_add_test(t, flows_that_one_side_lacks_are_passed_over);
	tcase_add_test(t, nothing_says_nothing);
	suite_add_tcase(s, t);
	return s;
}
