/*
 * What was written last tells whether a comma is due: no value ends in an
 * opening brace or bracket.
 */
#include <inttypes.h>
#include "base/jsonw.h"
#include "base/number.h"

static void
jsonw_comma(struct buf *out)
{
	char last = out->n == 0 ? '{' : out->p[out->n - 1];

	if (last != '{' && last != '[')
		buf_add_char(out, ',');
}

void
jsonw_key(struct buf *out, const char *key)
{
	jsonw_comma(out);
	buf_printf(out, "\"%s\":", key);
}

void
jsonw_next(struct buf *out)
{
	jsonw_comma(out);
}

void
jsonw_value(struct buf *out, struct span text)
{
	buf_add_char(out, '"');
	buf_add_json(out, text);
	buf_add_char(out, '"');
}

void
jsonw_text(struct buf *out, const char *key, const char *text)
{
	jsonw_key(out, key);
	jsonw_value(out, span_from(text));
}

void
jsonw_text_or_null(struct buf *out, const char *key, const char *text)
{
	if (text == NULL || text[0] == '\0')
		jsonw_null(out, key);
	else
		jsonw_text(out, key, text);
}

void
jsonw_null(struct buf *out, const char *key)
{
	jsonw_key(out, key);
	buf_add_str(out, "null");
}

void
jsonw_flag(struct buf *out, const char *key, bool is)
{
	jsonw_key(out, key);
	buf_add_str(out, is ? "true" : "false");
}

void
jsonw_count(struct buf *out, const char *key, uint64_t n)
{
	jsonw_key(out, key);
	buf_printf(out, "%" PRIu64, n);
}

void
jsonw_real(struct buf *out, const char *key, double v)
{
	jsonw_key(out, key);
	number_real(v, out);
}

void
jsonw_seconds(struct buf *out, const char *key, int64_t us)
{
	jsonw_key(out, key);
	number_seconds(us, out);
}
