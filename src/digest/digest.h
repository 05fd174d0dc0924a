/*
 * The digest of one bucket: what a sensor answers about it. Totals, shards,
 * facets, sample and two sketches; doc/digest-format.md gives every field.
 * A digest depends on the set of flows and the seed alone, not on their order.
 */
#ifndef DIGEST_DIGEST_H
#define DIGEST_DIGEST_H

#include "digest/sketch.h"
#include "flow/key.h"

#define DIGEST_SHARDS 64
#define DIGEST_SAMPLE_MAX 4096
#define DIGEST_COMBOS 4096 /* see digest_combo() */

/* A shard: the flows whose key begins with its 6 bits. All mod 2^64. */
struct digest_shard {
	uint64_t flows;
	uint64_t key_sum;     /* of the element keys */
	uint64_t time_sum_us; /* of (end - bucket start) */
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t spare[3]; /* 0; makes a shard one cache line */
};

struct digest_count {
	uint64_t flows, packets, ip_bytes, spare;
};

/* The facets whose values are few; each flow has one value of each. */
enum digest_facet {
	DIGEST_IP_VERSION,
	DIGEST_PROTO,
	DIGEST_STATE_CLASS,
	DIGEST_DIRECTION,
	DIGEST_SIZE_CLASS,
	DIGEST_NFACETS
};
#define DIGEST_FACET_VALUES 8
/* The size class of a flow, from its IP bytes of both sides. */
unsigned digest_size_class(uint64_t bytes);
const char *digest_facet_name(enum digest_facet f);
const char *digest_facet_value(enum digest_facet f, unsigned value);

struct digest_sampled {
	uint64_t key; /* element */
	int64_t start_us;
	int64_t end_us;
	uint64_t orig_pkts, resp_pkts, orig_ip_bytes, resp_ip_bytes;
};

struct digest {
	int64_t start_us;
	int64_t width_us;
	struct digest_shard shards[DIGEST_SHARDS];
	struct digest_count combos[DIGEST_COMBOS];
	struct sketch_symbol keys[SKETCH_MIN];  /* over element keys */
	struct sketch_symbol state[SKETCH_MIN]; /* over (key, packets, bytes,
						 * state class): damage */
	struct digest_sampled *sample;          /* owned; a max-heap by key */
	uint32_t nsample, max_sample;
	sketch_first_fn *encode;
	uint64_t pending[128], pending_state[128]; /* not yet in the sketches */
	uint32_t npending;
};

/* NULL when out of memory. sample <= DIGEST_SAMPLE_MAX flows. */
struct digest *digest_new(int64_t start_us, int64_t width_us, uint32_t sample);
void digest_free(struct digest *d);

/* element: the flow's key with its occurrence; end inside the bucket. */
void digest_add(struct digest *d, const struct flow *f, uint64_t element,
    int64_t start_us, int64_t end_us);
/* After the last flow: sketches complete, sample sorted by key. */
void digest_finish(struct digest *d);

struct digest_count digest_totals(const struct digest *d);
struct digest_count
digest_facet(const struct digest *d, enum digest_facet f, unsigned value);

/* The element of the second sketch. */
uint64_t digest_state_element(uint64_t element, const struct flow *f);

/* Values of the facets of one flow, packed: 1 bit IP version, 2 protocol, 3
 * state class, 2 direction, 3 size class; below DIGEST_COMBOS. */
unsigned digest_combo(const struct flow *f);

enum digest_direction {
	DIGEST_DIR_UNKNOWN,
	DIGEST_DIR_OUTBOUND, /* begun by a local host, to a remote one */
	DIGEST_DIR_INBOUND,
	DIGEST_DIR_INTERNAL
};
enum digest_direction digest_direction(unsigned flow_flags);

#endif
