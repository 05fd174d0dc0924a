/*
 * Slot i of the ring holds what is due in the i-th quarter second, unsorted,
 * in chunks that lie in the order they came; a slot is sorted when its time
 * has passed. What is due beyond the ring goes into its last slot: over four
 * hours ahead, which no timeout reaches.
 */
#include <stdlib.h>
#include "simulate/spool.h"

#define SPOOL_SLOT_US (US_PER_S / 4)
#define SPOOL_SLOTS 65536
#define SPOOL_CHUNK 16
#define SPOOL_NONE UINT32_MAX

struct spool_chunk {
	uint32_t n;
	uint32_t next; /* in its slot or in the free list */
	struct record records[SPOOL_CHUNK];
};

struct spool_key {
	int64_t due_us;
	uint32_t order; /* of arrival in the slot */
	uint32_t chunk;
	uint32_t at;
};

struct spool_slot {
	uint32_t first, last; /* chunks; SPOOL_NONE: empty */
};

struct spool {
	int64_t first; /* number of the oldest slot that is still open */
	size_t waiting;
	struct spool_chunk *chunks; /* owned */
	uint32_t nchunks, cap, unused;
	struct spool_key *keys; /* owned, scratch for sorting */
	size_t keys_cap;
	struct spool_slot slots[SPOOL_SLOTS]; /* number modulo SPOOL_SLOTS */
};

struct spool *
spool_new(int64_t start_us)
{
	struct spool *s = calloc(1, sizeof(*s));
	size_t i;

	if (s == NULL)
		return NULL;
	s->first = start_us / SPOOL_SLOT_US;
	s->unused = SPOOL_NONE;
	for (i = 0; i < SPOOL_SLOTS; i++)
		s->slots[i].first = s->slots[i].last = SPOOL_NONE;
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	free(s->chunks);
	free(s->keys);
	free(s);
}

static bool
spool_grow(struct spool *s)
{
	uint32_t cap = s->cap == 0 ? 64 : s->cap * 2;
	struct spool_chunk *p;

	if (cap > SPOOL_NONE / 4)
		return false;
	p = realloc(s->chunks, cap * sizeof(*p));
	if (p == NULL)
		return false;
	s->chunks = p;
	s->cap = cap;
	return true;
}

/* An empty chunk, SPOOL_NONE if memory ran out. */
static uint32_t
spool_chunk_take(struct spool *s)
{
	uint32_t i = s->unused;

	if (i != SPOOL_NONE) {
		s->unused = s->chunks[i].next;
	} else {
		if (s->nchunks == s->cap && !spool_grow(s))
			return SPOOL_NONE;
		i = s->nchunks++;
	}
	s->chunks[i].n = 0;
	s->chunks[i].next = SPOOL_NONE;
	return i;
}

bool
spool_put(struct spool *s, const struct record *r)
{
	int64_t number = r->log_us / SPOOL_SLOT_US;
	struct spool_slot *slot;
	struct spool_chunk *c;
	uint32_t i;

	if (number < s->first)
		number = s->first;
	if (number > s->first + SPOOL_SLOTS - 1)
		number = s->first + SPOOL_SLOTS - 1;
	slot = &s->slots[number % SPOOL_SLOTS];
	if (slot->last == SPOOL_NONE ||
	    s->chunks[slot->last].n == SPOOL_CHUNK) {
		i = spool_chunk_take(s);
		if (i == SPOOL_NONE)
			return false;
		if (slot->last == SPOOL_NONE)
			slot->first = i;
		else
			s->chunks[slot->last].next = i;
		slot->last = i;
	}
	c = &s->chunks[slot->last];
	c->records[c->n++] = *r;
	s->waiting++;
	return true;
}

static int
spool_compare(const void *a, const void *b)
{
	const struct spool_key *x = a, *y = b;

	if (x->due_us != y->due_us)
		return x->due_us < y->due_us ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Makes room for the keys of one more chunk. */
static bool
spool_keys_reserve(struct spool *s, size_t n)
{
	size_t cap = n == 0 ? 1024 : n * 2;
	struct spool_key *p;

	if (n + SPOOL_CHUNK <= s->keys_cap)
		return true;
	p = realloc(s->keys, cap * sizeof(*p));
	if (p == NULL)
		return false;
	s->keys = p;
	s->keys_cap = cap;
	return true;
}

static bool
spool_take_slot(
    struct spool *s, struct spool_slot *slot, spool_take_fn *take, void *ctx)
{
	size_t n = 0, i;
	uint32_t at, k;

	for (at = slot->first; at != SPOOL_NONE; at = s->chunks[at].next) {
		const struct spool_chunk *c = &s->chunks[at];

		if (!spool_keys_reserve(s, n))
			return false;
		for (k = 0; k < c->n; k++, n++)
			s->keys[n] = (struct spool_key){ c->records[k].log_us,
				(uint32_t)n, at, k };
	}
	if (n > 1)
		qsort(s->keys, n, sizeof(*s->keys), spool_compare);
	for (i = 0; i < n; i++)
		take(ctx, &s->chunks[s->keys[i].chunk].records[s->keys[i].at]);
	if (slot->last != SPOOL_NONE) {
		s->chunks[slot->last].next = s->unused;
		s->unused = slot->first;
	}
	slot->first = slot->last = SPOOL_NONE;
	s->waiting -= n;
	return true;
}

bool
spool_advance(struct spool *s, int64_t until_us, spool_take_fn *take, void *ctx)
{
	int64_t until = until_us / SPOOL_SLOT_US;

	for (; s->first < until; s->first++) {
		if (s->waiting == 0) {
			s->first = until;
			return true;
		}
		if (!spool_take_slot(
			s, &s->slots[s->first % SPOOL_SLOTS], take, ctx))
			return false;
	}
	return true;
}

bool
spool_drain(struct spool *s, spool_take_fn *take, void *ctx)
{
	while (s->waiting > 0)
		if (!spool_advance(
			s, (s->first + 1) * SPOOL_SLOT_US, take, ctx))
			return false;
	return true;
}
