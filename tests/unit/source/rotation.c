/*
 * Names of rotated logs, row by row: what they say, and what is none of ours.
 */
#include "source/rotation.h"
#include "../unit.h"

#define DAY INT64_C(1717200000) /* 2024-06-01 */
#define NONE ROTATION_NO_TIME

static const struct {
	const char *name;
	int64_t day_s;
	enum rotation_form form;
	int64_t open_s, close_s;
	const char *suffix;
} names[] = {
	{ "conn.13:00:00-14:00:00.log", DAY, ROTATION_ARCHIVE, DAY + 46800,
	    DAY + 50400, "" },
	{ "conn.13:00:00-14:00:00.log.gz", DAY, ROTATION_ARCHIVE, DAY + 46800,
	    DAY + 50400, "" },
	{ "conn.23:00:00-00:00:00-logger-2.log.zst", DAY, ROTATION_ARCHIVE,
	    DAY + 82800, DAY + 86400, "logger-2" },
	{ "conn.13:00:00-14:00:00.log", NONE, ROTATION_ARCHIVE, NONE, NONE,
	    "" },
	{ "conn.13:00:00-current.log", DAY, ROTATION_LINK, DAY + 46800, NONE,
	    "" },
	{ "conn.2024-06-01-13-00-00.log", NONE, ROTATION_DEFAULT, DAY + 46800,
	    NONE, "" },
	{ "conn__2024-06-01-13-00-00__2024-06-01-14-00-00__.log", NONE,
	    ROTATION_QUEUE, DAY + 46800, DAY + 50400, "" },
	{ "conn__2024-06-01-13-00-00__2024-06-01-14-00-00__log_suffix=logger-1"
	  "__.log.gz",
	    NONE, ROTATION_QUEUE, DAY + 46800, DAY + 50400, "logger-1" },
	{ "conn.log", DAY, ROTATION_STRAY, NONE, NONE, "" },
	{ "conn.log.gz", DAY, ROTATION_STRAY, NONE, NONE, "" },
	{ "conn.dmz.log", DAY, ROTATION_STRAY, NONE, NONE, "" },
	{ "conn.25:00:00-26:00:00.log", DAY, ROTATION_STRAY, NONE, NONE, "" },
	{ "conn-summary.13:00:00-14:00:00.log.gz", DAY, ROTATION_FOREIGN, NONE,
	    NONE, "" },
	{ "conn_long.13:00:00-14:00:00.log", DAY, ROTATION_FOREIGN, NONE, NONE,
	    "" },
	{ "conn_long.log", DAY, ROTATION_FOREIGN, NONE, NONE, "" },
	{ "known_conn.log", DAY, ROTATION_FOREIGN, NONE, NONE, "" },
	{ "dns.13:00:00-14:00:00.log", DAY, ROTATION_FOREIGN, NONE, NONE, "" },
	{ "conn__2024-13-01-13-00-00__2024-06-01-14-00-00__.log", NONE,
	    ROTATION_FOREIGN, NONE, NONE, "" },
	{ "conn.13:00:00-14:00:00.log.gz.tmp", DAY, ROTATION_FOREIGN, NONE,
	    NONE, "" },
	{ "conn", DAY, ROTATION_FOREIGN, NONE, NONE, "" },
	{ "", DAY, ROTATION_FOREIGN, NONE, NONE, "" },
};

START_TEST(a_name_says_when_it_was_written)
{
	struct rotation r;

	rotation_parse(names[_i].name, names[_i].day_s, &r);
	ck_assert_int_eq(r.form, names[_i].form);
	ck_assert_int_eq(r.open_wall_s, names[_i].open_s);
	ck_assert_int_eq(r.close_wall_s, names[_i].close_s);
	ck_assert(span_is(r.suffix, names[_i].suffix));
}
END_TEST

static const struct {
	const char *name;
	bool ok;
	int64_t day_s;
} days[] = {
	{ "1970-01-01", true, 0 },
	{ "2000-02-29", true, 951782400 },
	{ "2024-06-01", true, DAY },
	{ "2100-03-01", true, 4107542400 },
	{ "2024-06-1", false, 0 },
	{ "2024-06-011", false, 0 },
	{ "2024-00-01", false, 0 },
	{ "2024-06-32", false, 0 },
	{ "1969-12-31", false, 0 },
	{ "+024-06-01", false, 0 },
	{ "current", false, 0 },
};

START_TEST(a_folder_of_a_day_is_told_by_its_name)
{
	int64_t day_s = -1;

	ck_assert_int_eq(
	    rotation_parse_day(days[_i].name, &day_s), days[_i].ok);
	if (days[_i].ok)
		ck_assert_int_eq(day_s, days[_i].day_s);
}
END_TEST

/* California put its clocks back on 2024-11-03 at 02:00. */
START_TEST(a_reading_that_occurs_twice_means_both_instants)
{
	struct rotation_zone z = { .tz = "America/Los_Angeles" };
	int64_t lo, hi, half_past_one = 1730597400; /* 01:30 as if UTC */

	rotation_zone_range(&z, half_past_one, &lo, &hi);
	ck_assert_int_eq(lo, (half_past_one + 7 * 3600) * US_PER_S);
	ck_assert_int_eq(hi, (half_past_one + 8 * 3600) * US_PER_S);
}
END_TEST

START_TEST(any_other_reading_means_one_instant)
{
	struct rotation_zone z = { .tz = "America/Los_Angeles" };
	struct rotation_zone utc = { .tz = NULL };
	int64_t lo, hi;

	rotation_zone_range(&z, DAY, &lo, &hi);
	ck_assert_int_eq(lo, (DAY + 7 * 3600) * US_PER_S);
	ck_assert_int_eq(hi, lo);
	rotation_zone_range(&z, DAY + 200 * 86400, &lo, &hi);
	ck_assert_int_eq(lo, (DAY + 200 * 86400 + 8 * 3600) * US_PER_S);
	ck_assert_int_eq(hi, lo);
	rotation_zone_range(&utc, DAY, &lo, &hi);
	ck_assert_int_eq(lo, DAY * US_PER_S);
	ck_assert_int_eq(hi, lo);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/rotation");
	TCase *t = tcase_create("names");

	tcase_add_loop_test(
	    t, a_name_says_when_it_was_written, 0, ARRAY_LEN(names));
	tcase_add_loop_test(
	    t, a_folder_of_a_day_is_told_by_its_name, 0, ARRAY_LEN(days));
	tcase_add_test(t, a_reading_that_occurs_twice_means_both_instants);
	tcase_add_test(t, any_other_reading_means_one_instant);
	suite_add_tcase(s, t);
	return s;
}
