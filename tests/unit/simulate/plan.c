/*
 * Fault specs and options: what is accepted, what is refused, and that the
 * refusal names the word that is wrong and those that are allowed.
 */
#include <string.h>
#include "simulate/plan.h"
#include "../unit.h"

static const struct {
	const char *spec, *wrong, *allowed;
} plan_bad[] = {
	{ "worker-frosen", "worker-frosen", "worker-frozen" },
	{ "", "''", "sensor-silent" },
	{ "worker-frozen:workers=2", "'workers'", "sensor, from, to, worker" },
	{ "sensor-gap:rate=1", "'rate'", "sensor, from, to" },
	{ "worker-frozen:worker=0", "worker=0", "1 to 64" },
	{ "worker-frozen:worker=1.5", "worker=1.5", "number from 1" },
	{ "worker-frozen:worker=9", "worker=9", "B has 3 workers" },
	{ "packet-loss:rate=2", "rate=2", "0 to 1" },
	{ "packet-loss:rate=nan", "rate=nan", "0 to 1" },
	{ "packet-loss:rate=", "rate=", "0 to 1" },
	{ "packet-loss:from=9,to=3", "to=3", "after from=9" },
	{ "packet-loss:from=-1", "from=-1", "seconds from the start" },
	{ "packet-loss:from=7800", "from=7800", "780 seconds" },
	{ "packet-loss:sensor=Q", "'Q'", "A to B" },
	{ "packet-loss:sensor=B+", "", "" },
	{ "tap-strand-loss:direction=up", "direction=up",
	    "inbound or outbound" },
	{ "tap-link-loss:links=2,link=3", "link=3", "2 links" },
	{ "blind-spot:facet=colour:red", "colour", "local_net" },
	{ "blind-spot:facet=ip_version:5", "ip_version:5", "4 or 6" },
	{ "blind-spot:facet=port:70000", "port:70000", "a port" },
	{ "blind-spot:facet=local_net:10.1.2.3/99",
	    "local_net:", "ADDRESS/BITS" },
	{ "local-nets:facet=port:53", "port", "wanted local_net:" },
	{ "blind-spot:facet=local_net:10.1.2", "local_net:", "ADDRESS/BITS" },
	{ "visibility-leak:sensor=A+B", "sensor=A+B", "one sensor" },
};

static bool
plan_try(const char *spec, struct plan *plan, struct diag *d)
{
	struct simulate_options o = plan_defaults;

	o.specs.item = &spec;
	o.specs.n = 1;
	return plan_make(&o, plan, d);
}

START_TEST(bad_spec_names_the_word_and_what_is_allowed)
{
	struct diag d = DIAG_INIT;
	struct plan plan;
	bool ok = plan_try(plan_bad[_i].spec, &plan, &d);

	if (plan_bad[_i].wrong[0] == '\0') { /* a trailing + is harmless */
		ck_assert(ok);
		return;
	}
	ck_assert_msg(!ok, "%s was taken", plan_bad[_i].spec);
	ck_assert_msg(strstr(d.text, plan_bad[_i].wrong) != NULL, "%s: %s",
	    plan_bad[_i].spec, d.text);
	ck_assert_msg(strstr(d.text, plan_bad[_i].allowed) != NULL, "%s: %s",
	    plan_bad[_i].spec, d.text);
}
END_TEST

START_TEST(every_fault_of_the_table_parses_by_its_name)
{
	struct diag d = DIAG_INIT;
	struct plan plan;

	ck_assert_msg(plan_try(fault_table[_i].name, &plan, &d), "%s", d.text);
	ck_assert_ptr_eq(plan.faults[0].def, &fault_table[_i]);
	ck_assert_uint_eq(plan.faults[0].mask, 2);
}
END_TEST

START_TEST(every_fault_kind_is_in_the_table_once)
{
	unsigned seen[FAULT_NKINDS] = { 0 };
	size_t i;

	for (i = 0; i < fault_table_len; i++)
		seen[fault_table[i].kind]++;
	for (i = 0; i < FAULT_NKINDS; i++)
		ck_assert_uint_eq(seen[i], 1);
}
END_TEST

START_TEST(help_names_every_fault_and_key)
{
	struct buf b = BUF_INIT;
	size_t i;

	fault_help(&b);
	ck_assert(buf_ok(&b));
	for (i = 0; i < fault_table_len; i++)
		ck_assert_ptr_nonnull(strstr(b.p, fault_table[i].name));
	ck_assert_ptr_nonnull(strstr(b.p, "udp_timeout"));
	ck_assert_ptr_nonnull(strstr(b.p, "default: inbound"));
	buf_clear(&b);
}
END_TEST

