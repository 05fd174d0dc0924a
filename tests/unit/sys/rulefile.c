/*
 * Rule files: what is read, where it stands, and what is refused in which
 * words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sys/rulefile.h"
#include "sys/rulelist.h"
#include "unit.h"

static const char whole[] = "# a comment\n"
			    "name: odd-one\n"
			    "severity: critical\n"
			    "per: worker\n"
			    "early: true\n"
			    "\n"
			    "when: |\n"
			    "  flows = 0\n"
			    "  AND late = 1\n"
			    "for: 2 buckets\n"
			    "gap: 1\n"
			    "unless: [a, b-c]\n"
			    "unless_within: 1 bucket\n"
			    "share: 'missing_share'\n"
			    "value: worker\n"
			    "direction: \"'inbound'\"\n"
			    "evidence:\n"
			    "  - flows\n"
			    "  - late\n"
			    "summary: \"{sensor}: odd\"\n"
			    "description: |\n"
			    "  One.\n"
			    "\n"
			    "  Two.\n"
			    "see: crosstap(1)\n"
			    "reports: a-verdict\n";

static const char least[] = "name: a\nseverity: info\nper: sensor\n"
			    "when: late = 1\nsummary: odd\n";

START_TEST(every_key_is_read)
{
	struct diag d = DIAG_INIT;
	struct rule r;

	ck_assert_msg(rulefile_parse(SPAN_LITERAL(whole), "x.yaml", &r, &d),
	    "%s", d.text);
	ck_assert_str_eq(r.name, "odd-one");
	ck_assert_int_eq(r.severity, SEVERITY_CRITICAL);
	ck_assert_int_eq(r.per, EVIDENCE_WORKER);
	ck_assert(r.early);
	ck_assert_str_eq(r.when, "flows = 0\nAND late = 1");
	ck_assert_uint_eq(r.for_buckets, 2);
	ck_assert_uint_eq(r.gap_buckets, 1);
	ck_assert_uint_eq(r.nunless, 2);
	ck_assert_str_eq(r.unless[1], "b-c");
	ck_assert_str_eq(r.reports, "a-verdict");
	ck_assert_uint_eq(r.unless_within, 1);
	ck_assert_str_eq(r.share, "missing_share");
	ck_assert_str_eq(r.value, "worker");
	ck_assert_str_eq(r.direction, "'inbound'");
	ck_assert_uint_eq(r.nevidence, 2);
	ck_assert_str_eq(r.evidence[1], "late");
	ck_assert_str_eq(r.summary, "{sensor}: odd");
	ck_assert_str_eq(r.description, "One.\n\nTwo.");
	ck_assert_str_eq(r.see, "crosstap(1)");
	ck_assert_str_eq(r.file, "x.yaml");
	rule_clear(&r);
}
END_TEST

START_TEST(the_place_of_every_value_is_kept)
{
	struct diag d = DIAG_INIT;
	struct rule r;

	ck_assert(rulefile_parse(SPAN_LITERAL(whole), "x.yaml", &r, &d));
	ck_assert_uint_eq(r.at[RULE_NAME].line, 2);
	ck_assert_uint_eq(r.at[RULE_NAME].col, 7);
	ck_assert_uint_eq(r.at[RULE_WHEN].line, 8);
	ck_assert_uint_eq(r.at[RULE_WHEN].col, 3);
	ck_assert_uint_eq(r.at[RULE_SHARE].line, 14);
	ck_assert_uint_eq(r.at[RULE_SHARE].col, 9);
	ck_assert_uint_eq(r.at[RULE_SUMMARY].line, 20);
	ck_assert_uint_eq(r.at[RULE_SUMMARY].col, 11);
	ck_assert_uint_eq(r.at[RULE_UNLESS].line, 12);
	rule_clear(&r);
}
END_TEST

START_TEST(what_is_left_out_has_a_default)
{
	struct diag d = DIAG_INIT;
	struct rule r;

	ck_assert_msg(rulefile_parse(SPAN_LITERAL(least), "x.yaml", &r, &d),
	    "%s", d.text);
	ck_assert_uint_eq(r.for_buckets, 1);
	ck_assert_uint_eq(r.gap_buckets, 0);
	ck_assert(!r.early);
	ck_assert_uint_eq(r.nunless, 0);
	ck_assert_uint_eq(r.nevidence, 0);
	ck_assert_ptr_null(r.share);
	rule_clear(&r);
}
END_TEST

#define HEAD "name: a\nseverity: info\nper: sensor\nwhen: late = 1\n"
#define FULL HEAD "summary: odd\n"

static const struct bad {
	const char *text;
	const char *start; /* of the message */
	const char *part;
} bads[] = {
	{ "", "x.yaml:1: no 'name'", "wanted 'name: ...'" },
	{ "name: a\n", "x.yaml:1: no 'severity'", "info, warning or critical" },
	{ FULL "colour: red\n", "x.yaml:6:1: unknown key 'colour'",
	    "wanted one of name, severity, per, when" },
	{ FULL "name: b\n", "x.yaml:6:1: 'name' is given twice", "line 1" },
	{ FULL "\"name\": b\n", "x.yaml:6:1: unknown key", "wanted one of" },
	{ FULL "just words\n", "x.yaml:6:1: a line that is no key",
	    "indented" },
	{ FULL "---\nname: b\n", "x.yaml:6:1: a line that is no key", "" },
	{ FULL "{a: b}\n", "x.yaml:6:1: unknown key '{a'", "" },
	{ "{name: a}\n", "x.yaml:1:1: unknown key '{name'", "" },
	{ "- name: a\n", "x.yaml:1:1: unknown key '- name'", "" },
	{ "name: a\nseverity: bad\nper: sensor\nwhen: 1\nsummary: s\n",
	    "x.yaml:2: bad value for 'severity'", "info, warning or critical" },
	{ "name: a\nseverity: info\nper: tap\nwhen: 1\nsummary: s\n",
	    "x.yaml:3: bad value for 'per'", "sensor, worker or facet" },
	{ "name: a\nseverity: info\nper: 1\nwhen: 1\nsummary: s\n",
	    "x.yaml:3: bad value for 'per'", "sensor, worker or facet" },
	{ FULL "early: maybe\n", "x.yaml:6: bad value for 'early'",
	    "true or false" },
	{ FULL "for: two\n", "x.yaml:6: bad value for 'for'",
	    "number of buckets, such as 2, at most 1000" },
	{ FULL "for: 0\n", "x.yaml:6: bad value for 'for'", "" },
	{ FULL "for: 1001\n", "x.yaml:6: bad value for 'for'", "" },
	{ FULL "for: -1\n", "x.yaml:6: bad value for 'for'", "" },
	{ FULL "for: 2 minutes\n", "x.yaml:6: bad value for 'for'", "" },
	{ FULL "gap: 99999999999999999999\n", "x.yaml:6: bad value for 'gap'",
	    "" },
	{ FULL "unless: a\n", "x.yaml:6: bad value for 'unless'",
	    "a list of rule names" },
	{ FULL "unless: [[a]]\n", "x.yaml:6: bad value for 'unless'", "" },
	{ FULL "evidence: {a: b}\n", "x.yaml:6: bad value for 'evidence'",
	    "a list of up to 24" },
	{ FULL "share:\n", "x.yaml:6: bad value for 'share'",
	    "an SQL expression" },
	{ FULL "see: \"a\n", "x.yaml:", "wanted YAML" },
	{ FULL "see: a: b\n", "x.yaml:", "quotes or a block" },
	{ FULL "see: *a\n", "x.yaml:", "" },
	{ HEAD "summary: &a odd\nsee: *a\n", "x.yaml:6: bad value for 'see'",
	    "" },
	{ FULL "see: \377\376\n", "x.yaml:", "" },
};

