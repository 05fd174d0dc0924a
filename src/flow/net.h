/*
 * Networks as people write them: 10.20.0.0/16, 2001:db8::/32, or one address.
 */
#ifndef FLOW_NET_H
#define FLOW_NET_H

#include "flow/flow.h"

struct flow_net {
	struct flow_addr addr;
	unsigned bits; /* of 128, also for IPv4 */
};

bool flow_net_parse(struct span text, struct flow_net *out) MUSTCHECK;
/* One is inside the other. */
bool flow_net_meets(const struct flow_net *a, const struct flow_net *b);
bool flow_net_has(const struct flow_net *net, const struct flow_addr *a);

#endif
