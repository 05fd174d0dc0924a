/*
 * Private to src/wire. A message is a struct and a table of its fields; the
 * table gives encoding, decoding and the checks of ranges. A field that has
 * its value for absence is not sent; a key that the table lacks is skipped.
 */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include "base/buf.h"
#include "wire/cursor.h"
#include "wire/wire.h"

enum field_type {
	FIELD_U64,    /* uint64_t */
	FIELD_U32,    /* uint32_t, and enums */
	FIELD_I64,    /* int64_t */
	FIELD_BOOL,   /* bool */
	FIELD_TEXT,   /* struct span: a str of up to max bytes */
	FIELD_BYTES,  /* struct span: a bin of up to max bytes */
	FIELD_TEXTS,  /* struct wire_texts, each of up to max bytes */
	FIELD_COUNTS, /* uint64_t[max]: a list, without its last zeros */
	FIELD_CHARS,  /* char[max]: a str that ends with a NUL here */
	FIELD_TIMES,  /* int64_t[max]: a list */
	FIELD_NUMBERS /* double[max]: a list, without its last NaNs */
};

struct field {
	uint8_t key;  /* ascending in a table; below 64 */
	uint8_t type; /* enum field_type */
	uint16_t offset;
	int64_t absent; /* of the numbers */
	uint64_t max;   /* numbers: included; FIELD_I64: of either sign, but
			 * for `absent`. 0: no limit */
};

struct fields {
	const struct field *v;
	size_t n;
};

/* The map of the fields of obj. Too many texts, or too long: a bug. */
void
fields_encode(struct buf *out, const struct fields *table, const void *obj);

/* Sets every field of obj: from the map, or to its value for absence. Spans
 * are borrowed from the bytes. */
enum wire_status fields_decode(struct cursor *c, const struct fields *table,
    void *obj, struct diag *d) MUSTCHECK;

#endif
