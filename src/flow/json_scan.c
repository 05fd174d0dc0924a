/*
 * Where JSON values end. Values that nobody reads are checked by the grammar
 * all the same, so that a line that was cut or overwritten inside one is not
 * taken for a record.
 */
#include "flow/json_scan.h"

const char *
json_string_end(const char *p, const char *end, bool *escaped)
{
	for (;;) {
		p = json_string_stop(p, end);
		if (p == end)
			return NULL;
		if (*p == '"')
			return p;
		if (*p != '\\' || end - p < 2 || (unsigned char)p[1] < 0x20)
			return NULL;
		*escaped = true;
		p += 2;
	}
}

static const char *
json_digits(const char *p, const char *end)
{
	while (p < end && (unsigned)(unsigned char)*p - '0' <= 9)
		p++;
	return p;
}

bool
json_number_valid(struct span s)
{
	const char *p = s.p, *end = s.p + s.n, *from;

	if (p < end && *p == '-')
		p++;
	from = p;
	p = json_digits(p, end);
	if (p == from || (*from == '0' && p - from > 1))
		return false;
	if (p < end && *p == '.') {
		from = ++p;
		p = json_digits(p, end);
		if (p == from)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		from = p;
		p = json_digits(p, end);
		if (p == from)
			return false;
	}
	return p == end;
}

/* The end of a number or bare word. */
static const char *
json_word_end(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && *p != ',' && *p != '}' &&
	    *p != ']' && *p != '"' && *p != ':' && *p != '{' && *p != '[')
		p++;
	return p;
}

static const char *
json_compound_end(const char *p, const char *end, unsigned depth);

static const char *
json_element_end(const char *p, const char *end, unsigned depth)
{
	struct json_value v;

	p = json_skip_space(p, end);
	if (p == end)
		return NULL;
	if (*p == '{' || *p == '[')
		return json_compound_end(p, end, depth + 1);
	p = json_value_scan(p, end, &v);
	if (p == NULL || v.kind == JSON_WORD ||
	    (v.kind == JSON_NUMBER && !json_number_valid(v.text)))
		return NULL;
	return p;
}

/* "name" and its colon. */
static const char *
json_name_end(const char *p, const char *end)
{
	bool escaped = false;

	p = json_skip_space(p, end);
	if (p == end || *p != '"')
		return NULL;
	p = json_string_end(p + 1, end, &escaped);
	if (p == NULL)
		return NULL;
	p = json_skip_space(p + 1, end);
	return p < end && *p == ':' ? p + 1 : NULL;
}

static const char *
json_compound_end(const char *p, const char *end, unsigned depth)
{
	const char close = *p == '{' ? '}' : ']';

	if (depth > JSON_MAX_DEPTH)
		return NULL;
	p = json_skip_space(p + 1, end);
	if (p < end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}' && (p = json_name_end(p, end)) == NULL)
			return NULL;
		p = json_element_end(p, end, depth);
		if (p == NULL)
			return NULL;
		p = json_skip_space(p, end);
		if (p == end)
			return NULL;
		if (*p == close)
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

/* true, false, null, or something that is none of them. */
static const char *
json_word_scan(const char *p, const char *end, struct json_value *v)
{
	const char *stop = json_word_end(p, end);

	v->text = (struct span){ p, (size_t)(stop - p) };
	v->kind = span_equal(v->text, SPAN_LITERAL("true")) ? JSON_TRUE
	    : span_equal(v->text, SPAN_LITERAL("false"))    ? JSON_FALSE
	    : span_equal(v->text, SPAN_LITERAL("null"))     ? JSON_NULL
							    : JSON_WORD;
	return stop == p ? NULL : stop;
}

const char *
json_value_scan(const char *p, const char *end, struct json_value *v)
{
	const char *stop;

	v->escaped = false;
	if (p >= end)
		return NULL;
	switch (*p) {
	case '"':
		stop = json_string_end(p + 1, end, &v->escaped);
		if (stop == NULL)
			return NULL;
		v->kind = JSON_STRING;
		v->text = (struct span){ p + 1, (size_t)(stop - p) - 1 };
		return stop + 1;
	case '{':
	case '[':
		stop = json_compound_end(p, end, 1);
		if (stop == NULL)
			return NULL;
		v->kind = JSON_COMPOUND;
		v->text = (struct span){ p, (size_t)(stop - p) };
		return stop;
	case '-':
	case '0' ... '9':
		stop = json_word_end(p, end);
		v->kind = JSON_NUMBER;
		v->text = (struct span){ p, (size_t)(stop - p) };
		return stop;
	default:
		return json_word_scan(p, end, v);
	}
}

/* Four hex digits at p as a number, -1 if they are not. */
static int32_t
json_hex4(const char *p, const char *end)
{
	int32_t v = 0;
	unsigned i, c, d;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		c = (unsigned char)p[i];
		d = c - '0';
		if (d > 9)
			d = (c | 0x20) - 'a' + 10;
		if (d > 15 || (d > 9 && (c | 0x20) < 'a'))
			return -1;
		v = v << 4 | (int32_t)d;
	}
	return v;
}

static size_t
json_put_utf8(uint32_t c, char *o)
{
	if (c < 0x80) {
		o[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		o[0] = (char)(0xc0 | c >> 6);
		o[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		o[0] = (char)(0xe0 | c >> 12);
		o[1] = (char)(0x80 | (c >> 6 & 0x3f));
		o[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	o[0] = (char)(0xf0 | c >> 18);
	o[1] = (char)(0x80 | (c >> 12 & 0x3f));
	o[2] = (char)(0x80 | (c >> 6 & 0x3f));
	o[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* What follows "\u"; *p moves behind it. Six bytes become at most three, and
 * twelve become four: the output never outgrows the input. */
static bool
json_unicode(const char **p, const char *end, uint32_t *out)
{
	int32_t hi = json_hex4(*p, end), lo;

	if (hi < 0)
		return false;
	*p += 4;
	*out = (uint32_t)hi;
	if (hi < 0xd800 || hi > 0xdfff)
		return true;
	*out = 0xfffd;
	if (hi > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return true;
	lo = json_hex4(*p + 2, end);
	if (lo < 0xdc00 || lo > 0xdfff)
		return lo >= 0;
	*p += 6;
	*out =
	    0x10000 + ((uint32_t)(hi - 0xd800) << 10) + (uint32_t)(lo - 0xdc00);
	return true;
}

size_t
json_unescape(struct span s, char *out)
{
	static const char plain[256] = { ['"'] = '"',
		['\\'] = '\\',
		['/'] = '/',
		['b'] = '\b',
		['f'] = '\f',
		['n'] = '\n',
		['r'] = '\r',
		['t'] = '\t' };
	const char *p = s.p, *end = s.p + s.n;
	uint32_t c;
	char *o = out;

	while (p < end) {
		if (*p != '\\') {
			*o++ = *p++;
			continue;
		}
		if (end - p < 2)
			return SIZE_MAX;
		c = (unsigned char)p[1];
		p += 2;
		if (plain[c] != 0)
			*o++ = plain[c];
		else if (c == 'u' && json_unicode(&p, end, &c))
			o += json_put_utf8(c, o);
		else
			return SIZE_MAX;
	}
	return (size_t)(o - out);
}
