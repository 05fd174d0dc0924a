/*
 * What is counted of the few flows that came becomes what would have been
 * counted of all.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/thin.h"

static struct bin *bins[2];
static struct pairing p;

static void
setup(void)
{
	unsigned i;

	memset(&p, 0, sizeof(p));
	for (i = 0; i < 2; i++) {
		bins[i] = calloc(1, sizeof(*bins[i]));
		ck_assert_ptr_nonnull(bins[i]);
		tuples_init(&bins[i]->tuples, UINT32_MAX);
		ck_assert(bin_make_thin(bins[i]));
	}
}

static void
teardown(void)
{
	bin_free(bins[0]);
	bin_free(bins[1]);
}

/* A flow of 9 packets among the entries. */
static void
add_entry(unsigned side, uint64_t key, double start_s)
{
	struct entry *e = entries_add(&bins[side]->entries);

	ck_assert_ptr_nonnull(e);
	*e = flows_entry(key, FLOWS_T0 + (int64_t)(start_s * 1e6),
	    FLOWS_T0 + 30 * FLOWS_S, FLOWS_T0);
}

START_TEST(flows_that_are_equal_are_paired)
{
	bins[0]->thin->equal = bins[1]->thin->equal = 1000;
	p.paired = 3;
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.paired, 1003);
}
END_TEST

START_TEST(fresh_flows_that_are_not_here_are_added)
{
	add_entry(0, 7, 1);
	p.fresh = 1; /* the pairing has counted that one */
	p.side[1].peer_packets = 9;
	bins[0]->thin->fresh = (struct entry_fresh){ 101, 909, { 0 } };
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.fresh, 101);
	ck_assert_uint_eq(p.side[1].peer_packets, 909);
}
END_TEST

START_TEST(fresh_flows_of_b_are_what_a_is_held_against)
{
	bins[1]->thin->fresh = (struct entry_fresh){ 50, 450, { 10, 20, 30 } };
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.fresh, 0);
	ck_assert_uint_eq(p.side[0].peer_packets, 450);
	ck_assert_uint_eq(p.side[0].large_peer[0], 10);
	ck_assert_uint_eq(p.side[0].large_peer[2], 30);
	ck_assert_uint_eq(p.side[1].peer_packets, 0);
}
END_TEST

START_TEST(an_entry_from_before_the_bucket_is_not_taken_for_a_fresh_one)
{
	add_entry(0, 7, -5);
	bins[0]->thin->fresh = (struct entry_fresh){ 100, 900, { 0 } };
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.fresh, 100);
	ck_assert_uint_eq(p.side[1].peer_packets, 900);
}
END_TEST

START_TEST(totals_that_are_less_than_the_entries_do_not_wrap)
{
	add_entry(0, 7, 1);
	add_entry(0, 8, 1);
	bins[0]->thin->fresh = (struct entry_fresh){ 1, 9, { 0 } };
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.fresh, 0);
	ck_assert_uint_eq(p.side[1].peer_packets, 0);
}
END_TEST

START_TEST(each_of_a_sample_stands_for_its_weight)
{
	bins[0]->thin->weight = bins[1]->thin->weight = 16;
	bins[0]->thin->equal = 1000; /* not known of a sample */
	bins[0]->thin->fresh.flows = 1000;
	p.paired = 5;
	p.damaged = 2;
	p.side[0].lost_packets = 3;
	p.side[1].large_lost[1] = 4;
	p.overflow[1] = 1;
	thin_add_equal(&p, bins[0], bins[1]);
	ck_assert_uint_eq(p.paired, 80);
	ck_assert_uint_eq(p.damaged, 32);
	ck_assert_uint_eq(p.side[0].lost_packets, 48);
	ck_assert_uint_eq(p.side[1].large_lost[1], 64);
	ck_assert_uint_eq(p.overflow[1], 16);
	ck_assert_uint_eq(p.fresh, 0);
}
END_TEST

/* n elements, every step-th key, that begin at_us after FLOWS_T0. */
static void
make_sample(unsigned side, uint32_t n, uint64_t step, int64_t at_us)
{
	struct digest_sampled *v = calloc(n, sizeof(*v));
	uint32_t i;

	ck_assert_ptr_nonnull(v);
	for (i = 0; i < n; i++) {
		v[i].key = i * step;
		v[i].start_us = FLOWS_T0 + at_us;
	}
	bins[side]->thin->sample = v;
	bins[side]->thin->nsample = n;
}

START_TEST(starts_are_told_apart_by_elements_of_both_samples)
{
	struct pairing_offsets o;
	uint32_t i;

	make_sample(0, 60, 2, 100);
	make_sample(1, 60, 3, 350);
	thin_offsets(bins[0], bins[1], &o);
	ck_assert_uint_eq(o.n, 20); /* multiples of 6 below 120 */
	for (i = 0; i < o.n; i++)
		ck_assert_int_eq(o.us[i], 250);
}
END_TEST

START_TEST(no_more_offsets_are_given_than_there_is_room_for)
{
	struct pairing_offsets o;

	make_sample(0, 2 * PAIRING_OFFSETS, 1, 0);
	make_sample(1, 2 * PAIRING_OFFSETS, 1, 1);
	thin_offsets(bins[0], bins[1], &o);
	ck_assert_uint_eq(o.n, PAIRING_OFFSETS);
}
END_TEST

START_TEST(without_samples_there_are_no_offsets)
{
	struct pairing_offsets o;

	thin_offsets(bins[0], bins[1], &o);
	ck_assert_uint_eq(o.n, 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("thin");
	TCase *t = tcase_create("thin");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, flows_that_are_equal_are_paired);
	tcase_add_test(t, fresh_flows_that_are_not_here_are_added);
	tcase_add_test(t, fresh_flows_of_b_are_what_a_is_held_against);
	tcase_add_test(
	    t, an_entry_from_before_the_bucket_is_not_taken_for_a_fresh_one);
	tcase_add_test(t, totals_that_are_less_than_the_entries_do_not_wrap);
	tcase_add_test(t, each_of_a_sample_stands_for_its_weight);
	tcase_add_test(t, starts_are_told_apart_by_elements_of_both_samples);
	tcase_add_test(t, no_more_offsets_are_given_than_there_is_room_for);
	tcase_add_test(t, without_samples_there_are_no_offsets);
	suite_add_tcase(s, t);
	return s;
}
