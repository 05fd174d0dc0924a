/*
 * Sensors and groups over time, and the small tables.
 */
#include "scene.h"

static const char *const both[] = { "A", "B" };

static const char *
attribute(const char *key, int64_t at_us)
{
	static char value[64];

	scene_ok(store_attribute(
	    scene, "A", key, at_us, value, sizeof(value), &scene_diag));
	return value;
}

START_TEST(attributes_are_known_over_time)
{
	static const char *const first[] = { "os=linux", "site=x" };
	static const char *const then[] = { "os=freebsd" };

	scene_ok(store_sensor(scene, "A", first, 2, AT(0), &scene_diag));
	scene_ok(store_sensor(scene, "A", first, 2, AT(5), &scene_diag));
	scene_ok(store_sensor(scene, "A", then, 1, AT(10), &scene_diag));
	ck_assert_str_eq(attribute("os", AT(-1)), "");
	ck_assert_str_eq(attribute("os", AT(0)), "linux");
	ck_assert_str_eq(attribute("os", AT(9)), "linux");
	ck_assert_str_eq(attribute("os", AT(10)), "freebsd");
	ck_assert_str_eq(attribute("site", AT(9)), "x");
	ck_assert_str_eq(attribute("site", AT(10)), "");
	ck_assert_int_eq(store_rows(scene, "sensor_attribute"), 3);
}
END_TEST

