/*
 * What people read of a change: titles, lines of a syslog, mails. The messages
 * are those that the store writes (tests/data/store/messages.json).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "feed/event.h"
#include "../golden.h"
#include "unit.h"

static const char test_json[] =
    "{\"id\":\"1795478400-0\",\"at\":1795478400.0,\"event\":\"test\","
    "\"who\":\"\",\"text\":\"a test of crosstap, nothing is wrong\","
    "\"incident\":null}";

/* Names and texts that mean mischief; a sensor that has none. */
static const char hostile_json[] =
    "{\"id\":\"1\\r\\nBcc: x\",\"at\":1795478400.25,\"event\":\"opened\","
    "\"who\":\"a\\nb\",\"text\":\"] \\\"quoted\\\" \\\\ \\u009b2J "
    "gr\\u00fc\\u00df\\r\\n.\\r\\nRCPT TO:<x>\",\"incident\":{\"id\":7,"
    "\"severity\":\"info\",\"group\":\"g\",\"sensor\":\"\","
    "\"rule\":\"r\\nX-Evil: 1\",\"summary\":\"\\u001b[2J\\tgr\\u00fc\\u00df\","
    "\"from\":-1e300,\"to\":\"never\",\"comment\":7}}";

static void
each_message(
    void (*add)(const struct feed_event *e, struct buf *out), struct buf *out)
{
	char path[512], line[8192];
	struct diag d = DIAG_INIT;
	struct feed_event e;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/store/messages.json", unit_data());
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		ck_assert_msg(
		    feed_event_parse(span_from(line), &e, &d), "%s", d.text);
		add(&e, out);
	}
	(void)fclose(f);
	ck_assert(feed_event_parse(span_from(test_json), &e, &d));
	add(&e, out);
	ck_assert(feed_event_parse(span_from(hostile_json), &e, &d));
	add(&e, out);
}

static void
add_title(const struct feed_event *e, struct buf *out)
{
	feed_event_title(e, out);
	buf_add_char(out, '\n');
}

static void
add_syslog(const struct feed_event *e, struct buf *out)
{
	feed_event_syslog(e, "collector.example.net", 4711, out);
	buf_add_char(out, '\n');
}

static void
add_mail(const struct feed_event *e, struct buf *out)
{
	static const char *const to[] = { "noc@example.net", "root" };
	const struct feed_mail m = { "crosstap@example.net", to, 2,
		INT64_C(1795478460) * US_PER_S };

	feed_event_mail(e, &m, out);
	buf_add_str(out, "---- 8< ----\n");
}

static const struct {
	void (*add)(const struct feed_event *e, struct buf *out);
	const char *file;
} forms[] = { { add_title, "feed/titles.txt" },
	{ add_syslog, "feed/syslog.txt" }, { add_mail, "feed/mails.txt" } };

START_TEST(changes_read_as_they_should)
{
	struct buf out = BUF_INIT;

	each_message(forms[_i].add, &out);
	golden_check(forms[_i].file, buf_span(&out));
	buf_clear(&out);
}
END_TEST

START_TEST(nothing_from_elsewhere_becomes_a_header)
{
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	struct feed_event e;

	ck_assert(feed_event_parse(span_from(hostile_json), &e, &d));
	add_mail(&e, &out);
	ck_assert_ptr_null(strstr(out.p, "\nX-Evil"));
	ck_assert_ptr_null(strstr(out.p, "\nBcc"));
	ck_assert_ptr_null(strstr(out.p, "\n.\n"));
	ck_assert_ptr_null(strchr(out.p, '\r'));
	ck_assert_ptr_null(strchr(out.p, '\033'));
	buf_clear(&out);
}
END_TEST

START_TEST(a_line_of_syslog_is_bounded)
{
	struct feed_event e = { .incident = 1 };
	struct buf out = BUF_INIT;
	size_t i;

	/* what has to be escaped, and characters of several bytes */
	memset(e.sensor, '"', sizeof(e.sensor) - 1);
	memset(e.rule, ']', sizeof(e.rule) - 1);
	for (i = 0; i + 4 < sizeof(e.text); i += 3)
		memcpy(e.text + i, "\xe2\x82\xac", 3);
	buf_add_str(&out, "before");
	feed_event_syslog(&e, "h", 1, &out);
	ck_assert_uint_le(out.n, 6 + FEED_MAX_SYSLOG);
	/* cut at a whole character, if at all */
	ck_assert_uint_eq(
	    buf_utf8_len((struct span){ out.p + out.n - 3, 3 }), 3);
	buf_clear(&out);
}
END_TEST

static const char *const damaged[] = { "", "{", "[]", "\"x\"",
	"{\"id\":\"\xff\"}", "{\"id\":1,}" };

START_TEST(what_is_no_message_is_refused)
{
	struct diag d = DIAG_INIT;
	struct feed_event e;

	ck_assert(!feed_event_parse(span_from(damaged[_i]), &e, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "damaged"));
}
END_TEST

START_TEST(texts_are_cut_to_their_fields_at_a_character)
{
	struct buf json = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct feed_event e;
	int i;

	buf_add_str(&json, "{\"event\":\"a");
	for (i = 0; i < 100; i++)
		buf_add_str(&json, "\xc3\xbc");
	buf_add_str(&json, "\"}");
	ck_assert(feed_event_parse(buf_span(&json), &e, &d));
	ck_assert_uint_eq(strlen(e.event), sizeof(e.event) - 1);
	ck_assert_str_eq(e.event + sizeof(e.event) - 3, "\xc3\xbc");
	buf_clear(&json);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/event");
	TCase *c = tcase_create("event");

	tcase_add_loop_test(
	    c, changes_read_as_they_should, 0, (int)ARRAY_LEN(forms));
	tcase_add_test(c, nothing_from_elsewhere_becomes_a_header);
	tcase_add_test(c, a_line_of_syslog_is_bounded);
	tcase_add_loop_test(
	    c, what_is_no_message_is_refused, 0, (int)ARRAY_LEN(damaged));
	tcase_add_test(c, texts_are_cut_to_their_fields_at_a_character);
	suite_add_tcase(s, c);
	return s;
}
