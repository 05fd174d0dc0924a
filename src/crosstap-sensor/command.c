#include <stdio.h>
#include <string.h>
#include "crosstap-sensor/command.h"
#include "sys/options.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} command_table[] = {
	{ "serve", cmd_serve, "answer requests on standard input and output" },
	{ "digest", cmd_digest, "print what is in each bucket of the logs" },
	{ "locate", cmd_locate, "print which files a window is in" },
};

static int
command_help(FILE *to)
{
	size_t i;

	(void)fprintf(to,
	    "usage: crosstap-sensor COMMAND [OPTION ...]\n"
	    "       crosstap-sensor --help | --version\n\n"
	    "Answer a crosstap collector out of the conn.logs of this host."
	    "\n\n");
	for (i = 0; i < ARRAY_LEN(command_table); i++)
		(void)fprintf(to, "  %-10s %s\n", command_table[i].name,
		    command_table[i].help);
	(void)fprintf(to,
	    "\n'crosstap-sensor COMMAND --help' shows the options of a "
	    "command.\n");
	return fflush(to) == 0 && to == stdout ? 0 : OPTIONS_TROUBLE;
}

int
command_main(int argc, char **argv)
{
	size_t i;

	if (argc < 2)
		return command_help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return command_help(stdout);
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("crosstap-sensor %s\n", options_version());
		return fflush(stdout) == 0 ? 0 : OPTIONS_TROUBLE;
	}
	for (i = 0; i < ARRAY_LEN(command_table); i++)
		if (strcmp(argv[1], command_table[i].name) == 0)
			return command_table[i].run(argc - 1, argv + 1);
	(void)fprintf(stderr,
	    "crosstap-sensor: unknown command '%s'\n"
	    "Try 'crosstap-sensor --help' for the commands.\n",
	    argv[1]);
	return OPTIONS_TROUBLE;
}
