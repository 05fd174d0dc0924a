/*
 * Private to src/flow: the TSV form. A layout binds columns to fields by the
 * names of a #fields line; tsv_line() reads one record by it.
 */
#ifndef FLOW_TSV_H
#define FLOW_TSV_H

#include "flow/parse.h"
#include "flow/scan.h"

#define TSV_TEXT_MAX 16

/* One memory of short texts whose value was worked out before. */
#define TSV_MEMO_SLOTS 256
#define TSV_MEMO_TEXT 16 /* bytes; what is longer is worked out each time */
struct tsv_memo {
	uint64_t low[TSV_MEMO_SLOTS];  /* 8 bytes of text; 0: never used */
	uint64_t high[TSV_MEMO_SLOTS]; /* and 8 more */
	uint16_t value[TSV_MEMO_SLOTS];
};

struct tsv_layout {
	int16_t column[FLOW_NFIELDS]; /* -1: the log has none */
	unsigned ncolumns;            /* 0: no #fields yet */
	char separator;
	char unset[TSV_TEXT_MAX];
	size_t unset_len;
	char empty[TSV_TEXT_MAX];
	size_t empty_len;
	struct tsv_memo history;
	struct tsv_memo worker;
	struct tsv_memo state;
};

void tsv_layout_init(struct tsv_layout *t);

/* One header line, '#' included. Sets *is_fields when it bound the columns;
 * false with a fault if the line or a needed column is missing. */
bool tsv_header(struct tsv_layout *t, const struct flow_parser_options *opt,
    struct span line, bool *is_fields, struct parse_fault *fault) MUSTCHECK;

/* A line of bare column names, as Zeek's tsv=T writes it. */
bool
tsv_bare_header(struct tsv_layout *t, const struct flow_parser_options *opt,
    struct span line, struct parse_fault *fault) MUSTCHECK;

/* One record: its separators from the scanner, count of them, and the block
 * that the offsets count from. Sets every field but line, offset, status. */
typedef bool tsv_line_fn(struct tsv_layout *t, struct parse_workers *workers,
    const char *block, const uint32_t *sep, unsigned nsep, struct flow *out,
    struct parse_fault *fault);
tsv_line_fn tsv_line_portable;
tsv_line_fn tsv_line_bmi2;
tsv_line_fn tsv_line_avx512;
tsv_line_fn *tsv_line_best(void);

uint32_t tsv_columns(const struct tsv_layout *t);

#endif
