/*
 * SQLite in memory, as an expression engine. Text from a rule file is hostile:
 * it is put between parentheses that a scan proves it cannot close, compiled
 * under an authorizer that knows one table, and run under a budget of steps.
 * One loaded row gives exactly one value, so that rows keep their index.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "judge/expr.h"

/* Virtual machine steps that one expression may take over one row. */
#define EXPR_STEP_UNIT 1000
#define EXPR_STEP_UNITS 200

struct expr_engine {
	sqlite3 *db;          /* owned */
	sqlite3_stmt *insert; /* owned */
	bool untrusted;       /* text of a rule is being compiled */
	enum evidence_kind kind;
	unsigned selects;
	struct diag reason; /* why the authorizer refused */
	unsigned budget;
};

struct expr {
	struct expr_engine *engine; /* borrowed */
	sqlite3_stmt *stmt;         /* owned */
};

/* All without effect, state or size; the aggregates among them are refused
 * by the WHERE form. */
static const char *const expr_functions[] = { "abs", "coalesce", "glob",
	"ifnull", "iif", "instr", "length", "like", "lower", "max", "min",
	"nullif", "round", "sign", "substr", "upper" };

#define EXPR_FUNCTIONS_WANTED \
	"abs, coalesce, iif, ifnull, like, max, min, nullif, round"

static const struct expr_limit {
	int id;
	int value;
} expr_limits[] = {
	{ SQLITE_LIMIT_LENGTH, 64 * 1024 },
	{ SQLITE_LIMIT_SQL_LENGTH, 16 * 1024 },
	{ SQLITE_LIMIT_COLUMN, 256 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 1 },
	{ SQLITE_LIMIT_VDBE_OP, 25000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 256 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static int
expr_allow_column(struct expr_engine *e, const char *table, const char *column)
{
	struct span name = span_from(column);
	enum evidence_number number;
	enum evidence_text text;

	if (strcmp(table, "evidence") != 0) {
		diag_set(&e->reason,
		    "'%s' cannot be read; a rule reads the "
		    "columns of the evidence and nothing else",
		    table);
		return SQLITE_DENY;
	}
	if (name.n == 0) /* the table as such */
		return SQLITE_OK;
	if (evidence_find(name, &number)) {
		if (evidence_has(e->kind, number))
			return SQLITE_OK;
	} else if (evidence_find_text(name, &text)) {
		if (evidence_has_text(e->kind, text))
			return SQLITE_OK;
	} else {
		diag_set(
		    &e->reason, "'%s' is no column of the evidence", column);
		return SQLITE_DENY;
	}
	diag_set(&e->reason,
	    "rows per %s have no column '%s'; wanted a column "
	    "of theirs, or another 'per'",
	    evidence_kind_name(e->kind), column);
	return SQLITE_DENY;
}

static int
expr_allow_function(struct expr_engine *e, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(expr_functions); i++)
		if (sqlite3_stricmp(name, expr_functions[i]) == 0)
			return SQLITE_OK;
	diag_set(&e->reason,
	    "function '%s' is not for rules; wanted one "
	    "of " EXPR_FUNCTIONS_WANTED,
	    name);
	return SQLITE_DENY;
}

static int
expr_authorize(void *arg, int action, const char *a, const char *b,
    const char *db, const char *trigger)
{
	struct expr_engine *e = arg;

	(void)db;
	(void)trigger;
	if (!e->untrusted)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
		if (e->selects++ == 0)
			return SQLITE_OK;
		break;
	case SQLITE_READ:
		return expr_allow_column(
		    e, a == NULL ? "" : a, b == NULL ? "" : b);
	case SQLITE_FUNCTION:
		return expr_allow_function(e, b == NULL ? "" : b);
	default:
		break;
	}
	diag_set(&e->reason,
	    "a rule's expression holds no SELECT and no other "
	    "statement; wanted an expression over the evidence columns");
	return SQLITE_DENY;
}

