/*
 * What goes to NRDP and Icinga 2, and what their answers mean.
 */
#include <string.h>
#include "feed/http_feed.h"
#include "feed/icinga2.h"
#include "feed/nrdp.h"
#include "../golden.h"
#include "unit.h"

static struct config_feed config = { .host = (char *)(uintptr_t) "crosstap",
	.ttl_us = 180 * US_PER_S };
static const struct feed feed = { .config = &config };
static struct feed_status status[2];
static const struct feed_status *const states[] = { &status[0], &status[1] };

static void
begin(void)
{
	status[0] = (struct feed_status){ .what = FEED_GROUP,
		.name = "ext",
		.state = FEED_CRITICAL,
		.at_us = INT64_C(1795478400250000) };
	buf_add_str(
	    &status[0].text, "CRITICAL - a & b <c> \"d\" \\ gr\xc3\xbc");
	buf_add_str(&status[0].more, "one line\nand one more");
	buf_add_str(&status[0].perfdata, "'a b'=1.5%;0.5;1;0;100 'c'=2s");
	status[1] = (struct feed_status){ .what = FEED_SENSOR,
		.name = "ext1",
		.state = FEED_OK,
		.at_us = INT64_C(1795478400000000) };
	buf_add_str(&status[1].text, "OK");
}

static void
end(void)
{
	feed_status_clear(&status[0]);
	feed_status_clear(&status[1]);
}

START_TEST(icinga2_gets_one_object_a_state)
{
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(states); i++) {
		icinga2_result(&feed, states[i], "collector", &out);
		buf_add_char(&out, '\n');
	}
	golden_check("feed/icinga2.json", buf_span(&out));
	buf_clear(&out);
}
END_TEST

static const struct {
	int status;
	const char *json;
	bool ok, about;
	const char *text;
} icinga2_answers[] = {
	{ 200, "{\"results\":[{\"code\":200.0,\"status\":\"Success\"}]}", true,
	    true, "" },
	/* an error for one object, in an answer that is none */
	{ 200,
	    "{\"results\":[{\"code\":200},{\"code\":409.0,\"status\":\"Newer "
	    "check result already present.\"}]}",
	    false, true, "Newer check result already present." },
	{ 500,
	    "{\"results\":[{\"code\":403.0,\"status\":\"Passive checks are "
	    "disabled for object 'a!b'.\"}]}",
	    false, true, "Icinga answers 500: Passive checks are disabled" },
	{ 200, "{\"results\":[{\"status\":\"no code\"}]}", false, true,
	    "no code" },
	{ 404, "{\"error\":404.0,\"status\":\"No objects found.\"}", false,
	    true, "Icinga answers 404: No objects found." },
	{ 200, "{\"results\":[]}", false, false, "nothing was checked" },
	{ 401, "<h1>Unauthorized</h1>", false, false,
	    "wrong user or password" },
	{ 503, "", false, false, "Icinga answers 503" },
	{ 200, "{\"results\":", false, false, "in no JSON" },
	{ 200, "[1,2]", false, false, "nothing was checked" },
	{ 200, "{\"results\":[1]}", false, true, "" },
};

START_TEST(answers_of_icinga2_are_understood)
{
	struct diag d = DIAG_INIT;
	bool about;

	ck_assert(icinga2_answer(icinga2_answers[_i].status,
		      span_from(icinga2_answers[_i].json), &about,
		      &d) == icinga2_answers[_i].ok);
	ck_assert(about == icinga2_answers[_i].about);
	ck_assert_msg(
	    strstr(d.text, icinga2_answers[_i].text) != NULL, "%s", d.text);
}
END_TEST

START_TEST(nrdp_gets_all_states_in_one_form)
{
	struct buf out = BUF_INIT;

	nrdp_form(&feed, SPAN_LITERAL("a b&c"), states, 2, &out);
	golden_check("feed/nrdp.form", buf_span(&out));
	buf_clear(&out);
}
END_TEST

static const struct {
	const char *xml;
	size_t n;
	bool ok;
	const char *text;
} nrdp_answers[] = {
	{ "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<result>\n  "
	  "<status>0</status>\n  <message>OK</message>\n    <meta>\n       "
	  "<output>2 checks processed.</output>\n    </meta>\n</result>\n",
	    2, true, "" },
	{ "<result><status>0</status><message>OK</message></result>", 2, true,
	    "" },
	{ "<result>\n  <status>-1</status>\n  <message>BAD TOKEN</message>\n"
	  "</result>\n",
	    2, false, "NRDP refuses: BAD TOKEN" },
	{ "<result><status>0</status><meta><output>1 checks processed"
	  "</output></meta></result>",
	    2, false, "1 of 2" },
	{ "<html>It works!</html>", 2, false, "no answer of an NRDP" },
	{ "", 2, false, "no answer of an NRDP" },
	{ "<status>0", 2, false, "no answer of an NRDP" },
};

START_TEST(answers_of_nrdp_are_understood)
{
	struct diag d = DIAG_INIT;

	ck_assert(nrdp_answer(span_from(nrdp_answers[_i].xml),
		      nrdp_answers[_i].n, &d) == nrdp_answers[_i].ok);
	ck_assert_msg(
	    strstr(d.text, nrdp_answers[_i].text) != NULL, "%s", d.text);
}
END_TEST

static const struct {
	struct http_answer a;
	enum http_feed_result result;
	const char *text;
} results[] = {
	{ { .status = 200 }, HTTP_FEED_TAKEN, "" },
	{ { .status = 204 }, HTTP_FEED_TAKEN, "" },
	{ { .status = 302 }, HTTP_FEED_NEVER, "it answers 302" },
	{ { .status = 400, .body = SPAN_LITERAL("\n bad\nthing") },
	    HTTP_FEED_NEVER, "it answers 400: bad" },
	{ { .status = 404, .body = SPAN_LITERAL("<html>no</html>") },
	    HTTP_FEED_NEVER, "it answers 404" },
	{ { .status = 408 }, HTTP_FEED_AGAIN, "" },
	{ { .status = 429 }, HTTP_FEED_AGAIN, "" },
	{ { .status = 503 }, HTTP_FEED_AGAIN, "" },
	{ { .end = HTTP_TIMEOUT, .text = "timed out" }, HTTP_FEED_AGAIN,
	    "timed out" },
};

START_TEST(only_what_may_pass_is_tried_again)
{
	struct diag d = DIAG_INIT;

	ck_assert_int_eq(
	    http_feed_result(&results[_i].a, &d), results[_i].result);
	ck_assert_msg(strstr(d.text, results[_i].text) != NULL, "%s", d.text);
	ck_assert(
	    (d.text[0] == '\0') == (results[_i].result == HTTP_FEED_TAKEN));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/push");
	TCase *c = tcase_create("push");

	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, icinga2_gets_one_object_a_state);
	tcase_add_loop_test(c, answers_of_icinga2_are_understood, 0,
	    (int)ARRAY_LEN(icinga2_answers));
	tcase_add_test(c, nrdp_gets_all_states_in_one_form);
	tcase_add_loop_test(
	    c, answers_of_nrdp_are_understood, 0, (int)ARRAY_LEN(nrdp_answers));
	tcase_add_loop_test(
	    c, only_what_may_pass_is_tried_again, 0, (int)ARRAY_LEN(results));
	suite_add_tcase(s, c);
	return s;
}
