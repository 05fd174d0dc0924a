/*
 * What becomes of records that found no partner in their bucket. Times are
 * seconds after FLOWS_T0.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/reconcile.h"

static struct leftovers left;
static struct {
	size_t shifted, damaged, split, only, only_of[2];
	struct leftover a, b;  /* of the last pair */
	struct leftover whole; /* of the last split */
} got;

static void
on_shifted(void *arg, const struct leftover *a, const struct leftover *b)
{
	(void)arg;
	ck_assert_uint_eq(a->side, 0);
	ck_assert_uint_eq(b->side, 1);
	ck_assert_uint_eq(a->pair, b->pair);
	ck_assert_uint_eq(a->e.key, b->e.key);
	got.shifted++;
	got.a = *a;
	got.b = *b;
}

static void
on_damaged(void *arg, const struct leftover *a, const struct leftover *b)
{
	(void)arg;
	ck_assert_uint_eq(a->side, 0);
	ck_assert_uint_eq(b->side, 1);
	got.damaged++;
}

static void
on_split(void *arg, const struct leftover *x, const struct leftover *whole)
{
	(void)arg;
	ck_assert_uint_ne(x->side, whole->side);
	got.split++;
	got.whole = *whole;
}

static void
on_only(void *arg, const struct leftover *x)
{
	(void)arg;
	got.only++;
	got.only_of[x->side]++;
}

static const struct reconcile run = { &left, FLOWS_WIDTH, on_shifted,
	on_damaged, on_split, on_only, NULL };

static void
setup(void)
{
	left.max = 1u << 20;
	memset(&got, 0, sizeof(got));
}

static void
teardown(void)
{
	leftovers_clear(&left);
}

static struct leftover *
leave(uint64_t key, unsigned side, double start_s, double end_s,
    enum leftover_kind kind)
{
	int64_t start = FLOWS_T0 + (int64_t)(start_s * 1e6);
	int64_t end = FLOWS_T0 + (int64_t)(end_s * 1e6);
	int64_t bucket = end - end % FLOWS_WIDTH;
	struct entry e = flows_entry(key, start, end, bucket);

	ck_assert(leftovers_add(&left, &e, bucket, 0, side, kind));
	return &left.v[left.n - 1];
}

/* Two records of one tuple, a's and b's. */
static const struct {
	const char *what;
	double a[2], b[2]; /* start, end */
	size_t shifted, only;
} couples[] = {
	{ "the end is across the edge", { 50, 59.9 }, { 50, 60.1 }, 1, 0 },
	{ "a second later in all", { 50, 59.5 }, { 51, 60.5 }, 1, 0 },
	{ "as far apart as a bucket is wide", { 0, 1 }, { 60, 61 }, 1, 0 },
	{ "farther than that", { 0, 1 }, { 62, 63 }, 0, 2 },
	{ "the beginning was not seen", { 0, 600 }, { 300, 601 }, 1, 0 },
	{ "one after the other", { 0, 100 }, { 200, 300 }, 0, 2 },
	{ "they touch, within the slack", { 0, 100 }, { 100.9, 180 }, 1, 0 },
	{ "hours long, ends far apart", { 0, 3000 }, { 1, 6000 }, 1, 0 },
};

START_TEST(two_records_are_one_flow_if_they_start_close_or_overlap)
{
	leave(7, 0, couples[_i].a[0], couples[_i].a[1], LEFTOVER_LONE);
	leave(7, 1, couples[_i].b[0], couples[_i].b[1], LEFTOVER_LONE);
	reconcile_run(&run);
	ck_assert_msg(
	    got.shifted == couples[_i].shifted && got.only == couples[_i].only,
	    "%s: %zu shifted, %zu only", couples[_i].what, got.shifted,
	    got.only);
	ck_assert_uint_eq(got.split + got.damaged, 0);
}
END_TEST

START_TEST(nothing_left_is_nothing_said)
{
	reconcile_run(&run);
	reconcile_shrink(&run);
	ck_assert_uint_eq(got.shifted + got.damaged + got.split + got.only, 0);
}
END_TEST

START_TEST(records_of_other_tuples_sides_and_pairs_do_not_meet)
{
	leave(7, 0, 1, 2, LEFTOVER_LONE);
	leave(8, 1, 1, 2, LEFTOVER_LONE);
	leave(9, 0, 1, 2, LEFTOVER_LONE);
	leave(9, 0, 1, 2, LEFTOVER_LONE);
	leave(10, 0, 1, 2, LEFTOVER_LONE);
	leave(10, 1, 1, 2, LEFTOVER_LONE)->pair = 1;
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 0);
	ck_assert_uint_eq(got.only_of[0], 4);
	ck_assert_uint_eq(got.only_of[1], 2);
}
END_TEST

