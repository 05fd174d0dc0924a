/*
 * Moves bytes between a socket and the queues of a connection, and between
 * the queues and libssh2. A full incoming queue stops the reading, so that a
 * peer that sends without end is slowed down and not stored.
 */
#include <sys/socket.h>
#include <sys/uio.h>
#include <errno.h>
#include <stdio.h>
#include "net/ssh_state.h"

/* Shows the beginning of what is no ssh banner, in printable bytes. */
static void
queue_bad_banner(struct ssh_conn *c, const char *fault)
{
	char text[80];
	ssize_t n = evbuffer_copyout(c->in, text, sizeof(text) - 1), i;

	n = n < 0 ? 0 : n;
	for (i = 0; i < n && text[i] != '\r' && text[i] != '\n'; i++) {
		if (text[i] < ' ' || text[i] > '~' || text[i] == '"')
			text[i] = '.';
	}
	text[i] = '\0';
	if (i == 0)
		conn_fail(c, SSH_CLOSED, "closed before its first words");
	else
		conn_fail(c, SSH_PROTOCOL, "%s: \"%s\"", fault, text);
}

/* Some lines may come before the one that begins with SSH- (RFC 4253, 4.2). */
static bool
queue_see_banner(struct ssh_conn *c)
{
	char text[SSH_BANNER_MAX];
	ssize_t n = evbuffer_copyout(c->in, text, sizeof(text)), i;

	for (i = 0; i + 4 <= n; i++) {
		if ((i == 0 || text[i - 1] == '\n') &&
		    memcmp(text + i, "SSH-", 4) == 0) {
			c->banner_seen = true;
			return true;
		}
	}
	if (c->eof || n == SSH_BANNER_MAX)
		queue_bad_banner(c,
		    c->eof ? "is no ssh server, or closed at once, and said"
			   : "is no ssh server, and said");
	return false;
}

static ssize_t
queue_recv(
    libssh2_socket_t fd, void *to, size_t max, int flags, void **abstract)
{
	struct ssh_conn *c = *abstract;
	int n;

	(void)fd;
	(void)flags;
	if (c->state == CONN_DEAD)
		return 0;
	if (!c->banner_seen)
		return -EAGAIN;
	if (evbuffer_get_length(c->in) == 0)
		return c->eof ? 0 : -EAGAIN;
	n = evbuffer_remove(c->in, to, max);
	return n < 0 ? -EIO : n;
}

static ssize_t
queue_send(libssh2_socket_t fd, const void *bytes, size_t n, int flags,
    void **abstract)
{
	struct ssh_conn *c = *abstract;

	(void)fd;
	(void)flags;
	if (c->state != CONN_DEAD && evbuffer_add(c->out, bytes, n) != 0)
		return -ENOMEM;
	return (ssize_t)n;
}

/* libssh2 takes every callback as a data pointer. */
static void
queue_callback(struct ssh_conn *c, int which, void *function)
{
	(void)libssh2_session_callback_set(c->session, which, function);
}

void
queue_callbacks(struct ssh_conn *c)
{
	queue_callback(c, LIBSSH2_CALLBACK_RECV, (void *)queue_recv);
	queue_callback(c, LIBSSH2_CALLBACK_SEND, (void *)queue_send);
}

void
queue_came_in(struct ssh_conn *c, size_t n)
{
	c->in_bytes += n;
	c->in_us = ssh_now_us();
	if (c->state == CONN_HANDSHAKE && !c->banner_seen &&
	    !queue_see_banner(c))
		return;
	conn_wake(c);
}

void
queue_end(struct ssh_conn *c)
{
	c->eof = true;
	if (c->state == CONN_HANDSHAKE && !c->banner_seen &&
	    !queue_see_banner(c))
		return;
	conn_wake(c);
}

static void
queue_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_conn *c = arg;
	int n;

	(void)what;
	n = evbuffer_read(c->in, fd, SSH_SCRATCH);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		(void)event_del(c->readable);
		queue_end(c);
		return;
	}
	c->ssh->wire_bytes += (unsigned)n;
	if (evbuffer_get_length(c->in) >= SSH_IN_MAX)
		(void)event_del(c->readable);
	queue_came_in(c, (size_t)n);
}

static void
queue_writable(evutil_socket_t fd, short what, void *arg)
{
	struct ssh_conn *c = arg;

	(void)fd;
	(void)what;
	queue_flush(c);
	conn_wake(c);
}

bool
queue_attach(struct ssh_conn *c)
{
	c->readable = event_new(
	    c->ssh->base, c->fd, EV_READ | EV_PERSIST, queue_readable, c);
	c->writable =
	    event_new(c->ssh->base, c->fd, EV_WRITE, queue_writable, c);
	return c->readable != NULL && c->writable != NULL &&
	    event_add(c->readable, NULL) == 0;
}

ssize_t
queue_write(struct evbuffer *from, int fd)
{
	struct evbuffer_iovec pieces[8];
	struct iovec v[ARRAY_LEN(pieces)];
	struct msghdr m = { .msg_iov = v };
	int i,
	    n = evbuffer_peek(from, -1, NULL, pieces, (int)ARRAY_LEN(pieces));
	ssize_t sent;

	n = n < (int)ARRAY_LEN(pieces) ? n : (int)ARRAY_LEN(pieces);
	for (i = 0; i < n; i++)
		v[i] = (struct iovec){ pieces[i].iov_base, pieces[i].iov_len };
	m.msg_iovlen = (size_t)n;
	sent = sendmsg(fd, &m, MSG_NOSIGNAL);
	if (sent > 0)
		(void)evbuffer_drain(from, (size_t)sent);
	return sent;
}

void
queue_flush(struct ssh_conn *c)
{
	ssize_t n;

	if (evbuffer_get_length(c->out) == 0)
		return;
	if (c->tunnel != NULL) {
		conn_wake(c->tunnel->conn);
		return;
	}
	if (c->writable == NULL)
		return;
	n = queue_write(c->out, c->fd);
	if (n > 0)
		c->ssh->wire_bytes += (size_t)n;
	/* An error shows itself in reading. */
	if (evbuffer_get_length(c->out) > 0 && (n >= 0 || errno == EAGAIN))
		(void)event_add(c->writable, NULL);
}

void
queue_resume(struct ssh_conn *c)
{
	if (c->eof || evbuffer_get_length(c->in) >= SSH_IN_MAX)
		return;
	if (c->tunnel != NULL)
		conn_wake(c->tunnel->conn);
	else if (c->readable != NULL)
		(void)event_add(c->readable, NULL);
}
