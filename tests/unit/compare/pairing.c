/*
 * One bucket of two sensors, a and b. Times are seconds after the bucket's
 * start; a record that starts before 0 is an old one.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/pairing.h"

static struct entries es[2];
static struct leftovers left;
static struct pairing out;
static struct pairing_offsets offsets;

static void
setup(void)
{
	left.max = 1u << 20;
}

static void
teardown(void)
{
	entries_clear(&es[0]);
	entries_clear(&es[1]);
	leftovers_clear(&left);
}

static struct entry *
put(unsigned side, uint64_t key, double start_s, double end_s)
{
	struct entry *e = entries_add(&es[side]);

	ck_assert_ptr_nonnull(e);
	*e = flows_entry(
	    key, (int64_t)(start_s * 1e6), (int64_t)(end_s * 1e6), 0);
	return e;
}

/* Both sides have it; b's is given back. */
static struct entry *
put_both(uint64_t key, double start_s, double end_s)
{
	(void)put(0, key, start_s, end_s);
	return put(1, key, start_s, end_s);
}

static void
run(void)
{
	const struct entry **a = entries_sort(&es[0]);
	const struct entry **b = entries_sort(&es[1]);
	struct pairing_input in = { { a, b }, { es[0].n, es[1].n }, FLOWS_T0,
		FLOWS_WIDTH, 3 };

	pairing_run(&in, &out, &offsets, &left);
	free(a);
	free(b);
}

static size_t
lone(unsigned side)
{
	size_t i, n = 0;

	for (i = 0; i < left.n; i++)
		n += left.v[i].kind == LEFTOVER_LONE && left.v[i].side == side;
	return n;
}

START_TEST(two_empty_buckets_pair_to_nothing)
{
	run();
	ck_assert_uint_eq(out.paired, 0);
	ck_assert_uint_eq(offsets.n, 0);
	ck_assert_uint_eq(left.n, 0);
}
END_TEST

START_TEST(an_empty_bucket_leaves_all_of_the_other)
{
	unsigned i;

	for (i = 1; i <= 40; i++)
		put((unsigned)_i, i, 1, 2);
	run();
	ck_assert_uint_eq(out.paired, 0);
	ck_assert_uint_eq(lone((unsigned)_i), 40);
	ck_assert_uint_eq(lone(1 - (unsigned)_i), 0);
	ck_assert_int_eq(left.v[0].bucket_us, FLOWS_T0);
	ck_assert_uint_eq(left.v[0].pair, 3);
}
END_TEST

START_TEST(equal_buckets_pair_whole)
{
	unsigned i;

	for (i = 0; i < 5000; i++)
		put_both(UINT64_MAX / 5000 * i, i % 50, 55);
	run();
	ck_assert_uint_eq(out.paired, 5000);
	ck_assert_uint_eq(out.fresh, 5000);
	ck_assert_uint_eq(out.damaged, 0);
	ck_assert_uint_eq(left.n, 0);
	ck_assert_uint_eq(offsets.n, PAIRING_OFFSETS);
}
END_TEST

START_TEST(one_lost_flow_is_the_only_leftover)
{
	unsigned i;

	for (i = 1; i <= 100; i++)
		put_both(i, 1, 2);
	put(0, 50500, 3, 4);
	run();
	ck_assert_uint_eq(out.paired, 100);
	ck_assert_uint_eq(left.n, 1);
	ck_assert_uint_eq(left.v[0].e.key, 50500);
	ck_assert_uint_eq(lone(0), 1);
}
END_TEST

/* Starts of one tuple at a and at b; -99 ends a list. */
static const struct {
	const char *what;
	double a[5], b[5];
	uint64_t paired;
	size_t lone_a, lone_b;
} groups[] = {
	{ "five seconds apart", { 10, -99 }, { 15, -99 }, 1, 0, 0 },
	{ "more than that", { 10, -99 }, { 15.1, -99 }, 0, 1, 1 },
	{ "before that", { 15.1, -99 }, { 10, -99 }, 0, 1, 1 },
	{ "three of each", { 1, 2, 3, -99 }, { 1, 2, 3, -99 }, 3, 0, 0 },
	{ "the middle one lost at b", { 1, 20, 40, -99 }, { 1, 40, -99 }, 2, 1,
	    0 },
	{ "the first one lost at a", { 20, 40, -99 }, { 1, 20, 40, -99 }, 2, 0,
	    1 },
	{ "the nearest is taken", { 10, -99 }, { 8, 10.1, -99 }, 1, 0, 1 },
	{ "all of them at once", { 5, 5, 5, -99 }, { 5, -99 }, 1, 2, 0 },
	{ "no two alike", { 1, 21, 41, -99 }, { 11, 31, 51, -99 }, 0, 3, 3 },
};

