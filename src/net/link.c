#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "net/link.h"
#include "net/ssh_state.h"

struct link {
	int fd;                            /* owned */
	struct event *readable, *writable; /* owned */
	struct evbuffer *write;            /* owned */
	struct link_events events;
	void *arg;
	char scratch[SSH_SCRATCH];
};

static void
link_end(struct link *l)
{
	(void)event_del(l->readable);
	(void)event_del(l->writable);
	l->events.on_end(l->arg);
}

static void
link_readable(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	ssize_t n = read(fd, l->scratch, sizeof(l->scratch));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		link_end(l);
	else
		l->events.on_data(
		    l->arg, (struct span){ l->scratch, (size_t)n });
}

/* An error shows itself in reading. */
static void
link_flush(struct link *l)
{
	ssize_t n = evbuffer_get_length(l->write) == 0
	    ? 0
	    : queue_write(l->write, l->fd);

	if (evbuffer_get_length(l->write) > 0 && (n >= 0 || errno == EAGAIN))
		(void)event_add(l->writable, NULL);
}

static void
link_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_flush(arg);
}

struct link *
link_open(struct event_base *base, int fd, const struct link_events *events,
    void *arg, struct diag *d)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		(void)close(fd);
		diag_set(d, "out of memory");
		return NULL;
	}
	l->fd = fd;
	l->events = *events;
	l->arg = arg;
	l->write = evbuffer_new();
	l->readable =
	    event_new(base, fd, EV_READ | EV_PERSIST, link_readable, l);
	l->writable = event_new(base, fd, EV_WRITE, link_writable, l);
	if (l->write != NULL && l->readable != NULL && l->writable != NULL &&
	    evutil_make_socket_nonblocking(fd) == 0 &&
	    event_add(l->readable, NULL) == 0)
		return l;
	diag_set(d, "out of memory");
	link_close(l);
	return NULL;
}

void
link_close(struct link *l)
{
	if (l == NULL)
		return;
	if (l->readable != NULL)
		event_free(l->readable);
	if (l->writable != NULL)
		event_free(l->writable);
	if (l->write != NULL)
		evbuffer_free(l->write);
	(void)close(l->fd);
	free(l);
}

bool
link_write(struct link *l, struct span bytes)
{
	if (evbuffer_add(l->write, bytes.p, bytes.n) != 0)
		return false;
	link_flush(l);
	return true;
}
