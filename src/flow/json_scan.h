/*
 * JSON values as pieces of text (RFC 8259), within one line. Nothing is
 * converted here; every scan stops at `end`, though it may look at up to
 * FLOW_PARSER_SLACK bytes beyond.
 */
#ifndef FLOW_JSON_SCAN_H
#define FLOW_JSON_SCAN_H

#include "base/bytes.h"
#include "base/span.h"

#define JSON_MAX_DEPTH 16 /* of values inside the line's object */

enum json_kind {
	JSON_NULL,
	JSON_TRUE,
	JSON_FALSE,
	JSON_STRING,   /* text: between the quotes */
	JSON_NUMBER,   /* text: begins like one; not checked further */
	JSON_COMPOUND, /* object or array, checked and left alone */
	JSON_WORD      /* text: something bare that JSON does not know */
};

struct json_value {
	enum json_kind kind;
	bool escaped; /* a string that holds a backslash */
	struct span text;
};

/* The value that begins at p; returns its end, NULL if there is none. */
const char *
json_value_scan(const char *p, const char *end, struct json_value *v);

/* True if the text is a number by the grammar. */
bool json_number_valid(struct span s);

/* A string's text without its escapes into out, which holds s.n bytes: UTF-8,
 * an unpaired surrogate as U+FFFD. SIZE_MAX if an escape is wrong. */
size_t json_unescape(struct span s, char *out);

static ALWAYS_INLINE const char *
json_skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* The high bit of every byte of x that is zero; exact. */
static ALWAYS_INLINE uint64_t
json_zero_bytes(uint64_t x)
{
	const uint64_t lows = BYTES_ONES * 0x7f;

	return ~(((x & lows) + lows) | x | lows);
}

/*
 * From p to the next quote, backslash or control character. Bytes below 0x20
 * borrow from their neighbours, but only from those above the first hit.
 */
static ALWAYS_INLINE const char *
json_string_stop(const char *p, const char *end)
{
	uint64_t x, hit;

	for (; p < end; p += 8) {
		x = bytes_le64(p);
		hit = json_zero_bytes(x ^ (BYTES_ONES * '"')) |
		    json_zero_bytes(x ^ (BYTES_ONES * '\\')) |
		    ((x - BYTES_ONES * 0x20) & ~x & (BYTES_ONES * 0x80));
		if (hit != 0) {
			p += (unsigned)__builtin_ctzll(hit) / 8;
			break;
		}
	}
	return p < end ? p : end;
}

/* p is behind the opening quote; returns the closing one, NULL if none. */
const char *json_string_end(const char *p, const char *end, bool *escaped);

#endif
