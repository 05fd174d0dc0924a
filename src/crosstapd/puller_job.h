/*
 * Private to puller.c and puller_take.c: a question that is out. Its outcome
 * begins as one in which nobody answered, and messages fill it in; one that
 * does not fit the question is refused, and the puller with it.
 */
#ifndef CROSSTAPD_PULLER_JOB_H
#define CROSSTAPD_PULLER_JOB_H

#include <sys/queue.h>
#include "crosstapd/puller.h"
#include "wire/pull.h"

/* Of an answer. More rows than that nobody keeps: STORE_MAX_EVIDENCE, and
 * those of workers for the metrics. */
#define PULLER_MAX_FINDINGS 2048
#define PULLER_MAX_ROWS 2048

struct puller_job {
	TAILQ_ENTRY(puller_job) link;
	struct puller *puller;
	uint64_t id;
	bool lost;
	bool of_files;
	struct inventory_options files;

	struct cycle_plan plan;
	cycle_done_fn *done;
	void *arg;
	struct cycle_outcome *o; /* owned */
	/* Of what came; each kind comes in order. */
	size_t nsensors, npairs, nbuckets, findings_cap, rows_cap;
};
TAILQ_HEAD(puller_jobs, puller_job);

/* The outcome as if nobody had answered. False: out of memory. */
bool puller_job_reset(struct puller_job *j) MUSTCHECK;
void puller_job_free(struct puller_job *j);
/* Any message but the last. False with d set: it does not belong there. */
bool puller_job_take(
    struct puller_job *j, const struct pull *m, struct diag *d) MUSTCHECK;
/* The last one: all has come. */
bool puller_job_complete(
    struct puller_job *j, const struct pull_done *m, struct diag *d) MUSTCHECK;

#endif
