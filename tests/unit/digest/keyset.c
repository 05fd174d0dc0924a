/*
 * Occurrence numbers: as many as the key was counted before, whatever other
 * keys there are.
 */
#include "../flows.h"
#include "../unit.h"
#include "digest/keyset.h"

static struct keyset s;

static void
teardown(void)
{
	keyset_clear(&s);
}

START_TEST(an_empty_set_can_be_cleared_and_asked_ahead)
{
	keyset_prefetch(&s, 7);
	keyset_clear(&s);
	keyset_clear(&s);
	ck_assert_uint_eq(s.n, 0);
}
END_TEST

START_TEST(a_key_is_counted_from_zero_on)
{
	uint32_t i;

	for (i = 0; i < 100; i++) {
		ck_assert_uint_eq(keyset_count(&s, 42), i);
		ck_assert_uint_eq(keyset_count(&s, UINT64_MAX), i);
	}
	ck_assert_uint_eq(s.n, 2);
	keyset_clear(&s);
	ck_assert_uint_eq(keyset_count(&s, 42), 0);
}
END_TEST

START_TEST(a_key_of_zero_is_a_key)
{
	ck_assert_uint_eq(keyset_count(&s, 0), 0);
	ck_assert_uint_eq(keyset_count(&s, 0), 1);
	ck_assert_uint_eq(s.n, 1);
}
END_TEST

START_TEST(counts_survive_growth)
{
	const unsigned n = 200000;
	unsigned i, wrong = 0;
	uint64_t state;

	for (state = 1, i = 0; i < n; i++)
		wrong += keyset_count(&s, flows_random(&state)) != 0;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(s.n, n);
	for (state = 1, i = 0; i < n; i++)
		wrong += keyset_count(&s, flows_random(&state)) != 1;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(s.n, n);
}
END_TEST

START_TEST(keys_that_fall_on_one_slot_are_told_apart)
{
	unsigned i, round, wrong = 0;

	/* the low 40 bits are the same, and those of the last slot */
	for (round = 0; round < 3; round++)
		for (i = 0; i < 2000; i++)
			wrong += keyset_count(&s,
				     (uint64_t)i << 40 |
					 UINT64_C(0xffffffffff)) != round;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(s.n, 2000);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *suite = suite_create("digest/keyset");
	TCase *t = tcase_create("keyset");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, an_empty_set_can_be_cleared_and_asked_ahead);
	tcase_add_test(t, a_key_is_counted_from_zero_on);
	tcase_add_test(t, a_key_of_zero_is_a_key);
	tcase_add_test(t, counts_survive_growth);
	tcase_add_test(t, keys_that_fall_on_one_slot_are_told_apart);
	suite_add_tcase(suite, t);
	return suite;
}
