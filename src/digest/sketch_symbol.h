/*
 * Private to src/digest: which of the first 64 symbols hold a key, and what a
 * key adds to a symbol. Membership is one comparison of 64 pseudo-random bytes
 * with 64 limits, so that it can be done at once where the processor can.
 */
#ifndef DIGEST_SKETCH_SYMBOL_H
#define DIGEST_SKETCH_SYMBOL_H

#include "base/bytes.h"
#include "digest/sketch.h"

#define SKETCH_LANES 8
#define SKETCH_GOLDEN UINT64_C(0x9e3779b97f4a7c15)
#define SKETCH_CHECK_SALT UINT64_C(0x5851f42d4c957f2d)
#define SKETCH_SPREAD UINT64_C(0xd6e8feb86659fd93)

/* round(256 * 2 / (i + 2)), 256 cut to 255 and index 0 forced. */
static const uint8_t sketch_limits[64] = { 255, 171, 128, 102, 85, 73, 64, 57,
	51, 47, 43, 39, 37, 34, 32, 30, 28, 27, 26, 24, 23, 22, 21, 20, 20, 19,
	18, 18, 17, 17, 16, 16, 15, 15, 14, 14, 13, 13, 13, 12, 12, 12, 12, 11,
	11, 11, 11, 10, 10, 10, 10, 10, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8 };

static ALWAYS_INLINE uint64_t
sketch_check(uint64_t key)
{
	uint64_t x = key ^ SKETCH_CHECK_SALT;

	x *= SKETCH_GOLDEN;
	return x ^ x >> 32;
}

/* Bit i: byte i of the key's random bytes is below its limit. Lane l gives
 * the bytes 8l .. 8l+7. */
static ALWAYS_INLINE uint64_t
sketch_mask(uint64_t key)
{
	uint64_t mask = 0;
	unsigned lane, i;

	for (lane = 0; lane < SKETCH_LANES; lane++) {
		uint64_t x = key ^ (lane + 1) * SKETCH_GOLDEN;
		const uint8_t *limit = sketch_limits + 8 * lane;

		x ^= x >> 32;
		x *= SKETCH_SPREAD;
		x ^= x >> 32;
		for (i = 0; i < 8; i++)
			mask |= (uint64_t)((uint8_t)(x >> 8 * i) < limit[i])
			    << (8 * lane + i);
	}
	return mask | 1;
}

static ALWAYS_INLINE void
sketch_apply(
    struct sketch_symbol *s, uint64_t sign, uint64_t key, uint64_t check)
{
	s->count += sign;
	s->sum += sign * key;
	s->check += sign * check;
}

#endif
