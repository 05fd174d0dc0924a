/*
 * One command on a connection, or one tunnel through it. Invariant: state
 * changes in channel_set_state() alone; the owner hears of the end once, and
 * nothing after it.
 */
#include <stdlib.h>
#include "net/ssh_state.h"

static void channel_timer(evutil_socket_t fd, short what, void *arg);

struct ssh_channel *
channel_new(enum channel_kind kind, struct event_base *base)
{
	struct ssh_channel *ch = calloc(1, sizeof(*ch));

	if (ch == NULL)
		return NULL;
	ch->kind = kind;
	ch->connect_us = ch->closing_us = INT64_MAX;
	ch->closed = kind == CHANNEL_TUNNEL;
	ch->write = evbuffer_new();
	ch->timer = evtimer_new(base, channel_timer, ch);
	if (ch->write == NULL || ch->timer == NULL) {
		channel_free(ch);
		return NULL;
	}
	return ch;
}

void
channel_free(struct ssh_channel *ch)
{
	if (ch == NULL)
		return;
	if (ch->write != NULL)
		evbuffer_free(ch->write);
	if (ch->timer != NULL)
		event_free(ch->timer);
	free(ch->command);
	buf_clear(&ch->errors);
	free(ch);
}

/* When something must be looked at next. */
static void
channel_arm(struct ssh_channel *ch)
{
	int64_t next = INT64_MAX, now = ssh_now_us();
	struct timeval tv;

	if (!ch->closed && ch->state < CHANNEL_RUN)
		next = ch->connect_us;
	if (!ch->closed && ch->pace.in_request)
		next = pace_next_us(&ch->pace);
	if (ch->closing_us < next)
		next = ch->closing_us;
	if (next == INT64_MAX) {
		(void)evtimer_del(ch->timer);
		return;
	}
	next = next > now ? next - now : 0;
	tv.tv_sec = (time_t)(next / US_PER_S);
	tv.tv_usec = (suseconds_t)(next % US_PER_S);
	(void)evtimer_add(ch->timer, &tv);
}

void
channel_set_state(struct ssh_channel *ch, enum channel_state state)
{
	/* Back to the beginning where it moves to a new connection. */
	INVARIANT(state > ch->state || state == CHANNEL_WAIT);
	ch->state = state;
	if (state == CHANNEL_CLOSING ||
	    (state == CHANNEL_DRAIN && !ch->pace.in_request))
		ch->closing_us = ssh_now_us() + SSH_CLOSING_US;
	if (state == CHANNEL_GONE) {
		ch->closing_us = INT64_MAX;
		ssh_sweep_soon(ch->conn->ssh);
	}
	channel_arm(ch);
	conn_wake(ch->conn);
}

void
channel_attach(struct ssh_channel *ch, struct ssh_conn *c)
{
	ch->conn = c;
	ch->reused = c->state == CONN_READY;
	c->idle_us = INT64_MAX;
	TAILQ_INSERT_TAIL(&c->channels, ch, link);
	channel_arm(ch);
	conn_wake(c);
}

/* Nobody listens any more: what is open is closed. */
static void
channel_leave(struct ssh_channel *ch)
{
	if (ch->state == CHANNEL_WAIT || ch->conn->state == CONN_DEAD)
		channel_set_state(ch, CHANNEL_GONE);
	else if (ch->state < CHANNEL_CLOSING)
		channel_set_state(ch, CHANNEL_CLOSING);
}

void
channel_drop(struct ssh_channel *ch)
{
	if (!ch->closed) {
		ch->closed = true;
		ch->conn->ssh->open--;
	}
	channel_leave(ch);
}

void
channel_end(struct ssh_channel *ch, enum ssh_end end, const char *text)
{
	if (ch->state == CHANNEL_GONE)
		return;
	if (ch->kind == CHANNEL_TUNNEL)
		bastion_ended(ch, end, text);
	if (!ch->closed) {
		ch->closed = true;
		ch->conn->ssh->open--;
		if (ch->events.on_end != NULL)
			ch->events.on_end(ch, end, text, ch->arg);
	}
	channel_leave(ch);
}

