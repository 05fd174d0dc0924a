/*
 * What is told of two or three small logs when one of them differs.
 */
#include <math.h>
#include "sensors.h"

static const struct result_bucket *
bucket(size_t minute)
{
	ck_assert_uint_lt(minute, r.nbuckets);
	return &r.buckets[minute];
}

/* Of the first pair. */
static void
expect(size_t minute, uint64_t paired, uint64_t only_a, uint64_t only_b)
{
	const struct result_counts *n = &bucket(minute)->n[0];

	ck_assert_uint_eq(n->paired, paired);
	ck_assert_uint_eq(n->only_a, only_a);
	ck_assert_uint_eq(n->only_b, only_b);
}

static void
expect_equal_but(size_t minute)
{
	size_t i;

	ck_assert_uint_eq(r.nbuckets, MINUTES);
	for (i = 0; i < MINUTES; i++) {
		if (i == minute)
			continue;
		expect(i, 60, 0, 0);
		ck_assert_int_eq(bucket(i)->status, BUCKET_EQUAL);
	}
}

START_TEST(equal_logs_are_equal_in_every_bucket)
{
	opt.via_sketch = _i == 1;
	run();
	expect_equal_but(MINUTES);
	ck_assert_int_eq(r.from_us, FLOWS_T0);
	ck_assert_int_eq(r.to_us, FLOWS_T0 + MINUTES * FLOWS_WIDTH);
	ck_assert_uint_eq(r.npairs, 1);
	ck_assert_uint_eq(r.pairs[0].n.paired, FLOWS);
	ck_assert(fabs(r.pairs[0].agreement - 1) < 1e-12);
	ck_assert_int_eq(result_exit_status(&r), 0);
	ck_assert_uint_eq(compare_sketch_cost(c).symbols, _i == 1 ? 320 : 0);
	ck_assert_uint_eq(compare_sketch_cost(c).differences, 0);
}
END_TEST

START_TEST(one_lost_flow_is_one_difference)
{
	const struct compare_cell *cell;
	const struct difference *v;
	uint64_t unkept;
	size_t n;

	opt.via_sketch = true;
	drop((unsigned)_i, 150, 151);
	run();
	expect_equal_but(2);
	expect(2, 59, _i == 1, _i == 0);
	ck_assert_int_eq(bucket(2)->status, BUCKET_DIFFERS);
	ck_assert(bucket(2)->differs[0]);
	cell = &compare_get(c, 2)->cells[0];
	ck_assert_uint_eq(cell->missing[_i], 1);
	ck_assert_uint_eq(cell->missing[1 - _i], 0);
	ck_assert_uint_eq(cell->eligible[1 - _i], 60);
	ck_assert_uint_eq(cell->facets[_i].n, 0); /* too few to explain */
	ck_assert_uint_eq(compare_sketch_cost(c).differences, 1);
	ck_assert(fabs(r.pairs[0].agreement - 299.0 / 300) < 1e-12);
	v = compare_differences(c, &n, &unkept);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(unkept, 0);
	ck_assert_int_eq(v[0].kind, DIFFERENCE_ONLY);
	ck_assert(v[0].has[1 - _i] && !v[0].has[_i]);
	ck_assert_int_eq(v[0].start_us[1 - _i], FLOWS_T0 + 150 * FLOWS_S);
}
END_TEST

START_TEST(a_flow_that_ends_across_the_edge_is_shifted_not_lost)
{
	insert(0, extra(110, 119.8));
	insert(1, extra(110, 120.3));
	run();
	ck_assert_uint_eq(r.pairs[0].n.shifted, 1);
	ck_assert_uint_eq(r.pairs[0].n.paired, FLOWS + 1);
	ck_assert_uint_eq(r.pairs[0].n.only_a + r.pairs[0].n.only_b, 0);
	ck_assert_int_eq(bucket(1)->status, BUCKET_EQUAL);
	ck_assert_int_eq(bucket(2)->status, BUCKET_EQUAL);
}
END_TEST

