/*
 * The life of incidents, by rows of what happened in each bucket.
 */
#include <math.h>
#include <stdio.h>
#include "judge/incident.h"
#include "../unit.h"

#define M (60 * US_PER_S)

static struct incident_list l;

static void
finish(void)
{
	incident_clear(&l);
}

static struct finding
finding(const char *rule, const char *value, int64_t from, int64_t to)
{
	struct finding f = { .severity = SEVERITY_WARNING,
		.from_us = from * M,
		.to_us = to * M,
		.share = 0.1 };

	(void)snprintf(f.rule, sizeof(f.rule), "%s", rule);
	(void)snprintf(f.sensor, sizeof(f.sensor), "B");
	(void)snprintf(f.value, sizeof(f.value), "%s", value);
	return f;
}

static struct incident_cycle
bucket(int64_t i)
{
	return (struct incident_cycle){ .start_us = i * M,
		.end_us = (i + 1) * M,
		.now_us = (i + 7) * M,
		.width_us = M,
		.full = true,
		.compared = 1,
		.quiet_buckets = 5,
		.flap_us = 30 * M };
}

static void
run(const struct incident_cycle *c, const struct finding *f, size_t n)
{
	ck_assert(incident_run(&l, c, f, n));
}

/* Full buckets [i, to) with packet-loss, or quiet. */
static void
fault(int64_t i, int64_t to)
{
	for (; i < to; i++) {
		struct incident_cycle c = bucket(i);
		struct finding f = finding("packet-loss", "", i, i + 1);

		run(&c, &f, 1);
	}
}

static void
quiet(int64_t i, int64_t to)
{
	for (; i < to; i++) {
		struct incident_cycle c = bucket(i);

		run(&c, NULL, 0);
	}
}

START_TEST(a_finding_opens_an_incident)
{
	fault(0, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
	ck_assert_uint_eq(l.nchanges, 1);
	ck_assert_int_eq(l.change[0].event, INCIDENT_OPENED);
	ck_assert_uint_eq(l.change[0].finding, 0);
	ck_assert_int_eq(l.v[0].opened_us, 7 * M);
}
END_TEST

START_TEST(many_buckets_of_a_fault_are_one_incident)
{
	fault(0, 50);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_int_eq(l.v[0].from_us, 0);
	ck_assert_int_eq(l.v[0].to_us, 50 * M);
	ck_assert_int_eq(l.change[0].event, INCIDENT_UPDATED);
}
END_TEST

START_TEST(several_pairs_of_a_fault_are_one_incident)
{
	struct incident_cycle c = bucket(0);
	struct finding f[2] = { finding("packet-loss", "", 0, 1),
		finding("packet-loss", "", 0, 1) };

	(void)snprintf(f[1].peer, sizeof(f[1].peer), "C");
	run(&c, f, 2);
	ck_assert_uint_eq(l.n, 1);
}
END_TEST

START_TEST(another_rule_or_value_is_another_incident)
{
	struct incident_cycle c = bucket(0);
	struct finding f[3] = { finding("packet-loss", "", 0, 1),
		finding("blind-spot", "80", 0, 1),
		finding("blind-spot", "443", 0, 1) };

	run(&c, f, 3);
	ck_assert_uint_eq(l.n, 3);
}
END_TEST

START_TEST(it_clears_after_quiet_buckets_and_keeps_its_end)
{
	fault(0, 3);
	quiet(3, 7);
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
	ck_assert_uint_eq(l.v[0].quiet, 4);
	quiet(7, 8);
	ck_assert_int_eq(l.v[0].state, INCIDENT_CLEARED);
	ck_assert_int_eq(l.v[0].to_us, 3 * M);
	ck_assert_int_eq(l.v[0].cleared_us, 14 * M);
	ck_assert_int_eq(l.change[0].event, INCIDENT_CLEARS);
}
END_TEST

START_TEST(a_bucket_that_was_not_compared_is_not_quiet)
{
	int64_t i;

	fault(0, 1);
	for (i = 1; i < 20; i++) {
		struct incident_cycle c = bucket(i);

		c.compared = 0;
		run(&c, NULL, 0);
	}
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
	ck_assert_uint_eq(l.v[0].quiet, 0);
}
END_TEST

START_TEST(a_fault_that_comes_back_soon_reopens_it)
{
	fault(0, 1);
	quiet(1, 6);
	fault(20, 21);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
	ck_assert_int_eq(l.change[0].event, INCIDENT_REOPENED);
	ck_assert_int_eq(l.v[0].cleared_us, 0);
	ck_assert_uint_eq(l.v[0].flaps, 1);
}
END_TEST

START_TEST(a_flapping_fault_is_one_incident_that_counts_its_flaps)
{
	int64_t i;

	for (i = 0; i < 5; i++) {
		fault(i * 10, i * 10 + 1);
		quiet(i * 10 + 1, i * 10 + 10);
	}
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.v[0].flaps, 4);
	ck_assert_int_eq(l.v[0].to_us, 41 * M);
}
END_TEST

