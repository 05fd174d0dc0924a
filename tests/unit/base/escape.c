#include "base/escape.h"
#include "../unit.h"

static void
html(struct buf *out, const char *s)
{
	escape_html(out, span_from(s));
}

static void
csv(struct buf *out, const char *s)
{
	escape_csv(out, span_from(s));
}

static void
tsv(struct buf *out, const char *s)
{
	escape_tsv(out, span_from(s));
}

static const struct {
	void (*escape)(struct buf *out, const char *s);
	const char *in, *out;
} texts[] = {
	{ html, "plain", "plain" },
	{ html, "<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ html, "\" onload='x' &amp;", "&quot; onload=&#39;x&#39; &amp;amp;" },
	{ html, "a\nb\tc\001\x7f", "a\nb\tc\\x01\\x7f" },
	{ html, "Z\xc3\xbcrich", "Z\xc3\xbcrich" },
	{ html, "\xc3(", "\\xc3(" },
	{ csv, "plain text", "plain text" },
	{ csv, "", "" },
	{ csv, "a,b", "\"a,b\"" },
	{ csv, "say \"no\"", "\"say \"\"no\"\"\"" },
	{ csv, "a\nb", "\"a\nb\"" },
	{ tsv, "a,\"b\" 'c' \xc3\xbc", "a,\"b\" 'c' \xc3\xbc" },
	{ tsv, "a\tb\nc\rd\\N\b\f\001", "a\\tb\\nc\\rd\\\\N\\b\\f\001" },
	{ escape_shell, "A=/logs/conn.log", "A=/logs/conn.log" },
	{ escape_shell, "", "''" },
	{ escape_shell, "two words", "'two words'" },
	{ escape_shell, "it's;rm", "'it'\\''s;rm'" },
	{ escape_shell, "$(id)", "'$(id)'" },
	{ escape_shell, "logs/*.gz", "'logs/*.gz'" },
};

START_TEST(text_is_escaped)
{
	struct buf out = BUF_INIT;

	buf_add_str(&out, "");
	texts[_i].escape(&out, texts[_i].in);
	ck_assert_str_eq(out.p, texts[_i].out);
	buf_clear(&out);
}
END_TEST

START_TEST(a_nul_in_a_field_ends_nothing)
{
	struct buf out = BUF_INIT;

	escape_html(&out, SPAN_LITERAL("a\0<b>"));
	ck_assert_str_eq(out.p, "a\\x00&lt;b&gt;");
	out.n = 0;
	escape_csv(&out, SPAN_LITERAL("a\0,b"));
	ck_assert_uint_eq(out.n, 6);
	out.n = 0;
	escape_tsv(&out, SPAN_LITERAL("a\0\tb"));
	ck_assert_str_eq(out.p, "a\\0\\tb");
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("base/escape");
	TCase *t = tcase_create("escape");

	tcase_add_loop_test(
	    t, text_is_escaped, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(t, a_nul_in_a_field_ends_nothing);
	suite_add_tcase(s, t);
	return s;
}
