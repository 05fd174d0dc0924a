/*
 * The other end of a conversation: a program elsewhere over ssh, or a child
 * process here. Who asks need not know which.
 */
#ifndef NET_PEER_H
#define NET_PEER_H

#include "net/ssh.h"

struct peer;

/* All is borrowed; what ssh points to must outlive the struct ssh. */
struct peer_target {
	const struct ssh_target *ssh; /* NULL: here */
	enum ssh_start start;
	const char *command;     /* there: as for ssh_open() */
	const char *const *argv; /* here: as for child_open() */
	struct ssh_limits limits;
};

/* As those of struct ssh_events; each may be NULL. */
struct peer_events {
	void (*on_ready)(void *arg);
	void (*on_data)(void *arg, struct span bytes);
	/* The last call: the peer is no more when it returns. */
	void (*on_end)(void *arg, enum ssh_end end, const char *text);
};

/* Never calls back before it has returned. NULL if out of memory. */
struct peer *peer_open(struct ssh *s, const struct peer_target *t,
    const struct peer_events *events, void *arg);
/* Without a call of on_end; p is no more. */
void peer_close(struct peer *p);

/* As ssh_write(), ssh_request() and ssh_request_done(). */
bool peer_write(struct peer *p, struct span bytes) MUSTCHECK;
void peer_request(struct peer *p);
void peer_request_done(struct peer *p);

#endif
