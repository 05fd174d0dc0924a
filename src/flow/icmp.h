/*
 * Private to src/flow: what ICMP has in place of ports. conn.log holds the
 * type in id.orig_p and, in id.resp_p, the type of the counterpart where the
 * type has one, else the code (Zeek, analyzer/protocol/icmp/ICMP.cc; the
 * Community ID v1 specification maps them alike).
 */
#ifndef FLOW_ICMP_H
#define FLOW_ICMP_H

#include "flow/flow.h"

#define ICMP_PROTO_V4 1
#define ICMP_PROTO_V6 58
#define ICMP_ONE_WAY (-1)

/* The type that answers `type`, or that it answers; ICMP_ONE_WAY if none. */
int icmp_counterpart(uint8_t proto, uint16_t type);

static inline bool
icmp_is(uint8_t proto)
{
	return proto == ICMP_PROTO_V4 || proto == ICMP_PROTO_V6;
}

#endif
