/*
 * A hash table of at most 2^18 prefixes; when memory or the limit runs out,
 * what is new shares NETMAP_OTHER, which is never named as a cause.
 */
#include <stdlib.h>
#include <string.h>
#include "digest/netmap.h"

void
netmap_clear(struct netmap *m)
{
	free(m->prefixes);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}

static bool
netmap_grow(struct netmap *m)
{
	uint32_t want = m->nslots == 0 ? 256 : 2 * m->nslots;
	uint64_t *p = realloc(m->prefixes, want / 2 * sizeof(*p));
	uint32_t *s, i, at;

	if (p == NULL)
		return false;
	m->prefixes = p;
	s = calloc(want, sizeof(*s));
	if (s == NULL)
		return false;
	for (i = 0; i < m->n; i++) {
		at = netmap_hash(p[i]) & (want - 1);
		while (s[at] != 0)
			at = (at + 1) & (want - 1);
		s[at] = i + 1;
	}
	free(m->slots);
	m->slots = s;
	m->nslots = want;
	return true;
}

uint32_t
netmap_number6(struct netmap *m, uint64_t prefix)
{
	uint32_t at;

	if (m->nslots > 0) {
		at = netmap_hash(prefix) & (m->nslots - 1);
		for (; m->slots[at] != 0; at = (at + 1) & (m->nslots - 1))
			if (m->prefixes[m->slots[at] - 1] == prefix)
				return m->slots[at] - 1;
	}
	if (m->n == NETMAP_MAX || (2 * m->n >= m->nslots && !netmap_grow(m)))
		return NETMAP_OTHER;
	at = netmap_hash(prefix) & (m->nslots - 1);
	while (m->slots[at] != 0)
		at = (at + 1) & (m->nslots - 1);
	m->prefixes[m->n] = prefix;
	m->slots[at] = ++m->n;
	return m->n - 1;
}