START_TEST(a_fault_after_the_flap_time_is_a_new_incident)
{
	fault(0, 1);
	quiet(1, 6);
	fault(40, 41);
	ck_assert_uint_eq(l.n, 2);
	ck_assert_int_eq(l.v[0].state, INCIDENT_CLEARED);
}
END_TEST

START_TEST(incidents_that_turn_out_to_be_one_cause_are_merged)
{
	struct incident_cycle c = bucket(0);
	struct finding f[2] = { finding("blind-spot", "80", 0, 1),
		finding("blind-spot", "443", 0, 1) };

	run(&c, f, 2);
	l.v[0].id = 5;
	l.v[1].id = 6;
	c = bucket(1);
	f[0] = finding("blind-spot", "80, 443", 1, 2);
	run(&c, f, 1);
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
	ck_assert_int_eq(l.v[1].state, INCIDENT_CLEARED);
	ck_assert_int_eq(l.v[1].merged_into, 5);
	ck_assert_int_eq(l.change[1].event, INCIDENT_MERGED);
	ck_assert_uint_eq(l.change[1].into, 0);
}
END_TEST

START_TEST(an_early_reading_opens_and_never_clears)
{
	struct incident_cycle c = bucket(0);
	struct finding f = finding("sensor-silent", "", 0, 1);
	int64_t i;

	c.full = false;
	run(&c, &f, 1);
	ck_assert(l.v[0].early);
	ck_assert_str_eq(l.v[0].early_rule, "sensor-silent");
	for (i = 1; i < 20; i++) {
		c = bucket(i);
		c.full = false;
		run(&c, NULL, 0);
	}
	ck_assert_int_eq(l.v[0].state, INCIDENT_OPEN);
}
END_TEST

