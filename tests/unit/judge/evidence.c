/*
 * The vocabulary of the rules.
 */
#include <math.h>
#include "judge/evidence.h"
#include "unit.h"

START_TEST(a_new_row_knows_nothing)
{
	struct evidence e;
	size_t i;

	evidence_init(&e, EVIDENCE_WORKER);
	ck_assert_int_eq(e.kind, EVIDENCE_WORKER);
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		ck_assert(isnan(e.n[i]));
	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		ck_assert_str_eq(e.t[i], "");
}
END_TEST

START_TEST(every_column_is_found_by_its_name)
{
	enum evidence_number c;
	enum evidence_text t;
	size_t i;

	for (i = 0; i < EVIDENCE_NNUMBERS; i++) {
		const char *name = evidence_name((enum evidence_number)i);

		ck_assert(evidence_find(span_from(name), &c));
		ck_assert_uint_eq(c, i);
		ck_assert(!evidence_find_text(span_from(name), &t));
	}
	for (i = 0; i < EVIDENCE_NTEXTS; i++) {
		ck_assert(evidence_find_text(
		    span_from(evidence_text_name((enum evidence_text)i)), &t));
		ck_assert_uint_eq(t, i);
	}
	ck_assert(!evidence_find(SPAN_LITERAL("flow"), &c));
	ck_assert(!evidence_find(SPAN_LITERAL(""), &c));
}
END_TEST

START_TEST(columns_of_a_kind_belong_to_no_other)
{
	ck_assert(evidence_has(EVIDENCE_SENSOR, EV_flows));
	ck_assert(evidence_has(EVIDENCE_FACET, EV_flows));
	ck_assert(evidence_has(EVIDENCE_WORKER, EV_worker_flows));
	ck_assert(evidence_has(EVIDENCE_WORKER, EV_workers_frozen));
	ck_assert(!evidence_has(EVIDENCE_SENSOR, EV_worker_flows));
	ck_assert(!evidence_has(EVIDENCE_FACET, EV_workers));
	ck_assert(evidence_has(EVIDENCE_FACET, EV_facet_flows));
	ck_assert(evidence_has(EVIDENCE_FACET, EV_facet_sigma));
	ck_assert(!evidence_has(EVIDENCE_SENSOR, EV_recall));
	ck_assert(!evidence_has_text(EVIDENCE_SENSOR, EVT_value));
	ck_assert(evidence_has_text(EVIDENCE_WORKER, EVT_worker));
	ck_assert(evidence_has_text(EVIDENCE_SENSOR, EVT_peer));
}
END_TEST

START_TEST(counts_are_summed_and_shares_averaged_by_what_they_are_of)
{
	ck_assert_int_eq(evidence_pool(EV_missing), EVIDENCE_SUM);
	ck_assert_int_eq(evidence_pool(EV_lost_packets), EVIDENCE_SUM);
	ck_assert_int_eq(evidence_pool(EV_bad_lines), EVIDENCE_SUM);
	ck_assert_int_eq(evidence_pool(EV_silent_before), EVIDENCE_MAX);
	ck_assert_int_eq(evidence_pool(EV_packet_loss), EVIDENCE_MEAN);
	ck_assert_int_eq(evidence_pool(EV_missing_sigma), EVIDENCE_MEAN);
	ck_assert_int_eq(evidence_weight(EV_packet_loss), EV_peer_packets);
	ck_assert_int_eq(evidence_weight(EV_precision), EV_facet_flows);
	ck_assert_int_eq(evidence_weight(EV_missing_share), EV_peer_flows);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/evidence");
	TCase *t = tcase_create("evidence");

	tcase_add_test(t, a_new_row_knows_nothing);
	tcase_add_test(t, every_column_is_found_by_its_name);
	tcase_add_test(t, columns_of_a_kind_belong_to_no_other);
	tcase_add_test(
	    t, counts_are_summed_and_shares_averaged_by_what_they_are_of);
	suite_add_tcase(s, t);
	return s;
}