static int
expr_progress(void *arg)
{
	struct expr_engine *e = arg;

	if (e->budget == 0)
		return 1;
	e->budget--;
	return 0;
}

/* Steps over a quoted piece; false if it does not end. */
static bool
expr_scan_quote(const char *s, size_t *i)
{
	const char *end = strchr(s + *i + 1, s[*i]);

	if (end == NULL)
		return false;
	*i = (size_t)(end - s);
	return true;
}

/* NULL if the text stays inside the parentheses that we put around it. */
static const char *
expr_scan(const char *s, size_t *at)
{
	size_t i, depth = 0, open = 0;

	for (i = 0; s[i] != '\0'; i++) {
		unsigned char c = (unsigned char)s[i];

		*at = i;
		if ((c == '\'' || c == '"') && !expr_scan_quote(s, &i))
			return "a quote that is not closed";
		if (c == '(' && depth++ == 0)
			open = i;
		if (c == ')' && depth-- == 0)
			return "')' without its '('";
		if (strchr(";?@$#:`[{}]\\", c) != NULL)
			return "a character that has no place in an expression";
		if (c == '/' && s[i + 1] == '*')
			return "a comment with /*; wanted -- to the end of the "
			       "line";
		if (c == '-' && s[i + 1] == '-')
			i += strcspn(s + i, "\n") - 1;
		if (c >= 0x7f || (c < ' ' && c != '\t' && c != '\n'))
			return "a byte that is not plain text";
	}
	*at = open;
	return depth == 0 ? NULL : "'(' that is not closed";
}

/* The edit distance of a and b; a large number where either is too long. */
static size_t
expr_distance(struct span a, struct span b)
{
	size_t row[40], i, j, diagonal, up, best;

	if (a.n >= ARRAY_LEN(row) || b.n >= ARRAY_LEN(row))
		return ARRAY_LEN(row);
	for (j = 0; j <= b.n; j++)
		row[j] = j;
	for (i = 1; i <= a.n; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= b.n; j++) {
			up = row[j];
			best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			best = up + 1 < best ? up + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = up;
			row[j] = best;
		}
	}
	return row[b.n];
}

static void
expr_no_column(const char *name, struct diag *why)
{
	struct span wrong = span_from(name);
	size_t i, distance, best = 4;
	const char *near = NULL;

	for (i = 0; i < EVIDENCE_NNUMBERS; i++) {
		distance = expr_distance(
		    wrong, span_from(evidence_name((enum evidence_number)i)));
		if (distance < best && distance < wrong.n) {
			best = distance;
			near = evidence_name((enum evidence_number)i);
		}
	}
	if (near != NULL)
		diag_set(why, "no evidence column '%s'; did you mean '%s'?",
		    name, near);
	else
		diag_set(why,
		    "no evidence column '%s'; 'crosstap rules "
		    "columns' lists them",
		    name);
}

/* What SQLite said about the last prepare, in the words of a rule. */
static void
expr_explain(struct expr_engine *e, struct diag *why)
{
	static const char column[] = "no such column: ";
	static const char function[] = "no such function: ";
	const char *said = sqlite3_errmsg(e->db);

	if (e->reason.text[0] != '\0')
		diag_set(why, "%s", e->reason.text);
	else if (strncmp(said, column, sizeof(column) - 1) == 0)
		expr_no_column(said + sizeof(column) - 1, why);
	else if (strncmp(said, function, sizeof(function) - 1) == 0)
		diag_set(why,
		    "no function '%s'; wanted one of " EXPR_FUNCTIONS_WANTED,
		    said + sizeof(function) - 1);
	else
		diag_set(why,
		    "%s; wanted an SQL expression over the evidence "
		    "columns",
		    said);
}

