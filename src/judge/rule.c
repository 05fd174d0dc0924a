/*
 * Everything about a rule that can be wrong is found here, once, before any
 * evidence is judged, and is said with the place in the file. A set that
 * compiles has an order in which precedence can be settled.
 */
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "judge/ruleset.h"
#include "judge/template.h"

#define RULE_NAME_MAX (sizeof(((struct finding *)0)->rule) - 1)

void
rule_clear(struct rule *r)
{
	size_t i;

	for (i = 0; i < r->nunless; i++)
		free(r->unless[i]);
	for (i = 0; i < r->nevidence; i++)
		free(r->evidence[i]);
	free(r->unless);
	free(r->evidence);
	free(r->name);
	free(r->reports);
	free(r->when);
	free(r->summary);
	free(r->description);
	free(r->see);
	free(r->ruled_out);
	free(r->share);
	free(r->value);
	free(r->direction);
	free(r->file);
	*r = (struct rule){ 0 };
}

/* "file:line:col: what", for offset bytes into the text of a key. The lines
 * of a block all begin in the column of the first. */
static void
rule_fault_at(const struct rule *r, enum rule_key key, const char *text,
    int offset, const char *what, struct diag *d)
{
	struct rule_place at = r->at[key];
	int i, line_start = 0;

	for (i = 0; i < offset; i++) {
		if (text[i] != '\n')
			continue;
		at.line += at.line > 0;
		line_start = i + 1;
	}
	if (offset < 0)
		at.col = 0;
	else if (at.col > 0)
		at.col += (unsigned)(offset - line_start);
	diag_at(
	    d, r->file == NULL ? "rule" : r->file, at.line, at.col, "%s", what);
}

static void
rule_fault(
    const struct rule *r, enum rule_key key, const char *what, struct diag *d)
{
	rule_fault_at(r, key, "", -1, what, d);
}

static bool
rule_check_name(
    const struct rule *r, enum rule_key key, const char *name, struct diag *d)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t n = name == NULL ? 0 : strlen(name);

	if (n > 0 && n <= RULE_NAME_MAX && strspn(name, chars) == n)
		return true;
	rule_fault(r, key,
	    "bad rule name; wanted 1 to 31 lower case "
	    "letters, digits and '-'",
	    d);
	return false;
}

static bool
rule_check_summary(const struct rule *r, struct diag *d)
{
	struct diag why = DIAG_INIT;
	size_t at = 0;

	if (r->summary == NULL || r->summary[0] == '\0') {
		rule_fault(
		    r, RULE_NAME, "no summary; wanted one line of text", d);
		return false;
	}
	if (!template_check(r->summary, r->per, &at, &why)) {
		rule_fault_at(
		    r, RULE_SUMMARY, r->summary, (int)at, why.text, d);
		return false;
	}
	if (r->ruled_out == NULL ||
	    template_check(r->ruled_out, r->per, &at, &why))
		return true;
	rule_fault_at(r, RULE_RULED_OUT, r->ruled_out, (int)at, why.text, d);
	return false;
}

static bool
rule_compile_text(struct expr_engine *engine, const struct rule *r,
    enum rule_key key, const char *text, struct expr **out, struct diag *d)
{
	struct diag why = DIAG_INIT;
	int at;

	if (text == NULL)
		return true;
	*out = expr_compile(engine, text, r->per, &at, &why);
	if (*out != NULL)
		return true;
	rule_fault_at(r, key, text, at, why.text, d);
	return false;
}

