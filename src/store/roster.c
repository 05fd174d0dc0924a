/*
 * Sensors, groups and what was planned for them, over time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/overview.h"
#include "store/roster.h"
#include "store/state.h"

static void
roster_make_sensor(struct store *st, const char *name)
{
	(void)state_run(
	    st, "INSERT OR IGNORE INTO sensor (name) VALUES (?)", "s", name);
}

/* From now on; one that is the same goes on. */
static void
roster_attribute(
    struct store *st, int64_t sensor, const char *pair, int64_t now_us)
{
	const char *value = strchr(pair, '=');
	char key[64];

	if (value == NULL || (size_t)(value - pair) >= sizeof(key)) {
		state_fail(st, STORE_RANGE, "'%s'; wanted KEY=VALUE", pair);
		return;
	}
	(void)snprintf(key, sizeof(key), "%.*s", (int)(value++ - pair), pair);
	if (state_int(st, 0,
		"SELECT 1 FROM sensor_attribute WHERE sensor_id = ?"
		" AND key = ? AND value = ? AND valid_to_us IS NULL",
		"iss", sensor, key, value) != 0)
		return;
	(void)state_run(st,
	    "UPDATE sensor_attribute SET valid_to_us = ? WHERE sensor_id = ?"
	    " AND key = ? AND valid_to_us IS NULL",
	    "iis", now_us, sensor, key);
	(void)state_run(st,
	    "INSERT OR REPLACE INTO sensor_attribute"
	    " VALUES (?, ?, ?, ?, NULL)",
	    "issi", sensor, key, value, now_us);
}

static bool
roster_has(const char *const *attributes, size_t n, const char *key)
{
	size_t i, len = strlen(key);

	for (i = 0; i < n; i++)
		if (strncmp(attributes[i], key, len) == 0 &&
		    attributes[i][len] == '=')
			return true;
	return false;
}

static void
roster_end_attributes(struct store *st, int64_t sensor,
    const char *const *attributes, size_t n, int64_t now_us)
{
	char(*key)[64] = NULL;
	size_t nkeys = 0, cap = 0, i;
	sqlite3_stmt *s = state_bind(st,
	    "SELECT key FROM sensor_attribute WHERE sensor_id = ?"
	    " AND valid_to_us IS NULL",
	    "i", sensor);

	while (state_step(st, s))
		if (state_grow(st, &key, nkeys, &cap, sizeof(*key))) {
			STATE_TEXT(s, 0, key[nkeys]);
			nkeys++;
		}
	for (i = 0; i < nkeys; i++)
		if (!roster_has(attributes, n, key[i]))
			(void)state_run(st,
			    "UPDATE sensor_attribute SET valid_to_us = ?"
			    " WHERE sensor_id = ? AND key = ?"
			    " AND valid_to_us IS NULL",
			    "iis", now_us, sensor, key[i]);
	free(key);
}

enum store_error
store_sensor(struct store *st, const char *name, const char *const *attributes,
    size_t n, int64_t now_us, struct diag *d)
{
	int64_t id;
	size_t i;

	state_begin(st);
	roster_make_sensor(st, name);
	id = state_sensor(st, name);
	roster_end_attributes(st, id, attributes, n, now_us);
	for (i = 0; i < n; i++)
		roster_attribute(st, id, attributes[i], now_us);
	return state_end(st, d);
}

enum store_error
store_attribute(struct store *st, const char *sensor, const char *key,
    int64_t at_us, char *out, size_t size, struct diag *d)
{
	sqlite3_stmt *s;

	*out = '\0';
	state_begin_read(st);
	s = state_bind(st,
	    "SELECT value FROM sensor_attribute WHERE sensor_id = ?1"
	    " AND key = ?2 AND valid_from_us <= ?3"
	    " AND (valid_to_us IS NULL OR valid_to_us > ?3)",
	    "isi", state_sensor(st, sensor), key, at_us);
	if (state_step(st, s)) {
		state_text(s, 0, out, size);
		state_reset(s);
	}
	return state_end(st, d);
}

/* Who was in the group at some time of a window: ?1 group, ?2 from, ?3 to. */
#define ROSTER_WERE_MEMBERS                                      \
	"SELECT sensor_id FROM group_member WHERE group_id = ?1" \
	" AND valid_from_us < ?3 AND ifnull(valid_to_us, ?2 + 1) > ?2"

