/*
 * Private to src/flow: what the TSV and the JSON parser share. A fault names
 * the field and the text that was wrong; parser.c turns it into a message
 * with file and line.
 */
#ifndef FLOW_PARSE_H
#define FLOW_PARSE_H

#include "flow/parser.h"

struct parse_fault {
	enum flow_problem kind;
	enum flow_field field;
	struct span text; /* borrowed: the offending value or piece */
};

/* Names of the fields in Zeek, by enum flow_field; FIELD_WORKER has several
 * (peer, _peer, node, _node_name, _system_name) and is matched apart. */
const char *parse_field_name(enum flow_field f);
/* The field that a column of that name holds, after renames, with '.' or '_'
 * as scope separator; FIELD_IGNORED if none. */
enum flow_field
parse_field_of(const struct flow_parser_options *opt, struct span name);

/* Every encoding of `ts` (and of intervals for parse_interval): decimal
 * seconds with any number of digits and exponent, integer milliseconds
 * (told from seconds by being over 10^11), ISO 8601 with "Z", where the
 * microseconds may read 1000000. Rounds to the nearest microsecond. */
bool parse_time(struct span s, int64_t *us) MUSTCHECK;
bool parse_interval(struct span s, int64_t *us) MUSTCHECK;

/* A whole number of at most max; "1.0" and "1e3" are whole, too. */
bool parse_count(struct span s, uint64_t max, uint64_t *out) MUSTCHECK;

/* "tcp", "udp", "icmp", "unknown_transport", any case; icmp is 1 or 58 by the
 * family. false if the name is not known. */
bool parse_proto(struct span s, bool ipv6, uint8_t *proto) MUSTCHECK;

/* Interned names, cut to FLOW_MAX_NAME - 1 bytes; all zero at first.
 * FLOW_NO_WORKER when the table is full or the name empty. */
#define PARSE_WORKER_SLOTS 512
struct parse_workers {
	char names[FLOW_MAX_WORKERS][FLOW_MAX_NAME];
	uint8_t lens[FLOW_MAX_WORKERS];
	uint8_t slots[PARSE_WORKER_SLOTS]; /* by hash: index + 1; 0 is free */
	unsigned n;
};
uint8_t parse_worker(struct parse_workers *w, struct span name);

/*
 * JSON: one object a line. The parser remembers the order of keys of the last
 * line, so that a log with stable order needs no look-up.
 */
struct json_parser;
struct json_parser *json_parser_new(const struct flow_parser_options *opt,
    struct parse_workers *workers /* borrowed */);
void json_parser_free(struct json_parser *j);
/* One line without its newline; readable FLOW_PARSER_SLACK bytes beyond.
 * Strings with escapes are decoded into scratch that lives until json_reset().
 * Sets every field of out but line, offset and status. */
bool json_parse_line(struct json_parser *j, struct span line, struct flow *out,
    struct parse_fault *fault) MUSTCHECK;
void json_reset(struct json_parser *j); /* a batch of flows is done with */
uint32_t json_columns(const struct json_parser *j);

#endif
