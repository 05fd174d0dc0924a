/*
 * Summary lines: which placeholders are taken, and how numbers print.
 */
#include <math.h>
#include <string.h>
#include "judge/template.h"
#include "unit.h"

static const struct number {
	double v;
	const char *unit;
	const char *hint;
	const char *prints;
} numbers[] = {
	{ 1, "share", "", "100.0 %" },
	{ 0.9996, "share", "%", "99.9 %" },
	{ 0.99999999, "share", "%", "99.9 %" },
	{ 0.9985, "share", "%", "99.9 %" },
	{ 0.1234, "share", "", "12.3 %" },
	{ 0, "share", "", "0.0 %" },
	{ 0.0002, "share", "", "0.02 %" },
	{ 0.00001, "share", "", "0.001 %" },
	{ 1.5, "share", "", "150.0 %" },
	{ 1234567, "flows", "", "1234567" },
	{ 2.6, "flows", "", "3" },
	{ 2.5, "s", "s", "2.5 s" },
	{ 2.5, "s", "+s", "+2.5 s" },
	{ -0.25, "s", "+s", "-0.25 s" },
	{ 2, "s", "", "2 s" },
	{ 100, "s", "s", "100 s" },
	{ 90, "s", "s", "90 s" },
	{ 3599.6, "s", "s", "3600 s" },
	{ 7.25, "sigma", "", "7.2 " },
	{ NAN, "flows", "", "unknown" },
	{ INFINITY, "share", "%", "unknown" },
	{ 1e300, "s", "s", "unknown" },
};

START_TEST(a_number_prints_as_its_unit_and_hint_say)
{
	const struct number *n = &numbers[_i];
	struct buf b = BUF_INIT;

	template_add_number(&b, n->v, n->unit, span_from(n->hint));
	buf_add_str(&b, strcmp(n->unit, "sigma") == 0 ? " " : "");
	ck_assert_str_eq(b.p, n->prints);
	buf_clear(&b);
}
END_TEST

static const struct check {
	const char *text;
	const char *says; /* NULL: taken */
	size_t at;
} checks[] = {
	{ "", NULL, 0 },
	{ "plain", NULL, 0 },
	{ "{sensor} misses {missing_share:%} of {peer}", NULL, 0 },
	{ "{offset:+s} {share} {from} {to} {duration} {value}", NULL, 0 },
	{ "{{missing}", "'}' without", 9 },
	{ "{{missing", NULL, 0 },
	{ "x {missing", "without its '}'", 2 },
	{ "x {", "without its '}'", 2 },
	{ "x { {flows}", "without its '}'", 2 },
	{ "abc {flow}", "unknown placeholder '{flow}'", 4 },
	{ "{}", "unknown placeholder '{}'", 0 },
	{ "{:s}", "unknown placeholder '{}'", 0 },
	{ "{offset:ms}", "unknown format ':ms'", 0 },
	{ "{sensor:%}", "takes no format", 0 },
	{ "{worker_flows}", "rows per sensor have no column", 0 },
	{ "{worker}", "rows per sensor have no {worker}", 0 },
};

START_TEST(a_template_is_checked_when_it_is_loaded)
{
	const struct check *c = &checks[_i];
	struct diag d = DIAG_INIT;
	size_t at = 99;
	bool ok = template_check(c->text, EVIDENCE_SENSOR, &at, &d);

	if (c->says == NULL) {
		ck_assert_msg(ok, "'%s': %s", c->text, d.text);
		return;
	}
	ck_assert_msg(!ok, "'%s' is taken", c->text);
	ck_assert_msg(
	    strstr(d.text, c->says) != NULL, "'%s' says '%s'", c->text, d.text);
	ck_assert_uint_eq(at, c->at);
}
END_TEST

static double
number_of(void *arg, enum evidence_number c)
{
	(void)arg;
	return c == EV_missing ? 42 : c == EV_missing_share ? 0.25 : NAN;
}

START_TEST(placeholders_are_filled_in)
{
	struct finding f = { .sensor = "B",
		.peer = "A",
		.facet = "worker",
		.value = "worker-2",
		.share = 0.3333,
		.direction = DIRECTION_INBOUND,
		.from_us = 1764000240 * US_PER_S,
		.to_us = 1764000540 * US_PER_S };

	ck_assert(template_format(
	    "{{{sensor}|{peer}|{facet}|{value}|{worker}|{share}|"
	    "{direction}|{from}|{to}|{duration}|{missing}|{missing_share:%}|"
	    "{late}",
	    &f, number_of, NULL));
	ck_assert_str_eq(f.summary,
	    "{B|A|worker|worker-2|worker-2|33.3 %|"
	    "inbound|2025-11-24 16:04:00 UTC|2025-11-24 16:09:00 UTC|5 min|42|"
	    "25.0 %|unknown");
}
END_TEST

static const struct moment {
	int64_t s;
	const char *prints;
} moments[] = {
	{ 0, "1970-01-01 00:00:00 UTC" },
	{ -1, "1969-12-31 23:59:59 UTC" },
	{ 951782400, "2000-02-29 00:00:00 UTC" },
	{ 951868800, "2000-03-01 00:00:00 UTC" },
	{ 1709164799, "2024-02-28 23:59:59 UTC" },
	{ 1735689599, "2024-12-31 23:59:59 UTC" },
	{ 4107542400, "2100-03-01 00:00:00 UTC" },
	{ -2203891200, "1900-03-01 00:00:00 UTC" },
};

START_TEST(times_are_those_of_the_calendar)
{
	struct finding f = { .from_us = moments[_i].s * US_PER_S };

	ck_assert(template_format("{from}", &f, number_of, NULL));
	ck_assert_str_eq(f.summary, moments[_i].prints);
}
END_TEST

static const struct lasting {
	int64_t s;
	const char *prints;
} lastings[] = {
	{ 60, "60 s" },
	{ 120, "2 min" },
	{ 150, "150 s" },
	{ 540, "9 min" },
	{ 7200, "2 h" },
	{ 7500, "2 h 5 min" },
	{ 86400, "24 h" },
};

START_TEST(durations_are_short)
{
	struct finding f = { .to_us = lastings[_i].s * US_PER_S };

	ck_assert(template_format("{duration}", &f, number_of, NULL));
	ck_assert_str_eq(f.summary, lastings[_i].prints);
}
END_TEST

START_TEST(a_long_summary_is_cut_between_characters)
{
	struct finding f = { 0 };
	char text[300];

	memset(text, 'x', sizeof(text));
	memcpy(text + 254, "\303\251", 2);
	text[299] = '\0';
	ck_assert(template_format(text, &f, number_of, NULL));
	ck_assert_uint_eq(strlen(f.summary), 254);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/template");
	TCase *t = tcase_create("template");

	tcase_add_loop_test(t, a_number_prints_as_its_unit_and_hint_say, 0,
	    (int)ARRAY_LEN(numbers));
	tcase_add_loop_test(t, a_template_is_checked_when_it_is_loaded, 0,
	    (int)ARRAY_LEN(checks));
	tcase_add_test(t, placeholders_are_filled_in);
	tcase_add_loop_test(
	    t, times_are_those_of_the_calendar, 0, (int)ARRAY_LEN(moments));
	tcase_add_loop_test(
	    t, durations_are_short, 0, (int)ARRAY_LEN(lastings));
	tcase_add_test(t, a_long_summary_is_cut_between_characters);
	suite_add_tcase(s, t);
	return s;
}
