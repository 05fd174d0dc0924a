/*
 * Private to src/flow: short decimal texts to numbers without a loop or a
 * branch on their length. Every function reads 8 bytes from where it starts,
 * which FLOW_PARSER_SLACK allows, and says whether all were digits.
 */
#ifndef FLOW_DIGITS_H
#define FLOW_DIGITS_H

#include "base/bytes.h"

#define DIGITS_ZEROS UINT64_C(0x3030303030303030)

/* Digits as numbers 0..9 in the bytes of t: nonzero if one is not. */
static ALWAYS_INLINE uint64_t
digits_bad(uint64_t t)
{
	return ((t + UINT64_C(0x7676767676767676)) | t) &
	    UINT64_C(0x8080808080808080);
}

/* Eight of them, the first one lowest, to their value: pairs, then fours,
 * then all, by multiplication. */
static ALWAYS_INLINE uint32_t
digits_value8(uint64_t t)
{
	const uint64_t mask = UINT64_C(0x000000ff000000ff);

	t = (t * 10) + (t >> 8);
	return (
	    uint32_t)(((t & mask) * UINT64_C(0x000f424000000064) +
			  (t >> 16 & mask) * UINT64_C(0x0000271000000001)) >>
	    32);
}

/* The n (1..8) characters at p as numbers, zeros in front of them. */
static ALWAYS_INLINE uint64_t
digits_load(const char *p, unsigned n)
{
	return (bytes_le64(p) ^ DIGITS_ZEROS) << (64 - 8 * n);
}

/* A count of n bytes; up to 20 digits that fit 64 bits. */
bool digits_u64_long(const char *p, size_t n, uint64_t *out);

static ALWAYS_INLINE bool
digits_u64(const char *p, size_t n, uint64_t *out)
{
	if (LIKELY(n - 1 < 8)) {
		uint64_t t = digits_load(p, (unsigned)n);

		*out = digits_value8(t);
		return digits_bad(t) == 0;
	}
	return digits_u64_long(p, n, out);
}

/* "SSSSSSSSSS.UUUUUU", what Zeek writes for a time since 2001. */
static ALWAYS_INLINE bool
digits_epoch_us(const char *p, int64_t *out)
{
	uint64_t hi = bytes_le64(p) ^ DIGITS_ZEROS;
	/* the last two digits of the seconds, then the six of the fraction */
	uint64_t lo = ((bytes_le64(p + 9) >> 16 << 16) | (uint8_t)p[8] |
			  (uint64_t)(uint8_t)p[9] << 8) ^
	    DIGITS_ZEROS;

	*out = (int64_t)digits_value8(hi) * 100000000 + digits_value8(lo);
	return (digits_bad(hi) | digits_bad(lo)) == 0 && p[10] == '.';
}

/* "S.UUUUUU" with one to eight digits of seconds, n bytes in all. */
static ALWAYS_INLINE bool
digits_interval_us(const char *p, size_t n, int64_t *out)
{
	uint64_t hi, lo;

	if (UNLIKELY(n < 8 || n > 15))
		return false;
	hi = digits_load(p, (unsigned)(n - 7));
	lo = digits_load(p + n - 6, 6);
	*out = (int64_t)digits_value8(hi) * 1000000 + digits_value8(lo);
	return (digits_bad(hi) | digits_bad(lo)) == 0 && p[n - 7] == '.';
}

/* One octet of n (1..3) digits; what is wrong with it is added to *bad. */
static ALWAYS_INLINE uint32_t
digits_octet(const char *p, unsigned n, uint32_t *bad)
{
	uint32_t t = (bytes_le32(p) ^ 0x30303030u) << (32 - 8 * n);

	/* as 00 h t o the digits compare like the number */
	*bad |= (((t + 0x76767676u) | t) & 0x80808080u) |
	    (__builtin_bswap32(t) > 0x00020505u);
	return t * 0x640a01u >> 24;
}

/* Dotted quad of n (7..15) bytes into a big-endian number. */
static ALWAYS_INLINE bool
digits_ipv4(const char *p, size_t n, uint32_t *out)
{
	const uint64_t dots = BYTES_ONES * '.';
	uint32_t mask, a, b, c, l0, l1, l2, l3, bad = 0;

	mask = bytes_zero_mask(bytes_le64(p) ^ dots) |
	    bytes_zero_mask(bytes_le64(p + 8) ^ dots) << 8;
	mask &= (UINT32_C(1) << n) - 1;
	/* three dots: one bit is left when two are taken, none after it */
	a = (uint32_t)__builtin_ctz(mask | 1u << 31);
	mask &= mask - 1;
	b = (uint32_t)__builtin_ctz(mask | 1u << 31);
	mask &= mask - 1;
	if (UNLIKELY(mask == 0 || (mask & (mask - 1)) != 0))
		return false;
	c = (uint32_t)__builtin_ctz(mask);
	l0 = a, l1 = b - a - 1, l2 = c - b - 1, l3 = (uint32_t)n - c - 1;
	if (UNLIKELY((l0 - 1 > 2) | (l1 - 1 > 2) | (l2 - 1 > 2) | (l3 - 1 > 2)))
		return false;
	*out = digits_octet(p, l0, &bad) << 24 |
	    digits_octet(p + a + 1, l1, &bad) << 16 |
	    digits_octet(p + b + 1, l2, &bad) << 8 |
	    digits_octet(p + c + 1, l3, &bad);
	return bad == 0;
}

#endif
