#include "crosstap/flows_filter.h"
#include "../unit.h"

/* Options as a command line has them, up to two of each. */
struct want {
	const char *host[2], *net[2], *port[2], *proto[2], *service[2];
	const char *only_on, *about;
	bool damaged;
	int64_t from_us, to_us; /* of a flow that ends at 5; both 0: any */
};

static void
take(struct option_list *list, const char *const item[2])
{
	for (; list->n < 2 && item[list->n] != NULL; list->n++)
		list->item[list->n] = item[list->n];
}

static bool
parse(const struct want *w, struct flows_filter *f, struct diag *d)
{
	struct flows_filter_options o = { .only_on = w->only_on,
		.damaged = w->damaged };

	take(&o.host, w->host);
	take(&o.net, w->net);
	take(&o.port, w->port);
	take(&o.proto, w->proto);
	take(&o.service, w->service);
	if (!flows_filter_parse(&o, f, d))
		return false;
	f->about = w->about;
	if (w->to_us > 0) {
		f->from_us = w->from_us;
		f->to_us = w->to_us;
	}
	return true;
}

/* A: 10.0.0.1:50000 > 192.0.2.80:443, which it takes for ssl,http; only A has
 * it, of the pair of A and B. */
static const struct {
	struct want want;
	bool wanted;
} cases[] = {
	{ { .damaged = false }, true },
	{ { .host = { "192.0.2.80" } }, true },
	{ { .host = { "192.0.2.81" } }, false },
	{ { .host = { "192.0.2.81", "10.0.0.1" } }, true },
	{ { .net = { "192.0.2.0/24" } }, true },
	{ { .net = { "198.51.100.0/24" } }, false },
	{ { .host = { "10.0.0.1" }, .net = { "192.0.2.0/24" } }, true },
	{ { .host = { "10.0.0.1" }, .net = { "198.51.100.0/24" } }, false },
	{ { .port = { "443" } }, true },
	{ { .port = { "50000" } }, true },
	{ { .port = { "53", "80" } }, false },
	{ { .proto = { "TCP" } }, true },
	{ { .proto = { "6" } }, true },
	{ { .proto = { "udp", "icmp" } }, false },
	{ { .service = { "http" } }, true },
	{ { .service = { "SSL" } }, true },
	{ { .service = { "htt" } }, false },
	{ { .only_on = "A" }, true },
	{ { .only_on = "B" }, false },
	{ { .damaged = true }, false },
	{ { .about = "B" }, true },
	{ { .about = "C" }, false },
	{ { .from_us = 5, .to_us = 6 }, true },
	{ { .from_us = 4, .to_us = 5 }, false },
	{ { .from_us = 6, .to_us = 9 }, false },
};

START_TEST(a_flow_is_wanted_if_all_that_was_asked_for_holds)
{
	struct flow a = { .service = SPAN_LITERAL("ssl,http"),
		.start_us = 2,
		.duration_us = 3,
		.orig_port = 50000,
		.resp_port = 443,
		.proto = 6 };
	struct flow_diff flow = { "only_a", "A", "B", &a, NULL };
	struct flows_filter f;
	struct diag d = DIAG_INIT;

	ck_assert(flow_addr_parse(SPAN_LITERAL("10.0.0.1"), &a.orig));
	ck_assert(flow_addr_parse(SPAN_LITERAL("192.0.2.80"), &a.resp));
	ck_assert_msg(parse(&cases[_i].want, &f, &d), "%s", d.text);
	ck_assert_int_eq(flows_filter_wants(&f, &flow), cases[_i].wanted);
}
END_TEST

START_TEST(type_and_code_of_icmp_are_no_ports)
{
	const struct flow echo = { .orig_port = 8, .resp_port = 0, .proto = 1 };
	const struct flow_diff flow = { "only_b", "A", "B", NULL, &echo };
	const struct want port = { .port = { "8" } },
			  icmp = { .proto = { "icmp" } };
	struct flows_filter f;
	struct diag d = DIAG_INIT;

	ck_assert(parse(&port, &f, &d));
	ck_assert(!flows_filter_wants(&f, &flow));
	ck_assert(parse(&icmp, &f, &d));
	ck_assert(flows_filter_wants(&f, &flow));
	ck_assert(f.proto[58]); /* Zeek calls both so */
}
END_TEST

static const struct {
	struct want want;
	const char *said;
} bad[] = {
	{ { .host = { "10.0.0.0/8" } }, "wanted an address" },
	{ { .host = { "example.org" } }, "wanted an address" },
	{ { .net = { "10.0.0.0/40" } }, "wanted a network" },
	{ { .port = { "65536" } }, "0 to 65535" },
	{ { .proto = { "sctp" } }, "wanted tcp, udp, icmp" },
	{ { .only_on = "A", .damaged = true }, "exclude each other" },
};

START_TEST(what_makes_no_sense_is_refused)
{
	struct flows_filter f;
	struct diag d = DIAG_INIT;

	ck_assert(!parse(&bad[_i].want, &f, &d));
	ck_assert_msg(strstr(d.text, bad[_i].said) != NULL, "%s", d.text);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/flows_filter");
	TCase *t = tcase_create("flows_filter");

	tcase_add_loop_test(t, a_flow_is_wanted_if_all_that_was_asked_for_holds,
	    0, ARRAY_LEN(cases));
	tcase_add_test(t, type_and_code_of_icmp_are_no_ports);
	tcase_add_loop_test(
	    t, what_makes_no_sense_is_refused, 0, ARRAY_LEN(bad));
	suite_add_tcase(s, t);
	return s;
}
