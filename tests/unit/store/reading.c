/*
 * Buckets: what is written is what is read, and nothing is counted twice.
 */
#include "scene.h"

#define FULL STORE_FULL_READING

static struct store_cell *
heat(int64_t from_us, int64_t to_us, enum store_span span, size_t *n)
{
	struct store_cell *v;

	scene_ok(
	    store_heat(scene, "g", from_us, to_us, span, &v, n, &scene_diag));
	return v;
}

static struct store_cell
one_cell(int64_t from_us, int64_t to_us, enum store_span span)
{
	size_t n;
	struct store_cell *v = heat(from_us, to_us, span, &n), cell;

	ck_assert_uint_eq(n, 1);
	cell = v[0];
	free(v);
	return cell;
}

START_TEST(a_bucket_is_read_as_it_was_written)
{
	struct result r, got;

	scene_result(&r, 3, AT(5), 1);
	r.buckets[0].n[1] = (struct result_counts){ 900, 7, 5, 3, 2, 1 };
	r.buckets[0].differs[1] = true;
	r.buckets[0].status = BUCKET_INCOMPLETE;
	r.buckets[0].gaps[2] = GAP_BAD_LINES;
	r.buckets[0].flows[2] = 905;
	r.sensors[2].packets = 5000;
	r.sensors[2].ip_bytes = 600000;
	r.sensors[2].bad_lines = 4;
	r.sensors[2].late = 2;
	r.sensors[2].has_offset = true;
	r.sensors[2].offset_us = -1500;
	scene_write(&r, FULL);
	scene_ok(store_bucket(scene, "g", AT(5), &got, &scene_diag));
	ck_assert_uint_eq(got.nsensors, 3);
	ck_assert_uint_eq(got.npairs, 3);
	ck_assert_int_eq(got.to_us, AT(6));
	ck_assert_int_eq(got.buckets[0].status, BUCKET_INCOMPLETE);
	ck_assert_str_eq(got.sensors[2].name, "C");
	ck_assert_uint_eq(got.buckets[0].gaps[2], GAP_BAD_LINES);
	ck_assert_uint_eq(got.buckets[0].flows[2], 905);
	ck_assert_uint_eq(got.sensors[2].packets, 5000);
	ck_assert_uint_eq(got.sensors[2].ip_bytes, 600000);
	ck_assert_uint_eq(got.sensors[2].bad_lines, 4);
	ck_assert_uint_eq(got.sensors[2].late, 2);
	ck_assert(got.sensors[2].has_offset && !got.sensors[1].has_offset);
	ck_assert_int_eq(got.sensors[2].offset_us, -1500);
	ck_assert(got.pairs[1].a == 0 && got.pairs[1].b == 2);
	ck_assert_uint_eq(got.buckets[0].n[1].paired, 900);
	ck_assert_uint_eq(got.buckets[0].n[1].only_a, 7);
	ck_assert_uint_eq(got.buckets[0].n[1].only_b, 5);
	ck_assert_uint_eq(got.buckets[0].n[1].damaged, 3);
	ck_assert_uint_eq(got.buckets[0].n[1].shifted, 2);
	ck_assert_uint_eq(got.buckets[0].n[1].split, 1);
	ck_assert(got.buckets[0].differs[1] && !got.buckets[0].differs[0]);
	ck_assert_double_eq_tol(got.pairs[1].agreement, 900.0 / 912, 1e-12);
	result_clear(&got);
}
END_TEST

START_TEST(only_new_buckets_of_a_window_are_written)
{
	struct store_cycle c = { .group = "g",
		.reading = FULL,
		.new_from_us = AT(18),
		.new_to_us = AT(20) };
	struct result r;

	scene_result(&r, 2, AT(0), 20);
	c.result = &r;
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	ck_assert_int_eq(store_rows(scene, "bucket"), 2);
	ck_assert_int_eq(scene_sql("SELECT min(start_us) FROM bucket"), AT(18));
	ck_assert_int_eq(store_rows(scene, "coverage"), 4);
}
END_TEST

