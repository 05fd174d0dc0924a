/*
 * The hashes by which packet sources spread flows over workers, as one table:
 * what can be computed from a log without a secret. Pure functions of the
 * tuple; what a lane is made of the hash is hashes_lane().
 *
 * Not here, since it cannot be computed from a log: AF_PACKET's fanout hash
 * (Linux net/packet/af_packet.c, fanout_demux_hash(): the kernel's symmetric
 * flow hash is keyed with a secret drawn at boot), cards whose key the driver
 * draws at random, and what Myricom's and other vendors' libraries do not
 * publish. A balancer of those that keeps host pairs together is found by
 * lanes_find() all the same, without a name.
 */
#ifndef COMPARE_HASHES_H
#define COMPARE_HASHES_H

#include "flow/flow.h"

/* Index 0 is the originator: the sender of the packets that are hashed. */
struct hash_tuple {
	struct flow_addr addr[2];
	uint16_t port[2]; /* TCP and UDP; of others it is not looked at */
	uint8_t proto;    /* IP protocol number */
};

/* What is hashed. Ports count where the packet is TCP or UDP. */
enum hash_over {
	HASH_HOSTS,     /* both addresses */
	HASH_PORTS,     /* and both ports */
	HASH_TCP_PORTS, /* and both ports of TCP only: drivers' default */
	HASH_PROTO,     /* addresses, ports, protocol */
	HASH_TCP_PROTO  /* ports and protocol of TCP only */
};

/* How a lane comes of a hash. A table has that many entries, filled with
 * 0, 1, ... lanes - 1, 0, 1, ... as drivers do. */
enum hash_reduce {
	HASH_MODULO,
	HASH_TABLE_128, /* ixgbe, igb */
	HASH_TABLE_512, /* i40e, X550 */
	HASH_NREDUCES
};

struct hash_def {
	const char *name;
	enum hash_over over;
	bool symmetric; /* both directions of a flow get one value */
	bool tables;    /* made by a card: reduced by tables too */
	uint32_t (*value)(const struct hash_def *h, const struct hash_tuple *t);
};

extern const struct hash_def hash_table[];
extern const size_t hash_table_len;

const char *hash_over_name(enum hash_over o); /* "4-tuple" */

/* 0 .. lanes - 1 */
static inline unsigned
hashes_lane(enum hash_reduce r, uint32_t value, unsigned lanes)
{
	static const uint32_t mask[HASH_NREDUCES] = { UINT32_MAX, 127, 511 };

	return (value & mask[r]) % lanes;
}

/* Toeplitz hash of n bytes, n <= 36, with a key of 40 bytes (Microsoft, "RSS
 * Hashing Functions"): the exclusive or of the key's 32 bits from i on, for
 * every bit i of the input that is set. */
#define HASHES_KEY_BYTES 40
uint32_t hashes_toeplitz(
    const uint8_t key[HASHES_KEY_BYTES], const uint8_t *in, size_t n);

#endif
