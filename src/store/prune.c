/*
 * Deleting what is old, a few rows at a time; and merging old coverage.
 */
#include <stdlib.h>
#include "store/cycle.h"
#include "store/journal_mark.h"
#include "store/prune.h"

const struct store_limits store_limits_default = { .bucket_days = 400,
	.evidence_days = 30,
	.finding_days = 400,
	.flow_days = 400,
	.file_days = 1096,
	.lag_days = 35,
	.outbox_days = 7,
	.merge_days = 1,
	.sink_days = 30 };

#define PRUNE_ROWS 2000

struct prune {
	int64_t now_us;
	int64_t given_up_us; /* sinks do not hold what waits since before */
	int64_t left;        /* rows that may still go */
	bool more;
};

/* Whether rows of a limit are to go, and those before when. */
static bool
prune_before(const struct prune *p, unsigned days, int64_t *before_us)
{
	*before_us = p->now_us - (int64_t)days * CYCLE_DAY_US;
	return days > 0;
}

/* At the last row there may be more. */
static void
prune_count(struct prune *p, int64_t changed)
{
	p->left -= changed < p->left ? changed : p->left;
	p->more = p->more || p->left == 0;
}

/* The time is noted first: buckets before it are not written any more, since
 * their part in the roll-ups stays. Whole days only. */
static void
prune_buckets(
    struct store *st, struct prune *p, int64_t group, int64_t before_us)
{
	int64_t until,
	    horizon = journal_prune(st, group,
		state_floor(before_us, CYCLE_DAY_US), p->given_up_us);

	if (state_meta(st, INT64_MIN, "pruned", group) < horizon)
		state_meta_set(st, "pruned", group, horizon);
	until = state_int(st, horizon,
	    "SELECT start_us FROM bucket WHERE group_id = ? AND start_us < ?"
	    " ORDER BY start_us LIMIT 1 OFFSET ?",
	    "iii", group, horizon, p->left);
	prune_count(p,
	    state_run(st,
		"DELETE FROM bucket WHERE group_id = ? AND start_us < ?", "ii",
		group, until));
}

static void
prune_evidence(
    struct store *st, struct prune *p, int64_t group, int64_t before_us)
{
	prune_count(p,
	    state_run(st,
		"DELETE FROM evidence WHERE id IN (SELECT id FROM evidence"
		" WHERE group_id = ? AND start_us < ? LIMIT ?)",
		"iii", group, before_us, p->left));
}

/* Into which a row is merged, until one comes that is not the same. */
struct prune_run {
	struct coverage c; /* the merged one */
	size_t n;          /* rows in it */
};

static void
prune_end_run(
    struct store *st, int64_t group, int64_t sensor, struct prune_run *run)
{
	const struct coverage *c = &run->c;

	if (run->n > 1) {
		(void)state_run(st,
		    "DELETE FROM coverage WHERE group_id = ?"
		    " AND sensor_id = ? AND from_us > ? AND from_us < ?",
		    "iiii", group, sensor, c->from_us, c->to_us);
		(void)state_run(st,
		    "UPDATE coverage SET to_us = ?, missed = ?, flows = ?"
		    " WHERE group_id = ? AND sensor_id = ? AND from_us = ?",
		    "iiiiii", c->to_us, (int64_t)c->missed, (int64_t)c->flows,
		    group, sensor, c->from_us);
	}
	run->n = 0;
}

static void
prune_merge_sensor(struct store *st, int64_t group, int64_t sensor,
    const struct coverage *v, size_t n)
{
	struct prune_run run = { .n = 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (run.n > 0 && run.c.to_us == v[i].from_us &&
		    coverage_same(&run.c, &v[i])) {
			run.c.to_us = v[i].to_us;
			run.c.missed += v[i].missed;
			run.c.flows += v[i].flows;
			run.n++;
			continue;
		}
		prune_end_run(st, group, sensor, &run);
		run = (struct prune_run){ .c = v[i], .n = 1 };
	}
	prune_end_run(st, group, sensor, &run);
}

/* Rows that begin in [from, to), and the one before; returns how many. */
static int64_t
prune_merge_span(struct store *st, int64_t group, int64_t sensor,
    int64_t from_us, int64_t to_us)
{
	struct coverage *v = NULL;
	size_t n = 0, cap = 0;
	sqlite3_stmt *s = state_bind(st,
	    "SELECT " COVERAGE_COLUMNS " FROM coverage WHERE group_id = ?1"
	    " AND sensor_id = ?2 AND from_us < ?4"
	    " AND from_us >= ifnull((SELECT max(from_us) FROM coverage"
	    " WHERE group_id = ?1 AND sensor_id = ?2 AND from_us < ?3),"
	    " ?3) ORDER BY from_us",
	    "iiii", group, sensor, from_us, to_us);

	while (state_step(st, s))
		if (state_grow(st, &v, n, &cap, sizeof(*v))) {
			v[n] = (struct coverage){ 0 };
			coverage_take(s, &v[n++]);
		}
	prune_merge_sensor(st, group, sensor, v, n);
	free(v);
	return (int64_t)n;
}

