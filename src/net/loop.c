#include <stdlib.h>
#include <event2/event.h>
#include "net/loop.h"

struct loop_signal {
	struct event *event; /* owned */
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct event_base *base; /* owned */
	struct loop_signal signal[LOOP_MAX_SIGNALS];
	size_t nsignals;
};

struct loop_timer {
	struct event *event; /* owned */
	loop_fn *fn;
	void *arg;
};

struct loop *
loop_new(struct diag *d)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l != NULL)
		l->base = event_base_new();
	if (l != NULL && l->base != NULL)
		return l;
	diag_set(d, "no event loop: out of memory or descriptors");
	free(l);
	return NULL;
}

void
loop_free(struct loop *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->nsignals; i++)
		event_free(l->signal[i].event);
	event_base_free(l->base);
	free(l);
}

struct event_base *
loop_base(struct loop *l)
{
	return l->base;
}

void
loop_run(struct loop *l)
{
	(void)event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void
loop_stop(struct loop *l)
{
	(void)event_base_loopbreak(l->base);
}

static void
loop_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg);
}

struct loop_timer *
loop_timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->fn = fn;
	t->arg = arg;
	t->event = evtimer_new(l->base, loop_on_timer, t);
	if (t->event != NULL)
		return t;
	free(t);
	return NULL;
}

void
loop_timer_set(struct loop_timer *t, int64_t after_us)
{
	struct timeval tv = { .tv_sec = (time_t)(after_us / US_PER_S),
		.tv_usec = (suseconds_t)(after_us % US_PER_S) };

	if (after_us < 0)
		(void)evtimer_del(t->event);
	else
		(void)evtimer_add(t->event, &tv);
}

void
loop_timer_free(struct loop_timer *t)
{
	if (t == NULL)
		return;
	event_free(t->event);
	free(t);
}

static void
loop_signalled(evutil_socket_t fd, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)fd;
	(void)what;
	s->fn(s->arg);
}

bool
loop_on_signal(struct loop *l, int signal, loop_fn *fn, void *arg)
{
	struct loop_signal *s = &l->signal[l->nsignals];

	INVARIANT(l->nsignals < LOOP_MAX_SIGNALS);
	s->fn = fn;
	s->arg = arg;
	s->event = evsignal_new(l->base, signal, loop_signalled, s);
	if (s->event == NULL)
		return false;
	l->nsignals++;
	return evsignal_add(s->event, NULL) == 0;
}
