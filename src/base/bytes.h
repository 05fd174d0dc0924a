/*
 * Bytes as integers, the same on every byte order: le = first byte lowest,
 * be = first byte highest.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <string.h>
#include "base/base.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTES_BIG_ENDIAN 1
#else
#define BYTES_BIG_ENDIAN 0
#endif

static ALWAYS_INLINE uint64_t
bytes_le64(const void *p)
{
	uint64_t x;

	/* no caller has NULL */
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	memcpy(&x, p, sizeof(x));
	return BYTES_BIG_ENDIAN ? __builtin_bswap64(x) : x;
}

static ALWAYS_INLINE uint64_t
bytes_be64(const void *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return BYTES_BIG_ENDIAN ? x : __builtin_bswap64(x);
}

static ALWAYS_INLINE uint32_t
bytes_le32(const void *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof(x));
	return BYTES_BIG_ENDIAN ? __builtin_bswap32(x) : x;
}

#define BYTES_ONES UINT64_C(0x0101010101010101)

/* One bit (0..7, in memory order of an le64) for every zero byte of x. */
static ALWAYS_INLINE unsigned
bytes_zero_mask(uint64_t x)
{
	const uint64_t lows = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t hit = ~(((x & lows) + lows) | x | lows) >> 7;

	return (unsigned)((hit * UINT64_C(0x0102040810204080)) >> 56);
}

#endif
