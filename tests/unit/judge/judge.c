/*
 * From rows to findings: precedence, runs of buckets, peers, facets, numbers.
 * Bucket k starts at 1764000000 + 60 k.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/rule.h"
#include "unit.h"

#define WIDTH (60 * US_PER_S)
#define START (1764000000 * US_PER_S)

static struct rule rules[8];
static size_t nrules;
static struct evidence rows[64];
static size_t nrows;
static struct finding *found;
static size_t nfound;

static void
setup(void)
{
	nrules = nrows = nfound = 0;
	found = NULL;
}

static void
teardown(void)
{
	free(found);
}

static struct rule *
rule(const char *name, enum evidence_kind per, const char *when)
{
	struct rule *r = &rules[nrules++];

	*r = (struct rule){ .name = strdup(name),
		.when = strdup(when),
		.summary = strdup("{sensor}"),
		.file = strdup("x.yaml"),
		.severity = SEVERITY_WARNING,
		.per = per,
		.for_buckets = 1 };
	return r;
}

static void
unless(struct rule *r, const char *name)
{
	r->unless = realloc(r->unless, (r->nunless + 1) * sizeof(*r->unless));
	r->unless[r->nunless++] = strdup(name);
}

static void
shows(struct rule *r, const char *column)
{
	r->evidence =
	    realloc(r->evidence, (r->nevidence + 1) * sizeof(*r->evidence));
	r->evidence[r->nevidence++] = strdup(column);
}

static struct evidence *
row(enum evidence_kind kind, int bucket, const char *sensor, const char *peer,
    const char *what, const char *value)
{
	struct evidence *e = &rows[nrows++];
	char *name =
	    kind == EVIDENCE_WORKER ? e->t[EVT_worker] : e->t[EVT_facet];

	evidence_init(e, kind);
	e->start_us = START + bucket * WIDTH;
	(void)snprintf(e->t[EVT_sensor], EVIDENCE_TEXT_MAX, "%s", sensor);
	(void)snprintf(e->t[EVT_peer], EVIDENCE_TEXT_MAX, "%s", peer);
	(void)snprintf(name, EVIDENCE_TEXT_MAX, "%s", what);
	(void)snprintf(e->t[EVT_value], EVIDENCE_TEXT_MAX, "%s", value);
	e->n[EV_peer_flows] = 100;
	e->n[EV_missing] = 10;
	e->n[EV_missing_share] = 0.1;
	return e;
}

static struct evidence *
sensor_row(int bucket, const char *sensor, const char *peer)
{
	return row(EVIDENCE_SENSOR, bucket, sensor, peer, "", "");
}

static struct evidence *
facet_row(int bucket, const char *facet, const char *value, double recall)
{
	struct evidence *e =
	    row(EVIDENCE_FACET, bucket, "B", "A", facet, value);

	e->n[EV_recall] = recall;
	e->n[EV_precision] = 1;
	e->n[EV_values_n] = 1;
	return e;
}

static void
judge(void)
{
	struct diag d = DIAG_INIT;
	struct rules *rs = rules_new(rules, nrules, &d);

	ck_assert_msg(rs != NULL, "%s", d.text);
	ck_assert_msg(rules_judge(rs, rows, nrows, WIDTH, &found, &nfound, &d),
	    "%s", d.text);
	rules_free(rs);
}

static void
spans(size_t i, int from, int to)
{
	ck_assert_uint_gt(nfound, i);
	ck_assert_int_eq((found[i].from_us - START) / WIDTH, from);
	ck_assert_int_eq((found[i].to_us - START) / WIDTH, to);
}

START_TEST(no_rows_give_no_findings)
{
	rule("a", EVIDENCE_SENSOR, "1");
	judge();
	ck_assert_uint_eq(nfound, 0);
	ck_assert_ptr_null(found);
}
END_TEST

START_TEST(a_condition_that_is_null_or_zero_or_text_does_not_hold)
{
	sensor_row(0, "B", "A");
	rule("a", EVIDENCE_SENSOR, "late > 1");
	rule("b", EVIDENCE_SENSOR, "missing / 0 > 1");
	rule("c", EVIDENCE_SENSOR, "0.0");
	rule("d", EVIDENCE_SENSOR, "'yes'");
	rule("e", EVIDENCE_SENSOR, "missing > 10");
	judge();
	ck_assert_uint_eq(nfound, 0);
}
END_TEST

START_TEST(a_rule_reads_only_rows_of_its_kind)
{
	sensor_row(0, "B", "A");
	row(EVIDENCE_WORKER, 0, "B", "A", "worker-2", "");
	facet_row(0, "port", "53", 1);
	rule("w", EVIDENCE_WORKER, "1");
	rule("f", EVIDENCE_FACET, "1");
	rule("s", EVIDENCE_SENSOR, "1");
	judge();
	ck_assert_uint_eq(nfound, 3);
	ck_assert_str_eq(found[0].rule, "f");
	ck_assert_str_eq(found[0].facet, "port");
	ck_assert_str_eq(found[0].value, "53");
	ck_assert_str_eq(found[1].rule, "s");
	ck_assert_str_eq(found[1].facet, "");
	ck_assert_str_eq(found[2].rule, "w");
	ck_assert_str_eq(found[2].facet, "worker");
	ck_assert_str_eq(found[2].value, "worker-2");
	ck_assert_str_eq(found[2].sensor, "B");
	ck_assert_str_eq(found[2].peer, "A");
}
END_TEST

START_TEST(consecutive_buckets_are_one_finding_in_any_order_of_rows)
{
	rule("a", EVIDENCE_SENSOR, "1");
	sensor_row(4, "B", "A");
	sensor_row(2, "B", "A");
	sensor_row(9, "B", "A");
	sensor_row(3, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 2);
	/* The first row's bucket is 2: spans() counts from START. */
	spans(0, 2, 5);
	spans(1, 9, 10);
}
END_TEST