enum store_error
store_attributes(struct store *st, const char *group, const char *sensor,
    int64_t from_us, int64_t to_us, struct store_attribute **v, size_t *n,
    struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	if (sensor != NULL)
		(void)state_sensor(st, sensor);
	s = state_bind(st,
	    "SELECT name, key, value, valid_from_us, ifnull(valid_to_us, ?5)"
	    " FROM sensor_attribute JOIN sensor ON id = sensor_id"
	    " WHERE sensor_id IN (" ROSTER_WERE_MEMBERS ")"
	    " AND name = ifnull(?4, name) AND valid_from_us < ?3"
	    " AND ifnull(valid_to_us, ?2 + 1) > ?2"
	    " ORDER BY name, key, valid_from_us",
	    "iiisi", state_group(st, group), from_us, to_us, sensor, INT64_MAX);
	while (state_step(st, s)) {
		struct store_attribute *o;

		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		o = &(*v)[(*n)++];
		STATE_TEXT(s, 0, o->sensor);
		STATE_TEXT(s, 1, o->key);
		STATE_TEXT(s, 2, o->value);
		o->from_us = sqlite3_column_int64(s, 3);
		o->to_us = sqlite3_column_int64(s, 4);
	}
	return state_end_list(st, v, n, d);
}

enum store_error
store_members(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, char (**v)[64], size_t *n, struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	s = state_bind(st,
	    "SELECT name FROM sensor WHERE id IN (" ROSTER_WERE_MEMBERS
	    ") ORDER BY name",
	    "iii", state_group(st, group), from_us, to_us);
	while (state_step(st, s))
		if (state_grow(st, v, *n, &cap, sizeof(**v))) {
			STATE_TEXT(s, 0, (*v)[*n]);
			++*n;
		}
	return state_end_list(st, v, n, d);
}

static void
roster_member(struct store *st, int64_t group, const char *name, size_t place,
    int64_t now_us)
{
	int64_t sensor;

	roster_make_sensor(st, name);
	sensor = state_sensor(st, name);
	if (state_run(st,
		"UPDATE group_member SET place = ? WHERE group_id = ?"
		" AND sensor_id = ? AND valid_to_us IS NULL",
		"iii", (int64_t)place, group, sensor) == 0)
		(void)state_run(st,
		    "INSERT OR REPLACE INTO group_member"
		    " VALUES (?, ?, ?, ?, NULL)",
		    "iiii", group, sensor, (int64_t)place, now_us);
}

enum store_error
store_group(struct store *st, const char *name, enum relation relation,
    int64_t width_us, const char *const *members, size_t n, int64_t now_us,
    struct diag *d)
{
	int64_t id;
	size_t i;

	state_begin(st);
	if (width_us <= 0)
		state_fail(st, STORE_RANGE, "a width of nothing");
	(void)state_run(st,
	    "INSERT INTO sensor_group (name, relation, width_us)"
	    " VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
	    " relation = excluded.relation, width_us = excluded.width_us",
	    "sii", name, (int64_t)relation, width_us);
	id = state_group(st, name);
	(void)state_run(
	    st, "INSERT OR IGNORE INTO meta VALUES ('merged', ?, 0)", "i", id);
	/* -1: not named below */
	(void)state_run(st,
	    "UPDATE group_member SET place = -1 WHERE group_id = ?"
	    " AND valid_to_us IS NULL",
	    "i", id);
	for (i = 0; i < n; i++)
		roster_member(st, id, members[i], i, now_us);
	(void)state_run(st,
	    "UPDATE group_member SET valid_to_us = ? WHERE group_id = ?"
	    " AND valid_to_us IS NULL AND place < 0",
	    "ii", now_us, id);
	return state_end(st, d);
}

