/*
 * What is put together for others: each directive with what must not get
 * through.
 */
#include <math.h>
#include <string.h>
#include "unit.h"
#include "web/put.h"

static struct buf out;

static void
clear(void)
{
	buf_clear(&out);
}

#define MINUS "\xe2\x80\x93"
#define THIN "\xe2\x80\xaf"

static const struct {
	const char *in, *html, *url, *json;
} texts[] = {
	{ "plain text", "plain text", "plain%20text", "\"plain text\"" },
	{ "<b a='\"&'>", "&lt;b a=&#39;&quot;&amp;&#39;&gt;",
	    "%3Cb%20a%3D%27%22%26%27%3E", "\"<b a='\\\"&'>\"" },
	{ "a/b?c#d%e", "a/b?c#d%e", "a%2Fb%3Fc%23d%25e", "\"a/b?c#d%e\"" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr%C3%BC%C3%9F",
	    "\"gr\xc3\xbc\xc3\x9f\"" },
	{ "\xc3<", "\\xc3&lt;", "%C3%3C", "\"\\u00c3<\"" },
	{ "\xe2\x80", "\\xe2\\x80", "%E2%80", "\"\\u00e2\\u0080\"" },
	{ "a\x01"
	  "b\x7f",
	    "a\\x01b\\x7f", "a%01b%7F", NULL },
	{ "", "", "", "\"\"" },
};

START_TEST(text_is_escaped_for_where_it_goes)
{
	put(&out, "%h", texts[_i].in);
	ck_assert_str_eq(out.n == 0 ? "" : out.p, texts[_i].html);
	clear();
	put(&out, "%u", texts[_i].in);
	ck_assert_str_eq(out.n == 0 ? "" : out.p, texts[_i].url);
	clear();
	if (texts[_i].json == NULL)
		return;
	put(&out, "%q", texts[_i].in);
	ck_assert_str_eq(out.p, texts[_i].json);
	clear();
}
END_TEST

static const struct {
	double share;
	const char *text;
} shares[] = {
	{ 0, "0" THIN "%" },
	{ 1, "100" THIN "%" },
	{ 0.5, "50.00" THIN "%" },
	{ 0.999999, "99.9999" THIN "%" },
	{ 0.00001, "0.0010" THIN "%" },
	{ NAN, MINUS },
};

START_TEST(a_share_is_all_or_nothing_only_if_it_is)
{
	put(&out, "%p", shares[_i].share);
	ck_assert_str_eq(out.p, shares[_i].text);
	clear();
}
END_TEST

static const struct {
	int64_t us;
	const char *text;
} spans[] = {
	{ 0, "0" THIN "s" },
	{ -637, "-0.637" THIN "ms" },
	{ 11800, "11.8" THIN "ms" },
	{ 2500000, "2.5" THIN "s" },
	{ 155 * US_PER_S, "155" THIN "s" },
	{ 1200 * US_PER_S, "20" THIN "min" },
	{ 36000 * US_PER_S, "10" THIN "h" },
	{ 5 * 86400 * US_PER_S, "5" THIN "d" },
};

START_TEST(how_long_is_said_as_people_do)
{
	put(&out, "%d", spans[_i].us);
	ck_assert_str_eq(out.p, spans[_i].text);
	clear();
}
END_TEST

START_TEST(times_are_dashes_and_nulls_where_there_are_none)
{
	put(&out, "%t %e|%t %e|%e", INT64_MIN, INT64_MIN, INT64_C(0),
	    INT64_C(0), INT64_MAX);
	ck_assert_str_eq(out.p, MINUS " null|" MINUS " null|null");
	clear();
	put(&out, "%t", INT64_C(1795521600) * US_PER_S);
	ck_assert_str_eq(out.p,
	    "<time datetime=\"2026-11-24T12:00:00Z\">2026-11-24 "
	    "12:00:00</time>");
	clear();
	put(&out, "%e %e", INT64_C(1795521600) * US_PER_S, INT64_C(1500000));
	ck_assert_str_eq(out.p, "1795521600 1.500000");
	clear();
}
END_TEST

START_TEST(numbers_are_put)
{
	put(&out, "%i %l %n %n %f %f %c%%", -3, INT64_C(-4), UINT64_C(999),
	    UINT64_C(1234567), 0.25, NAN, 1.0 / 3);
	ck_assert_str_eq(
	    out.p, "-3 -4 999 1" THIN "234" THIN "567 0.25 null 0.33%");
	clear();
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("web/put");
	TCase *t = tcase_create("put");

	tcase_add_checked_fixture(t, NULL, clear);
	tcase_add_loop_test(t, text_is_escaped_for_where_it_goes, 0,
	    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_loop_test(t, a_share_is_all_or_nothing_only_if_it_is, 0,
	    (int)(sizeof(shares) / sizeof(shares[0])));
	tcase_add_loop_test(t, how_long_is_said_as_people_do, 0,
	    (int)(sizeof(spans) / sizeof(spans[0])));
	tcase_add_test(t, times_are_dashes_and_nulls_where_there_are_none);
	tcase_add_test(t, numbers_are_put);
	suite_add_tcase(s, t);
	return s;
}
