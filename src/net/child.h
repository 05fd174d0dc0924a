/*
 * A program here, started as a child process with a socket for its standard
 * input and output: what ssh_open() is for one elsewhere, on the same loop and
 * with the same ends. No shell; the child ends when its socket is closed, is
 * killed if it does not, and is always waited for.
 */
#ifndef NET_CHILD_H
#define NET_CHILD_H

#include "net/spawn.h"
#include "net/ssh.h"

#define CHILD_MAX_ARGS 96

struct child;

/* As those of struct ssh_events. */
struct child_events {
	void (*on_ready)(struct child *c, void *arg);
	void (*on_data)(struct child *c, struct span bytes, void *arg);
	void (*on_end)(
	    struct child *c, enum ssh_end end, const char *text, void *arg);
};

/*
 * argv ends with a NULL; a first word without a slash is looked for in PATH.
 * limits are copied; connect_s means nothing. Never calls back before it has
 * returned: that a program cannot be started is told by on_end. NULL if out of
 * memory.
 */
struct child *child_open(struct ssh *s, const char *const argv[],
    const struct ssh_limits *limits, const struct child_events *events,
    void *arg);
/* The same, of a program that is given a descriptor more. */
struct child *child_open_program(struct ssh *s,
    const struct spawn_program *program, const struct ssh_limits *limits,
    const struct child_events *events, void *arg);
/* So many bytes may wait to be written, instead of SSH_MAX_WRITE. */
void child_allow(struct child *c, size_t max_write);
/* Without a call of on_end; c is no more. */
void child_close(struct child *c);

/* As ssh_write(), ssh_write_end(), ssh_request() and ssh_request_done(). */
bool child_write(struct child *c, struct span bytes) MUSTCHECK;
void child_write_end(struct child *c);
void child_request(struct child *c);
void child_request_done(struct child *c);

#endif
