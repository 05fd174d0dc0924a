/*
 * Entries: a list that grows by blocks, and its order by key and start.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "digest/entry.h"

static struct entries es;

static void
teardown(void)
{
	entries_clear(&es);
}

static void
add(uint64_t key, int64_t start_us, int64_t end_us)
{
	struct entry *e = entries_add(&es);

	if (e == NULL)
		ck_abort_msg("out of memory");
	*e = flows_entry(key, start_us, end_us, 0);
}

/* Neighbours that are not in order; all of them must be there once. */
static size_t
unordered(const struct entry *const *v)
{
	uint64_t sum = 0;
	size_t i, wrong = 0;
	const struct entry_block *b;

	for (i = 0; i < es.n; i++) {
		sum += (uint64_t)(uintptr_t)v[i];
		if (i == 0)
			continue;
		wrong += v[i - 1]->key > v[i]->key ||
		    (v[i - 1]->key == v[i]->key &&
			entry_start_us(v[i - 1], 0) > entry_start_us(v[i], 0));
		wrong += v[i - 1] == v[i];
	}
	for (b = es.first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			sum -= (uint64_t)(uintptr_t)&b->e[i];
	return wrong + (sum != 0);
}

START_TEST(no_entries_have_no_order)
{
	ck_assert_ptr_null(entries_sort(&es));
	entries_clear(&es);
}
END_TEST

START_TEST(an_entry_keeps_its_place_while_others_are_added)
{
	struct entry *first;
	unsigned i;

	add(7, 1, 2);
	first = &es.first->e[0];
	for (i = 0; i < 3 * ENTRY_BLOCK; i++)
		add(i, 1, 2);
	ck_assert_uint_eq(es.n, 3 * ENTRY_BLOCK + 1);
	ck_assert_ptr_eq(first, &es.first->e[0]);
	ck_assert_uint_eq(first->key, 7);
}
END_TEST

/* How keys come: the shift makes few of them, or only high or low ones. */
static const struct {
	size_t n;
	unsigned right, left;
} orders[] = { { 1, 0, 0 }, { 2, 0, 0 }, { 5, 0, 0 }, { 1000, 0, 0 },
	{ 100000, 0, 0 }, { 1000, 60, 0 }, { 5000, 62, 0 }, { 5000, 64, 0 },
	{ 3000, 48, 48 }, { 3000, 60, 60 } };

START_TEST(sorted_entries_are_by_key_and_start)
{
	uint64_t state = (uint64_t)_i, key;
	const struct entry **v;
	size_t i;

	for (i = 0; i < orders[_i].n; i++) {
		key = flows_random(&state);
		key = orders[_i].right == 64
		    ? 5
		    : key >> orders[_i].right << orders[_i].left;
		add(key, (int64_t)(flows_random(&state) % 1000) - 500, 1000);
	}
	v = entries_sort(&es);
	ck_assert_ptr_nonnull(v);
	ck_assert_uint_eq(unordered(v), 0);
	free(v);
}
END_TEST

START_TEST(the_smallest_and_the_greatest_key_find_their_place)
{
	const struct entry **v;

	add(UINT64_MAX, 0, 1);
	add(0, 0, 1);
	add(UINT64_C(1) << 63, 0, 1);
	v = entries_sort(&es);
	ck_assert_ptr_nonnull(v);
	ck_assert_uint_eq(v[0]->key, 0);
	ck_assert_uint_eq(v[1]->key, UINT64_C(1) << 63);
	ck_assert_uint_eq(v[2]->key, UINT64_MAX);
	free(v);
}
END_TEST

START_TEST(times_come_back_as_they_were)
{
	struct entry e = flows_entry(1, -5 * FLOWS_S, 59 * FLOWS_S + 999999, 0);

	ck_assert_int_eq(entry_start_us(&e, FLOWS_T0), FLOWS_T0 - 5 * FLOWS_S);
	ck_assert_int_eq(
	    entry_end_us(&e, FLOWS_T0), FLOWS_T0 + 59 * FLOWS_S + 999999);
	e.duration_us = ENTRY_DURATION_MAX;
	ck_assert_int_eq(entry_start_us(&e, 0),
	    59 * FLOWS_S + 999999 - (int64_t)ENTRY_DURATION_MAX);
}
END_TEST

START_TEST(counts_by_endpoint_do_not_care_who_began)
{
	struct entry e = flows_entry(1, 0, 1, 0), f = e;

	f.class_bits |= ENTRY_ORIG_HIGH;
	f.pkts[0] = e.pkts[1];
	f.pkts[1] = e.pkts[0];
	f.ip_bytes[0] = e.ip_bytes[1];
	f.ip_bytes[1] = e.ip_bytes[0];
	ck_assert_uint_eq(entry_pkts_of(&e, 0), 5);
	ck_assert_uint_eq(entry_pkts_of(&f, 0), 5);
	ck_assert_uint_eq(entry_pkts_of(&f, 1), 4);
	ck_assert_uint_eq(entry_bytes_of(&f, 0), 500);
	ck_assert_uint_eq(entry_bytes_of(&f, 1), 4000);
}
END_TEST

START_TEST(protocol_and_state_share_a_byte)
{
	struct entry e = flows_entry(1, 0, 1, 0);

	e.proto_state = ENTRY_OTHER << 3 | FLOW_CLASS_MIDSTREAM;
	ck_assert_int_eq(entry_proto(&e), ENTRY_OTHER);
	ck_assert_int_eq(entry_state(&e), FLOW_CLASS_MIDSTREAM);
	ck_assert_str_eq(entry_proto_name(ENTRY_ICMP), "icmp");
	ck_assert_str_eq(entry_proto_name(ENTRY_OTHER), "other");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/entry");
	TCase *t = tcase_create("entry");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, no_entries_have_no_order);
	tcase_add_test(t, an_entry_keeps_its_place_while_others_are_added);
	tcase_add_loop_test(
	    t, sorted_entries_are_by_key_and_start, 0, (int)ARRAY_LEN(orders));
	tcase_add_test(t, the_smallest_and_the_greatest_key_find_their_place);
	tcase_add_test(t, times_come_back_as_they_were);
	tcase_add_test(t, counts_by_endpoint_do_not_care_who_began);
	tcase_add_test(t, protocol_and_state_share_a_byte);
	suite_add_tcase(s, t);
	return s;
}
