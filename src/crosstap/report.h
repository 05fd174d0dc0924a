/*
 * The writers: each turns a result into text in a buffer, reads no clock and
 * writes no file. A number is never printed as NaN; what is not known is said
 * to be unknown.
 */
#ifndef CROSSTAP_REPORT_H
#define CROSSTAP_REPORT_H

#include "base/buf.h"
#include "compare/result.h"
#include "judge/finding.h"

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_CSV
};
extern const char *const report_format_words[];

enum report_color {
	REPORT_COLOR_AUTO,
	REPORT_COLOR_ALWAYS,
	REPORT_COLOR_NEVER
};
extern const char *const report_color_words[];

/* auto: fd is a terminal that is not "dumb", and NO_COLOR (no-color.org) is
 * unset or empty. */
bool report_color_wanted(enum report_color mode, int fd);
/* True if the locale (LC_ALL, LC_CTYPE, LANG) prints UTF-8. */
bool report_utf8_wanted(void);

struct report_style {
	const char *tz; /* IANA name; NULL: UTC. borrowed */
	bool color;     /* SGR sequences */
	bool utf8;      /* else ASCII only */
	bool quiet;     /* the verdict line alone */
	bool verbose;   /* all buckets, all evidence, bytes read */
};

/* For people. False if the zone is unknown or memory ran out. */
bool report_text(const struct result *r, const struct report_style *style,
    struct buf *out) MUSTCHECK;

/* The first line of it alone, without colour and newline. */
bool report_verdict(const struct result *r, const struct report_style *style,
    struct buf *out) MUSTCHECK;

/* A line for each stretch that was not fully compared, with whose log and why.
 * How many buckets that are: report_uncompared(). */
bool report_gaps(const struct result *r, const struct report_style *style,
    struct buf *out) MUSTCHECK;
uint64_t report_uncompared(const struct result *r);

/* The contract of doc/diff-json.md; one line and a newline. */
void report_json(const struct result *r, const char *version, struct buf *out);

/* RFC 4180, a header, then a row per bucket and pair; lines end in LF. */
void report_csv(const struct result *r, struct buf *out);

#endif
