/*
 * The puller: a process of crosstapd's that asks the sensors and compares what
 * they say. It has the ssh keys and the bytes from outside; it has no way to
 * the store, nor to anything else that the daemon holds.
 */
#ifndef CROSSTAPD_PULLING_H
#define CROSSTAPD_PULLING_H

#include <sys/queue.h>
#include "crosstapd/cycle.h"
#include "net/link.h"
#include "pipeline/inventory.h"
#include "wire/pull.h"

/* The whole life of it; the exit status. Its standard input is the socket of
 * the daemon, descriptor SPAWN_FD that of the starter. */
int pulling_main(void);
/* It was started to be one, not by a person. */
bool pulling_is_meant(void);

struct pulling;

/* A question that is out. */
struct pulling_job {
	TAILQ_ENTRY(pulling_job) link;
	struct pulling *all; /* borrowed, as below */
	uint64_t id;
	struct cycle *cycle;
	struct inventory *inventory;
	const struct config_group *group;
	int64_t from_us, to_us;
};

/* Sends; a daemon that is gone ends the process by itself. */
void pulling_send(struct pulling *p, const struct pull *m);

/* pulling_tell.c: what came out of a comparison; all but the end of it. */
void pulling_tell(
    struct pulling *p, const struct pulling_job *j, struct cycle_outcome *o);
bool
pulling_tell_flow(void *arg, const struct result *r, const struct difference *x,
    const struct flow *a, const struct flow *b, struct diag *d);
/* The last message of a question; failed is NULL: it was answered. */
void pulling_tell_end(struct pulling *p, uint64_t id,
    const struct cycle_outcome *o, const char *failed);

/* pulling_paths.c: the files that it may read from now on: of all targets,
 * and what name look-ups need. */
struct pulling_paths;
struct pulling_paths *
pulling_paths_new(const struct remote_target *targets, size_t n);
void pulling_paths_free(struct pulling_paths *f);
const char *const *pulling_paths_list(const struct pulling_paths *f);
/* One of them is another file by now, which cannot be read. */
bool pulling_paths_are_old(const struct pulling_paths *f);

#endif
