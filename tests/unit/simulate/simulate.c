/*
 * A whole run: the same bytes for the same seed, healthy sensors that differ
 * only by their noise, and misses that are counted exactly.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "logs.h"
#include "../unit.h"

static uint64_t
simulate_fnv(const struct buf *b)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < b->n; i++)
		h = (h ^ (unsigned char)b->p[i]) * UINT64_C(0x100000001b3);
	return h;
}

START_TEST(same_seed_gives_the_same_bytes)
{
	struct logs a, b;

	logs_make(&a, logs_options(), "packet-loss");
	logs_make(&b, logs_options(), "packet-loss");
	ck_assert_uint_eq(a.text[1].n, b.text[1].n);
	ck_assert_mem_eq(a.text[1].p, b.text[1].p, a.text[1].n);
	ck_assert_str_eq(a.truth.p, b.truth.p);
	logs_clear(&a);
	logs_clear(&b);
}
END_TEST

/* Pinned: changes only when what is simulated is changed on purpose. */
START_TEST(bytes_are_the_same_on_every_platform)
{
	struct logs l;

	logs_make(&l, logs_options(), "packet-loss:rate=0.01");
	ck_assert_uint_eq(
	    simulate_fnv(&l.text[0]), UINT64_C(18190123723614791836));
	ck_assert_uint_eq(
	    simulate_fnv(&l.text[1]), UINT64_C(12228761419043128119));
	logs_clear(&l);
}
END_TEST

START_TEST(another_seed_gives_other_bytes)
{
	struct simulate_options o = logs_options();
	struct logs a, b;

	logs_make(&a, o, NULL);
	o.seed++;
	logs_make(&b, o, NULL);
	ck_assert(a.text[0].n != b.text[0].n ||
	    memcmp(a.text[0].p, b.text[0].p, a.text[0].n) != 0);
	logs_clear(&a);
	logs_clear(&b);
}
END_TEST

START_TEST(healthy_sensors_differ_by_noise_alone)
{
	struct simulate_options o = logs_options();
	struct logs l;
	struct logs_difference d;

	o.rate = 200;
	logs_make(&l, o, NULL);
	d = logs_compare(&l);
	ck_assert_uint_gt(d.paired, 40000);
	ck_assert_uint_lt(d.only_a + d.only_b, d.paired / 5000);
	ck_assert_uint_lt(d.damaged, d.paired / 1000);
	ck_assert_uint_gt(d.damaged, 0);
	ck_assert_int_lt(llabs(d.median_us), 450);
	ck_assert_ptr_nonnull(strstr(l.truth.p, "\"truth\": []"));
	logs_clear(&l);
}
END_TEST

START_TEST(healthy_sensors_balance_unalike_and_name_flows_unalike)
{
	struct simulate_options o = logs_options();
	struct logs l;
	unsigned seen[2][8] = { { 0 } };
	size_t s, i;

	o.workers = "5,2";
	logs_make(&l, o, NULL);
	for (s = 0; s < 2; s++)
		for (i = 0; i < l.n[s]; i++) {
			unsigned w = l.row[s][i].worker;

			if (w < 1 || w > (s == 0 ? 5u : 2u))
				ck_abort_msg("worker-%u", w);
			seen[s][w]++;
		}
	for (i = 1; i <= 5; i++)
		ck_assert_uint_gt(seen[0][i], l.n[0] / 10);
	for (i = 1; i <= 2; i++)
		ck_assert_uint_gt(seen[1][i], l.n[1] / 3);
	logs_clear(&l);
}
END_TEST

START_TEST(rows_leave_in_the_order_of_their_ends_and_timeouts)
{
	struct logs l;
	size_t i, out_of_order = 0;
	int64_t *start;

	logs_make(&l, logs_options(), NULL);
	start = calloc(l.n[0], sizeof(*start));
	ck_assert_ptr_nonnull(start);
	for (i = 0; i < l.n[0]; i++)
		start[l.row[0][i].place] = l.row[0][i].start_us;
	for (i = 1; i < l.n[0]; i++)
		out_of_order += start[i] < start[i - 1];
	/* As in real logs, the starts are nothing like sorted. */
	ck_assert_uint_gt(out_of_order, l.n[0] / 5);
	free(start);
	logs_clear(&l);
}
END_TEST

START_TEST(ports_are_used_again)
{
	struct logs l;
	size_t i, again = 0;

	logs_make(&l, logs_options(), NULL);
	for (i = 1; i < l.n[0]; i++)
		again += strcmp(l.row[0][i].tuple, l.row[0][i - 1].tuple) == 0;
	ck_assert_uint_gt(again, l.n[0] / 500);
	ck_assert_uint_lt(again, l.n[0] / 10);
	logs_clear(&l);
}
END_TEST