START_TEST(a_full_reading_names_the_cause_that_the_early_one_did_not)
{
	struct incident_cycle c = bucket(0);
	struct finding f = finding("sensor-gap", "", 0, 1);

	c.full = false;
	run(&c, &f, 1);
	c.full = true;
	f = finding("tap-link-loss", "", 0, 1);
	run(&c, &f, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert(!l.v[0].early);
	ck_assert_str_eq(l.v[0].rule, "tap-link-loss");
	ck_assert_str_eq(l.v[0].early_rule, "sensor-gap");
	ck_assert_int_eq(l.change[0].event, INCIDENT_CORRECTED);
}
END_TEST

START_TEST(a_full_reading_takes_back_what_it_does_not_bear_out)
{
	struct incident_cycle c = bucket(0);
	struct finding f = finding("sensor-gap", "", 0, 1);

	c.full = false;
	run(&c, &f, 1);
	c.full = true;
	run(&c, NULL, 0);
	ck_assert_int_eq(l.v[0].state, INCIDENT_CLEARED);
	ck_assert_int_eq(l.change[0].event, INCIDENT_CORRECTED);
	ck_assert_uint_eq(l.change[0].finding, INCIDENT_NONE);
}
END_TEST

START_TEST(a_back_filled_fault_of_long_ago_is_opened_and_cleared_at_once)
{
	struct incident_cycle c = bucket(0);
	struct finding f = finding("packet-loss", "", 0, 1);

	c.newest_us = 100 * M;
	run(&c, &f, 1);
	ck_assert_int_eq(l.v[0].state, INCIDENT_CLEARED);
	ck_assert_uint_eq(l.nchanges, 2);
	ck_assert_int_eq(l.change[0].event, INCIDENT_OPENED);
	ck_assert_int_eq(l.change[1].event, INCIDENT_CLEARS);
}
END_TEST

START_TEST(a_back_filled_begin_moves_the_begin)
{
	struct incident_cycle c = bucket(3);
	struct finding f = finding("packet-loss", "", 3, 4);

	fault(5, 8);
	c.newest_us = 8 * M;
	run(&c, &f, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_int_eq(l.v[0].from_us, 3 * M);
	ck_assert_int_eq(l.v[0].to_us, 8 * M);
}
END_TEST

START_TEST(the_worst_share_and_severity_are_kept)
{
	struct incident_cycle c = bucket(0);
	struct finding f = finding("packet-loss", "", 0, 1);

	f.share = 0.8;
	f.severity = SEVERITY_CRITICAL;
	run(&c, &f, 1);
	fault(1, 2);
	ck_assert_double_eq(l.v[0].worst, 0.8);
	ck_assert_double_eq(l.v[0].share, 0.1);
	ck_assert_int_eq(l.v[0].severity, SEVERITY_CRITICAL);
}
END_TEST

/* A worker stands still; twenty minutes on, no one knows which it was. */
START_TEST(a_fault_older_than_what_is_looked_at_goes_on_by_another_name)
{
	struct incident_cycle c = bucket(30);
	struct finding f = finding("worker-frozen", "worker-2", 10, 30);

	run(&c, &f, 1);
	c = bucket(31);
	c.context_us = 11 * M;
	f = finding("worker-frozen", "1 of 3", 11, 32);
	(void)snprintf(f.summary, sizeof(f.summary), "a lane");
	run(&c, &f, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(l.v[0].value, "worker-2");
	ck_assert_int_eq(l.v[0].from_us, 10 * M);
	ck_assert_int_eq(l.v[0].to_us, 32 * M);

	c = bucket(32);
	c.context_us = 12 * M;
	f = finding("unexplained", "", 12, 33);
	run(&c, &f, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(l.v[0].rule, "worker-frozen");
	ck_assert_int_eq(l.v[0].to_us, 33 * M);
}
END_TEST

START_TEST(a_fault_that_begins_in_what_is_looked_at_is_another)
{
	struct incident_cycle c = bucket(30);
	struct finding f[2] = { finding("worker-frozen", "worker-2", 10, 30),
		finding("packet-loss", "", 20, 31) };

	run(&c, f, 1);
	c.context_us = 10 * M;
	run(&c, f, 2);
	ck_assert_uint_eq(l.n, 2);
}
END_TEST

/* The first minute of it is the first that is looked at. */
START_TEST(a_fault_that_begins_where_what_is_looked_at_does_goes_on)
{
	struct incident_cycle c = bucket(29);
	struct finding f = finding("worker-frozen", "worker-2", 10, 30);

	run(&c, &f, 1);
	l.v[0].id = 1; /* as the store gives it */
	c = bucket(30);
	c.context_us = 10 * M;
	f = finding("unexplained", "", 10, 31);
	run(&c, &f, 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(l.v[0].rule, "worker-frozen");
	ck_assert_int_eq(l.v[0].to_us, 31 * M);
}
END_TEST

START_TEST(two_that_are_found_at_once_are_two)
{
	struct incident_cycle c = bucket(30);
	struct finding f[2] = { finding("worker-frozen", "worker-2", 10, 31),
		finding("packet-loss", "", 10, 31) };

	c.context_us = 10 * M;
	run(&c, f, 2);
	ck_assert_uint_eq(l.n, 2);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/incident");
	TCase *tc = tcase_create("life");

	tcase_add_checked_fixture(tc, NULL, finish);
	tcase_add_test(tc, a_finding_opens_an_incident);
	tcase_add_test(
	    tc, a_fault_older_than_what_is_looked_at_goes_on_by_another_name);
	tcase_add_test(
	    tc, a_fault_that_begins_where_what_is_looked_at_does_goes_on);
	tcase_add_test(tc, two_that_are_found_at_once_are_two);
	tcase_add_test(tc, a_fault_that_begins_in_what_is_looked_at_is_another);
	tcase_add_test(tc, many_buckets_of_a_fault_are_one_incident);
	tcase_add_test(tc, several_pairs_of_a_fault_are_one_incident);
	tcase_add_test(tc, another_rule_or_value_is_another_incident);
	tcase_add_test(tc, it_clears_after_quiet_buckets_and_keeps_its_end);
	tcase_add_test(tc, a_bucket_that_was_not_compared_is_not_quiet);
	tcase_add_test(tc, a_fault_that_comes_back_soon_reopens_it);
	tcase_add_test(
	    tc, a_flapping_fault_is_one_incident_that_counts_its_flaps);
	tcase_add_test(tc, a_fault_after_the_flap_time_is_a_new_incident);
	tcase_add_test(tc, incidents_that_turn_out_to_be_one_cause_are_merged);
	tcase_add_test(tc, an_early_reading_opens_and_never_clears);
	tcase_add_test(
	    tc, a_full_reading_names_the_cause_that_the_early_one_did_not);
	tcase_add_test(tc, a_full_reading_takes_back_what_it_does_not_bear_out);
	tcase_add_test(
	    tc, a_back_filled_fault_of_long_ago_is_opened_and_cleared_at_once);
	tcase_add_test(tc, a_back_filled_begin_moves_the_begin);
	tcase_add_test(tc, the_worst_share_and_severity_are_kept);
	suite_add_tcase(s, tc);
	return s;
}
