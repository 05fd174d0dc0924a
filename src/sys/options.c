/*
 * A value is written to the command's struct only after its check, so that a
 * refused command line leaves no half-read number behind.
 */
#include <inttypes.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/escape.h"
#include "sys/options.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unreleased"
#endif

#define OPTIONS_WORD_MAX 64 /* longer words are not compared for nearness */
#define OPTIONS_HELP_COLUMN 32

static const struct option_def options_common[] = {
	{ .name = "help", .letter = 'h', .help = "show this help and exit" },
	{ .name = "version", .help = "show the version and exit" },
};

struct options_state {
	const struct option_set *set;
	int argc, at;
	char **argv;
	char *base; /* the command's struct */
	enum options_outcome outcome;
	struct diag *d;
};

static bool
options_bad(struct options_state *s)
{
	s->outcome = OPTIONS_BAD;
	return false;
}

/* Distance of Levenshtein; both words are short. */
static unsigned
options_distance(const char *a, const char *b)
{
	unsigned row[OPTIONS_WORD_MAX + 1], i, j, diag, up;
	size_t na = strlen(a), nb = strlen(b);

	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		diag = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			unsigned best = diag + (a[i - 1] != b[j - 1]);

			up = row[j];
			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diag = up;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *
options_nearest(const char *word, const char *const *words, size_t n)
{
	const char *nearest = NULL;
	unsigned least = UINT32_MAX, limit;
	size_t len = strlen(word), i;

	if (len == 0 || len > OPTIONS_WORD_MAX)
		return NULL;
	limit = (unsigned)(len < 4 ? 1 : len / 3 + 1);
	for (i = 0; i < n; i++) {
		unsigned far;

		if (strlen(words[i]) > OPTIONS_WORD_MAX)
			continue;
		/* An abbreviation is nearer than any misspelling. */
		if (len >= 2 && strncmp(word, words[i], len) == 0)
			far = 0;
		else
			far = options_distance(word, words[i]);
		if (far < least && far <= limit) {
			least = far;
			nearest = words[i];
		}
	}
	return nearest;
}

static const struct option_def *
options_find(
    const struct option_set *set, const char *name, size_t len, char letter)
{
	const struct option_def *defs[2] = { set->defs, options_common };
	size_t counts[2] = { set->ndefs, ARRAY_LEN(options_common) };
	size_t t, i;

	for (t = 0; t < 2; t++)
		for (i = 0; i < counts[t]; i++) {
			const struct option_def *o = &defs[t][i];

			if (name != NULL ? strlen(o->name) == len &&
				    memcmp(o->name, name, len) == 0
					 : o->letter == letter)
				return o;
		}
	return NULL;
}

static bool
options_unknown(struct options_state *s, const char *arg, size_t len)
{
	const char *names[OPTION_LIST_MAX * 2], *near = NULL;
	char word[OPTIONS_WORD_MAX + 1] = "";
	size_t n = 0, i;

	for (i = 0; i < s->set->ndefs && n < ARRAY_LEN(names); i++)
		names[n++] = s->set->defs[i].name;
	for (i = 0; i < ARRAY_LEN(options_common) && n < ARRAY_LEN(names); i++)
		names[n++] = options_common[i].name;
	if (len > 2 && len - 2 <= OPTIONS_WORD_MAX) {
		memcpy(word, arg + 2, len - 2);
		near = options_nearest(word, names, n);
	}
	if (near != NULL)
		diag_set(s->d, "unknown option %.*s; did you mean --%s?",
		    (int)len, arg, near);
	else
		diag_set(s->d, "unknown option %.*s", (int)len, arg);
	return options_bad(s);
}

static bool
options_number_bad(
    struct options_state *s, const struct option_def *o, const char *value)
{
	if (o->type == OPTION_U64)
		diag_set(s->d,
		    "--%s: bad value '%s'; wanted a whole number from %.0f to "
		    "%.0f",
		    o->name, value, o->min, o->max);
	else
		diag_set(s->d,
		    "--%s: bad value '%s'; wanted a number from %g to %g",
		    o->name, value, o->min, o->max);
	return options_bad(s);
}

static bool
options_set_u64(
    struct options_state *s, const struct option_def *o, const char *value)
{
	uint64_t v;

	if (!span_parse_u64(span_from(value), UINT64_MAX, &v) ||
	    (double)v < o->min || (double)v > o->max)
		return options_number_bad(s, o, value);
	memcpy(s->base + o->offset, &v, sizeof(v));
	return true;
}

static bool
options_set_hex(
    struct options_state *s, const struct option_def *o, const char *value)
{
	const char *p = value;
	uint64_t v = 0;
	size_t i;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	for (i = 0; i < 16 && p[i] != '\0'; i++) {
		int c = (unsigned char)p[i];

		if (c >= '0' && c <= '9')
			c -= '0';
		else if (c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else if (c >= 'A' && c <= 'F')
			c -= 'A' - 10;
		else
			break;
		v = v << 4 | (uint64_t)c;
	}
	if (i == 0 || p[i] != '\0') {
		diag_set(s->d,
		    "--%s: bad value '%s'; wanted 1 to 16 hexadecimal digits",
		    o->name, value);
		return options_bad(s);
	}
	memcpy(s->base + o->offset, &v, sizeof(v));
	return true;
}

static bool
options_set_double(
    struct options_state *s, const struct option_def *o, const char *value)
{
	size_t plain = strspn(value, "0123456789.eE+-");
	char *end;
	double v;

	/* strtod() also takes blanks, hexadecimal, "nan" and "inf". */
	errno = 0;
	v = strtod(value, &end);
	if (value[plain] != '\0' || *end != '\0' || end == value ||
	    !isfinite(v) || v < o->min || v > o->max)
		return options_number_bad(s, o, value);
	memcpy(s->base + o->offset, &v, sizeof(v));
	return true;
}

static bool
options_set_string(
    struct options_state *s, const struct option_def *o, const char *value)
{
	if (*value == '\0') {
		diag_set(s->d, "--%s: empty value; wanted %s", o->name, o->arg);
		return options_bad(s);
	}
	memcpy(s->base + o->offset, &value, sizeof(value));
	return true;
}

static bool
options_add_list(
    struct options_state *s, const struct option_def *o, const char *value)
{
	struct option_list *list = (void *)(s->base + o->offset);

	if (*value == '\0' || list->n == OPTION_LIST_MAX) {
		diag_set(s->d,
		    *value == '\0' ? "--%s: empty value; wanted %s"
				   : "--%s: given more than %s times",
		    o->name, *value == '\0' ? o->arg : "64");
		return options_bad(s);
	}
	list->item[list->n++] = value;
	return true;
}

static bool
options_set_enum(
    struct options_state *s, const struct option_def *o, const char *value)
{
	struct buf want = BUF_INIT;
	int i;

	for (i = 0; o->words[i] != NULL; i++)
		if (strcmp(o->words[i], value) == 0) {
			memcpy(s->base + o->offset, &i, sizeof(i));
			return true;
		}
	for (i = 0; o->words[i] != NULL; i++)
		buf_printf(&want, "%s%s",
		    i == 0                        ? ""
			: o->words[i + 1] == NULL ? " or "
						  : ", ",
		    o->words[i]);
	diag_set(s->d, "--%s: bad value '%s'; wanted %s", o->name, value,
	    buf_ok(&want) ? want.p : "another word");
	buf_clear(&want);
	return options_bad(s);
}

static bool
options_set(
    struct options_state *s, const struct option_def *o, const char *value)
{
	static bool (*const set[])(
	    struct options_state *, const struct option_def *, const char *) = {
		[OPTION_U64] = options_set_u64,
		[OPTION_HEX] = options_set_hex,
		[OPTION_DOUBLE] = options_set_double,
		[OPTION_STRING] = options_set_string,
		[OPTION_LIST] = options_add_list,
		[OPTION_ENUM] = options_set_enum,
	};
	const bool yes = true;

	if (o == &options_common[0])
		s->outcome = OPTIONS_HELP;
	else if (o == &options_common[1])
		s->outcome = OPTIONS_VERSION;
	else if (o->type == OPTION_FLAG)
		memcpy(s->base + o->offset, &yes, sizeof(yes));
	else if (!set[o->type](s, o, value))
		return false;
	if (o->given != 0)
		memcpy(s->base + o->given, &yes, sizeof(yes));
	return true;
}

/* The value in the same argument, or the next argument; NULL if none. */
static const char *
options_take_value(
    struct options_state *s, const struct option_def *o, const char *here)
{
	if (here != NULL)
		return here;
	if (s->at + 1 < s->argc)
		return s->argv[++s->at];
	diag_set(s->d, "--%s: no value; wanted %s", o->name, o->arg);
	(void)options_bad(s);
	return NULL;
}

static bool
options_long(struct options_state *s, const char *arg)
{
	size_t len = strcspn(arg, "=");
	const char *value = arg[len] == '=' ? arg + len + 1 : NULL;
	const struct option_def *o;

	o = options_find(s->set, arg + 2, len - 2, '\0');
	if (o == NULL)
		return options_unknown(s, arg, len);
	if (o->type == OPTION_FLAG && value != NULL) {
		diag_set(s->d, "--%s: takes no value", o->name);
		return options_bad(s);
	}
	if (o->type != OPTION_FLAG) {
		value = options_take_value(s, o, value);
		if (value == NULL)
			return false;
	}
	return options_set(s, o, value);
}

/* "-qv", "-o DIR", "-oDIR" */
static bool
options_letters(struct options_state *s, const char *arg)
{
	const char *p, *value;

	for (p = arg + 1; *p != '\0'; p++) {
		const struct option_def *o;

		o = options_find(s->set, NULL, 0, *p);
		if (o == NULL) {
			diag_set(s->d, "unknown option -%c", *p);
			return options_bad(s);
		}
		if (o->type != OPTION_FLAG) {
			value = options_take_value(
			    s, o, p[1] == '\0' ? NULL : p + 1);
			return value != NULL && options_set(s, o, value);
		}
		if (!options_set(s, o, NULL))
			return false;
	}
	return true;
}

static bool
options_count_ok(struct options_state *s, size_t n)
{
	if (n >= s->set->min_operands && n <= s->set->max_operands)
		return true;
	if (s->set->max_operands == 0)
		diag_set(s->d, "operand '%s' not wanted; there are none",
		    s->argv[1]);
	else if (n < s->set->min_operands)
		diag_set(s->d, "%zu operand%s given; wanted %s", n,
		    n == 1 ? "" : "s", s->set->operands);
	else
		diag_set(s->d, "%zu operands given; wanted at most %zu: %s", n,
		    s->set->max_operands, s->set->operands);
	return options_bad(s);
}

enum options_outcome
options_parse(const struct option_set *set, int argc, char **argv, void *into,
    struct operands *left, struct diag *d)
{
	struct options_state s = { set, argc, 1, argv, into, OPTIONS_RUN, d };
	bool ended = false, ok = true;
	int n = 1;

	*left = (struct operands){ argv + 1, 0 };
	for (; s.at < argc && ok; s.at++) {
		char *arg = argv[s.at];

		if (ended || arg[0] != '-' || arg[1] == '\0')
			argv[n++] = arg;
		else if (strcmp(arg, "--") == 0)
			ended = true;
		else if (arg[1] == '-')
			ok = options_long(&s, arg);
		else
			ok = options_letters(&s, arg);
		if (s.outcome != OPTIONS_RUN)
			return s.outcome;
	}
	left->n = (size_t)(n - 1);
	if (!options_count_ok(&s, left->n))
		return OPTIONS_BAD;
	return OPTIONS_RUN;
}

const char *
options_version(void)
{
	return PACKAGE_VERSION;
}

static const char *
options_program(const struct option_set *set)
{
	return set->program != NULL ? set->program : "crosstap";
}

int
options_fail(const struct option_set *set, const struct diag *d)
{
	const char *program = options_program(set);

	const char *gap = set->command[0] == '\0' ? "" : " ";

	(void)fprintf(stderr,
	    "%s%s%s: %s\nTry '%s%s%s --help' for the options.\n", program, gap,
	    set->command, d->text, program, gap, set->command);
	return OPTIONS_TROUBLE;
}

static int
options_print(struct buf *b)
{
	bool ok = buf_ok(b) && fwrite(b->p, 1, b->n, stdout) == b->n &&
	    fflush(stdout) == 0;

	buf_clear(b);
	return ok ? 0 : OPTIONS_TROUBLE;
}

int
options_start(const struct option_set *set, int argc, char **argv, void *into,
    struct operands *left)
{
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;

	switch (options_parse(set, argc, argv, into, left, &d)) {
	case OPTIONS_RUN:
		return OPTIONS_GO_ON;
	case OPTIONS_HELP:
		options_help(set, &out);
		return options_print(&out);
	case OPTIONS_VERSION:
		buf_printf(
		    &out, "%s %s\n", options_program(set), options_version());
		return options_print(&out);
	case OPTIONS_BAD:
		break;
	}
	return options_fail(set, &d);
}

/* Flags with letters first, as manuals have it: [-qv] [--bucket SECONDS] */
void
options_usage(const struct option_set *set, struct buf *out)
{
	size_t i;
	bool open = false;

	buf_printf(out, "%s%s%s", options_program(set),
	    set->command[0] == '\0' ? "" : " ", set->command);
	for (i = 0; i < set->ndefs; i++) {
		const struct option_def *o = &set->defs[i];

		if (o->type != OPTION_FLAG || o->letter == 0)
			continue;
		buf_printf(out, "%s%c", open ? "" : " [-", o->letter);
		open = true;
	}
	if (open)
		buf_add_char(out, ']');
	for (i = 0; i < set->ndefs; i++) {
		const struct option_def *o = &set->defs[i];

		if (o->type == OPTION_FLAG && o->letter != 0)
			continue;
		buf_printf(out, " [%s%.1s%s", o->letter != 0 ? "-" : "--",
		    o->letter != 0 ? &o->letter : "",
		    o->letter != 0 ? "" : o->name);
		if (o->arg != NULL)
			buf_printf(out, " %s", o->arg);
		buf_printf(out, "]%s", o->type == OPTION_LIST ? " ..." : "");
	}
	if (set->operands[0] != '\0')
		buf_printf(out, " %s", set->operands);
}

static void
options_help_row(const struct option_def *o, struct buf *out)
{
	size_t start = out->n, used;

	if (o->letter != 0)
		buf_printf(out, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(out, "      --%s", o->name);
	if (o->arg != NULL)
		buf_printf(out, " %s", o->arg);
	used = out->n - start;
	if (used + 2 > OPTIONS_HELP_COLUMN) {
		buf_add_char(out, '\n');
		used = 0;
	}
	buf_printf(
	    out, "%*s%s\n", (int)(OPTIONS_HELP_COLUMN - used), "", o->help);
}

/* Breaks between words at 80 columns; later lines are indented. */
static void
options_wrap(const char *text, struct buf *out)
{
	size_t column = 0, i, len;

	for (i = 0; text[i] != '\0'; i += len) {
		len = strspn(text + i, " ");
		if (len > 0)
			continue;
		/* "[--from TIME]" stays in one piece */
		len = text[i] == '[' ? strcspn(text + i, "]") : 0;
		len += strcspn(text + i + len, " ");
		if (column > 0 && column + 1 + len > 79) {
			buf_add_str(out, "\n         ");
			column = 9;
		}
		if (column > 0) {
			buf_add_char(out, ' ');
			column++;
		}
		buf_add(out, text + i, len);
		column += len;
	}
	buf_add_char(out, '\n');
}

void
options_help(const struct option_set *set, struct buf *out)
{
	struct buf usage = BUF_INIT;
	size_t i;

	buf_add_str(&usage, "usage: ");
	options_usage(set, &usage);
	if (buf_ok(&usage))
		options_wrap(usage.p, out);
	else
		out->failed = true;
	buf_clear(&usage);
	buf_printf(out, "\n%s.\n\n", set->summary);
	for (i = 0; i < set->ndefs; i++)
		options_help_row(&set->defs[i], out);
	for (i = 0; i < ARRAY_LEN(options_common); i++)
		options_help_row(&options_common[i], out);
}

static void
options_repeat_one(
    const struct option_def *o, const char *value, struct buf *out)
{
	buf_printf(out, " --%s", o->name);
	if (value == NULL)
		return;
	buf_add_char(out, ' ');
	escape_shell(out, value);
}

static void
options_repeat_row(
    const struct option_def *o, const char *base, struct buf *out)
{
	const void *at = base + o->offset;
	const bool given = o->given != 0 && *(const bool *)(base + o->given);
	const struct option_list *list = at;
	const char *text;
	char number[32];
	size_t i;
	int word;

	switch (o->type) {
	case OPTION_FLAG:
		if (*(const bool *)at)
			options_repeat_one(o, NULL, out);
		break;
	case OPTION_STRING:
		memcpy(&text, at, sizeof(text));
		if (text != NULL)
			options_repeat_one(o, text, out);
		break;
	case OPTION_LIST:
		for (i = 0; i < list->n; i++)
			options_repeat_one(o, list->item[i], out);
		break;
	case OPTION_ENUM:
		memcpy(&word, at, sizeof(word));
		if (given)
			options_repeat_one(o, o->words[word], out);
		break;
	case OPTION_U64:
	case OPTION_HEX:
		(void)snprintf(number, sizeof(number),
		    o->type == OPTION_HEX ? "%" PRIx64 : "%" PRIu64,
		    *(const uint64_t *)at);
		if (given)
			options_repeat_one(o, number, out);
		break;
	case OPTION_DOUBLE:
		(void)snprintf(
		    number, sizeof(number), "%.17g", *(const double *)at);
		if (given)
			options_repeat_one(o, number, out);
		break;
	}
}

void
options_repeat(
    const struct option_def *defs, size_t n, const void *from, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		options_repeat_row(&defs[i], from, out);
}
