/*
 * From rows to findings: every rule is tried on the rows of its kind, then the
 * rules are gone through in order of precedence. Only a rule that becomes a
 * finding stands in the way of another, for as long as the finding lasts.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/pool.h"

struct judge_hits {
	struct hit *hit; /* owned */
	size_t n, cap;
};

/* A finding, as seen by the rules that come after it. */
struct judge_held {
	const char *sensor; /* borrowed from a row */
	int64_t first, last;
	size_t rule;
};

struct judge {
	struct rules *rs;            /* borrowed */
	const struct evidence *rows; /* borrowed */
	size_t nrows;
	int64_t base_us, width_us;
	struct judge_hits hits[RULE_MAX];
	struct judge_held *held; /* owned */
	size_t nheld, held_cap;
	struct finding *findings; /* owned until it is given away */
	size_t nfindings, findings_cap;
	struct diag *d;
};

/* Makes room for one more; the array stays as it is when memory runs out. */
static bool
judge_grow(void *array, size_t size, size_t n, size_t *cap)
{
	void **p = array, *more;
	size_t want = *cap < 16 ? 16 : *cap * 2;

	if (n < *cap)
		return true;
	if (want > SIZE_MAX / size)
		return false;
	more = realloc(*p, want * size);
	if (more == NULL)
		return false;
	*p = more;
	*cap = want;
	return true;
}

static bool
judge_fail(struct judge *j, const struct ruleset_entry *e, enum rule_key key,
    const struct diag *why)
{
	const struct rule *r = &e->rule;

	diag_at(j->d, r->file == NULL ? "rule" : r->file, r->at[key].line, 0,
	    "rule '%s': %s", r->name,
	    why->text[0] == '\0' ? "out of memory" : why->text);
	return false;
}

/* Steps an expression that may be absent: then the value is NULL. */
static bool
judge_step(struct judge *j, const struct ruleset_entry *e, enum rule_key key,
    struct expr *x, struct expr_value *out)
{
	struct diag why = DIAG_INIT;

	*out = (struct expr_value){ EXPR_NULL, NAN, NULL };
	return x == NULL || expr_step(x, out, &why) ||
	    judge_fail(j, e, key, &why);
}

static enum finding_direction
judge_direction(const struct expr_value *v)
{
	enum finding_direction d;

	for (d = DIRECTION_INBOUND; d <= DIRECTION_OUTBOUND; d++)
		if (v->type == EXPR_TEXT &&
		    strcmp(v->text, finding_direction_name(d)) == 0)
			return d;
	return DIRECTION_NONE;
}

/* The value of the finding: the rule's own, or what the row is about. */
static bool
judge_value(struct hit *h, const struct expr_value *v)
{
	char text[32];

	h->facet =
	    h->row->kind == EVIDENCE_WORKER ? "worker" : h->row->t[EVT_facet];
	h->value = h->row->kind == EVIDENCE_WORKER ? h->row->t[EVT_worker]
						   : h->row->t[EVT_value];
	if (v->type == EXPR_NULL)
		return true;
	if (v->type == EXPR_NUMBER)
		(void)snprintf(text, sizeof(text), "%.15g", v->number);
	h->own_value = strdup(v->type == EXPR_NUMBER ? text : v->text);
	h->value = h->own_value;
	return h->own_value != NULL;
}

static bool
judge_row(struct judge *j, size_t rule, const struct evidence *row)
{
	struct ruleset_entry *e = &j->rs->entry[rule];
	struct judge_hits *hits = &j->hits[rule];
	struct expr_value when, share, value, direction;
	struct hit h = { .row = row };

	if (!judge_step(j, e, RULE_WHEN, e->when, &when) ||
	    !judge_step(j, e, RULE_SHARE, e->share, &share) ||
	    !judge_step(j, e, RULE_VALUE, e->value, &value) ||
	    !judge_step(j, e, RULE_DIRECTION, e->direction, &direction))
		return false;
	if (when.type != EXPR_NUMBER || when.number == 0)
		return true;
	h.bucket = (int64_t)(((uint64_t)row->start_us - (uint64_t)j->base_us) /
	    (uint64_t)j->width_us);
	h.share = e->share == NULL ? row->n[EV_missing_share] : share.number;
	h.direction = judge_direction(&direction);
	if (!judge_value(&h, &value) ||
	    !judge_grow(&hits->hit, sizeof(h), hits->n, &hits->cap)) {
		free(h.own_value);
		return judge_fail(j, e, RULE_WHEN, &(struct diag)DIAG_INIT);
	}
	hits->hit[hits->n++] = h;
	return true;
}

static bool
judge_try(struct judge *j, size_t rule)
{
	struct ruleset_entry *e = &j->rs->entry[rule];
	struct expr *all[] = { e->when, e->share, e->value, e->direction };
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < j->nrows; i++)
		if (j->rows[i].kind == e->rule.per)
			ok = judge_row(j, rule, &j->rows[i]);
	for (i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] != NULL)
			expr_rewind(all[i]);
	return ok;
}

