/*
 * Drawings of what sensors saw, and of numbers over time.
 */
#ifndef WEB_CHART_H
#define WEB_CHART_H

#include "base/buf.h"
#include "store/overview.h"
#include "store/reading.h"

/* A bar a sensor, with its sums in words; c is in order of sensor and time. */
void chart_coverage(struct buf *out, const struct coverage *c, size_t n,
    int64_t from_us, int64_t to_us);
void chart_coverage_legend(struct buf *out);

/* A curve of microseconds, from the least to the greatest value of each step;
 * it is cut where a step is missing. */
struct chart_curve {
	const char *label; /* of the whole, for those who do not see it */
	const struct store_point *p;
	size_t n;
	int64_t from_us, to_us, step_us;
};
void chart_curve(struct buf *out, const struct chart_curve *c);

#endif
