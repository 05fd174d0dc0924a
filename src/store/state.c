/*
 * Statements, transactions and what SQLite's return codes mean to a person.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/state.h"

static const struct state_meaning {
	int rc;
	enum store_error error;
	const char *advice;
} state_meanings[] = {
	{ SQLITE_FULL, STORE_FULL, "no room; wanted free space on its disk" },
	{ SQLITE_BUSY, STORE_BUSY, "another process holds the lock" },
	{ SQLITE_LOCKED, STORE_BUSY, "another process holds the lock" },
	{ SQLITE_CORRUPT, STORE_CORRUPT,
	    "the file is damaged: " STATE_DAMAGED },
	{ SQLITE_NOTADB, STORE_CORRUPT,
	    "the file is no SQLite database: " STATE_DAMAGED },
	{ SQLITE_CANTOPEN, STORE_OPEN,
	    "wanted a file that can be read and written, in a folder that can "
	    "be written" },
	{ SQLITE_PERM, STORE_OPEN, "wanted permission to read and write it" },
	{ SQLITE_AUTH, STORE_OPEN, "wanted permission to read and write it" },
	{ SQLITE_READONLY, STORE_READ_ONLY, "it is open for reading only" },
	{ SQLITE_NOMEM, STORE_MEMORY, "out of memory" },
};

static const char *const state_errors[] = { "ok", "full", "busy", "corrupt",
	"newer", "older", "open", "read-only", "pruned", "not-found", "range",
	"memory", "io" };

const char *
store_error_name(enum store_error e)
{
	return state_errors[e];
}

void
state_fail(struct store *st, enum store_error e, const char *fmt, ...)
{
	char text[sizeof(st->why.text)];
	va_list ap;

	if (!state_ok(st))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	st->error = e;
	st->noted = st->noted && e != STORE_CORRUPT;
	diag_at(&st->why, st->path, 0, 0, "%s", text);
}

void
state_failed(struct store *st, int rc)
{
	int cause = st->db == NULL ? 0 : sqlite3_system_errno(st->db);
	size_t i;

	if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
		return;
	/* a quota or a file size limit is a full disk as well */
	if ((rc & 0xff) == SQLITE_IOERR &&
	    (cause == ENOSPC || cause == EFBIG || cause == EDQUOT))
		rc = SQLITE_FULL;
	for (i = 0; i < ARRAY_LEN(state_meanings); i++)
		if ((rc & 0xff) == state_meanings[i].rc) {
			state_fail(st, state_meanings[i].error, "%s (%s)",
			    state_meanings[i].advice, sqlite3_errstr(rc));
			return;
		}
	state_fail(st, STORE_IO, "%s (%s)",
	    st->db == NULL ? "SQLite failed" : sqlite3_errmsg(st->db),
	    sqlite3_errstr(rc));
}

static void
state_start(struct store *st, const char *sql)
{
	INVARIANT(!st->inside);
	st->error = STORE_OK;
	st->why = (struct diag)DIAG_INIT;
	state_script(st, sql);
	st->inside = state_ok(st);
}

void
state_begin(struct store *st)
{
	state_start(st, "BEGIN IMMEDIATE");
	if (state_ok(st) && st->access == STORE_READ)
		state_fail(st, STORE_READ_ONLY, "it is open for reading only");
}

void
state_begin_read(struct store *st)
{
	state_start(st, "BEGIN");
}

enum store_error
state_end(struct store *st, struct diag *d)
{
	if (state_ok(st))
		state_script(st, "COMMIT");
	/* SQLite may have rolled back by itself */
	if (!state_ok(st) && sqlite3_get_autocommit(st->db) == 0)
		(void)sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
	st->inside = false;
	if (!state_ok(st))
		diag_set(d, "%s", st->why.text);
	return st->error;
}

void
state_begin_list(struct store *st, void *list, size_t *n)
{
	void **p = list;

	*p = NULL;
	*n = 0;
	state_begin_read(st);
}

enum store_error
state_end_list(struct store *st, void *list, size_t *n, struct diag *d)
{
	enum store_error error = state_end(st, d);
	void **p = list;

	if (error != STORE_OK) {
		free(*p);
		*p = NULL;
		*n = 0;
	}
	return error;
}

static sqlite3_stmt *
state_statement(struct store *st, const char *sql)
{
	struct state_statement *k;
	size_t i;
	int rc;

	if (!state_ok(st))
		return NULL;
	for (i = 0; i < st->nstatements; i++)
		if (st->statement[i].sql == sql)
			return st->statement[i].s;
	INVARIANT(st->nstatements < STATE_MAX_STATEMENTS);
	k = &st->statement[st->nstatements];
	rc = sqlite3_prepare_v3(
	    st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &k->s, NULL);
	state_failed(st, rc);
	if (rc != SQLITE_OK)
		return NULL;
	k->sql = sql;
	st->nstatements++;
	return k->s;
}

