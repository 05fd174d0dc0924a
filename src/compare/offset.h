/*
 * How far apart two clocks are, from flows that both sensors have.
 */
#ifndef COMPARE_OFFSET_H
#define COMPARE_OFFSET_H

#include "base/base.h"

struct offset_start {
	uint64_t key; /* of the flow: of its tuple, or its element */
	int64_t start_us;
};

void offset_sort(struct offset_start *v, size_t n);

/* The median of start at b minus start at a, both by offset_sort(); 0 where it
 * is below 50 ms, where fewer than 20 flows pair, where most do not agree on it
 * within a second, or when out of memory. */
int64_t offset_estimate(const struct offset_start *a, size_t na,
    const struct offset_start *b, size_t nb);

#endif
