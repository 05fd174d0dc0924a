#include "feed/nagios_output.h"
#include "unit.h"

static struct feed_status
make(const char *text, const char *more, const char *numbers)
{
	struct feed_status s = {
		.what = FEED_GROUP, .name = "outside", .state = FEED_CRITICAL
	};

	buf_add_str(&s.text, text);
	buf_add_str(&s.more, more);
	buf_add_str(&s.perfdata, numbers);
	return s;
}

static const struct {
	const char *text, *more, *numbers;
	size_t max;
	bool whole;
	const char *want;
} rows[] = {
	{ "OK - x", "", "", 100, true, "OK - x" },
	{ "OK - x", "a\nb", "", 100, true, "OK - x\\na\\nb" },
	{ "OK - x", "a\nb", "'n'=1 'two words'=2", 100, true,
	    "OK - x|'n'=1 'two words'=2\\na\\nb" },
	/* a backslash is two, an escape is never cut */
	{ "a\\b", "", "", 4, true, "a\\\\b" },
	{ "a\\b", "", "", 3, false, "a\\\\" },
	{ "a\\b", "", "", 2, false, "a" },
	/* a character is never cut */
	{ "x\xc3\xa9y", "", "", 2, false, "x" },
	{ "x\xc3\xa9y", "", "", 3, false, "x\xc3\xa9" },
	/* whole numbers, whole lines */
	{ "ok", "", "'n'=1 'two words'=2", 8, false, "ok|'n'=1" },
	{ "ok", "", "'n'=1 'two words'=2", 7, false, "ok" },
	{ "ok", "abc\ndef", "'n'=1", 13, false, "ok|'n'=1\\nabc" },
	{ "ok", "abc\ndef", "'n'=1", 12, false, "ok|'n'=1" },
	{ "ok", "abc\ndef", "'n'=1", 18, true, "ok|'n'=1\\nabc\\ndef" },
	{ "ok", "abc\ndef", "'n'=1", 17, false, "ok|'n'=1\\nabc" },
};

START_TEST(output_is_escaped_and_cut_to_its_limit)
{
	struct feed_status s =
	    make(rows[_i].text, rows[_i].more, rows[_i].numbers);
	struct buf out = BUF_INIT;
	bool whole;

	buf_add_str(&out, "<");
	whole = nagios_output(&s, rows[_i].max, &out);
	ck_assert_str_eq(out.p + 1, rows[_i].want);
	ck_assert_uint_le(out.n - 1, rows[_i].max);
	ck_assert_int_eq(whole, rows[_i].whole);
	buf_clear(&out);
	feed_status_clear(&s);
}
END_TEST

static struct config_feed config = { .host = (char *)(uintptr_t) "crosstap" };

START_TEST(a_command_fits_into_any_limit)
{
	const struct feed f = { .config = &config };
	struct feed_status s;
	struct buf more = BUF_INIT, out = BUF_INIT;
	size_t i, max;
	bool whole;

	for (i = 0; i < 200; i++)
		buf_printf(&more, "%sline %zu \\ \xc3\xa9 and so on",
		    i == 0 ? "" : "\n", i);
	s = make("CRITICAL - outside: ext2 worker-frozen", more.p,
	    "'agreement'=66.9000%;;;0;100 'only_a'=1;;;0");
	for (max = 120; max < 9000; max += max < 600 ? 1 : 97) {
		whole = nagios_command(&f, &s, 1764003600, max, &out);
		ck_assert_uint_le(out.n, max);
		ck_assert_int_eq(out.p[out.n - 1], '\n');
		/* one line; no odd backslash before its end */
		ck_assert_ptr_eq(strchr(out.p, '\n'), out.p + out.n - 1);
		for (i = 0; out.p[out.n - 2 - i] == '\\'; i++)
			;
		ck_assert_uint_eq(i % 2, 0);
		ck_assert(!whole);
		buf_clear(&out);
	}
	buf_clear(&more);
	feed_status_clear(&s);
}
END_TEST

START_TEST(a_command_is_what_nagios_reads)
{
	const struct feed f = { .config = &config };
	struct feed_status s = make("CRITICAL - x", "a\nb", "'n'=1");
	struct buf out = BUF_INIT;

	ck_assert(nagios_command(&f, &s, 1764003600, 512, &out));
	ck_assert_str_eq(out.p,
	    "[1764003600] PROCESS_SERVICE_CHECK_RESULT;crosstap;crosstap "
	    "outside;2;CRITICAL - x|'n'=1\\na\\nb\n");
	buf_clear(&out);
	feed_status_clear(&s);
}
END_TEST

START_TEST(services_are_called_after_what_they_are_about)
{
	struct config_feed other = { .host = (char *)(uintptr_t) "crosstap",
		.sensor_host = (char *)(uintptr_t) "sensors" };
	struct feed f = { .config = &config };
	struct feed_status s = { .what = FEED_SENSOR, .name = "ext1" };
	struct feed_service n = feed_service(&f, &s);

	ck_assert_str_eq(n.host, "ext1");
	ck_assert_str_eq(n.service, "crosstap");
	f.config = &other;
	n = feed_service(&f, &s);
	ck_assert_str_eq(n.host, "sensors");
	ck_assert_str_eq(n.service, "crosstap ext1");
	s = (struct feed_status){ .what = FEED_COLLECTOR };
	n = feed_service(&f, &s);
	ck_assert_str_eq(n.host, "crosstap");
	ck_assert_str_eq(n.service, "crosstap");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/nagios_output");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(
	    t, output_is_escaped_and_cut_to_its_limit, 0, ARRAY_LEN(rows));
	tcase_add_test(t, a_command_fits_into_any_limit);
	tcase_add_test(t, a_command_is_what_nagios_reads);
	tcase_add_test(t, services_are_called_after_what_they_are_about);
	suite_add_tcase(s, t);
	return s;
}
