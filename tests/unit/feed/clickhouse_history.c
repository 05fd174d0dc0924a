/*
 * What ClickHouse says of buckets that are pruned here.
 */
#include <math.h>
#include <stdlib.h>
#include "feed/clickhouse_history.h"
#include "unit.h"

#define T0 (INT64_C(1764000000) * US_PER_S)

static struct store_cell *cell;
static size_t n;
static struct diag d;

static bool
parse(const char *text)
{
	free(cell);
	cell = NULL;
	d = (struct diag)DIAG_INIT;
	return clickhouse_history_parse(
	    span_from(text), T0, T0 + 120 * US_PER_S, &cell, &n, &d);
}

static void
end(void)
{
	free(cell);
	cell = NULL;
}

START_TEST(a_line_is_a_bucket)
{
	ck_assert(parse("1764000000\tdiffers\tfull\t90\t10\t1\t900000\n"
			"1764000060\tmissing\tearly\t0\t0\t0\t-1\n"));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(cell[0].start_us, T0);
	ck_assert_uint_eq(cell[0].buckets, 1);
	ck_assert_uint_eq(cell[0].status[BUCKET_DIFFERS], 1);
	ck_assert_uint_eq(cell[0].unpaired, 10);
	ck_assert_double_eq(cell[0].worst, 0.9);
	ck_assert_int_eq(cell[0].reading, STORE_FULL_READING);
	ck_assert_uint_eq(cell[1].status[BUCKET_MISSING], 1);
	ck_assert(isnan(cell[1].worst));
	ck_assert_int_eq(cell[1].reading, STORE_EARLY);
}
END_TEST

static const char *const bad[] = {
	"Code: 60, e.displayText() = DB::Exception\n",
	"1764000000\tdiffers\tfull\t90\t10\t1\t900000",     /* cut off */
	"1764000000\tdiffers\tfull\t90\t10\t1\n",           /* too few */
	"1764000000\tdiffers\tfull\t90\t10\t1\t1\t2\n",     /* too many */
	"1764000000\tpeachy\tfull\t90\t10\t1\t900000\n",    /* no status */
	"1764000000\tequal\tfull\t-1\t10\t1\t900000\n",     /* no count */
	"1764000000\tequal\tfull\t90\t10\t1\t1000001\n",    /* over 1 */
	"1763999999\tequal\tfull\t90\t10\t1\t900000\n",     /* before */
	"1764000120\tequal\tfull\t90\t10\t1\t900000\n",     /* after */
	"17640000000000\tequal\tfull\t90\t10\t1\t900000\n", /* no time */
	"\n",
};

START_TEST(what_makes_no_sense_is_no_bucket)
{
	ck_assert(!parse(bad[_i]));
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_null(cell);
	ck_assert_ptr_nonnull(strstr(d.text, "makes no sense"));
}
END_TEST

START_TEST(no_line_is_no_bucket)
{
	ck_assert(parse(""));
	ck_assert_uint_eq(n, 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/clickhouse_history");
	TCase *tc = tcase_create("history");

	tcase_add_checked_fixture(tc, NULL, end);
	tcase_add_test(tc, a_line_is_a_bucket);
	tcase_add_loop_test(
	    tc, what_makes_no_sense_is_no_bucket, 0, ARRAY_LEN(bad));
	tcase_add_test(tc, no_line_is_no_bucket);
	suite_add_tcase(s, tc);
	return s;
}
