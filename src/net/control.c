/*
 * A call is freed by itself: when its answer has gone, or when the other side
 * has. Until the answer it belongs to whoever answers, and its connection is
 * only marked as gone.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include "net/control.h"
#include "net/unix_socket.h"

struct control_call {
	struct control *all;
	struct bufferevent *bev; /* owned */
	char *line;              /* owned; NULL: it has not come yet */
	uid_t uid;
	bool asked;    /* and not answered yet */
	bool answered; /* ends when all is written */
	bool gone;     /* ends when it is answered */
	struct control_call *next;
};

struct control {
	struct evconnlistener *listener; /* owned */
	struct event_base *base;
	struct control_call *calls; /* owned */
	size_t ncalls;
	control_fn *fn;
	void *arg;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void
control_end(struct control_call *call)
{
	struct control_call **at = &call->all->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	call->all->ncalls--;
	bufferevent_free(call->bev);
	free(call->line);
	free(call);
}

static void
control_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct control_call *call = arg;

	(void)bev;
	(void)what;
	if (call->asked)
		call->gone = true;
	else
		control_end(call);
}

static void
control_on_written(struct bufferevent *bev, void *arg)
{
	struct control_call *call = arg;

	/* also comes once before anything was written */
	if (call->answered &&
	    evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		control_end(call);
}

static void
control_on_read(struct bufferevent *bev, void *arg)
{
	struct control_call *call = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t n;

	if (call->line != NULL)
		return;
	call->line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);
	if (call->line == NULL && evbuffer_get_length(in) > CONTROL_MAX_LINE) {
		control_end(call);
		return;
	}
	if (call->line == NULL)
		return;
	(void)bufferevent_disable(bev, EV_READ);
	call->asked = true;
	if (n > CONTROL_MAX_LINE || n != strlen(call->line))
		control_answer(call, CONTROL_ERROR,
		    span_from("no line of text; wanted a command"));
	else
		call->all->fn(call, call->uid, call->line, call->all->arg);
}

void
control_answer(
    struct control_call *call, enum control_result r, struct span text)
{
	static const char *const word[] = { "ok\n", "error\n" };

	INVARIANT(call->asked);
	call->asked = false;
	if (call->gone) {
		control_end(call);
		return;
	}
	call->answered = true;
	if (bufferevent_write(call->bev, word[r], strlen(word[r])) != 0 ||
	    bufferevent_write(call->bev, text.p, text.n) != 0)
		control_end(call);
}

static void
control_on_connection(struct evconnlistener *l, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	static const struct timeval limit = { CONTROL_TIMEOUT_S, 0 };
	struct control *c = arg;
	struct control_call *call = NULL;

	(void)l;
	(void)sa;
	(void)len;
	if (c->ncalls < CONTROL_MAX_CALLS)
		call = calloc(1, sizeof(*call));
	if (call != NULL && control_peer(fd, &call->uid))
		call->bev = bufferevent_socket_new(c->base, fd,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (call == NULL || call->bev == NULL) {
		free(call);
		(void)close(fd);
		return;
	}
	call->all = c;
	call->next = c->calls;
	c->calls = call;
	c->ncalls++;
	bufferevent_setcb(call->bev, control_on_read, control_on_written,
	    control_on_event, call);
	bufferevent_setwatermark(call->bev, EV_READ, 0, CONTROL_MAX_LINE + 1);
	bufferevent_set_timeouts(call->bev, &limit, &limit);
	(void)bufferevent_enable(call->bev, EV_READ | EV_WRITE);
}

struct control *
control_listen(
    struct loop *l, const char *path, control_fn *fn, void *arg, struct diag *d)
{
	struct control *c = calloc(1, sizeof(*c));
	struct sockaddr_un sun;

	if (c == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	c->base = loop_base(l);
	c->fn = fn;
	c->arg = arg;
	if (unix_socket_address(path, &sun, d) &&
	    unix_socket_make_way(&sun, d)) {
		memcpy(c->path, sun.sun_path, sizeof(c->path));
		c->listener =
		    evconnlistener_new_bind(c->base, control_on_connection, c,
			LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
			(struct sockaddr *)&sun, sizeof(sun));
		if (c->listener == NULL)
			diag_set(d, "%s: %s", path, strerror(errno));
	}
	/* Anyone may connect: who may do what is decided by user. */
	if (c->listener != NULL && chmod(path, 0666) == 0)
		return c;
	diag_set(d, "%s: %s", path, strerror(errno));
	if (c->listener != NULL)
		evconnlistener_free(c->listener);
	free(c);
	return NULL;
}

void
control_close(struct control *c)
{
	if (c == NULL)
		return;
	while (c->calls != NULL)
		/* it left the list */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		control_end(c->calls);
	evconnlistener_free(c->listener);
	(void)unlink(c->path);
	free(c);
}

static bool
control_send(int fd, const char *line)
{
	struct buf out = BUF_INIT;
	size_t at = 0;
	ssize_t n = 1;

	buf_printf(&out, "%s\n", line);
	while (buf_ok(&out) && n > 0 && at < out.n) {
		n = send(fd, out.p + at, out.n - at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			at += (size_t)n;
	}
	buf_clear(&out);
	return n > 0;
}

static bool
control_receive(int fd, struct buf *out)
{
	char piece[8192];
	ssize_t n;

	while ((n = recv(fd, piece, sizeof(piece), 0)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->n > CONTROL_MAX_ANSWER)
			return false;
		buf_add(out, piece, (size_t)n);
	}
	return buf_ok(out);
}

bool
control_ask(const char *path, const char *line, unsigned timeout_s,
    struct buf *out, struct diag *d)
{
	struct timeval limit = { .tv_sec = timeout_s };
	struct buf text = BUF_INIT;
	struct sockaddr_un sun;
	struct span rest;
	bool ok = false;
	int fd;

	if (!unix_socket_address(path, &sun, d))
		return false;
	fd = unix_socket_connect(&sun);
	if (fd < 0) {
		diag_set(d, "%s: %s; wanted a crosstapd that runs", path,
		    strerror(errno));
		return false;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!control_send(fd, line) || !control_receive(fd, &text))
		diag_set(d, "%s: no answer within %u s", path, timeout_s);
	else if (text.n >= 3 && memcmp(text.p, "ok\n", 3) == 0) {
		rest = (struct span){ text.p + 3, text.n - 3 };
		buf_add(out, rest.p, rest.n);
		ok = buf_ok(out);
	} else if (text.n > 6 && memcmp(text.p, "error\n", 6) == 0)
		diag_set(d, "%.*s", (int)(text.n - 6), text.p + 6);
	else
		diag_set(d, "%s: closed without an answer", path);
	buf_clear(&text);
	(void)close(fd);
	return ok;
}
