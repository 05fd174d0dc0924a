/*
 * libcrosstap, first step: bytes of a Zeek conn.log in, flows out.
 *
 * The library opens no file, prints nothing and reads no clock; it is given
 * bytes, and keeps no state but what its objects hold. An object may be used
 * by one thread at a time. Times are microseconds since 1970, UTC.
 */
#ifndef CROSSTAP_FLOW_H
#define CROSSTAP_FLOW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CROSSTAP_API
#define CROSSTAP_API
#endif

enum crosstap_status {
	CROSSTAP_OK = 0,
	CROSSTAP_NO_MEMORY, /* the object can only be freed now */
	CROSSTAP_INVALID    /* an argument is outside of what is documented */
};

/* Reads one log, TSV or JSON, from its first byte to its last. */
struct crosstap_parser;

/* One record of it. */
struct crosstap_flow;

/* NULL: out of memory. Free with crosstap_parser_free(), which takes NULL. */
CROSSTAP_API struct crosstap_parser *crosstap_parser_new(void);
CROSSTAP_API void crosstap_parser_free(struct crosstap_parser *p);

/*
 * The next n bytes of the log, copied; they may end anywhere. Then take flows
 * until there are none. A log as a whole need not fit into memory.
 */
CROSSTAP_API enum crosstap_status
crosstap_parser_feed(struct crosstap_parser *p, const void *bytes, size_t n);

/* There are no more bytes: a record without newline at the end is bad. */
CROSSTAP_API enum crosstap_status
crosstap_parser_end(struct crosstap_parser *p);

/*
 * The next flow, borrowed until the next call with this parser; NULL when all
 * bytes so far are used up. A record that cannot be read comes out, too, and
 * belongs into the digest like any other: see crosstap_flow_is_bad().
 */
CROSSTAP_API const struct crosstap_flow *
crosstap_parser_next(struct crosstap_parser *p);

/* Records so far: those that could be read, and those that could not. */
CROSSTAP_API uint64_t crosstap_parser_good(const struct crosstap_parser *p);
CROSSTAP_API uint64_t crosstap_parser_bad(const struct crosstap_parser *p);

/* What was wrong first, "-:LINE: ...", borrowed from the parser; NULL: nothing
 * was. */
CROSSTAP_API const char *
crosstap_parser_problem(const struct crosstap_parser *p);

/* 1: the record could not be read, and the values below are 0. */
CROSSTAP_API int crosstap_flow_is_bad(const struct crosstap_flow *f);
CROSSTAP_API int64_t crosstap_flow_start_us(const struct crosstap_flow *f);
CROSSTAP_API int64_t crosstap_flow_end_us(const struct crosstap_flow *f);

/* Community ID v1 (corelight/community-id-spec), seed 0, NUL included; empty
 * for a bad record. out has CROSSTAP_COMMUNITY_ID_MAX bytes. */
#define CROSSTAP_COMMUNITY_ID_MAX 31
CROSSTAP_API void
crosstap_flow_community_id(const struct crosstap_flow *f, char *out);

#ifdef __cplusplus
}
#endif

#endif
