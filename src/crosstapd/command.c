#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "crosstapd/command.h"
#include "crosstapd/daemon.h"
#include "crosstapd/pulling.h"
#include "sys/options.h"

#define AT(field) offsetof(struct daemon_options, field)

static const struct option_def command_options[] = {
	{ "config", 'c', OPTION_STRING, "FILE",
	    "the configuration (default: where crosstap.yaml(5) says)",
	    .offset = AT(config) },
	{ "rules", 0, OPTION_STRING, "DIR",
	    "judge by the rule files of this folder", .offset = AT(rules) },
	{ "check", 'n', OPTION_FLAG, NULL,
	    "check the configuration and the rules, and leave",
	    .offset = AT(check) },
	{ "verbose", 'v', OPTION_FLAG, NULL, "log details, too",
	    .offset = AT(verbose) },
	{ "clock", 0, OPTION_STRING, "TIME",
	    "a clock that stands still until 'crosstap status --clock' sets "
	    "it: to try things out on logs of the past",
	    .offset = AT(clock) },
};

static const struct option_set command_set = { "",
	"Compare the sensors of all groups, all the time, and keep what is "
	"found",
	"", 0, 0, command_options, ARRAY_LEN(command_options), "crosstapd" };

/* Nothing that it does needs root, and everything it reads is hostile. */
static bool
command_is_root(const struct daemon_options *o)
{
	if (o->check || geteuid() != 0)
		return false;
	(void)fprintf(stderr,
	    "crosstapd: root may not run it; wanted a user of its own: User= "
	    "of the service, or 'setpriv --reuid=crosstap --regid=crosstap "
	    "--init-groups crosstapd'\n");
	return true;
}

int
command_main(int argc, char **argv)
{
	struct daemon_options o = { 0 };
	struct operands none;
	int status;

	if (argc == 2 && strcmp(argv[1], "puller") == 0 && pulling_is_meant())
		return pulling_main();
	status = options_start(&command_set, argc, argv, &o, &none);
	o.program = argv[0];
	if (status != OPTIONS_GO_ON)
		return status;
	return command_is_root(&o) ? OPTIONS_TROUBLE : daemon_run(&o);
}
