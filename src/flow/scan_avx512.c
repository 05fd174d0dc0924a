/*
 * The scanner for x86-64 with AVX-512, where one comparison of 64 bytes gives
 * its mask at once.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "flow/scan.h"

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#include <immintrin.h>

#define SCAN_TARGET     \
	__attribute__(( \
	    target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,popcnt")))

SCAN_TARGET static ALWAYS_INLINE void
scan_compress(uint32_t *to, uint32_t base, uint64_t bits, unsigned count);
#define SCAN_OFFSETS scan_compress
#include "flow/scan_index.h"

SCAN_TARGET static ALWAYS_INLINE void
scan_masks(const char *p, char sep, struct scan_masks *m)
{
	__m512i x = _mm512_loadu_si512(p);

	m->sep = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(sep));
	m->newline = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n'));
	m->nul = _mm512_testn_epi8_mask(x, x);
}

/* The numbers 0..63, those of the set bits moved together: an index. */
SCAN_TARGET static ALWAYS_INLINE void
scan_compress(uint32_t *to, uint32_t base, uint64_t bits, unsigned count)
{
	const __m512i iota = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55,
	    54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38,
	    37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21,
	    20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
	    1, 0);
	const __m512i start = _mm512_set1_epi32((int)base);
	__m512i at = _mm512_maskz_compress_epi8(bits, iota);
	unsigned done = 16;

	_mm512_storeu_si512(to,
	    _mm512_add_epi32(
		start, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
	for (; UNLIKELY(done < count); done += 16) {
		at = _mm512_alignr_epi64(at, at, 2);
		_mm512_storeu_si512(to + done,
		    _mm512_add_epi32(start,
			_mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
	}
}

SCAN_TARGET bool
scan_avx512(const char *p, size_t n, char sep, struct scan *out)
{
	return scan_index(p, n, sep, out);
}
#endif