void
channel_lost(struct ssh_channel *ch, enum ssh_end end, const char *text)
{
	struct ssh_conn *other;

	/* A kept connection may be found dead only now: once more, anew. */
	if (ch->reused && !ch->closed && ch->state < CHANNEL_RUN &&
	    (end == SSH_CLOSED || end == SSH_TIMEOUT) &&
	    (other = ssh_conn_for(ch->conn->ssh, ch->conn->target)) != NULL) {
		TAILQ_REMOVE(&ch->conn->channels, ch, link);
		if (ch->conn->opening == ch)
			ch->conn->opening = NULL;
		ch->channel = NULL;
		channel_attach(ch, other);
		ch->reused = false;
		channel_set_state(ch, CHANNEL_WAIT);
		return;
	}
	channel_end(ch, end, text);
}

/* Who is to blame for a channel that was not ready in time. */
static void
channel_late(struct ssh_channel *ch)
{
	const struct ssh_conn *c = ch->conn;
	struct diag d = DIAG_INIT;
	enum ssh_end end = SSH_TIMEOUT;

	while (c->state == CONN_TUNNEL && c->tunnel != NULL &&
	    c->tunnel->conn->state != CONN_READY) {
		c = c->tunnel->conn;
		end = SSH_BASTION_FAILED;
	}
	diag_set(&d, "%s%s%stime-out after %u s while %s",
	    end == SSH_TIMEOUT ? "" : "bastion ",
	    end == SSH_TIMEOUT ? "" : ssh_target_name(c->target),
	    end == SSH_TIMEOUT ? "" : ": ", ch->pace.limits.connect_s,
	    conn_stage(c));
	channel_end(ch, end, d.text);
}

/* Only those that are being closed are left on it. */
static bool
channel_is_last(const struct ssh_channel *ch)
{
	const struct ssh_channel *o;

	TAILQ_FOREACH (o, &ch->conn->channels, link) {
		if (o->state < CHANNEL_CLOSING)
			return false;
	}
	return true;
}

static void
channel_closing_late(struct ssh_channel *ch, int64_t now)
{
	if (ch->state == CHANNEL_DRAIN) {
		channel_end(ch, SSH_CLOSED,
		    "the command ended its output but not itself");
	} else if (channel_is_last(ch)) {
		conn_fail(ch->conn, SSH_CLOSED, "does not close");
	} else {
		ch->conn->retired = true;
		ch->closing_us = now + SSH_CLOSING_US;
		channel_arm(ch);
	}
}

static void
channel_timer(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_channel *ch = arg;
	struct diag d = DIAG_INIT;
	int64_t now = ssh_now_us();

	(void)fd;
	(void)what;
	if (!ch->closed && ch->state < CHANNEL_RUN && now >= ch->connect_us)
		channel_late(ch);
	else if (!ch->closed && pace_is_late(&ch->pace, now, &d)) {
		/* The connection may be what is stuck. */
		ch->conn->retired = true;
		channel_end(ch, SSH_TIMEOUT, d.text);
	} else if (now >= ch->closing_us)
		channel_closing_late(ch, now);
	else
		channel_arm(ch);
}

void
ssh_request(struct ssh_channel *ch)
{
	pace_begin(&ch->pace, ssh_now_us());
	channel_arm(ch);
}

void
ssh_request_done(struct ssh_channel *ch)
{
	pace_end(&ch->pace);
	channel_arm(ch);
}

void
ssh_close(struct ssh_channel *ch)
{
	channel_drop(ch);
}

bool
ssh_write(struct ssh_channel *ch, struct span bytes)
{
	if (evbuffer_get_length(ch->write) + bytes.n > SSH_MAX_WRITE ||
	    evbuffer_add(ch->write, bytes.p, bytes.n) != 0)
		return false;
	conn_wake(ch->conn);
	return true;
}

void
ssh_write_end(struct ssh_channel *ch)
{
	ch->write_end = true;
	conn_wake(ch->conn);
}

