/*
 * The sample of host pairs: whole pairs, the same wherever it is drawn, and
 * never more than its size.
 */
#include <stdlib.h>
#include <string.h>
#include "../unit.h"
#include "digest/tuples.h"
#include "simulate/prng.h"

static struct flow_addr
addr(uint64_t x)
{
	struct flow_addr a = { { 0 } };
	unsigned i;

	for (i = 0; i < 8; i++)
		a.b[15 - i] = (uint8_t)(x >> (8 * i));
	return a;
}

static struct tuple_flow
tuple(uint32_t pair, uint32_t flow, bool back)
{
	struct flow_addr a = addr(pair), b = addr(prng_mix(pair));

	return (struct tuple_flow){ .key = prng_mix(flow),
		.end_off_us = flow,
		.luck = back ? tuples_luck(&b, &a, 7) : tuples_luck(&a, &b, 7),
		.addr = { back ? b : a, back ? a : b } };
}

START_TEST(luck_is_that_of_the_pair_and_of_the_seed)
{
	struct flow_addr a = addr(1), b = addr(2), c = addr(3);

	ck_assert_uint_eq(tuples_luck(&a, &b, 7), tuples_luck(&b, &a, 7));
	ck_assert_uint_ne(tuples_luck(&a, &b, 7), tuples_luck(&a, &b, 8));
	ck_assert_uint_ne(tuples_luck(&a, &b, 7), tuples_luck(&a, &c, 7));
}
END_TEST

/* Addresses that differ in one byte each: chance spreads them all the same. */
START_TEST(luck_spreads_like_addresses_evenly)
{
	unsigned count[16] = { 0 }, i, k;

	for (i = 0; i < 256; i++) {
		for (k = 0; k < 256; k++) {
			struct flow_addr a = { { 0x26, 0x20 } }, b = a;

			a.b[7] = (uint8_t)i;
			b.b[15] = (uint8_t)k;
			count[tuples_luck(&a, &b, 1) >> 28]++;
		}
	}
	for (i = 0; i < 16; i++) {
		ck_assert_uint_gt(count[i], 4096 - 400);
		ck_assert_uint_lt(count[i], 4096 + 400);
	}
}
END_TEST

START_TEST(a_pair_is_in_it_with_all_its_flows_or_not_at_all)
{
	enum {
		PAIRS = 20000,
		FLOWS = 3
	};
	static unsigned char seen[PAIRS];
	struct tuples ts;
	uint32_t i;
	size_t k;

	memset(seen, 0, sizeof(seen));
	tuples_init(&ts, UINT32_MAX);
	for (i = 0; i < PAIRS * FLOWS; i++) {
		struct tuple_flow t = tuple(i % PAIRS + 1, i, i % 2 == 0);

		ck_assert(t.luck > ts.limit || tuples_add(&ts, &t));
	}
	ck_assert_uint_le(ts.n, TUPLES_MAX);
	ck_assert_uint_ge(ts.n, TUPLES_MAX / 4);
	for (k = 0; k < ts.n; k++)
		seen[ts.v[k].end_off_us % PAIRS]++;
	for (k = 0; k < PAIRS; k++)
		ck_assert(seen[k] == 0 || seen[k] == FLOWS);
	tuples_clear(&ts);
}
END_TEST

START_TEST(flows_are_found_by_key_and_end)
{
	struct tuples ts;
	struct tuple_flow t;
	uint32_t i;

	tuples_init(&ts, UINT32_MAX);
	ck_assert_ptr_null(tuples_find(&ts, 1, 1));
	for (i = 0; i < 1000; i++) {
		t = tuple(i, i, false);
		t.key = i % 10;
		ck_assert(tuples_add(&ts, &t));
	}
	tuples_sort(&ts);
	for (i = 0; i < 1000; i++) {
		struct tuple_flow *found = tuples_find(&ts, i % 10, i);

		ck_assert_ptr_nonnull(found);
		ck_assert_uint_eq(found->end_off_us, i);
		ck_assert_ptr_null(tuples_find(&ts, i % 10, i + 1));
	}
	tuples_clear(&ts);
}
END_TEST

START_TEST(one_pair_with_too_many_flows_leaves)
{
	struct tuples ts;
	struct tuple_flow t;
	uint32_t i;

	tuples_init(&ts, UINT32_MAX);
	for (i = 0; i < 4 * TUPLES_MAX; i++) {
		t = tuple(1, i, false);
		ck_assert(tuples_add(&ts, &t));
	}
	ck_assert_uint_lt(ts.n, TUPLES_MAX);
	tuples_clear(&ts);
}
END_TEST

START_TEST(the_next_limit_leaves_room_or_doubles)
{
	static const struct {
		size_t n;
		uint32_t limit, next;
	} rows[] = {
		{ 0, UINT32_MAX, UINT32_MAX },
		{ TUPLES_MAX, UINT32_MAX, UINT32_MAX },
		{ 10, UINT32_MAX / 2, UINT32_MAX },
		{ TUPLES_MAX / 8 * 3, UINT32_MAX / 4, UINT32_MAX / 2 },
		{ TUPLES_MAX / 2, UINT32_MAX / 4, UINT32_MAX / 4 },
		{ 0, 0, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct tuples ts = { NULL, rows[i].n, 0, rows[i].limit };

		ck_assert_uint_eq(tuples_next_limit(&ts), rows[i].next);
	}
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/tuples");
	TCase *tc = tcase_create("tuples");

	tcase_add_test(tc, luck_is_that_of_the_pair_and_of_the_seed);
	tcase_add_test(tc, luck_spreads_like_addresses_evenly);
	tcase_add_test(tc, a_pair_is_in_it_with_all_its_flows_or_not_at_all);
	tcase_add_test(tc, flows_are_found_by_key_and_end);
	tcase_add_test(tc, one_pair_with_too_many_flows_leaves);
	tcase_add_test(tc, the_next_limit_leaves_room_or_doubles);
	suite_add_tcase(s, tc);
	return s;
}
