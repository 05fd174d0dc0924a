#include "flow/net.h"
#include "../unit.h"

static const struct {
	const char *net, *addr;
	bool has;
} inside[] = {
	{ "10.20.0.0/16", "10.20.255.1", true },
	{ "10.20.0.0/16", "10.21.0.1", false },
	{ "10.20.0.0/15", "10.21.0.1", true },
	{ "10.20.30.40", "10.20.30.40", true },
	{ "10.20.30.40", "10.20.30.41", false },
	{ "0.0.0.0/0", "192.0.2.1", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "192.0.2.1", true },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::1/128", "2001:db8::1", true },
};

START_TEST(a_network_has_the_addresses_of_its_prefix)
{
	struct flow_net net;
	struct flow_addr addr;

	ck_assert(flow_net_parse(span_from(inside[_i].net), &net));
	ck_assert(flow_addr_parse(span_from(inside[_i].addr), &addr));
	ck_assert_int_eq(flow_net_has(&net, &addr), inside[_i].has);
}
END_TEST

static const char *const none[] = { "", "/", "10.0.0.0/", "10.0.0.0/33",
	"10.0.0.0/-1", "10.0.0/8", "2001:db8::/129", "x/8", "10.0.0.0/8 " };

START_TEST(a_text_that_is_no_network_is_refused)
{
	struct flow_net net;

	ck_assert(!flow_net_parse(span_from(none[_i]), &net));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/net");
	TCase *t = tcase_create("net");

	tcase_add_loop_test(
	    t, a_network_has_the_addresses_of_its_prefix, 0, ARRAY_LEN(inside));
	tcase_add_loop_test(
	    t, a_text_that_is_no_network_is_refused, 0, ARRAY_LEN(none));
	suite_add_tcase(s, t);
	return s;
}
