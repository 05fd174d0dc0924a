/*
 * The scanner for x86-64 with AVX2: 64 bytes, three masks. Function attributes
 * choose the instructions, so that the file needs no compiler flags and the
 * program still starts on any x86-64.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "flow/scan.h"

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#include <immintrin.h>

#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define SCAN_LOWEST(bits) (uint32_t) _tzcnt_u64(bits)
#include "flow/scan_index.h"

SCAN_TARGET static ALWAYS_INLINE uint64_t
scan_equal(__m256i lo, __m256i hi, char c)
{
	__m256i want = _mm256_set1_epi8(c);
	uint32_t l, h;

	l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, want));
	h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, want));
	return (uint64_t)h << 32 | l;
}

SCAN_TARGET static ALWAYS_INLINE void
scan_masks(const char *p, char sep, struct scan_masks *m)
{
	__m256i lo = _mm256_loadu_si256((const void *)p);
	__m256i hi = _mm256_loadu_si256((const void *)(p + 32));

	m->sep = scan_equal(lo, hi, sep);
	m->newline = scan_equal(lo, hi, '\n');
	m->nul = scan_equal(lo, hi, '\0');
}

SCAN_TARGET bool
scan_avx2(const char *p, size_t n, char sep, struct scan *out)
{
	return scan_index(p, n, sep, out);
}
#endif
