/*
 * A hash that needs a byte order gets the one that it has on the sensor:
 * little endian, where the source reads memory as words.
 */
#include "base/bytes.h"
#include "compare/hashes.h"

#define HASHES_TCP 6
#define HASHES_UDP 17

/* Microsoft, "Verifying the RSS Hash Calculation"; FreeBSD's default. */
static const uint8_t hashes_key_microsoft[HASHES_KEY_BYTES] = { 0x6d, 0x5a,
	0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb,
	0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac,
	0x01, 0xfa };

/* Woo and Park, "Scalable TCP Session Monitoring with Symmetric Receive-side
 * Scaling", KAIST 2012: 16 bits, again and again. */
static const uint8_t hashes_key_symmetric[HASHES_KEY_BYTES] = { 0x6d, 0x5a,
	0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
	0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
	0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
	0x6d, 0x5a };

/* netmap, apps/lb/pkt_hash.c: the same idea with other bits. */
static const uint8_t hashes_key_netmap[HASHES_KEY_BYTES] = { 0x50, 0x6d, 0x50,
	0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50,
	0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50,
	0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50, 0x6d, 0x50,
	0x6d };

uint32_t
hashes_toeplitz(
    const uint8_t key[HASHES_KEY_BYTES], const uint8_t *in, size_t n)
{
	uint32_t window = (uint32_t)key[0] << 24 | (uint32_t)key[1] << 16 |
	    (uint32_t)key[2] << 8 | key[3];
	uint32_t sum = 0;
	size_t i;
	unsigned bit;

	INVARIANT(n + 4 <= HASHES_KEY_BYTES);
	for (i = 0; i < n; i++) {
		for (bit = 8; bit-- > 0;) {
			sum ^= window & -((uint32_t)in[i] >> bit & 1);
			window = window << 1 | (key[i + 4] >> bit & 1);
		}
	}
	return sum;
}

static bool
hashes_has_ports(enum hash_over over, uint8_t proto)
{
	if (over == HASH_HOSTS)
		return false;
	return proto == HASHES_TCP ||
	    (proto == HASHES_UDP && over != HASH_TCP_PORTS &&
		over != HASH_TCP_PROTO);
}

static uint32_t
hashes_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static size_t
hashes_put_port(uint8_t *out, uint16_t port)
{
	out[0] = (uint8_t)(port >> 8);
	out[1] = (uint8_t)port;
	return 2;
}

/* Addresses, then ports if it has any: source before destination. */
static uint32_t
hashes_rss(const struct hash_def *h, const struct hash_tuple *t,
    const uint8_t key[HASHES_KEY_BYTES])
{
	size_t skip = flow_addr_is_v4(&t->addr[0]) ? 12 : 0, n = 0;
	uint8_t in[36];
	unsigned i;

	for (i = 0; i < 2; i++) {
		memcpy(in + n, t->addr[i].b + skip, 16 - skip);
		n += 16 - skip;
	}
	for (i = 0; i < 2 && hashes_has_ports(h->over, t->proto); i++)
		n += hashes_put_port(in + n, t->port[i]);
	return hashes_toeplitz(key, in, n);
}

static uint32_t
hashes_symmetric_rss(const struct hash_def *h, const struct hash_tuple *t)
{
	return hashes_rss(h, t, hashes_key_symmetric);
}

static uint32_t
hashes_microsoft_rss(const struct hash_def *h, const struct hash_tuple *t)
{
	return hashes_rss(h, t, hashes_key_microsoft);
}

/* PF_RING, kernel/pf_ring.c, hash_pkt(): everything added up. An IPv4 address
 * is one number; an IPv6 address is four, as they lie in memory. The VLAN,
 * which its 6-tuple adds, is masked in the modes for clusters. */
static uint32_t
hashes_pf_ring(const struct hash_def *h, const struct hash_tuple *t)
{
	bool v4 = flow_addr_is_v4(&t->addr[0]);
	bool ports = hashes_has_ports(h->over, t->proto);
	uint32_t sum = 0;
	unsigned i, k;

	for (i = 0; i < 2; i++) {
		for (k = v4 ? 12 : 0; k < 16; k += 4)
			sum += v4 ? hashes_be32(t->addr[i].b + k)
				  : bytes_le32(t->addr[i].b + k);
		sum += ports ? t->port[i] : 0;
	}
	if (h->over == HASH_PROTO || (h->over == HASH_TCP_PROTO && ports))
		sum += t->proto;
	return sum;
}

