/*
 * Each fault, put into sensor B, has its effect inside its window and none
 * outside; sensor A never notices.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "logs.h"
#include "../unit.h"

static bool
faults_worker_2(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && r->worker == 2;
}

static bool
faults_inside(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r);
}

static bool
faults_outside(const struct logs *l, const struct logs_row *r)
{
	return r->start_us > l->plan.faults[0].to_us ||
	    r->start_us + r->duration_us < l->plan.faults[0].from_us;
}

static bool
faults_v6(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && r->v6;
}

static bool
faults_dns(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && strcmp(r->service, "dns") == 0;
}

static bool
faults_subnet(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && strstr(r->tuple, "10.13.3.") != NULL;
}

static bool
faults_link(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) &&
	    (strncmp(r->tuple, "34.", 3) == 0 ||
		strstr(r->tuple, " 34.") != NULL);
}

/* Packets that came in: the responder's if the originator is local. */
static bool
faults_has_inbound(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) &&
	    (r->orig_local ? r->resp_pkts : r->orig_pkts) > 0;
}

static bool
faults_bad_csum(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && strpbrk(r->history, "Cc") != NULL;
}

static bool
faults_half(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) &&
	    (strcmp(r->state, "SHR") == 0 || strcmp(r->state, "SH") == 0);
}

static bool
faults_gap(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && strpbrk(r->history, "Gg") != NULL;
}

static bool
faults_large(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && r->proto == 't' &&
	    r->ip_bytes > 700 * (r->orig_pkts + r->resp_pkts);
}

static bool
faults_local(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && (r->orig_local || r->resp_local);
}

/* An end in the simulator's local IPv6 network. */
static bool
faults_local_v6(const struct logs *l, const struct logs_row *r)
{
	return r->v6 && faults_local(l, r);
}

/* What a shunt after 10 kB leaves of no flow, ends included. */
static bool
faults_bulk(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) && r->ip_bytes > 12000;
}

static bool
faults_odd(const struct logs *l, const struct logs_row *r)
{
	return logs_in_window(l, r) &&
	    (r->orig_pkts % 2 != 0 || r->resp_pkts % 2 != 0);
}

/* What is left of a kind of record, at B, and how many A has. */
static const struct {
	const char *spec;
	logs_match *match;
	double least, most; /* B's count / A's */
} faults_rows[] = {
	{ "worker-frozen:worker=2", faults_worker_2, -1, -1 },
	{ "sensor-silent", faults_inside, 0, 0 },
	{ "sensor-gap", faults_inside, 0, 0 },
	{ "tap-link-loss:links=4,link=2", faults_link, 0, 0 },
	{ "tap-strand-loss", faults_has_inbound, 0, 0.002 },
	{ "blind-spot", faults_v6, 0, 0 },
	{ "blind-spot:facet=port:53", faults_dns, 0, 0 },
	{ "blind-spot:facet=local_net:10.13.3.0/24", faults_subnet, 0, 0 },
	{ "packet-loss:rate=0.01", faults_inside, 0.99, 1 },
	{ "packet-loss:rate=1", faults_inside, 0, 0 },
	{ "large-packet-loss", faults_large, 0, 0.3 },
	{ "duplicate-feed", faults_odd, 0, 0 },
	{ "flow-split", faults_inside, 1.4, 1.9 },
	{ "checksum-discard", faults_inside, 1.1, 1.5 },
	{ "config-divergence", faults_inside, 1.01, 1.3 },
	{ "duplicate-feed:share=0.5", faults_odd, 0.2, 0.9 },
	{ "local-nets", faults_local, 0, 0 },
	{ "local-nets:facet=local_net:2620:83::/32", faults_local_v6, 0, 0 },
	{ "shunting:after=10", faults_bulk, 0, 0 },
	{ "shunting:after=10", faults_inside, 0.99, 1.01 },
};

