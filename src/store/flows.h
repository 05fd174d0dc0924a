/*
 * Flows that differ, as they are kept of an incident: the records of both
 * sides, so that people can go on from them.
 */
#ifndef STORE_FLOWS_H
#define STORE_FLOWS_H

#include "flow/flow.h"
#include "store/store.h"

#define STORE_MAX_FLOWS 1000 /* of an incident; those first given are kept */

/* Of a pair; index 0 is its a, 1 its b. */
struct store_flow {
	char kind[16]; /* only_a, only_b, damaged, split */
	struct store_flow_side {
		char sensor[64];
		bool has; /* else all below is empty */
		/* Its uid and history are borrowed from the texts here when it
		 * comes out; line and service are not kept. */
		struct flow flow;
		char uid[32], history[32];
	} side[2];
};

/* Flows of buckets that end at until_us or before, none of which were given
 * already. Further ones than the maximum are left out. */
enum store_error
store_add_flows(struct store *st, int64_t id, const struct store_flow *f,
    size_t n, int64_t until_us, struct diag *d) MUSTCHECK;
/* The until_us of the last call; INT64_MIN: none; INT64_MAX: no more flows
 * are kept. */
enum store_error store_flows_until(
    struct store *st, int64_t id, int64_t *until_us, struct diag *d) MUSTCHECK;
/* How many are kept. */
enum store_error store_flows_count(
    struct store *st, int64_t id, size_t *n, struct diag *d) MUSTCHECK;
/* As they were given; *v is owned: free(). */
enum store_error store_flows(struct store *st, int64_t id,
    struct store_flow **v, size_t *n, struct diag *d) MUSTCHECK;

#endif
