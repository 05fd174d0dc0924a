/*
 * A sensor that a configuration does not have is put into its tree, so that it
 * is read and checked like any other.
 */
#ifndef SYS_CONFIG_MORE_H
#define SYS_CONFIG_MORE_H

#include "sys/config.h"
#include "sys/yamldoc.h"

/* False: out of memory. A tree of another shape is left as it is. */
bool
config_more_add(yaml_document_t *doc, const struct config_more *more) MUSTCHECK;

#endif
