/*
 * One message one way, on the loop: as a datagram over UDP or to a socket of
 * this host, or over a TCP connection of its own. A datagram counts as sent
 * when the system has taken it; over TCP when the other side has closed the
 * connection after ours was, and so has read all.
 */
#ifndef NET_SENDER_H
#define NET_SENDER_H

#include "base/diag.h"
#include "base/span.h"
#include "net/loop.h"

#define SENDER_TIMEOUT_S 10

enum sender_way {
	SENDER_UDP,
	SENDER_TCP,
	SENDER_UNIX
};

struct sender_to {
	enum sender_way way;
	const char *host; /* or the path of a socket; borrowed, as texts are */
	unsigned port;
};

struct sender;

/* NULL with d set. */
struct sender *sender_new(struct loop *l, struct diag *d);
/* Breaks off what is under way, without a call of done. */
void sender_free(struct sender *s);

/* Called once; why NULL: it is sent. May begin the next, but not free s. */
typedef void sender_done_fn(const char *why, void *arg);

/* One at a time. Never calls done before it has returned; bytes are copied.
 * False with d set: out of memory. */
bool
sender_send(struct sender *s, const struct sender_to *to, struct span bytes,
    sender_done_fn *done, void *arg, struct diag *d) MUSTCHECK;

#endif