/* Why a channel was not opened: by whom, in the words of libssh2. */
static void
channel_open_failed(struct ssh_channel *ch, int rc)
{
	const struct ssh_conn *c = ch->conn;
	const char *why = ssh_session_error(c);
	struct diag d = DIAG_INIT;

	if (rc != LIBSSH2_ERROR_CHANNEL_FAILURE) {
		conn_fail_session(ch->conn, "opening a channel", rc);
	} else if (ch->kind == CHANNEL_TUNNEL && ch->child != NULL &&
	    strstr(why, "connect failed") != NULL) {
		diag_set(&d, "%s port %u: bastion %s cannot connect to it",
		    ch->child->target->address,
		    ssh_target_port(ch->child->target),
		    ssh_target_name(c->target));
		conn_fail(ch->child, SSH_UNREACHABLE, "%s", d.text);
	} else if (ch->kind == CHANNEL_TUNNEL) {
		diag_set(&d, "does not forward: %s", why);
		channel_end(ch, SSH_PROTOCOL, d.text);
	} else {
		channel_end(ch, SSH_COMMAND_FAILED, why);
	}
}

/* One at a time: libssh2 keeps what it knows of it in the session. */
static void
channel_open(struct ssh_channel *ch)
{
	struct ssh_conn *c = ch->conn;
	const struct ssh_target *t;
	int rc;

	if (ch->kind == CHANNEL_TUNNEL && ch->open_host == NULL) {
		t = ch->child->target;
		ch->open_host = t->address;
		ch->open_port = (int)ssh_target_port(t);
	}
	ch->channel = ch->kind == CHANNEL_TUNNEL
	    ? libssh2_channel_direct_tcpip(
		  c->session, ch->open_host, ch->open_port)
	    : libssh2_channel_open_session(c->session);
	rc = libssh2_session_last_errno(c->session);
	if (ch->channel == NULL && rc == LIBSSH2_ERROR_EAGAIN)
		return;
	c->opening = NULL;
	conn_wake(c);
	if (ch->channel == NULL && ch->state == CHANNEL_CLOSING)
		channel_set_state(ch, CHANNEL_GONE);
	else if (ch->channel == NULL)
		channel_open_failed(ch, rc);
	else if (ch->state == CHANNEL_CLOSING)
		return;
	else if (ch->kind != CHANNEL_TUNNEL)
		channel_set_state(ch, CHANNEL_START);
	else {
		channel_set_state(ch, CHANNEL_RUN);
		conn_set_state(ch->child, CONN_HANDSHAKE);
	}
}

static void
channel_wait(struct ssh_channel *ch)
{
	struct ssh_conn *c = ch->conn;

	if (c->opening != NULL)
		return;
	c->opening = ch;
	c->opening_us = ssh_now_us();
	channel_set_state(ch, CHANNEL_OPEN);
}

static void
channel_start(struct ssh_channel *ch)
{
	static const char *const starts[] = {
		[SSH_EXEC] = "exec",
		[SSH_SUBSYSTEM] = "subsystem",
	};
	const char *start = starts[ch->start];
	int rc = libssh2_channel_process_startup(ch->channel, start,
	    (unsigned)strlen(start), ch->command,
	    (unsigned)strlen(ch->command));

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return;
	if (rc == 0) {
		channel_set_state(ch, CHANNEL_RUN);
		ssh_request(ch);
		if (ch->events.on_ready != NULL)
			ch->events.on_ready(ch, ch->arg);
	} else if (rc == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) {
		channel_end(ch, SSH_COMMAND_FAILED,
		    ch->start == SSH_EXEC
			? "the server does not start the command"
			: "the server does not have that subsystem");
	} else {
		conn_fail_session(ch->conn, "starting the command", rc);
	}
}

static void
channel_write(struct ssh_channel *ch)
{
	struct evbuffer *out = ch->conn->out;
	size_t n;
	ssize_t sent;

	while ((n = evbuffer_get_length(ch->write)) > 0 &&
	    evbuffer_get_length(out) < SSH_OUT_MAX) {
		n = n < 16384 ? n : 16384;
		sent = libssh2_channel_write(ch->channel,
		    (const char *)evbuffer_pullup(ch->write, (ev_ssize_t)n), n);
		if (sent <= 0)
			return; /* an error shows itself in reading */
		(void)evbuffer_drain(ch->write, (size_t)sent);
	}
	if (n == 0 && ch->write_end && !ch->write_ended) {
		ch->write_ended = true;
		(void)libssh2_channel_send_eof(ch->channel);
	}
}

