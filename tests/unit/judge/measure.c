/*
 * From comparisons of small logs to rows of evidence.
 */
#include <math.h>
#include "../compare/sensors.h"
#include "judge/measure.h"

static const char *const workers[] = { "w-1", "w-2", "w-3" };
static const struct measure_sensor who[SENSORS] = { { "A", workers, 3, 0, "" },
	{ "B", workers, 3, 0, "" }, { "C", workers, 3, 0, "" } };
static struct measure_rows rows;

static void
clear(void)
{
	free(rows.v);
	rows = (struct measure_rows){ NULL, 0 };
}

static void
measure(void)
{
	run();
	ck_assert(measure_run(c, &r, who, sensors, &rows));
}

/* The row of the sensor in the minute; the worker or facet when named. */
static const struct evidence *
row(enum evidence_kind kind, const char *sensor, int minute, const char *what)
{
	const struct evidence *found = NULL;
	size_t i;

	for (i = 0; i < rows.n; i++) {
		const struct evidence *e = &rows.v[i];

		if (e->kind != kind ||
		    e->start_us != FLOWS_T0 + minute * FLOWS_WIDTH ||
		    strcmp(e->t[EVT_sensor], sensor) != 0 ||
		    (what != NULL &&
			strcmp(e->t[kind == EVIDENCE_WORKER ? EVT_worker
							    : EVT_facet],
			    what) != 0))
			continue;
		ck_assert_ptr_null(found);
		found = e;
	}
	ck_assert_ptr_nonnull(found);
	return found;
}

static size_t
count(enum evidence_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < rows.n; i++)
		n += rows.v[i].kind == kind;
	return n;
}

