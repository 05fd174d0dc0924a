/*
 * The addresses and ports of some flows of a bucket: all flows of some host
 * pairs, chosen by a keyed hash of the two addresses, so that every sensor
 * chooses the same. What a load balancer looks at, which entries do not keep.
 */
#ifndef DIGEST_TUPLES_H
#define DIGEST_TUPLES_H

#include "base/bytes.h"
#include "flow/flow.h"

#define TUPLES_MAX 8192 /* in a bucket; 448 KB */

struct tuple_flow {
	uint64_t key;             /* as in the entry of this flow */
	uint32_t end_off_us;      /* as in the entry */
	uint32_t luck;            /* of the host pair */
	struct flow_addr addr[2]; /* originator, responder */
	uint16_t port[2];
	uint8_t proto;
	bool answered;   /* packets of both sides, and no mere attempt */
	uint8_t missing; /* bit i: sensor i lacks it; set by compare */
};

struct tuples {
	struct tuple_flow *v; /* owned */
	size_t n, cap;
	uint32_t limit; /* no pair of more luck than this is in it */
};

/* The same whoever is the originator; never 0, so that a limit of 0 leaves
 * nobody. */
static inline uint32_t
tuples_luck(const struct flow_addr *a, const struct flow_addr *b, uint64_t seed)
{
	const struct flow_addr *ends[2] = { a, b };
	uint64_t sum = seed, x;
	unsigned i;

	for (i = 0; i < 2; i++) {
		x = bytes_le64(ends[i]->b) * UINT64_C(0x9e3779b97f4a7c15);
		x = ((x ^ x >> 32) + bytes_le64(ends[i]->b + 8)) *
		    UINT64_C(0xbf58476d1ce4e5b9);
		sum += x ^ x >> 29;
	}
	sum = (sum ^ sum >> 32) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(sum >> 32) | 1;
}

void tuples_init(struct tuples *ts, uint32_t limit);
void tuples_clear(struct tuples *ts);
/* Adds a flow whose luck is within the limit; when there are too many, the
 * luckier half of the pairs goes. False: out of memory. */
bool tuples_add(struct tuples *ts, const struct tuple_flow *t) MUSTCHECK;
/* The limit to begin the next bucket with: where this one has ended, or twice
 * as much if it had room for that. */
uint32_t tuples_next_limit(const struct tuples *ts);
/* By key, for tuples_find(). */
void tuples_sort(struct tuples *ts);
/* NULL: not in it. */
struct tuple_flow *
tuples_find(const struct tuples *ts, uint64_t key, uint32_t end_off_us);

#endif
