/*
 * The comparison of two to eight sensors: takes their buckets in order of
 * time, pairs them, keeps what did not pair, and at the end settles what was
 * only shifted or split. Pure: bins in, result and per-bucket cells out.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "base/diag.h"
#include "compare/facets.h"
#include "compare/pairing.h"
#include "compare/result.h"
#include "digest/bins.h"
#include "digest/nets.h"

struct compare_options {
	size_t nsensors;
	uint8_t group[RESULT_MAX_SENSORS]; /* only of one group are compared */
	enum relation relation; /* subset: the others are inside the first */
	int64_t width_us;
	bool via_sketch;       /* decode the sketches too and hold them to it */
	bool keep_differences; /* for compare_differences() */
	size_t max_leftovers;  /* 0: a default */
};

/* So near to the ends of a peer's log a flow is not said to be missing there.
 */
#define COMPARE_EDGE_US (2 * US_PER_S)

/* One sensor, known when its log has been read. */
struct compare_sensor {
	int64_t begin_us; /* where its log begins: no record before counts */
	int64_t mark_us;  /* its last watermark */
	bool ended;       /* read to the end of the log, not of the window */
	bool live;        /* the log is still being written */
	int64_t lag_us;   /* from mark_us to the last write of an open log;
			   * INT64_MIN: not known */
	bool trouble;     /* a file of it could not be read to its end */
	bool unreadable;  /* it has records, none of which could be read */
	const struct netmap *nets;          /* borrowed */
	const struct bins_late_entry *late; /* borrowed: partners only */
	size_t nlate;
	bool unreachable; /* it was asked, and nothing is known of its log */
};

/* What is known of one pair in one bucket. Index 0 is a, 1 is b. */
struct compare_cell {
	struct pairing p;
	uint64_t lone[2]; /* records of a, of b without a partner so far */
	uint64_t shifted;
	uint64_t split[2];         /* further records that a, that b has */
	uint64_t split_fresh[2];   /* of these, begun here or a bucket before */
	uint64_t split_packets[2]; /* of these */
	uint64_t only[2];          /* flows that only a, only b has */
	uint64_t only_fresh[2];    /* of these, begun here or a bucket before */
	uint64_t missing[2];  /* of those of the peer, what a, what b should
			       * have had: attempts that the border stops do
			       * not count in a subset */
	uint64_t eligible[2]; /* flows of a, of b that the peer should have */
	struct facets facets[2]; /* of what a lacks, of what b lacks; empty
				  * where little is missing */
	int64_t offset_us;       /* median start at b minus start at a */
	int64_t spread_us;       /* median absolute deviation */
	uint32_t noffsets;
	bool step; /* the clocks differ by more than in most buckets */
	struct pairing_offsets *stepped; /* owned; NULL: most flows pair */
};

struct compare_bucket {
	int64_t start_us;
	uint64_t weight; /* flows that each leftover of it stands for */
	uint64_t flows[RESULT_MAX_SENSORS];
	uint64_t bad[RESULT_MAX_SENSORS];
	/* flows whose log says which ends are local, and these ends */
	uint64_t local_known[RESULT_MAX_SENSORS];
	uint64_t local_ends[RESULT_MAX_SENSORS];
	uint32_t *workers[RESULT_MAX_SENSORS]; /* owned; flows of each */
	unsigned nworkers[RESULT_MAX_SENSORS];
	uint32_t *nets[RESULT_MAX_SENSORS]; /* owned; NETS_MAX each, NULL
					     * where a sensor has no bin */
	/* owned; empty where a peer lacks little, or enough were kept */
	struct tuples tuples[RESULT_MAX_SENSORS];
	struct compare_cell cells[]; /* one a pair */
};

/* Whether so many flows without a partner, of all, call for an explanation. */
bool compare_is_noticeable(uint64_t left, uint64_t flows);

struct compare;

struct compare *compare_new(const struct compare_options *opt);
void compare_free(struct compare *c);

/* The bins of one bucket; NULL for a sensor that has none. Called in order of
 * start. False with d set: out of memory, or the sketch was wrong. */
bool compare_add(struct compare *c, int64_t start_us, struct bin *const bins[],
    const struct netmap *const nets[], struct diag *d) MUSTCHECK;

/* Settles the leftovers, trims the buckets to what the logs cover, and fills
 * buckets and pairs of r (sensors and names are the caller's). */
bool compare_finish(struct compare *c, const struct compare_sensor sensors[],
    struct result *r, struct diag *d) MUSTCHECK;

/* After compare_finish(): the buckets of the result, in the same order. */
size_t compare_nbuckets(const struct compare *c);
const struct compare_bucket *compare_get(const struct compare *c, size_t i);

/*
 * The flows that differ, one by one, after compare_finish(): enough to find
 * their records again. Starts are in the clock of the bins, cut by
 * ENTRY_DURATION_MAX as entries are. Index 0 is the pair's a, 1 its b.
 */
enum difference_kind {
	DIFFERENCE_ONLY,    /* one has it */
	DIFFERENCE_DAMAGED, /* both have it, with unlike packets */
	DIFFERENCE_SPLIT    /* a part of it here, the whole at the peer */
};
struct difference {
	uint64_t key;
	int64_t start_us[2];
	uint64_t weight; /* flows that it stands for */
	uint8_t kind;    /* enum difference_kind */
	uint8_t pair;    /* index in the result */
	bool has[2];
	bool whole[2]; /* DIFFERENCE_SPLIT: it is the peer's whole record */
};
/* NULL where there are none. *missing: differences counted, but not kept. */
const struct difference *
compare_differences(const struct compare *c, size_t *n, uint64_t *missing);

/* What the sketches cost: symbols sent, differences found. */
struct compare_sketch_cost {
	uint64_t symbols, differences, too_large;
};
struct compare_sketch_cost compare_sketch_cost(const struct compare *c);

#endif
