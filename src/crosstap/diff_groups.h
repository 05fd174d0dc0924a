/*
 * --group and --attribute of `crosstap diff`: who is compared with whom, and
 * what the sensors are.
 */
#ifndef CROSSTAP_DIFF_GROUPS_H
#define CROSSTAP_DIFF_GROUPS_H

#include "crosstap/diff_options.h"
#include "judge/platform.h"

#define DIFF_GROUP_NAME_MAX 64

struct diff_groups {
	uint8_t group[RESULT_MAX_SENSORS]; /* index into names */
	char names[RESULT_MAX_SENSORS + 1][DIFF_GROUP_NAME_MAX]; /* 0: "" */
	size_t n;
	/* KEY=VALUE of each sensor, borrowed from the options */
	const char *attributes[RESULT_MAX_SENSORS][OPTION_LIST_MAX];
	size_t nattributes[RESULT_MAX_SENSORS];
};

/* Sensors that no --group names are one group together, without a name. */
bool diff_groups_parse(const struct diff_options *o,
    const struct result_sensor sensors[], size_t nsensors,
    struct diff_groups *out, struct diag *d) MUSTCHECK;

#endif
