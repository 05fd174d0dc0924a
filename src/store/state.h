/*
 * Private to src/store: the handle, and statements as one-liners. An error
 * sticks from state_begin() to state_end(): what comes between does nothing
 * then, and the end rolls back.
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include <sqlite3.h>
#include "base/buf.h"
#include "judge/evidence.h"
#include "store/store.h"

#define STATE_MAX_STATEMENTS 200
/* What a person does with a file that is damaged. */
#define STATE_DAMAGED                                                        \
	"stop crosstapd, keep a copy of the file and its -wal, and restore " \
	"a backup, or recover it with 'sqlite3 FILE .recover', or move it "  \
	"away to begin anew"

struct store {
	sqlite3 *db; /* owned */
	char *path;  /* owned */
	enum store_access access;
	struct state_statement {
		const char *sql; /* borrowed: a literal, known by its address */
		sqlite3_stmt *s; /* owned */
	} statement[STATE_MAX_STATEMENTS];
	size_t nstatements;
	enum store_error error; /* of this call */
	struct diag why;
	bool inside;                           /* a transaction */
	bool noted;                            /* that it is open for writing */
	const struct store_listener *listener; /* borrowed */
	size_t nlisteners;
	struct journal_sink *sink; /* owned */
	size_t nsinks;
	/* ids of evidence columns in the file; 0: not there */
	int64_t column[EVIDENCE_NNUMBERS];
};

void state_begin(struct store *st);      /* of a write */
void state_begin_read(struct store *st); /* one snapshot */
enum store_error state_end(struct store *st, struct diag *d);
/* The same around a list that is read: *list is empty at first, and after an
 * error; else owned by the caller. */
void state_begin_list(struct store *st, void *list, size_t *n);
enum store_error
state_end_list(struct store *st, void *list, size_t *n, struct diag *d);
void state_fail(struct store *st, enum store_error e, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static inline bool
state_ok(const struct store *st)
{
	return st->error == STORE_OK;
}

/* Of a return code of SQLite, into st->error. */
void state_failed(struct store *st, int rc);

/*
 * Takes a kept statement and binds: i int64_t, d double, s text or NULL, b
 * bytes and size_t, n NULL. NULL after an error. sql is a literal.
 */
sqlite3_stmt *
state_bind(struct store *st, const char *sql, const char *types, ...);
/* True for a row; at the end or after an error the statement is reset. */
bool state_step(struct store *st, sqlite3_stmt *s);
/* Ends a statement early. */
void state_reset(sqlite3_stmt *s);
/* Runs to the end; returns how many rows it changed. */
int64_t state_run(struct store *st, const char *sql, const char *types, ...);
/* The first column of the first row, or `none`. */
int64_t state_int(
    struct store *st, int64_t none, const char *sql, const char *types, ...);
/* Several statements, not kept. */
void state_script(struct store *st, const char *sql);

/* Column i as text, cut to the field. */
void state_text(sqlite3_stmt *s, int i, char *out, size_t size);
#define STATE_TEXT(s, i, field) state_text((s), (i), (field), sizeof(field))

/* NaN if it is NULL. */
double state_double(sqlite3_stmt *s, int i);

/* Small numbers of the store itself, by key and id (of a group; or 0). */
int64_t state_meta(struct store *st, int64_t none, const char *key, int64_t id);
void
state_meta_set(struct store *st, const char *key, int64_t id, int64_t value);

/* The start of the span that a time is in. */
int64_t state_floor(int64_t at_us, int64_t span_us);

/* Grows an array of a list. */
bool
state_grow(struct store *st, void *list, size_t n, size_t *cap, size_t size);

/* Ids; 0 if there is none, and the error is set. */
int64_t state_group(struct store *st, const char *name);
int64_t state_sensor(struct store *st, const char *name);
/* The error is set where it is not there. */
void state_want_incident(struct store *st, int64_t id);

/* schema.c */
void schema_migrate(struct store *st, int from);
extern const char *const schema_tables[];
extern const size_t schema_ntables;

#endif