START_TEST(fault_has_its_effect_on_b_in_the_window)
{
	struct logs l;
	double a, b;

	logs_make(&l, logs_options(), faults_rows[_i].spec);
	a = (double)logs_count(&l, 0, faults_rows[_i].match);
	b = (double)logs_count(&l, 1, faults_rows[_i].match);
	ck_assert_msg(a > 40, "%s: A has only %g", faults_rows[_i].spec, a);
	if (faults_rows[_i].most < 0)
		ck_assert_msg(b == 0, "%s: %g", faults_rows[_i].spec, b);
	else
		ck_assert_msg(b / a >= faults_rows[_i].least &&
			b / a <= faults_rows[_i].most,
		    "%s: %g of %g", faults_rows[_i].spec, b, a);
	logs_clear(&l);
}
END_TEST

START_TEST(fault_leaves_a_and_the_time_outside_as_they_were)
{
	struct logs plain, l;
	double a, b;

	logs_make(&plain, logs_options(), NULL);
	logs_make(&l, logs_options(), faults_rows[_i].spec);
	ck_assert_uint_eq(plain.text[0].n, l.text[0].n);
	ck_assert_mem_eq(plain.text[0].p, l.text[0].p, l.text[0].n);
	a = (double)logs_count(&l, 0, faults_outside);
	b = (double)logs_count(&l, 1, faults_outside);
	if (l.plan.faults[0].def->span == FAULT_WINDOW)
		ck_assert_msg(b >= a * 0.995 && b < a * 1.05, "%s: %g of %g",
		    faults_rows[_i].spec, b, a);
	logs_clear(&plain);
	logs_clear(&l);
}
END_TEST

START_TEST(every_fault_is_in_the_truth_under_its_rule)
{
	const struct fault_def *f = &fault_table[_i];
	struct simulate_options o = logs_options();
	struct logs l;
	char want[64];

	if (f->kind == FAULT_LEAK)
		o.relation = RELATION_SUBSET;
	logs_make(&l, o, f->name);
	(void)snprintf(want, sizeof(want), "\"rule\": \"%s\"", f->rule);
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	(void)snprintf(want, sizeof(want), "\"sensor\": \"%s\"",
	    f->kind == FAULT_LEAK ? "INT" : "B");
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	(void)snprintf(want, sizeof(want), "\"start\": %lld",
	    (long long)(l.plan.faults[0].from_us / US_PER_S));
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	logs_clear(&l);
}
END_TEST

/* What the logs can show is not always what the fault is called. */
static const struct {
	const char *spec;
	const char *rule, *sensor;
	int start_s;
} faults_truths[] = {
	{ "blind-spot:facet=remote_net:34.0.0.0/8", "tap-link-loss", "B", 60 },
	{ "visibility-leak:share=0.1", "unexplained", "A", 60 },
	{ "sensor-lagging:lag=50", "sensor-lagging", "B", 210 },
};

START_TEST(truth_is_what_the_logs_can_show)
{
	struct logs l;
	char want[64];

	logs_make(&l, logs_options(), faults_truths[_i].spec);
	(void)snprintf(
	    want, sizeof(want), "\"rule\": \"%s\"", faults_truths[_i].rule);
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	(void)snprintf(
	    want, sizeof(want), "\"sensor\": \"%s\"", faults_truths[_i].sensor);
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	(void)snprintf(want, sizeof(want), "\"start\": %lld",
	    (long long)(l.plan.start_us / US_PER_S) +
		faults_truths[_i].start_s);
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	logs_clear(&l);
}
END_TEST

