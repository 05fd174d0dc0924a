/*
 * What an operand of a comparison names: a path, a URL, or a sensor or group
 * of the configuration.
 */
#ifndef CROSSTAP_OPERAND_H
#define CROSSTAP_OPERAND_H

#include "sys/config.h"

enum operand_kind {
	OPERAND_PATH,       /* also NAME=PATH and "-" */
	OPERAND_URL,        /* ssh://..., also behind NAME= */
	OPERAND_CLICKHOUSE, /* clickhouse://..., also behind NAME= */
	OPERAND_SENSOR,
	OPERAND_GROUP
};

/* Borrowed from the configuration: what a group expands to is in it. */
struct operand {
	enum operand_kind kind;
	const struct config_sensor *sensor;
	const struct config_group *group;
};

/* It could be the name of a sensor or group. */
bool operand_is_name(const char *text);

/*
 * exists: there is a file of that name; c may be NULL. False if it is both a
 * file and a name, with how to say which in d.
 */
bool operand_resolve(const char *text, bool exists, const struct config *c,
    struct operand *out, struct diag *d) MUSTCHECK;

#endif