START_TEST(a_flow_in_two_pieces_is_split_and_damaged)
{
	struct flow f = extra(130, 170), g = extra(130, 145);

	insert(0, f);
	g.orig_pkts = 3;
	insert(1, g);
	g = extra(150, 170);
	g.orig_pkts = 2;
	g.resp_pkts = 0;
	insert(1, g);
	run();
	expect_equal_but(2);
	expect(2, 61, 0, 0);
	ck_assert_uint_eq(bucket(2)->n[0].split, 1);
	ck_assert_uint_eq(bucket(2)->n[0].damaged, 1);
	ck_assert_int_eq(bucket(2)->status, BUCKET_DIFFERS);
	ck_assert_uint_eq(compare_get(c, 2)->cells[0].split[1], 1);
	ck_assert_uint_eq(compare_get(c, 2)->cells[0].split_packets[1], 2);
}
END_TEST

START_TEST(fewer_packets_are_damage_at_that_sensor)
{
	const struct difference *v;
	uint64_t unkept;
	size_t n;

	logs[1][200].resp_pkts--;
	run();
	expect_equal_but(3);
	expect(3, 60, 0, 0);
	ck_assert_uint_eq(bucket(3)->n[0].damaged, 1);
	ck_assert_int_eq(bucket(3)->status, BUCKET_DIFFERS);
	ck_assert_uint_eq(compare_get(c, 3)->cells[0].p.side[1].damaged, 1);
	ck_assert_uint_eq(compare_get(c, 3)->cells[0].p.side[0].damaged, 0);
	v = compare_differences(c, &n, &unkept);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(v[0].kind, DIFFERENCE_DAMAGED);
	ck_assert(v[0].has[0] && v[0].has[1]);
}
END_TEST

START_TEST(a_flipped_originator_is_no_difference)
{
	size_t i;

	for (i = 0; i < FLOWS; i += 3)
		logs[1][i] = flows_flip(logs[1][i]);
	run();
	expect_equal_but(MINUTES);
}
END_TEST

START_TEST(of_many_records_of_one_tuple_the_lost_one_is_counted)
{
	unsigned i;

	opt.via_sketch = true;
	for (i = 0; i < 9; i++) {
		insert(0, extra(121 + 6 * i, 122 + 6 * i));
		if (i != 4)
			insert(1, extra(121 + 6 * i, 122 + 6 * i));
	}
	run();
	expect_equal_but(2);
	expect(2, 68, 1, 0);
	ck_assert_uint_eq(compare_sketch_cost(c).differences, 1);
}
END_TEST

START_TEST(a_flow_logged_after_its_bucket_closed_is_not_missed)
{
	settle_us = 10 * FLOWS_S;
	insert(0, extra(100, 101));
	if (_i == 1) /* 130 s after its end */
		logs[1][nlogs[1]++] = extra(100, 101);
	run();
	ck_assert_uint_eq(bins_late(bins[1]), (unsigned)_i);
	expect(1, _i == 1 ? 61 : 60, _i == 0, 0);
	ck_assert_uint_eq(bucket(1)->n[0].shifted, (unsigned)_i);
}
END_TEST

START_TEST(a_late_record_of_a_bucket_without_flows_is_a_partner_too)
{
	struct flow late = extra(100, 121);
	const struct difference *v;
	size_t n;
	uint64_t unkept;

	settle_us = 10 * FLOWS_S;
	drop(0, 120, 180);
	drop(1, 120, 180);
	insert(1, extra(100, 119));
	late.orig_pkts += 5;
	logs[0][nlogs[0]++] = late;
	run();
	ck_assert_uint_eq(bins_late(bins[0]), 1);
	expect(1, 61, 0, 0);
	ck_assert_uint_eq(bucket(1)->n[0].damaged, 1);
	v = compare_differences(c, &n, &unkept);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(v[0].weight, 1);
	ck_assert_int_eq(v[0].kind, DIFFERENCE_DAMAGED);
}
END_TEST

