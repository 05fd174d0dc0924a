/*
 * The exchange decides what is sent; a peer for each sensor carries it. The
 * end is told as the last thing in a callback of a peer, after which nothing
 * of the ask is touched: it may have been freed.
 */
#include <stdio.h>
#include <stdlib.h>
#include "collect/exchange.h"
#include "pipeline/ask.h"
#include "sys/when.h"

struct ask_end {
	struct ask *all;
	size_t i;
	struct peer *peer; /* NULL: closed */
	int64_t asked_us;  /* 0: no answer is due */
	int64_t waited_us;
};

struct ask {
	size_t n;
	struct collect *collect;   /* owned */
	struct exchange *exchange; /* owned */
	ask_done_fn *done;
	void *arg;
	struct ask_end end[RESULT_MAX_SENSORS];
};

static bool
ask_send(void *arg, size_t i, struct span bytes)
{
	struct ask *a = arg;

	if (a->end[i].peer == NULL)
		return false;
	if (a->end[i].asked_us == 0)
		a->end[i].asked_us = when_now_us();
	peer_request(a->end[i].peer);
	return peer_write(a->end[i].peer, bytes);
}

static void
ask_answered(struct ask_end *e)
{
	if (e->asked_us != 0)
		e->waited_us += when_now_us() - e->asked_us;
	e->asked_us = 0;
}

static void
ask_hang_up(void *arg, size_t i)
{
	struct ask *a = arg;

	if (a->end[i].peer != NULL)
		peer_close(a->end[i].peer);
	a->end[i].peer = NULL;
}

/* May free it. */
static void
ask_look(struct ask *a)
{
	ask_done_fn *done = a->done;

	if (!collect_is_done(a->collect) && !collect_is_broken(a->collect))
		return;
	a->done = NULL;
	if (done != NULL)
		done(a, a->arg);
}

static void
ask_on_data(void *arg, struct span bytes)
{
	struct ask_end *e = arg;

	exchange_feed(e->all->exchange, e->i, bytes);
	if (e->peer != NULL && !exchange_waits_for(e->all->exchange, e->i)) {
		peer_request_done(e->peer);
		ask_answered(e);
	}
	ask_look(e->all);
}

static void
ask_on_end(void *arg, enum ssh_end end, const char *text)
{
	struct ask_end *e = arg;
	char why[512];

	e->peer = NULL;
	ask_answered(e);
	(void)snprintf(why, sizeof(why), "%s: %s",
	    end == SSH_DONE ? "closed" : ssh_end_name(end), text);
	exchange_lost(e->all->exchange, e->i, why);
	ask_look(e->all);
}

static bool
ask_open(
    struct ask *a, struct ssh *ssh, const struct remote_target *const targets[])
{
	static const struct peer_events events = { .on_data = ask_on_data,
		.on_end = ask_on_end };
	size_t i;

	for (i = 0; i < a->n; i++) {
		struct ask_end *e = &a->end[i];
		const struct peer_target t = remote_target_peer(targets[i]);

		e->all = a;
		e->i = i;
		e->peer = peer_open(ssh, &t, &events, e);
		if (e->peer == NULL)
			return false;
	}
	return true;
}

struct ask *
ask_start(struct ssh *ssh, const struct collect_options *co,
    const struct remote_target *const targets[], ask_done_fn *done, void *arg,
    struct diag *d)
{
	struct ask *a = calloc(1, sizeof(*a));
	const struct exchange_carrier carrier = { ask_send, ask_hang_up, a };

	if (a != NULL) {
		a->n = co->nsensors;
		a->done = done;
		a->arg = arg;
		a->collect = collect_new(co);
	}
	if (a != NULL && a->collect != NULL)
		a->exchange = exchange_new(a->collect, a->n, &carrier);
	if (a == NULL || a->exchange == NULL || !ask_open(a, ssh, targets)) {
		diag_set(d, "out of memory");
		ask_free(a);
		return NULL;
	}
	exchange_start(a->exchange);
	if (!collect_is_done(a->collect))
		return a;
	diag_set(d, "no sensor can be asked");
	ask_free(a);
	return NULL;
}

void
ask_free(struct ask *a)
{
	size_t i;

	if (a == NULL)
		return;
	for (i = 0; i < a->n; i++)
		ask_hang_up(a, i);
	exchange_free(a->exchange);
	collect_free(a->collect);
	free(a);
}

struct collect *
ask_answers(struct ask *a, struct diag *d)
{
	if (!collect_is_broken(a->collect))
		return a->collect;
	diag_set(d, "out of memory");
	return NULL;
}

struct ask_cost
ask_cost(const struct ask *a, size_t i)
{
	struct ask_cost cost = { .waited_us = a->end[i].waited_us };

	exchange_bytes(a->exchange, i, &cost.sent, &cost.received);
	return cost;
}
