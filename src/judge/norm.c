/*
 * Medians by sorting: a pair's samples of some weeks are few.
 */
#include <math.h>
#include <stdlib.h>
#include "judge/norm.h"

static const char *const norm_texts[] = {
	"no norm yet: the first day is judged by the built-in limits",
	"norm of all hours: this hour of the week has too few buckets",
	"norm of this hour of the week"
};

const char *
norm_basis_text(enum norm_basis b)
{
	return norm_texts[b];
}

unsigned
norm_hour(int64_t at_us)
{
	int64_t us = 3600 * US_PER_S;
	int64_t hour = at_us / us - (at_us % us < 0);

	/* 1970 began on a Thursday */
	hour = (hour + 3 * 24) % NORM_HOURS;
	return (unsigned)(hour < 0 ? hour + NORM_HOURS : hour);
}

static int
norm_compare(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static double
norm_median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), norm_compare);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void
norm_slot(double *v, size_t n, struct norm *out)
{
	size_t i;

	if (n < NORM_MIN)
		return;
	out->n = n;
	out->median = norm_median(v, n);
	for (i = 0; i < n; i++)
		v[i] = fabs(v[i] - out->median);
	out->mad = norm_median(v, n);
}

static int
norm_by_hour(const void *x, const void *y)
{
	const struct norm_sample *a = x, *b = y;
	unsigned ha = norm_hour(a->at_us), hb = norm_hour(b->at_us);

	return (ha > hb) - (ha < hb);
}

bool
norm_learn(struct norm_sample *s, size_t n, struct norm_week *out)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i, from;
	double *v;

	*out = (struct norm_week){ 0 };
	for (i = 0; i < n; i++) {
		first = s[i].at_us < first ? s[i].at_us : first;
		last = s[i].at_us > last ? s[i].at_us : last;
	}
	if (n == 0 || last - first < NORM_FIRST_US)
		return true;
	v = calloc(n, sizeof(*v));
	if (v == NULL)
		return false;
	qsort(s, n, sizeof(*s), norm_by_hour);
	for (from = 0, i = 0; i < n; i++) {
		v[i - from] = s[i].rate;
		if (i + 1 < n && norm_by_hour(&s[i], &s[i + 1]) == 0)
			continue;
		norm_slot(v, i + 1 - from, &out->slot[norm_hour(s[i].at_us)]);
		from = i + 1;
	}
	for (i = 0; i < n; i++)
		v[i] = s[i].rate;
	norm_slot(v, n, &out->slot[NORM_ALL]);
	free(v);
	return true;
}

enum norm_basis
norm_get(const struct norm_week *w, int64_t at_us, struct norm *out)
{
	*out = w->slot[norm_hour(at_us)];
	if (out->n > 0)
		return NORM_HOUR;
	*out = w->slot[NORM_ALL];
	return out->n > 0 ? NORM_OVERALL : NORM_NONE;
}
