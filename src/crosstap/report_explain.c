/*
 * First what was found and how sure it is, then each condition with the
 * numbers that met it, then every other rule with the number that kept it out.
 */
#include <ctype.h>
#include <math.h>
#include "crosstap/report_explain.h"
#include "crosstap/report_put.h"
#include "sys/when.h"

/* Bytes of a condition that are shown, and conditions of a rule that fail. */
#define REPORT_EXPLAIN_CONDITION 96
#define REPORT_EXPLAIN_REASONS 3

static bool
report_explain_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next column of the evidence that the condition names. */
static bool
report_explain_column(struct span *rest, struct span *name)
{
	enum evidence_number number;
	enum evidence_text text;

	while (rest->n > 0) {
		size_t n = 0;

		while (n < rest->n && report_explain_is_word(rest->p[n]))
			n++;
		*name = (struct span){ rest->p, n };
		n += n == 0;
		rest->p += n;
		rest->n -= n;
		if (evidence_find(*name, &number) ||
		    evidence_find_text(*name, &text))
			return true;
	}
	return false;
}

/* Whether the column stands in the condition before this place, too. */
static bool
report_explain_again(struct span condition, struct span name)
{
	struct span rest = condition, one;

	while (report_explain_column(&rest, &one) && one.p < name.p)
		if (span_equal(one, name))
			return true;
	return false;
}

/* "damaged 0 flows to 31 flows" over the rows from..to-1. */
static void
report_explain_values(struct report *p, const struct explain_rule *x,
    struct span name, size_t from, size_t to)
{
	double least = NAN, most = NAN;
	enum evidence_number number;
	enum evidence_text text;
	const char *word;
	size_t i;

	if (!evidence_find(name, &number)) {
		if (evidence_find_text(name, &text) && from < to) {
			buf_printf(p->out, "%s ", evidence_text_name(text));
			report_put_text(p, x->row[from]->t[text], p->out);
		}
		return;
	}
	for (i = from; i < to; i++) {
		least = fmin(least, x->row[i]->n[number]);
		most = fmax(most, x->row[i]->n[number]);
	}
	word = evidence_name(number);
	buf_printf(p->out, "%s ", word);
	report_put_value(word, least, p->out);
	if (most > least) {
		buf_add_str(p->out, " to ");
		report_put_value(word, most, p->out);
	}
}

void
report_explain_numbers(struct report *p, const struct explain_rule *x,
    struct span condition, size_t from, size_t to)
{
	struct span rest = condition, name;
	bool first = true;

	while (report_explain_column(&rest, &name)) {
		if (report_explain_again(condition, name))
			continue;
		buf_add_str(p->out, first ? "" : ", ");
		report_explain_values(p, x, name, from, to);
		first = false;
	}
}

void
report_explain_text(struct span s, struct buf *out)
{
	size_t i, n = 0;
	bool blank = false;

	for (i = 0; i < s.n && n < REPORT_EXPLAIN_CONDITION; i++) {
		if (isspace((unsigned char)s.p[i])) {
			blank = true;
			continue;
		}
		if (blank)
			buf_add_char(out, ' ');
		blank = false;
		buf_add_char(out, s.p[i]);
		n++;
	}
	if (i < s.n)
		buf_add_str(out, " ...");
}

const struct explain_rule *
report_explain_own(const struct report_explain *e, const struct finding *f)
{
	size_t i;

	for (i = 0; i < e->nrules; i++)
		if (strcmp(e->rules[i].rule->name, f->by) == 0)
			return &e->rules[i];
	return NULL;
}

/* Of all columns that measure a distance from the usual, the least. */
static void
report_explain_sigma(struct report *p, const struct explain_rule *x)
{
	struct span rest = span_from(x->rule->when), name, best = { "", 0 };
	enum evidence_number c;
	double least = INFINITY;
	size_t i;

	while (report_explain_column(&rest, &name)) {
		if (!evidence_find(name, &c) ||
		    strcmp(evidence_unit(c), "sigma") != 0)
			continue;
		for (i = 0; i < x->nrows; i++)
			if (x->row[i]->n[c] < least) {
				least = x->row[i]->n[c];
				best = name;
			}
	}
	if (best.n > 0)
		buf_printf(p->out, "; %.*s is never less than %.1f",
		    (int)best.n, best.p, least);
}

void
report_explain_confidence(struct report *p, const struct explain_rule *own)
{
	buf_printf(p->out, "held in %zu of %zu buckets", own->held, own->nrows);
	report_explain_sigma(p, own);
}

static void
report_explain_head(
    struct report *p, const struct finding *f, const struct explain_rule *own)
{
	struct buf *out = p->out;

	buf_printf(out, "%s (%s) on ", f->rule, severity_name(f->severity));
	report_put_text(p, f->sensor, out);
	buf_add_str(out, ", judged against ");
	report_put_text(p, f->peer, out);
	buf_add_str(out, "\n  ");
	report_put_text(p, f->summary, out);
	buf_add_str(out, "\n\n  when        ");
	report_put_time(p, f->from_us, true, out);
	buf_add_str(out, " to ");
	report_put_time(p, f->to_us, true, out);
	buf_printf(out, ", %lld buckets",
	    (long long)((f->to_us - f->from_us) / p->r->width_us));
	if (f->facet[0] != '\0') {
		buf_printf(out, "\n  where       %s ", f->facet);
		report_put_text(p, f->value, out);
	}
	if (f->direction != DIRECTION_NONE)
		buf_printf(out, "\n  direction   %s",
		    finding_direction_name(f->direction));
	buf_add_str(out, "\n  share       ");
	report_put_value("missing_share", f->share, out);
	if (own != NULL && own->nrows > 0) {
		buf_add_str(out, "\n  confidence  ");
		report_explain_confidence(p, own);
	}
	buf_add_char(out, '\n');
}

