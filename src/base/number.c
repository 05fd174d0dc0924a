/*
 * This program never sets a locale, so the point is a point.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/number.h"

void
number_real(double v, struct buf *out)
{
	char text[40];
	int digits;

	if (!isfinite(v)) {
		buf_add_str(out, "null");
		return;
	}
	if (fabs(v) < 1e15 && v == floor(v)) {
		buf_printf(out, "%.0f", v + 0.0); /* not "-0" */
		return;
	}
	for (digits = 6; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_add_str(out, text);
}

void
number_seconds(int64_t us, struct buf *out)
{
	uint64_t a, fraction;
	int digits = 6;

	if (us == INT64_MIN || us == INT64_MAX) {
		buf_add_str(out, "null");
		return;
	}
	a = us < 0 ? (uint64_t)-us : (uint64_t)us;
	fraction = a % (uint64_t)US_PER_S;
	buf_printf(
	    out, "%s%" PRIu64, us < 0 ? "-" : "", a / (uint64_t)US_PER_S);
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; fraction /= 10)
		digits--;
	buf_printf(out, ".%0*" PRIu64, digits, fraction);
}

void
number_offset(int64_t us, struct buf *out)
{
	uint64_t ms = ((us < 0 ? 0 - (uint64_t)us : (uint64_t)us) + 500) / 1000;

	buf_printf(out, "%s%" PRIu64 ".%03" PRIu64 " s",
	    ms == 0      ? ""
		: us < 0 ? "-"
			 : "+",
	    ms / 1000, ms % 1000);
}