/* Zeek, base/frameworks/packet-filter/utils.zeek, sampling_filter(): the sum
 * of the last 16 bits of both addresses, by which a cluster without any
 * balancer shares out the traffic (policy/misc/load-balancing.zeek). */
static uint32_t
hashes_zeek_bpf(const struct hash_def *h, const struct hash_tuple *t)
{
	(void)h;
	return (hashes_be32(t->addr[0].b + 12) & 0xffff) +
	    (hashes_be32(t->addr[1].b + 12) & 0xffff);
}

/* netmap, apps/lb/pkt_hash.c, sym_hash_fn(): the key begins anew for each
 * address and for the ports; of an IPv6 address the first four bytes count,
 * and to each port 'B' is added, which stands for the seed. A packet without
 * ports has constants for them. */
static uint32_t
hashes_netmap_lb(const struct hash_def *h, const struct hash_tuple *t)
{
	size_t at = flow_addr_is_v4(&t->addr[0]) ? 12 : 0;
	bool ports = hashes_has_ports(h->over, t->proto);
	static const uint16_t none[2] = { 0xfdff, 0xfeff };
	uint32_t sum = 0;
	uint8_t in[4];
	unsigned i;

	for (i = 0; i < 2; i++) {
		sum ^= hashes_toeplitz(hashes_key_netmap, t->addr[i].b + at, 4);
		(void)hashes_put_port(in + 2 * (size_t)i,
		    (uint16_t)((ports ? t->port[i] : none[i]) + 'B'));
	}
	return sum ^ hashes_toeplitz(hashes_key_netmap, in, 4);
}

/* The plain forms: all 32-bit words of both addresses, in network order, and
 * the ports. */
static uint32_t
hashes_sum(const struct hash_def *h, const struct hash_tuple *t)
{
	unsigned i, k, from = flow_addr_is_v4(&t->addr[0]) ? 12 : 0;
	uint32_t sum = 0;

	for (i = 0; i < 2; i++) {
		for (k = from; k < 16; k += 4)
			sum += hashes_be32(t->addr[i].b + k);
		sum += hashes_has_ports(h->over, t->proto) ? t->port[i] : 0;
	}
	return sum;
}

static uint32_t
hashes_xor(const struct hash_def *h, const struct hash_tuple *t)
{
	unsigned i, k, from = flow_addr_is_v4(&t->addr[0]) ? 12 : 0;
	uint32_t sum = 0;

	for (i = 0; i < 2; i++) {
		for (k = from; k < 16; k += 4)
			sum ^= hashes_be32(t->addr[i].b + k);
		sum ^= hashes_has_ports(h->over, t->proto) ? t->port[i] : 0;
	}
	return sum;
}

/* Where two say the same of some traffic, the first is named. */
const struct hash_def hash_table[] = {
	{ "symmetric RSS", HASH_HOSTS, true, true, hashes_symmetric_rss },
	{ "symmetric RSS", HASH_PORTS, true, true, hashes_symmetric_rss },
	{ "symmetric RSS", HASH_TCP_PORTS, true, true, hashes_symmetric_rss },
	{ "Microsoft RSS", HASH_HOSTS, false, true, hashes_microsoft_rss },
	{ "Microsoft RSS", HASH_PORTS, false, true, hashes_microsoft_rss },
	{ "Microsoft RSS", HASH_TCP_PORTS, false, true, hashes_microsoft_rss },
	{ "PF_RING", HASH_HOSTS, true, false, hashes_pf_ring },
	{ "PF_RING", HASH_PORTS, true, false, hashes_pf_ring },
	{ "PF_RING", HASH_PROTO, true, false, hashes_pf_ring },
	{ "PF_RING", HASH_TCP_PROTO, true, false, hashes_pf_ring },
	{ "Zeek BPF", HASH_HOSTS, true, false, hashes_zeek_bpf },
	{ "netmap lb", HASH_PORTS, true, false, hashes_netmap_lb },
	{ "sum", HASH_HOSTS, true, false, hashes_sum },
	{ "sum", HASH_PORTS, true, false, hashes_sum },
	{ "xor", HASH_HOSTS, true, false, hashes_xor },
	{ "xor", HASH_PORTS, true, false, hashes_xor },
};
const size_t hash_table_len = ARRAY_LEN(hash_table);

const char *
hash_over_name(enum hash_over o)
{
	static const char *const names[] = { "2-tuple", "4-tuple",
		"4-tuple of TCP", "5-tuple", "5-tuple of TCP" };

	return names[o];
}
