/*
 * Writing what was compared, and what never will be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/cycle.h"
#include "store/journal_mark.h"

#define READING_CHUNK 1000 /* buckets given up in one transaction */

/* A bucket as it is in the file. */
struct reading_old {
	bool is;
	enum store_reading reading;
	int early_status; /* -1: none */
	int64_t want, tries;
	struct roll roll;
};

static void
reading_counts(
    struct store *st, int64_t group, int64_t start_us, struct roll *out)
{
	sqlite3_stmt *s = state_bind(st,
	    "SELECT total(paired), total(only_a + only_b), total(damaged),"
	    " min(agreement) FROM comparison WHERE group_id = ?"
	    " AND start_us = ? AND agreement IS NOT NULL",
	    "ii", group, start_us);

	if (!state_step(st, s))
		return;
	out->paired = sqlite3_column_int64(s, 0);
	out->unpaired = sqlite3_column_int64(s, 1);
	out->damaged = sqlite3_column_int64(s, 2);
	out->worst = state_double(s, 3);
	state_reset(s);
}

static void
reading_old(
    struct store *st, int64_t group, int64_t start_us, struct reading_old *out)
{
	sqlite3_stmt *s = state_bind(st,
	    "SELECT reading, status, ifnull(early_status, -1), want, tries"
	    " FROM bucket WHERE group_id = ? AND start_us = ?",
	    "ii", group, start_us);

	*out = (struct reading_old){ .early_status = -1, .roll.worst = NAN };
	if (!state_step(st, s))
		return;
	out->is = out->roll.is = true;
	out->reading = (enum store_reading)sqlite3_column_int(s, 0);
	out->roll.status = (unsigned)sqlite3_column_int(s, 1);
	out->early_status = sqlite3_column_int(s, 2);
	out->want = sqlite3_column_int64(s, 3);
	out->tries = sqlite3_column_int64(s, 4);
	state_reset(s);
	reading_counts(st, group, start_us, &out->roll);
}

/* early below 0: there was none. */
static void
reading_put(struct store *st, int64_t group, int64_t start_us,
    enum store_reading reading, unsigned status, int early, int64_t want,
    int64_t tries, const char *reason, int64_t now_us)
{
	(void)state_run(st,
	    "INSERT INTO bucket VALUES (?, ?, ?, ?, iif(?5 < 0, NULL, ?5),"
	    " ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET"
	    " reading = excluded.reading, status = excluded.status,"
	    " early_status = excluded.early_status, want = excluded.want,"
	    " tries = excluded.tries, reason = excluded.reason,"
	    " written_us = excluded.written_us",
	    "iiiiiiisi", group, start_us, (int64_t)reading, (int64_t)status,
	    (int64_t)early, want, tries, reason, now_us);
	journal_mark(
	    st, JOURNAL_BUCKETS, group, start_us, start_us + 1, now_us);
}

static void
reading_why(const struct result *r, const struct result_bucket *b, char *out,
    size_t size)
{
	size_t i, n = 0;
	unsigned g;

	*out = '\0';
	for (i = 0; i < r->nsensors; i++)
		for (g = 0; g < RESULT_NGAPS && n < size; g++)
			if ((b->gaps[i] & 1U << g) != 0)
				n += (size_t)snprintf(out + n, size - n,
				    "%s%s: %s", n == 0 ? "" : "; ",
				    r->sensors[i].name,
				    result_gap_name((enum result_gap)(1 << g)));
}

static void
reading_sensor(struct store *st, const struct cycle *k,
    const struct result_bucket *b, size_t i)
{
	const struct result *r = k->c->result;
	const struct result_sensor *s = &r->sensors[i];

	/* what is of the whole result is of the bucket if that is all */
	(void)state_run(st,
	    "INSERT INTO bucket_sensor VALUES (?1, ?2, ?3, ?4, ?5,"
	    " iif(?11, ?6, NULL), iif(?11, ?7, NULL), iif(?11, ?8, NULL),"
	    " iif(?11, ?9, NULL), ?10, iif(?12, ?13, NULL))",
	    "iiiiiiiiiiiii", k->group, b->start_us, (int64_t)i, k->sensor[i],
	    (int64_t)b->flows[i], (int64_t)s->packets, (int64_t)s->ip_bytes,
	    (int64_t)s->bad_lines, (int64_t)s->late, (int64_t)b->gaps[i],
	    (int64_t)(r->nbuckets == 1), (int64_t)s->has_offset, s->offset_us);
}

/* A pair of which one has not answered has no row; one whose log does not
 * cover the bucket has no agreement. */
