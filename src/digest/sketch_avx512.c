/*
 * The same with AVX-512, a batch of keys at a time and without a branch on
 * them: 8 symbols' random bytes of 8 keys are put in order of symbols, so
 * that one comparison gives each symbol a mask of the keys that it holds, and
 * a masked addition takes these in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "digest/sketch_symbol.h"

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#include <immintrin.h>

#define SKETCH_TARGET                                               \
	__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl," \
			      "avx512vbmi,avx512bitalg,bmi,bmi2,popcnt")))

/* Keys at a time: their count in a symbol fits a byte. */
#define SKETCH_BATCH 128
#define SKETCH_GROUPS (SKETCH_BATCH / 8)

struct sketch_batch {
	__m512i key[SKETCH_GROUPS], check[SKETCH_GROUPS];
	__mmask8 valid[SKETCH_GROUPS];
	unsigned ngroups;
};

SKETCH_TARGET static ALWAYS_INLINE __m512i
sketch_multiply(__m512i x, uint64_t factor)
{
	return _mm512_mullo_epi64(x, _mm512_set1_epi64((long long)factor));
}

SKETCH_TARGET static ALWAYS_INLINE __m512i
sketch_fold(__m512i x)
{
	return _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
}

SKETCH_TARGET static ALWAYS_INLINE void
sketch_load(struct sketch_batch *b, const uint64_t *keys, size_t n)
{
	const __m512i salt = _mm512_set1_epi64((long long)SKETCH_CHECK_SALT);
	unsigned g;

	b->ngroups = (unsigned)(n + 7) / 8;
	for (g = 0; g < b->ngroups; g++) {
		size_t left = n - 8 * g;

		b->valid[g] = (__mmask8)(left < 8 ? (1u << left) - 1 : 0xff);
		b->key[g] = _mm512_maskz_loadu_epi64(b->valid[g], keys + 8 * g);
		b->check[g] = sketch_fold(sketch_multiply(
		    _mm512_xor_si512(b->key[g], salt), SKETCH_GOLDEN));
	}
}

/* Bit 8i + k: symbol 8 * lane + i holds key k of a group. */
SKETCH_TARGET static ALWAYS_INLINE uint64_t
sketch_members(__m512i key, unsigned lane, __m512i limits)
{
	/* byte 8i + k of the result is byte 8k + i */
	const __m512i turn =
	    _mm512_set_epi64(0x3f372f271f170f07, 0x3e362e261e160e06,
		0x3d352d251d150d05, 0x3c342c241c140c04, 0x3b332b231b130b03,
		0x3a322a221a120a02, 0x3931292119110901, 0x3830282018100800);
	uint64_t step = (lane + 1) * SKETCH_GOLDEN;
	__m512i x = _mm512_xor_si512(key, _mm512_set1_epi64((long long)step));

	x = sketch_fold(sketch_multiply(sketch_fold(x), SKETCH_SPREAD));
	return _mm512_cmplt_epu8_mask(_mm512_permutexvar_epi8(turn, x), limits);
}

/* The sum of the lanes mod 2^64, which _mm512_reduce_add_epi64() need not be.
 */
SKETCH_TARGET static ALWAYS_INLINE uint64_t
sketch_total(__m512i x)
{
	__m256i y = _mm256_add_epi64(
	    _mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
	__m128i z = _mm_add_epi64(
	    _mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));

	z = _mm_add_epi64(z, _mm_unpackhi_epi64(z, z));
	return (uint64_t)_mm_cvtsi128_si64(z);
}

/* Eight symbols. */
SKETCH_TARGET static ALWAYS_INLINE void
sketch_lane(
    struct sketch_symbol *to, const struct sketch_batch *b, unsigned lane)
{
	const __m512i spread_limits = _mm512_set_epi64(0x0707070707070707,
	    0x0606060606060606, 0x0505050505050505, 0x0404040404040404,
	    0x0303030303030303, 0x0202020202020202, 0x0101010101010101, 0);
	__m512i limits = _mm512_permutexvar_epi8(spread_limits,
	    _mm512_castsi128_si512(
		_mm_loadl_epi64((const void *)(sketch_limits + 8 * lane))));
	__m512i sum[8], check[8];
	__m128i count = _mm_setzero_si128();
	uint64_t counts;
	unsigned g, i;

	for (i = 0; i < 8; i++)
		sum[i] = check[i] = _mm512_setzero_si512();
	for (g = 0; g < b->ngroups; g++) {
		uint64_t in = sketch_members(b->key[g], lane, limits) |
		    (lane == 0 ? 0xff : 0);

		in &= b->valid[g] * BYTES_ONES;
		count = _mm_add_epi8(
		    count, _mm_popcnt_epi8(_mm_cvtsi64_si128((long long)in)));
#pragma GCC unroll 8
		for (i = 0; i < 8; i++) {
			__mmask8 k = (__mmask8)(in >> 8 * i);

			sum[i] =
			    _mm512_mask_add_epi64(sum[i], k, sum[i], b->key[g]);
			check[i] = _mm512_mask_add_epi64(
			    check[i], k, check[i], b->check[g]);
		}
	}
	counts = (uint64_t)_mm_cvtsi128_si64(count);
#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		to[i].count += counts >> 8 * i & 0xff;
		to[i].sum += sketch_total(sum[i]);
		to[i].check += sketch_total(check[i]);
	}
}

SKETCH_TARGET void
sketch_first_avx512(
    struct sketch_symbol *symbols, const uint64_t *keys, size_t n)
{
	struct sketch_batch b;
	size_t at;
	unsigned lane;

	for (at = 0; at < n; at += SKETCH_BATCH) {
		sketch_load(&b, keys + at,
		    n - at < SKETCH_BATCH ? n - at : SKETCH_BATCH);
		for (lane = 0; lane < SKETCH_LANES; lane++)
			sketch_lane(symbols + 8 * lane, &b, lane);
	}
}
#endif
