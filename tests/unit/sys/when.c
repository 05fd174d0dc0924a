/*
 * Expected values come from `date -u -d ... +%s`, not from the code.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include "sys/when.h"
#include "../unit.h"

#define NOW (INT64_C(1764000000) * US_PER_S)

struct row {
	const char *text, *tz;
	int64_t us;
};

static void
check_row(const struct row *r)
{
	struct diag d = DIAG_INIT;
	int64_t us = -1;

	ck_assert_msg(when_parse(r->text, r->tz, NOW, &us, &d), "%s: %s",
	    r->text, d.text);
	ck_assert_msg(us == r->us, "%s: %" PRId64 ", wanted %" PRId64, r->text,
	    us, r->us);
}

static const struct row utc_forms[] = {
	{ "1970-01-01", NULL, 0 },
	{ "0", NULL, 0 },
	{ "2000-02-29", NULL, 951782400000000 },
	{ "2026-11-24", NULL, 1795478400000000 },
	{ "2026-11-24T08:00", NULL, 1795507200000000 },
	{ "2026-11-24 08:00:30", NULL, 1795507230000000 },
	{ "2026-11-24t08:00:30.25z", NULL, 1795507230250000 },
	{ "2026-11-24T08:00:30,1234564Z", NULL, 1795507230123456 },
	{ "2026-11-24T08:00:30.1234565Z", NULL, 1795507230123457 },
	{ "2026-11-24T08:00:59.9999999", "UTC", 1795507260000000 },
	{ "2026-11-24T08:00+01:00", NULL, 1795503600000000 },
	{ "2026-11-24T08:00-0830", NULL, 1795537800000000 },
	{ "2026-11-24T08:00+01", NULL, 1795503600000000 },
	{ "1764000000", NULL, NOW },
	{ "1764000000.5", NULL, NOW + 500000 },
	{ "now", NULL, NOW },
	{ "-2h", NULL, NOW - 7200 * US_PER_S },
	{ "-30m", NULL, NOW - 1800 * US_PER_S },
	{ "-1d", NULL, NOW - 86400 * US_PER_S },
	{ "-90s", NULL, NOW - 90 * US_PER_S },
	{ "-1h30m", NULL, NOW - 5400 * US_PER_S },
};

START_TEST(parse_takes_every_form_in_utc)
{
	check_row(&utc_forms[_i]);
}
END_TEST

static const char *const no_times[] = { "", "-", "-5", "-5x", "-h", "h",
	"tomorrow", "2026", "20261124", "1764000000123", "17640000x0",
	"1764000000.", "2026-13-01", "2026-02-29", "2026-00-10", "2026-11-24T",
	"2026-11-24T8:00", "2026-11-24T24:00", "2026-11-24T08:60",
	"2026-11-24T08:00:61", "2026-11-24T08:00Zx", "2026-11-24T08:00+1",
	"2026-11-24T08:00+16:00", "2026-11-24x", "1969-12-31", "-99999999d",
	"-99999999999999999999h", "2026-11-24T08:00:30.", "2026-",
	" 1764000000" };

START_TEST(parse_refuses_what_is_no_time_and_says_what_was_wanted)
{
	struct diag d = DIAG_INIT;
	int64_t us = 7;

	ck_assert_msg(!when_parse(no_times[_i], NULL, NOW, &us, &d),
	    "'%s' taken", no_times[_i]);
	ck_assert_msg(strstr(d.text, "wanted ISO 8601") != NULL, "%s", d.text);
	ck_assert_msg(strstr(d.text, no_times[_i]) != NULL, "%s", d.text);
	ck_assert_int_eq(us, 7);
}
END_TEST

static const struct row local_forms[] = {
	{ "2026-11-24T08:00", "Europe/Berlin", 1795503600000000 },
	{ "2026-07-01T08:00", "Europe/Berlin", 1782885600000000 },
	{ "2026-11-24T08:00", "America/Los_Angeles", 1795536000000000 },
	/* a zone of its own wins */
	{ "2026-11-24T08:00Z", "Europe/Berlin", 1795507200000000 },
	/* 02:30 occurs twice on 2026-10-25: the first, in summer */
	{ "2026-10-25T02:30", "Europe/Berlin", 1792888200000000 },
	{ "2026-10-25T03:00", "Europe/Berlin", 1792893600000000 },
	/* 02:30 does not occur on 2026-03-29: it is 03:30 */
	{ "2026-03-29T02:30", "Europe/Berlin", 1774747800000000 },
	{ "2026-03-29T03:30", "Europe/Berlin", 1774747800000000 },
};

