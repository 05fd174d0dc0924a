/*
 * Pairs the entries of one bucket of two sensors. What finds no partner is a
 * leftover; leftovers of all buckets are reconciled at the end, since a flow
 * may end in another bucket at the other sensor, or be cut in two there.
 */
#ifndef COMPARE_PAIRING_H
#define COMPARE_PAIRING_H

#include "digest/entry.h"

/* Two records of a tuple are the same flow if they start this close. */
#define PAIRING_START_US (5 * US_PER_S)
#define PAIRING_OFFSETS 256

/* A direction of so many packets is long enough to tell a tail from a loss. */
#define PAIRING_LONG_PACKETS 16

/* What one sensor ("this") lacks of paired flows, against the other. Flows are
 * `fresh` ones: begun in this bucket, so that the evidence belongs to this
 * time. */
struct pairing_side {
	uint64_t damaged;
	uint64_t lost_packets;
	uint64_t peer_packets;
	uint64_t random; /* of damaged: some packets of a direction gone */
	uint64_t
	    onesided[2]; /* of damaged: none left of originator, responder */
	uint64_t onesided_in, onesided_out; /* the same by direction */
	uint64_t checksum;                  /* of damaged: C or c here only */
	/* over each of entry_large_bytes: lost packets; the peer's packets in
	 * directions of such mean size */
	uint64_t large_lost[ENTRY_NLARGE], large_peer[ENTRY_NLARGE];
	uint64_t gap;      /* of damaged: history has G or g here only */
	uint64_t repeat;   /* of damaged: history has T or t there only */
	uint64_t cut;      /* of damaged: a fifth and more of a long direction
			    * gone, and what is left as large as theirs */
	uint64_t cut_lost; /* lost packets of these */
	uint64_t multiple[4]; /* flows with 2, 3, 4, 5 times the packets here */
};

struct pairing {
	uint64_t paired, damaged, fresh;
	struct pairing_side side[2]; /* what a lacks, what b lacks */
	uint64_t overflow[2]; /* leftovers of a, of b that were not kept */
};

/* Starts at b minus starts at a, of the first flows by key: a sample. */
struct pairing_offsets {
	uint32_t n;
	int64_t us[PAIRING_OFFSETS];
};

/* Median, and the median distance from it; sorts o, which is not empty. */
void pairing_offset(
    struct pairing_offsets *o, int64_t *offset_us, int64_t *spread_us);

enum leftover_kind {
	LEFTOVER_LONE,    /* no partner */
	LEFTOVER_CONTEXT, /* paired, but damaged: may contain a fragment */
	LEFTOVER_WHOLE,   /* settled, with unlike packets: the same */
	LEFTOVER_LATE /* logged after its bucket was closed: a partner only */
};

struct leftover {
	struct entry e;
	int64_t bucket_us;
	uint8_t pair;
	uint8_t side; /* 0: a has it */
	uint8_t kind;
	uint8_t matched;
};

struct leftovers {
	struct leftover *v; /* owned */
	size_t n, cap, max; /* max: no more are kept */
	bool failed;        /* no memory for one that there was room for */
};

bool leftovers_add(struct leftovers *l, const struct entry *e,
    int64_t bucket_us, unsigned pair, unsigned side, enum leftover_kind kind);
void leftovers_clear(struct leftovers *l);

/* Sorted entries of both (entries_sort()). */
struct pairing_input {
	const struct entry *const *v[2];
	size_t n[2];
	int64_t bucket_us, width_us;
	unsigned pair;
};
void pairing_run(const struct pairing_input *in, struct pairing *out,
    struct pairing_offsets *offsets, struct leftovers *left);

enum pairing_age {
	PAIRING_FRESH,
	PAIRING_OLD
};

/* Adds what a and b (the same flow) tell of damage. */
void pairing_damage(const struct entry *a, const struct entry *b,
    enum pairing_age age, struct pairing *out);

#endif
