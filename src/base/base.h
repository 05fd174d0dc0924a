/*
 * The few words that every other file uses: checked results, array sizes,
 * branch hints and assertions that stay in release builds.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUSTCHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A broken invariant is a bug: stop, also in a release build. */
#define INVARIANT(x)                      \
	do {                              \
		if (UNLIKELY(!(x)))       \
			__builtin_trap(); \
	} while (0)

#define US_PER_S INT64_C(1000000)

#endif
