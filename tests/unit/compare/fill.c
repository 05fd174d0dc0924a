/*
 * What a bucket is called: equal only where both logs cover it and nothing
 * differs. One bucket, of minute 2 after FLOWS_T0; logs are known for minutes
 * 0 to 5.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/compare_state.h"

#define AT(minutes) (FLOWS_T0 + (int64_t)((minutes)*60e6))

static struct compare *c;
static struct compare_sensor sensors[3];
static struct compare_bucket *bucket;
static struct result_bucket out;
static struct result r;

static void
make(const struct compare_options *opt)
{
	unsigned i;

	c = compare_new(opt);
	ck_assert_ptr_nonnull(c);
	c->buckets = calloc(1, sizeof(struct compare_bucket *));
	bucket =
	    calloc(1, sizeof(*bucket) + c->npairs * sizeof(bucket->cells[0]));
	ck_assert(c->buckets != NULL && bucket != NULL);
	bucket->start_us = AT(2);
	bucket->weight = 1;
	c->buckets[0] = bucket;
	c->nbuckets = 1;
	c->sensors = sensors;
	for (i = 0; i < 3; i++)
		sensors[i] = (struct compare_sensor){
			.begin_us = AT(0), .mark_us = AT(5), .ended = true
		};
	memset(&out, 0, sizeof(out));
	memset(&r, 0, sizeof(r));
	r.buckets = &out;
	r.nbuckets = 1;
}

static void
setup(void)
{
	const struct compare_options opt = { .nsensors = 2,
		.relation = RELATION_MIRROR,
		.width_us = FLOWS_WIDTH };

	make(&opt);
}

static void
teardown(void)
{
	compare_free(c);
}

static void
fill(void)
{
	compare_fill(c, &r, AT(0), AT(5));
}

static const struct {
	const char *what;
	struct compare_sensor log; /* of the second */
	uint64_t bad;
	unsigned gaps;
	enum bucket_status status;
} logs[] = {
	{ "it covers all", { AT(0), AT(5), .ended = true }, 0, 0,
	    BUCKET_EQUAL },
	{ "it could not be asked",
	    { AT(0), AT(5), .ended = true, .unreachable = true }, 0,
	    GAP_NO_ANSWER, BUCKET_MISSING },
	{ "it is empty", { INT64_MIN, INT64_MIN, .ended = true }, 0,
	    GAP_AFTER_LOG, BUCKET_MISSING },
	{ "none of it could be read",
	    { AT(0), AT(5), .ended = true, .unreadable = true }, 0,
	    GAP_BAD_LINES, BUCKET_MISSING },
	{ "records of it could not be read", { AT(0), AT(5), .ended = true }, 1,
	    GAP_BAD_LINES, BUCKET_INCOMPLETE },
	{ "it begins at the end", { AT(3), AT(5), .ended = true }, 0,
	    GAP_BEFORE_LOG, BUCKET_MISSING },
	{ "it begins within", { AT(2.5), AT(5), .ended = true }, 0, GAP_EDGE,
	    BUCKET_INCOMPLETE },
	{ "it ends at the beginning", { AT(0), AT(2), .ended = true }, 0,
	    GAP_AFTER_LOG, BUCKET_MISSING },
	{ "it ends within", { AT(0), AT(2.5), .ended = true }, 0, GAP_EDGE,
	    BUCKET_INCOMPLETE },
	{ "it has not got there", { AT(0), AT(1), .ended = true, .live = true },
	    0, GAP_NOT_YET, BUCKET_MISSING },
	{ "it has got into it", { AT(0), AT(2.5), .ended = true, .live = true },
	    0, GAP_NOT_YET, BUCKET_MISSING },
	{ "it was read no farther than the window",
	    { AT(0), AT(2.5), .ended = false }, 0, 0, BUCKET_EQUAL },
	{ "it breaks off later",
	    { AT(0), AT(4.5), .ended = true, .trouble = true }, 0, 0,
	    BUCKET_EQUAL },
	{ "it breaks off in the next",
	    { AT(0), AT(3.5), .ended = true, .trouble = true }, 0, GAP_TROUBLE,
	    BUCKET_INCOMPLETE },
};

START_TEST(a_bucket_that_a_log_does_not_cover_is_not_equal)
{
	sensors[1] = logs[_i].log;
	bucket->bad[1] = logs[_i].bad;
	fill();
	ck_assert_msg(
	    out.gaps[1] == logs[_i].gaps && out.status == logs[_i].status,
	    "%s: gaps %x, %s", logs[_i].what, out.gaps[1],
	    bucket_status_name(out.status));
	ck_assert_uint_eq(out.gaps[0], 0);
}
END_TEST

START_TEST(both_logs_that_begin_together_begin_in_no_gap)
{
	sensors[0].begin_us = sensors[1].begin_us = AT(2.5);
	compare_fill(c, &r, AT(2.5), AT(5));
	ck_assert_uint_eq(out.gaps[0] | out.gaps[1], 0);
	ck_assert_int_eq(out.status, BUCKET_EQUAL);
}
END_TEST