START_TEST(what_was_logged_before_the_peers_log_began_is_not_counted)
{
	drop(1, 0, 90);
	run();
	ck_assert_int_eq(bucket(0)->status, BUCKET_MISSING);
	ck_assert_uint_eq(bucket(0)->gaps[1], GAP_BEFORE_LOG);
	ck_assert_uint_eq(bucket(0)->gaps[0], 0);
	expect(0, 0, 0, 0);
	ck_assert_int_eq(bucket(1)->status, BUCKET_INCOMPLETE);
	ck_assert_uint_eq(bucket(1)->gaps[1], GAP_EDGE);
	expect(1, 30, 0, 0);
	ck_assert_int_eq(bucket(2)->status, BUCKET_EQUAL);
	ck_assert_int_eq(result_exit_status(&r), 3);
}
END_TEST

/* The log of b ends early in the fourth minute. */
static const struct {
	bool live, trouble;
	unsigned inside, after; /* gaps of b in that bucket and in the next */
} ends[] = {
	{ false, false, GAP_EDGE, GAP_AFTER_LOG },
	{ true, false, GAP_NOT_YET, GAP_NOT_YET },
	{ false, true, GAP_EDGE | GAP_TROUBLE, GAP_AFTER_LOG | GAP_TROUBLE },
};

START_TEST(what_ends_after_the_peers_log_is_not_called_equal_or_lost)
{
	drop(1, 205, FLOWS);
	sensors[1].live = ends[_i].live;
	sensors[1].trouble = ends[_i].trouble;
	run();
	ck_assert_uint_eq(r.nbuckets, MINUTES);
	/* trouble reaches back, since what was cut off may be from before */
	ck_assert_uint_eq(bucket(1)->gaps[1], 0);
	ck_assert_uint_eq(
	    bucket(2)->gaps[1], ends[_i].trouble ? GAP_TROUBLE : 0);
	ck_assert_uint_eq(bucket(3)->gaps[1], ends[_i].inside);
	ck_assert_uint_eq(bucket(4)->gaps[1], ends[_i].after);
	ck_assert_uint_eq(bucket(3)->n[0].only_a, 0);
	ck_assert_int_eq(bucket(3)->status,
	    ends[_i].live ? BUCKET_MISSING : BUCKET_INCOMPLETE);
	ck_assert_int_eq(bucket(4)->status, BUCKET_MISSING);
	ck_assert_int_eq(result_exit_status(&r), 3);
}
END_TEST

START_TEST(silence_inside_a_log_is_a_difference_not_a_gap)
{
	drop(1, 118, 182);
	run();
	ck_assert_uint_eq(bucket(2)->gaps[1], 0);
	ck_assert_uint_eq(bucket(2)->flows[1], 0);
	expect(1, 58, 2, 0);
	expect(2, 0, 60, 0);
	expect(3, 58, 2, 0);
	ck_assert_int_eq(bucket(2)->status, BUCKET_DIFFERS);
}
END_TEST

START_TEST(an_empty_log_covers_nothing)
{
	drop(1, 0, FLOWS);
	run();
	ck_assert_uint_eq(r.nbuckets, MINUTES);
	ck_assert_int_eq(bucket(2)->status, BUCKET_MISSING);
	ck_assert_uint_eq(bucket(2)->gaps[1], GAP_AFTER_LOG);
	ck_assert_int_eq(result_exit_status(&r), 3);
}
END_TEST

START_TEST(two_empty_logs_are_no_agreement)
{
	drop(0, 0, FLOWS);
	drop(1, 0, FLOWS);
	run();
	ck_assert_uint_eq(r.nbuckets, 0);
	ck_assert_int_eq(result_exit_status(&r), 3);
}
END_TEST

