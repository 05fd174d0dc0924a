/*
 * What each sensor saw, as stretches of time that never overlap. A bucket is
 * one stretch at first; store_prune() merges old ones that are equal.
 */
#include <stdio.h>
#include <string.h>
#include "base/span.h"
#include "judge/finding.h"
#include "judge/run.h"
#include "store/cycle.h"
#include "store/journal_mark.h"

/* Shares of a peer's flows that are lacked. */
#define COVERAGE_BLIND_FROM 0.9
#define COVERAGE_UNNAMED_FROM 0.1 /* degraded though no rule names it */

uint64_t
coverage_part(
    const struct coverage *of, uint64_t count, int64_t from_us, int64_t to_us)
{
	double share =
	    (double)(to_us - from_us) / (double)(of->to_us - of->from_us);

	return from_us <= of->from_us && to_us >= of->to_us
	    ? count
	    : (uint64_t)((double)count * share + 0.5);
}

void
coverage_take(sqlite3_stmt *s, struct coverage *out)
{
	out->from_us = sqlite3_column_int64(s, 0);
	out->to_us = sqlite3_column_int64(s, 1);
	out->state = (enum coverage_state)sqlite3_column_int(s, 2);
	out->missed = (uint64_t)sqlite3_column_int64(s, 3);
	out->flows = (uint64_t)sqlite3_column_int64(s, 4);
	STATE_TEXT(s, 5, out->why);
	STATE_TEXT(s, 6, out->nets);
}

bool
coverage_same(const struct coverage *a, const struct coverage *b)
{
	return a->state == b->state && strcmp(a->why, b->why) == 0 &&
	    strcmp(a->nets, b->nets) == 0;
}

static void
coverage_insert(struct store *st, int64_t group, int64_t sensor,
    const struct coverage *c, int64_t from_us, int64_t to_us)
{
	if (from_us >= to_us)
		return;
	(void)state_run(st,
	    "INSERT INTO coverage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET to_us = excluded.to_us,"
	    " state = excluded.state, missed = excluded.missed,"
	    " flows = excluded.flows, why = excluded.why,"
	    " nets = excluded.nets",
	    "iiiiiiiss", group, sensor, from_us, to_us, (int64_t)c->state,
	    (int64_t)coverage_part(c, c->missed, from_us, to_us),
	    (int64_t)coverage_part(c, c->flows, from_us, to_us), c->why,
	    c->nets);
}

/* The last stretch that begins before a time. */
static bool
coverage_before(struct store *st, int64_t group, int64_t sensor, int64_t to_us,
    struct coverage *out)
{
	sqlite3_stmt *s = state_bind(st,
	    "SELECT " COVERAGE_COLUMNS " FROM coverage WHERE group_id = ?"
	    " AND sensor_id = ? AND from_us < ?"
	    " ORDER BY from_us DESC LIMIT 1",
	    "iii", group, sensor, to_us);

	if (!state_step(st, s))
		return false;
	coverage_take(s, out);
	state_reset(s);
	return true;
}

static void
coverage_put(
    struct store *st, int64_t group, int64_t sensor, const struct coverage *c)
{
	struct coverage old;

	while (coverage_before(st, group, sensor, c->to_us, &old) &&
	    old.to_us > c->from_us) {
		if (old.from_us == c->from_us && old.to_us <= c->to_us)
			break;
		(void)state_run(st,
		    "DELETE FROM coverage WHERE group_id = ?"
		    " AND sensor_id = ? AND from_us = ?",
		    "iii", group, sensor, old.from_us);
		coverage_insert(
		    st, group, sensor, &old, old.from_us, c->from_us);
		coverage_insert(st, group, sensor, &old, c->to_us, old.to_us);
	}
	coverage_insert(st, group, sensor, c, c->from_us, c->to_us);
}

static bool
coverage_names(const struct finding *f, const char *sensor)
{
	struct span left = span_from(f->sensor), name;

	if (!f->several)
		return strcmp(f->sensor, sensor) == 0;
	while (run_next_value(&left, &name))
		if (span_is(name, sensor))
			return true;
	return false;
}

/* The gravest finding of a sensor in a bucket; NULL: none. */
static const struct finding *
coverage_finding(
    const struct result *r, const struct result_bucket *b, size_t sensor)
{
	const struct finding *best = NULL, *f;

	for (f = r->findings; f < r->findings + r->nfindings; f++) {
		if (f->severity < SEVERITY_WARNING ||
		    f->from_us >= b->start_us + r->width_us ||
		    f->to_us <= b->start_us ||
		    !coverage_names(f, r->sensors[sensor].name))
			continue;
		if (best == NULL || f->severity > best->severity ||
		    (f->severity == best->severity && f->share > best->share))
			best = f;
	}
	return best;
}

/* What it lacks of the peer that shows the most; false: of none can be told.
 * An inside sensor need not have what the outside one has. */
static bool
coverage_count(const struct result *r, const struct result_bucket *b,
    size_t sensor, struct coverage *out)
{
	bool told = false;
	size_t p;

	for (p = 0; p < r->npairs; p++) {
		const struct result_pair *of = &r->pairs[p];
		const struct result_counts *n = &b->n[p];
		size_t peer = of->a == sensor ? of->b : of->a;
		uint64_t lacks = of->a == sensor ? n->only_b : n->only_a;

		if ((of->a != sensor && of->b != sensor) ||
		    (b->gaps[peer] & CYCLE_LOST) != 0)
			continue;
		if (of->relation == RELATION_SUBSET && of->b == sensor)
			lacks = 0;
		if (!told || lacks > out->missed ||
		    (lacks == out->missed && n->paired + lacks > out->flows)) {
			out->missed = lacks;
			out->flows = n->paired + lacks;
		}
		told = true;
	}
	return told;
}

