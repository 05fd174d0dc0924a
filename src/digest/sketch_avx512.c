/*
 * The same with AVX-512: eight lanes of random bytes from two shifts and a
 * multiplication, one comparison, and one addition of 32 bytes a symbol.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "digest/sketch_symbol.h"

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#include <immintrin.h>

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi,bmi2"))) void
sketch_first_avx512(
    struct sketch_symbol *symbols, const uint64_t *keys, size_t n)
{
	const __m512i lanes =
	    _mm512_mullo_epi64(_mm512_set_epi64(8, 7, 6, 5, 4, 3, 2, 1),
		_mm512_set1_epi64((long long)SKETCH_GOLDEN));
	const __m512i spread = _mm512_set1_epi64((long long)SKETCH_SPREAD);
	const __m512i limits = _mm512_loadu_si512(sketch_limits);
	size_t k;

	for (k = 0; k < n; k++) {
		__m512i x = _mm512_xor_si512(
		    lanes, _mm512_set1_epi64((long long)keys[k]));
		__m256i add = _mm256_set_epi64x(
		    0, (long long)sketch_check(keys[k]), (long long)keys[k], 1);
		uint64_t mask;

		x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
		x = _mm512_mullo_epi64(x, spread);
		x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
		mask = _mm512_cmplt_epu8_mask(x, limits) | 1;
		for (; mask != 0; mask &= mask - 1) {
			__m256i *to = (__m256i *)(symbols + _tzcnt_u64(mask));

			_mm256_storeu_si256(
			    to, _mm256_add_epi64(_mm256_loadu_si256(to), add));
		}
	}
}
#endif
