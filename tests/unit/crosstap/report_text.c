#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "crosstap/report.h"
#include "../golden.h"
#include "../sample_result.h"
#include "../unit.h"

static void
check_text(const char *file, const struct result *r, struct report_style style)
{
	struct buf out = BUF_INIT;

	ck_assert(report_text(r, &style, &out));
	golden_check(file, buf_span(&out));
	buf_clear(&out);
}

static void
check_verdict(const struct result *r, const char *want)
{
	struct report_style style = { 0 };
	struct buf out = BUF_INIT;

	ck_assert(report_verdict(r, &style, &out));
	ck_assert_str_eq(out.p, want);
	buf_clear(&out);
}

START_TEST(text_of_a_frozen_worker_is_as_the_file_says)
{
	struct result r;

	sample_frozen(&r);
	check_text("crosstap/frozen.txt", &r, (struct report_style){ 0 });
	check_text("crosstap/frozen-utf8.txt", &r,
	    (struct report_style){ .utf8 = true, .tz = "Europe/Berlin" });
	check_text("crosstap/frozen-color.txt", &r,
	    (struct report_style){ .color = true, .utf8 = true });
	result_clear(&r);
}
END_TEST

START_TEST(text_folds_runs_of_like_buckets_over_midnight)
{
	struct result r;

	sample_result(&r, 1440);
	check_text("crosstap/day.txt", &r, (struct report_style){ 0 });
	result_clear(&r);
}
END_TEST

START_TEST(text_keeps_both_ends_of_a_long_bad_run)
{
	struct finding f = sample_frozen_finding;
	struct result r;

	sample_three(&r, 60);
	f.sensor[0] = 'C';
	f.from_us = SAMPLE_FROM;
	f.to_us = r.to_us;
	sample_add_finding(&r, &f);
	check_text("crosstap/three.txt", &r, (struct report_style){ 0 });
	result_clear(&r);
}
END_TEST

START_TEST(verbose_folds_nothing)
{
	struct result r;

	sample_result(&r, 10);
	check_text("crosstap/verbose.txt", &r,
	    (struct report_style){ .verbose = true });
	result_clear(&r);
}
END_TEST

