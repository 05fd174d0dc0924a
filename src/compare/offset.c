/*
 * Only tuples that occur once on each side are used. The offset is believed
 * when most of them agree on it.
 */
#include <stdlib.h>
#include "compare/offset.h"

#define OFFSET_MIN_PAIRS 20
#define OFFSET_MIN_US 50000 /* a smaller offset is left to the pairing */

static int
offset_compare(const void *a, const void *b)
{
	const struct offset_start *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void
offset_sort(struct offset_start *v, size_t n)
{
	if (n > 0)
		qsort(v, n, sizeof(*v), offset_compare);
}

static bool
offset_is_single(const struct offset_start *v, size_t n, size_t i)
{
	return (i == 0 || v[i - 1].key != v[i].key) &&
	    (i + 1 == n || v[i + 1].key != v[i].key);
}

static int
offset_compare_us(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int64_t
offset_estimate(const struct offset_start *a, size_t na,
    const struct offset_start *b, size_t nb)
{
	int64_t *d = calloc(na + 1, sizeof(*d)), median = 0;
	size_t i = 0, j = 0, n = 0, near = 0;

	if (d == NULL)
		return 0;
	while (i < na && j < nb) {
		if (a[i].key < b[j].key) {
			i++;
		} else if (a[i].key > b[j].key) {
			j++;
		} else {
			if (offset_is_single(a, na, i) &&
			    offset_is_single(b, nb, j))
				d[n++] = b[j].start_us - a[i].start_us;
			i++;
			j++;
		}
	}
	if (n > 0)
		qsort(d, n, sizeof(*d), offset_compare_us);
	if (n >= OFFSET_MIN_PAIRS)
		median = d[n / 2];
	for (i = 0; i < n; i++)
		near += llabs(d[i] - median) < US_PER_S;
	free(d);
	return llabs(median) >= OFFSET_MIN_US && 2 * near > n ? median : 0;
}
