/*
 * How many flows of a bucket each part of the outside has: what vanishes for
 * all sensors of a group shows in it.
 */
#ifndef DIGEST_NETS_H
#define DIGEST_NETS_H

#include "base/bytes.h"
#include "flow/flow.h"

/* IPv4 /8s, then IPv6 /32s folded into 64. */
#define NETS_MAX (256 + 64)

/* The part that the outer end of a flow is in; where the log does not tell
 * which that is, the side that answers, as good as any for what is always
 * counted in one way. */
static inline unsigned
nets_of(const struct flow *f)
{
	bool orig =
	    (f->flags & (FLOW_LOCAL_ORIG | FLOW_LOCAL_RESP)) == FLOW_LOCAL_RESP;
	const uint8_t *a = orig ? f->orig.b : f->resp.b;

	if ((f->flags & FLOW_IPV6) == 0)
		return a[12];
	return 256 +
	    (uint32_t)(bytes_be64(a) >> 32) * UINT32_C(0x9e3779b1) % 64;
}

#endif
