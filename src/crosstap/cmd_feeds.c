/*
 * crosstap feeds: who is told by the running daemon, and whether that works.
 */
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/daemon_ask.h"
#include "sys/options.h"

struct feeds_options {
	const char *config;
	int form;
	struct operands words;
};

static const char *const feeds_form_words[] = { "text", "json", NULL };

static const struct option_def feeds_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct feeds_options, config) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of the list (default: text)",
	    .offset = offsetof(struct feeds_options, form),
	    .words = feeds_form_words },
};

const struct option_set feeds_option_set = {
	.command = "feeds",
	.summary = "List the feeds of the running daemon, or send a harmless "
		   "test to one",
	.operands = "list | test NAME",
	.min_operands = 1,
	.max_operands = 2,
	.defs = feeds_defs,
	.ndefs = ARRAY_LEN(feeds_defs),
};

int
cmd_feeds(int argc, char **argv)
{
	struct feeds_options o = { 0 };
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	int status = options_start(&feeds_option_set, argc, argv, &o, &o.words);
	const char *list[] = { "feeds", NULL };
	const char *test[] = { "feeds-test", NULL };
	bool is_list;

	if (status != OPTIONS_GO_ON)
		return status;
	is_list = strcmp(o.words.item[0], "list") == 0;
	if (!(is_list && o.words.n == 1) &&
	    !(strcmp(o.words.item[0], "test") == 0 && o.words.n == 2)) {
		diag_set(&d, "wanted %s", feeds_option_set.operands);
		return options_fail(&feeds_option_set, &d);
	}
	list[1] = feeds_form_words[o.form];
	test[1] = is_list ? "" : o.words.item[1];
	if (daemon_ask(o.config, is_list ? list : test, 2, &out))
		return command_print(&out);
	buf_clear(&out);
	return EXIT_TROUBLE;
}
