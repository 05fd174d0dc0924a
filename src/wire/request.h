/*
 * What a collector asks of a sensor. A request never names a file or a path:
 * which logs are meant is the sensor's own matter.
 */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "base/buf.h"
#include "wire/wire.h"

enum request_kind {
	REQUEST_HELLO = 1,
	REQUEST_DIGEST,
	REQUEST_SYMBOLS,
	REQUEST_RESOLVE,
	REQUEST_SAMPLE,
	REQUEST_FILES,
	REQUEST_END_OF_KINDS
};
const char *request_kind_name(enum request_kind k); /* "digest" */

/* What of a bucket is wanted beyond totals, facets and workers. */
enum request_part {
	REQUEST_PART_STATES = 1 << 0,
	REQUEST_PART_KEYS = 1 << 1,
	REQUEST_PART_SHARDS = 1 << 2,
	REQUEST_PART_SAMPLE = 1 << 3, /* the digest's: `sample` flows */
	REQUEST_PART_NETS = 1 << 4,
	REQUEST_PART_COST = 1 << 5, /* lines and bytes read, in the end; they
				     * depend on more than the window */
	REQUEST_PART_CHECKSUM = 1 << 6, /* files: reads them whole */
	REQUEST_PART_BRIEF = 1 << 7     /* resolve, sample: records without
					 * uid, service, history (but for its
					 * bits), payload and missed bytes */
};

/* Which flows are compared; totals, facets and workers are of all. */
enum request_scope {
	REQUEST_SCOPE_ALL,
	REQUEST_SCOPE_ANSWERED, /* flow_is_answered(): what the inside of a
				 * border sees, too */
	REQUEST_NSCOPES
};

/* What the keys of an item are; by what a sample is chosen. */
enum request_set {
	REQUEST_SET_KEYS,   /* elements: keys with their occurrence */
	REQUEST_SET_STATES, /* digest_state_element() of these */
	REQUEST_SET_TUPLES, /* keys with occurrence 0 */
	REQUEST_SET_PAIRS,  /* host pairs: see digest/tuples.h */
	REQUEST_NSETS
};

struct request_item {
	int64_t bucket_us; /* start of the bucket, in the shifted clock */
	enum request_set set;
	uint32_t from, to;    /* symbols: a range of indexes, from < to */
	uint32_t limit;       /* sample by tuple: low bits that are 0 */
	const uint64_t *keys; /* resolve: nkeys of them. Encoding: borrowed;
			       * decoded: part of request.keys */
	uint32_t nkeys;
};

struct request {
	enum request_kind kind;
	uint64_t id; /* comes back in every frame of the answer */
	/* All but hello. Times of the window, and starts of buckets, are in
	 * the shifted clock. files: from and to only. */
	int64_t from_us; /* INT64_MIN: from the beginning */
	int64_t to_us;   /* INT64_MAX: to the end */
	int64_t width_us;
	int64_t settle_us;
	int64_t shift_us; /* added to every time of the log */
	uint64_t seed;
	uint32_t parts; /* enum request_part */
	enum request_scope scope;
	uint32_t sample;            /* flows in a bucket's sample */
	struct request_item *items; /* symbols, resolve, sample. Encoding:
				     * borrowed; decoded: owned */
	uint32_t nitems;
	uint64_t *keys; /* decoded: owned; of all items */
};

/* Appends a whole frame. False: out of memory, or too much for a frame. */
bool request_encode(struct buf *out, const struct request *r) MUSTCHECK;

/* Of a frame's body. out->id is set where it was told, also with an error;
 * d says what was wrong. request_clear() in every case. */
enum wire_status
request_decode(struct span body, struct request *out, struct diag *d) MUSTCHECK;
void request_clear(struct request *r); /* of a decoded one */

#endif