START_TEST(a_gap_within_the_limit_does_not_end_a_finding)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR, "1");

	r->gap_buckets = 1;
	sensor_row(0, "B", "A");
	sensor_row(2, "B", "A");
	sensor_row(5, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 2);
	spans(0, 0, 3);
	spans(1, 5, 6);
}
END_TEST

START_TEST(a_rule_must_hold_for_as_many_buckets_as_it_says)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR, "1");

	r->for_buckets = 3;
	sensor_row(0, "B", "A");
	sensor_row(1, "B", "A");
	/* A second peer does not make a second bucket. */
	sensor_row(1, "B", "C");
	sensor_row(5, "B", "A");
	sensor_row(6, "B", "A");
	sensor_row(7, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 1);
	spans(0, 5, 8);
}
END_TEST

START_TEST(several_peers_make_one_finding_with_the_best_peers_numbers)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR, "1");

	shows(r, "missing");
	sensor_row(0, "B", "A");
	sensor_row(1, "B", "C");
	sensor_row(0, "B", "C");
	sensor_row(2, "B", "C");
	sensor_row(0, "D", "C");
	judge();
	ck_assert_uint_eq(nfound, 2);
	ck_assert_str_eq(found[0].sensor, "B");
	ck_assert_str_eq(found[0].peer, "C");
	spans(0, 0, 3);
	ck_assert_double_eq(found[0].evidence[0].value, 30);
	ck_assert_str_eq(found[1].sensor, "D");
}
END_TEST

