/*
 * Pruning: what is old goes, a few rows at a time, and what is kept for ever
 * stays.
 */
#include "scene.h"

static unsigned
prune(const struct store_limits *l, int64_t now_us)
{
	unsigned steps = 0;
	bool more = true;

	for (; more; steps++)
		scene_ok(store_prune(scene, l, now_us, &more, &scene_diag));
	return steps;
}

/* Two days of buckets; then all but the second day is old. */
static void
two_days(unsigned rows)
{
	struct store_limits l = { .bucket_days = 1, .rows = rows };

	scene_buckets(0, 2880, 10, STORE_FULL_READING);
	(void)prune(&l, T0 + 2 * DAY + HOUR);
}

START_TEST(old_buckets_go_with_their_sensors_and_pairs)
{
	two_days(100);
	ck_assert_int_eq(store_rows(scene, "bucket"), 1440);
	ck_assert_int_eq(store_rows(scene, "bucket_sensor"), 2880);
	ck_assert_int_eq(store_rows(scene, "comparison"), 1440);
	ck_assert_int_eq(
	    scene_sql("SELECT min(start_us) FROM bucket"), T0 + DAY);
}
END_TEST

START_TEST(hours_days_and_coverage_outlive_their_buckets)
{
	struct store_cell *v;
	size_t n;

	two_days(0);
	scene_ok(store_heat(
	    scene, "g", T0, T0 + 2 * DAY, STORE_BY_HOUR, &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 48);
	ck_assert_uint_eq(v[0].unpaired, 600);
	free(v);
	ck_assert_int_eq(store_rows(scene, "coverage"), 5760);
}
END_TEST

START_TEST(a_pruned_time_is_neither_written_again_nor_missing)
{
	struct store_missing m[4];
	struct result r;
	struct store_cycle c = { .group = "g", .result = &r };
	size_t n;

	two_days(0);
	scene_result(&r, 2, AT(5), 1);
	ck_assert_int_eq(store_write(scene, &c, &scene_diag), STORE_PRUNED);
	result_clear(&r);
	scene_ok(store_missing(scene, "g", T0 - DAY, T0 + 2 * DAY,
	    STORE_WANT_RETRY, m, 4, &n, &scene_diag));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(it_works_in_small_steps)
{
	struct store_limits l = { .bucket_days = 1, .rows = 100 };

	scene_buckets(0, 2880, 0, STORE_FULL_READING);
	ck_assert_uint_ge(prune(&l, T0 + 3 * DAY), 2880 / 100);
}
END_TEST

START_TEST(no_limit_keeps_everything)
{
	struct store_limits l = { .rows = 100 };

	scene_buckets(0, 10, 0, STORE_FULL_READING);
	ck_assert_uint_eq(prune(&l, T0 + 9999 * DAY), 1);
	ck_assert_int_eq(store_rows(scene, "bucket"), 10);
	ck_assert_int_eq(store_rows(scene, "coverage"), 20);
}
END_TEST

START_TEST(evidence_goes_before_its_buckets)
{
	struct store_limits l = { .evidence_days = 30, .bucket_days = 400 };
	struct evidence row;
	struct result r;
	struct store_cycle c = { .group = "g",
		.reading = STORE_FULL_READING,
		.result = &r,
		.rows = &row,
		.nrows = 1 };

	evidence_init(&row, EVIDENCE_SENSOR);
	row.start_us = AT(0);
	scene_result(&r, 2, AT(0), 1);
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	(void)prune(&l, T0 + 29 * DAY);
	ck_assert_int_eq(store_rows(scene, "evidence"), 1);
	(void)prune(&l, T0 + 31 * DAY);
	ck_assert_int_eq(store_rows(scene, "evidence"), 0);
	ck_assert_int_eq(store_rows(scene, "bucket"), 1);
}
END_TEST

/* An incident of minute 0, with a finding and a flow. */
static void
incident(bool clears)
{
	struct finding f = scene_finding("packet-loss", "B", AT(0), AT(1), 0.1);
	struct incident_cycle ic = { .start_us = AT(0),
		.end_us = AT(1),
		.newest_us = clears ? AT(99) : 0,
		.now_us = AT(7),
		.width_us = MINUTE,
		.full = true,
		.compared = 1,
		.quiet_buckets = 5 };
	struct store_flow flow = { .kind = "only_a" };
	struct incident_list l = { 0 };
	struct result r;
	struct store_cycle c = { .group = "g",
		.reading = STORE_FULL_READING,
		.now_us = AT(7),
		.result = &r,
		.incidents = &l };

	scene_result(&r, 2, AT(0), 1);
	scene_find(&r, &f);
	ck_assert(incident_run(&l, &ic, r.findings, 1));
	scene_ok(store_write(scene, &c, &scene_diag));
	scene_ok(
	    store_add_flows(scene, l.v[0].id, &flow, 1, AT(1), &scene_diag));
	result_clear(&r);
	incident_clear(&l);
}

START_TEST(findings_and_flows_go_with_age_and_the_incident_stays)
{
	incident(true);
	(void)prune(&store_limits_default, T0 + 399 * DAY);
	ck_assert_int_eq(store_rows(scene, "finding"), 1);
	ck_assert_int_eq(store_rows(scene, "incident_flow"), 2);
	(void)prune(&store_limits_default, T0 + 402 * DAY);
	ck_assert_int_eq(store_rows(scene, "finding"), 0);
	ck_assert_int_eq(store_rows(scene, "incident_flow"), 0);
	ck_assert_int_eq(store_rows(scene, "incident"), 1);
	ck_assert_int_eq(store_rows(scene, "incident_event"), 2);
}
END_TEST

START_TEST(an_open_incident_keeps_its_findings_and_flows)
{
	incident(false);
	(void)prune(&store_limits_default, T0 + 999 * DAY);
	ck_assert_int_eq(store_rows(scene, "finding"), 1);
	ck_assert_int_eq(store_rows(scene, "incident_flow"), 2);
}
END_TEST

START_TEST(old_files_go)
{
	struct store_file f = { .path = "/a", .seen_us = AT(0) };

	scene_ok(store_add_file(scene, "A", &f, &scene_diag));
	(void)prune(&store_limits_default, T0 + 1000 * DAY);
	ck_assert_int_eq(store_rows(scene, "file"), 1);
	(void)prune(&store_limits_default, T0 + 1100 * DAY);
	ck_assert_int_eq(store_rows(scene, "file"), 0);
}
END_TEST

START_TEST(messages_that_are_given_up_are_counted)
{
	struct store_outbox o;

	scene_ok(store_outbox_add(
	    scene, "f", SPAN_LITERAL("one"), AT(0), &scene_diag));
	(void)prune(&store_limits_default, T0 + 8 * DAY);
	scene_ok(store_outbox_add(
	    scene, "f", SPAN_LITERAL("two"), AT(0), &scene_diag));
	(void)prune(&store_limits_default, T0 + 8 * DAY);
	ck_assert_int_eq(store_rows(scene, "outbox"), 0);
	scene_ok(store_outbox_look(scene, "f", &o, &scene_diag));
	ck_assert_uint_eq(o.dropped, 2);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/prune");
	TCase *tc = tcase_create("prune");

	tcase_add_checked_fixture(tc, scene_two, scene_end);
	tcase_add_test(tc, old_buckets_go_with_their_sensors_and_pairs);
	tcase_add_test(tc, hours_days_and_coverage_outlive_their_buckets);
	tcase_add_test(tc, a_pruned_time_is_neither_written_again_nor_missing);
	tcase_add_test(tc, it_works_in_small_steps);
	tcase_add_test(tc, no_limit_keeps_everything);
	tcase_add_test(tc, evidence_goes_before_its_buckets);
	tcase_add_test(
	    tc, findings_and_flows_go_with_age_and_the_incident_stays);
	tcase_add_test(tc, an_open_incident_keeps_its_findings_and_flows);
	tcase_add_test(tc, old_files_go);
	tcase_add_test(tc, messages_that_are_given_up_are_counted);
	suite_add_tcase(s, tc);
	return s;
}
