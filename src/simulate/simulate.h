/*
 * The logs that several sensors would write of one traffic, with the faults
 * that were put into their packets, and the truth about it. Pure: the same
 * options give the same bytes everywhere; the caller's function takes them.
 */
#ifndef SIMULATE_SIMULATE_H
#define SIMULATE_SIMULATE_H

#include "simulate/plan.h"

/* What a run did, for the truth file and the last line of the command. */
struct simulate_outcome {
	uint64_t sessions;
	int64_t end_us;
	uint64_t records[RESULT_MAX_SENSORS];   /* written */
	int64_t written_us[RESULT_MAX_SENSORS]; /* last change of the log */
	uint64_t missed[RESULT_MAX_SENSORS];    /* by --miss */
	/* Records that `a` has and `b` lacks, by --miss: [a][b]. */
	uint64_t only[RESULT_MAX_SENSORS][RESULT_MAX_SENSORS];
};

/* Takes bytes of a sensor's log, in order; false stops the run. */
typedef bool
simulate_write_fn(void *ctx, unsigned sensor, const char *p, size_t n);

/*
 * False if memory ran out or the writer said so; d is then set unless the
 * writer has set it.
 */
bool simulate_run(const struct plan *plan, simulate_write_fn *write, void *ctx,
    struct simulate_outcome *out, struct diag *d) MUSTCHECK;

#endif