START_TEST(numbers_are_pooled_over_the_buckets)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR, "1");
	struct evidence *e;

	r->share = strdup("packet_loss");
	shows(r, "lost_packets");
	shows(r, "packet_loss");
	shows(r, "silent_before");
	shows(r, "missing_share");
	shows(r, "late");
	free(r->summary);
	r->summary = strdup("{lost_packets} {packet_loss:%} {share} {late}");
	e = sensor_row(0, "B", "A");
	e->n[EV_peer_packets] = 1000;
	e->n[EV_lost_packets] = 100;
	e->n[EV_packet_loss] = 0.1;
	e->n[EV_silent_before] = 60;
	e = sensor_row(1, "B", "A");
	e->n[EV_peer_packets] = 3000;
	e->n[EV_lost_packets] = 0;
	e->n[EV_packet_loss] = 0;
	e->n[EV_silent_before] = 120;
	e->n[EV_peer_flows] = 300;
	e->n[EV_missing_share] = 0.5;
	judge();
	ck_assert_uint_eq(nfound, 1);
	/* late is unknown in every row: not shown. */
	ck_assert_uint_eq(found[0].nevidence, 4);
	ck_assert_str_eq(found[0].evidence[0].name, "lost_packets");
	ck_assert_double_eq(found[0].evidence[0].value, 100);
	ck_assert_double_eq_tol(found[0].evidence[1].value, 0.025, 1e-12);
	ck_assert_double_eq(found[0].evidence[2].value, 120);
	ck_assert_double_eq_tol(found[0].evidence[3].value, 0.4, 1e-12);
	ck_assert_double_eq_tol(found[0].share, 0.025, 1e-12);
	ck_assert_str_eq(found[0].summary, "100 2.5 % 2.5 % unknown");
}
END_TEST

START_TEST(a_share_stays_between_0_and_1)
{
	rule("a", EVIDENCE_SENSOR, "1")->share = strdup("7");
	rule("b", EVIDENCE_SENSOR, "1")->share = strdup("-1");
	rule("c", EVIDENCE_SENSOR, "1")->share = strdup("missing / 0");
	rule("d", EVIDENCE_SENSOR, "1");
	sensor_row(0, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 4);
	ck_assert_double_eq(found[0].share, 1);
	ck_assert_double_eq(found[1].share, 0);
	ck_assert_double_eq(found[2].share, 0);
	ck_assert_double_eq_tol(found[3].share, 0.1, 1e-12);
}
END_TEST

START_TEST(value_and_direction_come_from_their_expressions)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR, "1");

	r->value = strdup("peer || '-side'");
	r->direction = strdup("iif(onesided_in > 0.5, 'inbound', "
			      "iif(onesided_out > 0.5, 'outbound', NULL))");
	sensor_row(0, "B", "A")->n[EV_onesided_in] = 1;
	sensor_row(1, "B", "A")->n[EV_onesided_out] = 1;
	sensor_row(2, "B", "A")->n[EV_onesided_out] = 1;
	sensor_row(7, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 2);
	ck_assert_str_eq(found[0].value, "A-side");
	ck_assert_int_eq(found[0].direction, DIRECTION_OUTBOUND);
	ck_assert_int_eq(found[1].direction, DIRECTION_NONE);
}
END_TEST

START_TEST(a_rule_is_silent_where_one_that_it_names_holds)
{
	/* The order in the set does not matter. */
	unless(rule("low", EVIDENCE_SENSOR, "1"), "high");
	rule("high", EVIDENCE_SENSOR, "late = 1");
	sensor_row(0, "B", "A")->n[EV_late] = 1;
	sensor_row(1, "B", "A");
	sensor_row(0, "C", "A");
	judge();
	ck_assert_uint_eq(nfound, 3);
	ck_assert_str_eq(found[0].rule, "high");
	ck_assert_str_eq(found[0].sensor, "B");
	ck_assert_str_eq(found[1].rule, "low");
	ck_assert_str_eq(found[1].sensor, "C");
	ck_assert_str_eq(found[2].rule, "low");
	ck_assert_str_eq(found[2].sensor, "B");
	spans(2, 1, 2);
}
END_TEST

START_TEST(a_rule_that_is_itself_silenced_silences_none)
{
	unless(rule("low", EVIDENCE_SENSOR, "1"), "middle");
	unless(rule("middle", EVIDENCE_SENSOR, "1"), "high");
	rule("high", EVIDENCE_SENSOR, "1");
	sensor_row(0, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 2);
	ck_assert_str_eq(found[0].rule, "high");
	ck_assert_str_eq(found[1].rule, "low");
}
END_TEST