START_TEST(parse_reads_local_times_by_the_zone)
{
	check_row(&local_forms[_i]);
}
END_TEST

static const char *const no_zones[] = { "", "Mars/Base", "../../etc/passwd",
	"/etc/localtime", "Europe", "zone.tab", "Europe/Berlin\n",
	"CET-1CEST" };

START_TEST(zone_check_refuses_names_that_the_system_lacks)
{
	struct diag d = DIAG_INIT;

	ck_assert_msg(
	    !when_zone_check(no_zones[_i], &d), "'%s' taken", no_zones[_i]);
	ck_assert_ptr_nonnull(strstr(d.text, "unknown time zone"));
	ck_assert_ptr_nonnull(strstr(d.text, "wanted"));
}
END_TEST

START_TEST(zone_check_takes_utc_without_zone_data)
{
	ck_assert_int_eq(setenv("TZDIR", "/nonexistent", 1), 0);
	ck_assert(when_zone_check(NULL, NULL));
	ck_assert(when_zone_check("UTC", NULL));
}
END_TEST

START_TEST(local_breaks_a_time_down_and_keeps_the_process_zone)
{
	struct when w;
	struct tm tm;
	time_t t = 1795503600;

	ck_assert_int_eq(setenv("TZ", "America/New_York", 1), 0);
	tzset();
	ck_assert(when_local(1795503600000001, "Europe/Berlin", &w));
	ck_assert_int_eq(w.year, 2026);
	ck_assert_int_eq(w.month, 11);
	ck_assert_int_eq(w.day, 24);
	ck_assert_int_eq(w.hour, 8);
	ck_assert_int_eq(w.us, 1);
	ck_assert_int_eq(w.offset_s, 3600);
	ck_assert_str_eq(w.zone, "CET");
	ck_assert_str_eq(getenv("TZ"), "America/New_York");
	ck_assert_ptr_nonnull(localtime_r(&t, &tm));
	ck_assert_int_eq(tm.tm_hour, 2);
	ck_assert_int_eq(unsetenv("TZ"), 0);
	ck_assert(when_local(0, "Europe/Berlin", &w));
	ck_assert_ptr_null(getenv("TZ"));
}
END_TEST

START_TEST(local_rounds_times_before_1970_down)
{
	struct when w;

	ck_assert(when_local(-1, NULL, &w));
	ck_assert_int_eq(w.year, 1969);
	ck_assert_int_eq(w.second, 59);
	ck_assert_int_eq(w.us, 999999);
	ck_assert_str_eq(w.zone, "UTC");
}
END_TEST

START_TEST(now_is_what_the_clock_says)
{
	int64_t s = (int64_t)time(NULL), us = when_now_us();

	ck_assert_int_ge(us / US_PER_S, s);
	ck_assert_int_le(us / US_PER_S, s + 5);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("sys/when");
	TCase *t = tcase_create("when");

	tcase_add_loop_test(
	    t, parse_takes_every_form_in_utc, 0, ARRAY_LEN(utc_forms));
	tcase_add_loop_test(t,
	    parse_refuses_what_is_no_time_and_says_what_was_wanted, 0,
	    ARRAY_LEN(no_times));
	tcase_add_loop_test(
	    t, parse_reads_local_times_by_the_zone, 0, ARRAY_LEN(local_forms));
	tcase_add_test(t, local_breaks_a_time_down_and_keeps_the_process_zone);
	tcase_add_loop_test(t, zone_check_refuses_names_that_the_system_lacks,
	    0, ARRAY_LEN(no_zones));
	tcase_add_test(t, zone_check_takes_utc_without_zone_data);
	tcase_add_test(t, local_rounds_times_before_1970_down);
	tcase_add_test(t, now_is_what_the_clock_says);
	suite_add_tcase(s, t);
	return s;
}
