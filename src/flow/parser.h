/*
 * The parser turns blocks of a conn.log, TSV or JSON, into flows. It knows
 * the columns of the file it is in, and nothing of files: the caller says
 * where a file starts and hands over blocks of whole lines.
 */
#ifndef FLOW_PARSER_H
#define FLOW_PARSER_H

#include "base/diag.h"
#include "flow/flow.h"

#define FLOW_MAX_LINE (1 << 20) /* bytes; a longer line is a bad line */
#define FLOW_MAX_COLUMNS 512
#define FLOW_MAX_WORKERS 255
#define FLOW_MAX_NAME 64 /* bytes of a worker's name that are kept */

/* What of a record the rest of the program reads: columns by meaning. */
enum flow_field {
	FIELD_TS,
	FIELD_UID,
	FIELD_ORIG_H,
	FIELD_ORIG_P,
	FIELD_RESP_H,
	FIELD_RESP_P,
	FIELD_PROTO,
	FIELD_SERVICE,
	FIELD_DURATION,
	FIELD_ORIG_BYTES,
	FIELD_RESP_BYTES,
	FIELD_STATE,
	FIELD_LOCAL_ORIG,
	FIELD_LOCAL_RESP,
	FIELD_MISSED,
	FIELD_HISTORY,
	FIELD_ORIG_PKTS,
	FIELD_ORIG_IP_BYTES,
	FIELD_RESP_PKTS,
	FIELD_RESP_IP_BYTES,
	FIELD_VLAN,
	FIELD_IP_PROTO,
	FIELD_WORKER,
	FLOW_NFIELDS,
	FIELD_IGNORED = FLOW_NFIELDS
};

/* Kinds of trouble with input, counted apart. */
enum flow_problem {
	PROBLEM_BAD_VALUE,   /* a field is not what its type wants */
	PROBLEM_SHORT_LINE,  /* fewer columns than the header names */
	PROBLEM_LONG_LINE,   /* over FLOW_MAX_LINE */
	PROBLEM_NUL,         /* a NUL byte in a line */
	PROBLEM_NO_HEADER,   /* a record before any #fields */
	PROBLEM_NO_COLUMN,   /* a header without a column that is needed */
	PROBLEM_MASKED_TIME, /* a ts that was masked (XXXXXXXXXX.XXXXXX) */
	PROBLEM_NOT_CONN,    /* #path or columns of another log */
	PROBLEM_CUT_LINE,    /* the file ends inside a line */
	PROBLEM_SYNTAX,      /* JSON that is not an object of scalars */
	FLOW_NPROBLEMS
};
const char *flow_problem_name(enum flow_problem p);

/* Renames: "--field id.orig_h=src_ip" says that Zeek's field has that name. */
struct flow_rename {
	struct span zeek; /* borrowed: a name of conn.log, "id.orig_h" */
	struct span name; /* borrowed: what the file calls it */
};

struct flow_parser_options {
	const struct flow_rename *renames; /* borrowed */
	size_t nrenames;
	bool detail;   /* payload and missed bytes too, not only what is
			* compared */
	bool portable; /* no vector instructions: for tests of the twin */
};

enum flow_parser_end {
	FLOW_MORE_FOLLOWS,
	FLOW_LAST_BLOCK /* of this file */
};

struct flow_parser;

/* NULL when out of memory, or when a rename names no field (see d). */
struct flow_parser *
flow_parser_new(const struct flow_parser_options *opt, struct diag *d);
void flow_parser_free(struct flow_parser *p);

/*
 * A new file begins: its name (copied; for messages) and the line and offset
 * of the first byte that will be fed. Columns are forgotten. Line 0 means
 * that the file is entered in the middle, where only offsets are known.
 */
void flow_parser_file(
    struct flow_parser *p, const char *name, uint64_t line, uint64_t offset);

/* The same file goes on at another place: only offsets are known from here. */
void flow_parser_seek(struct flow_parser *p, uint64_t offset);

/*
 * Parses whole lines from block into out[0..max), stops when out is full, and
 * reports the bytes that it used. Header lines are consumed. With last, a
 * final line without newline is a cut line. Records keep their order; a bad
 * one comes out with status FLOW_BAD. The spans of a flow live as long as the
 * block does; the block must be readable for FLOW_PARSER_SLACK bytes beyond
 * its end (their values do not matter).
 */
#define FLOW_PARSER_SLACK 64
size_t flow_parser_feed(struct flow_parser *p, struct span block,
    enum flow_parser_end end, struct flow *out, size_t max, size_t *used);

/* Totals over all files so far. */
uint64_t flow_parser_records(const struct flow_parser *p); /* good ones */
uint64_t flow_parser_lines(const struct flow_parser *p);
uint64_t
flow_parser_problems(const struct flow_parser *p, enum flow_problem kind);
/* The first message of a kind, "file:line: ..."; NULL if there was none. */
const char *
flow_parser_message(const struct flow_parser *p, enum flow_problem kind);
/* Bit (1 << FIELD_x) set: the file at hand has the column (TSV), or some
 * record so far had it (JSON). */
uint32_t flow_parser_columns(const struct flow_parser *p);
bool flow_parser_closed(const struct flow_parser *p); /* saw #close */

/* Worker names, by the index in struct flow; NULL beyond the last. */
const char *flow_parser_worker(const struct flow_parser *p, unsigned index);

#endif