static bool
rule_check_evidence(struct ruleset_entry *e, struct diag *d)
{
	const struct rule *r = &e->rule;
	struct diag why = DIAG_INIT;
	size_t i, j;

	if (r->nevidence > FINDING_MAX_EVIDENCE)
		diag_set(&why, "%zu columns of evidence; wanted at most %d",
		    r->nevidence, FINDING_MAX_EVIDENCE);
	for (i = 0; i < r->nevidence && why.text[0] == '\0'; i++) {
		struct span name = span_from(r->evidence[i]);

		if (!evidence_find(name, &e->columns[i]))
			diag_set(&why,
			    "no evidence column '%.60s'; 'crosstap "
			    "rules columns' lists them",
			    r->evidence[i]);
		else if (!evidence_has(r->per, e->columns[i]))
			diag_set(&why, "rows per %s have no column '%s'",
			    evidence_kind_name(r->per), r->evidence[i]);
		for (j = 0; j < i; j++)
			if (span_is(name, r->evidence[j]))
				diag_set(&why, "'%s' is listed twice",
				    r->evidence[j]);
	}
	if (why.text[0] == '\0')
		return true;
	rule_fault(r, RULE_EVIDENCE, why.text, d);
	return false;
}

static bool
rule_compile(
    struct expr_engine *engine, struct ruleset_entry *e, struct diag *d)
{
	const struct rule *r = &e->rule;

	if (!rule_check_name(r, RULE_NAME, r->name, d) ||
	    (r->reports != NULL &&
		!rule_check_name(r, RULE_REPORTS, r->reports, d)))
		return false;
	INVARIANT(r->severity <= SEVERITY_CRITICAL);
	INVARIANT(r->per < EVIDENCE_NKINDS);
	if (r->when == NULL || r->when[strspn(r->when, " \t\n")] == '\0') {
		rule_fault(r, r->when == NULL ? RULE_NAME : RULE_WHEN,
		    "no condition; wanted 'when: EXPRESSION'", d);
		return false;
	}
	e->share_weight = EV_peer_flows;
	if (r->share != NULL && expr_is_column(r->share, &e->share_weight))
		e->share_weight = evidence_weight(e->share_weight);
	return rule_compile_text(engine, r, RULE_WHEN, r->when, &e->when, d) &&
	    rule_compile_text(engine, r, RULE_SHARE, r->share, &e->share, d) &&
	    rule_compile_text(engine, r, RULE_VALUE, r->value, &e->value, d) &&
	    rule_compile_text(
		engine, r, RULE_DIRECTION, r->direction, &e->direction, d) &&
	    rule_check_evidence(e, d) && rule_check_summary(r, d);
}

/* The index of a name; rs->n if there is none. */
static size_t
rule_index(const struct rules *rs, const char *name)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (strcmp(rs->entry[i].rule.name, name) == 0)
			break;
	return i;
}

static bool
rule_link(struct rules *rs, struct ruleset_entry *e, struct diag *d)
{
	const struct rule *r = &e->rule;
	struct diag why = DIAG_INIT;
	size_t i, found = rule_index(rs, r->name);

	if (&rs->entry[found] != e) {
		const struct rule *first = &rs->entry[found].rule;

		diag_set(&why,
		    "rule '%s' is given twice; the first is in "
		    "%s:%u",
		    r->name, first->file == NULL ? "" : first->file,
		    first->at[RULE_NAME].line);
		rule_fault(r, RULE_NAME, why.text, d);
		return false;
	}
	if (r->nunless > RULE_MAX)
		diag_set(&why, "%zu names in unless; wanted at most %d",
		    r->nunless, RULE_MAX);
	for (i = 0; i < r->nunless && why.text[0] == '\0'; i++) {
		bool peer = strncmp(r->unless[i], "peer:", 5) == 0;

		found = rule_index(rs, r->unless[i] + (peer ? 5 : 0));
		if (found == rs->n)
			diag_set(&why,
			    "no rule '%.60s' for unless; wanted the "
			    "name of a rule in the set",
			    r->unless[i]);
		e->unless_peer[e->nunless] = peer;
		e->unless[e->nunless++] = (uint8_t)found;
	}
	if (why.text[0] == '\0')
		return true;
	rule_fault(r, RULE_UNLESS, why.text, d);
	return false;
}

static bool
rule_is_ready(const struct ruleset_entry *e, const bool *done)
{
	size_t i;

	for (i = 0; i < e->nunless; i++)
		if (!done[e->unless[i]])
			return false;
	return true;
}

/* Names one circle: from a rule that is left over, every step to a rule that
 * is left over too comes back to where it was in at most n steps. */
