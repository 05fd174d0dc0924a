/*
 * How far a log has got: moved by many records, not by a few wrong ones.
 */
#include "../flows.h"
#include "../unit.h"
#include "digest/watermark.h"

static struct watermark w;

static void
setup(void)
{
	watermark_init(&w);
}

static void
add(double s, unsigned times)
{
	while (times-- > 0)
		watermark_add(&w, FLOWS_T0 + (int64_t)(s * 1e6));
}

static void
expect(double s)
{
	ck_assert_int_eq(watermark_get(&w), FLOWS_T0 + (int64_t)(s * 1e6));
}

START_TEST(nothing_seen_is_no_time)
{
	ck_assert_int_eq(watermark_get(&w), INT64_MIN);
}
END_TEST

START_TEST(of_fewer_than_eight_the_oldest_counts)
{
	add(50, 1);
	expect(50);
	add(10, 1);
	expect(10);
	add(70, 1);
	expect(10);
}
END_TEST

START_TEST(it_is_the_eighth_newest_end)
{
	int i;

	for (i = 1; i <= 20; i++)
		add(i, 1);
	expect(13);
	add(12, 5); /* behind it: nothing changes */
	expect(13);
	add(13.5, 1); /* among the eight */
	expect(13.5);
}
END_TEST

START_TEST(it_never_goes_back)
{
	int64_t last = INT64_MIN;
	uint64_t state = 1;
	unsigned i, wrong = 0;

	add(0, 8);
	for (i = 0; i < 20000; i++) {
		add((double)(flows_random(&state) % 100) + i * 0.1, 1);
		wrong += watermark_get(&w) < last;
		last = watermark_get(&w);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(seven_records_of_the_future_do_not_move_it)
{
	add(0, 20);
	add(3000, 7); /* within the leap: counted, but too few */
	expect(0);
	add(3000, 1);
	expect(3000);
}
END_TEST

START_TEST(a_leap_of_an_hour_is_no_leap)
{
	add(0, 8);
	add(3600, 8);
	expect(3600);
}
END_TEST

START_TEST(a_longer_leap_needs_sixty_four_records)
{
	add(0, 8);
	add(86400, WATERMARK_LEAP_RECORDS - 1);
	expect(0);
	add(86400, 1);
	/* believed, and it goes on from a minute before */
	expect(86400 - 60);
	add(86400, 7);
	expect(86400);
}
END_TEST

START_TEST(records_of_the_old_time_speak_against_a_leap)
{
	unsigned i;

	add(0, 8);
	for (i = 0; i < 1000; i++) {
		add(86400, 1); /* one worker's clock is wrong */
		add(i + 1, 1);
	}
	ck_assert_int_lt(watermark_get(&w), FLOWS_T0 + INT64_C(1000) * FLOWS_S);
	ck_assert_int_ge(watermark_get(&w), FLOWS_T0 + INT64_C(990) * FLOWS_S);
}
END_TEST

START_TEST(far_times_do_no_harm)
{
	watermark_add(&w, INT64_MAX / 2);
	watermark_add(&w, INT64_MIN / 2);
	add(0, 8);
	watermark_add(&w, INT64_MAX / 2);
	watermark_add(&w, INT64_MIN);
	ck_assert_int_le(watermark_get(&w), FLOWS_T0);
}
END_TEST

START_TEST(a_log_ends_with_its_newest_but_for_leaps)
{
	ck_assert_int_eq(watermark_last(&w), INT64_MIN);
	add(0, 2);
	add(300, 1);
	add(900, 1);
	ck_assert_int_eq(watermark_last(&w), FLOWS_T0 + 900 * US_PER_S);
	add(901 + 3600, 1);
	ck_assert_int_eq(watermark_last(&w), FLOWS_T0 + 900 * US_PER_S);
	expect(0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/watermark");
	TCase *t = tcase_create("watermark");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, nothing_seen_is_no_time);
	tcase_add_test(t, of_fewer_than_eight_the_oldest_counts);
	tcase_add_test(t, it_is_the_eighth_newest_end);
	tcase_add_test(t, it_never_goes_back);
	tcase_add_test(t, seven_records_of_the_future_do_not_move_it);
	tcase_add_test(t, a_leap_of_an_hour_is_no_leap);
	tcase_add_test(t, a_longer_leap_needs_sixty_four_records);
	tcase_add_test(t, records_of_the_old_time_speak_against_a_leap);
	tcase_add_test(t, far_times_do_no_harm);
	tcase_add_test(t, a_log_ends_with_its_newest_but_for_leaps);
	suite_add_tcase(s, t);
	return s;
}