START_TEST(unreadable_records_make_a_bucket_incomplete)
{
	struct flow bad = flows_make(1, 0, 0);

	bad.status = FLOW_BAD;
	memmove(
	    logs[1] + 151, logs[1] + 150, (FLOWS - 150) * sizeof(logs[1][0]));
	logs[1][150] = bad;
	nlogs[1]++;
	run();
	expect_equal_but(2);
	expect(2, 60, 0, 0);
	ck_assert_int_eq(bucket(2)->status, BUCKET_INCOMPLETE);
	ck_assert_uint_eq(bucket(2)->gaps[1], GAP_BAD_LINES);
	ck_assert_uint_eq(bucket(2)->gaps[0], 0);
}
END_TEST

START_TEST(a_stray_record_of_another_day_is_not_compared)
{
	struct flow f = extra(0, 1);

	f.start_us += 20 * FLOWS_WIDTH;
	logs[1][nlogs[1]++] = f;
	f.start_us -= 22 * FLOWS_WIDTH;
	logs[1][nlogs[1]++] = f;
	run();
	ck_assert_uint_eq(r.nbuckets, MINUTES);
	expect_equal_but(MINUTES);
}
END_TEST

START_TEST(an_attempt_that_the_border_stops_is_not_missed_inside)
{
	struct flow f = extra(130, 131), g = extra(132, 133);

	opt.relation = RELATION_SUBSET;
	f.state = FLOW_S0;
	f.resp_pkts = 0;
	insert(0, f);
	g.orig_port++;
	if (_i == 1) /* one that was answered */
		insert(0, g);
	if (_i == 2) /* one that only the inside has */
		insert(1, g);
	run();
	ck_assert_uint_eq(
	    compare_get(c, 2)->cells[0].missing[1], (unsigned)(_i == 1));
	ck_assert_uint_eq(
	    compare_get(c, 2)->cells[0].eligible[0], 60u + (_i == 1));
	ck_assert_int_eq(
	    bucket(2)->status, _i == 0 ? BUCKET_EQUAL : BUCKET_DIFFERS);
	ck_assert_uint_eq(bucket(2)->n[0].only_b, (unsigned)(_i == 2));
	ck_assert_int_eq(r.pairs[0].relation, RELATION_SUBSET);
	if (_i < 2)
		ck_assert(fabs(r.pairs[0].agreement - 1) < 1e-12);
}
END_TEST

START_TEST(of_three_sensors_the_odd_one_differs_from_both)
{
	opt.nsensors = 3;
	drop(2, 140, 145);
	run();
	ck_assert_uint_eq(r.npairs, 3);
	ck_assert_uint_eq(r.pairs[0].n.only_a, 0); /* A, B */
	ck_assert_uint_eq(r.pairs[1].b, 2);
	ck_assert_uint_eq(r.pairs[1].n.only_a, 5); /* A, C */
	ck_assert_uint_eq(r.pairs[2].a, 1);
	ck_assert_uint_eq(r.pairs[2].n.only_a, 5); /* B, C */
	ck_assert(!bucket(2)->differs[0]);
	ck_assert(bucket(2)->differs[1]);
	/* five of sixty are worth to be looked into */
	ck_assert_uint_eq(compare_get(c, 2)->cells[1].facets[1].missing, 5);
	ck_assert_uint_eq(compare_get(c, 2)->cells[1].facets[1].flows, 60);
}
END_TEST

START_TEST(a_clock_that_is_ahead_is_seen_in_the_starts)
{
	size_t i;

	for (i = 0; i < FLOWS; i++)
		logs[1][i].start_us += 250000;
	run();
	expect_equal_but(MINUTES);
	ck_assert_int_eq(compare_get(c, 2)->cells[0].offset_us, 250000);
	ck_assert_int_eq(compare_get(c, 2)->cells[0].spread_us, 0);
	ck_assert_uint_eq(compare_get(c, 2)->cells[0].noffsets, 60);
}
END_TEST

