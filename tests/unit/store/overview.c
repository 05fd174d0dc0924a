/*
 * What the page asks the store: groups, attributes, curves.
 */
#include "scene.h"
#include "store/overview.h"

START_TEST(groups_are_listed_with_those_who_are_in_them_now)
{
	static const char *const then[] = { "C", "A" };
	static const char *const nobody[] = { "A" };
	struct store_group_info *g = NULL;
	size_t n = 0;

	scene_ok(store_group(
	    scene, "g", RELATION_SUBSET, MINUTE, then, 2, AT(5), &scene_diag));
	scene_ok(store_group(scene, "over", RELATION_MIRROR, MINUTE, nobody, 1,
	    AT(5), &scene_diag));
	scene_ok(store_group(scene, "over", RELATION_MIRROR, MINUTE, nobody, 0,
	    AT(6), &scene_diag));
	scene_ok(store_groups(scene, &g, &n, &scene_diag));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(g->name, "g");
	ck_assert_int_eq(g->relation, RELATION_SUBSET);
	ck_assert_uint_eq(g->nmembers, 2);
	ck_assert_str_eq(g->member[0], "C");
	ck_assert_str_eq(g->member[1], "A");
	ck_assert_int_eq(g->last_us, INT64_MIN);
	free(g);
	scene_buckets(0, 3, 0, STORE_FULL_READING);
	scene_ok(store_groups(scene, &g, &n, &scene_diag));
	ck_assert_int_eq(g->last_us, AT(2));
	free(g);
}
END_TEST

START_TEST(attributes_come_with_those_that_are_over)
{
	static const char *const first[] = { "os=linux", "site=x" };
	static const char *const then[] = { "os=freebsd" };
	struct store_attribute_info *a = NULL;
	size_t n = 0;

	scene_ok(store_sensor(scene, "A", first, 2, AT(0), &scene_diag));
	scene_ok(store_sensor(scene, "A", then, 1, AT(10), &scene_diag));
	scene_ok(store_attribute_history(scene, "A", &a, &n, &scene_diag));
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(a[0].value, "freebsd");
	ck_assert_int_eq(a[0].to_us, INT64_MAX);
	ck_assert_str_eq(a[1].value, "linux");
	ck_assert_int_eq(a[1].to_us, AT(10));
	free(a);
	ck_assert_int_eq(
	    store_attribute_history(scene, "X", &a, &n, &scene_diag),
	    STORE_NOT_FOUND);
	ck_assert_ptr_null(a);
}
END_TEST

START_TEST(a_curve_has_the_extremes_of_each_step)
{
	static const int64_t offsets[] = { 100, 300, -50 };
	struct store_point *p = NULL;
	struct result r;
	size_t n = 0, i;

	for (i = 0; i < 3; i++) {
		scene_result(&r, 2, AT(i), 1);
		r.sensors[1].has_offset = true;
		r.sensors[1].offset_us = offsets[i];
		scene_write(&r, STORE_FULL_READING);
	}
	scene_buckets(3, 3, 0, STORE_FULL_READING); /* not known */
	scene_ok(store_offsets(
	    scene, "g", "B", AT(0), AT(10), 2 * MINUTE, &p, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(p[0].at_us, AT(0));
	ck_assert_double_eq(p[0].low, 100);
	ck_assert_double_eq(p[0].mean, 200);
	ck_assert_double_eq(p[0].high, 300);
	ck_assert_int_eq(p[1].at_us, AT(2));
	ck_assert_double_eq(p[1].mean, -50);
	free(p);
	ck_assert_int_eq(store_offsets(scene, "g", "B", AT(0), AT(10000),
			     MINUTE, &p, &n, &scene_diag),
	    STORE_RANGE);
	ck_assert_int_eq(store_offsets(scene, "g", "B", AT(1), AT(1), MINUTE,
			     &p, &n, &scene_diag),
	    STORE_RANGE);
}
END_TEST

static void
seen(int minute, int64_t behind_s, const char *failure)
{
	scene_ok(store_sensor_seen(scene, "A", AT(minute),
	    AT(minute) - behind_s * US_PER_S, 0, failure, &scene_diag));
}

START_TEST(lags_are_kept_a_sample_a_while_and_pruned)
{
	const struct store_limits l = { .lag_days = 35 };
	struct store_point *p = NULL;
	size_t n = 0;
	bool more;

	seen(0, 90, NULL);
	seen(1, 200, NULL);
	seen(2, 100, NULL);
	seen(3, 5000, "gone");
	seen(7, 95, NULL);
	ck_assert_int_eq(store_rows(scene, "sensor_lag"), 2);
	scene_ok(store_lags(
	    scene, "A", AT(0), AT(60), STORE_LAG_STEP_US, &p, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_double_eq(p[0].high, 200.0 * US_PER_S);
	ck_assert_int_eq(p[1].at_us, AT(5));
	ck_assert_double_eq(p[1].mean, 95.0 * US_PER_S);
	free(p);
	scene_ok(store_prune(
	    scene, &l, AT(0) + 35 * DAY + MINUTE, &more, &scene_diag));
	ck_assert_int_eq(store_rows(scene, "sensor_lag"), 1);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/overview");
	TCase *t = tcase_create("overview");

	tcase_add_checked_fixture(t, scene_two, scene_end);
	tcase_add_test(t, groups_are_listed_with_those_who_are_in_them_now);
	tcase_add_test(t, attributes_come_with_those_that_are_over);
	tcase_add_test(t, a_curve_has_the_extremes_of_each_step);
	tcase_add_test(t, lags_are_kept_a_sample_a_while_and_pruned);
	suite_add_tcase(s, t);
	return s;
}
