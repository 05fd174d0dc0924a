/*
 * Coverage: every moment of a sensor is told of exactly once.
 */
#include "scene.h"

#define FULL STORE_FULL_READING

static struct coverage *v;
static size_t n;

static void
look(const char *sensor, const char *net, int64_t from_us, int64_t to_us)
{
	free(v);
	scene_ok(store_coverage(
	    scene, "g", sensor, net, from_us, to_us, &v, &n, &scene_diag));
}

static void
finish(void)
{
	free(v);
	v = NULL;
	scene_end();
}

static void
is(size_t i, int64_t from_us, int64_t to_us, enum coverage_state state,
    const char *why)
{
	ck_assert_uint_lt(i, n);
	ck_assert_int_eq(v[i].from_us, from_us);
	ck_assert_int_eq(v[i].to_us, to_us);
	ck_assert_str_eq(
	    coverage_state_name(v[i].state), coverage_state_name(state));
	ck_assert_str_eq(v[i].why, why);
}

START_TEST(where_nothing_was_written_there_is_no_record)
{
	scene_buckets(2, 2, 0, FULL);
	look("B", NULL, AT(0), AT(9));
	ck_assert_uint_eq(n, 3);
	is(0, AT(0), AT(2), COVERAGE_NOT_COMPARED, "no record");
	is(1, AT(2), AT(4), COVERAGE_COMPLETE, "");
	is(2, AT(4), AT(9), COVERAGE_NOT_COMPARED, "no record");
	ck_assert_uint_eq(v[1].flows, 2000);
}
END_TEST

START_TEST(every_sensor_is_told_of_by_name)
{
	scene_buckets(0, 1, 0, FULL);
	look(NULL, NULL, AT(0), AT(1));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(v[0].sensor, "A");
	ck_assert_str_eq(v[1].sensor, "B");
}
END_TEST

START_TEST(an_early_reading_is_no_record)
{
	scene_buckets(0, 1, 0, STORE_EARLY);
	look("B", NULL, AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_NOT_COMPARED, "no record");
}
END_TEST

