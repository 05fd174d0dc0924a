/*
 * The options of `crosstap diff`. Call diff_options_parse() first; everything
 * in the struct is then checked and ready for use.
 */
#ifndef CROSSTAP_DIFF_OPTIONS_H
#define CROSSTAP_DIFF_OPTIONS_H

#include "compare/result.h"
#include "crosstap/flows_out.h"
#include "crosstap/report.h"
#include "sys/window_options.h"

struct diff_options {
	struct window_options window;
	enum relation relation;
	enum report_format format;
	const char *flows; /* file for the differing flows; NULL: none */
	enum flows_format flows_format;
	bool via_sketch;
	uint64_t seed;                /* of the key */
	bool has_seed;                /* else the command chooses one */
	struct option_list group;     /* NAME=SENSOR,SENSOR... */
	struct option_list attribute; /* SENSOR:KEY=VALUE */
	const char *rules; /* folder of rule files; NULL: the installed one */
	enum report_color color;
	bool no_progress;
	bool quiet;
	bool verbose;
	struct operands operands; /* 2..RESULT_MAX_SENSORS, borrowed */
};

extern const struct option_set diff_option_set;

/* OPTIONS_GO_ON, or the exit status to leave with (everything was said). */
int diff_options_parse(int argc, char **argv, struct diff_options *o) MUSTCHECK;

#endif