START_TEST(differences_over_the_limit_are_counted_as_missing)
{
	uint64_t unkept;
	size_t n;

	opt.max_leftovers = 16;
	drop(1, 120, 160);
	run();
	expect(2, 20, 40, 0);
	ck_assert_uint_eq(compare_get(c, 2)->cells[0].missing[1], 40);
	(void)compare_differences(c, &n, &unkept);
	ck_assert_uint_eq(n + unkept, 40);
	ck_assert_uint_gt(unkept, 0);
}
END_TEST

START_TEST(shifted_flows_of_a_long_run_do_not_fill_the_room)
{
	unsigned i;

	/* 20 flows across each edge, room for 60 */
	opt.max_leftovers = 60;
	for (i = 0; i < 80; i++) {
		double edge = 60 * (1 + i / 20), at = edge - 1 + i % 20 / 40.0;
		struct flow f = extra(at, edge - 0.1);
		struct flow g = extra(at, edge + 0.1);

		f.orig_port = g.orig_port = (uint16_t)(i + 1);
		insert(0, f);
		insert(1, g);
	}
	run();
	ck_assert_uint_eq(r.pairs[0].n.shifted, 80);
	ck_assert_uint_eq(r.pairs[0].n.only_a + r.pairs[0].n.only_b, 0);
}
END_TEST

START_TEST(workers_of_a_bucket_are_kept_by_number)
{
	size_t i;

	for (i = 0; i < FLOWS; i++)
		logs[1][i].worker = (uint8_t)(i % 3);
	run();
	ck_assert_uint_eq(compare_get(c, 1)->nworkers[0], 0);
	ck_assert_uint_eq(compare_get(c, 1)->nworkers[1], 3);
	for (i = 0; i < 3; i++)
		ck_assert_uint_eq(compare_get(c, 1)->workers[1][i], 20);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/compare");
	TCase *t = tcase_create("compare");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, equal_logs_are_equal_in_every_bucket, 0, 2);
	tcase_add_loop_test(t, one_lost_flow_is_one_difference, 0, 2);
	tcase_add_test(t, a_flow_that_ends_across_the_edge_is_shifted_not_lost);
	tcase_add_test(t, a_flow_in_two_pieces_is_split_and_damaged);
	tcase_add_test(t, fewer_packets_are_damage_at_that_sensor);
	tcase_add_test(t, a_flipped_originator_is_no_difference);
	tcase_add_test(t, of_many_records_of_one_tuple_the_lost_one_is_counted);
	tcase_add_loop_test(
	    t, a_flow_logged_after_its_bucket_closed_is_not_missed, 0, 2);
	tcase_add_test(
	    t, a_late_record_of_a_bucket_without_flows_is_a_partner_too);
	tcase_add_test(
	    t, what_was_logged_before_the_peers_log_began_is_not_counted);
	tcase_add_loop_test(t,
	    what_ends_after_the_peers_log_is_not_called_equal_or_lost, 0,
	    (int)ARRAY_LEN(ends));
	tcase_add_test(t, silence_inside_a_log_is_a_difference_not_a_gap);
	tcase_add_test(t, an_empty_log_covers_nothing);
	tcase_add_test(t, two_empty_logs_are_no_agreement);
	tcase_add_test(t, unreadable_records_make_a_bucket_incomplete);
	tcase_add_test(t, a_stray_record_of_another_day_is_not_compared);
	tcase_add_loop_test(
	    t, an_attempt_that_the_border_stops_is_not_missed_inside, 0, 3);
	tcase_add_test(t, of_three_sensors_the_odd_one_differs_from_both);
	tcase_add_test(t, a_clock_that_is_ahead_is_seen_in_the_starts);
	tcase_add_test(t, differences_over_the_limit_are_counted_as_missing);
	tcase_add_test(t, shifted_flows_of_a_long_run_do_not_fill_the_room);
	tcase_add_test(t, workers_of_a_bucket_are_kept_by_number);
	suite_add_tcase(s, t);
	return s;
}
