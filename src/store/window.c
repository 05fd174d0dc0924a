/*
 * What a window of a group looks like: what is missing in it, its cells, and
 * one bucket of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/cycle.h"

static const char *const window_statuses[STORE_NSTATUSES] = { "equal",
	"differs", "incomplete", "missing", "not-compared" };

const char *
store_status_name(unsigned status)
{
	return window_statuses[status];
}

static int64_t
window_width(struct store *st, int64_t group)
{
	return state_int(st, US_PER_S,
	    "SELECT width_us FROM sensor_group WHERE id = ?", "i", group);
}

/* Room for what is missing, and where it comes from. */
struct window_list {
	struct store_missing *v; /* borrowed; NULL: they are only counted */
	size_t n, max;
	int64_t group, width;
	enum store_want most;
};

/* The first bucket that starts at or after a time. */
static int64_t
window_first(const struct window_list *l, int64_t at_us)
{
	return state_floor(at_us + l->width - 1, l->width);
}

static void
window_add(struct window_list *l, int64_t start_us, enum store_want want,
    int64_t tries, int64_t written_us)
{
	if (l->n < l->max && l->v != NULL)
		l->v[l->n] = (struct store_missing){ start_us, want,
			(unsigned)tries, written_us };
	l->n += l->n < l->max;
}

/* Buckets above one that is there, down to the next below it. */
static int64_t
window_absent(struct window_list *l, int64_t at_us, int64_t down_to_us)
{
	for (; at_us >= down_to_us && l->n < l->max; at_us -= l->width)
		window_add(l, at_us, STORE_WANT_ABSENT, 0, 0);
	return at_us;
}

static void
window_scan(
    struct store *st, struct window_list *l, int64_t from_us, int64_t to_us)
{
	int64_t at = window_first(l, to_us) - l->width;
	int64_t first = window_first(l, from_us);
	sqlite3_stmt *s = state_bind(st,
	    "SELECT start_us, want, tries, written_us FROM bucket"
	    " WHERE group_id = ? AND start_us >= ? AND start_us < ?"
	    " ORDER BY start_us DESC",
	    "iii", l->group, from_us, to_us);

	while (l->n < l->max && state_step(st, s)) {
		int64_t start = sqlite3_column_int64(s, 0);
		int64_t want = sqlite3_column_int64(s, 1);

		at = window_absent(l, at, start + 1);
		if (want > 0 && want <= (int64_t)l->most)
			window_add(l, start, (enum store_want)want,
			    sqlite3_column_int64(s, 2),
			    sqlite3_column_int64(s, 3));
		if (at == start)
			at -= l->width;
	}
	state_reset(s);
	(void)window_absent(l, at, first);
}

/* Whether a whole day has all its buckets, and wants none again. */
static bool
window_is_done(struct store *st, const struct window_list *l, int64_t day_us)
{
	int64_t end = day_us + CYCLE_DAY_US;
	int64_t all =
	    (window_first(l, end) - window_first(l, day_us)) / l->width;

	return state_int(st, 0,
		   "SELECT buckets FROM rollup WHERE group_id = ?"
		   " AND span_us = 86400000000 AND start_us = ?",
		   "ii", l->group, day_us) >= all &&
	    state_int(st, 0,
		"SELECT 1 FROM bucket WHERE want > 0 AND group_id = ?"
		" AND start_us >= ? AND start_us < ? LIMIT 1",
		"iii", l->group, day_us, end) == 0;
}

enum store_error
store_missing(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, enum store_want most, struct store_missing *out, size_t max,
    size_t *n, struct diag *d)
{
	struct window_list l = { .v = out, .max = max, .most = most };
	int64_t day, pruned;
	enum store_error error;

	state_begin_read(st);
	l.group = state_group(st, group);
	l.width = window_width(st, l.group);
	pruned = state_meta(st, INT64_MIN, "pruned", l.group);
	from_us = from_us < pruned ? pruned : from_us;
	for (day = state_floor(to_us - 1, CYCLE_DAY_US); state_ok(st) &&
	     l.n < max && day + CYCLE_DAY_US > from_us && from_us < to_us;
	     day -= CYCLE_DAY_US)
		if (!window_is_done(st, &l, day))
			window_scan(st, &l, day < from_us ? from_us : day,
			    day + CYCLE_DAY_US > to_us ? to_us
						       : day + CYCLE_DAY_US);
	error = state_end(st, d);
	*n = error == STORE_OK ? l.n : 0;
	return error;
}

