/*
 * Names are looked up by libevent's resolver, so that the loop never waits for
 * one; addresses are tried in turn until one takes the message. All ends go
 * through sender_end(), which is never called before sender_send() returned.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include "base/buf.h"
#include "net/sender.h"

/* Outlives its message where nobody waits for the answer any more. */
struct sender_lookup {
	struct sender *sender; /* NULL: nobody */
};

struct sender {
	struct event_base *base;
	struct event *start, *limit; /* owned */
	struct evdns_base *dns;      /* owned; made when first needed */

	/* Of the message. */
	enum sender_way way;
	char *host; /* owned; NULL: none under way */
	unsigned port;
	struct buf bytes;
	struct sender_lookup *lookup;       /* under way; frees itself */
	struct evutil_addrinfo *addrs, *at; /* owned; the next to try */
	struct bufferevent *bev;            /* owned: of TCP */
	bool connected, ended;              /* our side is over */
	struct diag why;                    /* of the last address */
	sender_done_fn *done;
	void *arg;
};

static void
sender_clear(struct sender *s)
{
	(void)evtimer_del(s->start);
	(void)evtimer_del(s->limit);
	if (s->bev != NULL)
		bufferevent_free(s->bev);
	if (s->lookup != NULL)
		s->lookup->sender = NULL;
	if (s->addrs != NULL)
		evutil_freeaddrinfo(s->addrs);
	buf_clear(&s->bytes);
	free(s->host);
	s->bev = NULL;
	s->lookup = NULL;
	s->addrs = s->at = NULL;
	s->host = NULL;
	s->connected = s->ended = false;
	s->why = (struct diag)DIAG_INIT;
}

static void
sender_end(struct sender *s, const char *why)
{
	sender_done_fn *done = s->done;

	sender_clear(s);
	done(why, s->arg);
}

static void
sender_fail(struct sender *s, const char *why)
{
	struct diag d = DIAG_INIT;

	if (s->way == SENDER_UNIX)
		diag_set(&d, "%s: %s", s->host, why);
	else
		diag_set(&d, "%s port %u: %s", s->host, s->port, why);
	sender_end(s, d.text);
}

/* NULL, or why it was not sent. */
static const char *
sender_datagram(struct sender *s, int family, const void *addr, socklen_t n)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ssize_t sent = -1;
	int error;

	if (fd >= 0)
		sent = sendto(fd, s->bytes.p, s->bytes.n, MSG_NOSIGNAL,
		    (const struct sockaddr *)addr, n);
	error = errno;
	if (fd >= 0)
		(void)close(fd);
	return sent == (ssize_t)s->bytes.n ? NULL : strerror(error);
}

static void
sender_unix(struct sender *s)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *why;

	if (strlen(s->host) >= sizeof(sun.sun_path)) {
		sender_fail(s, "too long for the path of a socket");
		return;
	}
	memcpy(sun.sun_path, s->host, strlen(s->host));
	why = sender_datagram(s, AF_UNIX, &sun, sizeof(sun));
	if (why == NULL)
		sender_end(s, NULL);
	else
		sender_fail(s, why);
}

/* -- TCP -- */

static void sender_next(struct sender *s);

static void
sender_on_bytes(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);

	(void)arg;
	(void)evbuffer_drain(in, evbuffer_get_length(in));
}

static void
sender_on_written(struct bufferevent *bev, void *arg)
{
	struct sender *s = arg;

	if (!s->connected || s->ended ||
	    evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	s->ended = true;
	(void)shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void
sender_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct sender *s = arg;
	const char *why = evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR());

	if ((what & BEV_EVENT_CONNECTED) != 0) {
		s->connected = true;
		if (bufferevent_write(bev, s->bytes.p, s->bytes.n) != 0)
			sender_fail(s, "out of memory");
	} else if ((what & BEV_EVENT_EOF) != 0 && s->ended) {
		sender_end(s, NULL);
	} else if (s->connected) {
		sender_fail(s,
		    (what & BEV_EVENT_EOF) != 0 ? "closed before all was read"
						: why);
	} else {
		s->why = (struct diag)DIAG_INIT;
		diag_set(&s->why, "%s", why);
		bufferevent_free(s->bev);
		s->bev = NULL;
		sender_next(s);
	}
}

