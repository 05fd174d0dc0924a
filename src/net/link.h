/*
 * A socket to another process of ours, on the loop: bytes both ways, as many
 * as it takes.
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "base/diag.h"
#include "base/span.h"

struct event_base;
struct link;

struct link_events {
	void (*on_data)(void *arg, struct span bytes);
	/* The other end is gone; nothing after it. */
	void (*on_end)(void *arg);
};

/* fd is the link's from now on, in any case. NULL with d set. */
struct link *link_open(struct event_base *base, int fd,
    const struct link_events *events, void *arg, struct diag *d);
void link_close(struct link *l);
/* False: out of memory. */
bool link_write(struct link *l, struct span bytes) MUSTCHECK;

#endif