START_TEST(the_nearest_start_is_the_partner)
{
	leave(7, 0, 100, 110, LEFTOVER_LONE);
	leave(7, 1, 70, 71, LEFTOVER_LONE);
	leave(7, 1, 101, 102, LEFTOVER_LONE);
	leave(7, 1, 150, 151, LEFTOVER_LONE);
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 1);
	ck_assert_uint_eq(got.only_of[1], 2);
	ck_assert_int_eq(entry_start_us(&got.b.e, got.b.bucket_us),
	    FLOWS_T0 + 101 * FLOWS_S);
}
END_TEST

START_TEST(a_close_pair_is_made_before_a_distant_one)
{
	/* a's first could take b's, but a's second is the same flow */
	leave(7, 0, 0, 1, LEFTOVER_LONE);
	leave(7, 0, 40, 41, LEFTOVER_LONE);
	leave(7, 1, 41, 61, LEFTOVER_LONE);
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 1);
	ck_assert_int_eq(
	    entry_start_us(&got.a.e, got.a.bucket_us), FLOWS_T0 + 40 * FLOWS_S);
	ck_assert_uint_eq(got.only_of[0], 1);
}
END_TEST

START_TEST(a_late_record_answers_for_a_lone_one_and_for_nothing_else)
{
	leave(7, 0, 1, 2, LEFTOVER_LATE);
	leave(7, 1, 1, 2, LEFTOVER_LONE);
	leave(8, 0, 1, 2, LEFTOVER_LATE); /* nobody asks for it */
	leave(9, 0, 1, 2, LEFTOVER_LATE);
	leave(9, 1, 1, 2, LEFTOVER_LATE);
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 1);
	ck_assert_uint_eq(got.a.e.key, 7);
	ck_assert_uint_eq(got.only + got.split, 0);
}
END_TEST

START_TEST(a_record_inside_a_longer_one_of_the_peer_is_split)
{
	leave(7, 0, 0, 100, LEFTOVER_CONTEXT);
	leave(7, 1, 0, 50, LEFTOVER_CONTEXT)->e.pkts[0] = 2;
	leave(7, 1, 60, 99, LEFTOVER_LONE)->e.pkts[0] = 3;
	reconcile_run(&run);
	ck_assert_uint_eq(got.damaged, 1);
	ck_assert_uint_eq(got.split, 1);
	ck_assert_uint_eq(got.only, 0);
	ck_assert_uint_eq(got.whole.side, 0);
	ck_assert_uint_eq(got.whole.e.pkts[0], 5);
}
END_TEST

/* a has a whole record of 5 packets in [0, 100] that was paired. */
static const struct {
	const char *what;
	double start, end;
	uint32_t pkts;
	unsigned side;
} not_parts[] = {
	{ "it has as many packets", 60, 99, 5, 1 },
	{ "it begins before", -2, 99, 3, 1 },
	{ "it ends after", 60, 102, 3, 1 },
	{ "it is of the same side", 60, 99, 3, 0 },
};

START_TEST(a_record_that_is_no_part_is_missing_at_the_peer)
{
	struct leftover *x;

	leave(7, 0, 0, 100, LEFTOVER_CONTEXT);
	x = leave(7, not_parts[_i].side, not_parts[_i].start, not_parts[_i].end,
	    LEFTOVER_LONE);
	x->e.pkts[0] = not_parts[_i].pkts;
	reconcile_run(&run);
	ck_assert_msg(
	    got.only == 1 && got.split == 0, "%s", not_parts[_i].what);
}
END_TEST

START_TEST(a_damaged_flow_is_told_once_and_is_not_missing)
{
	leave(7, 0, 0, 10, LEFTOVER_CONTEXT);
	leave(7, 1, 0, 10, LEFTOVER_CONTEXT);
	leave(8, 0, 0, 10, LEFTOVER_CONTEXT);
	leave(8, 1, 0, 10, LEFTOVER_CONTEXT);
	leave(8, 0, 20, 30, LEFTOVER_CONTEXT);
	leave(8, 1, 20, 30, LEFTOVER_CONTEXT);
	reconcile_run(&run);
	ck_assert_uint_eq(got.damaged, 3);
	ck_assert_uint_eq(got.shifted + got.split + got.only, 0);
}
END_TEST

