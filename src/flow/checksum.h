/*
 * XXH3-64 with seed 0 of bytes that come in pieces.
 */
#ifndef FLOW_CHECKSUM_H
#define FLOW_CHECKSUM_H

#include "base/base.h"

struct checksum;

struct checksum *checksum_new(void); /* NULL: out of memory */
void checksum_free(struct checksum *c);
void checksum_add(struct checksum *c, const void *p, size_t n);
uint64_t checksum_get(const struct checksum *c);

#endif