START_TEST(records_of_one_tuple_pair_by_start)
{
	unsigned i;

	for (i = 0; groups[_i].a[i] != -99; i++)
		put(0, 7, groups[_i].a[i], 59);
	for (i = 0; groups[_i].b[i] != -99; i++)
		put(1, 7, groups[_i].b[i], 59);
	run();
	ck_assert_msg(out.paired == groups[_i].paired &&
		lone(0) == groups[_i].lone_a && lone(1) == groups[_i].lone_b,
	    "%s: %u paired, %zu, %zu", groups[_i].what, (unsigned)out.paired,
	    lone(0), lone(1));
}
END_TEST

START_TEST(which_of_the_records_is_left_is_the_one_that_is_far)
{
	put(0, 7, 10, 59);
	put(1, 7, 8, 59);
	put(1, 7, 10.5, 59);
	run();
	ck_assert_uint_eq(left.n, 1);
	ck_assert_int_eq(entry_start_us(&left.v[0].e, 0), 8 * FLOWS_S);
	ck_assert_int_eq(offsets.us[0], FLOWS_S / 2);
}
END_TEST

START_TEST(offset_is_the_start_at_b_minus_that_at_a)
{
	put(0, 7, 10, 20);
	put(1, 7, 9.25, 20);
	run();
	ck_assert_uint_eq(offsets.n, 1);
	ck_assert_int_eq(offsets.us[0], -750000);
}
END_TEST

START_TEST(a_flow_with_fewer_packets_is_damaged_at_that_side)
{
	put_both(6, 1, 2);
	put_both(7, 1, 2)->pkts[1] = 3;
	run();
	ck_assert_uint_eq(out.paired, 2);
	ck_assert_uint_eq(out.damaged, 1);
	ck_assert_uint_eq(out.side[1].damaged, 1);
	ck_assert_uint_eq(out.side[1].random, 1);
	ck_assert_uint_eq(out.side[1].lost_packets, 1);
	ck_assert_uint_eq(out.side[1].peer_packets, 18);
	ck_assert_uint_eq(out.side[0].damaged, 0);
	ck_assert_uint_eq(out.side[0].lost_packets, 0);
	ck_assert_uint_eq(out.side[0].peer_packets, 17);
	/* both records stay, since they may contain a fragment */
	ck_assert_uint_eq(left.n, 2);
	ck_assert_uint_eq(left.v[0].kind, LEFTOVER_CONTEXT);
	ck_assert_uint_eq(left.v[1].kind, LEFTOVER_CONTEXT);
}
END_TEST

START_TEST(old_flows_are_damaged_but_no_evidence_of_this_time)
{
	put_both(7, -100, 2)->pkts[1] = 3;
	run();
	ck_assert_uint_eq(out.damaged, 1);
	ck_assert_uint_eq(out.fresh, 0);
	ck_assert_uint_eq(out.side[1].damaged, 0);
	ck_assert_uint_eq(out.side[1].peer_packets, 0);
}
END_TEST

START_TEST(a_flow_without_counts_on_either_side_is_not_damaged)
{
	struct entry *e = put_both(7, 1, 2);

	e->class_bits &= (uint8_t)~ENTRY_COUNTS;
	e->pkts[0] = e->pkts[1] = 0;
	run();
	ck_assert_uint_eq(out.paired, 1);
	ck_assert_uint_eq(out.damaged, 0);
	ck_assert_uint_eq(out.fresh, 0);
	ck_assert_uint_eq(left.n, 0);
}
END_TEST

START_TEST(a_flipped_originator_is_the_same_flow)
{
	struct entry *e = put_both(7, 1, 2);

	e->class_bits |= ENTRY_ORIG_HIGH;
	e->pkts[0] = 4;
	e->pkts[1] = 5;
	run();
	ck_assert_uint_eq(out.paired, 1);
	ck_assert_uint_eq(out.damaged, 0);
	/* and if its numbers were not turned round, they differ */
	es[1].first->e[0].pkts[0] = 5;
	es[1].first->e[0].pkts[1] = 4;
	run();
	ck_assert_uint_eq(out.damaged, 1);
	ck_assert_uint_eq(out.side[0].lost_packets, 1);
	ck_assert_uint_eq(out.side[1].lost_packets, 1);
}
END_TEST

