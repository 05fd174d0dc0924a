/*
 * The daemon's side of its puller: a process that has the ssh keys and reads
 * what sensors send, and nothing of the store. It is started anew when it
 * ends; what it was asked then is lost, and told so to who asked.
 */
#ifndef CROSSTAPD_PULLER_H
#define CROSSTAPD_PULLER_H

#include "crosstapd/cycle.h"
#include "pipeline/inventory.h"

struct daemon;
struct puller;
struct puller_job;

/* What a puller is told before any question: the text of the configuration,
 * and every set of rules. False with d set: out of memory. */
bool puller_tell_config(struct buf *boot, const char *file, struct span text,
    struct diag *d) MUSTCHECK;
bool puller_tell_rule(struct buf *boot, uint32_t set, const char *file,
    struct span text, struct diag *d) MUSTCHECK;

/* Of dm->config, dm->boot and dm->targets, which outlive it. NULL with d set.
 * It can be asked once it is ready: daemon_wake() is called then. */
struct puller *puller_new(struct daemon *dm, struct diag *d);
/* All that was asked of it has been broken off before. */
void puller_free(struct puller *p);
bool puller_is_ready(const struct puller *p);
/* Of all processes that it was so far; the memory is the most of one. */
double puller_cpu_s(const struct puller *p);
long puller_memory_kb(const struct puller *p);

/* As cycle_start() and inventory_start(), and under the same conditions; the
 * rules are number `rules` of the sets. NULL with d set. */
struct puller_job *
puller_compare(struct puller *p, const struct cycle_plan *plan, uint32_t rules,
    cycle_done_fn *done, void *arg, struct diag *d);
struct puller_job *puller_files(struct puller *p, uint32_t sensor,
    const struct inventory_options *o, struct diag *d);
/* Without a further call; j is no more. NULL is allowed. */
void puller_break_off(struct puller_job *j);

/*
 * While done is called: the puller ended before there was an answer. The
 * outcome for that case is that no sensor answered, since why.
 */
bool puller_job_was_lost(const struct puller_job *j);
struct cycle_outcome *puller_job_none(struct puller_job *j, const char *why);

#endif
