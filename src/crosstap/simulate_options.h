/*
 * The options of `crosstap simulate`.
 */
#ifndef CROSSTAP_SIMULATE_OPTIONS_H
#define CROSSTAP_SIMULATE_OPTIONS_H

#include "sys/options.h"
#include "simulate/simulate.h"

struct simulate_command {
	struct simulate_options run;
	struct option_list faults; /* borrowed by run.specs */
	const char *output;        /* folder; borrowed, NULL if not given */
	bool list_faults;
};

extern const struct option_set simulate_option_set;

/* OPTIONS_GO_ON, or the exit status to leave with (everything was said). */
int simulate_options_parse(
    int argc, char **argv, struct simulate_command *c) MUSTCHECK;

#endif
