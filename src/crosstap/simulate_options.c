/*
 * The option table of `crosstap simulate`; doc/crosstap.1 tells more of each,
 * and the table of faults is in simulate/fault.c.
 */
#include "crosstap/simulate_options.h"

static const char *const simulate_relation_words[] = { "mirror", "subset",
	NULL };
static const char *const simulate_format_words[] = { "tsv", "json", NULL };

static const struct option_def simulate_options_defs[] = {
	{ .name = "sensors",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "how many sensors watch the traffic (default: 2)",
	    .offset = offsetof(struct simulate_command, run.sensors),
	    .min = 2,
	    .max = RESULT_MAX_SENSORS },
	{ .name = "fault",
	    .type = OPTION_LIST,
	    .arg = "SPEC",
	    .help = "NAME[:key=value,...]; see --list-faults; may be repeated",
	    .offset = offsetof(struct simulate_command, faults) },
	{ .name = "list-faults",
	    .type = OPTION_FLAG,
	    .help = "print all faults with their keys, and leave",
	    .offset = offsetof(struct simulate_command, list_faults) },
	{ .name = "seed",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "equal seeds give equal logs (default: 1)",
	    .offset = offsetof(struct simulate_command, run.seed),
	    .min = 0,
	    .max = 9007199254740992.0 },
	{ .name = "output",
	    .letter = 'o',
	    .type = OPTION_STRING,
	    .arg = "DIR",
	    .help = "folder for the logs and truth.json",
	    .offset = offsetof(struct simulate_command, output) },
	{ .name = "rate",
	    .type = OPTION_DOUBLE,
	    .arg = "FLOWS",
	    .help = "flows a second (default: 60)",
	    .offset = offsetof(struct simulate_command, run.rate),
	    .min = 0.01,
	    .max = 1e6 },
	{ .name = "duration",
	    .type = OPTION_U64,
	    .arg = "SECONDS",
	    .help = "length of the run (default: 780)",
	    .offset = offsetof(struct simulate_command, run.duration_s),
	    .min = 1,
	    .max = PLAN_MAX_DURATION_S },
	{ .name = "flows",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "end after so many flows instead",
	    .offset = offsetof(struct simulate_command, run.flows),
	    .min = 1,
	    .max = 1e12 },
	{ .name = "start",
	    .type = OPTION_U64,
	    .arg = "EPOCH",
	    .help = "first second of the run (default: 1764000000)",
	    .offset = offsetof(struct simulate_command, run.start_s),
	    .min = 0,
	    .max = 4102444800.0 },
	{ .name = "workers",
	    .type = OPTION_STRING,
	    .arg = "N,N",
	    .help = "workers of each sensor (default: 4,3,5,2)",
	    .offset = offsetof(struct simulate_command, run.workers) },
	{ .name = "relation",
	    .type = OPTION_ENUM,
	    .arg = "mirror|subset",
	    .help = "what the sensors have in common (default: mirror)",
	    .offset = offsetof(struct simulate_command, run.relation),
	    .words = simulate_relation_words },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "tsv|json",
	    .help = "form of the logs (default: tsv)",
	    .offset = offsetof(struct simulate_command, run.format),
	    .words = simulate_format_words },
	{ .name = "miss",
	    .type = OPTION_DOUBLE,
	    .arg = "SHARE",
	    .help = "each sensor misses this share of the flows, and nothing "
		    "else",
	    .offset = offsetof(struct simulate_command, run.miss),
	    .min = 0,
	    .max = 1 },
};

const struct option_set simulate_option_set = {
	.command = "simulate",
	.summary = "Write the conn.logs of sensors that disagree in a known "
		   "way",
	.operands = "",
	.defs = simulate_options_defs,
	.ndefs = ARRAY_LEN(simulate_options_defs),
};

int
simulate_options_parse(int argc, char **argv, struct simulate_command *c)
{
	struct operands left;
	int status;

	*c = (struct simulate_command){ .run = plan_defaults };
	status = options_start(&simulate_option_set, argc, argv, c, &left);
	c->run.specs.item = c->faults.item;
	c->run.specs.n = c->faults.n;
	return status;
}
