/*
 * Who has a journal, and what is written into it. Numbers of lines are the
 * time in microseconds, or the next number if that is not greater: they grow
 * for ever, even when the store is begun anew, so that they do as versions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/cycle.h"
#include "store/journal_mark.h"

#define JOURNAL_BORN "born" /* in meta: who it is that numbers */
#define JOURNAL_TARGET "target"

void
journal_forget(struct journal_sink *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].group);
	free(v);
}

static bool
journal_wants(struct store *st, const struct journal_sink *s, int64_t group)
{
	size_t i;

	for (i = 0; i < s->ngroups; i++)
		if (state_int(st, 0,
			"SELECT 1 FROM sensor_group WHERE id = ? AND name = ?",
			"is", group, s->group[i]) != 0)
			return true;
	return s->ngroups == 0;
}

/* The newest line of a row is enough. a 0: of no pair. */
static void
journal_add(struct store *st, const char *feed, enum journal_kind kind,
    int64_t group, int64_t first, int64_t past, int64_t a, int64_t b,
    int64_t now_us)
{
	(void)state_run(st,
	    "DELETE FROM journal WHERE kind = ? AND group_id = ? AND first = ?"
	    " AND past = ? AND feed = ? AND a_id IS nullif(?, 0)"
	    " AND b_id IS nullif(?, 0)",
	    "iiiisii", (int64_t)kind, group, first, past, feed, a, b);
	(void)state_run(st,
	    "INSERT INTO journal VALUES (max(?1, 1 + ifnull((SELECT seq"
	    " FROM sqlite_sequence WHERE name = 'journal'), 0)), ?2, ?3, ?4,"
	    " ?5, ?6, nullif(?7, 0), nullif(?8, 0))",
	    "isiiiiii", now_us, feed, (int64_t)kind, group, first, past, a, b);
}

void
journal_mark(struct store *st, enum journal_kind kind, int64_t group,
    int64_t first, int64_t past, int64_t now_us)
{
	size_t i;

	for (i = 0; i < st->nsinks; i++)
		if (journal_wants(st, &st->sink[i], group))
			journal_add(st, st->sink[i].feed, kind, group, first,
			    past, 0, 0, now_us);
}

void
journal_no_pair(struct store *st, int64_t group, int64_t start_us, int64_t a,
    int64_t b, int64_t now_us)
{
	size_t i;

	for (i = 0; i < st->nsinks; i++)
		if (journal_wants(st, &st->sink[i], group))
			journal_add(st, st->sink[i].feed, JOURNAL_NO_PAIR,
			    group, start_us, start_us + 1, a, b, now_us);
}

/* -- who -- */

static struct journal_sink *
journal_copy(const struct store_sink *v, size_t n)
{
	struct journal_sink *to = calloc(n + 1, sizeof(*to));
	size_t i, k;

	for (i = 0; to != NULL && i < n; i++) {
		(void)snprintf(to[i].feed, sizeof(to[i].feed), "%s", v[i].feed);
		to[i].group = calloc(v[i].ngroups + 1, sizeof(*to[i].group));
		if (to[i].group == NULL) {
			journal_forget(to, i);
			return NULL;
		}
		to[i].ngroups = v[i].ngroups;
		for (k = 0; k < v[i].ngroups; k++)
			(void)snprintf(to[i].group[k], sizeof(to[i].group[k]),
			    "%s", v[i].groups[k]);
	}
	return to;
}

static void
journal_drop(struct store *st, const char *feed)
{
	(void)state_run(st, "DELETE FROM journal WHERE feed = ?", "s", feed);
	(void)state_run(st,
	    "DELETE FROM feed_state WHERE feed = ? AND key = '" JOURNAL_TARGET
	    "'",
	    "s", feed);
}

/* Those that are no sinks any more miss what is not journaled from now on. */
static void
journal_drop_others(struct store *st, const struct store_sink *v, size_t n)
{
	char feed[64];
	sqlite3_stmt *s;
	size_t i;

	for (*feed = '\0';;) {
		s = state_bind(st,
		    "SELECT min(feed) FROM feed_state WHERE key ="
		    " '" JOURNAL_TARGET "' AND feed > ?",
		    "s", feed);
		*feed = '\0';
		if (state_step(st, s)) {
			STATE_TEXT(s, 0, feed);
			state_reset(s);
		}
		if (*feed == '\0')
			return;
		for (i = 0; i < n && strcmp(v[i].feed, feed) != 0; i++)
			;
		if (i == n)
			journal_drop(st, feed);
	}
}

/* A line for all that a table has of a group. Evidently none is written of an
 * empty one. */
static void
journal_all(struct store *st, const char *feed, enum journal_kind kind,
    int64_t group, sqlite3_stmt *s, int64_t now_us)
{
	int64_t first, past;
	bool any;

	if (!state_step(st, s))
		return;
	any = sqlite3_column_type(s, 0) != SQLITE_NULL;
	first = sqlite3_column_int64(s, 0);
	past = sqlite3_column_int64(s, 1);
	state_reset(s);
	if (any)
		journal_add(st, feed, kind, group, first, past, 0, 0, now_us);
}

static void
journal_everything(
    struct store *st, const struct journal_sink *to, int64_t now_us)
{
	const char *feed = to->feed;
	int64_t g = 0;

