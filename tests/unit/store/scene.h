/*
 * A scene is a store in a folder of its own under the system's temporary one,
 * with a group g of sensors A and B (or as many as are asked for) and buckets
 * of a minute, which are written by one call each.
 */
#ifndef UNIT_STORE_SCENE_H
#define UNIT_STORE_SCENE_H

#include <sys/stat.h>
#include <ftw.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "judge/incident.h"
#include "store/flows.h"
#include "store/incidents.h"
#include "store/prune.h"
#include "store/reading.h"
#include "store/roster.h"
#include "../unit.h"

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define T0 (INT64_C(1795478400) * US_PER_S) /* 2026-11-24 00:00 UTC */
#define AT(minutes) (T0 + (int64_t)(minutes)*MINUTE)

static char scene_dir[256], scene_file[300];
static struct store *scene; /* open for writing */
static struct diag scene_diag;

#define scene_ok(call)                                                    \
	do {                                                              \
		scene_diag = (struct diag)DIAG_INIT;                      \
		ck_assert_msg((call) == STORE_OK, "%s", scene_diag.text); \
	} while (0)

static inline enum store_error
scene_open(enum store_access access, struct store **out)
{
	struct store_options o = { .access = access, .busy_ms = 200 };

	scene_diag = (struct diag)DIAG_INIT;
	return store_open(scene_file, &o, out, &scene_diag);
}

/* Sensors A, B, ... in the group g. */
static inline void
scene_begin(size_t nsensors)
{
	static const char *const names[] = { "A", "B", "C", "D" };
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(scene_dir, sizeof(scene_dir), "%s/store.XXXXXX",
	    tmp != NULL ? tmp : P_tmpdir);
	ck_assert_ptr_nonnull(mkdtemp(scene_dir));
	(void)snprintf(
	    scene_file, sizeof(scene_file), "%s/store.db", scene_dir);
	scene_ok(scene_open(STORE_WRITE, &scene));
	if (nsensors > 0)
		scene_ok(store_group(scene, "g", RELATION_MIRROR, MINUTE, names,
		    nsensors, T0 - DAY, &scene_diag));
}

static inline int
scene_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static inline void
scene_end(void)
{
	store_close(scene);
	scene = NULL;
	(void)nftw(scene_dir, scene_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void
scene_two(void)
{
	scene_begin(2);
}

static inline void
scene_three(void)
{
	scene_begin(3);
}

/* SQL beside the store; the first number of it. */
static inline int64_t
scene_sql(const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(scene_file, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK,
	    "%s", sqlite3_errmsg(db));
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	return n;
}

/* A result of n buckets from a start; all equal, 1000 flows each. */
static inline void
scene_result(struct result *r, size_t nsensors, int64_t start_us, size_t n)
{
	size_t i, a, b;

	*r = (struct result){ .from_us = start_us,
		.to_us = start_us + (int64_t)n * MINUTE,
		.width_us = MINUTE,
		.nsensors = nsensors,
		.nbuckets = n };
	r->buckets = calloc(n, sizeof(*r->buckets));
	ck_assert_ptr_nonnull(r->buckets);
	for (a = 0; a < nsensors; a++) {
		(void)snprintf(r->sensors[a].name, sizeof(r->sensors[a].name),
		    "%c", (int)('A' + a));
		for (b = a + 1; b < nsensors; b++) {
			r->pairs[r->npairs].a = (uint8_t)a;
			r->pairs[r->npairs++].b = (uint8_t)b;
		}
	}
	for (i = 0; i < n; i++) {
		r->buckets[i].start_us = start_us + (int64_t)i * MINUTE;
		for (a = 0; a < nsensors; a++)
			r->buckets[i].flows[a] = 1000;
		for (a = 0; a < r->npairs; a++)
			r->buckets[i].n[a].paired = 1000;
	}
}

/* B lacks n of the flows of bucket i, of a result of two. */
static inline void
scene_lose(struct result *r, size_t i, uint64_t n)
{
	r->buckets[i].status = n > 0 ? BUCKET_DIFFERS : BUCKET_EQUAL;
	r->buckets[i].differs[0] = n > 0;
	r->buckets[i].flows[1] = 1000 - n;
	r->buckets[i].n[0].paired = 1000 - n;
	r->buckets[i].n[0].only_a = n;
}

/* The log of a sensor does not cover bucket i. */
static inline void
scene_gap(struct result *r, size_t i, size_t sensor, unsigned gap)
{
	r->buckets[i].status = BUCKET_MISSING;
	r->buckets[i].gaps[sensor] = (uint8_t)gap;
}

static inline struct finding
scene_finding(const char *rule, const char *sensor, int64_t from_us,
    int64_t to_us, double share)
{
	struct finding f = { .severity = SEVERITY_WARNING,
		.from_us = from_us,
		.to_us = to_us,
		.share = share };

	(void)snprintf(f.rule, sizeof(f.rule), "%s", rule);
	(void)snprintf(f.by, sizeof(f.by), "%s", rule);
	(void)snprintf(f.sensor, sizeof(f.sensor), "%s", sensor);
	(void)snprintf(f.summary, sizeof(f.summary), "%s of %s", rule, sensor);
	return f;
}

static inline void
scene_find(struct result *r, const struct finding *f)
{
	r->findings =
	    realloc(r->findings, (r->nfindings + 1) * sizeof(*r->findings));
	ck_assert_ptr_nonnull(r->findings);
	r->findings[r->nfindings++] = *f;
}

/* Writes and frees the result. */
static inline void
scene_write(struct result *r, enum store_reading reading)
{
	struct store_cycle c = { .group = "g",
		.reading = reading,
		.now_us = r->to_us + 7 * MINUTE,
		.result = r };

	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(r);
}

/* n buckets from minute i on, of which B lacks `lost` flows each. */
static inline void
scene_buckets(int64_t i, size_t n, uint64_t lost, enum store_reading reading)
{
	struct result r;
	size_t k;

	scene_result(&r, 2, AT(i), n);
	for (k = 0; lost > 0 && k < n; k++)
		scene_lose(&r, k, lost);
	scene_write(&r, reading);
}

#endif
