/*
 * The flow key: a 64-bit keyed hash of the direction-free 5-tuple. Format and
 * test vectors: doc/digest-format.md; they hold for every byte order.
 */
#ifndef FLOW_KEY_H
#define FLOW_KEY_H

#include "flow/flow.h"

/* low addr 16, high addr 16, low port BE, high port BE, protocol */
#define FLOW_TUPLE_BYTES 37

struct flow_tuple {
	uint8_t b[FLOW_TUPLE_BYTES];
	uint8_t orig_is_high; /* the originator is the second endpoint */
};

/* Orders the endpoints as Community ID v1 does (corelight spec, "Ordering"). */
void flow_tuple_from(const struct flow *f, struct flow_tuple *t);

/* XXH3_64bits_withSeed over the tuple; the k-th (k = 0, 1, ...) record of one
 * tuple in a bucket uses seed + k. */
uint64_t flow_tuple_hash(const struct flow_tuple *t, uint64_t seed);

/* Both steps for occurrence 0. */
uint64_t flow_key(const struct flow *f, uint64_t seed);

/* Community ID v1 text, "1:" and 28 base64 characters; seed is the spec's. */
#define FLOW_COMMUNITY_ID_MAX 31
void flow_community_id(const struct flow *f, uint16_t seed, char *out);

#endif
