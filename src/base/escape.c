#include "base/escape.h"

void
escape_csv(struct buf *out, struct span s)
{
	bool quote = false;
	size_t i;

	for (i = 0; i < s.n && !quote; i++)
		quote = memchr(",\"\r\n", s.p[i], 4) != NULL;
	if (!quote) {
		buf_add(out, s.p, s.n);
		return;
	}
	buf_add_char(out, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, s.p[i]);
	}
	buf_add_char(out, '"');
}

void
escape_tsv(struct buf *out, struct span s)
{
	static const char bytes[] = "\\\t\n\r\b\f", letters[] = "\\tnrbf";
	const char *at;
	size_t i;

	for (i = 0; i < s.n; i++) {
		at = s.p[i] == '\0' ? NULL : strchr(bytes, s.p[i]);
		if (at != NULL || s.p[i] == '\0')
			buf_add_char(out, '\\');
		buf_add_char(out,
		    at != NULL           ? letters[at - bytes]
			: s.p[i] == '\0' ? '0'
					 : s.p[i]);
	}
}

static const char *
escape_html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
escape_html(struct buf *out, struct span s)
{
	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		size_t len = buf_utf8_len(s);
		const char *entity = escape_html_entity(s.p[0]);

		if (entity != NULL)
			buf_add_str(out, entity);
		else if (c == 0x7f || len == 0 ||
		    (c < 0x20 && c != '\n' && c != '\t'))
			buf_printf(out, "\\x%02x", c);
		else
			buf_add(out, s.p, len);
		len = len == 0 ? 1 : len;
		s.p += len;
		s.n -= len;
	}
}

void
escape_shell(struct buf *out, const char *word)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_@%+=:,./-";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		buf_add_str(out, word);
		return;
	}
	buf_add_char(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_add_str(out, "'\\'");
		buf_add_char(out, *word);
	}
	buf_add_char(out, '\'');
}
