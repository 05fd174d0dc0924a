/*
 * The record reader for any processor, and the choice of the best one.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "flow/tsv_line.h"

bool
digits_u64_long(const char *p, size_t n, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (n == 0 || n > 20)
		return false;
	for (i = 0; i < n; i++) {
		unsigned d = (unsigned char)p[i] - '0';

		if (d > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, d, &v))
			return false;
	}
	*out = v;
	return true;
}

bool
tsv_line_portable(struct tsv_layout *t, struct parse_workers *workers,
    const char *block, const uint32_t *sep, unsigned nsep, struct flow *out,
    struct parse_fault *fault)
{
	return tsv_read(t, workers, block, sep, nsep, out, fault);
}

tsv_line_fn *
tsv_line_best(void)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (__builtin_cpu_supports("bmi2") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512vbmi") &&
	    __builtin_cpu_supports("avx512vbmi2"))
		return tsv_line_avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return tsv_line_bmi2;
#endif
	return tsv_line_portable;
}

uint32_t
tsv_columns(const struct tsv_layout *t)
{
	uint32_t bits = 0;
	unsigned f;

	for (f = 0; f < FLOW_NFIELDS; f++)
		if (t->column[f] >= 0)
			bits |= UINT32_C(1) << f;
	return bits;
}
