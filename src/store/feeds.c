/*
 * Small tables of their own: files, feeds and norms.
 */
#include <stdlib.h>
#include "store/roster.h"
#include "store/state.h"

enum store_error
store_file_seen(struct store *st, const char *sensor, const char *path,
    int64_t mtime_us, int64_t now_us, bool *known, struct diag *d)
{
	state_begin(st);
	*known =
	    state_run(st,
		"UPDATE file SET seen_us = ? WHERE sensor_id = ?"
		" AND path = ? AND mtime_us = ?",
		"iisi", now_us, state_sensor(st, sensor), path, mtime_us) > 0;
	return state_end(st, d);
}

enum store_error
store_add_file(struct store *st, const char *sensor, const struct store_file *f,
    struct diag *d)
{
	state_begin(st);
	(void)state_run(st,
	    "INSERT INTO file VALUES (?1, ?2, ?3, ?4, iif(?5, ?6, NULL),"
	    " iif(?5, ?7, NULL), ?8, nullif(?9, ?11), nullif(?10, ?11))"
	    " ON CONFLICT DO UPDATE SET size = excluded.size,"
	    " lines = excluded.lines, checksum = excluded.checksum,"
	    " seen_us = excluded.seen_us",
	    "isiiiiiiiii", state_sensor(st, sensor), f->path, (int64_t)f->size,
	    f->mtime_us, (int64_t)f->hashed, (int64_t)f->lines,
	    (int64_t)f->checksum, f->seen_us, f->first_us, f->last_us,
	    INT64_MIN);
	return state_end(st, d);
}

enum store_error
store_files(struct store *st, const char *sensor, struct store_file *out,
    size_t max, size_t *n, struct diag *d)
{
	enum store_error error;
	sqlite3_stmt *s;

	*n = 0;
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT path, size, checksum IS NOT NULL, lines, checksum,"
	    " mtime_us, seen_us, ifnull(first_us, ?), ifnull(last_us, ?)"
	    " FROM file WHERE sensor_id = ?"
	    " ORDER BY mtime_us DESC, path LIMIT ?",
	    "iiii", INT64_MIN, INT64_MIN, state_sensor(st, sensor),
	    (int64_t)max);
	while (state_step(st, s)) {
		struct store_file *f = &out[(*n)++];

		STATE_TEXT(s, 0, f->path);
		f->size = (uint64_t)sqlite3_column_int64(s, 1);
		f->hashed = sqlite3_column_int(s, 2) != 0;
		f->lines = (uint64_t)sqlite3_column_int64(s, 3);
		f->checksum = (uint64_t)sqlite3_column_int64(s, 4);
		f->mtime_us = sqlite3_column_int64(s, 5);
		f->seen_us = sqlite3_column_int64(s, 6);
		f->first_us = sqlite3_column_int64(s, 7);
		f->last_us = sqlite3_column_int64(s, 8);
	}
	error = state_end(st, d);
	if (error != STORE_OK)
		*n = 0;
	return error;
}

enum store_error
store_feed_set(struct store *st, const char *feed, const char *key,
    const char *value, struct diag *d)
{
	state_begin(st);
	(void)state_run(st,
	    "INSERT INTO feed_state VALUES (?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET value = excluded.value",
	    "sss", feed, key, value);
	return state_end(st, d);
}

enum store_error
store_feed_get(struct store *st, const char *feed, const char *key, char *out,
    size_t size, struct diag *d)
{
	sqlite3_stmt *s;

	*out = '\0';
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT value FROM feed_state WHERE feed = ? AND key = ?", "ss",
	    feed, key);
	if (state_step(st, s)) {
		state_text(s, 0, out, size);
		state_reset(s);
	}
	return state_end(st, d);
}

enum store_error
store_outbox_add(struct store *st, const char *feed, struct span payload,
    int64_t now_us, struct diag *d)
{
	state_begin(st);
	(void)state_run(st,
	    "INSERT INTO outbox (feed, made_us, next_us, tries, payload)"
	    " VALUES (?, ?, ?, 0, ?)",
	    "siib", feed, now_us, now_us, payload.n == 0 ? "" : payload.p,
	    payload.n);
	return state_end(st, d);
}

enum store_error
store_outbox_next(struct store *st, const char *feed, int64_t now_us,
    struct store_message *m, struct diag *d)
{
	enum store_error error;
	sqlite3_stmt *s;

	*m = (struct store_message){ 0 };
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT id, tries, payload FROM outbox"
	    " WHERE id = (SELECT min(id) FROM outbox WHERE feed = ?)"
	    " AND next_us <= ?",
	    "si", feed, now_us);
	if (state_step(st, s)) {
		m->id = sqlite3_column_int64(s, 0);
		m->tries = (unsigned)sqlite3_column_int(s, 1);
		buf_add(&m->payload, sqlite3_column_blob(s, 2),
		    (size_t)sqlite3_column_bytes(s, 2));
		if (!buf_ok(&m->payload))
			state_fail(st, STORE_MEMORY, "out of memory");
		state_reset(s);
	}
	error = state_end(st, d);
	if (error != STORE_OK) {
		buf_clear(&m->payload);
		m->id = 0;
	}
	return error;
}

