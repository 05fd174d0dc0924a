/*
 * Thin bins: of a bucket whose flows are far away only those are here that
 * differ between sensors, with totals of the others, which are known to be
 * equal; or a sample by key, where too many differ. This turns what is counted
 * of the few into what would have been counted of all.
 */
#ifndef COMPARE_THIN_H
#define COMPARE_THIN_H

#include "compare/pairing.h"
#include "digest/bins.h"

/* Scales the counts of a sample, and adds the flows that both have alike. Both
 * bins are thin, and of one weight. */
void
thin_add_equal(struct pairing *p, const struct bin *a, const struct bin *b);

/* Starts at b minus starts at a, of the elements in both samples. */
void thin_offsets(
    const struct bin *a, const struct bin *b, struct pairing_offsets *out);

#endif
