/*
 * The options of `crosstap digest`.
 */
#ifndef CROSSTAP_DIGEST_OPTIONS_H
#define CROSSTAP_DIGEST_OPTIONS_H

#include "crosstap/report.h"
#include "sys/window_options.h"

struct digest_options {
	struct window_options window;
	enum report_format format; /* text or json */
	uint64_t seed;             /* of the key */
	bool has_seed;             /* else 0: equal questions, equal answers */
	uint64_t symbols;          /* coded symbols of a bucket's sketch */
	uint64_t sample;           /* flows sampled in a bucket, about */
	struct operands operands;  /* one, borrowed */
};

extern const struct option_set digest_option_set;

/* OPTIONS_GO_ON, or the exit status to leave with (everything was said). */
int
digest_options_parse(int argc, char **argv, struct digest_options *o) MUSTCHECK;

#endif
