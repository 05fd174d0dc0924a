/*
 * Only tuples that occur once on each side are used. The offset is believed
 * when most of them agree on it.
 */
#include <stdlib.h>
#include <string.h>
#include "crosstap/diff_offset.h"
#include "flow/key.h"

#define PROBE_RECORDS 60000
#define PROBE_MIN_PAIRS 20
#define PROBE_MIN_US 50000 /* a smaller offset is left to the pairing */

struct probe {
	struct probe_flow {
		uint64_t key;
		int64_t start_us;
	} * v; /* owned */
	size_t n;
};

static int
probe_compare(const void *a, const void *b)
{
	const struct probe_flow *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static bool
probe_read(struct probe *p, const struct pull_options *opt, struct diag *d)
{
	struct reader *r;
	struct flow *flows;
	size_t i, n;

	p->n = 0;
	p->v = calloc(PROBE_RECORDS, sizeof(*p->v));
	if (p->v == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	r = reader_open(opt->operand, &opt->source, &opt->parser, d);
	if (r == NULL)
		return false;
	/* what is wrong with the log is said when it is compared */
	while (p->n < PROBE_RECORDS && (n = reader_next(r, &flows)) > 0)
		for (i = 0; i < n && p->n < PROBE_RECORDS; i++)
			if (flows[i].status == FLOW_OK)
				p->v[p->n++] = (struct probe_flow){
					flow_key(&flows[i], opt->bins.seed),
					flows[i].start_us
				};
	reader_close(r);
	qsort(p->v, p->n, sizeof(*p->v), probe_compare);
	return true;
}

static bool
probe_is_single(const struct probe *p, size_t i)
{
	return (i == 0 || p->v[i - 1].key != p->v[i].key) &&
	    (i + 1 == p->n || p->v[i + 1].key != p->v[i].key);
}

static int
probe_compare_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
probe_offset(const struct probe *a, const struct probe *b)
{
	int64_t *d = calloc(a->n + 1, sizeof(*d)), median = 0;
	size_t i = 0, j = 0, n = 0, near = 0;

	if (d == NULL)
		return 0;
	while (i < a->n && j < b->n) {
		if (a->v[i].key < b->v[j].key) {
			i++;
		} else if (a->v[i].key > b->v[j].key) {
			j++;
		} else {
			if (probe_is_single(a, i) && probe_is_single(b, j))
				d[n++] = b->v[j].start_us - a->v[i].start_us;
			i++;
			j++;
		}
	}
	qsort(d, n, sizeof(*d), probe_compare_i64);
	if (n >= PROBE_MIN_PAIRS)
		median = d[n / 2];
	for (i = 0; i < n; i++)
		near += llabs(d[i] - median) < US_PER_S;
	free(d);
	return llabs(median) >= PROBE_MIN_US && 2 * near > n ? median : 0;
}

bool
diff_offset_probe(const struct pull_options *pulls, size_t n,
    int64_t offsets_us[], struct diag *d)
{
	struct probe first = { NULL, 0 }, other = { NULL, 0 };
	size_t i;
	bool ok = true;

	memset(offsets_us, 0, n * sizeof(offsets_us[0]));
	if (!reader_can_reread(pulls[0].operand))
		return true;
	ok = probe_read(&first, &pulls[0], d);
	for (i = 1; ok && i < n; i++) {
		if (!reader_can_reread(pulls[i].operand))
			continue;
		ok = probe_read(&other, &pulls[i], d);
		if (ok)
			offsets_us[i] = probe_offset(&first, &other);
		free(other.v);
	}
	free(first.v);
	return ok;
}
