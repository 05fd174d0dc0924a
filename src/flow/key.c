/*
 * The flow key. Its bytes are a format: what two sensors hash must be equal
 * to the last bit, on every platform, for ever (tests/data/flow-key.tsv).
 */
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "flow/key_inline.h"

void
flow_tuple_from(const struct flow *f, struct flow_tuple *t)
{
	key_tuple_from(f, t);
}

uint64_t
flow_tuple_hash(const struct flow_tuple *t, uint64_t seed)
{
	return XXH3_64bits_withSeed(t->b, FLOW_TUPLE_BYTES, seed);
}

uint64_t
flow_key(const struct flow *f, uint64_t seed)
{
	return key_hash(f, seed);
}