START_TEST(any_number_of_records_of_one_tuple_settles)
{
	unsigned i;

	for (i = 0; i < 3000; i++) {
		leave(7, 0, i * 0.02, 59.9 + i * 0.001, LEFTOVER_LONE);
		if (i % 3 != 0)
			leave(7, 1, i * 0.02, 60.1 + i, LEFTOVER_LONE);
	}
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 2000);
	ck_assert_uint_eq(got.only_of[0], 1000);
	ck_assert_uint_eq(got.only_of[1], 0);
}
END_TEST

static void
leave_random(uint64_t seed, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		double start = (double)(flows_random(&seed) % 4000);
		double length = (double)(flows_random(&seed) % 200);
		struct leftover *x = leave(flows_random(&seed) % 100,
		    flows_random(&seed) % 2, start, start + length,
		    flows_random(&seed) % 8 == 0 ? LEFTOVER_LATE
						 : LEFTOVER_LONE);

		x->e.pkts[0] = (uint32_t)(flows_random(&seed) % 9);
	}
}

START_TEST(every_lone_record_is_told_exactly_once)
{
	size_t lone = 0, late_matched = 0, i;

	leave_random((uint64_t)_i, 2000);
	for (i = 0; i < left.n; i++)
		lone += left.v[i].kind == LEFTOVER_LONE;
	reconcile_run(&run);
	for (i = 0; i < left.n; i++)
		late_matched +=
		    left.v[i].kind == LEFTOVER_LATE && left.v[i].matched;
	ck_assert_uint_eq(
	    2 * got.shifted - late_matched + got.split + got.only, lone);
	ck_assert_uint_gt(got.shifted, 100);
	ck_assert_uint_gt(got.split, 0);
	ck_assert_uint_gt(got.only, 0);
}
END_TEST

START_TEST(shrinking_keeps_what_is_not_shifted)
{
	leave(7, 0, 50, 59, LEFTOVER_LONE);
	leave(7, 1, 50, 61, LEFTOVER_LONE);
	leave(8, 0, 50, 59, LEFTOVER_LONE);
	leave(9, 0, 0, 90, LEFTOVER_CONTEXT);
	leave(9, 1, 40, 59, LEFTOVER_LONE)->e.pkts[0] = 1;
	left.v[left.n - 1].e.pkts[1] = 1;
	reconcile_shrink(&run);
	ck_assert_uint_eq(got.shifted, 1);
	ck_assert_uint_eq(got.only + got.split + got.damaged, 0);
	ck_assert_uint_eq(left.n, 3);
	reconcile_run(&run);
	ck_assert_uint_eq(got.shifted, 1);
	ck_assert_uint_eq(got.only, 1);
	ck_assert_uint_eq(got.split, 1);
}
END_TEST

START_TEST(leftovers_stop_at_their_limit)
{
	struct entry e = flows_entry(1, FLOWS_T0, FLOWS_T0, FLOWS_T0);

	left.max = 2;
	ck_assert(leftovers_add(&left, &e, FLOWS_T0, 0, 0, LEFTOVER_LONE));
	ck_assert(leftovers_add(&left, &e, FLOWS_T0, 0, 1, LEFTOVER_LONE));
	ck_assert(!leftovers_add(&left, &e, FLOWS_T0, 0, 0, LEFTOVER_LONE));
	ck_assert_uint_eq(left.n, 2);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/reconcile");
	TCase *t = tcase_create("reconcile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t,
	    two_records_are_one_flow_if_they_start_close_or_overlap, 0,
	    (int)ARRAY_LEN(couples));
	tcase_add_test(t, nothing_left_is_nothing_said);
	tcase_add_test(t, records_of_other_tuples_sides_and_pairs_do_not_meet);
	tcase_add_test(t, the_nearest_start_is_the_partner);
	tcase_add_test(t, a_close_pair_is_made_before_a_distant_one);
	tcase_add_test(
	    t, a_late_record_answers_for_a_lone_one_and_for_nothing_else);
	tcase_add_test(t, a_record_inside_a_longer_one_of_the_peer_is_split);
	tcase_add_loop_test(t, a_record_that_is_no_part_is_missing_at_the_peer,
	    0, (int)ARRAY_LEN(not_parts));
	tcase_add_test(t, a_damaged_flow_is_told_once_and_is_not_missing);
	tcase_add_test(t, any_number_of_records_of_one_tuple_settles);
	tcase_add_loop_test(t, every_lone_record_is_told_exactly_once, 1, 5);
	tcase_add_test(t, shrinking_keeps_what_is_not_shifted);
	tcase_add_test(t, leftovers_stop_at_their_limit);
	suite_add_tcase(s, t);
	return s;
}
