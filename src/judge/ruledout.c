#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/explain.h"
#include "judge/pool.h"
#include "judge/ruledout.h"
#include "judge/template.h"

#define RULEDOUT_FINDINGS 4 /* a person reads no more */

struct ruledout {
	const struct finding *f; /* all, borrowed */
	size_t nf;
	ruledout_note *notes; /* owned */
	size_t n;
};

static bool
ruledout_is_said(const struct ruledout *r, const char *rule, const char *sensor)
{
	size_t i;

	for (i = 0; i < r->nf; i++)
		if ((strcmp(r->f[i].rule, rule) == 0 ||
			strcmp(r->f[i].by, rule) == 0) &&
		    strcmp(r->f[i].sensor, sensor) == 0)
			return true;
	return false;
}

/* A rule that cannot be told from the finding's own rows is not mentioned. */
static bool
ruledout_add(
    struct ruledout *r, const struct finding *f, const struct explain_rule *x)
{
	struct hit *hits = calloc(x->nrows + 1, sizeof(*hits));
	struct pool p = { hits, 0 };
	struct finding text = *f;
	bool ok = true;
	size_t i;

	if (hits == NULL)
		return false;
	for (i = 0; i < x->nrows; i++)
		if (strcmp(x->row[i]->t[EVT_peer], f->peer) == 0)
			hits[p.n++] = (struct hit){ .row = x->row[i],
				.bucket = (int64_t)i };
	if (p.n > 0) {
		ok =
		    template_format(x->rule->ruled_out, &text, pool_number, &p);
		if (ok && strstr(text.summary, "unknown") == NULL)
			(void)snprintf(r->notes[r->n++], sizeof(r->notes[0]),
			    "%s: not %s: %.150s", f->sensor, x->rule->name,
			    text.summary);
	}
	free(hits);
	return ok;
}

bool
ruledout_notes(const struct rules *rs, const struct finding *f, size_t nf,
    const struct evidence *rows, size_t nrows, ruledout_note **notes,
    size_t *nnotes, struct diag *d)
{
	size_t nrules = rules_count(rs), i, k;
	struct explain_rule *x = calloc(nrules + 1, sizeof(*x));
	struct ruledout r = { .f = f, .nf = nf };
	bool ok;

	r.notes = calloc(RULEDOUT_FINDINGS * nrules + 1, sizeof(*r.notes));
	ok = x != NULL && r.notes != NULL;
	for (i = 0; ok && i < nf && i < RULEDOUT_FINDINGS; i++) {
		if (f[i].several)
			continue;
		ok = explain_finding(rs, &f[i], rows, nrows, x, d);
		for (k = 0; ok && k < nrules; k++)
			if (x[k].rule->ruled_out != NULL && x[k].held == 0 &&
			    !ruledout_is_said(&r, x[k].rule->name, f[i].sensor))
				ok = ruledout_add(&r, &f[i], &x[k]);
		explain_clear(x, nrules);
	}
	free(x);
	if (!ok) {
		diag_set(d, "out of memory");
		free(r.notes);
		return false;
	}
	*notes = r.notes;
	*nnotes = r.n;
	return true;
}
