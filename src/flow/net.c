#include "flow/net.h"

bool
flow_net_parse(struct span text, struct flow_net *out)
{
	const char *slash = memchr(text.p, '/', text.n);
	struct span addr = text, bits;
	uint64_t n, max;

	if (slash != NULL)
		addr.n = (size_t)(slash - text.p);
	if (!flow_addr_parse(addr, &out->addr))
		return false;
	max = flow_addr_is_v4(&out->addr) ? 32 : 128;
	n = max;
	if (slash != NULL) {
		bits = (struct span){ slash + 1, text.n - addr.n - 1 };
		if (!span_parse_u64(bits, max, &n))
			return false;
	}
	out->bits = (unsigned)(n + 128 - max);
	return true;
}

bool
flow_net_meets(const struct flow_net *a, const struct flow_net *b)
{
	unsigned bits = a->bits < b->bits ? a->bits : b->bits;
	unsigned whole = bits / 8;
	unsigned mask = 0xff00U >> bits % 8 & 0xff;

	return memcmp(a->addr.b, b->addr.b, whole) == 0 &&
	    (mask == 0 || ((a->addr.b[whole] ^ b->addr.b[whole]) & mask) == 0);
}

bool
flow_net_has(const struct flow_net *net, const struct flow_addr *a)
{
	const struct flow_net one = { *a, 128 };

	return flow_net_meets(net, &one);
}