START_TEST(a_faulty_file_is_refused_with_line_and_what_was_wanted)
{
	const struct bad *b = &bads[_i];
	struct diag d = DIAG_INIT;
	struct rule r;

	if (rulefile_parse(span_from(b->text), "x.yaml", &r, &d)) {
		rule_clear(&r);
		ck_abort_msg("'%s' is taken", b->text);
	}
	ck_assert_msg(strncmp(d.text, b->start, strlen(b->start)) == 0,
	    "'%s' says '%s'", b->text, d.text);
	ck_assert_msg(
	    strstr(d.text, b->part) != NULL, "'%s' says '%s'", b->text, d.text);
}
END_TEST

START_TEST(every_cut_of_a_file_is_taken_or_refused_with_a_message)
{
	size_t n;

	for (n = 0; n < sizeof(whole); n++) {
		char *text = malloc(n + 1);
		struct diag d = DIAG_INIT;
		struct rule r;

		memcpy(text, whole, n);
		if (rulefile_parse((struct span){ text, n }, "x", &r, &d))
			rule_clear(&r);
		else
			ck_assert_str_ne(d.text, "");
		free(text);
	}
}
END_TEST

START_TEST(a_file_that_is_too_long_is_refused)
{
	static char text[RULEFILE_MAX_BYTES + 1];
	struct diag d = DIAG_INIT;
	struct rule r;

	memset(text, '#', sizeof(text));
	ck_assert(
	    !rulefile_parse((struct span){ text, sizeof(text) }, "x", &r, &d));
	ck_assert_str_eq(d.text,
	    "x: a rule of 65537 bytes; wanted at most "
	    "65536");
}
END_TEST

