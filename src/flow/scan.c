/*
 * Portable scanner, eight bytes at a time, and the choice of the best one.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "base/bytes.h"
#include "flow/scan.h"
#include "flow/scan_index.h"

static ALWAYS_INLINE void
scan_masks(const char *p, char sep, struct scan_masks *m)
{
	uint64_t x;
	unsigned i;

	m->sep = m->newline = m->nul = 0;
	for (i = 0; i < 64; i += 8) {
		x = bytes_le64(p + i);
		m->sep |=
		    (uint64_t)bytes_zero_mask(x ^ (BYTES_ONES * (uint8_t)sep))
		    << i;
		m->newline |= (uint64_t)bytes_zero_mask(x ^ (BYTES_ONES * '\n'))
		    << i;
		m->nul |= (uint64_t)bytes_zero_mask(x) << i;
	}
}

bool
scan_portable(const char *p, size_t n, char sep, struct scan *out)
{
	return scan_index(p, n, sep, out);
}

scan_fn *
scan_best(void)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (__builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512vbmi2"))
		return scan_avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		return scan_avx2;
#endif
	return scan_portable;
}