START_TEST(a_full_reading_replaces_an_early_one_and_keeps_what_it_said)
{
	struct store_cell c;

	scene_buckets(0, 1, 500, STORE_EARLY);
	scene_buckets(0, 1, 10, FULL);
	c = one_cell(AT(0), AT(1), STORE_BY_BUCKET);
	ck_assert_int_eq(c.reading, FULL);
	ck_assert_int_eq(c.early_status, BUCKET_DIFFERS);
	ck_assert_uint_eq(c.unpaired, 10);
	c = one_cell(AT(0), AT(1), STORE_BY_HOUR);
	ck_assert_uint_eq(c.buckets, 1);
	ck_assert_uint_eq(c.unpaired, 10);
	ck_assert_double_eq_tol(c.worst, 0.99, 1e-12);
	ck_assert_int_eq(store_rows(scene, "comparison"), 1);
}
END_TEST

START_TEST(an_early_reading_after_a_full_one_changes_no_bucket)
{
	struct store_cell c;

	scene_buckets(0, 1, 10, FULL);
	scene_buckets(0, 1, 500, STORE_EARLY);
	c = one_cell(AT(0), AT(1), STORE_BY_BUCKET);
	ck_assert_int_eq(c.reading, FULL);
	ck_assert_uint_eq(c.unpaired, 10);
	ck_assert_int_eq(c.early_status, -1);
}
END_TEST

