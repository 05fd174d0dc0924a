/*
 * The option table of `crosstap diff`; doc/crosstap.1 tells more of each.
 */
#include "crosstap/diff_options.h"
#include "sys/when.h"

const char *const diff_relation_words[] = { "mirror", "subset", NULL };
const char *const diff_push_down_words[] = { "auto", "always", "never", NULL };

static const struct option_def diff_options_defs[] = {
	{ .name = "quiet",
	    .letter = 'q',
	    .help = "print the verdict line only",
	    .offset = offsetof(struct diff_options, quiet) },
	{ .name = "verbose",
	    .letter = 'v',
	    .help = "print every bucket, all evidence and what was read",
	    .offset = offsetof(struct diff_options, verbose) },
	COMPARE_OPTIONS(struct diff_options, ),
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json|csv",
	    .help = "form of the report (default: text)",
	    .offset = offsetof(struct diff_options, format),
	    .words = report_format_words },
	{ .name = "color",
	    .type = OPTION_ENUM,
	    .arg = "auto|always|never",
	    .help = "colour in the text report (default: auto)",
	    .offset = offsetof(struct diff_options, color),
	    .words = report_color_words },
	{ .name = "flows",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "write the flows that differ to this file",
	    .offset = offsetof(struct diff_options, flows) },
	{ .name = "flows-format",
	    .type = OPTION_ENUM,
	    .arg = "tsv|json|csv",
	    .help = "form of that file (default: tsv)",
	    .offset = offsetof(struct diff_options, flows_format),
	    .words = flows_format_words },
	{ .name = "via-sketch",
	    .help = "find the differences by sketch, as between hosts",
	    .offset = offsetof(struct diff_options, via_sketch) },
	{ .name = "seed",
	    .type = OPTION_HEX,
	    .arg = "HEX",
	    .help = "seed of the flow keys (default: one by chance)",
	    .offset = offsetof(struct diff_options, seed),
	    .given = offsetof(struct diff_options, has_seed) },
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct diff_options, no_progress) },
};

const struct option_set diff_option_set = {
	.command = "diff",
	.summary = "Compare the conn.logs of sensors that watch the same "
		   "traffic",
	.operands = "A B [C ...]",
	.min_operands = 1,
	.max_operands = RESULT_MAX_SENSORS,
	.defs = diff_options_defs,
	.ndefs = ARRAY_LEN(diff_options_defs),
};

int
diff_options_parse(int argc, char **argv, struct diff_options *o)
{
	struct diag d = DIAG_INIT;
	int status;

	*o = (struct diff_options){ .window = WINDOW_OPTIONS_DEFAULT };
	status = options_start(&diff_option_set, argc, argv, o, &o->operands);
	if (status != OPTIONS_GO_ON)
		return status;
	if (o->group.n > 0 && o->relation == RELATION_SUBSET)
		diag_set(
		    &d, "--group and --relation subset exclude each other");
	if (o->quiet && o->verbose)
		diag_set(&d, "--quiet and --verbose exclude each other");
	if (d.text[0] != '\0' ||
	    !window_options_resolve(&o->window, when_now_us(), &d))
		return options_fail(&diff_option_set, &d);
	return OPTIONS_GO_ON;
}
