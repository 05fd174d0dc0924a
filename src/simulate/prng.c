/*
 * Logarithm and power of two in 16.16 fixed point: accurate to a few parts in
 * ten thousand, which traffic does not notice, and the same everywhere.
 */
#include "simulate/prng.h"

#define PRNG_ONE 65536  /* 1.0 in 16.16 */
#define PRNG_LN2 45426  /* ln 2 */
#define PRNG_DEV 113510 /* 1 / the deviation of four summed uniforms */
#define PRNG_MID 131070 /* their mean */

/* log2 of m / 2^31 for m in [2^31, 2^32), bit by bit: squaring doubles it. */
static uint32_t
prng_log2(uint64_t m)
{
	uint32_t r = 0;
	int i;

	for (i = 0; i < 16; i++) {
		m = (m * m) >> 31;
		r <<= 1;
		if (m >= (UINT64_C(1) << 32)) {
			m >>= 1;
			r |= 1;
		}
	}
	return r;
}

int64_t
prng_exponential(struct prng *p, int64_t mean)
{
	uint64_t x = prng_next(p) | 1;
	unsigned zeros = (unsigned)__builtin_clzll(x);
	uint64_t log, ln;

	log = (uint64_t)(zeros + 1) * PRNG_ONE - prng_log2((x << zeros) >> 32);
	ln = (log * PRNG_LN2) >> 16;
	return (int64_t)(((uint64_t)mean * ln) >> 16);
}

int64_t
prng_spread(struct prng *p, int64_t median, uint32_t sigma_q16)
{
	uint64_t x = prng_next(p);
	int64_t sum, z, e, whole, f, power;

	sum = (int64_t)((x & 0xffff) + ((x >> 16) & 0xffff) +
	    ((x >> 32) & 0xffff) + (x >> 48));
	z = ((sum - PRNG_MID) * PRNG_DEV) / PRNG_ONE;
	e = z * (int64_t)sigma_q16 / PRNG_ONE + 64 * PRNG_ONE;
	whole = e / PRNG_ONE - 64;
	f = e % PRNG_ONE;
	/* 2^f by a cubic that meets 1 and 2 at the ends exactly. */
	power = PRNG_ONE + f * 45611 / PRNG_ONE +
	    f * f / PRNG_ONE * 14713 / PRNG_ONE +
	    f * f / PRNG_ONE * f / PRNG_ONE * 5212 / PRNG_ONE;
	if (whole >= 0)
		return (median * power / PRNG_ONE) << (whole > 16 ? 16 : whole);
	return (median * power / PRNG_ONE) >> (whole < -40 ? 40 : -whole);
}
