/*
 * Networks as numbers: an IPv4 address is its own, a /64 gets the next one.
 */
#include "../flows.h"
#include "../unit.h"
#include "digest/netmap.h"

static struct netmap m;

static void
teardown(void)
{
	netmap_clear(&m);
}

static uint32_t
number(const char *text)
{
	struct flow_addr a;

	ck_assert(flow_addr_parse(span_from(text), &a));
	return netmap_number(&m, &a);
}

START_TEST(an_ipv4_address_is_its_own_number)
{
	ck_assert_uint_eq(number("0.0.0.0"), 0);
	ck_assert_uint_eq(number("10.1.2.3"), UINT32_C(0x0a010203));
	ck_assert_uint_eq(number("255.255.255.255"), UINT32_MAX);
	ck_assert_uint_eq(m.n, 0);
}
END_TEST

START_TEST(addresses_of_one_64_share_a_number)
{
	uint32_t a = number("2001:db8:0:1::1");

	ck_assert_uint_eq(a, 0);
	ck_assert_uint_eq(number("2001:db8:0:1:ffff::"), a);
	ck_assert_uint_eq(number("2001:db8:0:2::1"), 1);
	ck_assert_uint_eq(number("::"), 2);
	ck_assert_uint_eq(number("::1"), 2);
	ck_assert_uint_eq(netmap_prefix(&m, a), UINT64_C(0x20010db800000001));
	ck_assert_uint_eq(netmap_prefix(&m, 2), 0);
}
END_TEST

START_TEST(a_number_that_was_not_given_has_no_prefix)
{
	ck_assert_uint_eq(netmap_prefix(&m, 0), 0);
	number("2001:db8::1");
	ck_assert_uint_eq(netmap_prefix(&m, 1), 0);
	ck_assert_uint_eq(netmap_prefix(&m, NETMAP_OTHER), 0);
	ck_assert_uint_eq(netmap_prefix(&m, UINT32_MAX), 0);
}
END_TEST

START_TEST(prefixes_over_the_limit_share_one_number)
{
	uint64_t state = 1;
	uint32_t i, wrong = 0;

	for (i = 0; i < NETMAP_MAX; i++)
		wrong += netmap_number6(&m, flows_random(&state)) != i;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(
	    netmap_number6(&m, flows_random(&state)), NETMAP_OTHER);
	ck_assert_uint_eq(
	    netmap_number6(&m, flows_random(&state)), NETMAP_OTHER);
	/* those that have a number keep it */
	for (state = 1, i = 0; i < NETMAP_MAX; i++) {
		uint64_t prefix = flows_random(&state);

		wrong += netmap_number6(&m, prefix) != i ||
		    netmap_prefix(&m, i) != prefix;
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(m.n, NETMAP_MAX);
}
END_TEST

START_TEST(a_cleared_map_begins_again)
{
	number("2001:db8::1");
	netmap_clear(&m);
	netmap_clear(&m);
	ck_assert_uint_eq(number("2001:db9::1"), 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/netmap");
	TCase *t = tcase_create("netmap");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, an_ipv4_address_is_its_own_number);
	tcase_add_test(t, addresses_of_one_64_share_a_number);
	tcase_add_test(t, a_number_that_was_not_given_has_no_prefix);
	tcase_add_test(t, prefixes_over_the_limit_share_one_number);
	tcase_add_test(t, a_cleared_map_begins_again);
	suite_add_tcase(s, t);
	return s;
}