static bool
judge_try_all(struct judge *j)
{
	unsigned kind;
	size_t i;

	for (kind = 0; kind < EVIDENCE_NKINDS; kind++) {
		if (!expr_load(j->rs->engine, j->rows, j->nrows,
			(enum evidence_kind)kind, j->d))
			return false;
		for (i = 0; i < j->rs->n; i++)
			if (j->rs->entry[i].rule.per == kind &&
			    !judge_try(j, i))
				return false;
	}
	return true;
}

static bool
judge_is_held(const struct judge *j, size_t rule, const struct hit *h,
    enum evidence_text who, unsigned within)
{
	size_t i;

	for (i = 0; i < j->nheld; i++) {
		const struct judge_held *held = &j->held[i];

		if (held->rule == rule &&
		    h->bucket >= held->first - (int64_t)within &&
		    h->bucket <= held->last + (int64_t)within &&
		    strcmp(held->sensor, h->row->t[who]) == 0)
			return true;
	}
	return false;
}

/* Takes out the hits that rules of higher precedence explain. */
static void
judge_suppress(struct judge *j, size_t rule)
{
	const struct ruleset_entry *e = &j->rs->entry[rule];
	struct judge_hits *hits = &j->hits[rule];
	size_t i, k, kept = 0;

	for (i = 0; i < hits->n; i++) {
		for (k = 0; k < e->nunless; k++)
			if (judge_is_held(j, e->unless[k], &hits->hit[i],
				e->unless_peer[k] ? EVT_peer : EVT_sensor,
				e->rule.unless_within))
				break;
		if (k == e->nunless)
			hits->hit[kept++] = hits->hit[i];
		else
			free(hits->hit[i].own_value);
	}
	hits->n = kept;
}

static bool
judge_add(struct judge *j, size_t rule, const struct run *run)
{
	const struct ruleset_entry *e = &j->rs->entry[rule];
	const struct hit *hits = j->hits[rule].hit;
	struct finding *f;

	if (!judge_grow(&j->held, sizeof(*j->held), j->nheld, &j->held_cap) ||
	    !judge_grow(&j->findings, sizeof(*j->findings), j->nfindings,
		&j->findings_cap))
		return false;
	j->held[j->nheld++] =
	    (struct judge_held){ hits[run->hit].row->t[EVT_sensor], run->first,
		    run->last, rule };
	f = &j->findings[j->nfindings++];
	*f = (struct finding){ .severity = e->rule.severity };
	(void)snprintf(f->by, sizeof(f->by), "%s", e->rule.name);
	(void)snprintf(f->rule, sizeof(f->rule), "%s",
	    e->rule.reports == NULL ? e->rule.name : e->rule.reports);
	f->from_us = j->base_us + run->first * j->width_us;
	f->to_us = j->base_us + (run->last + 1) * j->width_us;
	return pool_finding(e, run, hits, f);
}

static bool
judge_rule(struct judge *j, size_t rule)
{
	const struct ruleset_entry *e = &j->rs->entry[rule];
	struct judge_hits *hits = &j->hits[rule];
	struct run *runs;
	size_t i, n;
	bool ok;

	judge_suppress(j, rule);
	ok = run_group(&e->rule, hits->hit, hits->n, &runs, &n);
	for (i = 0; ok && i < n; i++)
		ok = runs[i].dropped || judge_add(j, rule, &runs[i]);
	free(runs);
	return ok || judge_fail(j, e, RULE_WHEN, &(struct diag)DIAG_INIT);
}

static int
judge_compare(const void *x, const void *y)
{
	const struct finding *a = x, *b = y;
	int c = (a->severity < b->severity) - (a->severity > b->severity);

	c = c != 0 ? c : (a->from_us > b->from_us) - (a->from_us < b->from_us);
	c = c != 0 ? c : strcmp(a->sensor, b->sensor);
	c = c != 0 ? c : strcmp(a->rule, b->rule);
	c = c != 0 ? c : strcmp(a->facet, b->facet);
	return c != 0 ? c : strcmp(a->value, b->value);
}

static void
judge_clear(struct judge *j)
{
	size_t i, k;

	for (i = 0; i < RULE_MAX; i++) {
		for (k = 0; k < j->hits[i].n; k++)
			free(j->hits[i].hit[k].own_value);
		free(j->hits[i].hit);
	}
	free(j->held);
	free(j->findings);
	free(j);
}

bool
rules_judge(struct rules *rs, const struct evidence *rows, size_t nrows,
    int64_t width_us, struct finding **out, size_t *nout, struct diag *d)
{
	struct judge *j = calloc(1, sizeof(*j));
	bool ok;
	size_t i;

	INVARIANT(width_us > 0);
	*out = NULL;
	*nout = 0;
	if (j == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	j->rs = rs;
	j->rows = rows;
	j->nrows = nrows;
	j->width_us = width_us;
	j->d = d;
	j->base_us = nrows > 0 ? rows[0].start_us : 0;
	for (i = 1; i < nrows; i++)
		if (rows[i].start_us < j->base_us)
			j->base_us = rows[i].start_us;
	ok = judge_try_all(j);
	for (i = 0; ok && i < rs->n; i++)
		ok = judge_rule(j, rs->order[i]);
	if (ok && j->nfindings > 0) {
		qsort(j->findings, j->nfindings, sizeof(*j->findings),
		    judge_compare);
		*out = j->findings;
		*nout = j->nfindings;
		j->findings = NULL;
	}
	judge_clear(j);
	return ok;
}
