/*
 * Findings of single sensors, and whether they are one about an attribute.
 * Four sensors in two groups; bucket k starts at 1764000000 + 60 k.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/platform.h"
#include "unit.h"

#define WIDTH (60 * US_PER_S)
#define START (1764000000 * US_PER_S)

static const char *const freebsd[] = { "os=freebsd", "card=intel" };
static const char *const linux_[] = { "os=linux", "card=intel" };
static const struct platform_sensor sensors[] = { { "ext1", "ext", freebsd, 2 },
	{ "ext2", "ext", linux_, 2 }, { "int1", "int", freebsd, 2 },
	{ "int2", "int", linux_, 2 } };
static struct rules *rs;
static struct finding *found;
static size_t nfound;

static void
setup(void)
{
	struct rule r = { .name = strdup("platform-bug"),
		.when = strdup("attribute_sensors >= 2 AND "
			       "attribute_hit = attribute_sensors AND "
			       "others_hit = 0 AND attribute_groups >= 2"),
		.summary = strdup("all {attribute_hit} with {attribute}: "
				  "{cause}"),
		.share = strdup("missing_share"),
		.file = strdup("x.yaml"),
		.severity = SEVERITY_CRITICAL,
		.per = EVIDENCE_ATTRIBUTE,
		.for_buckets = 1,
		.gap_buckets = 1 };
	struct diag d = { "" };

	rs = rules_new(&r, 1, &d);
	ck_assert_msg(rs != NULL, "%s", d.text);
	found = NULL;
	nfound = 0;
}

static void
teardown(void)
{
	free(found);
	rules_free(rs);
}

static struct finding *
finding(const char *sensor, const char *rule, int from, int to, double share)
{
	struct finding *f;

	found = realloc(found, (nfound + 1) * sizeof(*found));
	f = &found[nfound++];
	memset(f, 0, sizeof(*f));
	(void)snprintf(f->sensor, sizeof(f->sensor), "%s", sensor);
	(void)snprintf(f->rule, sizeof(f->rule), "%s", rule);
	f->from_us = START + from * WIDTH;
	f->to_us = START + to * WIDTH;
	f->share = share;
	return f;
}

static void
judge(void)
{
	struct diag d = { "" };

	ck_assert_msg(
	    platform_judge(rs, sensors, 4, WIDTH, &found, &nfound, &d), "%s",
	    d.text);
}

START_TEST(nothing_found_stays_nothing)
{
	judge();
	ck_assert_uint_eq(nfound, 0);
}
END_TEST

START_TEST(one_fault_of_all_sensors_of_an_attribute_is_one_finding)
{
	(void)finding("ext1", "packet-loss", 3, 8, 0.2);
	(void)finding("int1", "packet-loss", 4, 8, 0.4);
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].rule, "platform-bug");
	ck_assert_str_eq(found[0].attribute, "os=freebsd");
	ck_assert_str_eq(found[0].cause, "packet-loss");
	ck_assert_str_eq(found[0].sensor, "ext1, int1");
	ck_assert_int_eq(found[0].several, true);
	ck_assert_int_eq(found[0].severity, SEVERITY_CRITICAL);
	/* in the buckets in which both have it */
	ck_assert_int_eq(found[0].from_us, START + 4 * WIDTH);
	ck_assert_int_eq(found[0].to_us, START + 8 * WIDTH);
	ck_assert_double_eq_tol(found[0].share, 0.3, 1e-9);
	ck_assert_str_eq(
	    found[0].summary, "all 2 with os=freebsd: packet-loss");
}
END_TEST

START_TEST(fault_of_one_sensor_is_left_alone)
{
	(void)finding("ext1", "packet-loss", 3, 8, 0.2);
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].rule, "packet-loss");
}
END_TEST

START_TEST(fault_of_another_attribute_too_is_left_alone)
{
	(void)finding("ext1", "packet-loss", 3, 8, 0.2);
	(void)finding("int1", "packet-loss", 3, 8, 0.2);
	(void)finding("int2", "packet-loss", 3, 8, 0.2);
	judge();
	ck_assert_uint_eq(nfound, 3);
}
END_TEST