/* Who is local, whose packets are gone at b, in which direction that is. */
static const struct {
	unsigned local;
	unsigned gone; /* 0: the originator's */
	unsigned in, out;
} strands[] = {
	{ ENTRY_LOCAL_ORIG, 0, 0, 1 },
	{ ENTRY_LOCAL_ORIG, 1, 1, 0 },
	{ ENTRY_LOCAL_RESP, 0, 1, 0 },
	{ ENTRY_LOCAL_RESP, 1, 0, 1 },
	{ ENTRY_LOCAL_ORIG | ENTRY_LOCAL_RESP, 1, 0, 0 },
	{ 0, 0, 0, 0 },
};

START_TEST(a_direction_without_any_packet_is_a_strand)
{
	struct entry *b = put_both(7, 1, 2), *a = &es[0].first->e[0];
	unsigned gone = strands[_i].gone, high;

	for (high = 0; high < 2; high++) {
		a->class_bits = b->class_bits = (uint8_t)(ENTRY_COUNTS |
		    strands[_i].local | (high ? ENTRY_ORIG_HIGH : 0));
		b->pkts[gone] = b->ip_bytes[gone] = 0;
		run();
		ck_assert_uint_eq(out.side[1].damaged, 1);
		ck_assert_uint_eq(out.side[1].random, 0);
		ck_assert_uint_eq(out.side[1].onesided[gone], 1);
		ck_assert_uint_eq(out.side[1].onesided[1 - gone], 0);
		ck_assert_uint_eq(out.side[1].onesided_in, strands[_i].in);
		ck_assert_uint_eq(out.side[1].onesided_out, strands[_i].out);
	}
}
END_TEST

/* Packets of originator and responder at b, where a has 5 and 4. */
static const struct {
	uint32_t orig, resp;
	unsigned factor; /* 0: no multiple */
} multiples[] = { { 10, 8, 2 }, { 15, 12, 3 }, { 20, 16, 4 }, { 25, 20, 5 },
	{ 30, 24, 0 }, { 5, 4, 0 }, { 10, 4, 0 }, { 10, 9, 0 }, { 10, 0, 0 },
	{ 0, 0, 0 } };

START_TEST(whole_multiples_of_both_directions_are_counted)
{
	struct entry *b = put_both(7, 1, 2);
	unsigned k;

	b->pkts[0] = multiples[_i].orig;
	b->pkts[1] = multiples[_i].resp;
	run();
	for (k = 2; k <= 5; k++)
		ck_assert_uint_eq(
		    out.side[1].multiple[k - 2], k == multiples[_i].factor);
	for (k = 0; k < 4; k++)
		ck_assert_uint_eq(out.side[0].multiple[k], 0);
}
END_TEST

START_TEST(a_direction_that_nobody_used_does_not_spoil_a_multiple)
{
	struct entry *b = put_both(7, 1, 2);

	es[0].first->e[0].pkts[1] = b->pkts[1] = 0;
	b->pkts[0] = 10;
	run();
	ck_assert_uint_eq(out.side[1].multiple[0], 1);
}
END_TEST

START_TEST(history_tells_a_repeat_from_a_gap)
{
	struct entry *b = put_both(7, 1, 2), *a = &es[0].first->e[0];

	a->pkts[1] = b->pkts[1] + 1;
	a->proto_state |= ENTRY_REXMIT;
	run();
	ck_assert_uint_eq(out.side[1].repeat, 1);
	ck_assert_uint_eq(out.side[1].gap, 0);
	b->proto_state |= ENTRY_REXMIT; /* sent twice, and seen so */
	run();
	ck_assert_uint_eq(out.side[1].repeat, 0);
	b->proto_state |= ENTRY_GAP;
	run();
	ck_assert_uint_eq(out.side[1].gap, 1);
	ck_assert_uint_eq(entry_proto(b), ENTRY_TCP);
}
END_TEST

START_TEST(flow_is_cut_where_most_of_a_long_direction_is_gone)
{
	struct entry *b = put_both(7, 1, 2), *a = &es[0].first->e[0];

	a->pkts[1] = 100;
	a->ip_bytes[1] = 100000;
	b->pkts[1] = 30;
	b->ip_bytes[1] = 30000;
	run();
	ck_assert_uint_eq(out.side[1].cut, 1);
	ck_assert_uint_eq(out.side[1].cut_lost, 70);
	b->ip_bytes[1] = 6000; /* the small ones are left */
	run();
	ck_assert_uint_eq(out.side[1].cut, 0);
	b->pkts[1] = 90; /* a tenth is gone */
	b->ip_bytes[1] = 90000;
	run();
	ck_assert_uint_eq(out.side[1].cut, 0);
	a->pkts[1] = 10; /* too short to tell */
	a->ip_bytes[1] = 10000;
	b->pkts[1] = 3;
	b->ip_bytes[1] = 3000;
	run();
	ck_assert_uint_eq(out.side[1].cut, 0);
	ck_assert_uint_eq(out.side[1].damaged, 1);
}
END_TEST

