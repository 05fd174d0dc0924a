/*
 * Networks as 32-bit numbers: an IPv4 address stands for itself; an IPv6
 * address for its /64, numbered in the order in which they were first seen.
 * One map per sensor; bounded: /64s beyond the limit share one number.
 */
#ifndef DIGEST_NETMAP_H
#define DIGEST_NETMAP_H

#include "flow/flow.h"

#define NETMAP_MAX (1u << 18)
#define NETMAP_OTHER NETMAP_MAX

struct netmap {
	uint64_t
	    *prefixes;   /* owned: by number, the first 8 bytes, host order */
	uint32_t *slots; /* owned: number + 1, by hash */
	uint32_t n, nslots;
};

void netmap_clear(struct netmap *m);
uint32_t netmap_number6(struct netmap *m, uint64_t prefix);

static inline uint32_t
netmap_number(struct netmap *m, const struct flow_addr *a)
{
	uint64_t hi = 0;
	unsigned i;

	if (flow_addr_is_v4(a))
		return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 |
		    (uint32_t)a->b[14] << 8 | a->b[15];
	for (i = 0; i < 8; i++)
		hi = hi << 8 | a->b[i];
	return netmap_number6(m, hi);
}

/* The /64 of a number; 0 for NETMAP_OTHER. */
static inline uint64_t
netmap_prefix(const struct netmap *m, uint32_t number)
{
	return number < m->n ? m->prefixes[number] : 0;
}

#endif
