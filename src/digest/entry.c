/*
 * Sorting is by the leading bits of the key first: keys are uniform, so that
 * after one counting pass almost every group holds a few entries.
 */
#include <stdlib.h>
#include "digest/entry.h"

const char *
entry_proto_name(enum entry_proto p)
{
	static const char *const names[] = { "tcp", "udp", "icmp", "other" };

	return names[p];
}

void
entries_clear(struct entries *es)
{
	struct entry_block *b, *next;

	for (b = es->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*es = (struct entries){ NULL, NULL, 0 };
}

struct entry *
entries_add(struct entries *es)
{
	struct entry_block *b = es->last;

	if (UNLIKELY(b == NULL || b->n == ENTRY_BLOCK)) {
		b = malloc(sizeof(*b));
		if (b == NULL)
			return NULL;
		b->next = NULL;
		b->n = 0;
		if (es->last == NULL)
			es->first = b;
		else
			es->last->next = b;
		es->last = b;
	}
	es->n++;
	return &b->e[b->n++];
}

/* Entries of one bucket: the bucket's start cancels in a comparison. */
static bool
entries_before(const struct entry *a, const struct entry *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	return entry_start_us(a, 0) < entry_start_us(b, 0);
}

static int
entries_compare(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a;
	const struct entry *y = *(const struct entry *const *)b;

	return entries_before(y, x) - entries_before(x, y);
}

/* Groups are of a few entries, unless one tuple fills the bucket. */
static void
entries_sort_group(const struct entry **v, size_t n)
{
	size_t i, j;

	if (n > 32) {
		qsort(v, n, sizeof(*v), entries_compare);
		return;
	}
	for (i = 1; i < n; i++) {
		/* all n are set */
		/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
		const struct entry *e = v[i];

		for (j = i; j > 0 && entries_before(e, v[j - 1]); j--)
			v[j] = v[j - 1];
		v[j] = e;
	}
}

static unsigned
entries_bits(size_t n)
{
	unsigned bits = 1;

	while (bits < 18 && (size_t)2 << bits < n)
		bits++;
	return bits;
}

const struct entry **
entries_sort(const struct entries *es)
{
	unsigned bits = entries_bits(es->n), shift = 64 - bits;
	size_t groups = (size_t)1 << bits, i, sum = 0, n;
	const struct entry **v = malloc((es->n + 1) * sizeof(*v));
	uint32_t *at = calloc(groups + 1, sizeof(*at));
	const struct entry_block *b;

	if (v == NULL || at == NULL || es->n == 0) {
		free(v);
		free(at);
		return NULL;
	}
	for (b = es->first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			at[b->e[i].key >> shift]++;
	for (i = 0; i < groups; i++) {
		n = at[i];
		at[i] = (uint32_t)sum;
		sum += n;
	}
	for (b = es->first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			v[at[b->e[i].key >> shift]++] = &b->e[i];
	for (i = 0, sum = 0; i < groups; sum = at[i], i++) {
		for (n = sum; n < at[i]; n++)
			entries_prefetch(v, n, es->n);
		entries_sort_group(v + sum, at[i] - sum);
	}
	free(at);
	return v;
}