static void
feeds_wanted(struct store *st, int64_t changed, int64_t id)
{
	if (changed == 0)
		state_fail(
		    st, STORE_NOT_FOUND, "no message %lld", (long long)id);
}

enum store_error
store_outbox_done(struct store *st, int64_t id, struct diag *d)
{
	state_begin(st);
	feeds_wanted(
	    st, state_run(st, "DELETE FROM outbox WHERE id = ?", "i", id), id);
	return state_end(st, d);
}

enum store_error
store_outbox_give_up(struct store *st, int64_t id, struct diag *d)
{
	state_begin(st);
	feeds_wanted(st,
	    state_run(st,
		"INSERT INTO feed_state SELECT feed, 'dropped', '1' FROM outbox"
		" WHERE id = ? ON CONFLICT DO UPDATE SET"
		" value = CAST(value AS INTEGER) + 1",
		"i", id),
	    id);
	(void)state_run(st, "DELETE FROM outbox WHERE id = ?", "i", id);
	return state_end(st, d);
}

enum store_error
store_outbox_look(struct store *st, const char *feed, struct store_outbox *out,
    struct diag *d)
{
	sqlite3_stmt *s;

	*out = (struct store_outbox){ 0 };
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT count(*), ifnull(min(made_us), 0), ifnull((SELECT value"
	    " FROM feed_state WHERE feed = ?1 AND key = 'dropped'), 0)"
	    " FROM outbox WHERE feed = ?1",
	    "s", feed);
	if (state_step(st, s)) {
		out->waiting = (uint64_t)sqlite3_column_int64(s, 0);
		out->oldest_us = sqlite3_column_int64(s, 1);
		out->dropped = (uint64_t)sqlite3_column_int64(s, 2);
		state_reset(s);
	}
	return state_end(st, d);
}

enum store_error
store_outbox_retry(
    struct store *st, int64_t id, int64_t next_us, struct diag *d)
{
	state_begin(st);
	feeds_wanted(st,
	    state_run(st,
		"UPDATE outbox SET next_us = ?, tries = tries + 1"
		" WHERE id = ?",
		"ii", next_us, id),
	    id);
	return state_end(st, d);
}

static bool
feeds_samples(struct store *st, int64_t group, int64_t a, int64_t b,
    int64_t from_us, int64_t to_us, struct norm_week *out)
{
	struct norm_sample *v = NULL;
	size_t n = 0, cap = 0;
	sqlite3_stmt *s;
	bool ok;

	s = state_bind(st,
	    "SELECT start_us, 1 - agreement FROM comparison JOIN bucket"
	    " USING (group_id, start_us) WHERE group_id = ?1"
	    " AND start_us >= ?2 AND start_us < ?3 AND reading = 1"
	    " AND ((a_id = ?4 AND b_id = ?5) OR (a_id = ?5 AND b_id = ?4))"
	    " AND agreement IS NOT NULL AND paired + only_a + only_b > 0",
	    "iiiii", group, from_us, to_us, a, b);
	while (state_step(st, s))
		if (state_grow(st, &v, n, &cap, sizeof(*v)))
			v[n++] =
			    (struct norm_sample){ sqlite3_column_int64(s, 0),
				    sqlite3_column_double(s, 1) };
	ok = state_ok(st) && norm_learn(v, n, out);
	free(v);
	return ok;
}

enum store_error
store_norm_learn(struct store *st, const char *group, const char *a,
    const char *b, int64_t from_us, int64_t to_us, struct diag *d)
{
	struct norm_week week = { 0 };
	int64_t id, left, right;
	int hour;

	state_begin(st);
	id = state_group(st, group);
	left = state_sensor(st, a);
	right = state_sensor(st, b);
	if (!feeds_samples(st, id, left, right, from_us, to_us, &week))
		state_fail(st, STORE_MEMORY, "out of memory");
	(void)state_run(st,
	    "DELETE FROM norm WHERE group_id = ?1 AND ((a_id = ?2 AND b_id ="
	    " ?3) OR (a_id = ?3 AND b_id = ?2))",
	    "iii", id, left, right);
	for (hour = 0; hour <= NORM_HOURS; hour++)
		if (week.slot[hour].n > 0)
			(void)state_run(st,
			    "INSERT INTO norm VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			    "iiiiiddi", id, left, right, (int64_t)hour,
			    (int64_t)week.slot[hour].n, week.slot[hour].median,
			    week.slot[hour].mad, to_us);
	return state_end(st, d);
}

enum store_error
store_norm(struct store *st, const char *group, const char *a, const char *b,
    struct norm_week *out, struct diag *d)
{
	sqlite3_stmt *s;

	*out = (struct norm_week){ 0 };
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT hour, n, median, mad FROM norm WHERE group_id = ?1"
	    " AND ((a_id = ?2 AND b_id = ?3) OR (a_id = ?3 AND b_id = ?2))",
	    "iii", state_group(st, group), state_sensor(st, a),
	    state_sensor(st, b));
	while (state_step(st, s)) {
		int64_t hour = sqlite3_column_int64(s, 0);

		if (hour >= 0 && hour <= NORM_HOURS)
			out->slot[hour] =
			    (struct norm){ (uint64_t)sqlite3_column_int64(s, 1),
				    sqlite3_column_double(s, 2),
				    sqlite3_column_double(s, 3) };
	}
	return state_end(st, d);
}
