/*
 * The tables of a sink, and the rows that it still wants. A statement's columns
 * are those of its table, in their order; times are whole seconds.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/escape.h"
#include "judge/finding.h"
#include "judge/incident.h"
#include "store/journal_mark.h"
#include "store/reading.h"

#define JOURNAL_MAX_LINES 4096 /* of a batch */

/* -- words for numbers -- */

static const char *
journal_reading(unsigned n)
{
	return n == STORE_EARLY ? "early" : "full";
}

static const char *
journal_status(unsigned n)
{
	return store_status_name(n < STORE_NSTATUSES ? n : STORE_NOT_COMPARED);
}

static const char *
journal_coverage(unsigned n)
{
	return coverage_state_name(n <= COVERAGE_NOT_COMPARED
		? (enum coverage_state)n
		: COVERAGE_NOT_COMPARED);
}

static const char *
journal_severity(unsigned n)
{
	return severity_name(
	    n <= SEVERITY_CRITICAL ? (enum severity)n : SEVERITY_CRITICAL);
}

static const char *
journal_state(unsigned n)
{
	return incident_state_name(
	    n == INCIDENT_OPEN ? INCIDENT_OPEN : INCIDENT_CLEARED);
}

static const char *
journal_event(unsigned n)
{
	return n < INCIDENT_NEVENTS
	    ? incident_event_name((enum incident_event)n)
	    : "";
}

static const char *
journal_direction(unsigned n)
{
	static const char *const words[] = { "", "inbound", "outbound" };

	return n < ARRAY_LEN(words) ? words[n] : "";
}

/* -- tables -- */

struct journal_column {
	const char *name;
	const char *(*word)(unsigned n); /* of the number; NULL: as it is */
};

static const struct journal_column journal_bucket[] = { { "sensor_group", 0 },
	{ "start", 0 }, { "width", 0 }, { "reading", journal_reading },
	{ "status", journal_status }, { "early_status", journal_status },
	{ "reason", 0 }, { "written", 0 }, { "version", 0 }, { 0 } };

static const struct journal_column journal_comparison[] = {
	{ "sensor_group", 0 }, { "start", 0 }, { "width", 0 }, { "a", 0 },
	{ "b", 0 }, { "reading", journal_reading }, { "paired", 0 },
	{ "only_a", 0 }, { "only_b", 0 }, { "damaged", 0 }, { "shifted", 0 },
	{ "split", 0 }, { "differs", 0 }, { "agreement", 0 }, { "deleted", 0 },
	{ "version", 0 }, { 0 }
};

static const struct journal_column journal_covered[] = { { "sensor_group", 0 },
	{ "sensor", 0 }, { "start", 0 }, { "width", 0 },
	{ "state", journal_coverage }, { "missed", 0 }, { "flows", 0 },
	{ "why", 0 }, { "nets", 0 }, { "version", 0 }, { 0 } };

static const struct journal_column journal_incident[] = { { "store", 0 },
	{ "id", 0 }, { "sensor_group", 0 }, { "rule", 0 }, { "sensor", 0 },
	{ "peer", 0 }, { "facet", 0 }, { "value", 0 }, { "attribute", 0 },
	{ "summary", 0 }, { "severity", journal_severity },
	{ "state", journal_state }, { "since", 0 }, { "until", 0 },
	{ "opened", 0 }, { "updated", 0 }, { "cleared", 0 }, { "share", 0 },
	{ "worst", 0 }, { "flaps", 0 }, { "early", 0 }, { "early_rule", 0 },
	{ "merged_into", 0 }, { "ack_by", 0 }, { "ack", 0 }, { "comment", 0 },
	{ "muted_until", 0 }, { "version", 0 }, { 0 } };

static const struct journal_column journal_change[] = { { "store", 0 },
	{ "id", 0 }, { "incident", 0 }, { "sensor_group", 0 }, { "at", 0 },
	{ "kind", journal_event }, { "who", 0 }, { "text", 0 },
	{ "version", 0 }, { 0 } };

