/*
 * From a name to a connected socket. The addresses of a name are tried one
 * after the other, each with its share of the time, so that a dead one does
 * not take it all.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "net/ssh_state.h"

/* Answers that come when nobody waits any more are met by this. */
struct connect_lookup {
	struct ssh_conn *conn; /* NULL: it has ended */
};

static void connect_next(struct ssh_conn *c);

static void
connect_close(struct ssh_conn *c)
{
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	c->readable = c->writable = NULL;
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

void
connect_clear(struct ssh_conn *c)
{
	connect_close(c);
	if (c->addrs != NULL)
		evutil_freeaddrinfo(c->addrs);
	c->addrs = c->addr = NULL;
	if (c->lookup != NULL)
		c->lookup->conn = NULL;
	c->lookup = NULL;
}

static void
connect_done(struct ssh_conn *c)
{
	int on = 1;

	event_free(c->writable);
	c->writable = NULL;
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (!queue_attach(c))
		conn_fail(c, SSH_INTERNAL, "out of memory");
	else
		conn_set_state(c, CONN_HANDSHAKE);
}

static void
connect_writable(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_conn *c = arg;
	socklen_t n = sizeof(c->error);

	(void)what;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &c->error, &n) != 0)
		c->error = errno;
	if (c->error == 0) {
		connect_done(c);
		return;
	}
	c->addr = c->addr->ai_next;
	connect_next(c);
}

static bool
connect_try(struct ssh_conn *c)
{
	const struct evutil_addrinfo *a = c->addr;

	c->fd = socket(a->ai_family, SOCK_STREAM, 0);
	if (c->fd < 0 || evutil_make_socket_nonblocking(c->fd) != 0 ||
	    evutil_make_socket_closeonexec(c->fd) != 0)
		return false;
	c->writable =
	    event_new(c->ssh->base, c->fd, EV_WRITE, connect_writable, c);
	if (c->writable == NULL) {
		errno = ENOMEM;
		return false;
	}
	if (connect(c->fd, a->ai_addr, (socklen_t)a->ai_addrlen) != 0 &&
	    errno != EINPROGRESS && errno != EINTR)
		return false;
	c->addr_us = ssh_now_us();
	return event_add(c->writable, NULL) == 0;
}

static void
connect_next(struct ssh_conn *c)
{
	connect_close(c);
	for (; c->addr != NULL; c->addr = c->addr->ai_next) {
		if (connect_try(c))
			return;
		c->error = errno;
		connect_close(c);
	}
	conn_fail(c, SSH_UNREACHABLE, "%s port %u: %s", c->target->address,
	    ssh_target_port(c->target), strerror(c->error));
}

/* Half of what is left, for all but the last address. */
void
connect_tick(struct ssh_conn *c, int64_t now_us)
{
	int64_t deadline = conn_deadline(c);

	if (c->addr == NULL || c->addr->ai_next == NULL ||
	    (deadline != INT64_MAX && now_us - c->addr_us < deadline - now_us))
		return;
	if (deadline == INT64_MAX && now_us - c->addr_us < 10 * US_PER_S)
		return;
	c->error = ETIMEDOUT;
	c->addr = c->addr->ai_next;
	connect_next(c);
}

static void
connect_found(struct ssh_conn *c, int error, struct evutil_addrinfo *addrs)
{
	if (error != 0) {
		conn_fail(c, SSH_UNREACHABLE, "%s: %s", c->target->address,
		    evutil_gai_strerror(error));
		return;
	}
	c->addr = c->addrs = addrs;
	conn_set_state(c, CONN_CONNECT);
	connect_next(c);
}

static void
connect_answer(int error, struct evutil_addrinfo *addrs, void *arg)
{
	struct connect_lookup *l = arg;
	struct ssh_conn *c = l->conn;

	free(l);
	if (c == NULL) {
		if (addrs != NULL)
			evutil_freeaddrinfo(addrs);
		return;
	}
	c->lookup = NULL;
	connect_found(c, error, addrs);
}

static struct evdns_base *
connect_dns(struct ssh *s)
{
	if (s->dns == NULL)
		s->dns = evdns_base_new(s->base,
		    EVDNS_BASE_INITIALIZE_NAMESERVERS |
			EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	return s->dns;
}

void
connect_start(struct ssh_conn *c)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
		.ai_flags = EVUTIL_AI_NUMERICHOST };
	struct evutil_addrinfo *addrs = NULL;
	const char *host = c->target->address;
	char port[8];

	(void)evutil_snprintf(
	    port, sizeof(port), "%u", ssh_target_port(c->target));
	conn_set_state(c, CONN_RESOLVE);
	if (evutil_getaddrinfo(host, port, &hints, &addrs) == 0) {
		connect_found(c, 0, addrs);
		return;
	}
	hints.ai_flags = EVUTIL_AI_ADDRCONFIG;
	if (connect_dns(c->ssh) == NULL) {
		conn_fail(c, SSH_UNREACHABLE,
		    "%s: no name server: cannot read resolv.conf", host);
		return;
	}
	c->lookup = calloc(1, sizeof(*c->lookup));
	if (c->lookup == NULL) {
		conn_fail(c, SSH_INTERNAL, "out of memory");
		return;
	}
	c->lookup->conn = c;
	/* May answer at once: c->lookup is then gone. */
	(void)evdns_getaddrinfo(
	    c->ssh->dns, host, port, &hints, connect_answer, c->lookup);
}
