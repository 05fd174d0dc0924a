/*
 * The scanner of JSON values belongs to src/flow and takes a single line: line
 * breaks become blanks first, since none may stand inside a string.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "crosstap/truth_read.h"
#include "flow/json_scan.h"

#define TRUTH_SLACK 64 /* bytes that the scan may look beyond the end */

/* The members of an object or the items of an array, one after the other. */
struct truth_walk {
	const char *p, *end;
	bool in_object;
	bool bad;
	struct span key;     /* of the member in hand */
	struct span whole;   /* its value as written */
	struct json_value v; /* the same, told apart */
};

/* text: the object or array, with its brackets. */
static struct truth_walk
truth_walk_start(struct span text)
{
	return (struct truth_walk){ .p = text.p,
		.end = text.p + text.n,
		.in_object = text.n > 0 && *text.p == '{',
		.bad = text.n == 0 || (*text.p != '{' && *text.p != '[') };
}

static bool
truth_walk_key(struct truth_walk *w)
{
	bool escaped;
	const char *stop;

	if (w->p == w->end || *w->p != '"')
		return false;
	stop = json_string_end(w->p + 1, w->end, &escaped);
	if (stop == NULL)
		return false;
	w->key = (struct span){ w->p + 1, (size_t)(stop - w->p - 1) };
	w->p = json_skip_space(stop + 1, w->end);
	if (w->p == w->end || *w->p != ':')
		return false;
	w->p = json_skip_space(w->p + 1, w->end);
	return true;
}

/* False behind the last one, and with w->bad set at a fault. */
static bool
truth_walk_next(struct truth_walk *w)
{
	const char *stop;

	if (w->bad || w->p == w->end)
		return false;
	w->p = json_skip_space(w->p, w->end);
	if (w->p == w->end)
		return false;
	w->p = json_skip_space(w->p + 1, w->end); /* '{', '[' or ',' */
	if (w->p < w->end && (*w->p == '}' || *w->p == ']'))
		return false;
	if (w->in_object && !truth_walk_key(w)) {
		w->bad = true;
		return false;
	}
	stop = json_value_scan(w->p, w->end, &w->v);
	if (stop == NULL) {
		w->bad = true;
		return false;
	}
	w->whole = (struct span){ w->p, (size_t)(stop - w->p) };
	w->p = json_skip_space(stop, w->end);
	if (w->p < w->end && (*w->p == '}' || *w->p == ']'))
		w->p = w->end;
	else if (w->p < w->end && *w->p != ',')
		w->bad = true;
	return !w->bad;
}

/* A text that is too long is cut: it will match nothing. */
static void
truth_string(const struct truth_walk *w, char *out, size_t n)
{
	char text[256];
	size_t len;

	if (w->v.kind != JSON_STRING || w->v.text.n >= sizeof(text))
		return;
	len = json_unescape(w->v.text, text);
	if (len != SIZE_MAX)
		(void)snprintf(out, n, "%.*s", (int)len, text);
}

static int64_t
truth_time_us(const struct truth_walk *w)
{
	char text[32];
	double s;

	if (w->v.kind != JSON_NUMBER || w->v.text.n >= sizeof(text) ||
	    !json_number_valid(w->v.text))
		return 0;
	memcpy(text, w->v.text.p, w->v.text.n);
	text[w->v.text.n] = '\0';
	s = strtod(text, NULL);
	return fabs(s) < 1e11 ? (int64_t)(s * 1e6) : 0;
}

static bool
truth_expect(struct span text, struct truth_expected *t, struct diag *d)
{
	struct truth_walk w = truth_walk_start(text);

	while (truth_walk_next(&w)) {
		if (span_is(w.key, "rule"))
			truth_string(&w, t->rule, sizeof(t->rule));
		else if (span_is(w.key, "sensor"))
			truth_string(&w, t->sensor, sizeof(t->sensor));
		else if (span_is(w.key, "start"))
			t->from_us = truth_time_us(&w);
		else if (span_is(w.key, "end"))
			t->to_us = truth_time_us(&w);
	}
	if (!w.bad && t->rule[0] != '\0' && t->to_us > t->from_us)
		return true;
	diag_set(d, "wanted an object with rule, start and end in \"truth\"");
	return false;
}

static bool
truth_expect_all(struct span text, struct truth_read *out, struct diag *d)
{
	struct truth_walk w = truth_walk_start(text);

	while (truth_walk_next(&w)) {
		if (out->n == TRUTH_READ_MAX) {
			diag_set(d, "more than %d faults", TRUTH_READ_MAX);
			return false;
		}
		if (!truth_expect(w.whole, &out->expected[out->n++], d))
			return false;
	}
	if (w.bad || w.in_object)
		diag_set(d, "\"truth\" is no list");
	return !w.bad && !w.in_object;
}

static bool
truth_read_line(struct span line, struct truth_read *out, struct diag *d)
{
	struct truth_walk w = truth_walk_start(line);
	char relation[16] = "";
	bool found = false;

	while (truth_walk_next(&w)) {
		if (span_is(w.key, "scenario"))
			truth_string(&w, out->scenario, sizeof(out->scenario));
		else if (span_is(w.key, "relation"))
			truth_string(&w, relation, sizeof(relation));
		else if (span_is(w.key, "truth")) {
			found = true;
			if (!truth_expect_all(w.whole, out, d))
				return false;
		}
	}
	out->subset = strcmp(relation, "subset") == 0 ||
	    (relation[0] == '\0' && strncmp(out->scenario, "subset", 6) == 0);
	if (w.bad || !w.in_object)
		diag_set(d, "is no JSON object");
	else if (!found)
		diag_set(d, "has no list \"truth\"");
	return !w.bad && w.in_object && found;
}

bool
truth_read(struct span text, struct truth_read *out, struct diag *d)
{
	struct buf line = BUF_INIT;
	size_t i, from = 0;
	bool ok;

	*out = (struct truth_read){ .n = 0 };
	while (from < text.n && strchr(" \t\r\n", text.p[from]) != NULL)
		from++;
	buf_add(&line, text.p + from, text.n - from);
	for (i = 0; i < TRUTH_SLACK; i++)
		buf_add_char(&line, '\0');
	if (!buf_ok(&line)) {
		diag_set(d, "out of memory");
		buf_clear(&line);
		return false;
	}
	line.n -= TRUTH_SLACK;
	for (i = 0; i < line.n; i++)
		if (line.p[i] == '\n')
			line.p[i] = ' ';
	ok = truth_read_line(buf_span(&line), out, d);
	buf_clear(&line);
	return ok;
}

bool
truth_covers(
    const struct truth_expected *t, const struct finding *f, int64_t width_us)
{
	return f->from_us < t->to_us + width_us &&
	    f->to_us > t->from_us - width_us &&
	    (t->sensor[0] == '\0' || strcmp(t->sensor, f->sensor) == 0);
}
