/*
 * The questions to several sensors about one window, and what becomes of the
 * answers: bins for the comparison. Pure: replies in, requests out; who carries
 * them, and how long that may take, is the caller's business. Cost follows the
 * difference: digests first, then as many symbols as it takes to name the flows
 * that differ, then the records of these.
 */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H

#include "compare/compare.h"
#include "wire/reply.h"

struct collect_options {
	size_t nsensors;
	uint8_t group[RESULT_MAX_SENSORS]; /* only of one group are compared */
	enum relation relation;
	int64_t from_us, to_us; /* multiples of the width; to_us may be
				 * INT64_MAX: to the end */
	int64_t width_us, settle_us;
	uint64_t seed;
	bool steady; /* do not look for clock offsets */
	int64_t shift_us[RESULT_MAX_SENSORS]; /* to begin with */
	uint32_t
	    max_differences; /* that are named, in a bucket; 0: a default */
	/* Each record of sensor i that comes, some more than once; its text is
	 * borrowed. NULL: nobody wants them. */
	void (*on_record)(void *arg, size_t i, const struct flow *f);
	void *record_arg;
};

struct collect;

/* NULL: out of memory. */
struct collect *collect_new(const struct collect_options *opt);
void collect_free(struct collect *c);

/*
 * What to ask sensor i next; false: nothing now, since others have not answered
 * or all is done. What *out points to lives until the next call for i. One
 * question at a time: its answer is given to collect_reply() frame by frame,
 * up to the end or an error.
 */
bool collect_next(struct collect *c, size_t i, struct request *out);

/* A frame of the answer; *done is true with the last one. False with d set: it
 * is no answer to the question, and the sensor should be given up. */
bool collect_reply(struct collect *c, size_t i, const struct reply *r,
    bool *done, struct diag *d) MUSTCHECK;

/* Sensor i will not answer any more. What it has said so far does not count;
 * the others go on. text is copied. */
void collect_fail(struct collect *c, size_t i, const char *text);

bool collect_is_done(const struct collect *c);

/* Ran out of memory here; nothing that came out can be used. */
bool collect_is_broken(const struct collect *c);

/* After it is done. */
struct collect_sensor_state {
	const char *failed;        /* NULL: it has answered */
	int64_t shift_us;          /* that its last answer was made with */
	struct compare_sensor log; /* nets and late are borrowed */
	const char *const *workers;
	unsigned nworkers;
	uint64_t lines, bytes_read, late, outside;
	uint64_t problems[FLOW_NPROBLEMS];
	const char *messages[FLOW_NPROBLEMS]; /* NULL: none */
	const char *trouble;                  /* NULL: none */
	uint64_t left_out; /* records beyond a limit of the sensor */
};
void collect_state(
    const struct collect *c, size_t i, struct collect_sensor_state *out);

/* The buckets, in order; bins are the caller's, NULL for a sensor that has
 * none. False: out of memory. */
size_t collect_nbuckets(const struct collect *c);
bool collect_take(struct collect *c, size_t bucket, int64_t *start_us,
    struct bin *bins[]) MUSTCHECK;
const struct netmap *collect_nets(const struct collect *c, size_t i);

/* What it took. */
struct collect_cost {
	uint64_t symbols;     /* used, of one side, where all was named */
	uint64_t differences; /* named by these */
	uint64_t sampled;     /* buckets in which too many differ to name */
	unsigned rounds;      /* questions one after the other */
};
struct collect_cost collect_cost(const struct collect *c);

#endif
