/*
 * Many keys into the first 64 symbols: what every digest costs for every flow.
 * The portable twin, and the choice.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "digest/sketch_symbol.h"

void
sketch_first_portable(
    struct sketch_symbol *symbols, const uint64_t *keys, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++) {
		uint64_t mask = sketch_mask(keys[k]);
		uint64_t check = sketch_check(keys[k]);

		for (; mask != 0; mask &= mask - 1)
			sketch_apply(
			    symbols + __builtin_ctzll(mask), 1, keys[k], check);
	}
}

sketch_first_fn *
sketch_first_best(void)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (__builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512vbmi") &&
	    __builtin_cpu_supports("avx512bitalg"))
		return sketch_first_avx512;
#endif
	return sketch_first_portable;
}
