/*
 * A process that may start no program has another do it: that one knows a list
 * of commands and is told a number of it, nothing else. What the program says
 * goes to who asked, over the descriptors that come with the answer. One
 * question at a time, on a socket of packets:
 *
 *   question  1 byte: 's' start, 'g' is it gone, 'k' kill it; 4 bytes, highest
 *             first: the number of the command; of the others, the process
 *   answer    4 bytes: 0, or errno; 4 bytes: the process; for 'g', its status
 *             ('g' of one that runs is EAGAIN)
 */
#ifndef NET_STARTER_H
#define NET_STARTER_H

#include "base/diag.h"
#include "net/spawn.h"

#define STARTER_MAX 1024 /* processes at a time */

struct event_base;
struct ssh;

/* -- who starts -- */
struct starter;
/* NULL: there is no such command. */
typedef const char *const *starter_argv_fn(void *arg, uint32_t number);

/* *theirs is the asking process's end, and the caller's. NULL with d set. */
struct starter *starter_new(struct event_base *base, starter_argv_fn *argv,
    void *arg, int *theirs, struct diag *d);
/* Kills what still runs, and waits for it. */
void starter_free(struct starter *s);

/* -- who asks -- */
/* False: it is none of the list. */
typedef bool
starter_number_fn(void *arg, const char *const argv[], uint32_t *number);

/* Local children of s are started by the other end of fd from now on. All is
 * borrowed for as long as s lives. */
struct starter_asks {
	int fd;
	starter_number_fn *number;
	void *arg;
};
void starter_ask(struct ssh *s, struct starter_asks *asks);

#endif
