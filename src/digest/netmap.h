/*
 * Networks as 32-bit numbers: an IPv4 address stands for itself; an IPv6
 * address for its /64, numbered in the order in which they were first seen.
 * One map per sensor; bounded: /64s beyond the limit share one number.
 */
#ifndef DIGEST_NETMAP_H
#define DIGEST_NETMAP_H

#include "base/bytes.h"
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
netmap_hash(uint64_t prefix)
{
	return (uint32_t)(prefix * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* The number of an IPv6 address will be asked for soon. */
static inline void
netmap_prefetch6(const struct netmap *m, const struct flow_addr *a)
{
	if (m->nslots > 0)
		__builtin_prefetch(
		    &m->slots[netmap_hash(bytes_be64(a->b)) & (m->nslots - 1)]);
}

static inline uint32_t
netmap_number(struct netmap *m, const struct flow_addr *a)
{
	if (flow_addr_is_v4(a))
		return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 |
		    (uint32_t)a->b[14] << 8 | a->b[15];
	return netmap_number6(m, bytes_be64(a->b));
}

/* The /64 of a number; 0 for NETMAP_OTHER. */
static inline uint64_t
netmap_prefix(const struct netmap *m, uint32_t number)
{
	return number < m->n ? m->prefixes[number] : 0;
}

#endif