static const char *
coverage_gap(unsigned gaps)
{
	unsigned g;

	for (g = 0; g < RESULT_NGAPS; g++)
		if ((gaps & 1U << g) != 0)
			return result_gap_name((enum result_gap)(1 << g));
	return "";
}

static void
coverage_say(
    struct coverage *c, enum coverage_state state, const char *why, bool peer)
{
	c->state = state;
	(void)snprintf(
	    c->why, sizeof(c->why), "%s%s", peer ? "peer: " : "", why);
	if (state == COVERAGE_NOT_COMPARED)
		c->missed = c->flows = 0;
}

static unsigned
coverage_peer_gaps(
    const struct result *r, const struct result_bucket *b, size_t sensor)
{
	unsigned gaps = 0;
	size_t i;

	for (i = 0; i < r->nsensors; i++)
		if (i != sensor)
			gaps |= b->gaps[i] & CYCLE_LOST;
	return gaps;
}

static void
coverage_judge(const struct result *r, const struct result_bucket *b,
    size_t sensor, const struct finding *f, struct coverage *c)
{
	unsigned gaps = b->gaps[sensor];
	bool told, blind, lacking;

	*c = (struct coverage){ .from_us = b->start_us,
		.to_us = b->start_us + r->width_us };
	told = coverage_count(r, b, sensor, c);
	lacking = c->flows > 0 &&
	    (double)c->missed >= COVERAGE_UNNAMED_FROM * (double)c->flows;
	blind = c->flows > 0 &&
	    (double)c->missed >= COVERAGE_BLIND_FROM * (double)c->flows;
	if (f != NULL) {
		coverage_say(c, blind ? COVERAGE_BLIND : COVERAGE_DEGRADED,
		    f->rule, false);
		if (strcmp(f->facet, "local_net") == 0 ||
		    strcmp(f->facet, "remote_net") == 0)
			(void)snprintf(
			    c->nets, sizeof(c->nets), "%s", f->value);
	} else if ((gaps & CYCLE_LOST) != 0)
		coverage_say(c, COVERAGE_NOT_COMPARED,
		    coverage_gap(gaps & CYCLE_LOST), false);
	else if (!told)
		coverage_say(c, COVERAGE_NOT_COMPARED,
		    coverage_gap(coverage_peer_gaps(r, b, sensor)), true);
	else if (lacking)
		coverage_say(c, blind ? COVERAGE_BLIND : COVERAGE_DEGRADED,
		    "no rule names it", false);
	else if (gaps != 0)
		coverage_say(c, COVERAGE_DEGRADED, coverage_gap(gaps), false);
}

/* Whether the file says the same of that bucket already. */
static bool
coverage_is(
    struct store *st, int64_t group, int64_t sensor, const struct coverage *c)
{
	struct coverage old;

	return coverage_before(st, group, sensor, c->to_us, &old) &&
	    old.to_us >= c->to_us && coverage_same(&old, c);
}

void
coverage_write(struct store *st, const struct cycle *k)
{
	const struct result *r = k->c->result;
	int64_t first = k->from_us;
	struct coverage c;
	size_t i, s;

	for (i = 0; state_ok(st) && i < r->nbuckets; i++)
		for (s = 0; s < r->nsensors; s++) {
			const struct result_bucket *b = &r->buckets[i];
			const struct finding *f = coverage_finding(r, b, s);

			/* a rule that waits names buckets written before */
			if (!cycle_is_new(k, b->start_us) && f == NULL)
				continue;
			coverage_judge(r, b, s, f, &c);
			if (!cycle_is_new(k, b->start_us) &&
			    coverage_is(st, k->group, k->sensor[s], &c))
				continue;
			coverage_put(st, k->group, k->sensor[s], &c);
			if (!cycle_is_new(k, b->start_us))
				journal_mark(st, JOURNAL_BUCKETS, k->group,
				    b->start_us, c.to_us, k->c->now_us);
			first = b->start_us < first ? b->start_us : first;
		}
	(void)state_run(st,
	    "UPDATE meta SET value = min(value, ?)"
	    " WHERE key = 'merged' AND id = ?",
	    "ii", first, k->group);
}

void
coverage_none(struct store *st, int64_t group, int64_t from_us, int64_t to_us,
    const char *why)
{
	struct coverage c = { .from_us = from_us,
		.to_us = to_us,
		.state = COVERAGE_NOT_COMPARED };
	int64_t sensor[RESULT_MAX_SENSORS];
	sqlite3_stmt *s;
	size_t n = 0, i;

	if (from_us >= to_us)
		return;
	(void)snprintf(c.why, sizeof(c.why), "%s", why);
	s = state_bind(st,
	    "SELECT sensor_id FROM group_member WHERE group_id = ?"
	    " AND ifnull(valid_to_us, ?) >= ? GROUP BY sensor_id",
	    "iii", group, to_us, to_us);
	while (state_step(st, s))
		if (n < RESULT_MAX_SENSORS)
			sensor[n++] = sqlite3_column_int64(s, 0);
	for (i = 0; i < n; i++)
		coverage_put(st, group, sensor[i], &c);
	(void)state_run(st,
	    "UPDATE meta SET value = min(value, ?)"
	    " WHERE key = 'merged' AND id = ?",
	    "ii", from_us, group);
}
