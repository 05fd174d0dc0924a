/*
 * Made-up flows and entries: number n of them is a tuple of its own, and all
 * else is the same unless a test changes it.
 */
#ifndef UNIT_FLOWS_H
#define UNIT_FLOWS_H

#include <string.h>
#include "digest/entry.h"
#include "flow/flow.h"

#define FLOWS_S US_PER_S
#define FLOWS_WIDTH (60 * FLOWS_S)
#define FLOWS_T0 (INT64_C(1717200000) * FLOWS_S) /* start of a minute */

/* From 10.0.x.y, which is local, to 192.0.2.7; 5 and 4 packets. */
static inline struct flow
flows_make(unsigned n, int64_t start_us, int64_t duration_us)
{
	struct flow f;

	memset(&f, 0, sizeof(f));
	f.start_us = start_us;
	f.duration_us = duration_us;
	f.orig.b[10] = f.orig.b[11] = f.resp.b[10] = f.resp.b[11] = 0xff;
	f.orig.b[12] = 10;
	f.orig.b[13] = (uint8_t)(n >> 16);
	f.orig.b[14] = (uint8_t)(n >> 8);
	f.orig.b[15] = (uint8_t)n;
	f.resp.b[12] = 192;
	f.resp.b[14] = 2;
	f.resp.b[15] = 7;
	f.orig_port = 40000;
	f.resp_port = 443;
	f.proto = 6;
	f.state = FLOW_SF;
	f.flags = FLOW_LOCAL_ORIG | FLOW_LOCAL_KNOWN | FLOW_HAS_DURATION |
	    FLOW_HAS_COUNTS;
	f.orig_pkts = 5;
	f.resp_pkts = 4;
	f.orig_ip_bytes = 500;
	f.resp_ip_bytes = 4000;
	f.worker = FLOW_NO_WORKER;
	return f;
}

/* The same flow as a sensor logs it that took the other end for the first. */
static inline struct flow
flows_flip(struct flow f)
{
	struct flow g = f;

	g.orig = f.resp;
	g.resp = f.orig;
	g.orig_port = f.resp_port;
	g.resp_port = f.orig_port;
	g.orig_pkts = f.resp_pkts;
	g.resp_pkts = f.orig_pkts;
	g.orig_ip_bytes = f.resp_ip_bytes;
	g.resp_ip_bytes = f.orig_ip_bytes;
	g.flags = (uint8_t)((f.flags & ~(FLOW_LOCAL_ORIG | FLOW_LOCAL_RESP)) |
	    (f.flags & FLOW_LOCAL_ORIG ? FLOW_LOCAL_RESP : 0) |
	    (f.flags & FLOW_LOCAL_RESP ? FLOW_LOCAL_ORIG : 0));
	return g;
}

/* A sequence of numbers that is the same everywhere. */
static inline uint64_t
flows_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* An entry of a TCP flow that starts at start_us and ends in the bucket; the
 * originator is the low endpoint. */
static inline struct entry
flows_entry(uint64_t key, int64_t start_us, int64_t end_us, int64_t bucket_us)
{
	struct entry e;

	memset(&e, 0, sizeof(e));
	e.key = key;
	e.end_off_us = (uint32_t)(end_us - bucket_us);
	e.duration_us = (uint64_t)(end_us - start_us) & ENTRY_DURATION_MAX;
	e.class_bits = ENTRY_COUNTS | ENTRY_LOCAL_ORIG | ENTRY_LOCAL_KNOWN;
	e.proto_state = ENTRY_TCP << 3 | FLOW_CLASS_DONE;
	e.pkts[0] = 5;
	e.pkts[1] = 4;
	e.ip_bytes[0] = 500;
	e.ip_bytes[1] = 4000;
	return e;
}

#endif
