/*
 * A YAML text as a tree whose nodes know their place. Small, shallow, and a
 * tree indeed: what would make it more (aliases) is refused beforehand.
 */
#ifndef SYS_YAMLDOC_H
#define SYS_YAMLDOC_H

#include <yaml.h>
#include "base/diag.h"
#include "base/span.h"

#define YAMLDOC_MAX_DEPTH 8
#define YAMLDOC_MAX_NODES 100000

/* One document; its root is NULL if there is nothing but comments. Freed with
 * yaml_document_delete(). False with "NAME:LINE:COL: what; what was wanted". */
bool yamldoc_load(struct span text, const char *name, yaml_document_t *out,
    struct diag *d) MUSTCHECK;

/* Lines and columns from 1. */
static inline unsigned
yamldoc_line(const yaml_node_t *n)
{
	return (unsigned)n->start_mark.line + 1;
}

static inline unsigned
yamldoc_col(const yaml_node_t *n)
{
	return (unsigned)n->start_mark.column + 1;
}

#endif