	for (;;) {
		g = state_int(st, 0,
		    "SELECT min(id) FROM sensor_group WHERE id > ?", "i", g);
		if (g == 0)
			return;
		if (!journal_wants(st, to, g))
			continue;
		journal_all(st, feed, JOURNAL_BUCKETS, g,
		    state_bind(st,
			"SELECT min(first), max(past) FROM (SELECT"
			" min(start_us) first, max(start_us) + 1 past"
			" FROM bucket WHERE group_id = ?1 UNION ALL SELECT"
			" min(from_us), max(to_us) FROM coverage"
			" WHERE group_id = ?1)",
			"i", g),
		    now_us);
		journal_all(st, feed, JOURNAL_INCIDENTS, g,
		    state_bind(st,
			"SELECT min(id), max(id) + 1 FROM incident"
			" WHERE group_id = ?",
			"i", g),
		    now_us);
		journal_all(st, feed, JOURNAL_EVENTS, g,
		    state_bind(st,
			"SELECT min(e.id), max(e.id) + 1 FROM incident i"
			" JOIN incident_event e ON e.incident_id = i.id"
			" WHERE group_id = ?",
			"i", g),
		    now_us);
		journal_all(st, feed, JOURNAL_FINDINGS, g,
		    state_bind(st,
			"SELECT min(id), max(id) + 1 FROM finding"
			" WHERE group_id = ?",
			"i", g),
		    now_us);
	}
}

enum store_error
store_sinks(struct store *st, const struct store_sink *v, size_t n,
    int64_t now_us, struct diag *d)
{
	struct journal_sink *to = journal_copy(v, n);
	enum store_error error;
	size_t i;

	state_begin(st);
	if (to == NULL)
		state_fail(st, STORE_MEMORY, "out of memory");
	if (n > 0 && state_meta(st, 0, JOURNAL_BORN, 0) == 0)
		state_meta_set(st, JOURNAL_BORN, 0, now_us);
	journal_drop_others(st, v, n);
	for (i = 0; state_ok(st) && i < n; i++) {
		if (state_int(st, 0,
			"SELECT 1 FROM feed_state WHERE feed = ? AND"
			" key = '" JOURNAL_TARGET "' AND value = ?",
			"ss", v[i].feed, v[i].target) != 0)
			continue;
		journal_drop(st, v[i].feed);
		(void)state_run(st,
		    "INSERT INTO feed_state VALUES (?, '" JOURNAL_TARGET
		    "', ?)",
		    "ss", v[i].feed, v[i].target);
		journal_everything(st, &to[i], now_us);
	}
	error = state_end(st, d);
	if (error != STORE_OK) {
		journal_forget(to, to == NULL ? 0 : n);
		return error;
	}
	journal_forget(st->sink, st->nsinks);
	st->sink = to;
	st->nsinks = n;
	return STORE_OK;
}

/* -- giving -- */

enum store_error
store_sink_done(struct store *st, const char *feed, const struct store_batch *b,
    struct diag *d)
{
	state_begin(st);
	(void)state_run(st, "DELETE FROM journal WHERE feed = ? AND seq <= ?",
	    "si", feed, b->last);
	if (b->part != 0)
		(void)state_run(st,
		    "UPDATE journal SET first = ? WHERE feed = ? AND seq = ?",
		    "isi", b->part_past, feed, b->part);
	return state_end(st, d);
}

enum store_error
store_sink_waiting(struct store *st, const char *feed, uint64_t *n,
    int64_t *oldest_us, struct diag *d)
{
	state_begin_read(st);
	*n = (uint64_t)state_int(st, 0,
	    "SELECT sum(iif(kind = 0, max(1, (past - first) / width_us),"
	    " past - first)) FROM journal JOIN sensor_group g"
	    " ON g.id = group_id WHERE feed = ?",
	    "s", feed);
	*oldest_us = state_int(
	    st, 0, "SELECT min(seq) FROM journal WHERE feed = ?", "s", feed);
	return state_end(st, d);
}

/* -- pruning -- */

/* Of all feeds, before `before_us`: how many buckets of each are lost. */
static void
journal_give_up(
    struct store *st, int64_t group, int64_t before_us, int64_t given_up_us)
{
	(void)state_run(st,
	    "INSERT INTO feed_state SELECT feed, 'dropped', sum(max(1,"
	    " (min(past, ?2) - first) / width_us)) FROM journal"
	    " JOIN sensor_group g ON g.id = group_id WHERE kind = 0"
	    " AND group_id = ?1 AND first < ?2 AND seq < ?3 GROUP BY feed"
	    " ON CONFLICT DO UPDATE SET value = value + excluded.value",
	    "iii", group, before_us, given_up_us);
	(void)state_run(st,
	    "DELETE FROM journal WHERE kind = 0 AND group_id = ?1"
	    " AND past <= ?2 AND seq < ?3",
	    "iii", group, before_us, given_up_us);
	(void)state_run(st,
	    "UPDATE journal SET first = ?2 WHERE kind = 0 AND group_id = ?1"
	    " AND first < ?2 AND seq < ?3",
	    "iii", group, before_us, given_up_us);
}

int64_t
journal_prune(
    struct store *st, int64_t group, int64_t before_us, int64_t given_up_us)
{
	int64_t holds = state_int(st, INT64_MAX,
	    "SELECT min(first) FROM journal WHERE kind = 0 AND group_id = ?"
	    " AND first < ? AND seq >= ?",
	    "iii", group, before_us, given_up_us);

	if (holds < before_us)
		before_us = state_floor(holds, CYCLE_DAY_US);
	journal_give_up(st, group, before_us, given_up_us);
	return before_us;
}
