/*
 * Lines of logfmt, taken from standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "sys/log.h"
#include "unit.h"

static int64_t
noon(void *arg)
{
	(void)arg;
	return INT64_C(1764072000) * US_PER_S;
}

static const struct log events = { LOG_EVENTS, false, noon, NULL };

/* Standard error goes into a file until taken() reads it. */
static FILE *file;
static char text[1024];

static void
begin(void)
{
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
}

static const char *
taken(void)
{
	size_t n;

	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

START_TEST(a_line_has_its_time_level_event_and_values)
{
	struct log_line l;

	log_begin(&l, &events, LOG_WARNINGS, "compared");
	log_text(&l, "group", "border");
	log_number(&l, "agreement", 0.25);
	log_time(&l, "from", noon(NULL));
	log_end(&l);
	ck_assert_str_eq(taken(),
	    "time=2025-11-25T12:00:00Z level=warning event=compared "
	    "group=border agreement=0.25 from=2025-11-25T12:00:00Z\n");
}
END_TEST

START_TEST(a_value_cannot_forge_a_line_or_a_key)
{
	log_say(&events, LOG_EVENTS, "x", "%s", "a\nlevel=error \"b\"\033[2J");
	ck_assert_str_eq(taken(),
	    "time=2025-11-25T12:00:00Z level=info event=x "
	    "text=\"a\\u000alevel=error \\\"b\\\"\\u001b[2J\"\n");
}
END_TEST

START_TEST(an_empty_value_is_quoted)
{
	log_say(&events, LOG_EVENTS, "x", "%s", "");
	ck_assert_str_eq(taken(),
	    "time=2025-11-25T12:00:00Z level=info event=x text=\"\"\n");
}
END_TEST

START_TEST(details_are_dropped_unless_wanted)
{
	log_say(&events, LOG_DETAILS, "x", "y");
	ck_assert_str_eq(taken(), "");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("log");
	TCase *c = tcase_create("log");

	tcase_add_checked_fixture(c, begin, NULL);
	tcase_add_test(c, a_line_has_its_time_level_event_and_values);
	tcase_add_test(c, a_value_cannot_forge_a_line_or_a_key);
	tcase_add_test(c, an_empty_value_is_quoted);
	tcase_add_test(c, details_are_dropped_unless_wanted);
	suite_add_tcase(s, c);
	return s;
}