static const struct {
	const char *what;
	struct compare_cell cell;
	enum bucket_status status;
} cells[] = {
	{ "all paired", { .p = { .paired = 9 } }, BUCKET_EQUAL },
	{ "one only a has", { .only = { 1, 0 } }, BUCKET_DIFFERS },
	{ "one only b has", { .only = { 0, 1 } }, BUCKET_DIFFERS },
	{ "one damaged", { .p = { .paired = 9, .damaged = 1 } },
	    BUCKET_DIFFERS },
	{ "one in pieces at a", { .split = { 1, 0 } }, BUCKET_DIFFERS },
	{ "one in pieces at b", { .split = { 0, 1 } }, BUCKET_DIFFERS },
	{ "one shifted", { .shifted = 1 }, BUCKET_EQUAL },
};

START_TEST(a_covered_bucket_differs_by_what_is_lost_damaged_or_split)
{
	bucket->cells[0] = cells[_i].cell;
	fill();
	ck_assert_msg(out.status == cells[_i].status, "%s: %s", cells[_i].what,
	    bucket_status_name(out.status));
	ck_assert_int_eq(out.differs[0], cells[_i].status == BUCKET_DIFFERS);
}
END_TEST

START_TEST(a_shifted_flow_counts_as_paired)
{
	bucket->cells[0].p.paired = 7;
	bucket->cells[0].shifted = 2;
	fill();
	ck_assert_uint_eq(out.n[0].paired, 9);
	ck_assert_uint_eq(out.n[0].shifted, 2);
}
END_TEST

START_TEST(a_bucket_that_differs_and_is_not_covered_is_missing)
{
	bucket->cells[0].only[0] = 3;
	sensors[1].mark_us = AT(1);
	fill();
	ck_assert_int_eq(out.status, BUCKET_MISSING);
	ck_assert(out.differs[0]);
}
END_TEST

START_TEST(of_a_subset_only_what_the_border_lets_through_differs)
{
	const struct compare_options opt = { .nsensors = 2,
		.relation = RELATION_SUBSET,
		.width_us = FLOWS_WIDTH };

	compare_free(c);
	make(&opt);
	bucket->cells[0].only[0] = 5;
	fill();
	ck_assert_int_eq(out.status, BUCKET_EQUAL);
	bucket->cells[0].missing[1] = 1;
	fill();
	ck_assert_int_eq(out.status, BUCKET_DIFFERS);
}
END_TEST

START_TEST(a_sensor_that_did_not_answer_takes_nothing_from_the_others)
{
	const struct compare_options opt = { .nsensors = 3,
		.relation = RELATION_MIRROR,
		.width_us = FLOWS_WIDTH };
	size_t i;

	compare_free(c);
	make(&opt);
	sensors[1].unreachable = true;
	for (i = 0; i < 3; i++)
		bucket->cells[i].only[0] = i + 1;
	fill();
	ck_assert_uint_eq(r.pairs[0].n.only_a, 0); /* 0 and 1 */
	ck_assert_uint_eq(r.pairs[1].n.only_a, 2); /* 0 and 2 */
	ck_assert_uint_eq(r.pairs[2].n.only_a, 0); /* 1 and 2 */
	ck_assert(out.differs[1]);
	ck_assert(!out.differs[0] && !out.differs[2]);
}
END_TEST

START_TEST(a_pair_has_the_sum_of_its_buckets)
{
	struct result_bucket two[2];
	struct compare_bucket *both[2] = { bucket, bucket };
	struct compare_bucket **keep = c->buckets;

	memset(two, 0, sizeof(two));
	bucket->cells[0] =
	    (struct compare_cell){ .p = { .paired = 10 }, .only = { 2, 3 } };
	c->buckets = both;
	c->nbuckets = r.nbuckets = 2;
	r.buckets = two;
	fill();
	c->buckets = keep;
	c->nbuckets = 1;
	ck_assert_uint_eq(r.pairs[0].n.paired, 20);
	ck_assert_uint_eq(r.pairs[0].n.only_a, 4);
	ck_assert_uint_eq(r.pairs[0].n.only_b, 6);
	ck_assert_double_eq_tol(r.pairs[0].agreement, 20.0 / 30, 1e-9);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("fill");
	TCase *t = tcase_create("fill");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_bucket_that_a_log_does_not_cover_is_not_equal,
	    0, ARRAY_LEN(logs));
	tcase_add_test(t, both_logs_that_begin_together_begin_in_no_gap);
	tcase_add_loop_test(t,
	    a_covered_bucket_differs_by_what_is_lost_damaged_or_split, 0,
	    ARRAY_LEN(cells));
	tcase_add_test(t, a_shifted_flow_counts_as_paired);
	tcase_add_test(t, a_bucket_that_differs_and_is_not_covered_is_missing);
	tcase_add_test(
	    t, of_a_subset_only_what_the_border_lets_through_differs);
	tcase_add_test(
	    t, a_sensor_that_did_not_answer_takes_nothing_from_the_others);
	tcase_add_test(t, a_pair_has_the_sum_of_its_buckets);
	suite_add_tcase(s, t);
	return s;
}