START_TEST(all_sensors_there_are_are_told_by_what_they_share)
{
	(void)finding("ext1", "packet-loss", 3, 8, 0.2);
	(void)finding("ext2", "packet-loss", 3, 8, 0.2);
	(void)finding("int1", "packet-loss", 3, 8, 0.2);
	(void)finding("int2", "packet-loss", 3, 8, 0.2);
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].attribute, "card=intel");
}
END_TEST

START_TEST(faults_at_different_times_are_two)
{
	(void)finding("ext1", "packet-loss", 3, 5, 0.2);
	(void)finding("int1", "packet-loss", 20, 22, 0.2);
	judge();
	ck_assert_uint_eq(nfound, 2);
}
END_TEST

START_TEST(another_facet_is_another_cause)
{
	struct finding *f = finding("ext1", "blind-spot", 3, 8, 0.2);

	(void)snprintf(f->facet, sizeof(f->facet), "vlan");
	f = finding("int1", "blind-spot", 3, 8, 0.2);
	(void)snprintf(f->facet, sizeof(f->facet), "proto");
	judge();
	ck_assert_uint_eq(nfound, 2);
}
END_TEST

START_TEST(what_the_attribute_does_not_explain_stays)
{
	struct finding *f;

	(void)finding("ext1", "packet-loss", 3, 8, 0.2);
	(void)finding("int1", "packet-loss", 3, 8, 0.2);
	/* long after; another facet; a sensor without it; a group's */
	(void)finding("ext1", "sensor-gap", 30, 32, 0.2);
	f = finding("ext1", "blind-spot", 3, 8, 0.2);
	(void)snprintf(f->facet, sizeof(f->facet), "vlan");
	(void)finding("int2", "sensor-gap", 4, 5, 0.2);
	f = finding("all sensors", "common-drop", 4, 5, 0.2);
	f->several = true;
	/* at the same time, of a sensor that has it: explained */
	(void)finding("int1", "sensor-gap", 4, 5, 0.2);
	judge();
	ck_assert_uint_eq(nfound, 5);
	ck_assert_str_eq(found[0].rule, "platform-bug");
	ck_assert_int_eq(found[1].from_us, START + 30 * WIDTH);
	ck_assert_str_eq(found[2].facet, "vlan");
	ck_assert_str_eq(found[3].sensor, "int2");
	ck_assert_str_eq(found[4].rule, "common-drop");
}
END_TEST

START_TEST(long_names_are_cut_and_not_overrun)
{
	static char name[PLATFORM_MAX_SENSORS][64];
	struct platform_sensor many[PLATFORM_MAX_SENSORS];
	struct diag d = { "" };
	unsigned i;

	for (i = 0; i < PLATFORM_MAX_SENSORS; i++) {
		(void)snprintf(name[i], sizeof(name[i]), "%040u", i);
		many[i] = (struct platform_sensor){ name[i],
			i % 2 == 0 ? "ext" : "int", freebsd, 1 };
		(void)finding(name[i], "packet-loss", 0, 100, 0.2);
	}
	ck_assert_msg(platform_judge(rs, many, PLATFORM_MAX_SENSORS, WIDTH,
			  &found, &nfound, &d),
	    "%s", d.text);
	ck_assert_uint_eq(nfound, 1);
	ck_assert_uint_eq(strlen(found[0].sensor), sizeof(found[0].sensor) - 1);
	ck_assert_int_eq(found[0].to_us, START + 100 * WIDTH);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("platform");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing_found_stays_nothing);
	tcase_add_test(
	    tc, one_fault_of_all_sensors_of_an_attribute_is_one_finding);
	tcase_add_test(tc, fault_of_one_sensor_is_left_alone);
	tcase_add_test(tc, fault_of_another_attribute_too_is_left_alone);
	tcase_add_test(tc, all_sensors_there_are_are_told_by_what_they_share);
	tcase_add_test(tc, faults_at_different_times_are_two);
	tcase_add_test(tc, another_facet_is_another_cause);
	tcase_add_test(tc, what_the_attribute_does_not_explain_stays);
	tcase_add_test(tc, long_names_are_cut_and_not_overrun);
	suite_add_tcase(s, tc);
	return s;
}
