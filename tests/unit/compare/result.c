/*
 * What follows from the counts of a result, and the names in it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../unit.h"
#include "compare/result.h"

static const struct {
	struct result_counts n;
	double mirror, subset;
} agreements[] = {
	{ { 0, 0, 0, 0, 0, 0 }, 1, 1 }, /* nothing to compare */
	{ { 10, 0, 0, 0, 0, 0 }, 1, 1 },
	{ { 0, 5, 0, 0, 0, 0 }, 0, 1 }, /* only the outside has any */
	{ { 0, 0, 5, 0, 0, 0 }, 0, 0 },
	{ { 60, 30, 10, 0, 0, 0 }, 0.6, 6.0 / 7 },
	{ { 10, 0, 0, 10, 10, 10 }, 1, 1 }, /* paired is paired */
	{ { UINT64_MAX, UINT64_MAX, UINT64_MAX, 0, 0, 0 }, 1.0 / 3, 0.5 },
};

START_TEST(agreement_is_what_both_have_of_what_any_has)
{
	const struct result_counts *n = &agreements[_i].n;

	ck_assert(fabs(result_agreement(n, RELATION_MIRROR) -
		      agreements[_i].mirror) < 1e-12);
	ck_assert(fabs(result_agreement(n, RELATION_SUBSET) -
		      agreements[_i].subset) < 1e-12);
}
END_TEST

static const struct {
	size_t nfindings, nbuckets;
	enum bucket_status last;
	int status;
} exits[] = {
	{ 0, 3, BUCKET_EQUAL, 0 },
	{ 0, 3, BUCKET_DIFFERS, 0 }, /* no rule held: as healthy pairs do */
	{ 0, 3, BUCKET_INCOMPLETE, 3 },
	{ 0, 3, BUCKET_MISSING, 3 },
	{ 0, 0, BUCKET_EQUAL, 3 }, /* nothing was compared */
	{ 1, 3, BUCKET_EQUAL, 1 },
	{ 1, 3, BUCKET_MISSING, 1 }, /* a finding comes first */
	{ 2, 0, BUCKET_EQUAL, 1 },
};

START_TEST(exit_status_never_calls_the_uncompared_equal)
{
	struct result_bucket buckets[3];
	struct result r;

	memset(&r, 0, sizeof(r));
	memset(buckets, 0, sizeof(buckets));
	buckets[2].status = exits[_i].last;
	r.buckets = buckets;
	r.nbuckets = exits[_i].nbuckets;
	r.nfindings = exits[_i].nfindings;
	ck_assert_int_eq(result_exit_status(&r), exits[_i].status);
}
END_TEST

START_TEST(every_gap_has_a_name_of_its_own)
{
	unsigned i, j;

	for (i = 0; i < RESULT_NGAPS; i++) {
		const char *a = result_gap_name((enum result_gap)(1 << i));

		ck_assert_str_ne(a, "?");
		for (j = 0; j < i; j++)
			ck_assert_str_ne(
			    a, result_gap_name((enum result_gap)(1 << j)));
	}
}
END_TEST

START_TEST(status_names_are_those_of_the_report)
{
	ck_assert_str_eq(bucket_status_name(BUCKET_EQUAL), "equal");
	ck_assert_str_eq(bucket_status_name(BUCKET_DIFFERS), "differs");
	ck_assert_str_eq(bucket_status_name(BUCKET_INCOMPLETE), "incomplete");
	ck_assert_str_eq(bucket_status_name(BUCKET_MISSING), "missing");
}
END_TEST

START_TEST(a_cleared_result_is_empty_and_can_be_cleared_again)
{
	struct result r;

	memset(&r, 0, sizeof(r));
	r.buckets = calloc(2, sizeof(*r.buckets));
	r.nbuckets = 2;
	r.notes = calloc(1, sizeof(*r.notes));
	r.nnotes = 1;
	result_clear(&r);
	ck_assert_uint_eq(r.nbuckets + r.nnotes, 0);
	ck_assert_ptr_null(r.buckets);
	result_clear(&r);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/result");
	TCase *t = tcase_create("result");

	tcase_add_loop_test(t, agreement_is_what_both_have_of_what_any_has, 0,
	    (int)ARRAY_LEN(agreements));
	tcase_add_loop_test(t, exit_status_never_calls_the_uncompared_equal, 0,
	    (int)ARRAY_LEN(exits));
	tcase_add_test(t, every_gap_has_a_name_of_its_own);
	tcase_add_test(t, status_names_are_those_of_the_report);
	tcase_add_test(t, a_cleared_result_is_empty_and_can_be_cleared_again);
	suite_add_tcase(s, t);
	return s;
}