static void
rule_name_circle(const struct rules *rs, const bool *done, struct diag *d)
{
	const struct ruleset_entry *e;
	struct buf names = BUF_INIT;
	size_t at = 0, start = 0, i, steps;

	while (done[at])
		at++;
	for (steps = 0; steps < 2 * rs->n; steps++) {
		if (steps == rs->n) {
			start = at;
			buf_add_str(&names, rs->entry[at].rule.name);
		}
		e = &rs->entry[at];
		for (i = 0; done[e->unless[i]]; i++)
			;
		at = e->unless[i];
		if (steps < rs->n)
			continue;
		buf_printf(&names, " -> %s", rs->entry[at].rule.name);
		if (at == start)
			break;
	}
	e = &rs->entry[at];
	diag_at(d, e->rule.file == NULL ? "rule" : e->rule.file,
	    e->rule.at[RULE_UNLESS].line, 0,
	    "unless goes in a circle: %s; wanted an order of precedence",
	    buf_ok(&names) ? names.p : "");
	buf_clear(&names);
}

static bool
rule_sort(struct rules *rs, struct diag *d)
{
	bool done[RULE_MAX] = { false };
	size_t i, n = 0, before;

	do {
		before = n;
		for (i = 0; i < rs->n; i++) {
			if (done[i] || !rule_is_ready(&rs->entry[i], done))
				continue;
			done[i] = true;
			rs->order[n++] = (uint8_t)i;
		}
	} while (n > before);
	if (n == rs->n)
		return true;
	rule_name_circle(rs, done, d);
	return false;
}

struct rules *
rules_new(struct rule *rules, size_t n, struct diag *d)
{
	struct rules *rs = calloc(1, sizeof(*rs));
	size_t i;

	if (rs != NULL)
		rs->engine = expr_engine_new();
	if (rs == NULL || rs->engine == NULL)
		diag_set(d, "out of memory for %zu rules", n);
	else if (n > RULE_MAX)
		diag_set(d, "%zu rules; wanted at most %d", n, RULE_MAX);
	else
		rs->n = n;
	for (i = 0; i < n; i++) {
		if (rs != NULL && i < rs->n)
			rs->entry[i].rule = rules[i];
		else
			rule_clear(&rules[i]);
		rules[i] = (struct rule){ 0 };
	}
	if (rs == NULL || rs->engine == NULL || rs->n != n)
		goto fail;
	for (i = 0; i < n; i++)
		if (!rule_compile(rs->engine, &rs->entry[i], d))
			goto fail;
	for (i = 0; i < n; i++)
		if (!rule_link(rs, &rs->entry[i], d))
			goto fail;
	if (rule_sort(rs, d))
		return rs;
fail:
	rules_free(rs);
	return NULL;
}

void
rules_free(struct rules *rs)
{
	size_t i;

	if (rs == NULL)
		return;
	for (i = 0; i < rs->n; i++) {
		expr_free(rs->entry[i].when);
		expr_free(rs->entry[i].share);
		expr_free(rs->entry[i].value);
		expr_free(rs->entry[i].direction);
		rule_clear(&rs->entry[i].rule);
	}
	expr_engine_free(rs->engine);
	free(rs);
}

size_t
rules_count(const struct rules *rs)
{
	return rs->n;
}

const struct rule *
rules_get(const struct rules *rs, size_t i)
{
	INVARIANT(i < rs->n);
	return &rs->entry[i].rule;
}

const struct rule *
rules_find(const struct rules *rs, const char *name)
{
	size_t i = rule_index(rs, name);

	return i == rs->n ? NULL : &rs->entry[i].rule;
}

bool
rules_yields(
    const struct rules *rs, const char *name, const char *to, unsigned *within)
{
	size_t i = rule_index(rs, name), before = rule_index(rs, to), k;
	const struct ruleset_entry *e = &rs->entry[i];

	for (k = 0; i < rs->n && k < e->nunless; k++)
		if (e->unless[k] == before && !e->unless_peer[k]) {
			*within = e->rule.unless_within;
			return true;
		}
	return false;
}