START_TEST(misses_are_counted_exactly)
{
	struct simulate_options o = logs_options();
	struct logs l;
	struct logs_difference d;
	char want[128];

	o.miss = 0.01;
	logs_make(&l, o, NULL);
	d = logs_compare(&l);
	ck_assert_uint_gt(d.only_a, l.n[0] / 200);
	ck_assert_uint_eq(d.only_a, l.outcome.only[0][1]);
	ck_assert_uint_eq(d.only_b, l.outcome.only[1][0]);
	/* Only where a tuple was used twice and one of the two is missing. */
	ck_assert_uint_lt(d.damaged, d.only_a / 4);
	(void)snprintf(want, sizeof(want), "\"only_a\": %zu, \"only_b\": %zu",
	    d.only_a, d.only_b);
	ck_assert_ptr_nonnull(strstr(l.truth.p, want));
	logs_clear(&l);
}
END_TEST

START_TEST(number_of_flows_is_kept)
{
	struct simulate_options o = logs_options();
	struct logs l;

	o.flows = 5000;
	o.rate = 1000;
	logs_make(&l, o, NULL);
	ck_assert_uint_eq(l.outcome.sessions, 5000);
	ck_assert_uint_ge(l.n[0], 4990);
	logs_clear(&l);
}
END_TEST

START_TEST(inside_is_a_subset_of_outside)
{
	struct simulate_options o = logs_options();
	struct logs l;
	struct logs_difference d;

	o.relation = RELATION_SUBSET;
	logs_make(&l, o, NULL);
	d = logs_compare(&l);
	ck_assert_uint_le(d.only_b, 1);
	ck_assert_uint_gt(d.only_a, l.n[0] / 10);
	ck_assert_ptr_nonnull(strstr(l.truth.p, "\"EXT\""));
	logs_clear(&l);
}
END_TEST

START_TEST(eight_sensors_see_the_same_traffic)
{
	struct simulate_options o = logs_options();
	struct logs l;
	unsigned i;

	o.sensors = 8;
	o.miss = 0;
	logs_make(&l, o, NULL);
	for (i = 1; i < 8; i++)
		ck_assert_int_lt(
		    llabs((long long)l.n[i] - (long long)l.n[0]), 10);
	logs_clear(&l);
}
END_TEST

START_TEST(json_has_a_line_for_each_record)
{
	struct simulate_options o = logs_options();
	struct logs l;
	size_t i, lines = 0;

	o.format = CONN_LOG_JSON;
	logs_make(&l, o, NULL);
	for (i = 0; i < l.text[0].n; i++)
		lines += l.text[0].p[i] == '\n';
	ck_assert_uint_eq(lines, l.outcome.records[0]);
	ck_assert(memcmp(l.text[0].p, "{\"ts\":17640", 11) == 0);
	logs_clear(&l);
}
END_TEST

static bool
simulate_refuse(void *ctx, unsigned sensor, const char *p, size_t n)
{
	(void)ctx;
	(void)sensor;
	(void)p;
	(void)n;
	return false;
}

START_TEST(writer_that_fails_stops_the_run)
{
	struct simulate_options o = logs_options();
	struct simulate_outcome out;
	struct plan plan;
	struct diag d = DIAG_INIT;

	ck_assert(plan_make(&o, &plan, &d));
	ck_assert(!simulate_run(&plan, simulate_refuse, NULL, &out, &d));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("simulate");
	TCase *t = tcase_create("run");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, same_seed_gives_the_same_bytes);
	tcase_add_test(t, bytes_are_the_same_on_every_platform);
	tcase_add_test(t, another_seed_gives_other_bytes);
	tcase_add_test(t, healthy_sensors_differ_by_noise_alone);
	tcase_add_test(
	    t, healthy_sensors_balance_unalike_and_name_flows_unalike);
	tcase_add_test(t, rows_leave_in_the_order_of_their_ends_and_timeouts);
	tcase_add_test(t, ports_are_used_again);
	tcase_add_test(t, misses_are_counted_exactly);
	tcase_add_test(t, number_of_flows_is_kept);
	tcase_add_test(t, inside_is_a_subset_of_outside);
	tcase_add_test(t, eight_sensors_see_the_same_traffic);
	tcase_add_test(t, json_has_a_line_for_each_record);
	tcase_add_test(t, writer_that_fails_stops_the_run);
	suite_add_tcase(s, t);
	return s;
}
