/*
 * The ICMP types that come in pairs: a request and its answer are one flow,
 * whoever of the two is seen first. All other types are one-way.
 */
#include "flow/icmp.h"

static const uint8_t icmp_pairs_v4[][2] = {
	{ 8, 0 },   /* echo */
	{ 13, 14 }, /* timestamp */
	{ 15, 16 }, /* information */
	{ 10, 9 },  /* router solicitation, advertisement */
	{ 17, 18 }, /* address mask */
};

static const uint8_t icmp_pairs_v6[][2] = {
	{ 128, 129 }, /* echo */
	{ 130, 131 }, /* multicast listener query, report */
	{ 133, 134 }, /* router solicitation, advertisement */
	{ 135, 136 }, /* neighbour solicitation, advertisement */
	{ 139, 140 }, /* node information */
	{ 144, 145 }, /* home agent address discovery */
};

static int
icmp_find(const uint8_t (*pairs)[2], size_t n, uint16_t type)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (pairs[i][0] == type)
			return pairs[i][1];
		if (pairs[i][1] == type)
			return pairs[i][0];
	}
	return ICMP_ONE_WAY;
}

int
icmp_counterpart(uint8_t proto, uint16_t type)
{
	if (proto == ICMP_PROTO_V4)
		return icmp_find(icmp_pairs_v4, ARRAY_LEN(icmp_pairs_v4), type);
	if (proto == ICMP_PROTO_V6)
		return icmp_find(icmp_pairs_v6, ARRAY_LEN(icmp_pairs_v6), type);
	return ICMP_ONE_WAY;
}
