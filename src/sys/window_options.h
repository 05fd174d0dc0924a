/*
 * The options that every command that reads logs has: which stretch of time,
 * how it is cut into buckets, and what the columns are called. Text from the
 * command line is resolved to microseconds once, after all options are known,
 * since --tz may come last.
 */
#ifndef SYS_WINDOW_OPTIONS_H
#define SYS_WINDOW_OPTIONS_H

#include "sys/options.h"
#include "flow/parser.h"

struct window_options {
	const char *from; /* as given; NULL if not */
	const char *to;
	const char *tz; /* IANA name, for times read and shown; NULL: UTC */
	uint64_t bucket_s;
	uint64_t settle_s;
	bool has_bucket, has_settle; /* given */
	struct option_list field;    /* as given: "id.orig_h=src_ip" */

	/* Set by window_options_resolve(). */
	int64_t from_us; /* INT64_MIN: from the beginning */
	int64_t to_us;   /* INT64_MAX: to the end */
	int64_t width_us;
	int64_t settle_us;
	struct flow_rename renames[OPTION_LIST_MAX]; /* borrowed from argv */
	size_t nrenames;
};

#define WINDOW_OPTIONS_DEFAULT                  \
	{                                       \
		.bucket_s = 60, .settle_s = 400 \
	}

/* Moves the ends of the window outward to whole buckets: half a bucket cannot
 * be compared. Once more after the width has changed. */
void window_options_align(struct window_options *w);

/* The same after reading the text. now_us: what "now" and "-2h" are measured
 * from. */
bool window_options_resolve(
    struct window_options *w, int64_t now_us, struct diag *d) MUSTCHECK;

/* Rows of an option table; s is the command's struct, m the member in it. */
#define WINDOW_OPTIONS(s, m)                                                   \
	{ .name = "from",                                                      \
		.type = OPTION_STRING,                                         \
		.arg = "TIME",                                                 \
		.help = "start of the window (default: where the logs begin)", \
		.offset = offsetof(s, m.from) },                               \
	    { .name = "to",                                                    \
		    .type = OPTION_STRING,                                     \
		    .arg = "TIME",                                             \
		    .help = "end of the window (default: where the logs end)", \
		    .offset = offsetof(s, m.to) },                             \
	    { .name = "tz",                                                    \
		    .type = OPTION_STRING,                                     \
		    .arg = "ZONE",                                             \
		    .help = "zone of times read and shown (default: UTC)",     \
		    .offset = offsetof(s, m.tz) },                             \
	    { .name = "bucket",                                                \
		    .type = OPTION_U64,                                        \
		    .arg = "SECONDS",                                          \
		    .help = "width of a bucket (default: 60)",                 \
		    .offset = offsetof(s, m.bucket_s),                         \
		    .given = offsetof(s, m.has_bucket),                        \
		    .min = 1,                                                  \
		    .max = 3600 },                                             \
	    { .name = "settle",                                                \
		    .type = OPTION_U64,                                        \
		    .arg = "SECONDS",                                          \
		    .help = "how far a log must be past a bucket "             \
			    "(default: 400)",                                  \
		    .offset = offsetof(s, m.settle_s),                         \
		    .given = offsetof(s, m.has_settle),                        \
		    .min = 0,                                                  \
		    .max = 86400 },                                            \
	{                                                                      \
		.name = "field", .type = OPTION_LIST, .arg = "ZEEK=NAME",      \
		.help = "the log calls Zeek's field ZEEK by this name; "       \
			"may be repeated",                                     \
		.offset = offsetof(s, m.field)                                 \
	}

#endif
