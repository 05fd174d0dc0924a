/*
 * Growth rehashes into twice the slots; keys are uniform, their low bits are
 * the slot.
 */
#include "digest/keyset.h"

#define KEYSET_FIRST_SLOTS 1024

void
keyset_clear(struct keyset *s)
{
	free(s->keys);
	free(s->counts);
	*s = (struct keyset){ NULL, NULL, 0, 0 };
}

bool
keyset_grow(struct keyset *s)
{
	size_t slots = s->keys == NULL ? KEYSET_FIRST_SLOTS : 2 * (s->mask + 1);
	struct keyset t = { calloc(slots, sizeof(*t.keys)),
		calloc(slots, sizeof(*t.counts)), slots - 1, s->n };
	size_t i, j;

	if (t.keys == NULL || t.counts == NULL) {
		keyset_clear(&t);
		return false;
	}
	for (i = 0; s->keys != NULL && i <= s->mask; i++) {
		if (s->keys[i] == 0)
			continue;
		for (j = s->keys[i] & t.mask; t.keys[j] != 0;)
			j = (j + 1) & t.mask;
		t.keys[j] = s->keys[i];
		t.counts[j] = s->counts[i];
	}
	keyset_clear(s);
	*s = t;
	return true;
}
