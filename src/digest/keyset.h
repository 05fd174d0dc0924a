/*
 * How often each key was seen: gives the occurrence number of a tuple in a
 * bucket. Open addressing; at most 3/4 full; 12 bytes a slot. A count is
 * touched only when its key comes again.
 */
#ifndef DIGEST_KEYSET_H
#define DIGEST_KEYSET_H

#include <stdlib.h>
#include "base/base.h"

struct keyset {
	uint64_t *keys;  /* owned; 0: free, since a key of 0 is stored as 1 */
	uint32_t *again; /* owned: times a key was counted, but the first */
	size_t mask;     /* slots - 1; 0: nothing allocated */
	size_t n;        /* different keys */
};

void keyset_clear(struct keyset *s);
bool keyset_grow(struct keyset *s) MUSTCHECK;
/* Gives a cleared set room for n different keys, with the memory of an old
 * set where that has the size; the old one is cleared then. */
bool keyset_reserve(struct keyset *s, size_t n, struct keyset *old) MUSTCHECK;

static ALWAYS_INLINE void
keyset_prefetch(const struct keyset *s, uint64_t key)
{
	if (LIKELY(s->keys != NULL))
		__builtin_prefetch(&s->keys[key & s->mask], 1);
}

/* How many times the key was counted before, and counts it; UINT32_MAX when
 * out of memory. */
static ALWAYS_INLINE uint32_t
keyset_count(struct keyset *s, uint64_t key)
{
	size_t i;

	if (UNLIKELY(4 * s->n >= 3 * s->mask) && !keyset_grow(s))
		return UINT32_MAX;
	key += key == 0;
	for (i = key & s->mask;; i = (i + 1) & s->mask) {
		if (LIKELY(s->keys[i] == 0)) {
			s->keys[i] = key;
			s->n++;
			return 0;
		}
		if (s->keys[i] == key)
			return ++s->again[i];
	}
}

#endif
