/*
 * What is kept of a flow while its bucket is open: 48 bytes, enough to pair it
 * and to explain why it is missing. Lives in the memory of one process only.
 */
#ifndef DIGEST_ENTRY_H
#define DIGEST_ENTRY_H

#include "flow/flow.h"

#define ENTRY_DURATION_MAX ((UINT64_C(1) << 36) - 1) /* us; 19 hours */
#define ENTRY_DELAY_UNIT_US (2 * US_PER_S)

enum entry_class {
	ENTRY_IPV6 = 1 << 0,
	ENTRY_LOCAL_ORIG = 1 << 1,
	ENTRY_LOCAL_RESP = 1 << 2,
	ENTRY_LOCAL_KNOWN = 1 << 3,
	ENTRY_ORIG_HIGH = 1 << 4, /* the originator is the second endpoint */
	ENTRY_COUNTS = 1 << 5,    /* packets and bytes are set */
	ENTRY_CSUM_ORIG = 1 << 6, /* history has C */
	ENTRY_CSUM_RESP = 1 << 7  /* history has c */
};

/* In proto_state, from the history, of either side. */
#define ENTRY_GAP 0x20    /* g: bytes that were acknowledged, and not seen */
#define ENTRY_REXMIT 0x40 /* t: bytes that were seen again */

struct entry {
	uint64_t key;              /* of the tuple, occurrence 0 */
	uint64_t duration_us : 36; /* at most ENTRY_DURATION_MAX */
	uint64_t delay : 8; /* watermark at logging minus end, in units of
			     * ENTRY_DELAY_UNIT_US, at most 255 */
	uint64_t worker : 8;
	uint64_t vlan : 12;
	uint32_t end_off_us; /* end minus bucket start */
	uint16_t port;       /* the responder's: the service's */
	uint8_t class_bits;  /* enum entry_class */
	uint8_t proto_state; /* protocol (entry_proto) << 3 | state class, and
			      * ENTRY_GAP, ENTRY_REXMIT */
	uint32_t net[2];     /* originator, responder: see netmap.h */
	uint32_t pkts[2];    /* originator, responder; saturated */
	uint32_t ip_bytes[2];
};
_Static_assert(sizeof(struct entry) == 48, "an entry is 48 bytes");

/* Mean sizes of packets from which on they may be too large for something. The
 * first is just below an Ethernet MTU, since what cuts at a frame of 1500 bytes
 * cuts IP packets of 1487. */
#define ENTRY_NLARGE 3
static const uint16_t entry_large_bytes[ENTRY_NLARGE] = { 1400, 900, 600 };

/* Adds the packets of one direction to those of each size that they exceed. */
static inline void
entry_count_large(
    uint64_t packets, uint64_t bytes, uint64_t large[ENTRY_NLARGE])
{
	unsigned i = ENTRY_NLARGE;

	while (
	    packets > 0 && i > 0 && bytes / packets > entry_large_bytes[i - 1])
		large[--i] += packets;
}

/* Totals of fresh flows: begun in their bucket, with counts of packets. */
struct entry_fresh {
	uint64_t flows, packets, large[ENTRY_NLARGE];
};

enum entry_proto {
	ENTRY_TCP,
	ENTRY_UDP,
	ENTRY_ICMP,
	ENTRY_OTHER,
	ENTRY_NPROTOS
};
const char *entry_proto_name(enum entry_proto p);

static inline int64_t
entry_end_us(const struct entry *e, int64_t bucket_us)
{
	return bucket_us + e->end_off_us;
}

static inline int64_t
entry_start_us(const struct entry *e, int64_t bucket_us)
{
	return bucket_us + (int64_t)e->end_off_us - (int64_t)e->duration_us;
}

static inline enum entry_proto
entry_proto(const struct entry *e)
{
	return (enum entry_proto)(e->proto_state >> 3 & 3);
}

static inline enum flow_state_class
entry_state(const struct entry *e)
{
	return (enum flow_state_class)(e->proto_state & 7);
}

/* Packets by endpoint, so that an originator flip does not matter: 0 = low. */
static inline uint32_t
entry_pkts_of(const struct entry *e, unsigned high)
{
	return e->pkts[high ^ ((e->class_bits & ENTRY_ORIG_HIGH) != 0)];
}

static inline uint32_t
entry_bytes_of(const struct entry *e, unsigned high)
{
	return e->ip_bytes[high ^ ((e->class_bits & ENTRY_ORIG_HIGH) != 0)];
}

/* Of one entry, in the bucket it belongs to. */
static inline void
entry_fresh_add(struct entry_fresh *t, const struct entry *e)
{
	unsigned side;

	if (entry_start_us(e, 0) < 0 || (e->class_bits & ENTRY_COUNTS) == 0)
		return;
	t->flows++;
	for (side = 0; side < 2; side++) {
		t->packets += e->pkts[side];
		entry_count_large(e->pkts[side], e->ip_bytes[side], t->large);
	}
}

/*
 * Entries of one bucket: a list of blocks, so that growth copies nothing and
 * wastes at most one block.
 */
#define ENTRY_BLOCK 1024

struct entry_block {
	struct entry_block *next;
	size_t n;
	struct entry e[ENTRY_BLOCK];
};

struct entries {
	struct entry_block *first; /* owned */
	struct entry_block *last;
	size_t n;
};

void entries_clear(struct entries *es);
/* A new entry to fill; NULL when out of memory. */
struct entry *entries_add(struct entries *es);

/* Pointers to all, by key, then start: malloc'd for the caller, NULL when out
 * of memory or empty. */
const struct entry **entries_sort(const struct entries *es);

/* Of n sorted entries, the one that a walk at i will come to: they lie anywhere
 * in memory, so that each would be waited for. */
#define ENTRY_AHEAD 16
static ALWAYS_INLINE void
entries_prefetch(const struct entry *const *v, size_t i, size_t n)
{
	const struct entry *e;

	if (UNLIKELY(i + ENTRY_AHEAD >= n))
		return;
	/* all n are set */
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
	e = v[i + ENTRY_AHEAD];
	__builtin_prefetch(e);
	__builtin_prefetch((const char *)(e + 1) - 1);
}

#endif
