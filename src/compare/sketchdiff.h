/*
 * The difference of two buckets by their sketches, held to the exact one: what
 * --via-sketch does, and what a remote comparison rests on.
 */
#ifndef COMPARE_SKETCHDIFF_H
#define COMPARE_SKETCHDIFF_H

#include "compare/compare.h"

/* Both bins with BINS_ELEMENTS; sorts their elements. False with d set: out
 * of memory, or the sketch says other than the sets do. */
bool sketchdiff_check(struct bin *a, struct bin *b,
    struct compare_sketch_cost *cost, struct diag *d) MUSTCHECK;

#endif