static sqlite3_stmt *
expr_prepare(struct expr_engine *e, const char *before, const char *sql,
    const char *after, int *at, struct diag *why)
{
	struct buf text = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_NOMEM, offset;

	buf_printf(&text, "%s%s%s", before, sql, after);
	e->reason = (struct diag)DIAG_INIT;
	e->selects = 0;
	e->untrusted = true;
	if (buf_ok(&text))
		rc = sqlite3_prepare_v3(e->db, text.p, (int)text.n + 1,
		    SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	e->untrusted = false;
	if (rc == SQLITE_NOMEM)
		diag_set(why, "out of memory");
	else if (rc != SQLITE_OK) {
		offset = sqlite3_error_offset(e->db) - (int)strlen(before);
		*at = offset >= 0 && (size_t)offset < strlen(sql) ? offset : -1;
		expr_explain(e, why);
	}
	buf_clear(&text);
	return stmt;
}

struct expr *
expr_compile(struct expr_engine *e, const char *sql, enum evidence_kind kind,
    int *at, struct diag *why)
{
	const char *fault;
	sqlite3_stmt *check;
	struct expr *x;
	size_t where = 0;

	*at = -1;
	if (strlen(sql) > EXPR_MAX_BYTES) {
		diag_set(why, "an expression of %zu bytes; wanted at most %d",
		    strlen(sql), EXPR_MAX_BYTES);
		return NULL;
	}
	fault = expr_scan(sql, &where);
	if (fault != NULL) {
		*at = (int)where;
		diag_set(why, "%s", fault);
		return NULL;
	}
	x = calloc(1, sizeof(*x));
	if (x == NULL) {
		diag_set(why, "out of memory");
		return NULL;
	}
	x->engine = e;
	e->kind = kind;
	x->stmt =
	    expr_prepare(e, "SELECT (", sql, "\n) FROM evidence", at, why);
	/* An aggregate would fold the rows into one: in WHERE it is refused. */
	check = x->stmt == NULL
	    ? NULL
	    : expr_prepare(
		  e, "SELECT 1 FROM evidence WHERE (", sql, "\n)", at, why);
	if (check == NULL || sqlite3_column_count(x->stmt) != 1 ||
	    sqlite3_bind_parameter_count(x->stmt) != 0) {
		diag_set(why, "wanted one SQL expression");
		expr_free(x);
		x = NULL;
	}
	(void)sqlite3_finalize(check);
	return x;
}

void
expr_free(struct expr *x)
{
	if (x == NULL)
		return;
	(void)sqlite3_finalize(x->stmt);
	free(x);
}

bool
expr_is_column(const char *sql, enum evidence_number *out)
{
	struct span s = span_from(sql + strspn(sql, " \t\n"));

	while (s.n > 0 && strchr(" \t\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return evidence_find(s, out);
}

static bool
expr_schema(struct expr_engine *e)
{
	struct buf create = BUF_INIT, insert = BUF_INIT;
	size_t i, n = EVIDENCE_NNUMBERS + EVIDENCE_NTEXTS;
	bool ok;

	buf_add_str(&create, "CREATE TABLE evidence (");
	buf_add_str(&insert, "INSERT INTO evidence VALUES (");
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		buf_printf(&create, "\"%s\" REAL,",
		    evidence_name((enum evidence_number)i));
	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		buf_printf(&create, "%s\"%s\" TEXT", i == 0 ? "" : ",",
		    evidence_text_name((enum evidence_text)i));
	for (i = 0; i < n; i++)
		buf_add_str(&insert, i == 0 ? "?" : ",?");
	buf_add_char(&create, ')');
	buf_add_char(&insert, ')');
	ok = buf_ok(&create) && buf_ok(&insert) &&
	    sqlite3_exec(e->db, create.p, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v3(e->db, insert.p, (int)insert.n + 1,
		SQLITE_PREPARE_PERSISTENT, &e->insert, NULL) == SQLITE_OK;
	buf_clear(&create);
	buf_clear(&insert);
	return ok;
}

struct expr_engine *
expr_engine_new(void)
{
	struct expr_engine *e = calloc(1, sizeof(*e));
	size_t i;

	if (e == NULL)
		return NULL;
	if (sqlite3_open_v2(":memory:", &e->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK)
		goto fail;
	for (i = 0; i < ARRAY_LEN(expr_limits); i++)
		(void)sqlite3_limit(
		    e->db, expr_limits[i].id, expr_limits[i].value);
	/* Else "colunm" in double quotes would be a text, not an error. */
	(void)sqlite3_db_config(e->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(e->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(e->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Set once: setting it anew would expire every prepared statement. */
	(void)sqlite3_set_authorizer(e->db, expr_authorize, e);
	sqlite3_progress_handler(e->db, EXPR_STEP_UNIT, expr_progress, e);
	e->budget = EXPR_STEP_UNITS;
	if (expr_schema(e))
		return e;
fail:
	expr_engine_free(e);
	return NULL;
}

void
expr_engine_free(struct expr_engine *e)
{
	if (e == NULL)
		return;
	(void)sqlite3_finalize(e->insert);
	(void)sqlite3_close(e->db);
	free(e);
}

static bool
expr_insert(struct expr_engine *e, const struct evidence *row)
{
	int at = 1, rc = SQLITE_OK;
	size_t i;

	/* A NaN becomes NULL in SQLite; an empty text does so here. */
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		rc |= sqlite3_bind_double(e->insert, at++, row->n[i]);
	for (i = 0; i < EVIDENCE_NTEXTS; i++) {
		const char *t = row->t[i];
		int n = (int)strnlen(t, EVIDENCE_TEXT_MAX);

		rc |= n == 0
		    ? sqlite3_bind_null(e->insert, at++)
		    : sqlite3_bind_text(e->insert, at++, t, n, SQLITE_STATIC);
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_step(e->insert);
	(void)sqlite3_reset(e->insert);
	return rc == SQLITE_DONE;
}

bool
expr_load(struct expr_engine *e, const struct evidence *rows, size_t n,
    enum evidence_kind kind, struct diag *why)
{
	bool ok;
	size_t i;

	e->budget = UINT32_MAX;
	ok = sqlite3_exec(e->db, "BEGIN; DELETE FROM evidence", NULL, NULL,
		 NULL) == SQLITE_OK;
	for (i = 0; ok && i < n; i++)
		if (rows[i].kind == kind)
			ok = expr_insert(e, &rows[i]);
	ok = ok && sqlite3_exec(e->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (ok)
		return true;
	/* before another statement takes the place of what was wrong */
	diag_set(why, "evidence cannot be loaded: %s", sqlite3_errmsg(e->db));
	if (!sqlite3_get_autocommit(e->db))
		(void)sqlite3_exec(e->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool
expr_step(struct expr *x, struct expr_value *out, struct diag *why)
{
	int rc;

	x->engine->budget = EXPR_STEP_UNITS;
	rc = sqlite3_step(x->stmt);
	if (rc == SQLITE_INTERRUPT)
		diag_set(why, "takes too long; wanted a simpler expression");
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		diag_set(why, "%s", sqlite3_errmsg(x->engine->db));
	if (rc != SQLITE_ROW)
		return false;
	*out = (struct expr_value){ EXPR_NULL, NAN, NULL };
	switch (sqlite3_column_type(x->stmt, 0)) {
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		out->type = EXPR_NUMBER;
		out->number = sqlite3_column_double(x->stmt, 0);
		break;
	case SQLITE_TEXT:
		out->text = (const char *)sqlite3_column_text(x->stmt, 0);
		out->type = EXPR_TEXT;
		if (out->text != NULL)
			break;
		diag_set(why, "out of memory");
		return false;
	default:
		break;
	}
	return true;
}

void
expr_rewind(struct expr *x)
{
	(void)sqlite3_reset(x->stmt);
}