static const struct journal_column journal_finding[] = { { "store", 0 },
	{ "id", 0 }, { "incident", 0 }, { "sensor_group", 0 },
	{ "reading", journal_reading }, { "rule", 0 }, { "by_rule", 0 },
	{ "sensor", 0 }, { "peer", 0 }, { "several", 0 }, { "attribute", 0 },
	{ "cause", 0 }, { "severity", journal_severity }, { "since", 0 },
	{ "until", 0 }, { "share", 0 }, { "facet", 0 }, { "value", 0 },
	{ "direction", journal_direction }, { "summary", 0 }, { "evidence", 0 },
	{ "version", 0 }, { 0 } };

static const struct {
	const char *name;
	const struct journal_column *column;
} journal_tables[STORE_NTABLES] = {
	[STORE_BUCKETS] = { "bucket", journal_bucket },
	[STORE_COMPARISONS] = { "comparison", journal_comparison },
	[STORE_COVERAGE] = { "coverage", journal_covered },
	[STORE_INCIDENTS] = { "incident", journal_incident },
	[STORE_EVENTS] = { "incident_event", journal_change },
	[STORE_FINDINGS] = { "finding", journal_finding },
};

const char *
store_table_name(enum store_table t)
{
	return journal_tables[t].name;
}

const char *
store_table_column(enum store_table t, size_t i)
{
	return journal_tables[t].column[i].name;
}

/* -- rows -- */

/* All rows of a statement, each with its line's number as the version. */
static void
journal_put(struct store *st, struct store_batch *b, enum store_table t,
    int64_t seq, sqlite3_stmt *s)
{
	const struct journal_column *c = journal_tables[t].column;
	struct buf *out = &b->rows[t];
	int i;

	while (state_step(st, s)) {
		for (i = 0; c[i + 1].name != NULL; i++) {
			if (sqlite3_column_type(s, i) == SQLITE_NULL)
				buf_add_str(out, "\\N");
			else if (c[i].word != NULL)
				escape_tsv(out,
				    span_from(c[i].word(
					(unsigned)sqlite3_column_int(s, i))));
			else {
				const void *p = sqlite3_column_text(s, i);

				escape_tsv(out,
				    (struct span){ p,
					(size_t)sqlite3_column_bytes(s, i) });
			}
			buf_add_char(out, '\t');
		}
		buf_printf(out, "%" PRId64 "\n", seq);
		b->n[t]++;
		b->total++;
	}
	if (!buf_ok(out))
		state_fail(st, STORE_MEMORY, "out of memory");
}

/* A line of the journal. */
struct journal_line {
	int64_t seq, kind, group, first, past, a, b;
};

#define JOURNAL_GROUP "(SELECT name FROM sensor_group WHERE id = ?1)"
#define JOURNAL_WIDTH \
	"(SELECT width_us / 1000000 FROM sensor_group WHERE id = ?1)"
#define JOURNAL_STORE "(SELECT value FROM meta WHERE key = 'born' AND id = 0)"