/* True if the answer is still within its budget. */
static bool
channel_count(struct ssh_channel *ch, size_t n)
{
	struct diag d = DIAG_INIT;

	ch->conn->used_bytes += n;
	if (pace_count(&ch->pace, n, ssh_now_us(), &d))
		return true;
	channel_end(ch, SSH_OVER_BUDGET, d.text);
	return false;
}

static void
channel_read_errors(struct ssh_channel *ch)
{
	char *scratch = ch->conn->ssh->scratch;
	ssize_t n;

	while ((n = libssh2_channel_read_stderr(
		    ch->channel, scratch, SSH_SCRATCH)) > 0) {
		ssh_keep_errors(
		    &ch->errors, (struct span){ scratch, (size_t)n });
		if (!channel_count(ch, (size_t)n))
			return;
	}
}

static void
channel_read(struct ssh_channel *ch)
{
	char *scratch = ch->conn->ssh->scratch;
	size_t total = 0;
	ssize_t n = 0;

	while (ch->state == CHANNEL_RUN && total < SSH_TURN_MAX) {
		n = libssh2_channel_read(ch->channel, scratch, SSH_SCRATCH);
		if (n <= 0)
			break;
		total += (size_t)n;
		if (!channel_count(ch, (size_t)n))
			return;
		if (ch->events.on_data != NULL)
			ch->events.on_data(
			    ch, (struct span){ scratch, (size_t)n }, ch->arg);
	}
	if (ch->state != CHANNEL_RUN)
		return;
	ch->more = total >= SSH_TURN_MAX;
	if (ch->more) {
		conn_wake(ch->conn);
		return;
	}
	channel_read_errors(ch);
	if (ch->state != CHANNEL_RUN)
		return;
	if (libssh2_channel_eof(ch->channel) == 1)
		channel_set_state(ch, CHANNEL_DRAIN);
	else if (n < 0 && n != LIBSSH2_ERROR_EAGAIN)
		conn_fail_session(ch->conn, "reading the answer", (int)n);
}

static void
channel_drain(struct ssh_channel *ch)
{
	struct diag what = DIAG_INIT, d = DIAG_INIT;
	char *signal = NULL;
	int status, rc = libssh2_channel_wait_closed(ch->channel);

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return;
	if (rc != 0) {
		conn_fail_session(
		    ch->conn, "waiting for the end of the command", rc);
		return;
	}
	(void)libssh2_channel_get_exit_signal(
	    ch->channel, &signal, NULL, NULL, NULL, NULL, NULL);
	status = libssh2_channel_get_exit_status(ch->channel);
	if (signal != NULL) {
		diag_set(&what, "the command was ended by SIG%s", signal);
		ssh_say_errors(&ch->errors, what.text, &d);
		libssh2_free(ch->conn->session, signal);
		channel_end(ch, SSH_CLOSED, d.text);
	} else if (status != 0) {
		diag_set(&what, "the command ended with status %d", status);
		ssh_say_errors(&ch->errors, what.text, &d);
		channel_end(ch, SSH_COMMAND_FAILED, d.text);
	} else {
		channel_end(ch, SSH_DONE, "");
	}
}

static void
channel_closing(struct ssh_channel *ch)
{
	if (ch->conn->opening == ch)
		channel_open(ch);
	if (ch->channel != NULL &&
	    libssh2_channel_free(ch->channel) != LIBSSH2_ERROR_EAGAIN) {
		ch->channel = NULL;
		channel_set_state(ch, CHANNEL_GONE);
	}
}

void
channel_step(struct ssh_channel *ch)
{
	if (ch->state == CHANNEL_WAIT)
		channel_wait(ch);
	if (ch->state == CHANNEL_OPEN)
		channel_open(ch);
	if (ch->state == CHANNEL_START)
		channel_start(ch);
	if (ch->state == CHANNEL_RUN && ch->kind == CHANNEL_TUNNEL)
		bastion_pump(ch);
	else if (ch->state == CHANNEL_RUN) {
		channel_write(ch);
		channel_read(ch);
	}
	if (ch->state == CHANNEL_DRAIN)
		channel_drain(ch);
	if (ch->state == CHANNEL_CLOSING)
		channel_closing(ch);
}
