#include <math.h>
#include "base/jsonw.h"
#include "../unit.h"

START_TEST(commas_are_between_members_and_elements_only)
{
	struct buf out = BUF_INIT;

	buf_add_char(&out, '{');
	jsonw_text(&out, "a", "{[");
	jsonw_text_or_null(&out, "b", "");
	jsonw_text_or_null(&out, "c", NULL);
	jsonw_count(&out, "d", UINT64_MAX);
	jsonw_key(&out, "e");
	buf_add_char(&out, '[');
	jsonw_next(&out);
	jsonw_value(&out, SPAN_LITERAL("x\"\n"));
	jsonw_next(&out);
	buf_add_str(&out, "{}");
	buf_add_char(&out, ']');
	jsonw_flag(&out, "f", true);
	jsonw_real(&out, "g", (double)NAN);
	jsonw_seconds(&out, "h", 1500000);
	buf_add_char(&out, '}');
	ck_assert_str_eq(out.p,
	    "{\"a\":\"{[\",\"b\":null,\"c\":null,\"d\":18446744073709551615,"
	    "\"e\":[\"x\\\"\\u000a\",{}],\"f\":true,\"g\":null,\"h\":1.5}");
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("base/jsonw");
	TCase *t = tcase_create("jsonw");

	tcase_add_test(t, commas_are_between_members_and_elements_only);
	suite_add_tcase(s, t);
	return s;
}
