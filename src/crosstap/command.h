/*
 * The commands of crosstap as a table. A command gets argv from its own name
 * on and returns the exit status.
 */
#ifndef CROSSTAP_COMMAND_H
#define CROSSTAP_COMMAND_H

#include "base/buf.h"

/* Like diff(1), and one more. */
enum exit_status {
	EXIT_AGREE = 0,
	EXIT_FINDINGS = 1,
	EXIT_TROUBLE = 2,
	EXIT_PARTIAL = 3 /* part of the window could not be compared */
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* one line, no full stop */
};

extern const struct command command_table[];
extern const size_t command_table_len;

int cmd_config(int argc, char **argv);
int cmd_coverage(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_digest(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_feeds(int argc, char **argv);
int cmd_flows(int argc, char **argv);
int cmd_incidents(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_sensors(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_status(int argc, char **argv);

const char *command_version(void); /* "0.1.0" */

/* Writes to standard output and clears it. EXIT_AGREE, or EXIT_TROUBLE when
 * that was said. */
int command_print(struct buf *out);

/* The whole program: finds the command and runs it. */
int command_main(int argc, char **argv);

#endif