static void
reading_pair(struct store *st, const struct cycle *k,
    const struct result_bucket *b, size_t p, struct roll *roll)
{
	const struct result_pair *of = &k->c->result->pairs[p];
	const struct result_counts *n = &b->n[p];
	unsigned gaps = b->gaps[of->a] | b->gaps[of->b];
	double agreement =
	    (gaps & CYCLE_LOST) != 0 ? NAN : result_agreement(n, of->relation);

	if ((gaps & GAP_NO_ANSWER) != 0)
		return;
	(void)state_run(st,
	    "INSERT INTO comparison"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "iiiiiiiiiiid", k->group, b->start_us, k->sensor[of->a],
	    k->sensor[of->b], (int64_t)n->paired, (int64_t)n->only_a,
	    (int64_t)n->only_b, (int64_t)n->damaged, (int64_t)n->shifted,
	    (int64_t)n->split, (int64_t)b->differs[p], agreement);
	if (isnan(agreement))
		return;
	roll->paired += (int64_t)n->paired;
	roll->unpaired += (int64_t)(n->only_a + n->only_b);
	roll->damaged += (int64_t)n->damaged;
	if (!(roll->worst <= agreement))
		roll->worst = agreement;
}

/* Not all of them may come again. */
static void
reading_pairs_go(
    struct store *st, int64_t group, int64_t start_us, int64_t now_us)
{
	sqlite3_stmt *s;

	if (st->nsinks > 0) {
		s = state_bind(st,
		    "SELECT a_id, b_id FROM comparison WHERE group_id = ?"
		    " AND start_us = ?",
		    "ii", group, start_us);
		while (state_step(st, s))
			journal_no_pair(st, group, start_us,
			    sqlite3_column_int64(s, 0),
			    sqlite3_column_int64(s, 1), now_us);
	}
	(void)state_run(st,
	    "DELETE FROM comparison WHERE group_id = ? AND start_us = ?", "ii",
	    group, start_us);
}

static void
reading_children(struct store *st, const struct cycle *k,
    const struct result_bucket *b, bool replaces, struct roll *roll)
{
	const struct result *r = k->c->result;
	size_t i;

	if (replaces) {
		(void)state_run(st,
		    "DELETE FROM bucket_sensor WHERE group_id = ?"
		    " AND start_us = ?",
		    "ii", k->group, b->start_us);
		reading_pairs_go(st, k->group, b->start_us, k->c->now_us);
	}
	for (i = 0; i < r->nsensors; i++)
		reading_sensor(st, k, b, i);
	for (i = 0; i < r->npairs; i++)
		reading_pair(st, k, b, i, roll);
}

static void
reading_bucket(
    struct store *st, const struct cycle *k, const struct result_bucket *b)
{
	struct roll roll = { .is = true, .status = b->status, .worst = NAN };
	struct reading_old old;
	char why[96];
	bool full = cycle_is_full(k);
	int64_t want = !full              ? STORE_WANT_FULL
	    : b->status == BUCKET_MISSING ? STORE_WANT_RETRY
					  : 0;

	reading_old(st, k->group, b->start_us, &old);
	if (old.is && old.reading == STORE_FULL_READING && !full)
		return;
	if (old.is && old.reading == STORE_EARLY && full)
		old.early_status = (int)old.roll.status;
	reading_why(k->c->result, b, why, sizeof(why));
	reading_put(st, k->group, b->start_us, k->c->reading, b->status,
	    old.early_status, want, old.tries + full,
	    why[0] == '\0'             ? NULL
		: k->c->reason != NULL ? k->c->reason
				       : why,
	    k->c->now_us);
	reading_children(st, k, b, old.is, &roll);
	rollup_replace(st, k->group, b->start_us, &old.roll, &roll);
}

static void
reading_begin(struct store *st, const struct store_cycle *c, struct cycle *k)
{
	const struct result *r = c->result;
	size_t i;

	*k = (struct cycle){
		.c = c, .from_us = c->new_from_us, .to_us = c->new_to_us
	};
	if (k->from_us == 0 && k->to_us == 0) {
		k->from_us = r->from_us;
		k->to_us = r->to_us;
	}
	state_begin(st);
	k->group = state_group(st, c->group);
	for (i = 0; i < r->nsensors; i++)
		k->sensor[i] = state_sensor(st, r->sensors[i].name);
	if (k->from_us > k->to_us)
		state_fail(st, STORE_RANGE,
		    "the new buckets end before they "
		    "begin");
	if (k->from_us < state_meta(st, INT64_MIN, "pruned", k->group))
		state_fail(st, STORE_PRUNED,
		    "buckets of that time are pruned already");
}

