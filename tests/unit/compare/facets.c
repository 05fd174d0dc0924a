/*
 * Counts by attribute, and the attribute that explains what is missing.
 */
#include <math.h>
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/facets.h"

static struct facets f, g;
static struct netmap nets;
static struct explanation x;
static uint64_t seed;
static char text[256];

static void
setup(void)
{
	seed = 1;
}

static void
teardown(void)
{
	facets_clear(&f);
	facets_clear(&g);
	netmap_clear(&nets);
}

/* Local 10.0.n.x to 192.0.2.7 or another remote one, any of 20 ports. */
static struct entry
entry(void)
{
	struct entry e = flows_entry(1, 0, 1, 0);

	e.net[0] = UINT32_C(0x0a000000) | (flows_random(&seed) & 0x3ff);
	e.net[1] = (uint32_t)(flows_random(&seed) % 200 + 1) << 24;
	e.port = (uint16_t)(1000 + flows_random(&seed) % 20);
	e.vlan = 1 + flows_random(&seed) % 4;
	return e;
}

static void
add(const struct entry *e, bool missing)
{
	facets_add_flow(&f, e, &nets, 1);
	if (missing)
		facets_add_missing(&f, e, &nets, 1);
}

START_TEST(nothing_is_explained_where_nothing_is_missing)
{
	struct entry e = entry();
	uint64_t flows = 1, missing = 1;

	ck_assert(facets_explain(&f, &x));
	ck_assert_uint_eq(x.nvalues, 0);
	facets_measure(&f, &x, &flows, &missing);
	ck_assert_uint_eq(flows + missing, 0);
	add(&e, false);
	ck_assert(facets_explain(&f, &x));
	ck_assert_uint_eq(x.nvalues, 0);
	facets_format(&x, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

static bool
is_port(const struct entry *e)
{
	return e->port == 1003;
}

static bool
is_udp(const struct entry *e)
{
	return entry_proto(e) == ENTRY_UDP;
}

static bool
is_v6(const struct entry *e)
{
	return (e->class_bits & ENTRY_IPV6) != 0;
}

static bool
is_vlan(const struct entry *e)
{
	return e->vlan == 2;
}

static bool
is_attempt(const struct entry *e)
{
	return entry_state(e) == FLOW_CLASS_ATTEMPT;
}

static bool
is_inbound(const struct entry *e)
{
	return (e->class_bits & ENTRY_LOCAL_RESP) != 0;
}

static bool
is_local_net(const struct entry *e)
{
	return !is_v6(e) && e->net[is_inbound(e)] >> 8 == 0x0a0001;
}

static bool
is_remote_net(const struct entry *e)
{
	return !is_v6(e) && e->net[!is_inbound(e)] >> 24 == 77;
}

static const struct {
	bool (*gone)(const struct entry *e);
	enum facet facet;
	const char *text;
} causes[] = {
	{ is_port, FACET_PORT, "1003" },
	{ is_udp, FACET_PROTO, "udp" },
	{ is_v6, FACET_IP_VERSION, "6" },
	{ is_vlan, FACET_VLAN, "2" },
	{ is_local_net, FACET_LOCAL_NET, "10.0.1.0/24" },
	{ is_remote_net, FACET_REMOTE_NET, "77.0.0.0/8" },
	{ is_attempt, FACET_STATE_CLASS, "attempt" },
	{ is_inbound, FACET_DIRECTION, "inbound" },
};

/* 20000 flows of all kinds, those missing of which `gone` says so. */
static size_t
traffic(bool (*gone)(const struct entry *e))
{
	size_t i, missing = 0;
	struct flow_addr a;

	for (i = 0; i < 20000; i++) {
		struct entry e = entry();
		uint64_t r = flows_random(&seed);

		if (r % 5 == 0)
			e.proto_state = ENTRY_UDP << 3 | FLOW_CLASS_DONE;
		if (r / 5 % 7 == 0)
			e.proto_state = (uint8_t)((e.proto_state & ~7) |
			    FLOW_CLASS_ATTEMPT);
		if (r / 35 % 10 == 0) {
			e.class_bits |= ENTRY_IPV6;
			ck_assert(
			    flow_addr_parse(span_from("2001:db8:7:1::5"), &a));
			a.b[7] = (uint8_t)(r / 350 % 16);
			e.net[0] = netmap_number(&nets, &a);
			a.b[1] = (uint8_t)(r / 5600 % 16);
			e.net[1] = netmap_number(&nets, &a);
		}
		if (r / 89600 % 3 == 0) {
			uint32_t t = e.net[0];

			e.class_bits ^= ENTRY_LOCAL_ORIG | ENTRY_LOCAL_RESP;
			e.net[0] = e.net[1];
			e.net[1] = t;
		}
		missing += gone(&e);
		add(&e, gone(&e));
	}
	return missing;
}

START_TEST(the_one_value_that_is_gone_is_named)
{
	uint64_t flows, missing;
	size_t gone;

	gone = traffic(causes[_i].gone);
	ck_assert(facets_explain(&f, &x));
	ck_assert_uint_eq(f.missing, gone);
	ck_assert_int_eq(x.facet, causes[_i].facet);
	facets_format(&x, text, sizeof(text));
	ck_assert_str_eq(text, causes[_i].text);
	ck_assert_double_ge(x.precision, 0.999);
	ck_assert_double_ge(x.recall, 0.999);
	facets_measure(&f, &x, &flows, &missing);
	ck_assert_uint_eq(missing, gone);
	ck_assert_uint_eq(flows, gone);
}
END_TEST

static bool
is_any(const struct entry *e)
{
	(void)e;
	return flows_random(&seed) % 10 == 0;
}

START_TEST(a_loss_at_random_has_no_cause)
{
	size_t i;

	for (i = 0; i < 20000; i++) {
		struct entry e = entry();

		add(&e, is_any(&e));
	}
	ck_assert(facets_explain(&f, &x));
	ck_assert_double_lt(x.precision * x.recall, 0.1);
}
END_TEST

START_TEST(a_few_missing_flows_of_one_port_are_no_cause)
{
	unsigned i;

	for (i = 0; i < 100; i++) {
		struct entry e = entry();

		e.port = (uint16_t)(2000 + i);
		add(&e, i == 50);
	}
	ck_assert(facets_explain(&f, &x));
	ck_assert_uint_eq(x.nvalues, 0);
}
END_TEST

START_TEST(networks_of_ipv6_are_named_by_prefix)
{
	struct entry e = flows_entry(1, 0, 1, 0);
	struct flow_addr a;
	unsigned i;

	e.class_bits |= ENTRY_IPV6;
	for (i = 0; i < 1000; i++) {
		ck_assert(flow_addr_parse(span_from("2001:db8:7::5"), &a));
		a.b[7] = (uint8_t)(i % 4);
		e.net[0] = netmap_number(&nets, &a);
		a.b[0] = (uint8_t)(i % 50 + 32);
		e.net[1] = netmap_number(&nets, &a);
		add(&e, i % 4 == 2);
	}
	ck_assert(facets_explain(&f, &x));
	facets_format(&x, text, sizeof(text));
	ck_assert_str_eq(text, "2001:db8:7:2::/64");
}
END_TEST

START_TEST(an_endpoint_that_may_be_either_counts_as_both)
{
	struct entry e = flows_entry(1, 0, 1, 0);
	unsigned i;

	e.class_bits = ENTRY_COUNTS; /* the log does not tell who is local */
	for (i = 0; i < 400; i++) {
		e.net[0] = UINT32_C(0x0a000000) | i % 4 << 8 | 1;
		e.net[1] = UINT32_C(0x0b000000) | i % 7 << 8 | 1;
		add(&e, i % 4 == 1);
	}
	ck_assert(facets_explain(&f, &x));
	ck_assert_int_eq(x.facet, FACET_LOCAL_NET);
	facets_format(&x, text, sizeof(text));
	ck_assert_str_eq(text, "10.0.1.0/24");
	ck_assert_double_le(x.recall, 1);
}
END_TEST

START_TEST(merged_counts_are_those_of_all)
{
	uint64_t flows, missing;
	struct facets *parts[2] = { &f, &g };
	unsigned i;

	for (i = 0; i < 2000; i++) {
		struct entry e = entry();

		facets_add_flow(parts[i % 2], &e, &nets, 1);
		if (is_port(&e))
			facets_add_missing(parts[i % 2], &e, &nets, 1);
	}
	missing = f.missing + g.missing;
	facets_merge(&f, &g);
	ck_assert_uint_eq(f.flows, 2000);
	ck_assert_uint_eq(f.missing, missing);
	ck_assert(facets_explain(&f, &x));
	facets_measure(&f, &x, &flows, &missing);
	ck_assert_uint_eq(missing, f.missing);
	facets_clear(&g);
	facets_merge(&f, &g); /* of nothing */
	ck_assert_uint_eq(f.flows, 2000);
}
END_TEST

START_TEST(a_sampled_flow_counts_as_often_as_it_stands_for)
{
	struct entry e = entry();

	facets_add_flow(&f, &e, &nets, 16);
	ck_assert_uint_eq(f.flows, 16);
	ck_assert_uint_eq(f.missing, 0);
}
END_TEST

START_TEST(values_over_the_limit_are_not_named_but_counted)
{
	struct entry e = entry();
	uint32_t i;

	for (i = 0; i < FACETS_MAX + 1000; i++) {
		e.net[0] = i << 8;
		facets_add_missing(&f, &e, &nets, 1);
	}
	ck_assert_uint_eq(f.n, FACETS_MAX);
	ck_assert_uint_eq(f.missing, FACETS_MAX + 1000);
	ck_assert(facets_explain(&f, &x));
	ck_assert_uint_le(x.nvalues, EXPLAIN_MAX_VALUES);
}
END_TEST

START_TEST(a_long_list_is_cut_and_says_so)
{
	unsigned i;

	memset(&x, 0, sizeof(x));
	x.facet = FACET_PORT;
	x.nvalues = EXPLAIN_MAX_VALUES;
	for (i = 0; i < EXPLAIN_MAX_VALUES; i++)
		x.ids[i] = (struct facet_id){ 10000 + i, FACET_PORT + 1, 0, 0 };
	facets_format(&x, text, sizeof(text));
	ck_assert_str_eq(
	    text, "10000, 10001, 10002, 10003, 10004, 10005, 250 more");
	facets_format(&x, text, 32);
	ck_assert_uint_lt(strlen(text), 32);
	ck_assert_ptr_nonnull(strstr(text, " more"));
	x.nvalues = 8;
	facets_format(&x, text, sizeof(text));
	ck_assert_ptr_null(strstr(text, "more"));
}
END_TEST

START_TEST(every_facet_has_its_name)
{
	ck_assert_str_eq(facet_name(FACET_IP_VERSION), "ip_version");
	ck_assert_str_eq(facet_name(FACET_REMOTE_NET), "remote_net");
	ck_assert_str_eq(facet_name(FACET_SIZE_CLASS), "size_class");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/facets");
	TCase *t = tcase_create("facets");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_is_explained_where_nothing_is_missing);
	tcase_add_loop_test(
	    t, the_one_value_that_is_gone_is_named, 0, (int)ARRAY_LEN(causes));
	tcase_add_test(t, a_loss_at_random_has_no_cause);
	tcase_add_test(t, a_few_missing_flows_of_one_port_are_no_cause);
	tcase_add_test(t, networks_of_ipv6_are_named_by_prefix);
	tcase_add_test(t, an_endpoint_that_may_be_either_counts_as_both);
	tcase_add_test(t, merged_counts_are_those_of_all);
	tcase_add_test(t, a_sampled_flow_counts_as_often_as_it_stands_for);
	tcase_add_test(t, values_over_the_limit_are_not_named_but_counted);
	tcase_add_test(t, a_long_list_is_cut_and_says_so);
	tcase_add_test(t, every_facet_has_its_name);
	suite_add_tcase(s, t);
	return s;
}
