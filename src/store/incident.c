/*
 * Incidents and findings of a reading. What people said of an incident is in
 * columns that a reading never writes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "store/cycle.h"
#include "store/change.h"
#include "store/incidents.h"
#include "store/journal_mark.h"

static void
incident_put(struct store *st, const struct cycle *k, int64_t *id,
    const struct incident *i, int64_t merged_into)
{
	(void)state_run(st,
	    "INSERT INTO incident (id, group_id, rule, sensor, peer, facet,"
	    " value, attribute, summary, severity, state, from_us, to_us,"
	    " opened_us, updated_us, cleared_us, share, worst, quiet, flaps,"
	    " early, early_rule, merged_into) VALUES (nullif(?1, 0), ?2, ?3,"
	    " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
	    " nullif(?16, 0), ?17, ?18, ?19, ?20, ?21, ?22, nullif(?23, 0))"
	    " ON CONFLICT (id) DO UPDATE SET rule = ?3, sensor = ?4,"
	    " peer = ?5, facet = ?6, value = ?7, attribute = ?8,"
	    " summary = ?9, severity = ?10, state = ?11, from_us = ?12,"
	    " to_us = ?13, updated_us = ?15, cleared_us = nullif(?16, 0),"
	    " share = ?17, worst = ?18, quiet = ?19, flaps = ?20,"
	    " early = ?21, early_rule = ?22, merged_into = nullif(?23, 0)",
	    "iisssssssiiiiiiiddiiisi", *id, k->group, i->rule, i->sensor,
	    i->peer, i->facet, i->value, i->attribute, i->summary,
	    (int64_t)i->severity, (int64_t)i->state, i->from_us, i->to_us,
	    i->opened_us, i->updated_us, i->cleared_us, i->share, i->worst,
	    (int64_t)i->quiet, (int64_t)i->flaps, (int64_t)i->early,
	    i->early_rule, merged_into);
	if (*id == 0 && state_ok(st))
		*id = sqlite3_last_insert_rowid(st->db);
	journal_mark(
	    st, JOURNAL_INCIDENTS, k->group, *id, *id + 1, k->c->now_us);
}

static void
incident_numbers(const struct finding *f, struct buf *b)
{
	size_t i;

	buf_add_char(b, '{');
	for (i = 0; i < f->nevidence; i++) {
		buf_printf(
		    b, "%s\"%s\":", i == 0 ? "" : ",", f->evidence[i].name);
		if (isfinite(f->evidence[i].value))
			buf_printf(b, "%.17g", f->evidence[i].value);
		else
			buf_add_str(b, "null");
	}
	buf_add_char(b, '}');
}

#define INCIDENT_FINDING_SET                                                 \
	"reading = ?3, peer = ?7, severity = ?11,"                           \
	" from_us = min(from_us, ?12), to_us = max(to_us, ?13), share = ?14" \
	", value = ?16, direction = ?17, summary = ?18, evidence = ?19"

/* A finding that goes on is one row. incident 0: of none. */
static void
incident_finding(struct store *st, const struct cycle *k, int64_t incident,
    const struct finding *f)
{
	struct buf numbers = BUF_INIT;
	int64_t id;

	id = state_int(st, 0,
	    "SELECT id FROM finding WHERE incident_id IS nullif(?, 0)"
	    " AND group_id = ? AND rule = ? AND sensor = ? AND facet = ?"
	    " AND attribute = ? AND from_us <= ? AND to_us >= ?"
	    " ORDER BY id DESC LIMIT 1",
	    "iissssii", incident, k->group, f->rule, f->sensor, f->facet,
	    f->attribute, f->to_us, f->from_us);
	incident_numbers(f, &numbers);
	if (!buf_ok(&numbers))
		state_fail(st, STORE_MEMORY, "out of memory");
	else
		(void)state_run(st,
		    "INSERT INTO finding (id, incident_id, reading, rule, by,"
		    " sensor, peer, several, attribute, cause, severity,"
		    " from_us, to_us, share, facet, value, direction, summary,"
		    " evidence, group_id) VALUES (nullif(?1, 0),"
		    " nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
		    " ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
		    " ON CONFLICT (id) DO UPDATE SET " INCIDENT_FINDING_SET,
		    "iiissssissiiidssissi", id, incident,
		    (int64_t)k->c->reading, f->rule, f->by, f->sensor, f->peer,
		    (int64_t)f->several, f->attribute, f->cause,
		    (int64_t)f->severity, f->from_us, f->to_us, f->share,
		    f->facet, f->value, (int64_t)f->direction, f->summary,
		    numbers.p, k->group);
	buf_clear(&numbers);
	if (id == 0 && state_ok(st))
		id = sqlite3_last_insert_rowid(st->db);
	journal_mark(st, JOURNAL_FINDINGS, k->group, id, id + 1, k->c->now_us);
}