static bool
sender_connect(struct sender *s, const struct evutil_addrinfo *a)
{
	s->bev = bufferevent_socket_new(
	    s->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (s->bev == NULL)
		return false;
	bufferevent_setcb(
	    s->bev, sender_on_bytes, sender_on_written, sender_on_event, s);
	(void)bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	if (bufferevent_socket_connect(
		s->bev, a->ai_addr, (int)a->ai_addrlen) == 0)
		return true;
	bufferevent_free(s->bev);
	s->bev = NULL;
	return false;
}

/* -- addresses -- */

static void
sender_next(struct sender *s)
{
	const struct evutil_addrinfo *a;
	const char *why;

	while ((a = s->at) != NULL) {
		s->at = a->ai_next;
		if (s->way == SENDER_TCP) {
			if (sender_connect(s, a))
				return;
			why = strerror(errno);
		} else {
			why = sender_datagram(
			    s, a->ai_family, a->ai_addr, a->ai_addrlen);
			if (why == NULL) {
				sender_end(s, NULL);
				return;
			}
		}
		s->why = (struct diag)DIAG_INIT;
		diag_set(&s->why, "%s", why);
	}
	sender_fail(s, s->why.text);
}

static void
sender_found(int error, struct evutil_addrinfo *addrs, void *arg)
{
	struct sender_lookup *l = arg;
	struct sender *s = l->sender;

	free(l);
	if (s == NULL) {
		if (addrs != NULL)
			evutil_freeaddrinfo(addrs);
		return;
	}
	s->lookup = NULL;
	if (error != 0) {
		sender_fail(s, evutil_gai_strerror(error));
		return;
	}
	s->addrs = s->at = addrs;
	sender_next(s);
}

static void
sender_find(struct sender *s)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = s->way == SENDER_TCP ? SOCK_STREAM : SOCK_DGRAM,
		.ai_flags = EVUTIL_AI_NUMERICHOST };
	char port[8];

	(void)evutil_snprintf(port, sizeof(port), "%u", s->port % 65536);
	if (evutil_getaddrinfo(s->host, port, &hints, &s->addrs) == 0) {
		s->at = s->addrs;
		sender_next(s);
		return;
	}
	hints.ai_flags = EVUTIL_AI_ADDRCONFIG;
	if (s->dns == NULL)
		s->dns = evdns_base_new(s->base,
		    EVDNS_BASE_INITIALIZE_NAMESERVERS |
			EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	s->lookup = calloc(1, sizeof(*s->lookup));
	if (s->dns == NULL || s->lookup == NULL) {
		free(s->lookup);
		s->lookup = NULL;
		sender_fail(s, "no name server: cannot read resolv.conf");
		return;
	}
	s->lookup->sender = s;
	/* May answer at once: s->lookup is then gone. */
	(void)evdns_getaddrinfo(
	    s->dns, s->host, port, &hints, sender_found, s->lookup);
}

static void
sender_on_start(evutil_socket_t fd, short what, void *arg)
{
	struct sender *s = arg;

	(void)fd;
	(void)what;
	if (s->way == SENDER_UNIX)
		sender_unix(s);
	else
		sender_find(s);
}

static void
sender_on_limit(evutil_socket_t fd, short what, void *arg)
{
	struct sender *s = arg;

	(void)fd;
	(void)what;
	sender_fail(s,
	    s->ended ? "all was sent, but it does not close the connection"
		     : "timed out");
}

struct sender *
sender_new(struct loop *l, struct diag *d)
{
	struct sender *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->base = loop_base(l);
		s->start = evtimer_new(s->base, sender_on_start, s);
		s->limit = evtimer_new(s->base, sender_on_limit, s);
		if (s->start != NULL && s->limit != NULL)
			return s;
	}
	diag_set(d, "out of memory");
	sender_free(s);
	return NULL;
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	if (s->start != NULL && s->limit != NULL)
		sender_clear(s);
	if (s->start != NULL)
		event_free(s->start);
	if (s->limit != NULL)
		event_free(s->limit);
	/* Lookups under way answer, and free what they hold. */
	if (s->dns != NULL)
		evdns_base_free(s->dns, 1);
	free(s);
}

bool
sender_send(struct sender *s, const struct sender_to *to, struct span bytes,
    sender_done_fn *done, void *arg, struct diag *d)
{
	static const struct timeval at_once = { 0, 0 };
	static const struct timeval limit = { SENDER_TIMEOUT_S, 0 };

	INVARIANT(s->host == NULL);
	s->way = to->way;
	s->port = to->port;
	s->host = strdup(to->host);
	s->done = done;
	s->arg = arg;
	buf_add(&s->bytes, bytes.p, bytes.n);
	if (s->host != NULL && buf_ok(&s->bytes) &&
	    evtimer_add(s->start, &at_once) == 0 &&
	    evtimer_add(s->limit, &limit) == 0)
		return true;
	diag_set(d, "out of memory");
	sender_clear(s);
	return false;
}