enum store_error
store_write(struct store *st, const struct store_cycle *c, struct diag *d)
{
	const struct result *r = c->result;
	enum store_error error;
	int64_t *ids = NULL;
	struct cycle k;
	size_t i;

	reading_begin(st, c, &k);
	for (i = 0; state_ok(st) && i < r->nbuckets; i++)
		if (cycle_is_new(&k, r->buckets[i].start_us))
			reading_bucket(st, &k, &r->buckets[i]);
	if (cycle_is_full(&k)) {
		evidence_write(st, &k);
		coverage_write(st, &k);
	}
	incident_write(st, &k, &ids);
	error = state_end(st, d);
	if (error == STORE_OK && ids != NULL)
		incident_written(c->incidents, ids);
	free(ids);
	return error;
}

/* True if the bucket has no coverage of its own so far. */
static bool
reading_give_up(struct store *st, int64_t group, int64_t start_us,
    const char *reason, int64_t now_us)
{
	struct roll roll = {
		.is = true, .status = STORE_NOT_COMPARED, .worst = NAN
	};
	struct reading_old old;

	reading_old(st, group, start_us, &old);
	if (old.is && old.reading == STORE_FULL_READING) {
		if (old.want == 0)
			return false;
		(void)state_run(st,
		    "UPDATE bucket SET want = 0, written_us = ?"
		    " WHERE group_id = ? AND start_us = ?",
		    "iii", now_us, group, start_us);
		journal_mark(
		    st, JOURNAL_BUCKETS, group, start_us, start_us + 1, now_us);
		return false;
	}
	if (old.is)
		reading_pairs_go(st, group, start_us, now_us);
	reading_put(st, group, start_us, STORE_FULL_READING, STORE_NOT_COMPARED,
	    old.is ? (int)old.roll.status : -1, 0, old.tries, reason, now_us);
	rollup_replace(st, group, start_us, &old.roll, &roll);
	return true;
}

enum store_error
store_not_compared(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, const char *reason, int64_t now_us, struct diag *d)
{
	enum store_error error = STORE_OK;
	int64_t id, width, at, since;
	unsigned n;

	do {
		state_begin(st);
		id = state_group(st, group);
		width = state_int(st, 1,
		    "SELECT width_us FROM sensor_group WHERE id = ?", "i", id);
		at = state_floor(from_us + width - 1, width);
		if (at < state_meta(st, INT64_MIN, "pruned", id))
			state_fail(st, STORE_PRUNED,
			    "buckets of that time are pruned already");
		for (since = at, n = 0;
		     state_ok(st) && at < to_us && n < READING_CHUNK;
		     n++, at += width) {
			if (reading_give_up(st, id, at, reason, now_us))
				continue;
			coverage_none(st, id, since, at, reason);
			since = at + width;
		}
		coverage_none(st, id, since, at, reason);
		from_us = at;
		error = state_end(st, d);
	} while (error == STORE_OK && from_us < to_us);
	return error;
}

enum store_error
store_group_since(
    struct store *st, const char *group, int64_t *us, struct diag *d)
{
	state_begin_read(st);
	*us = state_int(st, INT64_MIN,
	    "SELECT valid_from_us FROM group_member WHERE group_id = ?"
	    " ORDER BY valid_from_us LIMIT 1",
	    "i", state_group(st, group));
	return state_end(st, d);
}

enum store_error
store_first(
    struct store *st, const char *group, int64_t *start_us, struct diag *d)
{
	state_begin_read(st);
	*start_us = state_int(st, INT64_MAX,
	    "SELECT start_us FROM bucket WHERE group_id = ?"
	    " ORDER BY start_us LIMIT 1",
	    "i", state_group(st, group));
	return state_end(st, d);
}

enum store_error
store_pruned(struct store *st, const char *group, int64_t *us, struct diag *d)
{
	state_begin_read(st);
	*us = state_meta(st, INT64_MIN, "pruned", state_group(st, group));
	return state_end(st, d);
}

enum store_error
store_last(
    struct store *st, const char *group, int64_t *start_us, struct diag *d)
{
	state_begin_read(st);
	*start_us = state_int(st, INT64_MIN,
	    "SELECT start_us FROM bucket WHERE group_id = ? AND reading = 1"
	    " ORDER BY start_us DESC LIMIT 1",
	    "i", state_group(st, group));
	return state_end(st, d);
}