START_TEST(a_finding_names_what_was_degraded)
{
	struct finding f =
	    scene_finding("packet-loss", "B", AT(1), AT(3), 0.05);
	struct result r;

	scene_result(&r, 2, AT(0), 4);
	scene_lose(&r, 1, 50);
	scene_lose(&r, 2, 50);
	scene_find(&r, &f);
	scene_write(&r, FULL);
	look("B", NULL, AT(0), AT(4));
	ck_assert_uint_eq(n, 3);
	is(1, AT(1), AT(3), COVERAGE_DEGRADED, "packet-loss");
	ck_assert_uint_eq(v[1].missed, 100);
	ck_assert_uint_eq(v[1].flows, 2000);
	look("A", NULL, AT(0), AT(4));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(who_lacks_nearly_all_is_blind)
{
	scene_buckets(0, 1, 950, FULL);
	look("B", NULL, AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_BLIND, "no rule names it");
}
END_TEST

START_TEST(a_rule_that_waited_names_what_was_written_before)
{
	struct finding f = scene_finding("sensor-silent", "B", AT(0), AT(2), 1);
	struct store_cycle c = { .group = "g",
		.reading = FULL,
		.new_from_us = AT(1),
		.new_to_us = AT(2) };
	struct result r;

	scene_buckets(0, 1, 50, FULL);
	look("B", NULL, AT(0), AT(2));
	is(0, AT(0), AT(1), COVERAGE_COMPLETE, "");
	scene_result(&r, 2, AT(0), 2);
	scene_lose(&r, 0, 50);
	scene_lose(&r, 1, 50);
	scene_find(&r, &f);
	c.result = &r;
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	look("B", NULL, AT(0), AT(2));
	is(0, AT(0), AT(2), COVERAGE_DEGRADED, "sensor-silent");
	ck_assert_uint_eq(v[0].missed, 100);
}
END_TEST

START_TEST(a_sensor_whose_log_is_not_there_is_not_compared_and_its_peer_neither)
{
	struct result r;

	scene_result(&r, 2, AT(0), 1);
	scene_gap(&r, 0, 1, GAP_NO_ANSWER);
	scene_write(&r, FULL);
	look(NULL, NULL, AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_NOT_COMPARED,
	    "peer: the sensor has not answered");
	is(1, AT(0), AT(1), COVERAGE_NOT_COMPARED,
	    "the sensor has not answered");
}
END_TEST

START_TEST(what_was_given_up_says_why_until_it_is_had_after_all)
{
	scene_ok(store_not_compared(scene, "g", AT(0), AT(100),
	    "no log is left", AT(200), &scene_diag));
	ck_assert_int_eq(store_rows(scene, "coverage"), 2);
	scene_buckets(40, 2, 0, FULL);
	look("A", NULL, AT(0), AT(100));
	ck_assert_uint_eq(n, 3);
	is(0, AT(0), AT(40), COVERAGE_NOT_COMPARED, "no log is left");
	is(1, AT(40), AT(42), COVERAGE_COMPLETE, "");
	is(2, AT(42), AT(100), COVERAGE_NOT_COMPARED, "no log is left");
}
END_TEST

static void
merge_all(void)
{
	struct store_limits l = { .merge_days = 1, .rows = 100 };
	bool more = true;

	while (more)
		scene_ok(
		    store_prune(scene, &l, T0 + 10 * DAY, &more, &scene_diag));
}

START_TEST(old_stretches_that_are_equal_are_merged_and_keep_their_counts)
{
	scene_buckets(0, 500, 3, FULL);
	scene_buckets(500, 500, 400, FULL);
	merge_all();
	ck_assert_int_eq(store_rows(scene, "coverage"), 3);
	look("B", NULL, AT(0), AT(1000));
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(v[0].missed, 1500);
	ck_assert_uint_eq(v[1].missed, 200000);
	is(1, AT(500), AT(1000), COVERAGE_DEGRADED, "no rule names it");
}
END_TEST

START_TEST(a_merged_stretch_is_merged_with_what_comes_later)
{
	scene_buckets(0, 50, 0, FULL);
	merge_all();
	scene_buckets(50, 50, 0, FULL);
	merge_all();
	ck_assert_int_eq(store_rows(scene, "coverage"), 2);
}
END_TEST

START_TEST(a_reading_of_long_ago_cuts_a_merged_stretch)
{
	scene_buckets(0, 100, 0, FULL);
	merge_all();
	scene_buckets(50, 1, 400, FULL);
	look("B", NULL, AT(0), AT(100));
	ck_assert_uint_eq(n, 3);
	is(0, AT(0), AT(50), COVERAGE_COMPLETE, "");
	is(1, AT(50), AT(51), COVERAGE_DEGRADED, "no rule names it");
	is(2, AT(51), AT(100), COVERAGE_COMPLETE, "");
	ck_assert_uint_eq(v[0].flows + v[2].flows, 99000);
	scene_buckets(50, 1, 0, FULL);
	merge_all();
	ck_assert_int_eq(store_rows(scene, "coverage"), 2);
}
END_TEST

START_TEST(a_stretch_cut_by_the_window_has_its_part_of_the_counts)
{
	scene_buckets(0, 100, 10, FULL);
	merge_all();
	look("B", NULL, AT(25), AT(75));
	is(0, AT(25), AT(75), COVERAGE_COMPLETE, "");
	ck_assert_uint_eq(v[0].missed, 500);
}
END_TEST

START_TEST(what_is_about_other_networks_counts_as_complete)
{
	struct finding f = scene_finding("blind-spot", "B", AT(0), AT(1), 0.2);
	struct result r;

	(void)snprintf(f.facet, sizeof(f.facet), "local_net");
	(void)snprintf(f.value, sizeof(f.value), "10.20.0.0/16, 2001:db8::/32");
	scene_result(&r, 2, AT(0), 1);
	scene_lose(&r, 0, 200);
	scene_find(&r, &f);
	scene_write(&r, FULL);
	look("B", "10.20.30.0/24", AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_DEGRADED, "blind-spot");
	look("B", "10.0.0.0/8", AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_DEGRADED, "blind-spot");
	look("B", "2001:db8:1::/48", AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_DEGRADED, "blind-spot");
	look("B", "10.21.0.0/16", AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_COMPLETE, "");
	ck_assert_uint_eq(v[0].missed, 0);
}
END_TEST

START_TEST(a_text_that_is_no_network_is_refused)
{
	ck_assert_int_eq(store_coverage(scene, "g", NULL, "10.0.0.0/33", AT(0),
			     AT(1), &v, &n, &scene_diag),
	    STORE_RANGE);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "wanted a network"));
}
END_TEST

START_TEST(an_inside_sensor_need_not_have_what_the_outside_one_has)
{
	struct result r;

	scene_result(&r, 2, AT(0), 1);
	r.pairs[0].relation = RELATION_SUBSET;
	scene_lose(&r, 0, 950);
	scene_write(&r, FULL);
	look("B", NULL, AT(0), AT(1));
	is(0, AT(0), AT(1), COVERAGE_COMPLETE, "");
	ck_assert_uint_eq(v[0].missed, 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/coverage");
	TCase *tc = tcase_create("coverage");

	tcase_add_checked_fixture(tc, scene_two, finish);
	tcase_add_test(tc, where_nothing_was_written_there_is_no_record);
	tcase_add_test(tc, every_sensor_is_told_of_by_name);
	tcase_add_test(tc, an_early_reading_is_no_record);
	tcase_add_test(tc, a_finding_names_what_was_degraded);
	tcase_add_test(tc, who_lacks_nearly_all_is_blind);
	tcase_add_test(tc, a_rule_that_waited_names_what_was_written_before);
	tcase_add_test(tc,
	    a_sensor_whose_log_is_not_there_is_not_compared_and_its_peer_neither);
	tcase_add_test(
	    tc, what_was_given_up_says_why_until_it_is_had_after_all);
	tcase_add_test(
	    tc, old_stretches_that_are_equal_are_merged_and_keep_their_counts);
	tcase_add_test(tc, a_merged_stretch_is_merged_with_what_comes_later);
	tcase_add_test(tc, a_reading_of_long_ago_cuts_a_merged_stretch);
	tcase_add_test(
	    tc, a_stretch_cut_by_the_window_has_its_part_of_the_counts);
	tcase_add_test(tc, what_is_about_other_networks_counts_as_complete);
	tcase_add_test(tc, a_text_that_is_no_network_is_refused);
	tcase_add_test(
	    tc, an_inside_sensor_need_not_have_what_the_outside_one_has);
	suite_add_tcase(s, tc);
	return s;
}
