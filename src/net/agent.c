/*
 * One question, one answer. Invariant: a length from the agent is checked
 * against what came before it is used.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/agent.h"

enum agent_message {
	AGENT_LIST = 11,
	AGENT_KEYS = 12,
	AGENT_SIGN = 13,
	AGENT_SIGNATURE = 14
};

#define AGENT_RSA_SHA2_256 2
#define AGENT_RSA_SHA2_512 4

static uint32_t
agent_get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	    (uint32_t)u[2] << 8 | u[3];
}

static void
agent_add_u32(struct buf *b, uint32_t v)
{
	char p[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8),
		(char)v };

	buf_add(b, p, sizeof(p));
}

static void
agent_add_string(struct buf *b, struct span s)
{
	agent_add_u32(b, (uint32_t)s.n);
	buf_add(b, s.p, s.n);
}

/* Takes a length and as many bytes from the front. */
static bool
agent_take_string(struct span *from, struct span *out)
{
	if (from->n < 4)
		return false;
	out->n = agent_get_u32(from->p);
	out->p = from->p + 4;
	if (out->n > from->n - 4)
		return false;
	from->p += 4 + out->n;
	from->n -= 4 + out->n;
	return true;
}

static bool
agent_skip(struct span *from, size_t n)
{
	if (from->n < n)
		return false;
	from->p += n;
	from->n -= n;
	return true;
}

static bool
agent_send(struct agent *a, struct span s)
{
	ssize_t n;

	while (s.n > 0) {
		n = send(a->fd, s.p, s.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

static bool
agent_receive(struct agent *a, char *to, size_t n)
{
	ssize_t got;

	while (n > 0) {
		got = recv(a->fd, to, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

/* Sends the message and puts the body of an answer of that kind into out. */
static bool
agent_ask(struct agent *a, const struct buf *message, enum agent_message want,
    struct buf *out)
{
	struct buf frame = BUF_INIT;
	char head[5];
	size_t n;
	bool ok;

	agent_add_string(&frame, buf_span(message));
	ok = buf_ok(message) && buf_ok(&frame) &&
	    agent_send(a, buf_span(&frame)) &&
	    agent_receive(a, head, sizeof(head));
	buf_clear(&frame);
	if (!ok || head[4] != (char)want)
		return false;
	n = agent_get_u32(head);
	if (n < 1 || n > AGENT_MAX_ANSWER || !buf_reserve(out, n))
		return false;
	if (!agent_receive(a, out->p, n - 1))
		return false;
	out->n = n - 1;
	return true;
}

static bool
agent_connect(struct agent *a, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval wait = { AGENT_WAIT_S, 0 };

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(addr.sun_path, path, strlen(path));
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return a->fd >= 0 &&
	    setsockopt(a->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
	    0 &&
	    setsockopt(a->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) ==
	    0 &&
	    connect(a->fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0;
}

bool
agent_open(struct agent *a, struct diag *d)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	struct buf message = BUF_INIT;
	bool ok;

	if (path == NULL || *path == '\0') {
		diag_set(d, "SSH_AUTH_SOCK is not set");
		return false;
	}
	if (!agent_connect(a, path)) {
		diag_set(d, "%s: %s", path, strerror(errno));
		return false;
	}
	buf_add_char(&message, AGENT_LIST);
	ok = agent_ask(a, &message, AGENT_KEYS, &a->keys);
	buf_clear(&message);
	if (!ok)
		diag_set(d, "%s: does not list its keys", path);
	return ok;
}

void
agent_close(struct agent *a)
{
	if (a->fd >= 0)
		(void)close(a->fd);
	a->fd = -1;
	buf_clear(&a->keys);
}

bool
agent_next_key(const struct agent *a, size_t *at, struct span *key)
{
	struct span rest = buf_span(&a->keys), comment;

	if (*at == 0)
		*at = 4; /* how many there are */
	if (!agent_skip(&rest, *at) || !agent_take_string(&rest, key) ||
	    !agent_take_string(&rest, &comment))
		return false;
	*at = a->keys.n - rest.n;
	return true;
}

/* How an RSA key is to sign stands in what it signs: session, message number,
 * user, service, method, true, algorithm. */
static uint32_t
agent_flags(struct span data)
{
	struct span s;

	if (!agent_take_string(&data, &s) || !agent_skip(&data, 1) ||
	    !agent_take_string(&data, &s) || !agent_take_string(&data, &s) ||
	    !agent_take_string(&data, &s) || !agent_skip(&data, 1) ||
	    !agent_take_string(&data, &s))
		return 0;
	if (span_is(s, "rsa-sha2-512"))
		return AGENT_RSA_SHA2_512;
	return span_is(s, "rsa-sha2-256") ? AGENT_RSA_SHA2_256 : 0;
}

bool
agent_sign(
    struct agent *a, struct span key, struct span data, struct buf *signature)
{
	struct buf message = BUF_INIT, answer = BUF_INIT;
	struct span rest, whole, algorithm, bare;
	bool ok;

	buf_add_char(&message, AGENT_SIGN);
	agent_add_string(&message, key);
	agent_add_string(&message, data);
	agent_add_u32(&message, agent_flags(data));
	ok = agent_ask(a, &message, AGENT_SIGNATURE, &answer);
	rest = buf_span(&answer);
	ok = ok && agent_take_string(&rest, &whole) &&
	    agent_take_string(&whole, &algorithm) &&
	    agent_take_string(&whole, &bare);
	if (ok)
		buf_add(signature, bare.p, bare.n);
	buf_clear(&message);
	buf_clear(&answer);
	return ok && buf_ok(signature);
}