/* An update is history only where it made matters worse. */
static void
incident_event(struct store *st, const struct cycle *k,
    const struct incident_change *e, const int64_t *ids, bool worse)
{
	const struct incident *i = &k->c->incidents->v[e->incident];
	char text[320];

	switch (e->event) {
	case INCIDENT_UPDATED:
		if (worse)
			change_add(st, ids[e->incident], k->c->now_us, e->event,
			    NULL, i->summary);
		return;
	case INCIDENT_MERGED:
		(void)snprintf(text, sizeof(text), "into incident %lld",
		    (long long)ids[e->into]);
		break;
	case INCIDENT_CORRECTED:
		if (e->finding == INCIDENT_NONE)
			(void)snprintf(text, sizeof(text),
			    "the full reading does not bear out %s", i->rule);
		else
			(void)snprintf(text, sizeof(text),
			    "the early reading took it for %s", i->early_rule);
		break;
	case INCIDENT_CLEARS:
		if (i->quiet == 0)
			(void)snprintf(
			    text, sizeof(text), "over before it was found");
		else
			(void)snprintf(text, sizeof(text),
			    "quiet for %u buckets", i->quiet);
		break;
	default:
		(void)snprintf(text, sizeof(text), "%s", i->summary);
		break;
	}
	change_add(st, ids[e->incident], k->c->now_us, e->event, NULL, text);
}

static int64_t
incident_severity(struct store *st, int64_t id)
{
	return id == 0
	    ? INT64_MAX
	    : state_int(st, INT64_MAX,
		  "SELECT severity FROM incident WHERE id = ?", "i", id);
}

/* A list with ids: those that merge into a new one are written after it. */
static void
incident_rows(struct store *st, const struct cycle *k, int64_t *ids)
{
	const struct incident_list *l = k->c->incidents;
	size_t n, e;

	for (n = 0; n < l->n; n++) {
		ids[n] = l->v[n].id;
		if (ids[n] == 0)
			incident_put(st, k, &ids[n], &l->v[n], 0);
	}
	for (n = 0; n < l->n; n++) {
		int64_t into = l->v[n].merged_into;

		for (e = 0; e < l->nchanges && into < 0; e++)
			if (l->change[e].incident == n &&
			    l->change[e].event == INCIDENT_MERGED)
				into = ids[l->change[e].into];
		if (l->v[n].id == 0 ? into != 0
				    : l->v[n].state == INCIDENT_OPEN ||
			    l->v[n].updated_us == k->c->now_us)
			incident_put(st, k, &ids[n], &l->v[n], into);
	}
}

static void
incident_changes(struct store *st, const struct cycle *k, const int64_t *ids,
    const bool *worse)
{
	const struct incident_list *l = k->c->incidents;
	const struct result *r = k->c->result;
	size_t e;

	for (e = 0; e < l->nchanges; e++) {
		const struct incident_change *c = &l->change[e];

		incident_event(st, k, c, ids, worse[c->incident]);
		if (c->finding < r->nfindings && c->event != INCIDENT_CLEARS &&
		    c->event != INCIDENT_MERGED)
			incident_finding(
			    st, k, ids[c->incident], &r->findings[c->finding]);
	}
}

void
incident_write(struct store *st, const struct cycle *k, int64_t **ids)
{
	const struct incident_list *l = k->c->incidents;
	const struct result *r = k->c->result;
	bool *worse;
	size_t n;

	*ids = NULL;
	for (n = 0; l == NULL && n < r->nfindings; n++)
		if (r->findings[n].to_us > k->from_us &&
		    r->findings[n].from_us < k->to_us)
			incident_finding(st, k, 0, &r->findings[n]);
	if (l == NULL || l->n == 0)
		return;
	*ids = calloc(l->n, sizeof(**ids));
	worse = calloc(l->n, sizeof(*worse));
	if (*ids == NULL || worse == NULL) {
		state_fail(st, STORE_MEMORY, "out of memory");
		free(worse);
		return;
	}
	for (n = 0; n < l->n; n++)
		worse[n] = (int64_t)l->v[n].severity >
		    incident_severity(st, l->v[n].id);
	incident_rows(st, k, *ids);
	incident_changes(st, k, *ids, worse);
	free(worse);
}

void
incident_written(struct incident_list *l, const int64_t *ids)
{
	size_t n, e;

	for (n = 0; n < l->n; n++)
		l->v[n].id = ids[n];
	for (e = 0; e < l->nchanges; e++)
		if (l->change[e].event == INCIDENT_MERGED)
			l->v[l->change[e].incident].merged_into =
			    ids[l->change[e].into];
}
