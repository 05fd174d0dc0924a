#include <stdlib.h>
#include <string.h>
#include "compare/nets.h"

/* Which end of a flow is outside; where the log does not tell, the side that
 * answers, as good as any for what is always counted in one way. */
static unsigned
nets_outside(const struct entry *e)
{
	return (e->class_bits & (ENTRY_LOCAL_ORIG | ENTRY_LOCAL_RESP)) !=
	    ENTRY_LOCAL_RESP;
}

uint32_t *
nets_count(const struct bin *bin, const struct netmap *nets)
{
	uint32_t *n = calloc(NETS_MAX, sizeof(*n));
	const struct entry_block *x;
	size_t k;

	if (n == NULL)
		return NULL;
	if (bin->thin != NULL) {
		if (bin->thin->nets != NULL)
			memcpy(n, bin->thin->nets, NETS_MAX * sizeof(*n));
		return n;
	}
	for (x = bin->entries.first; x != NULL; x = x->next)
		for (k = 0; k < x->n; k++) {
			const struct entry *e = &x->e[k];
			uint32_t net = e->net[nets_outside(e)];

			if ((e->class_bits & ENTRY_IPV6) == 0)
				n[net >> 24]++;
			else
				n[256 +
				    (netmap_prefix(nets, net) >> 32) *
					UINT32_C(0x9e3779b1) % 64]++;
		}
	return n;
}
