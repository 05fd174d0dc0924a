/*
 * Opening the file: what it is, whether it is whole, and which version.
 */
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store/journal_mark.h"

#define STORE_APPLICATION 0x58544150 /* "XTAP" in the file's header */
#define STORE_BUSY_MS 5000

/* Made here, so that its mode never depends on the umask. */
static void
store_make(struct store *st)
{
	struct stat sb;
	int fd =
	    open(st->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || fstat(fd, &sb) < 0)
		state_fail(st, STORE_OPEN, "%s; wanted a file to write",
		    strerror(errno));
	else if (!S_ISREG(sb.st_mode))
		state_fail(st, STORE_OPEN, "wanted a plain file");
	else if ((sb.st_mode & 077) != 0 && fchmod(fd, 0600) < 0)
		state_fail(st, STORE_OPEN, "mode %o; wanted 0600",
		    (unsigned)sb.st_mode & 07777);
	if (fd >= 0)
		(void)close(fd);
}

static void
store_connect(struct store *st, const struct store_options *o)
{
	static const int flags[] = {
		[STORE_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		[STORE_READ] = SQLITE_OPEN_READONLY,
		[STORE_SCRATCH] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY,
	};

	if (o->access == STORE_WRITE)
		store_make(st);
	if (!state_ok(st))
		return;
	state_failed(st,
	    sqlite3_open_v2(st->path, &st->db,
		flags[o->access] | SQLITE_OPEN_NOMUTEX, NULL));
	if (!state_ok(st))
		return;
	(void)sqlite3_extended_result_codes(st->db, 1);
	(void)sqlite3_busy_timeout(
	    st->db, o->busy_ms == 0 ? STORE_BUSY_MS : (int)o->busy_ms);
	state_script(st,
	    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = 0;"
	    "PRAGMA cache_size = -16384");
	if (o->access == STORE_WRITE)
		state_script(st,
		    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		    "PRAGMA journal_size_limit = 67108864");
}

/* In meta, while it is open for writing. */
#define STORE_OPENED "open"

/*
 * All of the file is read only where its last writer was killed, with its
 * machine perhaps, or has met damage: that takes seconds for each gigabyte. Any
 * other page is checked when it is read.
 */
static void
store_check(struct store *st)
{
	char said[200] = "ok";
	sqlite3_stmt *s;

	if (state_int(st, 0, "PRAGMA application_id", "") !=
		STORE_APPLICATION ||
	    state_int(st, 0, "PRAGMA user_version", "") == 0 ||
	    state_meta(st, 0, STORE_OPENED, 0) == 0)
		return;
	s = state_bind(st, "PRAGMA quick_check(1)", "");
	if (state_step(st, s)) {
		STATE_TEXT(s, 0, said);
		state_reset(s);
	}
	if (strcmp(said, "ok") != 0)
		state_fail(st, STORE_CORRUPT,
		    "the file is damaged (%s): " STATE_DAMAGED, said);
}

static void
store_version(struct store *st)
{
	int version = (int)state_int(st, 0, "PRAGMA user_version", "");
	int64_t is = state_int(st, 0, "PRAGMA application_id", "");
	int64_t tables =
	    state_int(st, 0, "SELECT count(*) FROM sqlite_schema", "");

	if (!state_ok(st))
		return;
	if (is != STORE_APPLICATION && (is != 0 || tables != 0))
		state_fail(st, STORE_CORRUPT,
		    "a database of another program; wanted a store of "
		    "crosstapd, or a new file");
	else if (version > STORE_VERSION)
		state_fail(st, STORE_NEWER,
		    "version %d, of a newer release; this one knows up to %d: "
		    "update crosstap, or name another file",
		    version, STORE_VERSION);
	else if (version < STORE_VERSION && st->access == STORE_READ)
		state_fail(st, STORE_OLDER,
		    "version %d; wanted %d: start crosstapd once, it migrates",
		    version, STORE_VERSION);
	else if (version < STORE_VERSION) {
		state_script(st, "PRAGMA application_id = 0x58544150");
		schema_migrate(st, version);
	}
}

/* Without room for the note it is not checked after a kill: the store is needed
 * all the same. */
static void
store_note(struct store *st)
{
	state_begin(st);
	state_meta_set(st, STORE_OPENED, 0, 1);
	st->noted = state_end(st, NULL) == STORE_OK;
}

static void
store_note_end(struct store *st)
{
	state_begin(st);
	(void)state_run(
	    st, "DELETE FROM meta WHERE key = ?", "s", STORE_OPENED);
	(void)state_end(st, NULL);
}

/* The file's numbers for evidence columns; those it lacks are added. */
static void
store_columns(struct store *st)
{
	size_t i;

	for (i = 0; i < EVIDENCE_NNUMBERS && state_ok(st); i++) {
		const char *name = evidence_name((enum evidence_number)i);

		if (st->access != STORE_READ)
			(void)state_run(st,
			    "INSERT OR IGNORE INTO evidence_column (name) "
			    "VALUES (?)",
			    "s", name);
		st->column[i] = state_int(st, 0,
		    "SELECT id FROM evidence_column WHERE name = ?", "s", name);
	}
}

enum store_error
store_open(const char *path, const struct store_options *o, struct store **out,
    struct diag *d)
{
	struct store *st = calloc(1, sizeof(*st));
	enum store_error error;

	*out = NULL;
	if (st != NULL)
		st->path = strdup(path);
	if (st == NULL || st->path == NULL) {
		free(st);
		diag_set(d, "out of memory");
		return STORE_MEMORY;
	}
	st->access = o->access;
	store_connect(st, o);
	if (state_ok(st) && o->access == STORE_WRITE)
		store_check(st);
	if (state_ok(st)) {
		if (o->access != STORE_READ)
			state_begin(st);
		else
			state_begin_read(st);
		store_version(st);
		store_columns(st);
		(void)state_end(st, NULL);
	}
	error = st->error;
	if (error == STORE_OK) {
		if (o->access == STORE_WRITE)
			store_note(st);
		*out = st;
		return STORE_OK;
	}
	diag_set(d, "%s", st->why.text);
	store_close(st);
	return error;
}

void
store_close(struct store *st)
{
	size_t i;

	if (st == NULL)
		return;
	if (st->noted)
		store_note_end(st);
	for (i = 0; i < st->nstatements; i++)
		(void)sqlite3_finalize(st->statement[i].s);
	(void)sqlite3_close(st->db);
	journal_forget(st->sink, st->nsinks);
	free(st->path);
	free(st);
}

int64_t
store_rows(struct store *st, const char *table)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	size_t i;

	for (i = 0; i < schema_ntables; i++)
		if (strcmp(table, schema_tables[i]) == 0)
			break;
	if (i == schema_ntables)
		return -1;
	buf_printf(&sql, "SELECT count(*) FROM %s", table);
	if (buf_ok(&sql) &&
	    sqlite3_prepare_v2(st->db, sql.p, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	buf_clear(&sql);
	return n;
}

int64_t
store_bytes(struct store *st)
{
	st->error = STORE_OK;
	return state_int(st, 0, "PRAGMA page_count", "") *
	    state_int(st, 0, "PRAGMA page_size", "");
}
