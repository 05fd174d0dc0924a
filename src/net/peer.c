/*
 * A row for each way. What is under a peer outlives it or ends with it; after
 * a call of the owner nothing of the peer is touched, since it may be freed.
 */
#include <stdlib.h>
#include "net/child.h"
#include "net/peer.h"

struct peer_way {
	bool (*open)(
	    struct peer *p, struct ssh *s, const struct peer_target *t);
	void (*close)(struct peer *p);
	bool (*write)(struct peer *p, struct span bytes);
	void (*request)(struct peer *p);
	void (*request_done)(struct peer *p);
};

struct peer {
	const struct peer_way *way;
	union {
		struct ssh_channel *channel;
		struct child *child;
	} u;
	struct peer_events events;
	void *arg;
};

static void
peer_ready(struct peer *p)
{
	if (p->events.on_ready != NULL)
		p->events.on_ready(p->arg);
}

static void
peer_data(struct peer *p, struct span bytes)
{
	if (p->events.on_data != NULL)
		p->events.on_data(p->arg, bytes);
}

static void
peer_end(struct peer *p, enum ssh_end end, const char *text)
{
	struct peer_events events = p->events;
	void *arg = p->arg;

	free(p);
	if (events.on_end != NULL)
		events.on_end(arg, end, text);
}

static void
peer_ssh_ready(struct ssh_channel *ch, void *arg)
{
	(void)ch;
	peer_ready(arg);
}

static void
peer_ssh_data(struct ssh_channel *ch, struct span bytes, void *arg)
{
	(void)ch;
	peer_data(arg, bytes);
}

static void
peer_ssh_end(
    struct ssh_channel *ch, enum ssh_end end, const char *text, void *arg)
{
	(void)ch;
	peer_end(arg, end, text);
}

static bool
peer_ssh_open(struct peer *p, struct ssh *s, const struct peer_target *t)
{
	static const struct ssh_events events = { peer_ssh_ready, peer_ssh_data,
		peer_ssh_end };

	p->u.channel =
	    ssh_open(s, t->ssh, &t->limits, t->start, t->command, &events, p);
	return p->u.channel != NULL;
}

static void
peer_ssh_close(struct peer *p)
{
	ssh_close(p->u.channel);
}

static bool
peer_ssh_write(struct peer *p, struct span bytes)
{
	return ssh_write(p->u.channel, bytes);
}

static void
peer_ssh_request(struct peer *p)
{
	ssh_request(p->u.channel);
}

static void
peer_ssh_request_done(struct peer *p)
{
	ssh_request_done(p->u.channel);
}

static const struct peer_way peer_ssh = { peer_ssh_open, peer_ssh_close,
	peer_ssh_write, peer_ssh_request, peer_ssh_request_done };

static void
peer_child_ready(struct child *c, void *arg)
{
	(void)c;
	peer_ready(arg);
}

static void
peer_child_data(struct child *c, struct span bytes, void *arg)
{
	(void)c;
	peer_data(arg, bytes);
}

static void
peer_child_end(struct child *c, enum ssh_end end, const char *text, void *arg)
{
	(void)c;
	peer_end(arg, end, text);
}

static bool
peer_child_open(struct peer *p, struct ssh *s, const struct peer_target *t)
{
	static const struct child_events events = { peer_child_ready,
		peer_child_data, peer_child_end };

	p->u.child = child_open(s, t->argv, &t->limits, &events, p);
	return p->u.child != NULL;
}

static void
peer_child_close(struct peer *p)
{
	child_close(p->u.child);
}

static bool
peer_child_write(struct peer *p, struct span bytes)
{
	return child_write(p->u.child, bytes);
}

static void
peer_child_request(struct peer *p)
{
	child_request(p->u.child);
}

static void
peer_child_request_done(struct peer *p)
{
	child_request_done(p->u.child);
}

static const struct peer_way peer_child = { peer_child_open, peer_child_close,
	peer_child_write, peer_child_request, peer_child_request_done };

struct peer *
peer_open(struct ssh *s, const struct peer_target *t,
    const struct peer_events *events, void *arg)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->way = t->ssh != NULL ? &peer_ssh : &peer_child;
	p->events = *events;
	p->arg = arg;
	if (p->way->open(p, s, t))
		return p;
	free(p);
	return NULL;
}

void
peer_close(struct peer *p)
{
	p->way->close(p);
	free(p);
}

bool
peer_write(struct peer *p, struct span bytes)
{
	return p->way->write(p, bytes);
}

void
peer_request(struct peer *p)
{
	p->way->request(p);
}

void
peer_request_done(struct peer *p)
{
	p->way->request_done(p);
}