START_TEST(jitter_is_either_way_and_within_its_bounds)
{
	int64_t most = 0, least = 0;
	struct logs l;
	size_t i;

	logs_make(&l, logs_options(), "clock-skew:offset=0,jitter=0.05");
	for (i = 0; i < l.n[1] && i < l.n[0]; i++) {
		int64_t off = l.row[1][i].start_us - l.row[0][i].start_us;

		if (strcmp(l.row[0][i].tuple, l.row[1][i].tuple) != 0)
			break;
		most = off > most ? off : most;
		least = off < least ? off : least;
	}
	ck_assert_uint_gt(i, 20);
	ck_assert_int_gt(most, 20000);
	ck_assert_int_lt(most, 51000);
	ck_assert_int_lt(least, -20000);
	ck_assert_int_gt(least, -51000);
	logs_clear(&l);
}
END_TEST

START_TEST(random_loss_damages_many_flows_and_loses_few)
{
	struct logs l;
	struct logs_difference d;

	logs_make(&l, logs_options(), "packet-loss:rate=0.01");
	d = logs_compare(&l);
	ck_assert_uint_gt(d.damaged, l.n[0] / 50);
	ck_assert_uint_lt(d.only_a, d.damaged / 10);
	ck_assert_uint_gt(logs_count(&l, 1, faults_gap), 20);
	ck_assert_uint_lt(logs_count(&l, 0, faults_gap), 3);
	logs_clear(&l);
}
END_TEST

START_TEST(bursts_hurt_the_fast_flows)
{
	struct logs l;
	struct logs_difference d;

	logs_make(&l, logs_options(), "burst-loss:burst=6,share=0");
	d = logs_compare(&l);
	ck_assert_uint_gt(d.damaged, l.n[0] / 200);
	ck_assert_uint_le(d.only_a, 2);
	logs_clear(&l);
}
END_TEST

START_TEST(large_frames_lost_leave_gaps)
{
	struct logs l;

	logs_make(&l, logs_options(), "large-packet-loss");
	ck_assert_uint_gt(logs_count(&l, 1, faults_gap), 100);
	logs_clear(&l);
}
END_TEST

START_TEST(bad_checksums_are_in_the_history)
{
	struct logs l;

	logs_make(&l, logs_options(), "checksum-discard:direction=outbound");
	ck_assert_uint_gt(logs_count(&l, 1, faults_bad_csum), l.n[0] / 10);
	ck_assert_uint_eq(logs_count(&l, 0, faults_bad_csum), 0);
	logs_clear(&l);
}
END_TEST

START_TEST(split_flows_are_half_records)
{
	struct logs l;

	logs_make(&l, logs_options(), "flow-split");
	ck_assert_uint_gt(logs_count(&l, 1, faults_half), l.n[0] / 10);
	ck_assert_uint_eq(logs_count(&l, 0, faults_half), 0);
	logs_clear(&l);
}
END_TEST

START_TEST(clock_offset_moves_every_start)
{
	struct logs l;
	int64_t us;

	logs_make(&l, logs_options(), "clock-skew:offset=-1.5");
	us = logs_compare(&l).median_us;
	ck_assert_int_gt(us, -1501000);
	ck_assert_int_lt(us, -1499000);
	ck_assert_ptr_nonnull(strstr(l.truth.p, "\"offset\": -1.5"));
	logs_clear(&l);
}
END_TEST

START_TEST(clock_drift_grows)
{
	struct logs l;
	size_t i;

	logs_make(&l, logs_options(), "clock-skew:offset=0,drift=1000");
	for (i = 0; i < l.n[1] && i < l.n[0]; i++) {
		const struct logs_row *a = &l.row[0][i], *b = &l.row[1][i];
		int64_t want = (a->start_us - l.plan.start_us) / 1000;
		int64_t off = b->start_us - a->start_us - want;

		if (strcmp(a->tuple, b->tuple) != 0)
			break;
		ck_assert_int_gt(off, -3000);
		ck_assert_int_lt(off, 3000);
	}
	ck_assert_uint_gt(i, 20);
	logs_clear(&l);
}
END_TEST