enum store_error
store_sensor_seen(struct store *st, const char *sensor, int64_t at_us,
    int64_t watermark_us, int64_t lag_us, const char *failure, struct diag *d)
{
	int64_t id;

	state_begin(st);
	id = state_sensor(st, sensor);
	if (failure == NULL)
		(void)state_run(st,
		    "INSERT INTO sensor_state (sensor_id, success_us,"
		    " watermark_us, lag_us) VALUES (?, ?, nullif(?, ?), ?)"
		    " ON CONFLICT DO UPDATE SET"
		    " success_us = excluded.success_us,"
		    " watermark_us = excluded.watermark_us,"
		    " lag_us = excluded.lag_us",
		    "iiiii", id, at_us, watermark_us, INT64_MIN, lag_us);
	if (failure == NULL && watermark_us != INT64_MIN)
		(void)state_run(st,
		    "INSERT INTO sensor_lag VALUES (?, ?, ?)"
		    " ON CONFLICT DO UPDATE SET"
		    " behind_us = max(behind_us, excluded.behind_us)",
		    "iii", id, state_floor(at_us, STORE_LAG_STEP_US),
		    at_us - watermark_us);
	if (failure != NULL)
		(void)state_run(st,
		    "INSERT INTO sensor_state (sensor_id, failure_us, failure)"
		    " VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
		    " failure_us = excluded.failure_us,"
		    " failure = excluded.failure",
		    "iis", id, at_us, failure);
	return state_end(st, d);
}

enum store_error
store_sensor_states(
    struct store *st, struct store_sensor_state **v, size_t *n, struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	s = state_bind(st,
	    "SELECT name, ifnull(success_us, 0), ifnull(watermark_us, ?1),"
	    " ifnull(lag_us, ?1), ifnull(failure_us, 0), failure"
	    " FROM sensor_state JOIN sensor ON id = sensor_id ORDER BY name",
	    "i", INT64_MIN);
	while (state_step(st, s)) {
		struct store_sensor_state *o;

		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		o = &(*v)[(*n)++];
		STATE_TEXT(s, 0, o->sensor);
		o->success_us = sqlite3_column_int64(s, 1);
		o->watermark_us = sqlite3_column_int64(s, 2);
		o->lag_us = sqlite3_column_int64(s, 3);
		o->failure_us = sqlite3_column_int64(s, 4);
		STATE_TEXT(s, 5, o->failure);
	}
	return state_end_list(st, v, n, d);
}

enum store_error
store_maintenance_add(struct store *st, const char *sensor, int64_t from_us,
    int64_t to_us, const char *who, const char *why, int64_t now_us,
    struct diag *d)
{
	state_begin(st);
	if (from_us >= to_us)
		state_fail(st, STORE_RANGE, "the window ends before it begins");
	(void)state_run(st,
	    "INSERT INTO maintenance (sensor_id, from_us, to_us, who, why,"
	    " made_us) VALUES (?, ?, ?, ?, ?, ?)",
	    "iiissi", state_sensor(st, sensor), from_us, to_us, who, why,
	    now_us);
	return state_end(st, d);
}

enum store_error
store_maintenance_covers(struct store *st, const char *sensor, int64_t from_us,
    int64_t to_us, int64_t width_us, bool *out, struct diag *d)
{
	state_begin_read(st);
	*out = state_int(st, 0,
		   "SELECT 1 FROM maintenance WHERE sensor_id = ?1"
		   " AND from_us < ?2 AND to_us > ?3 LIMIT 1",
		   "iii", state_sensor(st, sensor), from_us + width_us,
		   to_us - width_us) != 0;
	return state_end(st, d);
}

enum store_error
store_maintenances(struct store *st, int64_t after_us,
    struct store_maintenance **v, size_t *n, struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	s = state_bind(st,
	    "SELECT m.id, name, from_us, to_us, who, why FROM maintenance m"
	    " JOIN sensor s ON s.id = sensor_id WHERE to_us > ?"
	    " ORDER BY from_us, m.id",
	    "i", after_us);
	while (state_step(st, s)) {
		struct store_maintenance *o;

		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		o = &(*v)[(*n)++];
		o->id = sqlite3_column_int64(s, 0);
		STATE_TEXT(s, 1, o->sensor);
		o->from_us = sqlite3_column_int64(s, 2);
		o->to_us = sqlite3_column_int64(s, 3);
		STATE_TEXT(s, 4, o->who);
		STATE_TEXT(s, 5, o->why);
	}
	return state_end_list(st, v, n, d);
}

enum store_error
store_maintenance_end(
    struct store *st, int64_t id, int64_t now_us, struct diag *d)
{
	state_begin(st);
	if (state_run(st,
		"UPDATE maintenance SET to_us = min(to_us, max(from_us, ?))"
		" WHERE id = ?",
		"ii", now_us, id) == 0)
		state_fail(
		    st, STORE_NOT_FOUND, "no maintenance %lld", (long long)id);
	return state_end(st, d);
}
