/*
 * The event loop of a process: timers and signals beside what else waits on
 * its base. One thread.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/diag.h"

struct event_base;
struct loop;
struct loop_timer;

typedef void loop_fn(void *arg);

/* NULL with d set. */
struct loop *loop_new(struct diag *d);
/* After all that was made on it. */
void loop_free(struct loop *l);
struct event_base *loop_base(struct loop *l);

/* Until loop_stop(). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Off at first; NULL: out of memory. */
struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *arg);
/* Calls once, after so long (at once: 0); negative: off. */
void loop_timer_set(struct loop_timer *t, int64_t after_us);
void loop_timer_free(struct loop_timer *t);

#define LOOP_MAX_SIGNALS 4
bool
loop_on_signal(struct loop *l, int signal, loop_fn *fn, void *arg) MUSTCHECK;

#endif
