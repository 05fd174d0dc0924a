/*
 * How a sensor's front end spreads packets over its workers. Each sensor has
 * a hash of its own kind, so that two sensors spread the same flows unalike.
 */
#ifndef SIMULATE_BALANCE_H
#define SIMULATE_BALANCE_H

#include "simulate/packet.h"

enum balance_by {
	BALANCE_TUPLE, /* addresses and ports */
	BALANCE_HOSTS, /* addresses */
	BALANCE_NKINDS
};

struct balance {
	enum balance_by by;
	unsigned workers;
	uint64_t seed;
};

/* Both directions meet at one worker; 0..workers-1. */
unsigned balance_worker(const struct balance *b, const struct tuple *t);

/* The broken form: each direction of a flow finds a worker of its own. */
unsigned balance_one_way(
    const struct balance *b, const struct tuple *t, unsigned from_resp);

#endif