START_TEST(quiet_is_one_line_that_tells_day_and_zone)
{
	struct report_style style = { .quiet = true };
	struct buf out = BUF_INIT;
	struct result r;

	sample_frozen(&r);
	r.findings[0].to_us = r.to_us;
	ck_assert(report_text(&r, &style, &out));
	ck_assert_str_eq(out.p,
	    "B misses 27.9 % of the flows since 2026-11-24 08:04:00: worker-2 "
	    "logs nothing (worker-frozen, critical); 2 of 13 buckets not "
	    "fully compared; times are UTC\n");
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(verdict_agrees_only_about_what_was_compared)
{
	struct result r;

	sample_result(&r, 13);
	check_verdict(&r, "A and B agree: 52 078 flows paired, 0 differ");
	r.buckets[3].status = BUCKET_MISSING;
	r.buckets[3].gaps[1] = GAP_TROUBLE;
	check_verdict(&r,
	    "A and B agree in what could be compared: 52 078 flows paired, 0 "
	    "differ; 1 of 13 buckets not fully compared");
	r.pairs[0].n.only_a = 12;
	r.buckets[3].status = BUCKET_DIFFERS;
	check_verdict(&r,
	    "A and B agree: 52 078 flows paired, 12 differ, which no rule "
	    "finds wrong");
	r.pairs[0].relation = RELATION_SUBSET;
	check_verdict(
	    &r, "A and B agree: 52 078 flows paired, 0 differ inside");
	result_clear(&r);
}
END_TEST

START_TEST(verdict_of_nothing_compared_says_why)
{
	struct result r;
	size_t i;

	sample_result(&r, 3);
	for (i = 0; i < 3; i++) {
		r.buckets[i].status = BUCKET_MISSING;
		r.buckets[i].gaps[1] = GAP_NOT_YET;
	}
	r.buckets[0].gaps[0] = GAP_BEFORE_LOG;
	check_verdict(&r, "not compared: B: the log has not got that far");
	result_clear(&r);
	sample_result(&r, 0);
	check_verdict(&r, "not compared: the logs have no bucket in common");
	result_clear(&r);
}
END_TEST

static const struct {
	const char *rule, *want;
	double share;
} phrases[] = {
	{ "packet-loss",
	    "B misses 27.9 % of the packets from 08:04:00 to 08:09:00: x "
	    "(packet-loss, critical)",
	    0.279 },
	{ "large-packet-loss",
	    "B lacks packets of 27.9 % of the flows from 08:04:00 to 08:09:00: "
	    "x (large-packet-loss, critical)",
	    0.279 },
	{ "clock-skew",
	    "B, from 08:04:00 to 08:09:00: x (clock-skew, critical)", 0.5 },
	{ "platform-bug",
	    "B, from 08:04:00 to 08:09:00: x (platform-bug, critical)", 0.5 },
	{ "of-this-site",
	    "B, from 08:04:00 to 08:09:00: x (of-this-site, critical)", 0.5 },
	{ "blind-spot",
	    "B, from 08:04:00 to 08:09:00: x (blind-spot, critical)",
	    (double)NAN },
	{ "blind-spot",
	    "B misses >99.99 % of the flows from 08:04:00 to 08:09:00: x "
	    "(blind-spot, critical)",
	    0.999999 },
	{ "blind-spot",
	    "B misses <0.01 % of the flows from 08:04:00 to 08:09:00: x "
	    "(blind-spot, critical)",
	    0.000001 },
};

START_TEST(verdict_names_the_share_in_the_words_of_the_rule)
{
	struct finding f = sample_frozen_finding;
	struct result r;

	sample_result(&r, 13);
	(void)snprintf(f.rule, sizeof(f.rule), "%s", phrases[_i].rule);
	(void)snprintf(f.summary, sizeof(f.summary), "x; 5 of 9: 3");
	f.share = phrases[_i].share;
	sample_add_finding(&r, &f);
	check_verdict(&r, phrases[_i].want);
	result_clear(&r);
}
END_TEST

START_TEST(verdict_says_whole_window_and_counts_the_other_findings)
{
	struct finding f = sample_frozen_finding;
	struct result r;

	sample_result(&r, 13);
	f.from_us = r.from_us;
	f.to_us = r.to_us;
	sample_add_finding(&r, &f);
	sample_add_finding(&r, &f);
	sample_add_finding(&r, &f);
	check_verdict(&r,
	    "B misses 27.9 % of the flows in the whole window: worker-2 logs "
	    "nothing (worker-frozen, critical), and 2 more findings");
	result_clear(&r);
}
END_TEST

START_TEST(names_cannot_drive_the_terminal)
{
	struct finding f = sample_frozen_finding;
	struct report_style style = { .utf8 = true };
	struct buf out = BUF_INIT;
	struct result r;

	sample_result(&r, 2);
	(void)snprintf(f.sensor, sizeof(f.sensor), "\033[2J\xc2\x9b\n\xff");
	(void)snprintf(
	    f.summary, sizeof(f.summary), "M\xc3\xbcnchen \xe2\x80\xae");
	f.share = (double)NAN;
	sample_add_finding(&r, &f);
	ck_assert(report_verdict(&r, &style, &out));
	ck_assert_ptr_nonnull(strstr(out.p, "\\x1b[2J\\xc2\\x9b\\x0a\\xff, "));
	ck_assert_ptr_nonnull(strstr(out.p, "M\xc3\xbcnchen \\xe2\\x80\\xae"));
	out.n = 0;
	style.utf8 = false;
	ck_assert(report_verdict(&r, &style, &out));
	ck_assert_ptr_nonnull(strstr(out.p, "M\\xc3\\xbcnchen"));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(an_unknown_zone_is_refused)
{
	struct report_style style = { .tz = "Mars/Base" };
	struct buf out = BUF_INIT;
	struct result r;

	sample_result(&r, 2);
	ck_assert(!report_text(&r, &style, &out));
	buf_clear(&out);
	result_clear(&r);
}
END_TEST

START_TEST(color_follows_mode_terminal_and_environment)
{
	(void)unsetenv("NO_COLOR");
	ck_assert(report_color_wanted(REPORT_COLOR_ALWAYS, -1));
	ck_assert(!report_color_wanted(REPORT_COLOR_NEVER, 1));
	ck_assert(!report_color_wanted(REPORT_COLOR_AUTO, -1));
	ck_assert_int_eq(setenv("NO_COLOR", "1", 1), 0);
	ck_assert(!report_color_wanted(REPORT_COLOR_AUTO, 1));
	ck_assert(report_color_wanted(REPORT_COLOR_ALWAYS, 1));
}
END_TEST

START_TEST(utf8_follows_the_first_locale_variable_that_is_set)
{
	ck_assert_int_eq(setenv("LANG", "de_DE.UTF-8", 1), 0);
	ck_assert_int_eq(setenv("LC_CTYPE", "", 1), 0);
	(void)unsetenv("LC_ALL");
	ck_assert(report_utf8_wanted());
	ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
	ck_assert(!report_utf8_wanted());
	ck_assert_int_eq(setenv("LC_ALL", "C.utf8", 1), 0);
	ck_assert(report_utf8_wanted());
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/report_text");
	TCase *t = tcase_create("report_text");

	tcase_add_test(t, text_of_a_frozen_worker_is_as_the_file_says);
	tcase_add_test(t, text_folds_runs_of_like_buckets_over_midnight);
	tcase_add_test(t, text_keeps_both_ends_of_a_long_bad_run);
	tcase_add_test(t, verbose_folds_nothing);
	tcase_add_test(t, quiet_is_one_line_that_tells_day_and_zone);
	tcase_add_test(t, verdict_agrees_only_about_what_was_compared);
	tcase_add_test(t, verdict_of_nothing_compared_says_why);
	tcase_add_loop_test(t, verdict_names_the_share_in_the_words_of_the_rule,
	    0, ARRAY_LEN(phrases));
	tcase_add_test(
	    t, verdict_says_whole_window_and_counts_the_other_findings);
	tcase_add_test(t, names_cannot_drive_the_terminal);
	tcase_add_test(t, an_unknown_zone_is_refused);
	tcase_add_test(t, color_follows_mode_terminal_and_environment);
	tcase_add_test(t, utf8_follows_the_first_locale_variable_that_is_set);
	suite_add_tcase(s, t);
	return s;
}
