/*
 * Private to src/collect: what is known so far. All sensors go through the
 * phases together; a phase is over when every sensor has answered what it was
 * asked in it.
 */
#ifndef COLLECT_COLLECT_STATE_H
#define COLLECT_COLLECT_STATE_H

#include "collect/collect.h"
#include "digest/bins.h"

#define COLLECT_MAX_BUCKETS (1u << 16)
#define COLLECT_MAX_RECORDS (1u << 22) /* of a sensor */
#define COLLECT_MAX_DIFFERENCES 16384
#define COLLECT_SAMPLE 48   /* flows in the sample of a digest */
#define COLLECT_PAIRS_MAX 8 /* buckets whose host pairs are asked for */

enum collect_phase {
	COLLECT_DIGEST,
	COLLECT_AGAIN, /* digests of sensors whose clock is off */
	COLLECT_SYMBOLS,
	COLLECT_RESOLVE,
	COLLECT_PEERS,  /* the same tuples at the others */
	COLLECT_FACETS, /* samples by key */
	COLLECT_PAIRS,  /* samples by host pair */
	COLLECT_DONE
};

/* One sensor in one bucket. */
struct collect_side {
	struct reply_bucket r; /* owned lists; symbols are moved to states */
	bool has;
	struct sketch_symbol *states; /* owned */
	uint32_t m, room;
	uint64_t *keys; /* owned: states to resolve */
	uint32_t nkeys, capkeys;
	struct entries entries;
	struct entries sampled;
	unsigned sampled_bits;
	struct tuples tuples;
};

struct collect_bucket {
	int64_t start_us;
	bool sampled;  /* too many differ: entries are a sample, by bits */
	unsigned bits; /* low bits of a key that are 0 in the sample */
	bool decoded;  /* between all pairs */
	struct collect_side side[];
};

struct collect_sensor {
	char *failed; /* owned; NULL: answers */
	bool busy;    /* a question is out */
	bool asked;   /* in COLLECT_DIGEST, COLLECT_AGAIN: has been */
	int64_t shift_us;
	enum request_kind kind; /* of the question that is out */
	uint64_t id;            /* of it */
	/* What is still to be asked in this phase. */
	struct request_item *items; /* owned */
	size_t nitems, capitems, next;
	size_t round_end; /* up to here the question that is out */
	uint64_t *keys;   /* owned: of items */
	size_t nkeys, capkeys;
	uint64_t nrecords;
	struct netmap nets;
	struct bins_late_entry *late; /* owned */
	size_t nlate, caplate;
	/* From the end of the last answer. */
	struct reply_end end; /* texts are not used */
	bool ended_once;
	char *messages[FLOW_NPROBLEMS]; /* owned, as below */
	char *trouble;
	char *workers[FLOW_MAX_WORKERS];
	unsigned nworkers;
};

struct collect {
	struct collect_options opt;
	enum collect_phase phase;
	struct collect_sensor sensor[RESULT_MAX_SENSORS];
	struct collect_bucket **buckets; /* owned, by start */
	size_t nbuckets, cap;
	struct collect_cost cost;
	uint64_t ids;
	bool broken;
};

static inline bool
collect_is_alive(const struct collect *c, size_t i)
{
	return c->sensor[i].failed == NULL;
}

static inline bool
collect_is_compared(const struct collect *c, size_t a, size_t b)
{
	return c->opt.group[a] == c->opt.group[b] && collect_is_alive(c, a) &&
	    collect_is_alive(c, b);
}

/* Makes room for one more in an owned array; false: out of memory, and c is
 * broken. */
bool collect_grow(
    struct collect *c, void *array, size_t size, size_t n, size_t *cap);

/* The bucket, made if it is not there; NULL: no memory, or too many. */
struct collect_bucket *collect_bucket(struct collect *c, int64_t start_us);
struct collect_bucket *collect_find(const struct collect *c, int64_t start_us);
void collect_clear_side(struct collect_side *s);

/* A record of sensor i that is a partner only. False: out of memory, and c is
 * broken. */
bool collect_add_late(
    struct collect *c, size_t i, const struct entry *e, int64_t bucket_us);
/* False: out of memory. */
bool collect_copy(struct entries *to, const struct entries *from) MUSTCHECK;

/* Queues an item for sensor i, with n keys (copied). */
void collect_queue(struct collect *c, size_t i, const struct request_item *it,
    const uint64_t *keys, uint32_t n);

/* answers.c: takes in a frame that is not end or error. */
bool collect_take_frame(
    struct collect *c, size_t i, const struct reply *r, struct diag *d);
bool collect_take_end(
    struct collect *c, size_t i, const struct reply_end *e, struct diag *d);

/* phases.c: goes on to the next phase that asks something. */
void collect_advance(struct collect *c);

/* decode.c: what a bucket's symbols say. Queues questions for more, or the keys
 * that were named; true if there are such. */
bool collect_decode(struct collect *c);

#endif
