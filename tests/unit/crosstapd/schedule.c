#include "crosstapd/schedule.h"
#include "unit.h"

#define S US_PER_S
#define M (60 * S)
#define T0 (1764000000 * S)

static struct schedule
fresh(void)
{
	return (struct schedule){ M, 400 * S, 90 * S, 5 * S, T0, INT64_MIN };
}

START_TEST(the_first_question_is_of_the_newest_settled_bucket)
{
	struct schedule s = fresh();
	struct schedule_step step;

	s.full_to_us = schedule_begin(&s, T0 + 600 * S);
	step = schedule_next(&s, T0 + 600 * S);

	/* the one after it ends at T0 + 180 s, settled 405 s later */
	ck_assert_int_eq(step.kind, SCHEDULE_FULL);
	ck_assert_int_eq(step.from_us, T0 + 60 * S);
	ck_assert_int_eq(step.to_us, T0 + 120 * S);
	/* also if it failed then */
	step = schedule_next(&s, T0 + 660 * S);
	ck_assert_int_eq(step.from_us, T0 + 60 * S);
	ck_assert_int_eq(step.to_us, T0 + 180 * S);
}
END_TEST

START_TEST(a_bucket_waits_for_the_one_after_it_to_settle)
{
	struct schedule s = fresh();
	struct schedule_step step;

	s.full_to_us = s.early_to_us = T0;
	step = schedule_next(&s, T0 + 2 * M + 405 * S - 1);
	ck_assert_int_ne(step.kind, SCHEDULE_FULL);
	step = schedule_next(&s, T0 + 2 * M + 405 * S);
	ck_assert_int_eq(step.kind, SCHEDULE_FULL);
	ck_assert_int_eq(step.from_us, T0);
	ck_assert_int_eq(step.to_us, T0 + M);
}
END_TEST

START_TEST(an_early_look_comes_between)
{
	struct schedule s = fresh();
	struct schedule_step step;

	s.full_to_us = s.early_to_us = T0;
	step = schedule_next(&s, T0 + M + 94 * S);
	ck_assert_int_eq(step.kind, SCHEDULE_WAIT);
	ck_assert_int_eq(step.due_us, T0 + M + 95 * S);
	step = schedule_next(&s, step.due_us);
	ck_assert_int_eq(step.kind, SCHEDULE_EARLY);
	ck_assert_int_eq(step.from_us, T0);
	ck_assert_int_eq(step.to_us, T0 + M);
	schedule_took(&s, &step);
	ck_assert_int_eq(s.full_to_us, T0);
	ck_assert_int_eq(
	    schedule_next(&s, T0 + M + 95 * S).kind, SCHEDULE_WAIT);
}
END_TEST

START_TEST(no_bucket_is_left_out_when_time_goes_on)
{
	struct schedule s = fresh();
	int64_t now, done = T0;
	int steps = 0;

	s.full_to_us = s.early_to_us = T0;
	for (now = T0; now < T0 + 3600 * S;) {
		struct schedule_step step = schedule_next(&s, now);

		if (step.kind == SCHEDULE_WAIT) {
			ck_assert_int_gt(step.due_us, now);
			now = step.due_us;
			continue;
		}
		schedule_took(&s, &step);
		if (step.kind != SCHEDULE_FULL)
			continue;
		ck_assert_int_eq(step.from_us, done);
		done = step.to_us;
		steps++;
	}
	ck_assert_int_ge(steps, 50);
	ck_assert_int_eq(done, T0 + steps * M);
}
END_TEST

START_TEST(after_an_outage_the_newest_buckets_come_first)
{
	struct schedule s = fresh();
	struct schedule_step step;

	s.full_to_us = s.early_to_us = T0;
	step = schedule_next(&s, T0 + 10 * 3600 * S);
	ck_assert_int_eq(step.kind, SCHEDULE_FULL);
	ck_assert_int_eq((step.to_us - step.from_us) / M, SCHEDULE_MAX_BUCKETS);
	ck_assert_int_gt(step.to_us, T0 + 10 * 3600 * S - 9 * M);
}
END_TEST

START_TEST(times_before_1970_are_buckets_too)
{
	struct schedule s = fresh();
	struct schedule_step step;

	s.full_to_us = schedule_begin(&s, -1000 * S);
	step = schedule_next(&s, -1000 * S);

	ck_assert_int_eq(step.kind, SCHEDULE_FULL);
	ck_assert_int_eq(step.to_us % M, 0);
	ck_assert_int_eq(step.to_us - step.from_us, M);
	ck_assert_int_le(step.to_us + M + 405 * S, -1000 * S);
}
END_TEST

START_TEST(a_clock_that_is_set_back_is_followed)
{
	struct schedule s = fresh();
	struct schedule_step step;

	/* an hour ahead for a while */
	s.full_to_us = s.early_to_us = T0 + 60 * M;
	schedule_set_back(&s, T0 + 20 * M);
	ck_assert_int_eq(s.full_to_us, T0 + 12 * M);
	ck_assert_int_eq(s.early_to_us, s.full_to_us);
	step = schedule_next(&s, T0 + 21 * M);
	ck_assert_int_eq(step.kind, SCHEDULE_FULL);
	ck_assert_int_eq(step.from_us, T0 + 12 * M);
	ck_assert_int_eq(step.to_us, T0 + 13 * M);
}
END_TEST

START_TEST(a_clock_that_is_right_changes_nothing)
{
	struct schedule s = fresh(), was;

	s.full_to_us = T0 + 12 * M;
	s.early_to_us = T0 + 18 * M;
	was = s;
	schedule_set_back(&s, T0 + 20 * M);
	ck_assert_mem_eq(&s, &was, sizeof(s));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *suite = suite_create("schedule");
	TCase *c = tcase_create("schedule");

	tcase_add_test(c, the_first_question_is_of_the_newest_settled_bucket);
	tcase_add_test(c, a_bucket_waits_for_the_one_after_it_to_settle);
	tcase_add_test(c, an_early_look_comes_between);
	tcase_add_test(c, no_bucket_is_left_out_when_time_goes_on);
	tcase_add_test(c, after_an_outage_the_newest_buckets_come_first);
	tcase_add_test(c, times_before_1970_are_buckets_too);
	tcase_add_test(c, a_clock_that_is_set_back_is_followed);
	tcase_add_test(c, a_clock_that_is_right_changes_nothing);
	suite_add_tcase(suite, c);
	return suite;
}