static char folder[64];

static const char *
path(const char *name)
{
	static char text[128];

	(void)snprintf(text, sizeof(text), "%s/%s", folder, name);
	return text;
}

static void
put(const char *name, const char *rule, const char *more)
{
	FILE *f = fopen(path(name), "w");

	ck_assert_ptr_nonnull(f);
	(void)fprintf(f,
	    "name: %s\nseverity: info\nper: sensor\n"
	    "when: late = 1\nsummary: odd\n%s",
	    rule, more);
	ck_assert_int_eq(fclose(f), 0);
}

static void
setup(void)
{
	(void)snprintf(folder, sizeof(folder), "rulefile-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
teardown(void)
{
	static const char *const names[] = { "a.yaml", "b.yaml", ".c.yaml",
		"d.yml", "e.yaml" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		(void)unlink(path(names[i]));
	(void)rmdir(folder);
}

START_TEST(a_folder_is_read_in_order_of_name)
{
	struct rulelist l = { NULL, 0 };
	struct diag d = DIAG_INIT;

	put("b.yaml", "second", "");
	put("a.yaml", "first", "");
	put(".c.yaml", "hidden", "");
	put("d.yml", "other", "");
	ck_assert_msg(rulelist_load_path(&l, folder, &d), "%s", d.text);
	ck_assert_uint_eq(l.n, 2);
	ck_assert_str_eq(l.rule[0].name, "first");
	ck_assert_str_eq(l.rule[1].name, "second");
	rulelist_clear(&l);
	ck_assert_uint_eq(l.n, 0);
}
END_TEST

START_TEST(a_file_is_read_and_compiled)
{
	struct diag d = DIAG_INIT;
	const char *file;
	struct rules *rs;

	put("a.yaml", "first", "");
	file = path("a.yaml");
	rs = rulelist_compile(&file, 1, &d);
	ck_assert_msg(rs != NULL, "%s", d.text);
	ck_assert_uint_eq(rules_count(rs), 1);
	rules_free(rs);
}
END_TEST

START_TEST(a_fault_of_the_condition_is_said_with_its_place_in_the_file)
{
	const char *dir = folder;
	struct diag d = DIAG_INIT;

	put("a.yaml", "first", "share: |\n  1 +\n   missin\n");
	ck_assert_ptr_null(rulelist_compile(&dir, 1, &d));
	ck_assert_msg(strstr(d.text,
			  "/a.yaml:8:4: no evidence column "
			  "'missin'; did you mean 'missing'?") != NULL,
	    "%s", d.text);
}
END_TEST

START_TEST(a_folder_without_rules_or_a_missing_path_is_said)
{
	struct rulelist l = { NULL, 0 };
	struct diag d = DIAG_INIT;

	ck_assert(!rulelist_load_path(&l, folder, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "no rules; wanted files"));
	d = (struct diag)DIAG_INIT;
	ck_assert(!rulelist_load_path(&l, "no/such", &d));
	ck_assert_ptr_nonnull(strstr(d.text, "no/such: No such file"));
	ck_assert_uint_eq(l.n, 0);
	rulelist_clear(&l);
}
END_TEST

START_TEST(an_endless_file_is_not_read_to_its_end)
{
	struct rulelist l = { NULL, 0 };
	struct diag d = DIAG_INIT;

	ck_assert(!rulelist_load_path(&l, "/dev/zero", &d));
	ck_assert_ptr_nonnull(strstr(d.text, "wanted at most 65536"));
	rulelist_clear(&l);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("sys/rulefile");
	TCase *t = tcase_create("text"), *f = tcase_create("files");

	tcase_add_test(t, every_key_is_read);
	tcase_add_test(t, the_place_of_every_value_is_kept);
	tcase_add_test(t, what_is_left_out_has_a_default);
	tcase_add_loop_test(t,
	    a_faulty_file_is_refused_with_line_and_what_was_wanted, 0,
	    (int)ARRAY_LEN(bads));
	tcase_add_test(
	    t, every_cut_of_a_file_is_taken_or_refused_with_a_message);
	tcase_add_test(t, a_file_that_is_too_long_is_refused);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(f, setup, teardown);
	tcase_add_test(f, a_folder_is_read_in_order_of_name);
	tcase_add_test(f, a_file_is_read_and_compiled);
	tcase_add_test(
	    f, a_fault_of_the_condition_is_said_with_its_place_in_the_file);
	tcase_add_test(f, a_folder_without_rules_or_a_missing_path_is_said);
	tcase_add_test(f, an_endless_file_is_not_read_to_its_end);
	suite_add_tcase(s, f);
	return s;
}
