/*
 * crosstap status: how the daemon is, as it says itself.
 */
#include "crosstap/command.h"
#include "crosstap/daemon_ask.h"
#include "sys/options.h"

struct status_options {
	const char *config;
	int form;
	const char *clock;
};

static const char *const status_form_words[] = { "text", "json", NULL };

static const struct option_def status_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct status_options, config) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct status_options, form),
	    .words = status_form_words },
	{ .name = "clock",
	    .type = OPTION_STRING,
	    .arg = "TIME",
	    .help = "first set the clock of a crosstapd that was started "
		    "with --clock",
	    .offset = offsetof(struct status_options, clock) },
};

const struct option_set status_option_set = {
	.command = "status",
	.summary = "Show groups, sensors and open incidents of the running "
		   "daemon",
	.operands = "",
	.defs = status_defs,
	.ndefs = ARRAY_LEN(status_defs),
};

int
cmd_status(int argc, char **argv)
{
	struct status_options o = { 0 };
	struct operands none;
	struct buf out = BUF_INIT;
	int status = options_start(&status_option_set, argc, argv, &o, &none);
	const char *clock[] = { "clock", NULL };
	const char *what[] = { "status", NULL };

	if (status != OPTIONS_GO_ON)
		return status;
	clock[1] = o.clock;
	what[1] = status_form_words[o.form];
	if ((o.clock != NULL &&
		!daemon_ask(o.config, clock, ARRAY_LEN(clock), &out)) ||
	    !daemon_ask(o.config, what, ARRAY_LEN(what), &out)) {
		buf_clear(&out);
		return EXIT_TROUBLE;
	}
	return command_print(&out);
}
