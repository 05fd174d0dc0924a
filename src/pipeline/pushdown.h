/*
 * A comparison of tables in which the servers do the counting: each says what
 * every bucket and shard of it adds up to, and only flows of shards that do
 * not add up to the same are sent. What comes out are thin bins
 * (compare/thin.h), as of sensors that are asked.
 */
#ifndef PIPELINE_PUSHDOWN_H
#define PIPELINE_PUSHDOWN_H

#include "collect/collect.h"
#include "pipeline/clickhouse_files.h"

#define PUSHDOWN_MAX_BUCKETS (1u << 16)

struct pushdown_options {
	size_t nsensors;
	struct clickhouse_conn *conn[RESULT_MAX_SENSORS]; /* borrowed */
	int64_t shift_us[RESULT_MAX_SENSORS]; /* added to each table's times */
	const struct flow_parser_options *parser; /* borrowed */
	int64_t from_us, to_us; /* multiples of the width, both bounded */
	int64_t width_us, settle_us;
	uint64_t seed;
};

/* Whether it can be done; false with why not, and what was wanted. */
bool pushdown_is_possible(const struct pushdown_options *o, struct diag *d);

struct pushdown;

/* Asks all servers, and finds the shards that differ. NULL with d set. */
struct pushdown *pushdown_new(const struct pushdown_options *o, struct diag *d);
void pushdown_free(struct pushdown *p);

/* The next bucket that any of them has flows in, in order; the bins are the
 * caller's. False: no more, or failed with d set. */
bool pushdown_next(struct pushdown *p, int64_t *start_us, struct bin *bins[],
    const struct netmap *nets[], struct diag *d);

/* After the last one. All borrowed. */
void pushdown_state(
    const struct pushdown *p, size_t i, struct collect_sensor_state *out);
/* A log that has the flows of the differing shards alone, to be read again. */
const struct files *pushdown_table(const struct pushdown *p, size_t i);

struct pushdown_cost {
	uint64_t shards;    /* that all servers added up */
	uint64_t differing; /* of these */
	unsigned bits;      /* a bucket has 2^bits of them */
};
struct pushdown_cost pushdown_cost(const struct pushdown *p);

#endif
