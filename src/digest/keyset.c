/*
 * Growth rehashes into twice the slots; keys are uniform, their low bits are
 * the slot.
 */
#include <string.h>
#include "digest/keyset.h"

#define KEYSET_FIRST_SLOTS 1024

void
keyset_clear(struct keyset *s)
{
	free(s->keys);
	free(s->again);
	*s = (struct keyset){ NULL, NULL, 0, 0 };
}

static bool
keyset_init(struct keyset *s, size_t slots)
{
	*s = (struct keyset){ calloc(slots, sizeof(*s->keys)),
		calloc(slots, sizeof(*s->again)), slots - 1, 0 };
	if (s->keys != NULL && s->again != NULL)
		return true;
	keyset_clear(s);
	return false;
}

bool
keyset_reserve(struct keyset *s, size_t n, struct keyset *old)
{
	size_t slots = KEYSET_FIRST_SLOTS;

	while (3 * (slots - 1) <= 4 * n)
		slots *= 2;
	if (old->mask != slots - 1)
		return keyset_init(s, slots);
	*s = *old;
	*old = (struct keyset){ NULL, NULL, 0, 0 };
	s->n = 0;
	memset(s->keys, 0, slots * sizeof(*s->keys));
	memset(s->again, 0, slots * sizeof(*s->again));
	return true;
}

bool
keyset_grow(struct keyset *s)
{
	struct keyset t;
	size_t i, j;

	if (!keyset_init(
		&t, s->keys == NULL ? KEYSET_FIRST_SLOTS : 2 * (s->mask + 1)))
		return false;
	t.n = s->n;
	for (i = 0; s->keys != NULL && i <= s->mask; i++) {
		if (s->keys[i] == 0)
			continue;
		for (j = s->keys[i] & t.mask; t.keys[j] != 0;)
			j = (j + 1) & t.mask;
		t.keys[j] = s->keys[i];
		if (s->again[i] != 0)
			t.again[j] = s->again[i];
	}
	keyset_clear(s);
	*s = t;
	return true;
}
