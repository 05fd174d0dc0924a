/*
 * The flow key for loops that compute one per record: key.h's functions, to
 * be compiled into the caller. The order of the endpoints is random data, so
 * nothing here branches on it; and the tuple is hashed from registers, since
 * a hash that reads back bytes just written waits for the stores.
 */
#ifndef FLOW_KEY_INLINE_H
#define FLOW_KEY_INLINE_H

#include "base/bytes.h"
#include "flow/icmp.h"
#include "flow/key.h"

/* The 37 bytes of a tuple as little-endian words. */
struct key_words {
	uint64_t low0, low1;   /* address of the low endpoint */
	uint64_t high0, high1; /* and of the high one */
	uint32_t ports;
	uint8_t proto;
	uint8_t orig_is_high;
};

/* 1 if the originator's (address, port) is the greater one. */
static ALWAYS_INLINE unsigned
key_orig_is_high(const struct flow *f, unsigned orig_port, unsigned resp_port)
{
	uint64_t oh = bytes_be64(f->orig.b);
	uint64_t ol = bytes_be64(f->orig.b + 8);
	uint64_t rh = bytes_be64(f->resp.b);
	uint64_t rl = bytes_be64(f->resp.b + 8);
	unsigned low = (ol > rl) | ((ol == rl) & (orig_port > resp_port));

	return (oh > rh) | ((oh == rh) & low);
}

static ALWAYS_INLINE void
key_words_from(const struct flow *f, struct key_words *k)
{
	unsigned op = f->orig_port, rp = f->resp_port;
	int counterpart = 0;
	uint64_t mask, o, r, d;
	uint32_t ports, high, turn;

	if (UNLIKELY(icmp_is(f->proto))) {
		counterpart = icmp_counterpart(f->proto, f->orig_port);
		if (counterpart != ICMP_ONE_WAY)
			rp = (unsigned)counterpart;
	}
	high = key_orig_is_high(f, op, rp) & (counterpart != ICMP_ONE_WAY);
	mask = -(uint64_t)high;
	o = bytes_le64(f->orig.b);
	r = bytes_le64(f->resp.b);
	d = (o ^ r) & mask;
	k->low0 = o ^ d;
	k->high0 = r ^ d;
	o = bytes_le64(f->orig.b + 8);
	r = bytes_le64(f->resp.b + 8);
	d = (o ^ r) & mask;
	k->low1 = o ^ d;
	k->high1 = r ^ d;
	/* (op, rp), each big-endian, as one little-endian word */
	ports = __builtin_bswap32(op << 16 | rp);
	turn = 16 * high;
	k->ports = ports << turn | ports >> (-turn & 31);
	k->proto = f->proto;
	k->orig_is_high = (uint8_t)high;
}

static ALWAYS_INLINE void
key_put_le64(uint8_t *p, uint64_t x)
{
	if (BYTES_BIG_ENDIAN)
		x = __builtin_bswap64(x);
	memcpy(p, &x, sizeof(x));
}

static ALWAYS_INLINE void
key_tuple_from(const struct flow *f, struct flow_tuple *t)
{
	struct key_words k;
	unsigned i;

	key_words_from(f, &k);
	key_put_le64(t->b, k.low0);
	key_put_le64(t->b + 8, k.low1);
	key_put_le64(t->b + 16, k.high0);
	key_put_le64(t->b + 24, k.high1);
	for (i = 0; i < 4; i++)
		t->b[32 + i] = (uint8_t)(k.ports >> (8 * i));
	t->b[36] = k.proto;
	t->orig_is_high = k.orig_is_high;
}

/* The first 64 bytes of XXH3's default secret, and its primes (xxHash,
 * doc/xxhash_spec.md, "XXH3 Algorithm", inputs of 17 to 128 bytes). */
#define KEY_SECRET0 UINT64_C(0xbe4ba423396cfeb8)
#define KEY_SECRET1 UINT64_C(0x1cad21f72c81017c)
#define KEY_SECRET2 UINT64_C(0xdb979083e96dd4de)
#define KEY_SECRET3 UINT64_C(0x1f67b3b7a4a44072)
#define KEY_SECRET4 UINT64_C(0x78e5c0cc4ee679cb)
#define KEY_SECRET5 UINT64_C(0x2172ffcc7dd05a82)
#define KEY_SECRET6 UINT64_C(0x8e2443f7744608b8)
#define KEY_SECRET7 UINT64_C(0x4c263a81e69035e0)
#define KEY_PRIME64_1 UINT64_C(0x9e3779b185ebca87)
#define KEY_PRIME_MX1 UINT64_C(0x165667919e3779f9)

/* The two halves of a * b, folded; for compilers without 128-bit integers. */
static ALWAYS_INLINE uint64_t
key_mix_plain(uint64_t a, uint64_t b)
{
	uint64_t al = (uint32_t)a, ah = a >> 32;
	uint64_t bl = (uint32_t)b, bh = b >> 32;
	uint64_t low = al * bl, cross = ah * bl + (low >> 32);
	uint64_t mid = al * bh + (uint32_t)cross;

	return (mid << 32 | (uint32_t)low) ^
	    (ah * bh + (cross >> 32) + (mid >> 32));
}

#if defined(__SIZEOF_INT128__) && !defined(KEY_PLAIN)
static ALWAYS_INLINE uint64_t
key_mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 x = (unsigned __int128)a * b;

	return (uint64_t)x ^ (uint64_t)(x >> 64);
}
#else
#define key_mix key_mix_plain
#endif

/* XXH3_64bits_withSeed of the tuple's 37 bytes; a test holds the two equal.
 * Its four pieces of 16 bytes begin at 16, 5, 0 and 21. */
static ALWAYS_INLINE uint64_t
key_words_hash(const struct key_words *k, uint64_t seed)
{
	uint64_t end = (uint64_t)k->proto << 32 | k->ports;
	uint64_t at5 = k->low0 >> 40 | k->low1 << 24;
	uint64_t at13 = k->low1 >> 40 | k->high0 << 24;
	uint64_t at21 = k->high0 >> 40 | k->high1 << 24;
	uint64_t at29 = k->high1 >> 40 | end << 24;
	uint64_t h = FLOW_TUPLE_BYTES * KEY_PRIME64_1;

	h += key_mix(
	    k->high0 ^ (KEY_SECRET4 + seed), k->high1 ^ (KEY_SECRET5 - seed));
	h += key_mix(at5 ^ (KEY_SECRET6 + seed), at13 ^ (KEY_SECRET7 - seed));
	h += key_mix(
	    k->low0 ^ (KEY_SECRET0 + seed), k->low1 ^ (KEY_SECRET1 - seed));
	h += key_mix(at21 ^ (KEY_SECRET2 + seed), at29 ^ (KEY_SECRET3 - seed));
	h = (h ^ h >> 37) * KEY_PRIME_MX1;
	return h ^ h >> 32;
}

static ALWAYS_INLINE uint64_t
key_hash(const struct flow *f, uint64_t seed)
{
	struct key_words k;

	key_words_from(f, &k);
	return key_words_hash(&k, seed);
}

#endif
