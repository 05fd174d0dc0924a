/*
 * The options of `crosstap diff`. Call diff_options_parse() first; everything
 * in the struct is then checked and ready for use.
 */
#ifndef CROSSTAP_DIFF_OPTIONS_H
#define CROSSTAP_DIFF_OPTIONS_H

#include "compare/result.h"
#include "crosstap/flows_out.h"
#include "crosstap/report.h"
#include "sys/config.h"
#include "sys/window_options.h"

/* What is known of one operand's logs. */
struct diff_source {
	const char *tz; /* of file names; borrowed, NULL: UTC */
	struct flow_rename renames[OPTION_LIST_MAX]; /* borrowed; before the
						      * window's */
	size_t nrenames; /* 0: those of the window */
	/* borrowed: to be asked over ssh; or whose logs are read by SFTP; both
	 * NULL: a log here */
	const struct config_sensor *sensor, *sftp;
	const char *clickhouse; /* borrowed: a table there; NULL: none */
};

enum diff_push_down {
	PUSH_DOWN_AUTO, /* where all can, for more than two hours */
	PUSH_DOWN_ALWAYS,
	PUSH_DOWN_NEVER
};

struct diff_options {
	const char *config; /* file; NULL: the installed one */
	struct window_options window;
	enum relation relation;
	bool has_relation;
	enum report_format format;
	const char *flows; /* file for the differing flows; NULL: none */
	enum flows_format flows_format;
	bool via_sketch;
	uint64_t seed;                /* of the key */
	bool has_seed;                /* else the command chooses one */
	struct option_list group;     /* NAME=SENSOR,SENSOR... */
	struct option_list attribute; /* SENSOR:KEY=VALUE */
	bool archive;                 /* of sensors, in their place */
	enum diff_push_down push_down;
	const char *rules; /* folder of rule files; NULL: the installed one */
	enum report_color color;
	bool no_progress;
	bool quiet;
	bool verbose;
	struct operands operands; /* up to RESULT_MAX_SENSORS, borrowed */
	const struct diff_source *source; /* borrowed: one an operand; NULL:
					   * all as the window says */
};

extern const char *const diff_relation_words[];
extern const char *const diff_push_down_words[];

/* Rows of the option table of each command that compares: what with what, and
 * when; s is the command's struct, m the struct diff_options in it and a dot,
 * or nothing where it is that struct. */
#define COMPARE_OPTIONS(s, m)                                                  \
	COMPARE_ONE_OPTIONS(s, m),                                             \
	{                                                                      \
		.name = "group", .type = OPTION_LIST, .arg = "NAME=A,B[,...]", \
		.help = "compare only these with each other; may be "          \
			"repeated",                                            \
		.offset = offsetof(s, m group)                                 \
	}
/* The same for one group. */
#define COMPARE_ONE_OPTIONS(s, m)                                            \
	{ .name = "config",                                                  \
		.type = OPTION_STRING,                                       \
		.arg = "FILE",                                               \
		.help = "the configuration to use instead of the installed " \
			"one",                                               \
		.offset = offsetof(s, m config) },                           \
	    WINDOW_OPTIONS(s, m window),                                     \
	    { .name = "relation",                                            \
		    .type = OPTION_ENUM,                                     \
		    .arg = "mirror|subset",                                  \
		    .help = "equal sets, or all others inside the first "    \
			    "(default: mirror)",                             \
		    .offset = offsetof(s, m relation),                       \
		    .given = offsetof(s, m has_relation),                    \
		    .words = diff_relation_words },                          \
	    { .name = "attribute",                                           \
		    .type = OPTION_LIST,                                     \
		    .arg = "A:KEY=VALUE",                                    \
		    .help = "a sensor's os, card, release...; may be "       \
			    "repeated",                                      \
		    .offset = offsetof(s, m attribute) },                    \
	    { .name = "archive",                                             \
		    .type = OPTION_FLAG,                                     \
		    .help = "read the archives of sensors, not the sensors", \
		    .offset = offsetof(s, m archive) },                      \
	    { .name = "push-down",                                           \
		    .type = OPTION_ENUM,                                     \
		    .arg = "auto|always|never",                              \
		    .help = "have tables of ClickHouse count there "         \
			    "(default: auto)",                               \
		    .offset = offsetof(s, m push_down),                      \
		    .words = diff_push_down_words },                         \
	{                                                                    \
		.name = "rules", .type = OPTION_STRING, .arg = "DIR",        \
		.help = "judge by the rule files of this folder",            \
		.offset = offsetof(s, m rules)                               \
	}

extern const struct option_set diff_option_set;

/* OPTIONS_GO_ON, or the exit status to leave with (everything was said). */
int diff_options_parse(int argc, char **argv, struct diff_options *o) MUSTCHECK;

#endif