START_TEST(lagging_log_ends_early_and_is_not_closed)
{
	struct logs l;
	double last = 0;
	size_t i;

	logs_make(&l, logs_options(), "sensor-lagging:lag=60");
	for (i = 0; i < l.n[1]; i++)
		if (logs_end(&l, &l.row[1][i]) > last)
			last = logs_end(&l, &l.row[1][i]);
	ck_assert_double_gt(last, 180);
	ck_assert_double_lt(last, 201);
	ck_assert_ptr_null(strstr(l.text[1].p, "#close"));
	ck_assert_ptr_nonnull(strstr(l.text[0].p, "#close"));
	ck_assert_uint_eq(logs_compare(&l).only_b, 0);
	logs_clear(&l);
}
END_TEST

START_TEST(silent_sensor_writes_its_open_flows_and_stops)
{
	struct logs l;
	double from, last = 0;
	size_t i;

	logs_make(&l, logs_options(), "sensor-silent");
	from = (double)(l.plan.faults[0].from_us - l.plan.start_us) / 1e6;
	for (i = 0; i < l.n[1]; i++)
		if (logs_end(&l, &l.row[1][i]) > last)
			last = logs_end(&l, &l.row[1][i]);
	ck_assert_double_gt(last, from - 1);
	ck_assert_double_lt(last, from + 0.01);
	ck_assert_uint_eq(logs_compare(&l).only_b, 0);
	logs_clear(&l);
}
END_TEST

START_TEST(leaking_path_is_seen_by_the_inside_alone)
{
	struct simulate_options o = logs_options();
	struct logs plain, l;

	o.relation = RELATION_SUBSET;
	logs_make(&plain, o, NULL);
	logs_make(&l, o, "visibility-leak:sensor=INT,share=0.1");
	ck_assert_uint_eq(logs_compare(&plain).only_b, 0);
	ck_assert_uint_gt(logs_compare(&l).only_b, l.n[1] / 50);
	ck_assert_uint_eq(l.n[1], plain.n[1]);
	logs_clear(&plain);
	logs_clear(&l);
}
END_TEST

START_TEST(fault_of_all_sensors_is_a_common_drop)
{
	struct logs l;

	logs_make(&l, logs_options(), "blind-spot:sensor=all");
	ck_assert_uint_eq(logs_count(&l, 0, faults_v6), 0);
	ck_assert_uint_eq(logs_count(&l, 1, faults_v6), 0);
	ck_assert_ptr_nonnull(strstr(l.truth.p, "common-drop"));
	ck_assert_ptr_null(strstr(l.truth.p, "\"sensor\""));
	logs_clear(&l);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("simulate faults");
	TCase *t = tcase_create("faults");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, fault_has_its_effect_on_b_in_the_window, 0,
	    (int)ARRAY_LEN(faults_rows));
	tcase_add_loop_test(t, fault_leaves_a_and_the_time_outside_as_they_were,
	    0, (int)ARRAY_LEN(faults_rows));
	tcase_add_loop_test(t, every_fault_is_in_the_truth_under_its_rule, 0,
	    (int)fault_table_len);
	tcase_add_loop_test(t, truth_is_what_the_logs_can_show, 0,
	    (int)ARRAY_LEN(faults_truths));
	tcase_add_test(t, jitter_is_either_way_and_within_its_bounds);
	tcase_add_test(t, random_loss_damages_many_flows_and_loses_few);
	tcase_add_test(t, bursts_hurt_the_fast_flows);
	tcase_add_test(t, large_frames_lost_leave_gaps);
	tcase_add_test(t, bad_checksums_are_in_the_history);
	tcase_add_test(t, split_flows_are_half_records);
	tcase_add_test(t, clock_offset_moves_every_start);
	tcase_add_test(t, clock_drift_grows);
	tcase_add_test(t, lagging_log_ends_early_and_is_not_closed);
	tcase_add_test(t, silent_sensor_writes_its_open_flows_and_stops);
	tcase_add_test(t, leaking_path_is_seen_by_the_inside_alone);
	tcase_add_test(t, fault_of_all_sensors_is_a_common_drop);
	suite_add_tcase(s, t);
	return s;
}
