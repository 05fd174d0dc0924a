/*
 * The vectors of RFC 4648, section 10.
 */
#include "net/base64.h"
#include "../unit.h"

static const struct {
	const char *bytes, *padded, *bare;
} rows[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xff\xfe\xfb", "//77", "//77" },
};

START_TEST(encode_gives_the_vectors_of_the_rfc)
{
	struct buf padded = BUF_INIT, bare = BUF_INIT;

	base64_encode(span_from(rows[_i].bytes), BASE64_PADDED, &padded);
	base64_encode(span_from(rows[_i].bytes), BASE64_BARE, &bare);
	ck_assert(span_is(buf_span(&padded), rows[_i].padded));
	ck_assert(span_is(buf_span(&bare), rows[_i].bare));
	buf_clear(&padded);
	buf_clear(&bare);
}
END_TEST

START_TEST(decode_gives_back_what_was_encoded)
{
	struct buf out = BUF_INIT;

	ck_assert(base64_decode(span_from(rows[_i].padded), &out));
	ck_assert(span_is(buf_span(&out), rows[_i].bytes));
	buf_clear(&out);
}
END_TEST

static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zg=a", "=g==", "Zm9 ",
	"Zm9vYg==Zm9v", "====", "Z===" };

START_TEST(decode_refuses_what_is_no_base64)
{
	struct buf out = BUF_INIT;

	ck_assert(!base64_decode(span_from(wrong[_i]), &out));
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("base64");
	TCase *t = tcase_create("base64");

	tcase_add_loop_test(
	    t, encode_gives_the_vectors_of_the_rfc, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(
	    t, decode_gives_back_what_was_encoded, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(
	    t, decode_refuses_what_is_no_base64, 0, ARRAY_LEN(wrong));
	suite_add_tcase(s, t);
	return s;
}
