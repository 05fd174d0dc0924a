/*
 * What is refused when a set of rules is compiled, and where it is said to be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/rule.h"
#include "unit.h"

static char *
copy(const char *s)
{
	return s == NULL ? NULL : strdup(s);
}

static char **
copy_list(const char *const *from, size_t n)
{
	char **to = calloc(n + 1, sizeof(*to));
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = strdup(from[i]);
	return to;
}

/* Line 10 + key, column 5 for every key. */
static struct rule
make(const char *name, const char *when, const char *unless)
{
	struct rule r = { .name = copy(name),
		.when = copy(when),
		.summary = copy("{sensor} is odd"),
		.file = copy("x.yaml"),
		.for_buckets = 1 };
	size_t i;

	for (i = 0; i < RULE_NKEYS; i++)
		r.at[i] = (struct rule_place){ 10 + (unsigned)i, 5 };
	if (unless != NULL) {
		r.unless = copy_list(&unless, 1);
		r.nunless = 1;
	}
	return r;
}

static void
expect(struct rule *r, size_t n, const char *start, const char *part)
{
	struct diag d = DIAG_INIT;
	struct rules *rs = rules_new(r, n, &d);

	ck_assert_msg(rs == NULL, "the rule is taken");
	ck_assert_msg(strncmp(d.text, start, strlen(start)) == 0, "%s", d.text);
	ck_assert_msg(strstr(d.text, part) != NULL, "%s", d.text);
	ck_assert_ptr_null(r[0].name);
}

START_TEST(a_good_rule_compiles_and_is_found_by_name)
{
	struct rule r[2] = { make("b", "flows = 0", NULL),
		make("a", "flows = 1", "b") };
	struct diag d = DIAG_INIT;
	struct rules *rs = rules_new(r, 2, &d);

	ck_assert_msg(rs != NULL, "%s", d.text);
	ck_assert_uint_eq(rules_count(rs), 2);
	ck_assert_str_eq(rules_get(rs, 0)->name, "b");
	ck_assert_str_eq(rules_find(rs, "a")->when, "flows = 1");
	ck_assert_ptr_null(rules_find(rs, "c"));
	ck_assert_ptr_null(r[0].name);
	rules_free(rs);
}
END_TEST

START_TEST(an_empty_set_compiles)
{
	struct diag d = DIAG_INIT;
	struct rules *rs = rules_new(NULL, 0, &d);

	ck_assert_ptr_nonnull(rs);
	ck_assert_uint_eq(rules_count(rs), 0);
	rules_free(rs);
}
END_TEST

START_TEST(an_unknown_column_is_said_with_line_and_column)
{
	struct rule r = make("a", "flows = 0\nAND flws = 1", NULL);

	/* The second line of a block: line 13 + 1, column 5 + 4. */
	expect(&r, 1, "x.yaml:14:9: no evidence column 'flws'", "'flows'");
}
END_TEST

START_TEST(a_fault_in_any_expression_names_its_own_key)
{
	struct rule share = make("a", "1", NULL), value = make("a", "1", NULL);
	struct rule direction = make("a", "1", NULL);

	share.share = copy("missing_shore");
	expect(&share, 1, "x.yaml:19:5: no evidence column", "missing_share");
	value.value = copy("(SELECT 1)");
	expect(&value, 1, "x.yaml:20: ", "no SELECT");
	direction.direction = copy("random()");
	expect(&direction, 1, "x.yaml:21:", "not for rules");
}
END_TEST

START_TEST(a_rule_needs_name_condition_and_summary)
{
	struct rule name = make("No", "1", NULL);
	struct rule longer =
	    make("abcdefghijklmnopqrstuvwxyz0123456", "1", NULL);
	struct rule when = make("a", " \n", NULL);
	struct rule none = make("a", NULL, NULL);
	struct rule summary = make("a", "1", NULL);

	expect(&name, 1, "x.yaml:10: ", "bad rule name");
	expect(&longer, 1, "x.yaml:10: ", "bad rule name");
	expect(&when, 1, "x.yaml:13: ", "no condition");
	expect(&none, 1, "x.yaml:10: ", "no condition");
	summary.summary[0] = '\0';
	expect(&summary, 1, "x.yaml:10: ", "no summary");
}
END_TEST

START_TEST(an_unknown_placeholder_is_said_with_line_and_column)
{
	struct rule r = make("a", "1", NULL);

	free(r.summary);
	r.summary = copy("{sensor} {nothing}");
	expect(&r, 1, "x.yaml:23:14: unknown placeholder '{nothing}'", "");
}
END_TEST

START_TEST(evidence_must_be_columns_that_the_rows_have)
{
	const char *const none[] = { "flows", "nothing" };
	const char *const other[] = { "recall" };
	const char *const twice[] = { "flows", "flows" };
	struct rule r = make("a", "1", NULL);

	r.evidence = copy_list(none, 2);
	r.nevidence = 2;
	expect(&r, 1, "x.yaml:22: no evidence column 'nothing'", "");
	r = make("a", "1", NULL);
	r.evidence = copy_list(other, 1);
	r.nevidence = 1;
	expect(&r, 1, "x.yaml:22: rows per sensor have no column", "");
	r = make("a", "1", NULL);
	r.evidence = copy_list(twice, 2);
	r.nevidence = 2;
	expect(&r, 1, "x.yaml:22: 'flows' is listed twice", "");
}
END_TEST

START_TEST(a_name_given_twice_is_refused)
{
	struct rule r[2] = { make("a", "1", NULL), make("a", "1", NULL) };

	expect(r, 2, "x.yaml:10: rule 'a' is given twice", "x.yaml:10");
}
END_TEST

START_TEST(unless_must_name_a_rule_of_the_set)
{
	struct rule r = make("a", "1", "b");

	expect(&r, 1, "x.yaml:17: no rule 'b' for unless", "");
}
END_TEST

START_TEST(a_circle_of_precedence_is_refused_and_named)
{
	struct rule r[4] = { make("d", "1", "a"), make("a", "1", "b"),
		make("b", "1", "c"), make("c", "1", "a") };
	struct rule self = make("a", "1", "a");

	expect(r, 4, "x.yaml:17: unless goes in a circle: ", "-> a");
	expect(&self, 1, "x.yaml:17: unless goes in a circle: a -> a", "");
}
END_TEST

START_TEST(too_many_rules_are_refused)
{
	static struct rule r[RULE_MAX + 1];
	char name[16];
	size_t i;

	for (i = 0; i < ARRAY_LEN(r); i++) {
		(void)snprintf(name, sizeof(name), "r%zu", i);
		r[i] = make(name, "1", NULL);
	}
	expect(r, ARRAY_LEN(r), "129 rules; wanted at most 128", "");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/rule");
	TCase *t = tcase_create("rule");

	tcase_add_test(t, a_good_rule_compiles_and_is_found_by_name);
	tcase_add_test(t, an_empty_set_compiles);
	tcase_add_test(t, an_unknown_column_is_said_with_line_and_column);
	tcase_add_test(t, a_fault_in_any_expression_names_its_own_key);
	tcase_add_test(t, a_rule_needs_name_condition_and_summary);
	tcase_add_test(t, an_unknown_placeholder_is_said_with_line_and_column);
	tcase_add_test(t, evidence_must_be_columns_that_the_rows_have);
	tcase_add_test(t, a_name_given_twice_is_refused);
	tcase_add_test(t, unless_must_name_a_rule_of_the_set);
	tcase_add_test(t, a_circle_of_precedence_is_refused_and_named);
	tcase_add_test(t, too_many_rules_are_refused);
	suite_add_tcase(s, t);
	return s;
}
