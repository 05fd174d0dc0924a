/*
 * SHA-1 in one call over a message that lies whole in memory. Only the last
 * one or two blocks, which take the padding, are copied.
 */
#include <string.h>
#include "base/sha1.h"

#define SHA1_BLOCK 64

static uint32_t
sha1_rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* FIPS 180-4, 4.1.1 and 4.2.1: function and constant of round t. */
static uint32_t
sha1_round(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) ^ (~b & d)) + UINT32_C(0x5a827999);
	if (t < 40)
		return (b ^ c ^ d) + UINT32_C(0x6ed9eba1);
	if (t < 60)
		return ((b & c) ^ (b & d) ^ (c & d)) + UINT32_C(0x8f1bbcdc);
	return (b ^ c ^ d) + UINT32_C(0xca62c1d6);
}

static void
sha1_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], v[5], x;
	unsigned t;

	for (t = 0; t < 16; t++, p += 4)
		w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];
	for (; t < 80; t++)
		w[t] =
		    sha1_rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, h, sizeof(v));
	for (t = 0; t < 80; t++) {
		x = sha1_rotate(v[0], 5) + sha1_round(t, v[1], v[2], v[3]) +
		    v[4] + w[t];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = sha1_rotate(v[1], 30);
		v[1] = v[0];
		v[0] = x;
	}
	for (t = 0; t < 5; t++)
		h[t] += v[t];
}

void
sha1(const void *p, size_t n, uint8_t out[SHA1_BYTES])
{
	uint32_t h[5] = { UINT32_C(0x67452301), UINT32_C(0xefcdab89),
		UINT32_C(0x98badcfe), UINT32_C(0x10325476),
		UINT32_C(0xc3d2e1f0) };
	uint8_t tail[2 * SHA1_BLOCK] = { 0 };
	const uint8_t *at = p;
	uint64_t bits = (uint64_t)n * 8;
	size_t i, rest = n % SHA1_BLOCK, len;

	for (i = 0; i < n / SHA1_BLOCK; i++, at += SHA1_BLOCK)
		sha1_block(h, at);
	if (rest > 0)
		memcpy(tail, at, rest);
	tail[rest] = 0x80;
	len = rest + 9 <= SHA1_BLOCK ? SHA1_BLOCK : 2 * SHA1_BLOCK;
	for (i = 0; i < 8; i++)
		tail[len - 1 - i] = (uint8_t)(bits >> (8 * i));
	for (i = 0; i < len; i += SHA1_BLOCK)
		sha1_block(h, tail + i);
	for (i = 0; i < SHA1_BYTES; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
