/*
 * Rows of evidence: texts as JSON for people, numbers as bytes, since there
 * are many. A number is its column's id * 4 + form and then the value: whole
 * as zigzag, float or double as little-endian bits; all integers as LEB128.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "store/cycle.h"

enum evidence_form {
	EVIDENCE_WHOLE,
	EVIDENCE_FLOAT,
	EVIDENCE_DOUBLE
};
#define EVIDENCE_WHOLE_MAX 1e15

static void
evidence_put_int(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_add_char(b, (char)(v | 0x80));
	buf_add_char(b, (char)v);
}

static void
evidence_put_bits(struct buf *b, uint64_t v, unsigned bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		buf_add_char(b, (char)v);
}

static void
evidence_put(struct buf *b, int64_t column, double v)
{
	uint64_t code = (uint64_t)column << 2, bits = 0;
	float f = (float)v;
	int64_t whole;

	if (fabs(v) < EVIDENCE_WHOLE_MAX && v == floor(v)) {
		whole = (int64_t)v;
		evidence_put_int(b, code | EVIDENCE_WHOLE);
		evidence_put_int(
		    b, (uint64_t)whole << 1 ^ (0 - ((uint64_t)whole >> 63)));
	} else if ((double)f == v) {
		memcpy(&bits, &v, sizeof(v));
		evidence_put_int(b, code | EVIDENCE_FLOAT);
		/* the low 29 bits are 0 */
		evidence_put_bits(b, bits >> 24, 5);
	} else {
		memcpy(&bits, &v, sizeof(v));
		evidence_put_int(b, code | EVIDENCE_DOUBLE);
		evidence_put_bits(b, bits, 8);
	}
}

static bool
evidence_get_int(struct span *s, uint64_t *out)
{
	unsigned shift;

	*out = 0;
	for (shift = 0; s->n > 0 && shift < 64; shift += 7) {
		uint64_t c = (unsigned char)*s->p++;

		s->n--;
		*out |= (c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

static bool
evidence_get_bits(struct span *s, unsigned bytes, uint64_t *out)
{
	unsigned i;

	*out = 0;
	if (s->n < bytes)
		return false;
	for (i = 0; i < bytes; i++)
		*out |= (uint64_t)(unsigned char)s->p[i] << 8 * i;
	s->p += bytes;
	s->n -= bytes;
	return true;
}

static bool
evidence_get(struct span *s, int64_t *column, double *v)
{
	uint64_t code, bits;

	if (!evidence_get_int(s, &code))
		return false;
	*column = (int64_t)(code >> 2);
	if ((code & 3) == EVIDENCE_WHOLE) {
		if (!evidence_get_int(s, &bits))
			return false;
		*v = (double)((int64_t)(bits >> 1) ^ -(int64_t)(bits & 1));
		return true;
	}
	if ((code & 3) == EVIDENCE_FLOAT) {
		if (!evidence_get_bits(s, 5, &bits))
			return false;
		bits <<= 24;
	} else if (!evidence_get_bits(s, 8, &bits))
		return false;
	memcpy(v, &bits, sizeof(*v));
	return true;
}

static void
evidence_texts(const struct evidence *e, struct buf *b)
{
	size_t i, n = 0;

	buf_add_char(b, '{');
	for (i = 0; i < EVIDENCE_NTEXTS; i++) {
		if (e->t[i][0] == '\0')
			continue;
		buf_printf(b, "%s\"%s\":\"", n++ == 0 ? "" : ",",
		    evidence_text_name((enum evidence_text)i));
		buf_add_json(b, span_from(e->t[i]));
		buf_add_char(b, '"');
	}
	buf_add_char(b, '}');
}

static void
evidence_insert(
    struct store *st, const struct cycle *k, const struct evidence *e)
{
	struct buf texts = BUF_INIT, numbers = BUF_INIT;
	size_t i;

	evidence_texts(e, &texts);
	(void)buf_reserve(&numbers, 512);
	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		if (!isnan(e->n[i]))
			evidence_put(&numbers, st->column[i], e->n[i]);
	if (!buf_ok(&texts) || !buf_ok(&numbers))
		state_fail(st, STORE_MEMORY, "out of memory");
	else
		(void)state_run(st,
		    "INSERT INTO evidence (group_id, start_us, kind, texts,"
		    " numbers) VALUES (?, ?, ?, ?, ?)",
		    "iiisb", k->group, e->start_us, (int64_t)e->kind, texts.p,
		    numbers.p, numbers.n);
	buf_clear(&texts);
	buf_clear(&numbers);
}

void
evidence_write(struct store *st, const struct cycle *k)
{
	const struct store_cycle *c = k->c;
	size_t i, n = 0;

	(void)state_run(st,
	    "DELETE FROM evidence WHERE group_id = ? AND start_us >= ?"
	    " AND start_us < ?",
	    "iii", k->group, k->from_us, k->to_us);
	for (i = 0; state_ok(st) && i < c->nrows; i++)
		if (cycle_is_new(k, c->rows[i].start_us) &&
		    n++ < STORE_MAX_EVIDENCE)
			evidence_insert(st, k, &c->rows[i]);
}

/* A column that this release does not know is left out. */
static void
evidence_take(struct store *st, sqlite3_stmt *s, struct evidence *e)
{
	struct span bytes = { sqlite3_column_blob(s, 2),
		(size_t)sqlite3_column_bytes(s, 2) };
	int64_t column;
	size_t i;
	double v;

	evidence_init(e, (enum evidence_kind)sqlite3_column_int(s, 0));
	e->start_us = sqlite3_column_int64(s, 1);
	for (i = 0; i < EVIDENCE_NTEXTS; i++)
		STATE_TEXT(s, 3 + (int)i, e->t[i]);
	while (bytes.n > 0) {
		if (!evidence_get(&bytes, &column, &v)) {
			state_fail(st, STORE_CORRUPT,
			    "a row of evidence is damaged: " STATE_DAMAGED);
			return;
		}
		for (i = 0; i < EVIDENCE_NNUMBERS; i++)
			if (st->column[i] == column)
				e->n[i] = v;
	}
}

enum store_error
store_evidence(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, struct evidence **v, size_t *n, struct diag *d)
{
	sqlite3_stmt *s;
	size_t cap = 0;

	state_begin_list(st, v, n);
#define X(name, meaning) ", ifnull(texts ->> '$." #name "', '')"
	s = state_bind(st,
	    "SELECT kind, start_us, numbers" EVIDENCE_TEXTS(
		X) " FROM evidence WHERE group_id = ? AND start_us >= ?"
		   " AND start_us < ? ORDER BY start_us, id",
	    "iii", state_group(st, group), from_us, to_us);
#undef X
	while (state_step(st, s))
		if (state_grow(st, v, *n, &cap, sizeof(**v)))
			evidence_take(st, s, &(*v)[(*n)++]);
	return state_end_list(st, v, n, d);
}