static void
window_cell(sqlite3_stmt *s, enum store_span span, struct store_cell *c)
{
	unsigned i;

	*c = (struct store_cell){ .start_us = sqlite3_column_int64(s, 0),
		.buckets = (uint64_t)sqlite3_column_int64(s, 1),
		.paired = (uint64_t)sqlite3_column_int64(s, 2),
		.unpaired = (uint64_t)sqlite3_column_int64(s, 3),
		.damaged = (uint64_t)sqlite3_column_int64(s, 4),
		.worst = state_double(s, 5),
		.early_status = -1 };
	if (span != STORE_BY_BUCKET) {
		for (i = 0; i < STORE_NSTATUSES; i++)
			c->status[i] =
			    (uint64_t)sqlite3_column_int64(s, 6 + (int)i);
		return;
	}
	i = (unsigned)sqlite3_column_int(s, 6);
	c->status[i < STORE_NSTATUSES ? i : STORE_NOT_COMPARED] = 1;
	c->reading = (enum store_reading)sqlite3_column_int(s, 7);
	c->early_status = sqlite3_column_int(s, 8);
	STATE_TEXT(s, 9, c->reason);
}

static sqlite3_stmt *
window_cells(struct store *st, int64_t group, int64_t from_us, int64_t to_us,
    enum store_span span)
{
	if (span == STORE_BY_BUCKET)
		return state_bind(st,
		    "SELECT b.start_us, 1, total(paired),"
		    " total(only_a + only_b), total(damaged), min(agreement),"
		    " status, reading, ifnull(early_status, -1),"
		    " ifnull(reason, '') FROM bucket b LEFT JOIN comparison c"
		    " ON c.group_id = b.group_id AND c.start_us = b.start_us"
		    " AND c.agreement IS NOT NULL WHERE b.group_id = ?"
		    " AND b.start_us >= ? AND b.start_us < ?"
		    " GROUP BY b.start_us ORDER BY b.start_us",
		    "iii", group, from_us, to_us);
	return state_bind(st,
	    "SELECT start_us, buckets, paired, unpaired, damaged, worst,"
	    " equal, differs, incomplete, missing, not_compared FROM rollup"
	    " WHERE group_id = ? AND span_us = ? AND start_us >= ?"
	    " AND start_us < ? ORDER BY start_us",
	    "iiii", group, span == STORE_BY_HOUR ? CYCLE_HOUR_US : CYCLE_DAY_US,
	    from_us, to_us);
}

enum store_error
store_heat(struct store *st, const char *group, int64_t from_us, int64_t to_us,
    enum store_span span, struct store_cell **v, size_t *n, struct diag *d)
{
	size_t cap = 0;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	s = window_cells(st, state_group(st, group), from_us, to_us, span);
	while (state_step(st, s)) {
		if (*n == STORE_MAX_CELLS)
			state_fail(st, STORE_RANGE,
			    "more than %d cells; wanted a shorter time, or "
			    "longer cells",
			    STORE_MAX_CELLS);
		if (state_ok(st) && state_grow(st, v, *n, &cap, sizeof(**v)))
			window_cell(s, span, &(*v)[(*n)++]);
	}
	return state_end_list(st, v, n, d);
}

