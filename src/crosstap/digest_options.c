/*
 * The option table of `crosstap digest`; doc/crosstap.1 tells more of each.
 */
#include "crosstap/digest_options.h"
#include "sys/when.h"

static const char *const digest_format_words[] = { "text", "json", NULL };

static const struct option_def digest_options_defs[] = {
	WINDOW_OPTIONS(struct digest_options, window),
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of the digest (default: text)",
	    .offset = offsetof(struct digest_options, format),
	    .words = digest_format_words },
	{ .name = "seed",
	    .type = OPTION_HEX,
	    .arg = "HEX",
	    .help = "seed of the flow keys (default: 0)",
	    .offset = offsetof(struct digest_options, seed),
	    .given = offsetof(struct digest_options, has_seed) },
	{ .name = "symbols",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "coded symbols of a bucket's sketch (default: 64)",
	    .offset = offsetof(struct digest_options, symbols),
	    .min = 0,
	    .max = 1 << 20 },
	{ .name = "sample",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "flows sampled in a bucket, about (default: 256)",
	    .offset = offsetof(struct digest_options, sample),
	    .min = 0,
	    .max = 1 << 20 },
};

const struct option_set digest_option_set = {
	.command = "digest",
	.summary = "Print what a sensor would answer for each bucket of a log",
	.operands = "LOG",
	.min_operands = 1,
	.max_operands = 1,
	.defs = digest_options_defs,
	.ndefs = ARRAY_LEN(digest_options_defs),
};

int
digest_options_parse(int argc, char **argv, struct digest_options *o)
{
	struct diag d = DIAG_INIT;
	int status;

	*o = (struct digest_options){
		.window = WINDOW_OPTIONS_DEFAULT, .symbols = 64, .sample = 256
	};
	status = options_start(&digest_option_set, argc, argv, o, &o->operands);
	if (status != OPTIONS_GO_ON)
		return status;
	if (!window_options_resolve(&o->window, when_now_us(), &d))
		return options_fail(&digest_option_set, &d);
	return OPTIONS_GO_ON;
}
