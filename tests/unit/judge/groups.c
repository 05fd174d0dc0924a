/*
 * Rows of a group: what all its sensors have less of than is usual. Twenty-five
 * minutes of a flow a second, to four outside networks in turn.
 */
#include <math.h>
#include "../compare/sensors.h"
#include "judge/measure.h"

#define LONG_MINUTES 25
#define LONG_FLOWS (LONG_MINUTES * 60)

static struct measure_sensor who[SENSORS] = { { "A", NULL, 0, 0, "out" },
	{ "B", NULL, 0, 0, "out" }, { "C", NULL, 0, 0, "in" } };
static struct measure_rows rows;

static void
setup_long(void)
{
	unsigned s, i;

	setup();
	for (s = 0; s < SENSORS; s++) {
		for (i = 0; i < LONG_FLOWS; i++) {
			logs[s][i] =
			    flows_make(i, FLOWS_T0 + i * FLOWS_S, FLOWS_S / 2);
			logs[s][i].resp.b[12] = (uint8_t)(50 + 10 * (i % 4));
		}
		nlogs[s] = LONG_FLOWS;
	}
}

static void
teardown_long(void)
{
	free(rows.v);
	teardown();
}

/* The flows of the minute to networks 60 and on are gone. */
static void
darken(unsigned s, unsigned minute)
{
	size_t i, n = 0;

	for (i = 0; i < nlogs[s]; i++)
		if ((logs[s][i].start_us - FLOWS_T0) / FLOWS_WIDTH != minute ||
		    logs[s][i].resp.b[12] == 50)
			logs[s][n++] = logs[s][i];
	nlogs[s] = n;
}

static void
measure(void)
{
	run();
	ck_assert(measure_run(c, &r, who, sensors, &rows));
}

/* Of the group in a minute; NULL: there is none. */
static const struct evidence *
group_row(const char *group, int minute)
{
	const struct evidence *found = NULL;
	size_t i;

	for (i = 0; i < rows.n; i++) {
		if (rows.v[i].kind != EVIDENCE_GROUP ||
		    rows.v[i].start_us != FLOWS_T0 + minute * FLOWS_WIDTH ||
		    strcmp(rows.v[i].t[EVT_sensor], group) != 0)
			continue;
		ck_assert_ptr_null(found);
		found = &rows.v[i];
	}
	return found;
}

START_TEST(fall_of_all_sensors_is_measured_against_the_time_around)
{
	const struct evidence *e;

	darken(0, 12);
	darken(1, 12);
	measure();
	e = group_row("all sensors of out", 12);
	ck_assert_ptr_nonnull(e);
	ck_assert_double_eq_tol(e->n[EV_group_sensors], 2, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_flows], 30, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_peer_flows], 120, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_drop_share], 0.75, 1e-9);
	/* spread: sqrt(60), since all other minutes are equal */
	ck_assert_double_eq_tol(e->n[EV_drop_sigma], 45 / sqrt(60), 1e-9);
	ck_assert_double_eq_tol(e->n[EV_vanished_nets], 3, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_vanished_share], 0.75, 1e-9);
	ck_assert_str_eq(e->t[EVT_facet], "remote_net");
	ck_assert_str_eq(e->t[EVT_value], "60.0.0.0/8, 70.0.0.0/8, 80.0.0.0/8");
}
END_TEST

START_TEST(usual_minutes_fall_by_nothing)
{
	const struct evidence *e;

	darken(0, 12);
	darken(1, 12);
	measure();
	e = group_row("all sensors of out", 10);
	ck_assert_ptr_nonnull(e);
	ck_assert_double_eq_tol(e->n[EV_drop_share], 0, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_vanished_nets], 0, 1e-9);
	ck_assert_str_eq(e->t[EVT_facet], "");
}
END_TEST

START_TEST(least_fall_of_the_sensors_counts)
{
	const struct evidence *e;

	darken(0, 12);
	measure();
	e = group_row("all sensors of out", 12);
	ck_assert_ptr_nonnull(e);
	ck_assert_double_eq_tol(e->n[EV_drop_share], 0, 1e-9);
	ck_assert_double_eq_tol(e->n[EV_vanished_nets], 0, 1e-9);
}
END_TEST

START_TEST(ends_of_the_logs_tell_nothing)
{
	darken(0, 0);
	darken(1, 0);
	measure();
	ck_assert_ptr_null(group_row("all sensors of out", 0));
	ck_assert_ptr_null(group_row("all sensors of out", LONG_MINUTES - 1));
	ck_assert_ptr_nonnull(group_row("all sensors of out", 10));
}
END_TEST

START_TEST(too_short_a_time_has_no_usual)
{
	unsigned s;

	for (s = 0; s < 2; s++)
		nlogs[s] = 10 * 60;
	measure();
	ck_assert_ptr_null(group_row("all sensors of out", 5));
}
END_TEST

START_TEST(group_of_one_has_no_rows)
{
	opt.nsensors = 3;
	measure();
	ck_assert_ptr_nonnull(group_row("all sensors of out", 12));
	ck_assert_ptr_null(group_row("all sensors of in", 12));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("groups");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup_long, teardown_long);
	tcase_add_test(
	    tc, fall_of_all_sensors_is_measured_against_the_time_around);
	tcase_add_test(tc, usual_minutes_fall_by_nothing);
	tcase_add_test(tc, least_fall_of_the_sensors_counts);
	tcase_add_test(tc, ends_of_the_logs_tell_nothing);
	tcase_add_test(tc, too_short_a_time_has_no_usual);
	tcase_add_test(tc, group_of_one_has_no_rows);
	suite_add_tcase(s, tc);
	return s;
}
