/*
 * Finds the command that argv names. What the words mean is in the table; the
 * program itself has no state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/command.h"
#include "sys/options.h"
#include "sys/reuse.h"

const struct command command_table[] = {
	{ "config", cmd_config, "check or show the configuration" },
	{ "coverage", cmd_coverage,
	    "show what the sensors saw, missed, or could not be asked" },
	{ "diff", cmd_diff, "compare the conn.logs of two or more sensors" },
	{ "digest", cmd_digest, "print the digest of a log" },
	{ "explain", cmd_explain, "show the reasoning behind a finding" },
	{ "feeds", cmd_feeds, "list who is told by the daemon, or test it" },
	{ "flows", cmd_flows,
	    "write the flows that one sensor has and another lacks" },
	{ "incidents", cmd_incidents,
	    "list and show incidents, acknowledge and mute them" },
	{ "report", cmd_report,
	    "write an HTML report of a window or an incident" },
	{ "rules", cmd_rules, "list, show, check or try out the rules" },
	{ "sensors", cmd_sensors, "list, check or add sensors" },
	{ "simulate", cmd_simulate,
	    "write the logs of sensors that disagree in a known way" },
	{ "status", cmd_status, "show how the running daemon is" },
};
const size_t command_table_len = ARRAY_LEN(command_table);

const char *
command_version(void)
{
	return options_version();
}

int
command_print(struct buf *out)
{
	bool ok = buf_ok(out) && fwrite(out->p, 1, out->n, stdout) == out->n &&
	    fflush(stdout) == 0;

	if (!ok)
		(void)fprintf(stderr, "crosstap: %s\n",
		    buf_ok(out) ? "standard output cannot be written"
				: "out of memory");
	buf_clear(out);
	return ok ? EXIT_AGREE : EXIT_TROUBLE;
}

static void
command_help(FILE *to)
{
	size_t i;

	(void)fprintf(to,
	    "usage: crosstap COMMAND [OPTION ...] [OPERAND ...]\n"
	    "       crosstap --help | --version\n\n"
	    "Compare the conn.logs of redundant Zeek sensors and say which is "
	    "partly blind.\n\n");
	for (i = 0; i < command_table_len; i++)
		(void)fprintf(to, "  %-10s %s\n", command_table[i].name,
		    command_table[i].help);
	(void)fprintf(to,
	    "\n'crosstap COMMAND --help' shows the options of a "
	    "command.\n");
}

static int
command_unknown(const char *word)
{
	const char *names[16], *near;
	size_t i;

	INVARIANT(command_table_len <= ARRAY_LEN(names));
	for (i = 0; i < command_table_len; i++)
		names[i] = command_table[i].name;
	near = options_nearest(word, names, command_table_len);
	(void)fprintf(stderr, "crosstap: unknown %s '%s'",
	    word[0] == '-' ? "option" : "command", word);
	if (near != NULL)
		(void)fprintf(stderr, "; did you mean %s?", near);
	(void)fprintf(stderr, "\nTry 'crosstap --help' for the commands.\n");
	return EXIT_TROUBLE;
}

int
command_main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		command_help(stderr);
		return EXIT_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		command_help(stdout);
		return fflush(stdout) == 0 ? 0 : EXIT_TROUBLE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("crosstap %s\n", command_version());
		return fflush(stdout) == 0 ? 0 : EXIT_TROUBLE;
	}
	reuse_memory();
	for (i = 0; i < command_table_len; i++)
		if (strcmp(argv[1], command_table[i].name) == 0)
			return command_table[i].run(argc - 1, argv + 1);
	return command_unknown(argv[1]);
}