static void
report_explain_why(
    struct report *p, const struct finding *f, const struct explain_rule *own)
{
	size_t i;

	if (own->nrows == 0) {
		buf_add_str(p->out, "\nWhy: of several findings, this:\n");
		for (i = 0; i < f->nevidence; i++) {
			buf_add_str(p->out, "  ");
			if (report_put_evidence(f->evidence[i].name,
				f->evidence[i].value, p->out))
				buf_add_char(p->out, '\n');
		}
		return;
	}
	buf_printf(p->out,
	    "\nWhy: the conditions of %s, and the numbers of its buckets\n",
	    own->rule->name);
	for (i = 0; i < own->n; i++) {
		const struct explain_condition *c = &own->condition[i];

		buf_add_str(p->out, "  ");
		report_explain_text(c->text, p->out);
		buf_add_str(p->out, "\n      ");
		report_explain_numbers(p, own, c->text, 0, own->nrows);
		if (c->held < own->nrows)
			buf_printf(p->out, " (held in %zu of %zu)", c->held,
			    own->nrows);
		buf_add_char(p->out, '\n');
	}
	if (own->rule->for_buckets > 1)
		buf_printf(p->out, "  for %u buckets in a row\n",
		    own->rule->for_buckets);
}

/* A finding of this rule for the same sensor and time, which is its own. */
static bool
report_explain_is_found(
    const struct result *r, const struct finding *f, const char *rule)
{
	size_t i;

	for (i = 0; i < r->nfindings; i++) {
		const struct finding *g = &r->findings[i];

		if (strcmp(g->by, rule) == 0 &&
		    strcmp(g->sensor, f->sensor) == 0 &&
		    g->from_us < f->to_us && g->to_us > f->from_us)
			return true;
	}
	return false;
}

/* Why a rule that holds is no finding. */
static void
report_explain_holds(
    struct report *p, const struct finding *f, const struct explain_rule *x)
{
	size_t i;

	if (report_explain_is_found(p->r, f, x->rule->name)) {
		buf_add_str(p->out, "holds too, and is a finding of its own");
		return;
	}
	for (i = 0; i < x->rule->nunless; i++)
		if (report_explain_is_found(p->r, f, x->rule->unless[i])) {
			buf_printf(p->out, "holds too, and gives way to %s",
			    x->rule->unless[i]);
			return;
		}
	buf_printf(p->out, "holds in %zu of %zu, and needs %u in a row",
	    x->held, x->nrows, x->rule->for_buckets);
}

/* What a row is about, if not the whole sensor. */
static void
report_explain_nearest(struct report *p, const struct explain_rule *x)
{
	const struct evidence *row = x->row[x->nearest];

	if (x->rule->per == EVIDENCE_SENSOR)
		return;
	buf_add_str(p->out, " (nearest: ");
	if (x->rule->per == EVIDENCE_WORKER)
		report_put_text(p, row->t[EVT_worker], p->out);
	else {
		buf_printf(p->out, "%s ", row->t[EVT_facet]);
		report_put_text(p, row->t[EVT_value], p->out);
	}
	buf_add_char(p->out, ')');
}

void
report_explain_reason(struct report *p, const struct finding *f,
    const struct explain_rule *x, const char *between)
{
	size_t i, shown = 0;

	if (x->nrows == 0)
		buf_add_str(p->out, "nothing for it to read");
	else if (x->held > 0)
		report_explain_holds(p, f, x);
	if (x->nrows == 0 || x->held > 0)
		return;
	for (i = 0; i < x->n && shown < REPORT_EXPLAIN_REASONS; i++) {
		const struct explain_condition *c = &x->condition[i];

		if (c->held_nearest)
			continue;
		buf_printf(p->out, "%snot ", shown == 0 ? "" : between);
		report_explain_text(c->text, p->out);
		buf_add_str(p->out, ": ");
		report_explain_numbers(
		    p, x, c->text, x->nearest, x->nearest + 1);
		shown++;
	}
	report_explain_nearest(p, x);
}

static void
report_explain_not(
    struct report *p, const struct finding *f, const struct explain_rule *x)
{
	buf_printf(p->out, "  %-18s ", x->rule->name);
	report_explain_reason(p, f, x, "\n                     ");
	buf_add_char(p->out, '\n');
}

bool
report_explain(const struct report_explain *e, const struct report_style *style,
    struct buf *out)
{
	const struct finding *f = &e->r->findings[e->finding];
	const struct explain_rule *own = report_explain_own(e, f);
	struct report p = { .r = e->r, .style = style, .out = out };
	size_t i;

	p.dates = true;
	report_explain_head(&p, f, own);
	if (own != NULL)
		report_explain_why(&p, f, own);
	buf_add_str(out,
	    "\nRuled out: what the other rules lack, in the bucket where they"
	    " come nearest\n");
	for (i = 0; i < e->nrules; i++)
		if (&e->rules[i] != own)
			report_explain_not(&p, f, &e->rules[i]);
	if (e->r->nfindings > 1)
		buf_printf(out,
		    "\nFinding %zu of %zu; --finding N explains another.\n",
		    e->finding + 1, e->r->nfindings);
	return !p.failed && buf_ok(out);
}
