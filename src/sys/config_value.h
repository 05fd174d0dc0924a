/*
 * Values of crosstap.yaml by their type: read, shown and freed. Within sys
 * only.
 */
#ifndef SYS_CONFIG_VALUE_H
#define SYS_CONFIG_VALUE_H

#include "sys/config.h"
#include "sys/yamldoc.h"

/* What values are read from. */
struct config_values {
	yaml_document_t *doc; /* borrowed */
	const char *file;     /* borrowed; relative paths are of its folder */
};

/*
 * Reads a node into the member at `at`, which is zero. False with why it was
 * refused, or with an empty d where it is simply not what is wanted; *fault is
 * the node that is to blame.
 */
bool config_value_read(const struct config_values *from,
    const struct config_key_def *k, yaml_node_t *node, void *at,
    const yaml_node_t **fault, struct diag *d) MUSTCHECK;
/* The same for a text: any type but a list or mapping. */
bool config_value_parse(const struct config_key_def *k, const char *text,
    const char *file, void *at, struct diag *d) MUSTCHECK;

/* Frees what the member at `at` owns. */
void config_value_clear(const struct config_key_def *k, void *at);

/* False if there is none, which is shown as nothing. */
bool config_value_given(const struct config_key_def *k, const void *at);
/* In one line. */
void config_value_format(const struct config_key_def *k, const void *at,
    enum config_form form, struct buf *out);
/* A text that YAML and JSON read back as it is. */
void
config_value_quote(const char *text, enum config_form form, struct buf *out);

/* A path as seen from the folder of a file; NULL: out of memory. Owned. */
char *config_value_path(const char *text, const char *file);

#endif
