/*
 * A child goes through CHILD_START, CHILD_RUN and, when its output has ended
 * or nobody listens any more, CHILD_LEAVE, in which its end is waited for. Its
 * memory lives until that end is known, so that no process is left behind as
 * a zombie; the owner hears of the end once, and nothing after it.
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "net/child.h"
#include "net/ssh_state.h"

#define CHILD_LOOK_US 10000              /* whether it has ended */
#define CHILD_PATIENCE_US (2 * US_PER_S) /* after that it is killed */

enum child_state {
	CHILD_START,
	CHILD_RUN,
	CHILD_LEAVE /* its socket is closed */
};

struct child {
	TAILQ_ENTRY(child) link;
	struct ssh *ssh; /* borrowed */
	enum child_state state;
	bool closed; /* no further callback */
	bool ending; /* nothing more will be written */
	bool killed;
	pid_t pid;                               /* -1: none, or it has ended */
	evutil_socket_t fd, errors_fd;           /* owned; -1: none */
	struct event *readable, *writable, *err; /* owned */
	struct event *timer;                     /* owned */
	struct evbuffer *write;                  /* owned */
	size_t max_write;
	struct pace pace;
	int64_t leave_us;   /* since when */
	struct buf errors;  /* the beginning of standard error */
	struct diag failed; /* why it could not be started */
	struct child_events events;
	void *arg;
};

static void
child_close_socket(struct child *c)
{
	struct event **events[] = { &c->readable, &c->writable, &c->err };
	size_t i;

	for (i = 0; i < ARRAY_LEN(events); i++) {
		if (*events[i] != NULL)
			event_free(*events[i]);
		*events[i] = NULL;
	}
	if (c->fd >= 0)
		(void)close(c->fd);
	if (c->errors_fd >= 0)
		(void)close(c->errors_fd);
	c->fd = c->errors_fd = -1;
}

static void
child_free(struct child *c)
{
	if (c == NULL)
		return;
	TAILQ_REMOVE(&c->ssh->children, c, link);
	child_close_socket(c);
	if (c->timer != NULL)
		event_free(c->timer);
	if (c->write != NULL)
		evbuffer_free(c->write);
	buf_clear(&c->errors);
	free(c);
}

static void
child_wake_in(struct child *c, int64_t us)
{
	struct timeval tv = { (time_t)(us / US_PER_S),
		(suseconds_t)(us % US_PER_S) };

	(void)evtimer_add(c->timer, &tv);
}

/* When something must be looked at next. */
static void
child_arm(struct child *c)
{
	int64_t next = pace_next_us(&c->pace), now = ssh_now_us();

	if (c->state == CHILD_START)
		child_wake_in(c, 0);
	else if (c->state == CHILD_LEAVE)
		child_wake_in(c, CHILD_LOOK_US);
	else if (next == INT64_MAX)
		(void)evtimer_del(c->timer);
	else
		child_wake_in(c, next > now ? next - now : 0);
}

/* The input and output are over; its end is waited for. */
static void
child_leave(struct child *c)
{
	if (c->state == CHILD_LEAVE)
		return;
	child_close_socket(c);
	c->state = CHILD_LEAVE;
	c->leave_us = ssh_now_us();
	child_arm(c);
}

/* Tells the owner, once. */
static void
child_tell(struct child *c, enum ssh_end end, const char *text)
{
	if (c->closed)
		return;
	c->closed = true;
	c->ssh->open--;
	if (c->events.on_end != NULL)
		c->events.on_end(c, end, text, c->arg);
}

static void
child_fail(struct child *c, enum ssh_end end, const char *text)
{
	child_leave(c);
	child_tell(c, end, text);
}

static void
child_read_errors(struct child *c)
{
	char *scratch = c->ssh->scratch;
	ssize_t n;

	if (c->errors_fd < 0)
		return;
	while ((n = read(c->errors_fd, scratch, SSH_SCRATCH)) > 0)
		ssh_keep_errors(
		    &c->errors, (struct span){ scratch, (size_t)n });
	if (n == 0 && c->err != NULL)
		(void)event_del(c->err);
}

static void
child_errors(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	child_read_errors(arg);
}

static void
child_readable(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;
	char *scratch = c->ssh->scratch;
	struct diag d = DIAG_INIT;
	ssize_t n = read(fd, scratch, SSH_SCRATCH);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		child_read_errors(c);
		child_leave(c);
	} else if (!pace_count(&c->pace, (size_t)n, ssh_now_us(), &d)) {
		child_fail(c, SSH_OVER_BUDGET, d.text);
	} else if (c->events.on_data != NULL) {
		child_arm(c);
		c->events.on_data(
		    c, (struct span){ scratch, (size_t)n }, c->arg);
	}
}

static void
child_flush(struct child *c)
{
	ssize_t n;

	if (c->fd < 0)
		return;
	n = evbuffer_get_length(c->write) == 0 ? 0
					       : queue_write(c->write, c->fd);
	/* An error shows itself in reading. */
	if (evbuffer_get_length(c->write) > 0 && (n >= 0 || errno == EAGAIN))
		(void)event_add(c->writable, NULL);
	else if (c->ending)
		(void)shutdown(c->fd, SHUT_WR);
}

static void
child_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	child_flush(arg);
}

/* How it ended, of waitpid(). */
static void
child_ended(struct child *c, int status)
{
	struct diag what = DIAG_INIT, d = DIAG_INIT;

	if (c->closed)
		return;
	if (c->killed)
		child_tell(c, SSH_CLOSED,
		    "the command ended its output but not itself");
	else if (WIFSIGNALED(status)) {
		diag_set(&what, "the command was ended by signal %d",
		    WTERMSIG(status));
		ssh_say_errors(&c->errors, what.text, &d);
		child_tell(c, SSH_CLOSED, d.text);
	} else if (WEXITSTATUS(status) != 0) {
		diag_set(&what, "the command ended with status %d",
		    WEXITSTATUS(status));
		ssh_say_errors(&c->errors, what.text, &d);
		child_tell(c, SSH_COMMAND_FAILED, d.text);
	} else
		child_tell(c, SSH_DONE, "");
}