static void
journal_buckets(
    struct store *st, struct store_batch *b, const struct journal_line *l)
{
	journal_put(st, b, STORE_BUCKETS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_GROUP ", start_us / 1000000, " JOURNAL_WIDTH
		", reading, status, early_status, ifnull(reason, ''),"
		" written_us / 1000000 FROM bucket WHERE group_id = ?1"
		" AND start_us >= ?2 AND start_us < ?3 ORDER BY start_us",
		"iii", l->group, l->first, l->past));
	journal_put(st, b, STORE_COMPARISONS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_GROUP ", c.start_us / 1000000, " JOURNAL_WIDTH
		", a.name, b.name, reading, paired, only_a, only_b, damaged,"
		" shifted, split, differs, agreement, 0 FROM comparison c"
		" JOIN bucket USING (group_id, start_us)"
		" JOIN sensor a ON a.id = a_id JOIN sensor b ON b.id = b_id"
		" WHERE c.group_id = ?1 AND c.start_us >= ?2"
		" AND c.start_us < ?3 ORDER BY c.start_us",
		"iii", l->group, l->first, l->past));
	/* the last stretch that begins before a bucket does */
	journal_put(st, b, STORE_COVERAGE, l->seq,
	    state_bind(st,
		"WITH RECURSIVE w(us) AS (SELECT width_us FROM sensor_group"
		" WHERE id = ?1), t(at) AS (SELECT ?2 UNION ALL"
		" SELECT at + us FROM t, w WHERE at + us < ?3),"
		" m(sensor_id, at, begin) AS (SELECT m.sensor_id, at,"
		" (SELECT max(from_us) FROM coverage c WHERE"
		" c.group_id = ?1 AND c.sensor_id = m.sensor_id"
		" AND from_us <= at) FROM t, (SELECT DISTINCT sensor_id"
		" FROM group_member WHERE group_id = ?1) m)"
		" SELECT " JOURNAL_GROUP ", name, at / 1000000, us / 1000000,"
		" state, CAST(round(missed * min(1.0, 1.0 * us /"
		" (to_us - from_us))) AS INTEGER), CAST(round(flows *"
		" min(1.0, 1.0 * us / (to_us - from_us))) AS INTEGER),"
		" why, nets FROM m JOIN coverage c ON c.group_id = ?1"
		" AND c.sensor_id = m.sensor_id AND from_us = begin, w"
		" JOIN sensor s ON s.id = m.sensor_id WHERE to_us > at"
		" ORDER BY at, name",
		"iii", l->group, l->first, l->past));
}

/* Where there is a row, its bucket's line is about it. */
static void
journal_pair_gone(
    struct store *st, struct store_batch *b, const struct journal_line *l)
{
	journal_put(st, b, STORE_COMPARISONS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_GROUP ", ?2 / 1000000, " JOURNAL_WIDTH
		", a.name, b.name, 1, 0, 0, 0, 0, 0, 0, 0, NULL, 1"
		" FROM sensor a, sensor b WHERE a.id = ?3 AND b.id = ?4"
		" AND NOT EXISTS (SELECT 1 FROM comparison WHERE"
		" group_id = ?1 AND start_us = ?2 AND a_id = ?3 AND b_id = ?4)",
		"iiii", l->group, l->first, l->a, l->b));
}

static void
journal_incidents(
    struct store *st, struct store_batch *b, const struct journal_line *l)
{
	journal_put(st, b, STORE_INCIDENTS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_STORE ", id, " JOURNAL_GROUP
		", rule, sensor, peer, facet, value, attribute, summary,"
		" severity, state, from_us / 1000000, to_us / 1000000,"
		" opened_us / 1000000, updated_us / 1000000,"
		" cleared_us / 1000000, share, worst, flaps, early,"
		" early_rule, ifnull(merged_into, 0), ifnull(ack_by, ''),"
		" ack_us / 1000000, ifnull(comment, ''),"
		" muted_until_us / 1000000 FROM incident"
		" WHERE group_id = ?1 AND id >= ?2 AND id < ?3 ORDER BY id",
		"iii", l->group, l->first, l->past));
}

static void
journal_events(
    struct store *st, struct store_batch *b, const struct journal_line *l)
{
	journal_put(st, b, STORE_EVENTS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_STORE ", e.id, incident_id, " JOURNAL_GROUP
		", at_us / 1000000, kind, who, text FROM incident_event e"
		" JOIN incident i ON i.id = incident_id WHERE group_id = ?1"
		" AND e.id >= ?2 AND e.id < ?3 ORDER BY e.id",
		"iii", l->group, l->first, l->past));
}

