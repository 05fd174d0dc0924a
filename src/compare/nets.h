/*
 * How many flows of a bucket each part of the outside has: what vanishes for
 * all sensors of a group shows in it.
 */
#ifndef COMPARE_NETS_H
#define COMPARE_NETS_H

#include "digest/bins.h"

/* IPv4 /8s, then IPv6 /32s folded into 64. */
#define NETS_MAX (256 + 64)

/* NETS_MAX counts, malloc'd for the caller; NULL: out of memory. */
uint32_t *nets_count(const struct bin *bin, const struct netmap *nets);

#endif
