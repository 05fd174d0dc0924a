/*
 * Are the flows that a sensor misses one lane of a load balancer? Tries every
 * known hash (hashes.h) over 2 to 64 lanes, and where none fits, whether host
 * pairs are missing as a whole, which is what a hash of the addresses does
 * that nobody has published. Pure, bounded, and silent unless chance is ruled
 * out.
 *
 * What counts is host pairs, each once, so that one busy pair proves nothing.
 * With M pairs that miss a flow, a part x of them in k lanes that hold a part
 * q of all pairs, chance gives as many with a probability of at most
 *     H C(N,k) exp(-M KL(x||q)),  KL(x||q) = x ln x/q + (1-x) ln (1-x)/(1-q)
 * (Hoeffding, J. Amer. Statist. Assoc. 58, 1963, theorem 1, good without
 * replacement too), H being the number of hashes and moduli tried and C(N,k)
 * that of the choices of k lanes. Only what is below LANES_CHANCE is told:
 * one lane of four needs 24 host pairs, one of two 43, one of 64 the
 * LANES_MIN_PAIRS.
 */
#ifndef COMPARE_LANES_H
#define COMPARE_LANES_H

#include "compare/hashes.h"

#define LANES_MIN 2
#define LANES_MAX 64
#define LANES_MIN_PAIRS 24
#define LANES_CHANCE 1e-9
#define LANES_PAIR_CHANCE 1e-6 /* for host pairs, one hypothesis alone */

/* One flow of the peer that this sensor should have. */
struct lanes_flow {
	struct hash_tuple t;
	int64_t at_us; /* any time of the flow, the same for all: its end */
	bool missing;  /* this sensor lacks it */
};

/* All flows of the host pairs in it, or each by the same luck: pairs may be
 * left out, but not flows of one pair for being missing or not. */
struct lanes_input {
	const struct lanes_flow *v; /* borrowed; in any order */
	size_t n;
	double weight; /* flows that each present one stands for; >= 1 */
};

enum lanes_kind {
	LANES_NONE,
	LANES_HASH,
	LANES_HOST_PAIRS /* by host pair, hash unknown */
};

struct lanes {
	enum lanes_kind kind;
	const struct hash_def *hash; /* NULL unless LANES_HASH */
	enum hash_reduce reduce;
	/* lost of n lanes; of unknown ones, the smallest n that has such a
	 * share; 0: none has */
	unsigned n, lost;
	uint64_t which;      /* bit v: lane v is lost; 0 if unknown */
	double share;        /* of all flows, those in these lanes */
	double recall;       /* share of the missing flows in these lanes */
	double precision;    /* share of the flows of these lanes missing, from
			      * from_us to to_us */
	double lift;         /* precision over the share of all that miss */
	double chance_log10; /* upper bound, as above */
	double plain;   /* 0..1: share of the missing host pairs that one simple
			 * attribute (network, port, protocol, second, network
			 * and port) tells apart as well; see lanes.c */
	uint32_t pairs; /* host pairs that miss a flow */
	int64_t from_us, to_us; /* when they were missing: the middle 7/8 */
};

/* Bounded: some 10 to 20 ms for 2 x 65536 flows. False: out of memory. */
bool lanes_find(const struct lanes_input *in, struct lanes *out) MUSTCHECK;

/* Is a flow in the lanes lost? Of an unknown hash, any may be. */
bool lanes_is_in(const struct lanes *l, const struct hash_tuple *t);

/* "1 lane of 4 (symmetric RSS, 4-tuple)"; n bytes at out. Empty: none. */
#define LANES_TEXT_MAX 96
void lanes_format(const struct lanes *l, char *out, size_t n);

#endif