START_TEST(default_window_is_five_minutes_after_four)
{
	struct diag d = DIAG_INIT;
	struct plan plan;

	ck_assert(plan_try("packet-loss", &plan, &d));
	ck_assert_int_eq(
	    plan.faults[0].from_us - plan.start_us, 240 * US_PER_S);
	ck_assert_int_eq(plan.faults[0].to_us - plan.start_us, 540 * US_PER_S);
}
END_TEST

START_TEST(given_window_and_sensors_are_kept)
{
	struct diag d = DIAG_INIT;
	struct plan plan;

	ck_assert(plan_try(
	    "packet-loss:sensor=A+B,from=1.5,to=9,rate=0.25", &plan, &d));
	ck_assert_uint_eq(plan.faults[0].mask, 3);
	ck_assert(!plan.faults[0].everyone);
	ck_assert_int_eq(plan.faults[0].from_us - plan.start_us, 1500000);
	ck_assert_int_eq(plan.faults[0].to_us - plan.start_us, 9000000);
	ck_assert(plan.faults[0].value[FAULT_KEY_RATE] == 0.25);
}
END_TEST

START_TEST(ipv6_network_keeps_its_colons)
{
	struct diag d = DIAG_INIT;
	struct plan plan;

	ck_assert_msg(
	    plan_try("blind-spot:facet=local_net:2620:83:0:3::/64", &plan, &d),
	    "%s", d.text);
	ck_assert_str_eq(plan.faults[0].facet_value, "2620:83:0:3::/64");
	ck_assert_uint_eq(plan.faults[0].facet_bits, 64);
}
END_TEST

static const char *const plan_bad_workers[] = { "", "0,3", "4,x", "4,,3",
	"4,3,2", "99,1", "4 3" };

START_TEST(bad_workers_are_refused)
{
	struct simulate_options o = plan_defaults;
	struct diag d = DIAG_INIT;
	struct plan plan;

	o.workers = plan_bad_workers[_i];
	ck_assert(!plan_make(&o, &plan, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "workers"));
}
END_TEST

START_TEST(one_number_of_workers_serves_all_sensors)
{
	struct simulate_options o = plan_defaults;
	struct diag d = DIAG_INIT;
	struct plan plan;

	o.workers = "6";
	ck_assert(plan_make(&o, &plan, &d));
	ck_assert_uint_eq(plan.workers[0], 6);
	ck_assert_uint_eq(plan.workers[1], 6);
}
END_TEST

START_TEST(senseless_options_are_refused)
{
	struct simulate_options o[] = { plan_defaults, plan_defaults,
		plan_defaults, plan_defaults, plan_defaults, plan_defaults };
	struct plan plan;
	size_t i;

	o[0].sensors = 1;
	o[1].rate = 0;
	o[2].duration_s = 0;
	o[3].miss = 1.5;
	o[4].relation = RELATION_SUBSET;
	o[4].sensors = 3;
	o[5].flows = UINT64_MAX;
	for (i = 0; i < ARRAY_LEN(o); i++) {
		struct diag d = DIAG_INIT;

		ck_assert(!plan_make(&o[i], &plan, &d));
		ck_assert(d.text[0] != '\0');
	}
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("simulate plan");
	TCase *t = tcase_create("plan");

	tcase_add_loop_test(t, bad_spec_names_the_word_and_what_is_allowed, 0,
	    (int)ARRAY_LEN(plan_bad));
	tcase_add_loop_test(t, every_fault_of_the_table_parses_by_its_name, 0,
	    (int)fault_table_len);
	tcase_add_test(t, every_fault_kind_is_in_the_table_once);
	tcase_add_test(t, help_names_every_fault_and_key);
	tcase_add_test(t, default_window_is_five_minutes_after_four);
	tcase_add_test(t, given_window_and_sensors_are_kept);
	tcase_add_test(t, ipv6_network_keeps_its_colons);
	tcase_add_loop_test(
	    t, bad_workers_are_refused, 0, (int)ARRAY_LEN(plan_bad_workers));
	tcase_add_test(t, one_number_of_workers_serves_all_sensors);
	tcase_add_test(t, senseless_options_are_refused);
	suite_add_tcase(s, t);
	return s;
}
