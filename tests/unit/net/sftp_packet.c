/*
 * Requests against bytes written down by hand after the draft; replies whole,
 * and cut at every byte.
 */
#include <stdlib.h>
#include "net/sftp_packet.h"
#include "../unit.h"

#define ATTRS              \
	"\0\0\0\xf"        \
	"\0\0\0\1\0\0\0\2" \
	"\0\0\0\3\0\0\0\4" \
	"\0\0\x81\xa4"     \
	"\0\0\0\5\x69\x24\x7f\0"

static const struct {
	struct sftp_request r;
	struct span bytes;
} requests[] = {
	{ { .type = SFTP_INIT, .id = 3 }, SPAN_LITERAL("\0\0\0\5\1\0\0\0\3") },
	{ { .type = SFTP_STAT, .id = 7, .text = SPAN_LITERAL("/x") },
	    SPAN_LITERAL("\0\0\0\xb\x11\0\0\0\7\0\0\0\2/x") },
	{ { .type = SFTP_OPEN, .id = 8, .text = SPAN_LITERAL("/x") },
	    SPAN_LITERAL("\0\0\0\x13\3\0\0\0\x8\0\0\0\2/x\0\0\0\1\0\0\0\0") },
	{ { .type = SFTP_READ,
	      .id = 9,
	      .text = SPAN_LITERAL("h"),
	      .offset = UINT64_C(0x100000002),
	      .n = 32768 },
	    SPAN_LITERAL("\0\0\0\x16\5\0\0\0\x9\0\0\0\1h\0\0\0\1\0\0\0\2"
			 "\0\0\x80\0") },
};

START_TEST(a_request_is_written_as_the_draft_says)
{
	struct buf out = BUF_INIT;

	sftp_request_put(&requests[_i].r, &out);
	ck_assert(span_equal(buf_span(&out), requests[_i].bytes));
	ck_assert_uint_eq(sftp_packet_bytes(out.p), out.n - 4);
	buf_clear(&out);
}
END_TEST

static const struct {
	enum sftp_type type;
	struct span bytes;
	size_t whole; /* bytes from which on it makes sense */
} replies[] = {
	{ SFTP_SPEAKS, SPAN_LITERAL("\2\0\0\0\3\0\0\0\1x\0\0\0\1y"), 5 },
	{ SFTP_HANDLE, SPAN_LITERAL("\x66\0\0\0\1\0\0\0\4hand"), 13 },
	{ SFTP_DATA, SPAN_LITERAL("\x67\0\0\0\1\0\0\0\5bytes"), 14 },
	{ SFTP_ATTRS, SPAN_LITERAL("\x69\0\0\0\1" ATTRS), 37 },
};

/* In memory of its own, so that a read beyond it is seen. */
static bool
parse(struct span s, size_t n, struct sftp_reply *out)
{
	char *copy = malloc(n + 1);
	bool ok;

	memcpy(copy, s.p, n);
	ok = sftp_reply_parse((struct span){ copy, n }, out);
	free(copy);
	return ok;
}

START_TEST(every_prefix_of_a_reply_is_refused)
{
	struct sftp_reply r;
	size_t n;

	for (n = 0; n <= replies[_i].bytes.n; n++)
		ck_assert_int_eq(
		    parse(replies[_i].bytes, n, &r), n >= replies[_i].whole);
	ck_assert_int_eq(r.type, replies[_i].type);
}
END_TEST

START_TEST(attributes_are_read_as_they_stand)
{
	static const struct span bytes = SPAN_LITERAL("\x69\0\0\0\1" ATTRS);
	struct sftp_reply r;

	ck_assert(sftp_reply_parse(bytes, &r));
	ck_assert(r.attrs.has_size && r.attrs.has_mode && r.attrs.has_times);
	ck_assert_uint_eq(r.attrs.size, UINT64_C(0x100000002));
	ck_assert_uint_eq(r.attrs.mode, 0100644);
	ck_assert_uint_eq(r.attrs.mtime, 0x69247f00);
}
END_TEST

