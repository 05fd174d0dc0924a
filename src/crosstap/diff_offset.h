/*
 * A first look at two logs' clocks, before they are cut into buckets: records
 * of both beginnings that are surely the same flow tell the offset, so that
 * the comparison can be made in one clock's time.
 */
#ifndef CROSSTAP_DIFF_OFFSET_H
#define CROSSTAP_DIFF_OFFSET_H

#include "crosstap/pull.h"

/* Microseconds by which each operand's clock is ahead of the first's; 0 where
 * too few flows pair to tell, or the operand can be read but once. */
bool diff_offset_probe(const struct pull_options *pulls, size_t n,
    int64_t offsets_us[], struct diag *d) MUSTCHECK;

#endif
