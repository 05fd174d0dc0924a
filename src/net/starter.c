/*
 * The table of what was started is the one invariant: only processes in it are
 * looked at or killed, whatever number comes.
 */
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <event2/event.h>
#include "net/ssh_state.h"
#include "net/starter.h"

#define STARTER_QUESTION 5
#define STARTER_ANSWER 8
#define STARTER_FDS 2

struct starter {
	int fd;              /* owned */
	struct event *event; /* owned */
	starter_argv_fn *argv;
	void *arg;
	pid_t pid[STARTER_MAX];
	size_t n;
};

union starter_control {
	char room[CMSG_SPACE(STARTER_FDS * sizeof(int))];
	struct cmsghdr align;
};

static void
starter_put32(char *p, uint32_t v)
{
	int i;

	for (i = 0; i < 4; i++)
		p[i] = (char)(v >> (24 - 8 * i));
}

static uint32_t
starter_get32(const char *p)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

/* -- who starts -- */

static bool
starter_answer(struct starter *s, int error, uint32_t value, const int fds[])
{
	union starter_control control = { { 0 } };
	char text[STARTER_ANSWER];
	struct iovec io = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c;

	starter_put32(text, (uint32_t)error);
	starter_put32(text + 4, value);
	if (fds != NULL) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof(control.room);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(STARTER_FDS * sizeof(int));
		memcpy(CMSG_DATA(c), fds, STARTER_FDS * sizeof(int));
	}
	return sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    STARTER_ANSWER;
}

static void
starter_start(struct starter *s, uint32_t number)
{
	struct spawn_program p = { .argv = s->argv(s->arg, number), .fd = -1 };
	struct spawned got = SPAWNED_NONE;
	int error;

	error = p.argv == NULL    ? EINVAL
	    : s->n == STARTER_MAX ? EAGAIN
				  : spawn_here.start(NULL, &p, &got);
	if (error != 0) {
		(void)starter_answer(s, error, 0, NULL);
		return;
	}
	s->pid[s->n++] = got.pid;
	if (!starter_answer(s, 0, (uint32_t)got.pid,
		(const int[]){ got.fd, got.errors_fd }))
		spawn_here.kill(NULL, got.pid);
	(void)close(got.fd);
	(void)close(got.errors_fd);
}

static void
starter_look(struct starter *s, size_t i)
{
	int status;

	if (!spawn_here.is_gone(NULL, s->pid[i], &status)) {
		(void)starter_answer(s, EAGAIN, 0, NULL);
		return;
	}
	s->pid[i] = s->pid[--s->n];
	(void)starter_answer(s, 0, (uint32_t)status, NULL);
}

static void
starter_asked(evutil_socket_t fd, short what, void *arg)
{
	struct starter *s = arg;
	char text[STARTER_QUESTION + 1];
	ssize_t n = recv(fd, text, sizeof(text), MSG_DONTWAIT);
	uint32_t number = n == STARTER_QUESTION ? starter_get32(text + 1) : 0;
	size_t i = 0;

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		(void)event_del(s->event);
		return;
	}
	while (i < s->n && (uint32_t)s->pid[i] != number)
		i++;
	if (n == STARTER_QUESTION && text[0] == 's')
		starter_start(s, number);
	else if (n == STARTER_QUESTION && text[0] == 'g' && i < s->n)
		starter_look(s, i);
	else if (n == STARTER_QUESTION && text[0] == 'k' && i < s->n) {
		spawn_here.kill(NULL, s->pid[i]);
		(void)starter_answer(s, 0, 0, NULL);
	} else
		(void)starter_answer(s, EINVAL, 0, NULL);
}

struct starter *
starter_new(struct event_base *base, starter_argv_fn *argv, void *arg,
    int *theirs, struct diag *d)
{
	struct starter *s = calloc(1, sizeof(*s));
	int pair[2] = { -1, -1 };

	*theirs = -1;
	if (s == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		goto fail;
	s->fd = pair[0];
	s->argv = argv;
	s->arg = arg;
	s->event =
	    event_new(base, s->fd, EV_READ | EV_PERSIST, starter_asked, s);
	if (s->event == NULL || event_add(s->event, NULL) != 0)
		goto fail;
	*theirs = pair[1];
	return s;
fail:
	diag_set(d, "cannot start a starter: %s", strerror(errno));
	if (s != NULL && s->event != NULL)
		event_free(s->event);
	if (pair[0] >= 0) {
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
	free(s);
	return NULL;
}

void
starter_free(struct starter *s)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };
	int status, looks = 100;
	size_t i;

	if (s == NULL)
		return;
	event_free(s->event);
	(void)close(s->fd);
	for (i = 0; i < s->n; i++)
		spawn_here.kill(NULL, s->pid[i]);
	/* One that hangs in the kernel is not waited for without end. */
	for (i = 0; i < s->n; i++)
		while (!spawn_here.is_gone(NULL, s->pid[i], &status) &&
		    looks-- > 0)
			(void)nanosleep(&pause, NULL);
	free(s);
}

/* -- who asks -- */

/* The two descriptors of the answer; false: there are none. */
static bool
starter_take_fds(struct msghdr *m, struct spawned *out)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fds[STARTER_FDS];

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fds)))
		return false;
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	out->fd = fds[0];
	out->errors_fd = fds[1];
	return true;
}

/* 0 or errno; out may be NULL. */
static int
starter_call(const struct starter_asks *a, char what, uint32_t number,
    uint32_t *value, struct spawned *out)
{
	union starter_control control;
	char text[STARTER_QUESTION > STARTER_ANSWER ? STARTER_QUESTION
						    : STARTER_ANSWER];
	struct iovec io = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	ssize_t n;
	int error;

	text[0] = what;
	starter_put32(text + 1, number);
	if (send(a->fd, text, STARTER_QUESTION, MSG_NOSIGNAL) !=
	    STARTER_QUESTION)
		return errno;
	do {
		n = recvmsg(a->fd, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n != STARTER_ANSWER)
		return n < 0 ? errno : EPIPE;
	error = (int)starter_get32(text);
	*value = starter_get32(text + 4);
	if (error == 0 && out != NULL && !starter_take_fds(&m, out))
		return EPROTO;
	return error;
}

static int
starter_ask_start(void *arg, const struct spawn_program *p, struct spawned *out)
{
	const struct starter_asks *a = arg;
	uint32_t number, pid = 0;
	int error;

	*out = SPAWNED_NONE;
	if (!a->number(a->arg, p->argv, &number))
		return EPERM;
	error = starter_call(a, 's', number, &pid, out);
	out->pid = error == 0 ? (pid_t)pid : -1;
	return error;
}

/* If nobody can tell it is: then there is nobody to wait for. */
static bool
starter_ask_gone(void *arg, pid_t pid, int *status)
{
	uint32_t value = 0;
	int error = starter_call(arg, 'g', (uint32_t)pid, &value, NULL);

	*status = error == 0 ? (int)value : 0;
	return error != EAGAIN;
}

static void
starter_ask_kill(void *arg, pid_t pid)
{
	uint32_t value;

	(void)starter_call(arg, 'k', (uint32_t)pid, &value, NULL);
}

void
starter_ask(struct ssh *s, struct starter_asks *asks)
{
	s->spawner = (struct spawner){ starter_ask_start, starter_ask_gone,
		starter_ask_kill, asks };
}