START_TEST(lost_packets_are_large_by_what_is_gone_with_them)
{
	struct entry *b = put_both(7, 1, 2), *a = &es[0].first->e[0];

	a->pkts[1] = 10;
	a->ip_bytes[1] = 15000;
	b->pkts[1] = 8;
	b->ip_bytes[1] = 12000;
	run();
	ck_assert_uint_eq(out.side[1].large_peer[0], 10);
	ck_assert_uint_eq(out.side[1].large_lost[0], 2);
	ck_assert_uint_eq(out.side[1].large_lost[2], 2);
	b->ip_bytes[1] = 13000; /* of 1000 bytes */
	run();
	ck_assert_uint_eq(out.side[1].large_lost[0], 0);
	ck_assert_uint_eq(out.side[1].large_lost[1], 2);
	b->ip_bytes[1] = 14900; /* two small ones */
	run();
	ck_assert_uint_eq(out.side[1].large_lost[0], 0);
	ck_assert_uint_eq(out.side[1].lost_packets, 2);
}
END_TEST

START_TEST(bad_checksums_count_where_only_the_damaged_side_has_them)
{
	struct entry *b = put_both(7, 1, 2);

	b->pkts[1] = 1;
	b->class_bits |= ENTRY_CSUM_RESP;
	run();
	ck_assert_uint_eq(out.side[1].checksum, 1);
	es[0].first->e[0].class_bits |= ENTRY_CSUM_ORIG;
	run();
	ck_assert_uint_eq(out.side[1].checksum, 0);
}
END_TEST

START_TEST(saturated_counts_do_not_overflow)
{
	struct entry *b = put_both(7, 1, 2), *a = &es[0].first->e[0];

	a->pkts[0] = a->pkts[1] = UINT32_MAX;
	a->ip_bytes[0] = a->ip_bytes[1] = UINT32_MAX;
	b->pkts[0] = b->pkts[1] = 0;
	run();
	ck_assert_uint_eq(out.side[1].lost_packets, 2 * (uint64_t)UINT32_MAX);
	ck_assert_uint_eq(out.side[1].peer_packets, 2 * (uint64_t)UINT32_MAX);
}
END_TEST

START_TEST(leftovers_over_the_limit_are_counted_apart)
{
	unsigned i;

	left.max = 3;
	for (i = 1; i <= 5; i++) {
		put(0, i, 1, 2);
		put(1, 100 + i, 1, 2);
	}
	run();
	ck_assert_uint_eq(left.n, 3);
	ck_assert_uint_eq(out.overflow[0], 2);
	ck_assert_uint_eq(out.overflow[1], 5);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/pairing");
	TCase *t = tcase_create("pairing");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, history_tells_a_repeat_from_a_gap);
	tcase_add_test(t, two_empty_buckets_pair_to_nothing);
	tcase_add_loop_test(t, an_empty_bucket_leaves_all_of_the_other, 0, 2);
	tcase_add_test(t, equal_buckets_pair_whole);
	tcase_add_test(t, one_lost_flow_is_the_only_leftover);
	tcase_add_loop_test(
	    t, records_of_one_tuple_pair_by_start, 0, (int)ARRAY_LEN(groups));
	tcase_add_test(t, which_of_the_records_is_left_is_the_one_that_is_far);
	tcase_add_test(t, offset_is_the_start_at_b_minus_that_at_a);
	tcase_add_test(t, a_flow_with_fewer_packets_is_damaged_at_that_side);
	tcase_add_test(t, old_flows_are_damaged_but_no_evidence_of_this_time);
	tcase_add_test(t, a_flow_without_counts_on_either_side_is_not_damaged);
	tcase_add_test(t, a_flipped_originator_is_the_same_flow);
	tcase_add_loop_test(t, a_direction_without_any_packet_is_a_strand, 0,
	    (int)ARRAY_LEN(strands));
	tcase_add_loop_test(t, whole_multiples_of_both_directions_are_counted,
	    0, (int)ARRAY_LEN(multiples));
	tcase_add_test(
	    t, a_direction_that_nobody_used_does_not_spoil_a_multiple);
	tcase_add_test(t, flow_is_cut_where_most_of_a_long_direction_is_gone);
	tcase_add_test(t, lost_packets_are_large_by_what_is_gone_with_them);
	tcase_add_test(
	    t, bad_checksums_count_where_only_the_damaged_side_has_them);
	tcase_add_test(t, saturated_counts_do_not_overflow);
	tcase_add_test(t, leftovers_over_the_limit_are_counted_apart);
	suite_add_tcase(s, t);
	return s;
}