/* What is older than a time is merged once; "merged" says how far. */
static void
prune_merge(struct store *st, struct prune *p, int64_t group, int64_t before_us)
{
	int64_t from = state_meta(st, 0, "merged", group), to;
	int64_t sensor = 0, rows = 0;

	from = state_int(st, before_us,
	    "SELECT min(from_us) FROM (SELECT (SELECT min(from_us)"
	    " FROM coverage c WHERE c.group_id = m.group_id"
	    " AND c.sensor_id = m.sensor_id AND from_us >= ?2) from_us"
	    " FROM group_member m WHERE group_id = ?1)",
	    "ii", group, from);
	to = from +
	    p->left *
		state_int(st, 1,
		    "SELECT width_us FROM sensor_group WHERE id = ?", "i",
		    group);
	to = to < before_us ? to : before_us;
	if (from >= to)
		return;
	do {
		sensor = state_int(st, INT64_MAX,
		    "SELECT min(sensor_id) FROM group_member"
		    " WHERE group_id = ? AND sensor_id > ?",
		    "ii", group, sensor);
		if (sensor != INT64_MAX)
			rows += prune_merge_span(st, group, sensor, from, to);
	} while (state_ok(st) && sensor != INT64_MAX);
	state_meta_set(st, "merged", group, to);
	prune_count(p, rows);
	p->more = p->more || to < before_us;
}

static void
prune_groups(struct store *st, struct prune *p, const struct store_limits *l)
{
	int64_t group = 0, before;

	for (;;) {
		group = state_int(st, 0,
		    "SELECT min(id) FROM sensor_group WHERE id > ?", "i",
		    group);
		if (group == 0 || p->left == 0)
			return;
		if (prune_before(p, l->bucket_days, &before))
			prune_buckets(st, p, group, before);
		if (prune_before(p, l->evidence_days, &before))
			prune_evidence(st, p, group, before);
		if (prune_before(p, l->merge_days, &before))
			prune_merge(st, p, group, before);
	}
}

/* By incident, since none has more than STORE_MAX_FLOWS. */
static void
prune_flows(struct store *st, struct prune *p, int64_t before_us)
{
	int64_t id = 0;

	while (state_ok(st) && p->left > 0) {
		id = state_int(st, 0,
		    "SELECT min(incident_id) FROM incident_flow"
		    " WHERE incident_id > ?",
		    "i", id);
		/* ids are in the order of opening */
		if (id == 0 ||
		    state_int(st, 0,
			"SELECT opened_us FROM incident WHERE id = ?", "i",
			id) >= before_us)
			return;
		prune_count(p,
		    state_run(st,
			"DELETE FROM incident_flow WHERE incident_id ="
			" (SELECT id FROM incident WHERE id = ?"
			" AND state = 1 AND to_us < ?)",
			"ii", id, before_us));
	}
}

static void
prune_rest(struct store *st, struct prune *p, const struct store_limits *l)
{
	int64_t before;

	if (prune_before(p, l->finding_days, &before))
		prune_count(p,
		    state_run(st,
			"DELETE FROM finding WHERE id IN (SELECT f.id"
			" FROM finding f LEFT JOIN incident i"
			" ON i.id = incident_id WHERE f.to_us < ?"
			" AND ifnull(i.state, 1) = 1 AND NOT EXISTS"
			" (SELECT 1 FROM journal j WHERE kind = ?"
			" AND j.group_id = f.group_id AND first <= f.id"
			" AND past > f.id AND seq >= ?) LIMIT ?)",
			"iiii", before, (int64_t)JOURNAL_FINDINGS,
			p->given_up_us, p->left));
	if (prune_before(p, l->flow_days, &before))
		prune_flows(st, p, before);
	if (prune_before(p, l->file_days, &before))
		prune_count(p,
		    state_run(st,
			"DELETE FROM file WHERE (sensor_id, path, mtime_us)"
			" IN (SELECT sensor_id, path, mtime_us FROM file"
			" WHERE seen_us < ? LIMIT ?)",
			"ii", before, p->left));
	if (prune_before(p, l->lag_days, &before))
		prune_count(p,
		    state_run(st,
			"DELETE FROM sensor_lag WHERE (sensor_id, at_us) IN"
			" (SELECT s.id, l.at_us FROM sensor s"
			" JOIN sensor_lag l ON l.sensor_id = s.id"
			" AND l.at_us < ? LIMIT ?)",
			"ii", before, p->left));
	if (!prune_before(p, l->outbox_days, &before))
		return;
	(void)state_run(st,
	    "INSERT INTO feed_state SELECT feed, 'dropped', count(*)"
	    " FROM outbox WHERE made_us < ? GROUP BY feed"
	    " ON CONFLICT DO UPDATE SET value = value + excluded.value",
	    "i", before);
	(void)state_run(
	    st, "DELETE FROM outbox WHERE made_us < ?", "i", before);
}

enum store_error
store_prune(struct store *st, const struct store_limits *l, int64_t now_us,
    bool *more, struct diag *d)
{
	struct prune p = { .now_us = now_us,
		.given_up_us = now_us - (int64_t)l->sink_days * CYCLE_DAY_US,
		.left = l->rows == 0 ? PRUNE_ROWS : (int64_t)l->rows };
	enum store_error error;

	state_begin(st);
	prune_groups(st, &p, l);
	prune_rest(st, &p, l);
	error = state_end(st, d);
	*more = error == STORE_OK && p.more;
	return error;
}