static bool
is(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

START_TEST(equal_logs_give_a_row_a_bucket_and_sensor_and_no_more)
{
	const struct evidence *e;

	measure();
	ck_assert_uint_eq(rows.n, 2 * MINUTES);
	ck_assert_uint_eq(count(EVIDENCE_SENSOR), rows.n);
	e = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert_str_eq(e->t[EVT_peer], "A");
	ck_assert(is(e->n[EV_width], 60));
	ck_assert(is(e->n[EV_flows], 60));
	ck_assert(is(e->n[EV_peer_flows], 60));
	ck_assert(is(e->n[EV_usual], 60));
	ck_assert(is(e->n[EV_paired], 60));
	ck_assert(is(e->n[EV_missing], 0));
	ck_assert(is(e->n[EV_missing_share], 0));
	ck_assert(is(e->n[EV_extra], 0));
	ck_assert(is(e->n[EV_fresh], 60));
	ck_assert(is(e->n[EV_damaged], 0));
	ck_assert(is(e->n[EV_packet_loss], 0));
	ck_assert(is(e->n[EV_subset], 0));
	ck_assert(is(e->n[EV_edge], 0));
	ck_assert(is(e->n[EV_silent_before], 0));
	ck_assert(is(e->n[EV_multiple_factor], 1));
	/* a share of nothing is not known */
	ck_assert(isnan(e->n[EV_damage_random]));
	ck_assert(isnan(e->n[EV_worker_flows]));
	ck_assert(isnan(e->n[EV_recall]));
}
END_TEST

START_TEST(no_buckets_give_no_rows)
{
	drop(0, 0, FLOWS);
	drop(1, 0, FLOWS);
	measure();
	ck_assert_uint_eq(rows.n, 0);
}
END_TEST

START_TEST(missing_flows_belong_to_the_sensor_that_lacks_them)
{
	const struct evidence *a, *b;

	drop(1, 130, 142);
	measure();
	a = row(EVIDENCE_SENSOR, "A", 2, NULL);
	b = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert(is(b->n[EV_missing], 12));
	ck_assert(is(b->n[EV_missing_share], 0.2));
	ck_assert_double_gt(b->n[EV_missing_sigma], 4);
	ck_assert(is(b->n[EV_flows], 48));
	ck_assert(is(a->n[EV_missing], 0));
	ck_assert(is(a->n[EV_extra], 12));
	ck_assert(is(row(EVIDENCE_SENSOR, "B", 1, NULL)->n[EV_missing], 0));
}
END_TEST

START_TEST(silence_is_measured_both_ways)
{
	const struct evidence *e;

	drop(1, 60, 180); /* minutes 1 and 2 */
	measure();
	e = row(EVIDENCE_SENSOR, "B", 1, NULL);
	ck_assert(is(e->n[EV_silent_before], 60));
	ck_assert(is(e->n[EV_silent_after], 120));
	ck_assert(is(e->n[EV_began], 1));
	ck_assert(is(e->n[EV_resumes], 1));
	e = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert(is(e->n[EV_silent_before], 120));
	ck_assert(is(e->n[EV_silent_after], 60));
	e = row(EVIDENCE_SENSOR, "A", 2, NULL);
	ck_assert(is(e->n[EV_silent_before], 0));
}
END_TEST

START_TEST(a_log_that_ends_is_behind_and_does_not_resume)
{
	const struct evidence *e;

	drop(1, 180, FLOWS);
	measure();
	e = row(EVIDENCE_SENSOR, "B", 3, NULL);
	ck_assert(is(e->n[EV_resumes], 0));
	ck_assert(is(e->n[EV_began], 1));
	ck_assert(is(e->n[EV_silent_after], 120));
	ck_assert(is(e->n[EV_behind], 120));
	ck_assert(is(row(EVIDENCE_SENSOR, "A", 3, NULL)->n[EV_behind], -120));
}
END_TEST

START_TEST(a_frozen_worker_accounts_for_what_is_missing)
{
	const struct evidence *e;
	size_t i, k;

	for (i = 0; i < FLOWS; i++)
		logs[0][i].worker = logs[1][i].worker = (uint8_t)(i % 3);
	for (i = FLOWS; i-- > 0;)
		if (i >= 180 && i < 240 && i % 3 == 1)
			drop(1, i, i + 1);
	measure();
	/* rows only where flows are missing, one for each worker */
	ck_assert_uint_eq(count(EVIDENCE_WORKER), 3);
	e = row(EVIDENCE_WORKER, "B", 3, "w-2");
	ck_assert(is(e->n[EV_worker_flows], 0));
	ck_assert(is(e->n[EV_worker_share], 0));
	ck_assert(is(e->n[EV_worker_usual], 1.0 / 3));
	ck_assert(is(e->n[EV_worker_expected], 20));
	ck_assert(is(e->n[EV_worker_recall], 1));
	ck_assert(is(e->n[EV_workers], 3));
	for (k = 0; k < 3; k++)
		ck_assert(is(row(EVIDENCE_WORKER, "B", 3, workers[k])
				 ->n[EV_workers_frozen],
		    1));
	e = row(EVIDENCE_WORKER, "B", 3, "w-1");
	ck_assert(is(e->n[EV_worker_flows], 20));
	ck_assert(is(e->n[EV_worker_share], 0.5));
}
END_TEST

START_TEST(the_cause_of_a_stretch_is_a_facet_row_in_each_bucket)
{
	const struct evidence *e;
	size_t i;

	for (i = 0; i < FLOWS; i++) {
		if (i % 5 != 0)
			continue;
		logs[0][i].resp_port = logs[1][i].resp_port = 53;
		logs[0][i].proto = logs[1][i].proto = 17;
	}
	for (i = FLOWS; i-- > 0;)
		if (i >= 120 && i < 240 && i % 5 == 0)
			drop(1, i, i + 1);
	measure();
	ck_assert_uint_eq(count(EVIDENCE_FACET), 2);
	for (i = 2; i <= 3; i++) {
		e = row(EVIDENCE_FACET, "B", (int)i, NULL);
		ck_assert(is(e->n[EV_precision], 1));
		ck_assert(is(e->n[EV_recall], 1));
		ck_assert(is(e->n[EV_facet_missing], 12));
		ck_assert(is(e->n[EV_facet_flows], 12));
		ck_assert(is(e->n[EV_values_n], 1));
		ck_assert(strcmp(e->t[EVT_value], "udp") == 0 ||
		    strcmp(e->t[EVT_value], "53") == 0);
		ck_assert(
		    is(row(EVIDENCE_SENSOR, "B", (int)i, NULL)->n[EV_explained],
			1));
	}
}
END_TEST

START_TEST(lost_packets_are_shares_of_what_the_peer_has)
{
	const struct evidence *e;
	size_t i;

	for (i = 120; i < 180; i += 2)
		logs[1][i].resp_pkts = 3;
	for (i = 121; i < 180; i += 10)
		logs[1][i].resp_pkts = 0;
	measure();
	e = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert(is(e->n[EV_damaged], 36));
	ck_assert(is(e->n[EV_damaged_share], 0.6));
	ck_assert(is(e->n[EV_lost_packets], 30 + 6 * 4));
	ck_assert(is(e->n[EV_peer_packets], 60 * 9));
	ck_assert(is(e->n[EV_packet_loss], 0.1));
	ck_assert(is(e->n[EV_damage_random], 30.0 / 36));
	ck_assert(is(e->n[EV_onesided_resp], 6.0 / 36));
	ck_assert(is(e->n[EV_onesided_in], 6.0 / 36));
	ck_assert(is(e->n[EV_onesided_out], 0));
	e = row(EVIDENCE_SENSOR, "A", 2, NULL);
	ck_assert(is(e->n[EV_damaged], 0));
	ck_assert(is(e->n[EV_peer_damaged], 36));
}
END_TEST

START_TEST(packets_counted_twice_are_a_multiple)
{
	const struct evidence *e;
	size_t i;

	for (i = 120; i < 180; i++) {
		logs[1][i].orig_pkts *= 2;
		logs[1][i].resp_pkts *= 2;
	}
	measure();
	e = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert(is(e->n[EV_multiple], 1));
	ck_assert(is(e->n[EV_multiple_factor], 2));
	ck_assert(is(e->n[EV_damaged], 0));
}
END_TEST

START_TEST(an_offset_is_told_of_the_later_operand)
{
	const struct evidence *e;
	size_t i;

	for (i = 0; i < FLOWS; i++)
		logs[1][i].start_us += 125000;
	measure();
	e = row(EVIDENCE_SENSOR, "B", 2, NULL);
	ck_assert(is(e->n[EV_offset], 0.125));
	ck_assert(is(e->n[EV_offset_spread], 0));
	ck_assert(is(e->n[EV_offset_pairs], 60));
	ck_assert(isnan(row(EVIDENCE_SENSOR, "A", 2, NULL)->n[EV_offset]));
}
END_TEST

START_TEST(inside_and_outside_of_a_subset_are_told)
{
	opt.relation = RELATION_SUBSET;
	measure();
	ck_assert(is(row(EVIDENCE_SENSOR, "A", 2, NULL)->n[EV_superset], 1));
	ck_assert(is(row(EVIDENCE_SENSOR, "A", 2, NULL)->n[EV_subset], 0));
	ck_assert(is(row(EVIDENCE_SENSOR, "B", 2, NULL)->n[EV_subset], 1));
}
END_TEST

START_TEST(of_three_sensors_each_has_a_row_for_each_peer)
{
	opt.nsensors = 3;
	measure();
	ck_assert_uint_eq(count(EVIDENCE_SENSOR), 6 * MINUTES);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/measure");
	TCase *t = tcase_create("measure");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(t, NULL, clear);
	tcase_add_test(
	    t, equal_logs_give_a_row_a_bucket_and_sensor_and_no_more);
	tcase_add_test(t, no_buckets_give_no_rows);
	tcase_add_test(t, missing_flows_belong_to_the_sensor_that_lacks_them);
	tcase_add_test(t, silence_is_measured_both_ways);
	tcase_add_test(t, a_log_that_ends_is_behind_and_does_not_resume);
	tcase_add_test(t, a_frozen_worker_accounts_for_what_is_missing);
	tcase_add_test(t, the_cause_of_a_stretch_is_a_facet_row_in_each_bucket);
	tcase_add_test(t, lost_packets_are_shares_of_what_the_peer_has);
	tcase_add_test(t, packets_counted_twice_are_a_multiple);
	tcase_add_test(t, an_offset_is_told_of_the_later_operand);
	tcase_add_test(t, inside_and_outside_of_a_subset_are_told);
	tcase_add_test(t, of_three_sensors_each_has_a_row_for_each_peer);
	suite_add_tcase(s, t);
	return s;
}
