/*
 * An entry of a flow, to be compiled into the loop that makes millions of them.
 */
#ifndef DIGEST_ENTRY_FLOW_H
#define DIGEST_ENTRY_FLOW_H

#include "base/bytes.h"
#include "digest/entry.h"
#include "digest/netmap.h"

static ALWAYS_INLINE uint32_t
entry_saturate(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static ALWAYS_INLINE unsigned
entry_class_bits(const struct flow *f, bool orig_is_high)
{
	return (f->flags & FLOW_IPV6 ? ENTRY_IPV6 : 0) |
	    (f->flags & FLOW_LOCAL_ORIG ? ENTRY_LOCAL_ORIG : 0) |
	    (f->flags & FLOW_LOCAL_RESP ? ENTRY_LOCAL_RESP : 0) |
	    (f->flags & FLOW_LOCAL_KNOWN ? ENTRY_LOCAL_KNOWN : 0) |
	    (orig_is_high ? ENTRY_ORIG_HIGH : 0) |
	    (f->flags & FLOW_HAS_COUNTS ? ENTRY_COUNTS : 0) |
	    (f->history_bits & FLOW_HIST_ORIG_CSUM ? ENTRY_CSUM_ORIG : 0) |
	    (f->history_bits & FLOW_HIST_RESP_CSUM ? ENTRY_CSUM_RESP : 0);
}

static ALWAYS_INLINE unsigned
entry_proto_state(const struct flow *f)
{
	static const uint8_t protos[256] = { [6] = ENTRY_TCP + 1,
		[17] = ENTRY_UDP + 1,
		[1] = ENTRY_ICMP + 1,
		[58] = ENTRY_ICMP + 1 };
	const unsigned gap = FLOW_HIST_ORIG_GAP | FLOW_HIST_RESP_GAP;
	const unsigned rexmit = FLOW_HIST_ORIG_REXM | FLOW_HIST_RESP_REXM;
	unsigned proto = protos[f->proto];

	return (proto == 0 ? ENTRY_OTHER : proto - 1) << 3 |
	    flow_state_class((enum flow_state)f->state) |
	    (f->history_bits & gap ? ENTRY_GAP : 0) |
	    (f->history_bits & rexmit ? ENTRY_REXMIT : 0);
}

/* key: of the tuple. end_us: in the clock of the buckets. The networks get
 * their numbers in nets. */
static ALWAYS_INLINE void
entry_from_flow(struct entry *e, const struct flow *f, uint64_t key,
    bool orig_is_high, int64_t end_us, int64_t bucket_us, uint8_t delay,
    struct netmap *nets)
{
	uint64_t dur = f->duration_us < 0 ? 0 : (uint64_t)f->duration_us;

	/* at once: parts of a word would wait for what was there before */
	*e = (struct entry){ .key = key,
		.duration_us =
		    dur > ENTRY_DURATION_MAX ? ENTRY_DURATION_MAX : dur,
		.delay = delay,
		.worker = f->worker,
		.vlan = f->vlan & 0xfff,
		.end_off_us = (uint32_t)(end_us - bucket_us),
		.port = f->resp_port,
		.class_bits = (uint8_t)entry_class_bits(f, orig_is_high),
		.proto_state = (uint8_t)entry_proto_state(f),
		.net = { netmap_number(nets, &f->orig),
		    netmap_number(nets, &f->resp) },
		.pkts = { entry_saturate(f->orig_pkts),
		    entry_saturate(f->resp_pkts) },
		.ip_bytes = { entry_saturate(f->orig_ip_bytes),
		    entry_saturate(f->resp_ip_bytes) } };
}

#endif