START_TEST(hours_and_days_add_up_their_buckets)
{
	struct store_cell *v, day;
	size_t n;

	scene_buckets(0, 60, 0, FULL);
	scene_buckets(60, 30, 100, FULL);
	v = heat(T0, T0 + DAY, STORE_BY_HOUR, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(v[0].buckets, 60);
	ck_assert_uint_eq(v[0].status[BUCKET_EQUAL], 60);
	ck_assert_double_eq(v[0].worst, 1.0);
	ck_assert_int_eq(v[1].start_us, AT(60));
	ck_assert_uint_eq(v[1].status[BUCKET_DIFFERS], 30);
	ck_assert_uint_eq(v[1].unpaired, 3000);
	ck_assert_uint_eq(v[1].paired, 27000);
	ck_assert_double_eq_tol(v[1].worst, 0.9, 1e-12);
	free(v);
	day = one_cell(T0, T0 + DAY, STORE_BY_DAY);
	ck_assert_uint_eq(day.buckets, 90);
	ck_assert_uint_eq(day.unpaired, 3000);
	ck_assert_double_eq_tol(day.worst, 0.9, 1e-12);
}
END_TEST

START_TEST(a_bucket_without_a_log_counts_nothing)
{
	struct store_cell c;
	struct result r;

	scene_result(&r, 2, AT(0), 1);
	scene_lose(&r, 0, 1000);
	scene_gap(&r, 0, 1, GAP_NOT_YET);
	scene_write(&r, FULL);
	c = one_cell(AT(0), AT(1), STORE_BY_BUCKET);
	ck_assert_uint_eq(c.status[BUCKET_MISSING], 1);
	ck_assert_uint_eq(c.unpaired, 0);
	ck_assert_double_nan(c.worst);
	ck_assert_str_eq(c.reason, "B: the log has not got that far");
}
END_TEST

START_TEST(more_cells_than_the_maximum_are_refused)
{
	struct store_cell *v;
	size_t n;

	scene_buckets(0, STORE_MAX_CELLS + 1, 0, FULL);
	ck_assert_int_eq(store_heat(scene, "g", T0, T0 + 9 * DAY,
			     STORE_BY_BUCKET, &v, &n, &scene_diag),
	    STORE_RANGE);
	ck_assert_ptr_null(v);
}
END_TEST

static size_t
missing(int64_t from_us, int64_t to_us, struct store_missing *v, size_t max)
{
	size_t n;

	scene_ok(store_missing(scene, "g", from_us, to_us, STORE_WANT_RETRY, v,
	    max, &n, &scene_diag));
	return n;
}

START_TEST(missing_buckets_are_listed_newest_first)
{
	struct store_missing v[10];

	scene_buckets(3, 2, 0, FULL);
	ck_assert_uint_eq(missing(AT(0), AT(7), v, 10), 5);
	ck_assert_int_eq(v[0].start_us, AT(6));
	ck_assert_int_eq(v[1].start_us, AT(5));
	ck_assert_int_eq(v[2].start_us, AT(2));
	ck_assert_int_eq(v[4].start_us, AT(0));
	ck_assert_int_eq(v[4].want, STORE_WANT_ABSENT);
}
END_TEST

START_TEST(missing_stops_at_its_maximum)
{
	struct store_missing v[3];

	ck_assert_uint_eq(missing(AT(0), AT(100000), v, 3), 3);
	ck_assert_uint_gt(missing(AT(0), AT(100000), NULL, SIZE_MAX), 1000);
	ck_assert_int_eq(v[2].start_us, AT(99997));
}
END_TEST

START_TEST(an_early_bucket_wants_its_full_reading)
{
	struct store_missing v[10];

	scene_buckets(0, 2, 0, STORE_EARLY);
	scene_buckets(1, 1, 0, FULL);
	ck_assert_uint_eq(missing(AT(0), AT(2), v, 10), 1);
	ck_assert_int_eq(v[0].start_us, AT(0));
	ck_assert_int_eq(v[0].want, STORE_WANT_FULL);
	ck_assert_uint_eq(v[0].tries, 0);
}
END_TEST

START_TEST(a_bucket_that_a_log_did_not_cover_is_wanted_again)
{
	struct store_missing v[10];
	struct result r;
	int i;

	for (i = 0; i < 2; i++) {
		scene_result(&r, 2, AT(0), 1);
		scene_gap(&r, 0, 1, GAP_NO_ANSWER);
		scene_write(&r, FULL);
	}
	ck_assert_uint_eq(missing(AT(0), AT(1), v, 10), 1);
	ck_assert_int_eq(v[0].want, STORE_WANT_RETRY);
	ck_assert_uint_eq(v[0].tries, 2);
	ck_assert_int_eq(v[0].written_us, AT(8));
	scene_buckets(0, 1, 0, FULL);
	ck_assert_uint_eq(missing(AT(0), AT(1), v, 10), 0);
}
END_TEST

START_TEST(whole_days_are_found_complete_or_not)
{
	struct store_missing v[3000];

	scene_buckets(0, 1440, 0, FULL);
	scene_buckets(2 * 1440, 1439, 0, FULL);
	ck_assert_uint_eq(missing(T0, T0 + 3 * DAY, v, 3000), 1441);
	ck_assert_int_eq(v[0].start_us, T0 + 3 * DAY - MINUTE);
	ck_assert_int_eq(v[1].start_us, T0 + 2 * DAY - MINUTE);
	ck_assert_int_eq(v[1440].start_us, T0 + DAY);
}
END_TEST

static void
give_up(int64_t from_us, int64_t to_us)
{
	scene_ok(store_not_compared(
	    scene, "g", from_us, to_us, "no log is left", AT(99), &scene_diag));
}

START_TEST(what_can_never_be_had_is_listed_as_not_compared)
{
	struct store_missing v[10];
	struct store_cell c;

	give_up(AT(0), AT(1500));
	ck_assert_uint_eq(missing(AT(0), AT(1500), v, 10), 0);
	c = one_cell(AT(0), AT(1), STORE_BY_BUCKET);
	ck_assert_uint_eq(c.status[STORE_NOT_COMPARED], 1);
	ck_assert_str_eq(c.reason, "no log is left");
	c = one_cell(T0, AT(1), STORE_BY_DAY);
	ck_assert_uint_eq(c.status[STORE_NOT_COMPARED], 1440);
}
END_TEST

START_TEST(compared_buckets_stay_when_others_are_given_up)
{
	struct store_missing v[10];
	struct store_cell c;
	struct result r;

	scene_buckets(1, 1, 5, FULL);
	scene_result(&r, 2, AT(2), 1);
	scene_gap(&r, 0, 1, GAP_NO_ANSWER);
	scene_write(&r, FULL);
	scene_buckets(3, 1, 5, STORE_EARLY);
	give_up(AT(0), AT(5));
	ck_assert_uint_eq(missing(AT(0), AT(5), v, 10), 0);
	c = one_cell(AT(1), AT(2), STORE_BY_BUCKET);
	ck_assert_uint_eq(c.status[BUCKET_DIFFERS], 1);
	c = one_cell(AT(2), AT(3), STORE_BY_BUCKET);
	ck_assert_uint_eq(c.status[BUCKET_MISSING], 1);
	c = one_cell(AT(3), AT(4), STORE_BY_BUCKET);
	ck_assert_uint_eq(c.status[STORE_NOT_COMPARED], 1);
	ck_assert_int_eq(c.early_status, BUCKET_DIFFERS);
	ck_assert_uint_eq(c.unpaired, 0);
	c = one_cell(T0, AT(5), STORE_BY_HOUR);
	ck_assert_uint_eq(c.unpaired, 5);
	ck_assert_uint_eq(c.status[STORE_NOT_COMPARED], 3);
}
END_TEST

START_TEST(the_newest_full_bucket_is_known)
{
	int64_t last;

	scene_ok(store_last(scene, "g", &last, &scene_diag));
	ck_assert_int_eq(last, INT64_MIN);
	scene_buckets(4, 3, 0, FULL);
	scene_buckets(7, 2, 0, STORE_EARLY);
	scene_ok(store_last(scene, "g", &last, &scene_diag));
	ck_assert_int_eq(last, AT(6));
}
END_TEST

static struct evidence
row(int64_t start_us)
{
	struct evidence e;

	evidence_init(&e, EVIDENCE_FACET);
	e.start_us = start_us;
	(void)snprintf(e.t[EVT_sensor], sizeof(e.t[0]), "B \"b\"\\");
	(void)snprintf(e.t[EVT_value], sizeof(e.t[0]), "10.0.0.0/8");
	e.n[EV_missing] = 123456789;
	e.n[EV_missing_share] = 1.0 / 3;
	e.n[EV_precision] = 0.5;
	e.n[EV_offset] = -7;
	e.n[EV_recall] = -1e300;
	e.n[EV_flows] = 0;
	return e;
}

START_TEST(evidence_is_read_as_it_was_written)
{
	struct evidence rows[2] = { row(AT(0)), row(AT(1)) }, *v;
	struct store_cycle c = {
		.group = "g", .reading = FULL, .rows = rows, .nrows = 2
	};
	struct result r;
	size_t n, i;

	scene_result(&r, 2, AT(0), 2);
	c.result = &r;
	scene_ok(store_write(scene, &c, &scene_diag));
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	scene_ok(store_evidence(scene, "g", AT(0), AT(9), &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[1].start_us, AT(1));
	ck_assert_int_eq(v[0].kind, EVIDENCE_FACET);
	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		ck_assert_str_eq(v[0].t[i], rows[0].t[i]);
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		if (isnan(rows[0].n[i]))
			ck_assert_double_nan(v[0].n[i]);
		else
			ck_assert_double_eq(v[0].n[i], rows[0].n[i]);
	free(v);
}
END_TEST

START_TEST(a_group_that_is_not_known_is_said)
{
	struct result r;
	struct store_cycle c = { .group = "h", .result = &r };

	scene_result(&r, 2, AT(0), 1);
	ck_assert_int_eq(store_write(scene, &c, &scene_diag), STORE_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "no group 'h'"));
	result_clear(&r);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/reading");
	TCase *tc = tcase_create("reading");

	tcase_add_checked_fixture(tc, scene_two, scene_end);
	tcase_add_test(tc, only_new_buckets_of_a_window_are_written);
	tcase_add_test(
	    tc, a_full_reading_replaces_an_early_one_and_keeps_what_it_said);
	tcase_add_test(tc, an_early_reading_after_a_full_one_changes_no_bucket);
	tcase_add_test(tc, hours_and_days_add_up_their_buckets);
	tcase_add_test(tc, a_bucket_without_a_log_counts_nothing);
	tcase_add_test(tc, more_cells_than_the_maximum_are_refused);
	tcase_add_test(tc, missing_buckets_are_listed_newest_first);
	tcase_add_test(tc, missing_stops_at_its_maximum);
	tcase_add_test(tc, an_early_bucket_wants_its_full_reading);
	tcase_add_test(tc, a_bucket_that_a_log_did_not_cover_is_wanted_again);
	tcase_add_test(tc, whole_days_are_found_complete_or_not);
	tcase_add_test(tc, what_can_never_be_had_is_listed_as_not_compared);
	tcase_add_test(tc, compared_buckets_stay_when_others_are_given_up);
	tcase_add_test(tc, the_newest_full_bucket_is_known);
	tcase_add_test(tc, evidence_is_read_as_it_was_written);
	tcase_add_test(tc, a_group_that_is_not_known_is_said);
	suite_add_tcase(s, tc);
	tc = tcase_create("three");
	tcase_add_checked_fixture(tc, scene_three, scene_end);
	tcase_add_test(tc, a_bucket_is_read_as_it_was_written);
	suite_add_tcase(s, tc);
	return s;
}