START_TEST(a_status_needs_no_message)
{
	struct sftp_reply r;

	ck_assert(sftp_reply_parse(SPAN_LITERAL("\x65\0\0\0\1\0\0\0\2"), &r));
	ck_assert_uint_eq(r.status, SFTP_NO_SUCH_FILE);
	ck_assert_uint_eq(r.text.n, 0);
	ck_assert(sftp_reply_parse(
	    SPAN_LITERAL("\x65\0\0\0\1\0\0\0\4\0\0\0\2no\0\0\0\0"), &r));
	ck_assert(span_is(r.text, "no"));
	ck_assert(!sftp_reply_parse(
	    SPAN_LITERAL("\x65\0\0\0\1\0\0\0\4\0\0\0\3no"), &r));
}
END_TEST

START_TEST(names_come_one_after_the_other)
{
	static const char bytes[] =
	    "\x68\0\0\0\1\0\0\0\2"
	    "\0\0\0\1a\0\0\0\2-a" ATTRS "\0\0\0\1b\0\0\0\0\0\0\0\0";
	struct sftp_attrs a;
	struct sftp_reply r;
	struct span name;

	ck_assert(
	    sftp_reply_parse((struct span){ bytes, sizeof(bytes) - 1 }, &r));
	ck_assert(sftp_reply_name(&r, &name, &a));
	ck_assert(span_is(name, "a") && a.has_size);
	ck_assert(sftp_reply_name(&r, &name, &a));
	ck_assert(span_is(name, "b") && !a.has_size);
	ck_assert(!sftp_reply_name(&r, &name, &a));
	ck_assert_uint_eq(r.names, 0);
}
END_TEST

START_TEST(names_that_are_not_there_are_told_from_their_end)
{
	static const char bytes[] = "\x68\0\0\0\1\xff\xff\xff\xff"
				    "\0\0\0\1a\0\0\0\0\0\0\0\0";
	struct sftp_attrs a;
	struct sftp_reply r;
	struct span name;

	ck_assert(
	    sftp_reply_parse((struct span){ bytes, sizeof(bytes) - 1 }, &r));
	ck_assert(sftp_reply_name(&r, &name, &a));
	ck_assert(!sftp_reply_name(&r, &name, &a));
	ck_assert_uint_gt(r.names, 0);
}
END_TEST

static const struct span wrong[] = {
	/* a request, a type that is none, a handle too long, attributes of
	 * another version, extended ones without end */
	SPAN_LITERAL("\3\0\0\0\1\0\0\0\1x\0\0\0\1\0\0\0\0"),
	SPAN_LITERAL("\xc8\0\0\0\1"),
	SPAN_LITERAL("\x66\0\0\0\1\xff\xff\xff\xff"),
	SPAN_LITERAL("\x69\0\0\0\1\0\0\1\0\0\0\0\0\0\0\0\0"),
	SPAN_LITERAL("\x69\0\0\0\1\x80\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"),
};

START_TEST(what_makes_no_sense_is_refused)
{
	struct sftp_reply r;

	ck_assert(!parse(wrong[_i], wrong[_i].n, &r));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("net/sftp_packet");
	TCase *t = tcase_create("packets");

	tcase_add_loop_test(
	    t, a_request_is_written_as_the_draft_says, 0, ARRAY_LEN(requests));
	tcase_add_loop_test(
	    t, every_prefix_of_a_reply_is_refused, 0, ARRAY_LEN(replies));
	tcase_add_test(t, attributes_are_read_as_they_stand);
	tcase_add_test(t, a_status_needs_no_message);
	tcase_add_test(t, names_come_one_after_the_other);
	tcase_add_test(t, names_that_are_not_there_are_told_from_their_end);
	tcase_add_loop_test(
	    t, what_makes_no_sense_is_refused, 0, ARRAY_LEN(wrong));
	suite_add_tcase(s, t);
	return s;
}
