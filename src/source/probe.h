/*
 * A probe reads a few lines of a log to tell how far in time it has got
 * there. It parses with a parser of its own, which nobody else sees, and is
 * robust: a record with a wild time does not move its answer.
 */
#ifndef SOURCE_PROBE_H
#define SOURCE_PROBE_H

#include "flow/parser.h"

struct probe;

struct probe_answer {
	size_t records;      /* good ones */
	size_t bad;          /* lines that are no records */
	int64_t progress_us; /* robust newest end; valid if records > 0 */
	int64_t earliest_us; /* lowest end; valid if records > 0 */
};

struct probe *probe_new(const struct flow_parser_options *opt);
void probe_free(struct probe *p);

/* A file's leading header lines, so that later pieces can be read. The spans
 * of this and of the next are readable FLOW_PARSER_SLACK bytes beyond. */
void probe_header(struct probe *p, struct span header);
/* Whole lines of the file, from anywhere in it. */
void probe_lines(struct probe *p, struct span lines, struct probe_answer *out);

/* The first and the last lines, max of them, of a piece that is whole lines:
 * what is looked at where not all need be. */
struct span probe_head(struct span lines, unsigned max);
struct span probe_tail(struct span lines, unsigned max);

/* Bytes of header lines at the start of a file, of whole lines: those with a
 * '#', or the one line of bare names that Zeek writes with tsv=T. */
size_t probe_header_bytes(struct span lines);

#endif
