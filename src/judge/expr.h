/*
 * Private to src/judge: SQL expressions over evidence rows. An expression can
 * read the columns of the evidence and call a fixed list of harmless
 * functions; nothing else compiles.
 */
#ifndef JUDGE_EXPR_H
#define JUDGE_EXPR_H

#include "base/diag.h"
#include "judge/evidence.h"

#define EXPR_MAX_BYTES 4096

struct expr_engine;
struct expr;

/* NULL when out of memory. The expressions must be freed before the engine. */
struct expr_engine *expr_engine_new(void);
void expr_engine_free(struct expr_engine *e);

/*
 * NULL with a message (no place in it) in why. *at is the offset in bytes of
 * the fault in sql, or -1 where it cannot be told.
 */
struct expr *expr_compile(struct expr_engine *e, const char *sql,
    enum evidence_kind kind, int *at, struct diag *why);
void expr_free(struct expr *x);
/* True if the expression is one column and nothing else. */
bool expr_is_column(const char *sql, enum evidence_number *out);

/* Replaces the rows by those of one kind, in order; false with a message. */
bool expr_load(struct expr_engine *e, const struct evidence *rows, size_t n,
    enum evidence_kind kind, struct diag *why) MUSTCHECK;

enum expr_type {
	EXPR_NULL,
	EXPR_NUMBER,
	EXPR_TEXT
};

struct expr_value {
	enum expr_type type;
	double number;
	const char *text; /* borrowed until the next step */
};

/* The value for the next of the loaded rows; false with a message in why at
 * an error, and also after the last row, then without a message. */
bool
expr_step(struct expr *x, struct expr_value *out, struct diag *why) MUSTCHECK;
void expr_rewind(struct expr *x);

#endif
