/*
 * Reading incidents, and what people do about them.
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/span.h"
#include "judge/evidence.h"
#include "store/change.h"
#include "store/incidents.h"
#include "store/state.h"

#define INCIDENTS_COLUMNS                                             \
	"i.id, rule, sensor, peer, facet, value, attribute, summary," \
	" severity, state, from_us, to_us, opened_us, updated_us,"    \
	" ifnull(cleared_us, 0), share, worst, quiet, flaps, early,"  \
	" early_rule, ifnull(merged_into, 0)"
#define INCIDENTS_NCOLUMNS 22
#define INCIDENTS_FOR_PEOPLE                               \
	", g.name, ifnull(ack_by, ''), ifnull(ack_us, 0)," \
	" ifnull(comment, ''), ifnull(muted_until_us, 0)"  \
	" FROM incident i JOIN sensor_group g ON g.id = i.group_id "

static void
incidents_take(sqlite3_stmt *s, struct incident *i)
{
	i->id = sqlite3_column_int64(s, 0);
	STATE_TEXT(s, 1, i->rule);
	STATE_TEXT(s, 2, i->sensor);
	STATE_TEXT(s, 3, i->peer);
	STATE_TEXT(s, 4, i->facet);
	STATE_TEXT(s, 5, i->value);
	STATE_TEXT(s, 6, i->attribute);
	STATE_TEXT(s, 7, i->summary);
	i->severity = (enum severity)sqlite3_column_int(s, 8);
	i->state = (enum incident_state)sqlite3_column_int(s, 9);
	i->from_us = sqlite3_column_int64(s, 10);
	i->to_us = sqlite3_column_int64(s, 11);
	i->opened_us = sqlite3_column_int64(s, 12);
	i->updated_us = sqlite3_column_int64(s, 13);
	i->cleared_us = sqlite3_column_int64(s, 14);
	i->share = state_double(s, 15);
	i->worst = state_double(s, 16);
	i->quiet = (unsigned)sqlite3_column_int64(s, 17);
	i->flaps = (unsigned)sqlite3_column_int64(s, 18);
	i->early = sqlite3_column_int(s, 19) != 0;
	STATE_TEXT(s, 20, i->early_rule);
	i->merged_into = sqlite3_column_int64(s, 21);
}

static void
incidents_take_all(sqlite3_stmt *s, struct store_incident *o)
{
	*o = (struct store_incident){ 0 };
	incidents_take(s, &o->i);
	STATE_TEXT(s, INCIDENTS_NCOLUMNS, o->group);
	STATE_TEXT(s, INCIDENTS_NCOLUMNS + 1, o->ack_by);
	o->ack_us = sqlite3_column_int64(s, INCIDENTS_NCOLUMNS + 2);
	STATE_TEXT(s, INCIDENTS_NCOLUMNS + 3, o->comment);
	o->muted_until_us = sqlite3_column_int64(s, INCIDENTS_NCOLUMNS + 4);
}

enum store_error
store_incidents_load(struct store *st, const char *group, int64_t since_us,
    struct incident_list *out, struct diag *d)
{
	enum store_error error;
	sqlite3_stmt *s;

	state_begin_read(st);
	s = state_bind(st,
	    "SELECT " INCIDENTS_COLUMNS " FROM incident i WHERE group_id = ?1"
	    " AND state = 0 UNION ALL SELECT " INCIDENTS_COLUMNS
	    " FROM incident i WHERE group_id = ?1 AND state = 1"
	    " AND to_us >= ?2 AND merged_into IS NULL ORDER BY 1",
	    "ii", state_group(st, group), since_us);
	while (state_step(st, s))
		if (state_grow(
			st, &out->v, out->n, &out->cap, sizeof(*out->v))) {
			out->v[out->n] = (struct incident){ 0 };
			incidents_take(s, &out->v[out->n++]);
		}
	error = state_end(st, d);
	if (error != STORE_OK)
		incident_clear(out);
	return error;
}

enum store_error
store_incidents(struct store *st, const struct store_incident_filter *f,
    struct store_incident **v, size_t *n, struct diag *d)
{
	bool any = f->from_us == 0 && f->to_us == 0;
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	if (f->group != NULL)
		(void)state_group(st, f->group);
	s = state_bind(st,
	    "SELECT " INCIDENTS_COLUMNS INCIDENTS_FOR_PEOPLE
	    "WHERE (?1 IS NULL OR g.name = ?1) AND (?2 IS NULL"
	    " OR instr(', ' || sensor || ',', ', ' || ?2 || ',') > 0)"
	    " AND (NOT ?3 OR state = 0)"
	    " AND (?4 OR (from_us < ?6 AND to_us > ?5))"
	    " AND (?7 = 0 OR i.id < ?7) ORDER BY i.id DESC LIMIT ?8",
	    "ssiiiiii", f->group, f->sensor, (int64_t)f->open_only,
	    (int64_t)any, f->from_us, f->to_us, f->before_id,
	    f->max == 0 ? INT64_C(1000) : (int64_t)f->max);
	while (state_step(st, s))
		if (state_grow(st, v, *n, &cap, sizeof(**v)))
			incidents_take_all(s, &(*v)[(*n)++]);
	return state_end_list(st, v, n, d);
}

bool
incidents_get(struct store *st, int64_t id, struct store_incident *out)
{
	sqlite3_stmt *s;

	s = state_bind(st,
	    "SELECT " INCIDENTS_COLUMNS INCIDENTS_FOR_PEOPLE "WHERE i.id = ?",
	    "i", id);
	if (state_step(st, s)) {
		incidents_take_all(s, out);
		state_reset(s);
	} else
		state_want_incident(st, id);
	return state_ok(st);
}

enum store_error
store_incident(
    struct store *st, int64_t id, struct store_incident *out, struct diag *d)
{
	state_begin_read(st);
	(void)incidents_get(st, id, out);
	return state_end(st, d);
}

enum store_error
store_history(struct store *st, int64_t id, struct store_event **v, size_t *n,
    struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	state_want_incident(st, id);
	s = state_bind(st,
	    "SELECT at_us, kind, who, text FROM incident_event"
	    " WHERE incident_id = ? ORDER BY id",
	    "i", id);
	while (state_step(st, s)) {
		struct store_event *e;

		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		e = &(*v)[(*n)++];
		e->at_us = sqlite3_column_int64(s, 0);
		e->event = (enum incident_event)sqlite3_column_int(s, 1);
		STATE_TEXT(s, 2, e->who);
		STATE_TEXT(s, 3, e->text);
	}
	return state_end_list(st, v, n, d);
}

enum store_error
store_acknowledge(struct store *st, int64_t id, const char *who,
    const char *comment, int64_t now_us, struct diag *d)
{
	state_begin(st);
	state_want_incident(st, id);
	(void)state_run(st,
	    "UPDATE incident SET ack_by = ?1, ack_us = ?2,"
	    " comment = ifnull(nullif(?3, ''), comment) WHERE id = ?4",
	    "sisi", who, now_us, comment, id);
	change_add(st, id, now_us, INCIDENT_ACKNOWLEDGED, who, comment);
	return state_end(st, d);
}

enum store_error
store_comment(struct store *st, int64_t id, const char *who,
    const char *comment, int64_t now_us, struct diag *d)
{
	state_begin(st);
	state_want_incident(st, id);
	(void)state_run(st, "UPDATE incident SET comment = ? WHERE id = ?",
	    "si", comment, id);
	change_add(st, id, now_us, INCIDENT_COMMENTED, who, comment);
	return state_end(st, d);
}

enum store_error
store_mute(struct store *st, int64_t id, const char *who, int64_t until_us,
    int64_t now_us, struct diag *d)
{
	bool ends = until_us <= now_us;
	char text[64] = "no longer";
	sqlite3_stmt *s;

	state_begin(st);
	state_want_incident(st, id);
	(void)state_run(st,
	    "UPDATE incident SET muted_until_us = nullif(?, 0) WHERE id = ?",
	    "ii", ends ? INT64_C(0) : until_us, id);
	s = state_bind(st,
	    "SELECT strftime('until %Y-%m-%dT%H:%M:%SZ', ? / 1000000,"
	    " 'unixepoch')",
	    "i", until_us);
	if (state_step(st, s)) {
		if (!ends)
			STATE_TEXT(s, 0, text);
		state_reset(s);
	}
	change_add(st, id, now_us, INCIDENT_MUTED, who, text);
	return state_end(st, d);
}

enum store_error
store_muted(
    struct store *st, int64_t id, int64_t at_us, bool *out, struct diag *d)
{
	state_begin_read(st);
	state_want_incident(st, id);
	*out = state_int(st, 0,
		   "SELECT muted_until_us > ? FROM incident WHERE id = ?", "ii",
		   at_us, id) != 0;
	return state_end(st, d);
}

static void
incidents_take_finding(sqlite3_stmt *s, struct finding *f)
{
	*f = (struct finding){ .several = sqlite3_column_int(s, 5) != 0,
		.severity = (enum severity)sqlite3_column_int(s, 8),
		.from_us = sqlite3_column_int64(s, 9),
		.to_us = sqlite3_column_int64(s, 10),
		.share = state_double(s, 11),
		.direction =
		    (enum finding_direction)sqlite3_column_int(s, 14) };
	STATE_TEXT(s, 1, f->rule);
	STATE_TEXT(s, 2, f->by);
	STATE_TEXT(s, 3, f->sensor);
	STATE_TEXT(s, 4, f->peer);
	STATE_TEXT(s, 6, f->attribute);
	STATE_TEXT(s, 7, f->cause);
	STATE_TEXT(s, 12, f->facet);
	STATE_TEXT(s, 13, f->value);
	STATE_TEXT(s, 15, f->summary);
}

/* A number whose column this release does not know is left out. */
static void
incidents_take_number(sqlite3_stmt *s, struct finding *f)
{
	enum evidence_number c;
	char name[64];

	STATE_TEXT(s, 16, name);
	if (f->nevidence == FINDING_MAX_EVIDENCE ||
	    !evidence_find(span_from(name), &c))
		return;
	f->evidence[f->nevidence].name = evidence_name(c);
	f->evidence[f->nevidence++].value = state_double(s, 17);
}

enum store_error
store_findings(
    struct store *st, int64_t id, struct finding **v, size_t *n, struct diag *d)
{
	int64_t last = 0;
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	state_want_incident(st, id);
	s = state_bind(st,
	    "SELECT f.id, rule, by, sensor, peer, several, attribute, cause,"
	    " severity, from_us, to_us, share, facet, f.value, direction,"
	    " summary, e.key, e.value FROM finding f"
	    " LEFT JOIN json_each(f.evidence) e WHERE incident_id = ?"
	    " ORDER BY f.id, e.id",
	    "i", id);
	while (state_step(st, s)) {
		if (sqlite3_column_int64(s, 0) != last) {
			if (!state_grow(st, v, *n, &cap, sizeof(**v)))
				continue;
			incidents_take_finding(s, &(*v)[(*n)++]);
			last = sqlite3_column_int64(s, 0);
		}
		incidents_take_number(s, &(*v)[*n - 1]);
	}
	return state_end_list(st, v, n, d);
}
