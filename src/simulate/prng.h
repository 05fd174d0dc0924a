/*
 * A seeded source of randomness that gives the same numbers on every
 * platform: integers only, no libm, no floating point that a compiler may
 * contract. splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, OOPSLA 2014).
 */
#ifndef SIMULATE_PRNG_H
#define SIMULATE_PRNG_H

#include "base/base.h"

struct prng {
	uint64_t state;
};

/* A share 0..1 as prng_chance() wants it; exact, since 2^32 is a power. */
#define PRNG_SHARE(x) ((uint64_t)((x)*4294967296.0))

/* Bits well mixed; a bijection, so distinct inputs stay distinct. */
static inline uint64_t
prng_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline uint64_t
prng_next(struct prng *p)
{
	p->state += UINT64_C(0x9e3779b97f4a7c15);
	return prng_mix(p->state);
}

/* 0..n-1; n > 0. */
static inline uint32_t
prng_below(struct prng *p, uint32_t n)
{
	return (uint32_t)(((prng_next(p) >> 32) * n) >> 32);
}

/* lo..hi, both included; hi - lo < 2^32. */
static inline int64_t
prng_between(struct prng *p, int64_t lo, int64_t hi)
{
	return lo + prng_below(p, (uint32_t)(hi - lo + 1));
}

static inline bool
prng_chance(struct prng *p, uint64_t share)
{
	return (prng_next(p) >> 32) < share;
}

/* Exponentially distributed with this mean, 0..2^40. */
int64_t prng_exponential(struct prng *p, int64_t mean);

/*
 * About log-normal: median times 2 to the power of (sigma_q16 / 65536) times
 * a normal deviate, which stays within 3.5 standard deviations.
 */
int64_t prng_spread(struct prng *p, int64_t median, uint32_t sigma_q16);

#endif
