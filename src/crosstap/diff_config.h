/*
 * Operands that name sensors and groups of the configuration become those of
 * a command line: NAME=PATH, --group, --attribute, --bucket and so on. What
 * the command line says itself goes before what the configuration says.
 */
#ifndef CROSSTAP_DIFF_CONFIG_H
#define CROSSTAP_DIFF_CONFIG_H

#include "crosstap/diff_options.h"
#include "sys/config.h"

struct diff_config {
	struct config config;                   /* owned */
	struct config urls[RESULT_MAX_SENSORS]; /* owned: ssh://... */
	size_t nurls;
	char *text[RESULT_MAX_SENSORS * 3 + OPTION_LIST_MAX]; /* owned */
	size_t ntext;
	char *item[RESULT_MAX_SENSORS]; /* borrowed: the operands */
	struct diff_source source[RESULT_MAX_SENSORS];
	size_t n;
};

/* Rewrites the options; they borrow from dc, which diff_config_clear() frees,
 * also after a failure. An empty d after it: everything was said. */
bool diff_config_expand(
    struct diff_options *o, struct diff_config *dc, struct diag *d) MUSTCHECK;
void diff_config_clear(struct diff_config *dc);

#endif