/* True if there is no process any more. */
static bool
child_is_gone(struct child *c, int *status)
{
	const struct spawner *by = &c->ssh->spawner;

	*status = 0;
	if (c->pid >= 0 && !by->is_gone(by->arg, c->pid, status))
		return false;
	c->pid = -1;
	return true;
}

static void
child_kill(struct child *c)
{
	const struct spawner *by = &c->ssh->spawner;

	if (c->pid >= 0)
		by->kill(by->arg, c->pid);
}

static void
child_wait(struct child *c)
{
	int status;

	if (child_is_gone(c, &status)) {
		child_ended(c, status);
		child_free(c);
		return;
	}
	if (!c->killed && ssh_now_us() - c->leave_us > CHILD_PATIENCE_US) {
		c->killed = true;
		child_kill(c);
	}
	child_arm(c);
}

static void
child_begin(struct child *c)
{
	if (c->failed.text[0] != '\0') {
		child_fail(c, SSH_COMMAND_FAILED, c->failed.text);
		return;
	}
	c->state = CHILD_RUN;
	child_request(c);
	child_flush(c);
	if (c->events.on_ready != NULL)
		c->events.on_ready(c, c->arg);
}

static void
child_timer(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;
	struct diag d = DIAG_INIT;

	(void)fd;
	(void)what;
	if (c->state == CHILD_START)
		child_begin(c);
	else if (c->state == CHILD_LEAVE)
		child_wait(c);
	else if (pace_is_late(&c->pace, ssh_now_us(), &d))
		child_fail(c, SSH_TIMEOUT, d.text);
	else
		child_arm(c);
}

/* What fails is told later, by on_end. */
static void
child_start(struct child *c, const struct spawn_program *p)
{
	const struct spawner *by = &c->ssh->spawner;
	struct spawned got = SPAWNED_NONE;
	int error = by->start(by->arg, p, &got);

	c->pid = got.pid;
	c->fd = got.fd;
	c->errors_fd = got.errors_fd;
	if (error != 0) {
		diag_set(&c->failed, "%s: %s", p->argv[0], strerror(error));
		return;
	}
	c->readable = event_new(
	    c->ssh->base, c->fd, EV_READ | EV_PERSIST, child_readable, c);
	c->writable =
	    event_new(c->ssh->base, c->fd, EV_WRITE, child_writable, c);
	c->err = event_new(
	    c->ssh->base, c->errors_fd, EV_READ | EV_PERSIST, child_errors, c);
	if (c->readable == NULL || c->writable == NULL || c->err == NULL ||
	    event_add(c->readable, NULL) != 0 || event_add(c->err, NULL) != 0)
		diag_set(&c->failed, "out of memory");
}

struct child *
child_open(struct ssh *s, const char *const argv[],
    const struct ssh_limits *limits, const struct child_events *events,
    void *arg)
{
	const struct spawn_program p = { NULL, argv, -1 };

	return child_open_program(s, &p, limits, events, arg);
}

struct child *
child_open_program(struct ssh *s, const struct spawn_program *program,
    const struct ssh_limits *limits, const struct child_events *events,
    void *arg)
{
	struct child *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->ssh = s;
	c->pid = -1;
	c->fd = c->errors_fd = -1;
	c->events = *events;
	c->arg = arg;
	c->max_write = SSH_MAX_WRITE;
	pace_init(&c->pace, limits);
	TAILQ_INSERT_TAIL(&s->children, c, link);
	c->write = evbuffer_new();
	c->timer = evtimer_new(s->base, child_timer, c);
	if (c->write == NULL || c->timer == NULL) {
		child_free(c);
		return NULL;
	}
	s->open++;
	child_start(c, program);
	child_arm(c);
	return c;
}

void
child_close(struct child *c)
{
	if (!c->closed) {
		c->closed = true;
		c->ssh->open--;
	}
	child_leave(c);
}

bool
child_write(struct child *c, struct span bytes)
{
	if (evbuffer_get_length(c->write) + bytes.n > c->max_write ||
	    evbuffer_add(c->write, bytes.p, bytes.n) != 0)
		return false;
	if (c->state == CHILD_RUN)
		child_flush(c);
	return true;
}

void
child_allow(struct child *c, size_t max_write)
{
	c->max_write = max_write;
}

void
child_write_end(struct child *c)
{
	c->ending = true;
	if (c->state == CHILD_RUN)
		child_flush(c);
}

void
child_request(struct child *c)
{
	pace_begin(&c->pace, ssh_now_us());
	child_arm(c);
}

void
child_request_done(struct child *c)
{
	pace_end(&c->pace);
	child_arm(c);
}

void
child_stood_still(struct ssh *s, int64_t us)
{
	struct child *c;

	TAILQ_FOREACH (c, &s->children, link)
		pace_stood_still(&c->pace, us);
}

void
child_end_all(struct ssh *s)
{
	const struct timespec pause = { 0, CHILD_LOOK_US * 1000 };
	struct child *c;
	int status, looks = 100;

	TAILQ_FOREACH (c, &s->children, link) {
		child_close_socket(c);
		child_kill(c);
	}
	/* One that hangs in the kernel is not waited for without end. */
	while ((c = TAILQ_FIRST(&s->children)) != NULL) {
		/* it left the list */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		while (!child_is_gone(c, &status) && looks-- > 0)
			(void)nanosleep(&pause, NULL);
		child_free(c);
	}
}
