/*
 * The population on both sides of the border. A host is chosen by popularity
 * (few are busy, many are not) and is a function of the number drawn, so no
 * table of hosts is kept.
 */
#ifndef SIMULATE_HOST_H
#define SIMULATE_HOST_H

#include "simulate/packet.h"
#include "simulate/prng.h"

/* A busy local host, or any one: scans do not know who is busy. */
struct host host_local(struct prng *p, bool is_v6);
struct host host_local_any(struct prng *p, bool is_v6);
struct host host_remote(struct prng *p, bool is_v6);

void host_addr(const struct host *h, struct flow_addr *out);

/* A few hosts in a hundred have an MTU of 9000 bytes. */
bool host_is_jumbo(const struct host *h);

/* One number for each host: the input of balancing hashes. */
static inline uint64_t
host_id(const struct host *h)
{
	return (uint64_t)h->is_local << 41 | (uint64_t)h->is_v6 << 40 |
	    (uint64_t)h->net << 32 | h->bits;
}

/* Which of `links` upstream links carries a remote host: each link has its
 * own networks. Counted from 1. */
static inline unsigned
host_link(const struct host *h, unsigned links)
{
	return h->net % links + 1;
}

#endif
