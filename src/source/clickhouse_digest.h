/*
 * The questions of a push-down: what a server says of each bucket and shard
 * without sending its flows. doc/clickhouse.md shows them whole. Answers are
 * RowBinary: numbers of fixed width, little-endian.
 */
#ifndef SOURCE_CLICKHOUSE_DIGEST_H
#define SOURCE_CLICKHOUSE_DIGEST_H

#include "source/clickhouse_sql.h"

struct clickhouse_cut {
	int64_t from_us, to_us, width_us; /* of the common clock */
	int64_t shift_us;                 /* to be added to the table's */
	uint64_t seed;                    /* of the hashes */
};

/* A flow's bucket, counted from from_us on, its shard of 2^bits and what it
 * is beside its tuple, as xt_b, xt_s, xt_v; xt_h is the hash of the tuple,
 * xt_pair of the two hosts. For a WITH. */
void clickhouse_put_cut(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, unsigned bits, struct buf *out);

/* One a bucket and worker: uint32 bucket, then CLICKHOUSE_NTOTALS uint64, then
 * the worker's name. */
enum clickhouse_total {
	CLICKHOUSE_FLOWS,
	CLICKHOUSE_PACKETS,
	CLICKHOUSE_BYTES,
	CLICKHOUSE_LOCAL_KNOWN, /* flows that say which ends are local */
	CLICKHOUSE_LOCAL_ENDS,
	CLICKHOUSE_FRESH, /* begun in their bucket, with counts */
	CLICKHOUSE_FRESH_PACKETS,
	CLICKHOUSE_LARGE, /* packets of these, over each of three sizes */
	/* not sums: the first and the last end, by the table's clock */
	CLICKHOUSE_FIRST_END = CLICKHOUSE_LARGE + 3,
	CLICKHOUSE_LAST_END,
	CLICKHOUSE_NTOTALS
};
void clickhouse_sql_totals(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, const uint16_t large_bytes[3],
    struct buf *out);
/* One a bucket and part of the outside: uint32 bucket, part, flows. */
void clickhouse_sql_nets(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, struct buf *out);
/* One a bucket and shard, in order: uint32 bucket, shard; uint64 flows, sum
 * of xt_v. Of the buckets [first, end), and where a condition holds. */
#define CLICKHOUSE_SHARD_BYTES 24
void clickhouse_sql_shards(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, unsigned bits, uint32_t first,
    uint32_t end, const char *where, struct buf *out);

#endif
