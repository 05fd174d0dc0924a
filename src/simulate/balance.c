/*
 * A symmetric hash adds what it makes of each side, so that the order of the
 * sides does not matter.
 */
#include "simulate/balance.h"
#include "simulate/host.h"

static uint64_t
balance_side(const struct balance *b, const struct host *h, uint16_t port)
{
	uint64_t x = host_id(h) * UINT64_C(0x9e3779b97f4a7c15) + b->seed;

	if (b->by == BALANCE_TUPLE)
		x += (uint64_t)port << 48;
	return prng_mix(x);
}

static unsigned
balance_reduce(const struct balance *b, uint64_t x)
{
	return (unsigned)(((prng_mix(x) >> 32) * b->workers) >> 32);
}

unsigned
balance_worker(const struct balance *b, const struct tuple *t)
{
	return balance_reduce(b,
	    balance_side(b, &t->orig, t->orig_port) +
		balance_side(b, &t->resp, t->resp_port));
}

unsigned
balance_one_way(
    const struct balance *b, const struct tuple *t, unsigned from_resp)
{
	uint64_t orig = balance_side(b, &t->orig, t->orig_port);
	uint64_t resp = balance_side(b, &t->resp, t->resp_port);

	return balance_reduce(b, from_resp ? resp * 3 + orig : orig * 3 + resp);
}
