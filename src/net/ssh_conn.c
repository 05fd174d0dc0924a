/*
 * One connection: its states, and how each goes on. Invariant: state changes
 * in conn_set_state() alone, and whatever ends a connection goes through
 * conn_fail(), which tells every channel on it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/ssh_state.h"

static const char *const conn_stages[] = {
	[CONN_START] = "starting",
	[CONN_RESOLVE] = "looking up its name",
	[CONN_CONNECT] = "connecting",
	[CONN_TUNNEL] = "connecting from its bastion",
	[CONN_HANDSHAKE] = "exchanging keys",
	[CONN_AUTH] = "authenticating",
	[CONN_READY] = "starting the command",
	[CONN_DEAD] = "closing",
};

const char *
conn_stage(const struct ssh_conn *c)
{
	if (c->state == CONN_HANDSHAKE && !c->banner_seen)
		return "waiting for its first words";
	return conn_stages[c->state];
}

void
conn_set_state(struct ssh_conn *c, enum conn_state state)
{
	INVARIANT(c->state != CONN_DEAD && state > c->state);
	c->state = state;
	c->state_us = ssh_now_us();
	conn_wake(c);
}

void
conn_wake(struct ssh_conn *c)
{
	if (c->state != CONN_DEAD)
		event_active(c->step, EV_TIMEOUT, 0);
}

const char *
ssh_session_error(const struct ssh_conn *c)
{
	char *text = NULL;

	if (c->session == NULL ||
	    libssh2_session_last_error(c->session, &text, NULL, 0) == 0 ||
	    text == NULL)
		return "unknown error";
	return text;
}

void
conn_fail(struct ssh_conn *c, enum ssh_end end, const char *fmt, ...)
{
	struct ssh_channel *ch, *next;
	struct diag d = DIAG_INIT;
	va_list ap;

	if (c->state == CONN_DEAD)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(d.text, sizeof(d.text), fmt, ap);
	va_end(ap);
	if (c->state == CONN_READY && !c->eof) {
		(void)libssh2_session_disconnect(c->session, "closed");
		queue_flush(c);
	}
	conn_set_state(c, CONN_DEAD);
	c->eof = true;
	for (ch = TAILQ_FIRST(&c->channels); ch != NULL; ch = next) {
		next = TAILQ_NEXT(ch, link);
		channel_lost(ch, end, d.text);
	}
	bastion_detach(c);
	connect_clear(c);
	ssh_sweep_soon(c->ssh);
}

/* What it means that libssh2 returned an error. */
static enum ssh_end
conn_end_of(const struct ssh_conn *c, int rc)
{
	switch (rc) {
	case LIBSSH2_ERROR_ALLOC:
		return SSH_INTERNAL;
	case LIBSSH2_ERROR_SOCKET_DISCONNECT:
	case LIBSSH2_ERROR_SOCKET_SEND:
	case LIBSSH2_ERROR_SOCKET_RECV:
	case LIBSSH2_ERROR_BANNER_RECV:
		return c->state == CONN_READY ? SSH_CLOSED : SSH_PROTOCOL;
	default:
		return SSH_PROTOCOL;
	}
}

void
conn_fail_session(struct ssh_conn *c, const char *what, int rc)
{
	if (c->eof)
		conn_fail(
		    c, SSH_CLOSED, "the connection was closed while %s", what);
	else
		conn_fail(c, conn_end_of(c, rc), "%s: %s", what,
		    ssh_session_error(c));
}

static void
conn_handshake(struct ssh_conn *c)
{
	int rc;

	if (c->session == NULL) {
		c->session = libssh2_session_init_ex(NULL, NULL, NULL, c);
		if (c->session == NULL) {
			conn_fail(c, SSH_INTERNAL, "out of memory");
			return;
		}
		libssh2_session_set_blocking(c->session, 0);
		queue_callbacks(c);
		if (!hostkey_prefer(c))
			return;
	}
	/* A socket that libssh2 only asks whether it blocks. */
	rc = libssh2_session_handshake(c->session, conn_root_fd(c));
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return;
	if (rc != 0)
		conn_fail_session(c, "exchanging keys", rc);
	else if (hostkey_check(c))
		conn_set_state(c, CONN_AUTH);
}

static void
conn_channels(struct ssh_conn *c)
{
	struct ssh_channel *ch, *next;
	bool more = false;

	for (ch = TAILQ_FIRST(&c->channels); ch != NULL; ch = next) {
		next = TAILQ_NEXT(ch, link);
		channel_step(ch);
		if (c->state == CONN_DEAD)
			return;
		more |= ch->more && ch->state == CHANNEL_RUN;
	}
	if (c->eof && !more && evbuffer_get_length(c->in) == 0)
		conn_fail(c, SSH_CLOSED, "the connection was closed");
}