static void
window_sensors(struct store *st, int64_t group, struct result *r,
    int64_t ids[RESULT_MAX_SENSORS])
{
	struct result_bucket *b = r->buckets;
	sqlite3_stmt *s = state_bind(st,
	    "SELECT sensor_id, name, flows, packets, ip_bytes, bad, late,"
	    " gaps, offset_us FROM bucket_sensor JOIN sensor ON id = sensor_id"
	    " WHERE group_id = ? AND start_us = ? ORDER BY place",
	    "ii", group, b->start_us);

	while (r->nsensors < RESULT_MAX_SENSORS && state_step(st, s)) {
		size_t i = r->nsensors++;
		struct result_sensor *o = &r->sensors[i];

		ids[i] = sqlite3_column_int64(s, 0);
		STATE_TEXT(s, 1, o->name);
		o->flows = b->flows[i] = (uint64_t)sqlite3_column_int64(s, 2);
		o->packets = (uint64_t)sqlite3_column_int64(s, 3);
		o->ip_bytes = (uint64_t)sqlite3_column_int64(s, 4);
		o->bad_lines = (uint64_t)sqlite3_column_int64(s, 5);
		o->late = (uint64_t)sqlite3_column_int64(s, 6);
		b->gaps[i] = (uint8_t)sqlite3_column_int(s, 7);
		o->has_offset = sqlite3_column_type(s, 8) != SQLITE_NULL;
		o->offset_us = sqlite3_column_int64(s, 8);
		o->first_end_us = INT64_MAX;
		o->watermark_us = INT64_MIN;
	}
	state_reset(s);
}

static uint8_t
window_place(const struct result *r, const int64_t *ids, int64_t id)
{
	uint8_t i = 0;

	while (i + 1U < r->nsensors && ids[i] != id)
		i++;
	return i;
}

static void
window_pairs(struct store *st, int64_t group, struct result *r,
    const int64_t *ids, enum relation relation)
{
	struct result_bucket *b = r->buckets;
	sqlite3_stmt *s = state_bind(st,
	    "SELECT a_id, b_id, paired, only_a, only_b, damaged, shifted,"
	    " split, differs, ifnull(agreement, 1) FROM comparison"
	    " WHERE group_id = ? AND start_us = ?",
	    "ii", group, b->start_us);

	while (r->npairs < RESULT_MAX_PAIRS && state_step(st, s)) {
		size_t p = r->npairs++;
		struct result_pair *o = &r->pairs[p];

		o->a = window_place(r, ids, sqlite3_column_int64(s, 0));
		o->b = window_place(r, ids, sqlite3_column_int64(s, 1));
		o->relation = o->a == 0 ? relation : RELATION_MIRROR;
		o->n = (struct result_counts){
			.paired = (uint64_t)sqlite3_column_int64(s, 2),
			.only_a = (uint64_t)sqlite3_column_int64(s, 3),
			.only_b = (uint64_t)sqlite3_column_int64(s, 4),
			.damaged = (uint64_t)sqlite3_column_int64(s, 5),
			.shifted = (uint64_t)sqlite3_column_int64(s, 6),
			.split = (uint64_t)sqlite3_column_int64(s, 7),
		};
		b->n[p] = o->n;
		b->differs[p] = sqlite3_column_int(s, 8) != 0;
		o->agreement = sqlite3_column_double(s, 9);
	}
	state_reset(s);
}

enum store_error
store_bucket(struct store *st, const char *group, int64_t start_us,
    struct result *r, struct diag *d)
{
	int64_t ids[RESULT_MAX_SENSORS] = { 0 }, id, status;
	enum store_error error;

	*r = (struct result){ .from_us = start_us };
	state_begin_read(st);
	id = state_group(st, group);
	r->width_us = window_width(st, id);
	r->to_us = start_us + r->width_us;
	status = state_int(st, -1,
	    "SELECT status FROM bucket WHERE group_id = ? AND start_us = ?",
	    "ii", id, start_us);
	if (status < 0)
		state_fail(st, STORE_NOT_FOUND, "no bucket of that start");
	r->buckets = calloc(1, sizeof(*r->buckets));
	if (r->buckets == NULL)
		state_fail(st, STORE_MEMORY, "out of memory");
	if (state_ok(st)) {
		r->nbuckets = 1;
		/* else not ok */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		r->buckets[0].start_us = start_us;
		r->buckets[0].status = status >= BUCKET_MISSING
		    ? BUCKET_MISSING
		    : (enum bucket_status)status;
		window_sensors(st, id, r, ids);
		window_pairs(st, id, r, ids,
		    (enum relation)state_int(st, 0,
			"SELECT relation FROM sensor_group WHERE id = ?", "i",
			id));
	}
	error = state_end(st, d);
	if (error != STORE_OK)
		result_clear(r);
	return error;
}
