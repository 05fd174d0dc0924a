/*
 * Community ID v1 (Corelight's specification): the common name that other
 * tools give to a flow. The order of the endpoints is that of the flow key;
 * only what is hashed differs.
 */
#include "base/sha1.h"
#include "flow/icmp.h"
#include "flow/key.h"

/* seed 2, addresses 16 each, protocol, padding, ports 2 each */
#define COMMUNITY_INPUT_MAX 40

/* The others have no ports, and none are hashed (as Zeek does since 7.1). */
static bool
community_has_ports(uint8_t proto)
{
	static const uint8_t with_ports[] = { 6, 17, 132, ICMP_PROTO_V4,
		ICMP_PROTO_V6 };

	return memchr(with_ports, proto, sizeof(with_ports)) != NULL;
}

static size_t
community_input(const struct flow *f, uint16_t seed, uint8_t *in)
{
	bool v4 = flow_addr_is_v4(&f->orig) && flow_addr_is_v4(&f->resp);
	size_t skip = v4 ? 12 : 0, n = 0;
	struct flow_tuple t;

	flow_tuple_from(f, &t);
	in[n++] = (uint8_t)(seed >> 8);
	in[n++] = (uint8_t)seed;
	memcpy(in + n, t.b + skip, 16 - skip);
	n += 16 - skip;
	memcpy(in + n, t.b + 16 + skip, 16 - skip);
	n += 16 - skip;
	in[n++] = f->proto;
	in[n++] = 0;
	if (community_has_ports(f->proto)) {
		memcpy(in + n, t.b + 32, 4);
		n += 4;
	}
	return n;
}

/* 20 bytes to 28 characters (RFC 4648, 4): six triples and a rest of two. */
static char *
community_base64(const uint8_t digest[SHA1_BYTES], char *o)
{
	static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "abcdefghijklmnopqrstuvwxyz"
					 "0123456789+/";
	uint8_t padded[SHA1_BYTES + 1] = { 0 };
	uint32_t v;
	size_t i;
	int shift;

	memcpy(padded, digest, SHA1_BYTES);
	for (i = 0; i < sizeof(padded); i += 3) {
		v = (uint32_t)padded[i] << 16 | (uint32_t)padded[i + 1] << 8 |
		    padded[i + 2];
		for (shift = 18; shift >= 0; shift -= 6)
			*o++ = alphabet[v >> shift & 63];
	}
	o[-1] = '=';
	return o;
}

void
flow_community_id(const struct flow *f, uint16_t seed, char *out)
{
	uint8_t in[COMMUNITY_INPUT_MAX], digest[SHA1_BYTES];

	sha1(in, community_input(f, seed, in), digest);
	*out++ = '1';
	*out++ = ':';
	out = community_base64(digest, out);
	*out = '\0';
}