START_TEST(attributes_of_a_group_are_those_that_held_in_a_window)
{
	static const char *const first[] = { "os=linux", "tap=north" };
	static const char *const then[] = { "os=freebsd", "tap=north" };
	struct store_attribute *v;
	size_t n;

	scene_ok(store_sensor(scene, "A", first, 2, AT(0), &scene_diag));
	scene_ok(store_sensor(scene, "B", first, 1, AT(0), &scene_diag));
	scene_ok(store_sensor(scene, "A", then, 2, AT(10), &scene_diag));
	scene_ok(store_sensor(scene, "other", first, 2, AT(0), &scene_diag));
	scene_ok(store_attributes(
	    scene, "g", NULL, AT(5), AT(15), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 4);
	ck_assert_str_eq(v[0].value, "linux");
	ck_assert_int_eq(v[0].to_us, AT(10));
	ck_assert_str_eq(v[1].value, "freebsd");
	ck_assert_int_eq(v[1].from_us, AT(10));
	ck_assert_int_eq(v[1].to_us, INT64_MAX);
	ck_assert_str_eq(v[2].key, "tap");
	ck_assert_int_eq(v[2].from_us, AT(0));
	ck_assert_str_eq(v[3].sensor, "B");
	free(v);
	scene_ok(store_attributes(
	    scene, "g", "A", AT(10), AT(15), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	free(v);
	ck_assert_int_eq(store_attributes(scene, "g", "C", AT(10), AT(15), &v,
			     &n, &scene_diag),
	    STORE_NOT_FOUND);
}
END_TEST

START_TEST(members_of_a_window_are_those_that_were_in_it)
{
	static const char *const then[] = { "C", "A" };
	char(*v)[64];
	size_t n;

	scene_ok(store_group(
	    scene, "g", RELATION_MIRROR, MINUTE, then, 2, AT(0), &scene_diag));
	scene_ok(
	    store_members(scene, "g", AT(-10), AT(10), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(v[1], "B");
	free(v);
	scene_ok(store_members(scene, "g", AT(0), AT(10), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(v[1], "C");
	free(v);
}
END_TEST

START_TEST(members_are_known_over_time)
{
	static const char *const then[] = { "C", "A" };

	scene_ok(store_group(
	    scene, "g", RELATION_MIRROR, MINUTE, then, 2, AT(0), &scene_diag));
	ck_assert_int_eq(scene_sql("SELECT count(*) FROM group_member"
				   " WHERE valid_to_us IS NULL"),
	    2);
	ck_assert_int_eq(scene_sql("SELECT valid_to_us FROM group_member"
				   " WHERE sensor_id = (SELECT id FROM sensor"
				   " WHERE name = 'B')"),
	    AT(0));
	ck_assert_int_eq(scene_sql("SELECT place FROM group_member"
				   " WHERE sensor_id = (SELECT id FROM sensor"
				   " WHERE name = 'A')"),
	    1);
}
END_TEST

START_TEST(the_last_success_and_the_last_failure_of_a_sensor_are_kept)
{
	struct store_sensor_state *v;
	size_t n;

	scene_ok(
	    store_sensor_seen(scene, "B", AT(1), AT(0), 30, NULL, &scene_diag));
	scene_ok(store_sensor_seen(
	    scene, "B", AT(2), 0, 0, "no route to host", &scene_diag));
	scene_ok(store_sensor_seen(
	    scene, "A", AT(3), INT64_MIN, 0, NULL, &scene_diag));
	scene_ok(store_sensor_states(scene, &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(v[0].sensor, "A");
	ck_assert_int_eq(v[0].watermark_us, INT64_MIN);
	ck_assert_int_eq(v[0].failure_us, 0);
	ck_assert_int_eq(v[1].success_us, AT(1));
	ck_assert_int_eq(v[1].watermark_us, AT(0));
	ck_assert_int_eq(v[1].lag_us, 30);
	ck_assert_int_eq(v[1].failure_us, AT(2));
	ck_assert_str_eq(v[1].failure, "no route to host");
	free(v);
}
END_TEST

START_TEST(files_are_listed_newest_first_and_once)
{
	struct store_file f = { .path = "/a", .size = 1, .mtime_us = AT(0) };
	struct store_file v[3];
	size_t n;

	f.checksum = UINT64_MAX;
	f.hashed = true;
	f.first_us = AT(0);
	f.last_us = INT64_MIN;
	scene_ok(store_add_file(scene, "A", &f, &scene_diag));
	f.size = 2;
	scene_ok(store_add_file(scene, "A", &f, &scene_diag));
	f.mtime_us = AT(1);
	f.hashed = false;
	scene_ok(store_add_file(scene, "A", &f, &scene_diag));
	scene_ok(store_files(scene, "A", v, 3, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].mtime_us, AT(1));
	ck_assert_uint_eq(v[1].size, 2);
	ck_assert_uint_eq(v[1].checksum, UINT64_MAX);
	ck_assert(v[1].hashed);
	ck_assert_int_eq(v[1].first_us, AT(0));
	ck_assert_int_eq(v[1].last_us, INT64_MIN);
	ck_assert(!v[0].hashed);
}
END_TEST

START_TEST(a_file_is_known_by_its_path_and_time)
{
	struct store_file f = { .path = "/a", .mtime_us = AT(0) };
	bool known;

	scene_ok(store_add_file(scene, "A", &f, &scene_diag));
	scene_ok(store_file_seen(
	    scene, "A", "/a", AT(0), AT(5), &known, &scene_diag));
	ck_assert(known);
	ck_assert_int_eq(scene_sql("SELECT seen_us FROM file"), AT(5));
	scene_ok(store_file_seen(
	    scene, "A", "/a", AT(1), AT(5), &known, &scene_diag));
	ck_assert(!known);
	scene_ok(store_file_seen(
	    scene, "B", "/a", AT(0), AT(5), &known, &scene_diag));
	ck_assert(!known);
}
END_TEST

START_TEST(a_feed_keeps_its_values)
{
	char out[16];

	scene_ok(store_feed_get(scene, "f", "k", out, 16, &scene_diag));
	ck_assert_str_eq(out, "");
	scene_ok(store_feed_set(scene, "f", "k", "1", &scene_diag));
	scene_ok(store_feed_set(scene, "f", "k", "2", &scene_diag));
	scene_ok(store_feed_get(scene, "f", "k", out, 16, &scene_diag));
	ck_assert_str_eq(out, "2");
}
END_TEST

START_TEST(a_message_stays_until_it_is_delivered)
{
	struct store_outbox o;
	struct store_message m;

	scene_ok(store_outbox_add(
	    scene, "f", SPAN_LITERAL("one"), AT(0), &scene_diag));
	scene_ok(store_outbox_add(
	    scene, "f", SPAN_LITERAL("two"), AT(1), &scene_diag));
	scene_ok(store_outbox_next(scene, "f", AT(0), &m, &scene_diag));
	ck_assert_str_eq(m.payload.p, "one");
	buf_clear(&m.payload);
	scene_ok(store_outbox_retry(scene, m.id, AT(5), &scene_diag));
	/* the second does not overtake it */
	scene_ok(store_outbox_next(scene, "f", AT(4), &m, &scene_diag));
	ck_assert_int_eq(m.id, 0);
	scene_ok(store_outbox_next(scene, "f", AT(5), &m, &scene_diag));
	ck_assert_str_eq(m.payload.p, "one");
	ck_assert_uint_eq(m.tries, 1);
	buf_clear(&m.payload);
	scene_ok(store_outbox_done(scene, m.id, &scene_diag));
	scene_ok(store_outbox_next(scene, "f", AT(4), &m, &scene_diag));
	ck_assert_str_eq(m.payload.p, "two");
	buf_clear(&m.payload);
	scene_ok(store_outbox_look(scene, "f", &o, &scene_diag));
	ck_assert_uint_eq(o.waiting, 1);
	ck_assert_int_eq(o.oldest_us, AT(1));
	scene_ok(store_outbox_look(scene, "g", &o, &scene_diag));
	ck_assert_uint_eq(o.waiting, 0);
	ck_assert_int_eq(o.oldest_us, 0);
}
END_TEST

START_TEST(a_message_that_is_given_up_is_counted)
{
	struct store_outbox o;
	struct store_message m;
	int i;

	for (i = 1; i <= 2; i++) {
		scene_ok(store_outbox_add(
		    scene, "f", SPAN_LITERAL("one"), AT(0), &scene_diag));
		scene_ok(store_outbox_next(scene, "f", AT(0), &m, &scene_diag));
		buf_clear(&m.payload);
		scene_ok(store_outbox_give_up(scene, m.id, &scene_diag));
		scene_ok(store_outbox_look(scene, "f", &o, &scene_diag));
		ck_assert_uint_eq(o.dropped, (uint64_t)i);
	}
	scene_ok(store_outbox_look(scene, "f", &o, &scene_diag));
	ck_assert_uint_eq(o.waiting, 0);
	ck_assert_int_eq(
	    store_outbox_give_up(scene, m.id, &scene_diag), STORE_NOT_FOUND);
	scene_ok(store_outbox_look(scene, "f", &o, &scene_diag));
	ck_assert_uint_eq(o.dropped, 2);
}
END_TEST

START_TEST(the_norm_of_a_pair_is_learned_from_its_buckets)
{
	struct norm_week w;
	struct norm n;

	scene_buckets(0, 1441, 10, STORE_FULL_READING);
	scene_buckets(1441, 1441, 500, STORE_EARLY);
	scene_ok(store_norm(scene, "g", "A", "B", &w, &scene_diag));
	ck_assert_int_eq(norm_get(&w, AT(5), &n), NORM_NONE);
	scene_ok(store_norm_learn(
	    scene, "g", "A", "B", AT(0), AT(9999), &scene_diag));
	scene_ok(store_norm(scene, "g", "B", "A", &w, &scene_diag));
	ck_assert_int_eq(norm_get(&w, AT(5), &n), NORM_HOUR);
	ck_assert_double_eq_tol(n.median, 0.01, 1e-12);
	ck_assert_uint_eq(w.slot[NORM_ALL].n, 1441);
}
END_TEST

static bool
covers(const char *sensor, int64_t from, int64_t to)
{
	bool is;

	scene_ok(store_maintenance_covers(
	    scene, sensor, from, to, MINUTE, &is, &scene_diag));
	return is;
}

START_TEST(a_planned_window_covers_buckets_that_it_touches)
{
	struct store_maintenance *v;
	size_t n;

	scene_ok(store_maintenance_add(scene, "A", AT(10) + 1, AT(20) - 1,
	    "mary", "new disk", AT(0), &scene_diag));
	ck_assert(!covers("A", AT(9), AT(10)));
	ck_assert(covers("A", AT(10), AT(11)));
	ck_assert(covers("A", AT(10), AT(20)));
	ck_assert(!covers("A", AT(9), AT(20)));
	ck_assert(!covers("A", AT(10), AT(21)));
	ck_assert(!covers("B", AT(10), AT(11)));
	scene_ok(store_maintenances(scene, AT(0), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(v[0].why, "new disk");
	scene_ok(store_maintenance_end(scene, v[0].id, AT(15), &scene_diag));
	free(v);
	ck_assert(!covers("A", AT(15), AT(16)));
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
	static const char *const bad[] = { "os" };

	ck_assert_int_eq(
	    store_sensor(scene, "A", bad, 1, AT(0), &scene_diag), STORE_RANGE);
	ck_assert_int_eq(store_group(scene, "h", RELATION_MIRROR, 0, both, 2,
			     AT(0), &scene_diag),
	    STORE_RANGE);
	ck_assert_int_eq(store_maintenance_add(scene, "A", AT(2), AT(1), "m",
			     "", AT(0), &scene_diag),
	    STORE_RANGE);
	ck_assert_int_eq(store_rows(scene, "sensor_group"), 1);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/roster");
	TCase *tc = tcase_create("roster");

	tcase_add_checked_fixture(tc, scene_two, scene_end);
	tcase_add_test(tc, attributes_are_known_over_time);
	tcase_add_test(
	    tc, attributes_of_a_group_are_those_that_held_in_a_window);
	tcase_add_test(tc, members_of_a_window_are_those_that_were_in_it);
	tcase_add_test(tc, members_are_known_over_time);
	tcase_add_test(
	    tc, the_last_success_and_the_last_failure_of_a_sensor_are_kept);
	tcase_add_test(tc, files_are_listed_newest_first_and_once);
	tcase_add_test(tc, a_file_is_known_by_its_path_and_time);
	tcase_add_test(tc, a_feed_keeps_its_values);
	tcase_add_test(tc, a_message_that_is_given_up_is_counted);
	tcase_add_test(tc, a_message_stays_until_it_is_delivered);
	tcase_add_test(tc, the_norm_of_a_pair_is_learned_from_its_buckets);
	tcase_add_test(tc, a_planned_window_covers_buckets_that_it_touches);
	tcase_add_test(tc, what_makes_no_sense_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