START_TEST(a_rule_that_held_too_shortly_silences_none)
{
	unless(rule("low", EVIDENCE_SENSOR, "1"), "high");
	rule("high", EVIDENCE_SENSOR, "1")->for_buckets = 2;
	sensor_row(0, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].rule, "low");
}
END_TEST

START_TEST(rule_reports_under_another_name_and_keeps_its_own)
{
	rule("own", EVIDENCE_SENSOR, "1")->reports = strdup("verdict");
	unless(rule("low", EVIDENCE_SENSOR, "1"), "own");
	sensor_row(0, "B", "A");
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].rule, "verdict");
	ck_assert_str_eq(found[0].by, "own");
}
END_TEST

START_TEST(unless_within_reaches_the_buckets_around)
{
	struct rule *r = rule("low", EVIDENCE_SENSOR, "late = 0");
	int i;

	unless(r, "high");
	r->unless_within = 1;
	rule("high", EVIDENCE_SENSOR, "late = 1");
	for (i = 0; i < 6; i++)
		sensor_row(i, "B", "A")->n[EV_late] = i == 3;
	judge();
	ck_assert_uint_eq(nfound, 3);
	spans(0, 0, 2);
	spans(1, 3, 4);
	spans(2, 5, 6);
}
END_TEST

START_TEST(other_values_are_other_findings)
{
	rule("w", EVIDENCE_WORKER, "1");
	row(EVIDENCE_WORKER, 0, "B", "A", "worker-1", "");
	row(EVIDENCE_WORKER, 0, "B", "A", "worker-2", "");
	row(EVIDENCE_WORKER, 1, "B", "A", "worker-1", "");
	judge();
	ck_assert_uint_eq(nfound, 2);
	ck_assert_str_eq(found[0].value, "worker-1");
	spans(0, 0, 2);
	ck_assert_str_eq(found[1].value, "worker-2");
	spans(1, 0, 1);
}
END_TEST

START_TEST(lists_with_a_value_in_common_are_one_finding)
{
	rule("f", EVIDENCE_FACET, "1");
	facet_row(0, "local_net", "10.0.1.0/24, 2001:db8::/64", 1);
	facet_row(1, "local_net", "10.0.1.0/24", 1);
	facet_row(2, "local_net", "10.0.1.0/24, 2001:db8::/64", 1);
	facet_row(3, "local_net", "10.0.1.0/24, 10.9.9.0/24", 1);
	judge();
	ck_assert_uint_eq(nfound, 1);
	spans(0, 0, 4);
	ck_assert_str_eq(found[0].value, "10.0.1.0/24, 2001:db8::/64");
}
END_TEST

START_TEST(of_facets_that_explain_the_same_flows_the_better_is_named)
{
	rule("f", EVIDENCE_FACET, "1");
	facet_row(0, "ip_version", "6", 1);
	facet_row(0, "local_net", "2001:db8::/64, 2001:db8:1::/64", 1)
	    ->n[EV_values_n] = 2;
	facet_row(0, "port", "443", 0.85);
	facet_row(1, "ip_version", "6", 1);
	judge();
	ck_assert_uint_eq(nfound, 1);
	ck_assert_str_eq(found[0].facet, "ip_version");
	spans(0, 0, 2);
}
END_TEST

START_TEST(facets_that_explain_different_flows_are_both_named)
{
	rule("f", EVIDENCE_FACET, "1");
	facet_row(0, "port", "53", 0.5);
	facet_row(0, "proto", "icmp", 0.5);
	judge();
	ck_assert_uint_eq(nfound, 2);
}
END_TEST

