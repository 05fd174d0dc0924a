/*
 * Local networks are 10.10.0.0/24, 10.11.1.0/24, 10.12.2.0/24, 10.13.3.0/24,
 * 10.10.4.0/24 and so on, with the /64 of the same number beside each. Remote
 * hosts come from a fixed list of networks.
 */
#include "simulate/host.h"

static const uint8_t host_v4_nets[HOST_V4_NETS] = { 23, 34, 45, 52, 64, 72, 81,
	93, 104, 129, 139, 142, 151, 162, 170, 185, 193, 199, 203, 210, 216,
	217, 220, 222 };
static const uint16_t host_v6_nets[HOST_V6_NETS] = { 0x2a01, 0x2a05, 0x2a09,
	0x2a0d };

#define HOST_REMOTE_POOL 60000

static struct host
host_local_at(uint32_t net, uint32_t number, bool is_v6)
{
	struct host h = {
		.net = (uint8_t)net, .is_v6 = is_v6, .is_local = true
	};

	if (is_v6)
		h.bits = net << 8 | number;
	else
		h.bits = UINT32_C(10) << 24 | (10 + net % 4) << 16 | net << 8 |
		    number;
	return h;
}

struct host
host_local(struct prng *p, bool is_v6)
{
	uint32_t a = prng_below(p, HOST_LOCAL_NETS);
	uint32_t b = prng_below(p, HOST_LOCAL_NETS);

	return host_local_at(a < b ? a : b, 1 + prng_below(p, 250), is_v6);
}

struct host
host_local_any(struct prng *p, bool is_v6)
{
	uint32_t net = prng_below(p, HOST_LOCAL_NETS);

	return host_local_at(net, 1 + prng_below(p, 250), is_v6);
}

struct host
host_remote(struct prng *p, bool is_v6)
{
	uint64_t u = prng_next(p) >> 32;
	uint64_t rank = (((u * u) >> 32) * HOST_REMOTE_POOL) >> 32;
	uint64_t x = prng_mix(rank * 2 + is_v6 + 1);
	struct host h = { .is_v6 = is_v6 };
	uint32_t low = (uint32_t)(x >> 32);
	uint32_t net;

	if (is_v6) {
		net = (uint32_t)(x % HOST_V6_NETS);
		h.net = (uint8_t)(HOST_V4_NETS + net);
		/* Neither group is zero: "::" stands in one place only. */
		h.bits = (0x100 + (low >> 8) % 0xff00) << 8 | (low % 255 + 1);
		return h;
	}
	net = (uint32_t)(x % HOST_V4_NETS);
	h.net = (uint8_t)net;
	h.bits = (uint32_t)host_v4_nets[net] << 24 | (low & 0xffff) << 8 |
	    (1 + (low >> 16) % 254);
	return h;
}

void
host_addr(const struct host *h, struct flow_addr *out)
{
	uint32_t group = h->bits >> 8;
	uint16_t top;

	*out = (struct flow_addr){ { 0 } };
	if (!h->is_v6) {
		out->b[10] = out->b[11] = 0xff;
		out->b[12] = (uint8_t)(h->bits >> 24);
		out->b[13] = (uint8_t)(h->bits >> 16);
		out->b[14] = (uint8_t)(h->bits >> 8);
		out->b[15] = (uint8_t)h->bits;
		return;
	}
	out->b[15] = (uint8_t)h->bits;
	if (h->is_local) {
		out->b[0] = 0x26;
		out->b[1] = 0x20;
		out->b[3] = 0x83;
		out->b[7] = (uint8_t)group;
		return;
	}
	top = host_v6_nets[h->net - HOST_V4_NETS];
	out->b[0] = (uint8_t)(top >> 8);
	out->b[1] = (uint8_t)top;
	out->b[2] = (uint8_t)(group >> 8);
	out->b[3] = (uint8_t)group;
}

bool
host_is_jumbo(const struct host *h)
{
	unsigned share = h->is_local ? 4 : 20; /* of 100 */

	return prng_mix(host_id(h)) % 100 < share;
}