static void
journal_findings(
    struct store *st, struct store_batch *b, const struct journal_line *l)
{
	journal_put(st, b, STORE_FINDINGS, l->seq,
	    state_bind(st,
		"SELECT " JOURNAL_STORE
		", id, ifnull(incident_id, 0), " JOURNAL_GROUP
		", reading, rule, by, sensor, peer, several,"
		" attribute, cause, severity, from_us / 1000000,"
		" to_us / 1000000, share, facet, value, direction, summary,"
		" evidence FROM finding WHERE group_id = ?1"
		" AND id >= ?2 AND id < ?3 ORDER BY id",
		"iii", l->group, l->first, l->past));
}

static void (*const journal_kinds[])(
    struct store *st, struct store_batch *b, const struct journal_line *l) = {
	[JOURNAL_BUCKETS] = journal_buckets,
	[JOURNAL_NO_PAIR] = journal_pair_gone,
	[JOURNAL_INCIDENTS] = journal_incidents,
	[JOURNAL_EVENTS] = journal_events,
	[JOURNAL_FINDINGS] = journal_findings,
};

/* How far a line may go for about so many rows. */
static int64_t
journal_reach(struct store *st, const struct journal_line *l, size_t room)
{
	int64_t width, n;

	if (l->kind != JOURNAL_BUCKETS)
		return l->past - l->first < (int64_t)room
		    ? l->past
		    : l->first + (int64_t)room;
	width = state_int(st, US_PER_S,
	    "SELECT width_us FROM sensor_group WHERE id = ?", "i", l->group);
	n = state_int(st, 1,
	    "SELECT count(DISTINCT sensor_id) FROM group_member"
	    " WHERE group_id = ?",
	    "i", l->group);
	n = (int64_t)room / (1 + n + n * (n - 1) / 2);
	n = n < 1 ? 1 : n;
	return (l->past - l->first) / width < n ? l->past
						: l->first + n * width;
}

static void
journal_take(
    struct store *st, struct store_batch *b, struct journal_line *l, size_t max)
{
	int64_t past = l->past;

	l->past = journal_reach(st, l, max - b->total);
	if (l->kind >= 0 && l->kind < (int64_t)ARRAY_LEN(journal_kinds))
		journal_kinds[l->kind](st, b, l);
	if (l->past >= past)
		b->last = l->seq;
	else {
		b->part = l->seq;
		b->part_past = l->past;
	}
}

enum store_error
store_sink_take(struct store *st, const char *feed, size_t max,
    struct store_batch *b, struct diag *d)
{
	struct journal_line l;
	enum store_error error;
	int64_t first = 0;
	unsigned lines = 0;
	sqlite3_stmt *s;

	*b = (struct store_batch){ 0 };
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT seq, kind, group_id, first, past, ifnull(a_id, 0),"
	    " ifnull(b_id, 0) FROM journal WHERE feed = ? ORDER BY seq LIMIT ?",
	    "si", feed, (int64_t)JOURNAL_MAX_LINES);
	while (b->total < max && b->part == 0 && state_step(st, s)) {
		l = (struct journal_line){ sqlite3_column_int64(s, 0),
			sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2),
			sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4),
			sqlite3_column_int64(s, 5),
			sqlite3_column_int64(s, 6) };
		first = first == 0 ? l.seq : first;
		journal_take(st, b, &l, max);
		lines++;
	}
	b->more = b->total >= max || b->part != 0 || lines == JOURNAL_MAX_LINES;
	state_reset(s);
	(void)snprintf(b->token, sizeof(b->token),
	    "%" PRIx64 "-%" PRIx64 "-%" PRIx64 "-%" PRIx64,
	    (uint64_t)state_meta(st, 0, "born", 0), (uint64_t)first,
	    (uint64_t)(b->part != 0 ? b->part : b->last),
	    (uint64_t)b->part_past);
	error = state_end(st, d);
	if (error != STORE_OK)
		store_batch_clear(b);
	return error;
}

void
store_batch_clear(struct store_batch *b)
{
	size_t i;

	for (i = 0; i < STORE_NTABLES; i++)
		buf_clear(&b->rows[i]);
	*b = (struct store_batch){ 0 };
}