static void
conn_step(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_conn *c = arg;

	(void)fd;
	(void)what;
	switch (c->state) {
	case CONN_START:
		if (c->target->bastion != NULL) {
			conn_set_state(c, CONN_TUNNEL);
			(void)bastion_start(c);
		} else {
			connect_start(c);
		}
		break;
	case CONN_HANDSHAKE:
		conn_handshake(c);
		break;
	case CONN_AUTH:
		auth_step(c);
		break;
	case CONN_READY:
		conn_channels(c);
		break;
	case CONN_RESOLVE:
	case CONN_CONNECT:
	case CONN_TUNNEL:
	case CONN_DEAD:
		break;
	}
	if (c->state == CONN_DEAD)
		return;
	if (c->state != CONN_READY && c->in_bytes > SSH_HANDSHAKE_MAX) {
		conn_fail(c, SSH_PROTOCOL,
		    "sent over %u bytes before it let us in",
		    SSH_HANDSHAKE_MAX);
		return;
	}
	if (c->in_bytes > 2 * c->used_bytes + SSH_STRAY_MAX) {
		conn_fail(
		    c, SSH_PROTOCOL, "sends bytes that belong to no command");
		return;
	}
	queue_flush(c);
	queue_resume(c);
}

/* Commands that wait behind a tunnel that does not open go elsewhere. */
static void
conn_unstick(struct ssh_conn *c)
{
	struct ssh_channel *ch, *next;
	struct ssh_conn *other = NULL;

	for (ch = TAILQ_FIRST(&c->channels); ch != NULL; ch = next) {
		next = TAILQ_NEXT(ch, link);
		if (ch->state != CHANNEL_WAIT)
			continue;
		c->retired = true;
		if (other == NULL)
			other = ssh_conn_for(c->ssh, c->target);
		if (other == NULL)
			return;
		TAILQ_REMOVE(&c->channels, ch, link);
		channel_attach(ch, other);
	}
}

static void
conn_tick_ready(struct ssh_conn *c, int64_t now)
{
	int next;

	if (c->opening != NULL && now - c->opening_us > SSH_STUCK_US)
		conn_unstick(c);
	if (c->idle_us != INT64_MAX && now - c->idle_us > SSH_LINGER_US) {
		conn_fail(c, SSH_CLOSED, "no longer wanted");
		return;
	}
	if (now - c->in_us > 2 * SSH_KEEPALIVE_S * US_PER_S) {
		conn_fail(c, SSH_TIMEOUT,
		    "time-out: no answer to keep-alives for %d s",
		    2 * SSH_KEEPALIVE_S);
		return;
	}
	if (now - c->in_us > SSH_KEEPALIVE_S * US_PER_S) {
		(void)libssh2_keepalive_send(c->session, &next);
		queue_flush(c);
	}
}

/* Once a second. */
static void
conn_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_conn *c = arg;
	int64_t now = ssh_now_us();

	(void)fd;
	(void)what;
	/* The loop does not run while its caller is busy elsewhere. */
	if (now - c->tick_us > 5 * US_PER_S)
		c->in_us = now;
	c->tick_us = now;
	if (c->state == CONN_CONNECT)
		connect_tick(c, now);
	else if (c->state == CONN_READY)
		conn_tick_ready(c, now);
}

struct ssh_conn *
conn_new(struct ssh *s, const struct ssh_target *t)
{
	static const struct timeval second = { 1, 0 };
	struct ssh_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	TAILQ_INIT(&c->channels);
	c->ssh = s;
	c->target = t;
	c->fd = c->auth.agent.fd = -1;
	c->in_us = c->state_us = c->tick_us = ssh_now_us();
	c->idle_us = INT64_MAX;
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	c->step = event_new(s->base, -1, 0, conn_step, c);
	c->tick = event_new(s->base, -1, EV_PERSIST, conn_tick, c);
	if (c->in == NULL || c->out == NULL || c->step == NULL ||
	    c->tick == NULL || event_add(c->tick, &second) != 0) {
		conn_free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->connections++;
	conn_wake(c);
	return c;
}

/* The channels are gone, and it is in no list. */
void
conn_free(struct ssh_conn *c)
{
	unsigned tries = 0;

	INVARIANT(TAILQ_EMPTY(&c->channels));
	c->eof = true;
	if (c->in != NULL)
		(void)evbuffer_drain(c->in, evbuffer_get_length(c->in));
	auth_clear(c);
	/* With nothing to come it has no reason to wait for long. */
	while (c->session != NULL && tries++ < 100 &&
	    libssh2_session_free(c->session) == LIBSSH2_ERROR_EAGAIN)
		continue;
	connect_clear(c);
	if (c->step != NULL)
		event_free(c->step);
	if (c->tick != NULL)
		event_free(c->tick);
	if (c->in != NULL)
		evbuffer_free(c->in);
	if (c->out != NULL)
		evbuffer_free(c->out);
	free(c);
}

int
conn_root_fd(const struct ssh_conn *c)
{
	while (c->tunnel != NULL)
		c = c->tunnel->conn;
	return c->fd;
}

int64_t
conn_deadline(const struct ssh_conn *c)
{
	const struct ssh_channel *ch;
	int64_t latest = INT64_MIN;

	TAILQ_FOREACH (ch, &c->channels, link) {
		int64_t us = ch->kind == CHANNEL_TUNNEL && ch->child != NULL
		    ? conn_deadline(ch->child)
		    : ch->connect_us;

		latest = us > latest ? us : latest;
	}
	return latest;
}
