/*
 * What no single value can tell: names, references between entries, keys that
 * want or exclude each other. Within sys only.
 */
#ifndef SYS_CONFIG_CHECK_H
#define SYS_CONFIG_CHECK_H

#include "sys/config.h"

/* Adds an error, or counts it if there are many; file and errors borrowed. */
struct config_report {
	const char *file;
	struct config_errors *errors;
};
void config_report(const struct config_report *r, struct config_place at,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Also fills what follows from several values: hosts, bastions, members. */
void config_check(struct config *c, const struct config_report *r);

#endif
