/*
 * A rule's `when` is cut at its ANDs, and each part is compiled and run like
 * a rule of its own. The parts compile because the whole did.
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>
#include "judge/explain.h"
#include "judge/expr.h"
#include "judge/run.h"

static bool
explain_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool
explain_word_is(struct span w, const char *s)
{
	return w.n == strlen(s) && strncasecmp(w.p, s, w.n) == 0;
}

static struct span
explain_trim(struct span s)
{
	while (s.n > 0 && isspace((unsigned char)s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next word, quoted text, or sign; empty at the end. */
static struct span
explain_token(const char **p)
{
	struct span t = { *p + strspn(*p, " \t\r\n"), 0 };

	if (*t.p == '\'' || *t.p == '"') {
		for (t.n = 1; t.p[t.n] != '\0' && t.p[t.n] != *t.p;)
			t.n++;
		t.n += t.p[t.n] != '\0';
	} else if (explain_is_word(*t.p)) {
		while (explain_is_word(t.p[t.n]))
			t.n++;
	} else {
		t.n = *t.p != '\0';
	}
	*p = t.p + t.n;
	return t;
}

size_t
explain_split(const char *when, struct span out[EXPLAIN_MAX_CONDITIONS])
{
	const char *p = when, *from = when;
	struct span t;
	size_t n = 0;
	int depth = 0;
	bool between = false;

	while ((t = explain_token(&p)).n > 0) {
		if (*t.p == '(' || explain_word_is(t, "CASE"))
			depth++;
		else if (*t.p == ')' || explain_word_is(t, "END"))
			depth--;
		else if (depth > 0)
			continue;
		else if (explain_word_is(t, "OR"))
			goto whole;
		else if (explain_word_is(t, "BETWEEN"))
			between = true;
		else if (explain_word_is(t, "AND")) {
			if (!between) {
				if (n == EXPLAIN_MAX_CONDITIONS - 1)
					goto whole;
				out[n++] = explain_trim((struct span){
				    from, (size_t)(t.p - from) });
				from = p;
			}
			between = false;
		}
	}
	out[n++] = explain_trim(span_from(from));
	return n;
whole:
	out[0] = explain_trim(span_from(when));
	return 1;
}

/* Whether two lists of values have one in common. */
static bool
explain_values_meet(const char *a, const char *b)
{
	struct span rest = span_from(a), one, others, other;

	while (run_next_value(&rest, &one)) {
		others = span_from(b);
		while (run_next_value(&others, &other))
			if (span_equal(one, other))
				return true;
	}
	return false;
}

static bool
explain_is_about(
    const struct finding *f, const struct rule *r, const struct evidence *row)
{
	if (row->kind != r->per || row->start_us < f->from_us ||
	    row->start_us >= f->to_us ||
	    strcmp(row->t[EVT_sensor], f->sensor) != 0 ||
	    strcmp(row->t[EVT_peer], f->peer) != 0)
		return false;
	if (strcmp(r->name, f->by) != 0 || r->value != NULL)
		return true;
	if (row->kind == EVIDENCE_WORKER)
		return explain_values_meet(f->value, row->t[EVT_worker]);
	return row->kind != EVIDENCE_FACET ||
	    (strcmp(f->facet, row->t[EVT_facet]) == 0 &&
		explain_values_meet(f->value, row->t[EVT_value]));
}

/* Whether the condition holds for the one row that is loaded. */
static bool
explain_holds(struct expr *x, bool *holds, struct diag *d)
{
	struct expr_value v;
	bool ok = expr_step(x, &v, d);

	*holds = ok && v.type == EXPR_NUMBER && (v.number < 0 || v.number > 0);
	expr_rewind(x);
	return ok;
}

/* Tries all conditions on one row. */
static bool
explain_row(struct expr_engine *e, struct expr *const *x,
    struct explain_rule *out, size_t i, size_t *best, struct diag *d)
{
	bool holds[EXPLAIN_MAX_CONDITIONS];
	size_t k, count = 0;

	if (!expr_load(e, out->row[i], 1, out->rule->per, d))
		return false;
	for (k = 0; k < out->n; k++) {
		if (!explain_holds(x[k], &holds[k], d))
			return false;
		out->condition[k].held += holds[k];
		count += holds[k];
	}
	out->held += count == out->n;
	if (i > 0 && count <= *best)
		return true;
	*best = count;
	out->nearest = i;
	for (k = 0; k < out->n; k++)
		out->condition[k].held_nearest = holds[k];
	return true;
}

static bool
explain_compile(struct expr_engine *e, struct explain_rule *out,
    struct expr **x, struct diag *d)
{
	size_t k;
	int at;

	for (k = 0; k < out->n; k++) {
		struct span s = out->condition[k].text;
		char *text = strndup(s.p, s.n);

		if (text == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
		x[k] = expr_compile(e, text, out->rule->per, &at, d);
		free(text);
		if (x[k] == NULL)
			return false;
	}
	return true;
}

static bool
explain_one(struct expr_engine *e, const struct finding *f,
    const struct evidence *rows, size_t nrows, struct explain_rule *out,
    struct diag *d)
{
	struct span part[EXPLAIN_MAX_CONDITIONS];
	struct expr *x[EXPLAIN_MAX_CONDITIONS] = { NULL };
	size_t i, best = 0;
	bool ok;

	out->n = explain_split(out->rule->when, part);
	for (i = 0; i < out->n; i++)
		out->condition[i].text = part[i];
	out->row = calloc(nrows + 1, sizeof(const struct evidence *));
	if (out->row == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < nrows; i++)
		if (explain_is_about(f, out->rule, &rows[i]))
			out->row[out->nrows++] = &rows[i];
	ok = explain_compile(e, out, x, d);
	for (i = 0; ok && i < out->nrows; i++)
		ok = explain_row(e, x, out, i, &best, d);
	for (i = 0; i < out->n; i++)
		expr_free(x[i]);
	return ok;
}

bool
explain_finding(const struct rules *rs, const struct finding *f,
    const struct evidence *rows, size_t nrows, struct explain_rule *out,
    struct diag *d)
{
	struct expr_engine *e = expr_engine_new();
	size_t i;
	bool ok = e != NULL;

	if (!ok)
		diag_set(d, "out of memory");
	for (i = 0; i < rules_count(rs); i++) {
		out[i] = (struct explain_rule){ .rule = rules_get(rs, i) };
		ok = ok && explain_one(e, f, rows, nrows, &out[i], d);
	}
	expr_engine_free(e);
	return ok;
}

void
explain_clear(struct explain_rule *out, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(out[i].row);
}