START_TEST(findings_are_sorted_by_severity_then_time_then_sensor)
{
	rule("a", EVIDENCE_SENSOR, "late = 1");
	rule("b", EVIDENCE_SENSOR, "late = 2")->severity = SEVERITY_CRITICAL;
	rule("c", EVIDENCE_SENSOR, "late = 1")->severity = SEVERITY_INFO;
	sensor_row(5, "B", "A")->n[EV_late] = 2;
	sensor_row(1, "B", "A")->n[EV_late] = 1;
	sensor_row(1, "A", "B")->n[EV_late] = 1;
	sensor_row(0, "Z", "B")->n[EV_late] = 1;
	judge();
	ck_assert_uint_eq(nfound, 7);
	ck_assert_str_eq(found[0].rule, "b");
	ck_assert_str_eq(found[1].sensor, "Z");
	ck_assert_str_eq(found[2].sensor, "A");
	ck_assert_str_eq(found[3].sensor, "B");
	ck_assert_int_eq(found[4].severity, SEVERITY_INFO);
}
END_TEST

START_TEST(an_error_while_judging_is_said_with_file_and_rule)
{
	struct rule *r = rule("a", EVIDENCE_SENSOR,
	    "missing > 0 AND abs(-9223372036854775807 - 1 + (late > 5)) > 0");
	struct diag d = DIAG_INIT;
	struct rules *rs;

	r->at[RULE_WHEN].line = 7;
	sensor_row(0, "B", "A")->n[EV_late] = 1;
	rs = rules_new(rules, nrules, &d);
	ck_assert_msg(rs != NULL, "%s", d.text);
	ck_assert(!rules_judge(rs, rows, nrows, WIDTH, &found, &nfound, &d));
	ck_assert_str_eq(d.text, "x.yaml:7: rule 'a': integer overflow");
	ck_assert_uint_eq(nfound, 0);
	rules_free(rs);
}
END_TEST

START_TEST(a_set_judges_again_and_again)
{
	struct diag d = DIAG_INIT;
	struct rules *rs;
	int i;

	rule("a", EVIDENCE_SENSOR, "missing > 5");
	rs = rules_new(rules, nrules, &d);
	ck_assert_ptr_nonnull(rs);
	sensor_row(0, "B", "A");
	for (i = 0; i < 3; i++) {
		free(found);
		rows[0].n[EV_missing] = i == 1 ? 0 : 10;
		ck_assert(
		    rules_judge(rs, rows, nrows, WIDTH, &found, &nfound, &d));
		ck_assert_uint_eq(nfound, i == 1 ? 0 : 1);
	}
	rules_free(rs);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/judge");
	TCase *t = tcase_create("judge");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, no_rows_give_no_findings);
	tcase_add_test(
	    t, a_condition_that_is_null_or_zero_or_text_does_not_hold);
	tcase_add_test(t, a_rule_reads_only_rows_of_its_kind);
	tcase_add_test(
	    t, consecutive_buckets_are_one_finding_in_any_order_of_rows);
	tcase_add_test(t, a_gap_within_the_limit_does_not_end_a_finding);
	tcase_add_test(t, a_rule_must_hold_for_as_many_buckets_as_it_says);
	tcase_add_test(
	    t, several_peers_make_one_finding_with_the_best_peers_numbers);
	tcase_add_test(t, numbers_are_pooled_over_the_buckets);
	tcase_add_test(t, a_share_stays_between_0_and_1);
	tcase_add_test(t, value_and_direction_come_from_their_expressions);
	tcase_add_test(t, a_rule_is_silent_where_one_that_it_names_holds);
	tcase_add_test(t, a_rule_that_is_itself_silenced_silences_none);
	tcase_add_test(t, a_rule_that_held_too_shortly_silences_none);
	tcase_add_test(t, rule_reports_under_another_name_and_keeps_its_own);
	tcase_add_test(t, unless_within_reaches_the_buckets_around);
	tcase_add_test(t, other_values_are_other_findings);
	tcase_add_test(t, lists_with_a_value_in_common_are_one_finding);
	tcase_add_test(
	    t, of_facets_that_explain_the_same_flows_the_better_is_named);
	tcase_add_test(t, facets_that_explain_different_flows_are_both_named);
	tcase_add_test(
	    t, findings_are_sorted_by_severity_then_time_then_sensor);
	tcase_add_test(t, an_error_while_judging_is_said_with_file_and_rule);
	tcase_add_test(t, a_set_judges_again_and_again);
	suite_add_tcase(s, t);
	return s;
}
