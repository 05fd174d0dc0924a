/* HMAC-SHA-256 by the test cases of RFC 4231. */
#include "net/hmac.h"
#include "unit.h"

static const struct {
	struct span key, bytes;
	const char *code;
} rows[] = {
	{ SPAN_LITERAL("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		       "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
	    SPAN_LITERAL("Hi There"),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff"
	    "7" },
	{ SPAN_LITERAL("Jefe"), SPAN_LITERAL("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384"
	    "3" },
	/* not of the RFC: HMAC_SHA256("", "") */
	{ { NULL, 0 }, { NULL, 0 },
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5a"
	    "d" },
};

START_TEST(the_codes_are_those_of_the_rfc)
{
	struct buf out = BUF_INIT;

	ck_assert(hmac_sha256(rows[_i].key, rows[_i].bytes, &out));
	ck_assert_str_eq(out.p, rows[_i].code);
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("hmac");
	TCase *c = tcase_create("hmac");

	tcase_add_loop_test(
	    c, the_codes_are_those_of_the_rfc, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, c);
	return s;
}