static sqlite3_stmt *
state_vbind(struct store *st, const char *sql, const char *types, va_list ap)
{
	sqlite3_stmt *s = state_statement(st, sql);
	int i, rc = SQLITE_OK;
	const void *p;

	for (i = 1; s != NULL && *types != '\0' && rc == SQLITE_OK; i++)
		switch (*types++) {
		case 'i':
			rc = sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
			break;
		case 'd':
			rc = sqlite3_bind_double(s, i, va_arg(ap, double));
			break;
		case 's':
			rc = sqlite3_bind_text(s, i, va_arg(ap, const char *),
			    -1, SQLITE_TRANSIENT);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			rc = sqlite3_bind_blob64(
			    s, i, p, va_arg(ap, size_t), SQLITE_TRANSIENT);
			break;
		default:
			rc = sqlite3_bind_null(s, i);
			break;
		}
	state_failed(st, rc);
	return rc == SQLITE_OK ? s : NULL;
}

sqlite3_stmt *
state_bind(struct store *st, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, types);
	s = state_vbind(st, sql, types, ap);
	va_end(ap);
	return s;
}

void
state_reset(sqlite3_stmt *s)
{
	if (s != NULL) {
		(void)sqlite3_reset(s);
		(void)sqlite3_clear_bindings(s);
	}
}

bool
state_step(struct store *st, sqlite3_stmt *s)
{
	int rc;

	if (s == NULL)
		return false;
	rc = state_ok(st) ? sqlite3_step(s) : SQLITE_DONE;
	if (rc == SQLITE_ROW)
		return true;
	state_failed(st, rc);
	state_reset(s);
	return false;
}

int64_t
state_run(struct store *st, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, types);
	s = state_vbind(st, sql, types, ap);
	va_end(ap);
	if (s == NULL)
		return 0;
	while (state_step(st, s))
		;
	return state_ok(st) ? sqlite3_changes64(st->db) : 0;
}

int64_t
state_int(
    struct store *st, int64_t none, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, types);
	s = state_vbind(st, sql, types, ap);
	va_end(ap);
	if (state_step(st, s)) {
		if (sqlite3_column_type(s, 0) != SQLITE_NULL)
			none = sqlite3_column_int64(s, 0);
		state_reset(s);
	}
	return none;
}

void
state_script(struct store *st, const char *sql)
{
	if (state_ok(st))
		state_failed(st, sqlite3_exec(st->db, sql, NULL, NULL, NULL));
}

void
state_text(sqlite3_stmt *s, int i, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, i);

	(void)snprintf(out, size, "%s", text == NULL ? "" : (const char *)text);
}

bool
state_grow(struct store *st, void *list, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap == 0 ? 16 : *cap * 2;
	void **p = list, *more;

	if (n < *cap)
		return true;
	more = realloc(*p, want * size);
	if (more == NULL) {
		state_fail(st, STORE_MEMORY, "out of memory");
		return false;
	}
	*p = more;
	*cap = want;
	return true;
}

int64_t
state_group(struct store *st, const char *name)
{
	int64_t id = state_int(
	    st, 0, "SELECT id FROM sensor_group WHERE name = ?", "s", name);

	if (id == 0)
		state_fail(st, STORE_NOT_FOUND, "no group '%s'", name);
	return id;
}

int64_t
state_sensor(struct store *st, const char *name)
{
	int64_t id =
	    state_int(st, 0, "SELECT id FROM sensor WHERE name = ?", "s", name);

	if (id == 0)
		state_fail(st, STORE_NOT_FOUND, "no sensor '%s'", name);
	return id;
}

void
state_want_incident(struct store *st, int64_t id)
{
	if (state_int(st, 0, "SELECT id FROM incident WHERE id = ?", "i", id) ==
	    0)
		state_fail(
		    st, STORE_NOT_FOUND, "no incident %lld", (long long)id);
}

double
state_double(sqlite3_stmt *s, int i)
{
	return sqlite3_column_type(s, i) == SQLITE_NULL
	    ? NAN
	    : sqlite3_column_double(s, i);
}

int64_t
state_meta(struct store *st, int64_t none, const char *key, int64_t id)
{
	return state_int(st, none,
	    "SELECT value FROM meta WHERE key = ? AND id = ?", "si", key, id);
}

void
state_meta_set(struct store *st, const char *key, int64_t id, int64_t value)
{
	(void)state_run(st,
	    "INSERT INTO meta VALUES (?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET value = excluded.value",
	    "sii", key, id, value);
}

int64_t
state_floor(int64_t at_us, int64_t span_us)
{
	int64_t rest = at_us % span_us;

	return at_us - rest - (rest < 0 ? span_us : 0);
}
