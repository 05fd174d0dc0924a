/*
 * A flow is one conn.log record, in the form in which everything after the
 * parsers sees it: fixed units, one byte order, no strings that must be
 * compared. Text fields are spans into the block that was parsed.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/span.h"

/* Network byte order; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct flow_addr {
	uint8_t b[16];
};

/* conn_state, in the order of Zeek's documentation of conn.log. */
enum flow_state {
	FLOW_STATE_NONE,
	FLOW_S0,
	FLOW_S1,
	FLOW_SF,
	FLOW_REJ,
	FLOW_S2,
	FLOW_S3,
	FLOW_RSTO,
	FLOW_RSTR,
	FLOW_RSTOS0,
	FLOW_RSTRH,
	FLOW_SH,
	FLOW_SHR,
	FLOW_OTH,
	FLOW_NSTATES
};

/*
 * What is comparable of conn_state between releases and capture chains:
 * state classes (see doc/digest-format.md).
 */
enum flow_state_class {
	FLOW_CLASS_NONE,     /* not logged */
	FLOW_CLASS_ATTEMPT,  /* S0, REJ, RSTOS0, SH: nobody served it */
	FLOW_CLASS_OPEN,     /* S1, S2, S3: answered, not seen to end */
	FLOW_CLASS_DONE,     /* SF, RSTO, RSTR: answered and ended */
	FLOW_CLASS_HALF,     /* SHR, RSTRH: responder side only */
	FLOW_CLASS_MIDSTREAM /* OTH: no start seen */
};

/* history, reduced to what is comparable; capital letters = originator. */
enum flow_history_bit {
	FLOW_HIST_ORIG = 1 << 0,      /* any letter of the originator */
	FLOW_HIST_RESP = 1 << 1,      /* any letter of the responder */
	FLOW_HIST_FLIPPED = 1 << 2,   /* ^ */
	FLOW_HIST_ORIG_SYN = 1 << 3,  /* S */
	FLOW_HIST_RESP_SYN = 1 << 4,  /* h */
	FLOW_HIST_ORIG_CSUM = 1 << 5, /* C */
	FLOW_HIST_RESP_CSUM = 1 << 6, /* c */
	FLOW_HIST_ORIG_GAP = 1 << 7,  /* G */
	FLOW_HIST_RESP_GAP = 1 << 8,  /* g */
	FLOW_HIST_ORIG_REXM = 1 << 9, /* T */
	FLOW_HIST_RESP_REXM = 1 << 10 /* t */
};

enum flow_flag {
	FLOW_IPV6 = 1 << 0,
	FLOW_LOCAL_ORIG = 1 << 1,   /* local_orig is T */
	FLOW_LOCAL_RESP = 1 << 2,   /* local_resp is T */
	FLOW_LOCAL_KNOWN = 1 << 3,  /* local_orig and local_resp are set */
	FLOW_HAS_DURATION = 1 << 4, /* duration is set */
	FLOW_HAS_BYTES = 1 << 5,    /* orig_bytes and resp_bytes are set */
	FLOW_HAS_COUNTS = 1 << 6,   /* packets and IP bytes of both sides */
	FLOW_HAS_VLAN = 1 << 7
};

/* A record that could not be used keeps its place in the stream. */
enum flow_status {
	FLOW_OK,
	FLOW_BAD
};

struct flow {
	int64_t start_us;    /* ts: first packet, microseconds since 1970 */
	int64_t duration_us; /* 0 where unset */
	struct flow_addr orig;
	struct flow_addr resp;
	uint64_t orig_bytes; /* payload, from sequence numbers */
	uint64_t resp_bytes;
	uint64_t orig_pkts;
	uint64_t resp_pkts;
	uint64_t orig_ip_bytes;
	uint64_t resp_ip_bytes;
	uint64_t missed_bytes;
	uint64_t offset;     /* of the line, bytes from the start of its file */
	struct span line;    /* borrowed: the record as logged, no newline */
	struct span uid;     /* borrowed; these are empty where unset */
	struct span service; /* borrowed */
	struct span history; /* borrowed */
	uint16_t orig_port;  /* ICMP: type, as Zeek logs it */
	uint16_t resp_port;  /* ICMP: code or counterpart type */
	uint16_t vlan;
	uint16_t history_bits; /* enum flow_history_bit */
	uint8_t proto;         /* IP protocol number; ICMPv6 is 58 */
	uint8_t state;         /* enum flow_state */
	uint8_t worker;        /* index into the parser's worker names */
	uint8_t flags;         /* enum flow_flag */
	uint8_t status;        /* enum flow_status */
};

#define FLOW_NO_WORKER 255 /* the log has no such column, or too many names */

static inline int64_t
flow_end_us(const struct flow *f)
{
	return f->start_us + f->duration_us;
}

enum flow_state flow_state_parse(struct span s);
const char *flow_state_name(enum flow_state s);
/* enum flow_state_class of each state; FLOW_CLASS_NONE of what is none. */
extern const uint8_t flow_state_classes[256];
static ALWAYS_INLINE enum flow_state_class
flow_state_class(enum flow_state s)
{
	return (enum flow_state_class)flow_state_classes[(uint8_t)s];
}
/* Bits of one history string; unknown letters only say which side spoke. */
uint16_t flow_history_parse(struct span s);

/* Text form, IPv6 as RFC 5952. out holds at least FLOW_ADDR_MAX bytes. */
#define FLOW_ADDR_MAX 46
void flow_addr_format(const struct flow_addr *a, char *out);
bool flow_addr_parse(struct span s, struct flow_addr *out) MUSTCHECK;
bool flow_addr_is_v4(const struct flow_addr *a);
const char *flow_proto_name(uint8_t proto); /* NULL if it has none in Zeek */

/* Packets of both sides, and no mere attempt: what a border let through. */
static inline bool
flow_is_answered(const struct flow *f)
{
	return f->orig_pkts > 0 && f->resp_pkts > 0 &&
	    flow_state_class((enum flow_state)f->state) != FLOW_CLASS_ATTEMPT;
}

#endif
