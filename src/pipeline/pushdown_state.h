/*
 * Private to the push-down: what the servers have said, and what is streamed.
 */
#ifndef PIPELINE_PUSHDOWN_STATE_H
#define PIPELINE_PUSHDOWN_STATE_H

#include <pthread.h>
#include "digest/bins.h"
#include "pipeline/pushdown.h"
#include "source/clickhouse_digest.h"
#include "source/reader.h"

struct push_totals {
	uint64_t v[CLICKHOUSE_NTOTALS];
};

/* Flows of one worker, or part of the outside, in a bucket. */
struct push_count {
	uint32_t bucket, what;
	uint64_t flows;
};

struct push_shard {
	uint32_t bucket, shard;
	uint64_t flows, sum;
};

/* One table as a log of some of its flows, and the bins of these. */
struct push_stream {
	struct clickhouse_files *files; /* owned */
	struct reader *reader;          /* owned; NULL: nothing is read */
	struct bins *bins;              /* owned */
	struct bin *next;               /* owned */
	bool over;
};

enum push_kind {
	PUSH_DIFFERING, /* flows of shards that differ */
	PUSH_SAMPLE,    /* by key: for clocks, and for what is usual */
	PUSH_PAIRS,     /* by host pair, for lanes */
	PUSH_NSTREAMS
};

struct push_sensor {
	const struct pushdown *all; /* borrowed */
	struct clickhouse_conn *conn;
	struct clickhouse_cut cut;
	struct push_totals *totals;        /* owned; of each bucket */
	struct push_count *workers, *nets; /* owned; in order of bucket */
	size_t nworkers, nnets, worker_at, net_at;
	char *names[FLOW_MAX_WORKERS]; /* owned */
	unsigned nnames;
	int64_t first_us, last_us; /* ends, by the common clock */
	struct push_shard *shards; /* owned; in order */
	size_t nshards;
	struct netmap netmap;
	struct push_stream stream[PUSH_NSTREAMS];
	/* a question on a thread of its own */
	pthread_t thread;
	struct diag d;
	bool ok;
};

struct push_bucket {
	uint64_t flows;  /* the most that any has */
	uint64_t lone;   /* at least so many are not at all of them */
	size_t first, n; /* its differing shards, in items */
	uint64_t rows;   /* flows in these, about */
	bool noticeable, pairs;
};

struct pushdown {
	struct pushdown_options opt;
	struct push_sensor sensor[RESULT_MAX_SENSORS];
	struct push_bucket *buckets; /* owned */
	uint32_t nbuckets, at;
	unsigned bits;
	uint32_t ask_first, ask_end; /* buckets of the question that is out */
	const char *ask_where;       /* borrowed */
	uint64_t *items;             /* owned: bucket << bits | shard */
	size_t nitems, cap_items;
	uint64_t nshards;
	unsigned sample_bits, usual_bits, pair_bits;
};

/* pushdown_ask.c: what the servers say. False with d set. */
bool push_ask_totals(struct pushdown *p, struct diag *d) MUSTCHECK;
bool push_ask_shards(struct pushdown *p, struct diag *d) MUSTCHECK;

/* pushdown_parts.c: which flows are sent. */
bool push_choose_parts(struct pushdown *p, struct diag *d) MUSTCHECK;

static inline uint64_t
push_flows(const struct push_sensor *s, uint32_t bucket)
{
	return s->totals[bucket].v[CLICKHOUSE_FLOWS];
}

#endif
