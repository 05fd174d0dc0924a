/*
 * Sorts the flows of one sensor into buckets by their end, and closes a bucket
 * when the log's watermark has passed its end by the settle time: the cut is
 * decided by what the log says, not by a clock.
 */
#ifndef DIGEST_BINS_H
#define DIGEST_BINS_H

#include "digest/digest.h"
#include "digest/entry.h"
#include "digest/keyset.h"
#include "digest/netmap.h"
#include "digest/tuples.h"
#include "digest/watermark.h"

#define BINS_MAX_OPEN 512
/* Of a bucket: offsets in it are 32 bits of microseconds (entry.h). */
#define BINS_MAX_WIDTH_US (3600 * US_PER_S)

enum bins_keep {
	BINS_ENTRIES = 1 << 0,  /* for pairing */
	BINS_ELEMENTS = 1 << 1, /* element keys beside the entries */
	BINS_DIGEST = 1 << 2,
	BINS_TUPLES = 1 << 3, /* addresses and ports of some flows */
	BINS_FRESH = 1 << 4,  /* totals of fresh flows */
	BINS_NETS = 1 << 5,   /* flows by parts of the outside */
	BINS_NAMES = 1 << 6   /* with BINS_ELEMENTS: what else names a flow */
};

struct bins_options {
	int64_t width_us;
	int64_t settle_us;
	int64_t from_us; /* INT64_MIN, INT64_MAX: open */
	int64_t to_us;
	int64_t shift_us; /* added to every time: clock compensation */
	uint64_t seed;
	unsigned keep;   /* enum bins_keep */
	bool answered;   /* digest and elements: flow_is_answered() only */
	uint32_t sample; /* flows in a digest's sample */
};

/* What stands for the flows of a bin that are not here. */
struct bin_thin {
	uint64_t weight; /* 1: entries are all flows that differ; else they are
			  * a sample by key, and stand for so many each */
	uint64_t scope;  /* flows that were compared, of either kind */
	uint64_t equal;  /* of these, those that all sensors have alike */
	struct entry_fresh fresh;      /* of scope */
	struct entries sampled;        /* owned; by key, for facets */
	uint64_t sampled_weight;       /* each of them stands for */
	struct digest_sampled *sample; /* owned; by key, for clock offsets */
	uint32_t nsample;
};

/* Of the flow whose element is at the same place. */
struct bin_name {
	uint64_t key;   /* of the tuple, occurrence 0 */
	uint64_t state; /* digest_state_element() */
};

struct bin {
	int64_t start_us;
	uint64_t flows, packets, ip_bytes;
	uint64_t scope;       /* flows that elements are made of */
	uint64_t bad;         /* records near here that could not be read */
	uint64_t late;        /* records that came after the bin was closed */
	uint64_t local_known; /* flows that say which ends are local */
	uint64_t local_ends;  /* these ends */
	struct entry_fresh fresh; /* with BINS_FRESH */
	uint32_t *nets;           /* owned; NETS_MAX, with BINS_NETS */
	struct entries entries;   /* owned */
	uint64_t *elements;       /* owned; one an entry, in order of adding */
	size_t nelements, cap_elements;
	struct bin_name *names;    /* owned; as many */
	struct keyset occurrences; /* owned */
	struct digest *digest;     /* owned */
	struct tuples tuples;      /* owned; the caller may take them */
	uint32_t workers[256];     /* flows of each; [255]: of none */
	struct bin_thin *thin;     /* owned; NULL: all flows are here */
	bool after_log; /* closed by the end of the log, not by settling */
};

struct bins;

struct bins *bins_new(const struct bins_options *opt);
void bins_free(struct bins *b);
void bin_free(struct bin *bin);
/* False: out of memory. */
bool bin_make_thin(struct bin *bin) MUSTCHECK;

/* Adds n flows (bad ones too), in order of the log. False: out of memory. */
bool bins_add(struct bins *b, const struct flow *flows, size_t n) MUSTCHECK;

/* The next bucket that is complete, in order of start; the caller owns it.
 * NULL: none yet. After bins_finish() all that are left come out. */
struct bin *bins_take(struct bins *b);
void bins_finish(struct bins *b);

/* True once the watermark has passed the window's end by the settle time. */
bool bins_done(const struct bins *b);

int64_t bins_watermark(const struct bins *b);
int64_t bins_last(const struct bins *b); /* watermark_last() */
/* Watermark when the first records had been read: where the log begins. */
int64_t bins_begin(const struct bins *b);
uint64_t bins_late(const struct bins *b);
uint64_t bins_outside(const struct bins *b);
const struct netmap *bins_netmap(const struct bins *b);

/* Records that came after their bucket was closed, the first BINS_MAX_LATE of
 * them, with BINS_ENTRIES. */
#define BINS_MAX_LATE 65536
struct bins_late_entry {
	struct entry e;
	int64_t bucket_us;
};
size_t
bins_late_entries(const struct bins *b, const struct bins_late_entry **out);

#endif
