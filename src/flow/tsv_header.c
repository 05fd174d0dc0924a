/*
 * Header lines of the TSV form. What they say is kept until the next file or
 * the next header line of the same kind; a new #fields binds anew.
 */
#include "flow/tsv.h"

/* Without these a record has no key or no bucket. */
static const enum flow_field tsv_needed[] = { FIELD_TS, FIELD_ORIG_H,
	FIELD_ORIG_P, FIELD_RESP_H, FIELD_RESP_P, FIELD_PROTO };

/* Read only where they are shown: nothing is compared by them. */
static bool
tsv_is_detail(enum flow_field f)
{
	return f == FIELD_ORIG_BYTES || f == FIELD_RESP_BYTES ||
	    f == FIELD_MISSED;
}

void
tsv_layout_init(struct tsv_layout *t)
{
	unsigned f;

	memset(t, 0, sizeof(*t));
	for (f = 0; f < FLOW_NFIELDS; f++)
		t->column[f] = -1;
	t->separator = '\t';
	t->unset[0] = '-';
	t->unset_len = 1;
	memcpy(t->empty, "(empty)", 7);
	t->empty_len = 7;
}

static bool
tsv_header_fault(struct parse_fault *fault, enum flow_problem kind,
    enum flow_field f, struct span text)
{
	fault->kind = kind;
	fault->field = f;
	fault->text = text;
	return false;
}

static int
tsv_hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

/* The first byte of s, which may be written as "\x09"; how long it was. */
static size_t
tsv_byte(struct span s, char *out)
{
	*out = s.p[0];
	if (s.n < 4 || s.p[0] != '\\' || s.p[1] != 'x' || tsv_hex(s.p[2]) < 0 ||
	    tsv_hex(s.p[3]) < 0)
		return 1;
	*out = (char)(tsv_hex(s.p[2]) * 16 + tsv_hex(s.p[3]));
	return 4;
}

static bool
tsv_separator(struct tsv_layout *t, struct span s)
{
	return s.n > 0 && tsv_byte(s, &t->separator) == s.n &&
	    t->separator != '\n' && t->separator != '\0';
}

/* Releases of 2011 wrote "\x2d" for "-". */
static bool
tsv_keep_text(char *to, size_t *len, struct span s)
{
	char text[TSV_TEXT_MAX];
	size_t n = 0, used;

	for (; s.n > 0; s.p += used, s.n -= used) {
		if (n == TSV_TEXT_MAX)
			return false;
		used = tsv_byte(s, &text[n++]);
	}
	/* cppcheck-suppress uninitvar; tsv_byte() has set them up to n */
	memcpy(to, text, n);
	*len = n;
	return n > 0;
}

static bool
tsv_check_columns(
    struct tsv_layout *t, struct span names, struct parse_fault *fault)
{
	bool any_endpoint =
	    t->column[FIELD_ORIG_H] >= 0 || t->column[FIELD_RESP_H] >= 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(tsv_needed); i++) {
		if (t->column[tsv_needed[i]] >= 0)
			continue;
		t->ncolumns = 0;
		return tsv_header_fault(fault,
		    any_endpoint ? PROBLEM_NO_COLUMN : PROBLEM_NOT_CONN,
		    tsv_needed[i], names);
	}
	return true;
}

/* The names from p on, one a separator. */
static bool
tsv_bind(struct tsv_layout *t, const struct flow_parser_options *opt,
    struct span names, struct parse_fault *fault)
{
	struct span rest = names;
	unsigned n = 0, f;

	for (f = 0; f < FLOW_NFIELDS; f++)
		t->column[f] = -1;
	t->ncolumns = 0;
	for (;;) {
		const char *end = memchr(rest.p, t->separator, rest.n);
		struct span name = { rest.p,
			end == NULL ? rest.n : (size_t)(end - rest.p) };
		enum flow_field field = parse_field_of(opt, name);

		if (n == FLOW_MAX_COLUMNS)
			return tsv_header_fault(
			    fault, PROBLEM_SYNTAX, FIELD_IGNORED, names);
		if (field != FIELD_IGNORED && t->column[field] < 0 &&
		    (opt->detail || !tsv_is_detail(field)))
			t->column[field] = (int16_t)n;
		n++;
		if (end == NULL)
			break;
		rest.n -= (size_t)(end + 1 - rest.p);
		rest.p = end + 1;
	}
	t->ncolumns = n;
	return tsv_check_columns(t, names, fault);
}

static bool
tsv_starts(struct span line, const char *word, struct span *value)
{
	size_t n = strlen(word);

	if (line.n <= n || memcmp(line.p, word, n) != 0)
		return false;
	*value = (struct span){ line.p + n + 1, line.n - n - 1 };
	return true;
}

bool
tsv_header(struct tsv_layout *t, const struct flow_parser_options *opt,
    struct span line, bool *is_fields, struct parse_fault *fault)
{
	struct span v;

	*is_fields = false;
	if (tsv_starts(line, "#separator", &v))
		return tsv_separator(t, v) ||
		    tsv_header_fault(
			fault, PROBLEM_SYNTAX, FIELD_IGNORED, line);
	if (tsv_starts(line, "#unset_field", &v))
		return tsv_keep_text(t->unset, &t->unset_len, v) ||
		    tsv_header_fault(
			fault, PROBLEM_SYNTAX, FIELD_IGNORED, line);
	if (tsv_starts(line, "#empty_field", &v))
		return v.n == 0 || tsv_keep_text(t->empty, &t->empty_len, v) ||
		    tsv_header_fault(
			fault, PROBLEM_SYNTAX, FIELD_IGNORED, line);
	if (!tsv_starts(line, "#fields", &v))
		return true;
	*is_fields = true;
	return tsv_bind(t, opt, v, fault);
}

bool
tsv_bare_header(struct tsv_layout *t, const struct flow_parser_options *opt,
    struct span line, struct parse_fault *fault)
{
	return tsv_bind(t, opt, line, fault);
}
