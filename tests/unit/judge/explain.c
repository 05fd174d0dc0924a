/*
 * Why a finding was made: conditions are cut at the right ANDs and counted on
 * the right rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/explain.h"
#include "unit.h"

static const struct {
	const char *when;
	size_t n;
	const char *last;
} splits[] = {
	{ "flows = 0", 1, "flows = 0" },
	{ "flows = 0\n  AND missing > 8\n", 2, "missing > 8" },
	{ "flows BETWEEN 1 AND 9 AND missing > 8", 2, "missing > 8" },
	{ "missing > 8 and flows between 1 and 9", 2, "flows between 1 and 9" },
	{ "flows = 0 AND (edge = 0 AND missing > 8 OR late > 1)", 2,
	    "(edge = 0 AND missing > 8 OR late > 1)" },
	{ "edge = 0 AND flows = 0 OR missing > 8", 1,
	    "edge = 0 AND flows = 0 OR missing > 8" },
	{ "value = 'this AND that' AND edge = 0", 2, "edge = 0" },
	{ "CASE WHEN edge AND flows THEN 1 ELSE 0 END AND edge = 0", 2,
	    "edge = 0" },
	{ "band_width > 1 AND NOT edge", 2, "NOT edge" },
};

START_TEST(condition_is_cut_at_its_outer_ands)
{
	struct span part[EXPLAIN_MAX_CONDITIONS];
	size_t n = explain_split(splits[_i].when, part);

	ck_assert_uint_eq(n, splits[_i].n);
	ck_assert_msg(span_is(part[n - 1], splits[_i].last), "'%.*s'",
	    (int)part[n - 1].n, part[n - 1].p);
}
END_TEST

START_TEST(condition_of_too_many_parts_is_one)
{
	struct span part[EXPLAIN_MAX_CONDITIONS];
	char when[EXPLAIN_MAX_CONDITIONS * 12 + 16] = "edge = 0";
	size_t i;

	for (i = 1; i <= EXPLAIN_MAX_CONDITIONS; i++)
		(void)strcat(when, " AND edge=0");
	ck_assert_uint_eq(explain_split(when, part), 1);
	ck_assert_uint_eq(part[0].n, strlen(when));
}
END_TEST

static void
add_row(struct evidence *e, int bucket, const char *sensor, double missing)
{
	evidence_init(e, EVIDENCE_SENSOR);
	e->start_us = bucket * 60 * US_PER_S;
	(void)strcpy(e->t[EVT_sensor], sensor);
	(void)strcpy(e->t[EVT_peer], "A");
	e->n[EV_missing] = missing;
	e->n[EV_edge] = 0;
}

START_TEST(conditions_are_counted_on_the_rows_of_the_finding)
{
	struct rule r[] = { { .name = strdup("lost"),
				.when = strdup("edge = 0 AND missing > 8"),
				.summary = strdup("x"),
				.per = EVIDENCE_SENSOR,
				.for_buckets = 1 },
		{ .name = strdup("other"),
		    .when = strdup("edge = 0 AND missing > 50"),
		    .summary = strdup("x"),
		    .per = EVIDENCE_SENSOR,
		    .for_buckets = 1 } };
	struct finding f = { .rule = "lost", .sensor = "B", .peer = "A" };
	struct explain_rule out[2];
	struct evidence rows[5];
	struct diag d = DIAG_INIT;
	struct rules *rs = rules_new(r, 2, &d);

	ck_assert_msg(rs != NULL, "%s", d.text);
	add_row(&rows[0], 0, "B", 99); /* before */
	add_row(&rows[1], 1, "B", 20);
	add_row(&rows[2], 1, "C", 99); /* of another */
	add_row(&rows[3], 2, "B", 1);
	add_row(&rows[4], 3, "B", 30);
	f.from_us = 60 * US_PER_S;
	f.to_us = 240 * US_PER_S;
	ck_assert_msg(explain_finding(rs, &f, rows, 5, out, &d), "%s", d.text);
	ck_assert_uint_eq(out[0].nrows, 3);
	ck_assert_uint_eq(out[0].n, 2);
	ck_assert_uint_eq(out[0].held, 2);
	ck_assert_uint_eq(out[0].condition[0].held, 3);
	ck_assert_uint_eq(out[0].condition[1].held, 2);
	ck_assert_uint_eq(out[1].held, 0);
	ck_assert(out[1].condition[0].held_nearest);
	ck_assert(!out[1].condition[1].held_nearest);
	explain_clear(out, 2);
	rules_free(rs);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge explain");
	TCase *t = tcase_create("explain");

	tcase_add_loop_test(
	    t, condition_is_cut_at_its_outer_ands, 0, (int)ARRAY_LEN(splits));
	tcase_add_test(t, condition_of_too_many_parts_is_one);
	tcase_add_test(t, conditions_are_counted_on_the_rows_of_the_finding);
	suite_add_tcase(s, t);
	return s;
}
