/*
 * Feeds lanes_find() with what a comparison has kept of the flows' addresses:
 * is what one sensor lacks against a peer, in a stretch of buckets, a lane of
 * a load balancer?
 */
#ifndef COMPARE_BALANCE_H
#define COMPARE_BALANCE_H

#include "compare/compare.h"
#include "compare/lanes.h"

#define BALANCE_MAX_FLOWS 65536 /* of a stretch, from its beginning */

struct balance_pair {
	unsigned me, peer;  /* sensors: me lacks flows of the peer */
	bool answered_only; /* others need not be seen here (a subset) */
};

/* Buckets [from, to). False: out of memory. */
bool balance_find(const struct compare *c, const struct balance_pair *p,
    size_t from, size_t to, struct lanes *out) MUSTCHECK;

/* In one bucket, the share of the peer's flows that are of these lanes, and
 * the share that are and which me has. NaN where that cannot be told: no flow
 * was kept, or the hash is unknown. */
void
balance_shares(const struct compare_bucket *b, const struct balance_pair *p,
    const struct lanes *l, double *all, double *seen);

#endif
