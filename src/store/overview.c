#include <stdlib.h>
#include "store/overview.h"
#include "store/state.h"

static void
overview_members(struct store *st, struct store_group_info *g, int64_t id)
{
	sqlite3_stmt *s = state_bind(st,
	    "SELECT name FROM group_member JOIN sensor ON id = sensor_id"
	    " WHERE group_id = ? AND valid_to_us IS NULL ORDER BY place",
	    "i", id);

	while (g->nmembers < RESULT_MAX_SENSORS && state_step(st, s)) {
		STATE_TEXT(s, 0, g->member[g->nmembers]);
		g->nmembers++;
	}
	state_reset(s);
	g->last_us = state_int(st, INT64_MIN,
	    "SELECT max(start_us) FROM bucket WHERE group_id = ?", "i", id);
}

enum store_error
store_groups(
    struct store *st, struct store_group_info **v, size_t *n, struct diag *d)
{
	struct store_group_info *g;
	sqlite3_stmt *s;
	size_t cap = 0;

	state_begin_list(st, v, n);
	s = state_bind(st,
	    "SELECT id, name, relation, width_us FROM sensor_group g"
	    " WHERE EXISTS (SELECT 1 FROM group_member WHERE group_id = g.id"
	    " AND valid_to_us IS NULL) ORDER BY name",
	    "");
	while (state_step(st, s)) {
		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		g = &(*v)[(*n)++];
		*g = (struct store_group_info){
			.relation = sqlite3_column_int(s, 2) == RELATION_SUBSET
			    ? RELATION_SUBSET
			    : RELATION_MIRROR,
			.width_us = sqlite3_column_int64(s, 3),
		};
		STATE_TEXT(s, 1, g->name);
		overview_members(st, g, sqlite3_column_int64(s, 0));
	}
	return state_end_list(st, v, n, d);
}

enum store_error
store_attribute_history(struct store *st, const char *sensor,
    struct store_attribute_info **v, size_t *n, struct diag *d)
{
	struct store_attribute_info *a;
	sqlite3_stmt *s;
	size_t cap = 0;

	state_begin_list(st, v, n);
	s = state_bind(st,
	    "SELECT key, value, valid_from_us, valid_to_us"
	    " FROM sensor_attribute WHERE sensor_id = ?"
	    " ORDER BY valid_to_us IS NOT NULL, valid_from_us DESC, key"
	    " LIMIT 1000",
	    "i", state_sensor(st, sensor));
	while (state_step(st, s)) {
		if (!state_grow(st, v, *n, &cap, sizeof(**v)))
			continue;
		a = &(*v)[(*n)++];
		STATE_TEXT(s, 0, a->key);
		STATE_TEXT(s, 1, a->value);
		a->from_us = sqlite3_column_int64(s, 2);
		a->to_us = sqlite3_column_type(s, 3) == SQLITE_NULL
		    ? INT64_MAX
		    : sqlite3_column_int64(s, 3);
	}
	return state_end_list(st, v, n, d);
}

static bool
overview_steps(
    struct store *st, int64_t from_us, int64_t to_us, int64_t step_us)
{
	if (step_us > 0 && from_us < to_us &&
	    (to_us - from_us) / step_us <= STORE_MAX_STEPS)
		return true;
	state_fail(st, STORE_RANGE,
	    "more than %d steps; wanted a shorter time, or longer steps",
	    STORE_MAX_STEPS);
	return false;
}

/* Rows of: begin of a step, least, mean, greatest. */
static void
overview_take(
    struct store *st, sqlite3_stmt *s, struct store_point **v, size_t *n)
{
	size_t cap = 0;

	while (state_step(st, s))
		if (state_grow(st, v, *n, &cap, sizeof(**v)))
			(*v)[(*n)++] =
			    (struct store_point){ sqlite3_column_int64(s, 0),
				    state_double(s, 1), state_double(s, 2),
				    state_double(s, 3) };
}

enum store_error
store_offsets(struct store *st, const char *group, const char *sensor,
    int64_t from_us, int64_t to_us, int64_t step_us, struct store_point **v,
    size_t *n, struct diag *d)
{
	state_begin_list(st, v, n);
	if (overview_steps(st, from_us, to_us, step_us))
		overview_take(st,
		    state_bind(st,
			"SELECT (start_us - ?3) / ?5 * ?5 + ?3 AS step,"
			" min(offset_us), avg(offset_us), max(offset_us)"
			" FROM bucket_sensor WHERE group_id = ?1"
			" AND start_us >= ?3 AND start_us < ?4"
			" AND sensor_id = ?2 AND offset_us IS NOT NULL"
			" GROUP BY step ORDER BY step",
			"iiiii", state_group(st, group),
			state_sensor(st, sensor), from_us, to_us, step_us),
		    v, n);
	return state_end_list(st, v, n, d);
}

enum store_error
store_lags(struct store *st, const char *sensor, int64_t from_us, int64_t to_us,
    int64_t step_us, struct store_point **v, size_t *n, struct diag *d)
{
	state_begin_list(st, v, n);
	if (overview_steps(st, from_us, to_us, step_us))
		overview_take(st,
		    state_bind(st,
			"SELECT (at_us - ?2) / ?4 * ?4 + ?2 AS step,"
			" min(behind_us), avg(behind_us), max(behind_us)"
			" FROM sensor_lag WHERE sensor_id = ?1"
			" AND at_us >= ?2 AND at_us < ?3"
			" GROUP BY step ORDER BY step",
			"iiii", state_sensor(st, sensor), from_us, to_us,
			step_us),
		    v, n);
	return state_end_list(st, v, n, d);
}
