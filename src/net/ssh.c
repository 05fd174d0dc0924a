/*
 * The set of connections: finds one for a target, opens channels on it, and
 * sweeps away what has ended.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include "net/ssh_state.h"

static const char *const ssh_end_names[] = {
	[SSH_DONE] = "done",
	[SSH_COMMAND_FAILED] = "command-failed",
	[SSH_UNREACHABLE] = "unreachable",
	[SSH_HOST_KEY_UNKNOWN] = "host-key-unknown",
	[SSH_HOST_KEY_CHANGED] = "host-key-changed",
	[SSH_AUTH_REFUSED] = "auth-refused",
	[SSH_BASTION_FAILED] = "bastion-failed",
	[SSH_TIMEOUT] = "timeout",
	[SSH_CLOSED] = "closed",
	[SSH_OVER_BUDGET] = "over-budget",
	[SSH_PROTOCOL] = "protocol-error",
	[SSH_INTERNAL] = "internal-error",
};

const char *
ssh_end_name(enum ssh_end end)
{
	INVARIANT(end < ARRAY_LEN(ssh_end_names));
	return ssh_end_names[end];
}

int64_t
ssh_now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

const char *
ssh_target_name(const struct ssh_target *t)
{
	return t->name != NULL ? t->name : t->address;
}

unsigned
ssh_target_port(const struct ssh_target *t)
{
	return t->port != 0 ? t->port : SSH_PORT;
}

static pthread_once_t ssh_once = PTHREAD_ONCE_INIT;
static bool ssh_library_ready;

/* libssh2_init() is not for several threads at a time. */
static void
ssh_library_start(void)
{
	ssh_library_ready = libssh2_init(0) == 0;
}

static void
ssh_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct ssh *s = arg;
	struct ssh_conn *c, *next_c;
	struct ssh_channel *ch, *next;

	(void)fd;
	(void)what;
	for (c = TAILQ_FIRST(&s->conns); c != NULL; c = next_c) {
		next_c = TAILQ_NEXT(c, link);
		for (ch = TAILQ_FIRST(&c->channels); ch != NULL; ch = next) {
			next = TAILQ_NEXT(ch, link);
			if (ch->state != CHANNEL_GONE)
				continue;
			TAILQ_REMOVE(&c->channels, ch, link);
			if (c->opening == ch)
				c->opening = NULL;
			channel_free(ch);
		}
		if (!TAILQ_EMPTY(&c->channels))
			continue;
		if (c->state == CONN_DEAD) {
			TAILQ_REMOVE(&s->conns, c, link);
			conn_free(c);
		} else if (c->state != CONN_READY || c->retired) {
			/* Nobody waits for it any more. */
			conn_fail(c, SSH_CLOSED, "no longer wanted");
		} else if (c->idle_us == INT64_MAX) {
			c->idle_us = ssh_now_us();
		}
	}
}

void
ssh_sweep_soon(struct ssh *s)
{
	event_active(s->sweep, EV_TIMEOUT, 0);
}

struct ssh *
ssh_new(struct event_base *base, struct diag *d)
{
	struct ssh *s = calloc(1, sizeof(*s));

	(void)pthread_once(&ssh_once, ssh_library_start);
	if (s == NULL || !ssh_library_ready)
		goto fail;
	TAILQ_INIT(&s->conns);
	TAILQ_INIT(&s->children);
	s->spawner = spawn_here;
	s->own_base = base == NULL;
	s->base = base != NULL ? base : event_base_new();
	s->scratch = malloc(SSH_SCRATCH);
	if (s->base == NULL || s->scratch == NULL)
		goto fail;
	s->sweep = evtimer_new(s->base, ssh_sweep, s);
	if (s->sweep != NULL)
		return s;
fail:
	diag_set(d, "ssh: cannot start: %s",
	    s == NULL || ssh_library_ready ? "out of memory"
					   : "libssh2 does not work here");
	ssh_free(s);
	return NULL;
}

void
ssh_free(struct ssh *s)
{
	struct ssh_conn *c;
	struct ssh_channel *ch;

	if (s == NULL)
		return;
	INVARIANT(!s->running);
	child_end_all(s);
	/* Sessions in tunnels come after the tunnel's own in this list, or
	 * before: each says good-bye while the one around it still lives. */
	TAILQ_FOREACH (c, &s->conns, link) {
		TAILQ_FOREACH (ch, &c->channels, link)
			ch->closed = true;
	}
	TAILQ_FOREACH (c, &s->conns, link)
		conn_fail(c, SSH_CLOSED, "closed here");
	while ((c = TAILQ_FIRST(&s->conns)) != NULL) {
		TAILQ_REMOVE(&s->conns, c, link);
		while ((ch = TAILQ_FIRST(&c->channels)) != NULL) {
			TAILQ_REMOVE(&c->channels, ch, link);
			channel_free(ch);
		}
		conn_free(c);
	}
	if (s->sweep != NULL)
		event_free(s->sweep);
	if (s->dns != NULL) {
		/* Lookups under way answer, and free what they hold. */
		evdns_base_free(s->dns, 1);
		if (s->own_base)
			(void)event_base_loop(s->base, EVLOOP_NONBLOCK);
	}
	if (s->own_base && s->base != NULL)
		event_base_free(s->base);
	free(s->scratch);
	free(s);
}

void
ssh_turn(struct ssh *s)
{
	INVARIANT(!s->running);
	s->running = true;
	(void)event_base_loop(s->base, EVLOOP_ONCE);
	s->running = false;
}

void
ssh_run(struct ssh *s)
{
	while (s->open > 0)
		ssh_turn(s);
}

static bool
ssh_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
ssh_same_identities(const char *const *a, const char *const *b)
{
	static const char *const none[] = { NULL };

	a = a != NULL ? a : none;
	b = b != NULL ? b : none;
	while (*a != NULL && ssh_same_text(*a, *b)) {
		a++;
		b++;
	}
	return *a == NULL && *b == NULL;
}

static bool
ssh_same_target(const struct ssh_target *a, const struct ssh_target *b)
{
	for (; a != NULL && b != NULL; a = a->bastion, b = b->bastion) {
		if (a == b)
			return true;
		if (!ssh_same_text(a->address, b->address) ||
		    ssh_target_port(a) != ssh_target_port(b) ||
		    !ssh_same_text(a->user, b->user) ||
		    !ssh_same_text(a->known_hosts, b->known_hosts) ||
		    !ssh_same_identities(a->identities, b->identities) ||
		    a->use_agent != b->use_agent || a->answer != b->answer ||
		    a->answer_arg != b->answer_arg)
			return false;
	}
	return a == b;
}

struct ssh_conn *
ssh_conn_for(struct ssh *s, const struct ssh_target *t)
{
	struct ssh_conn *c;

	TAILQ_FOREACH (c, &s->conns, link) {
		if (c->state != CONN_DEAD && !c->retired && !c->fetch &&
		    ssh_same_target(c->target, t))
			return c;
	}
	return conn_new(s, t);
}

static struct ssh_channel *
ssh_add(struct ssh *s, struct ssh_channel *ch, struct ssh_conn *c)
{
	if (ch == NULL || c == NULL) {
		channel_free(ch);
		return NULL;
	}
	if (ch->pace.limits.connect_s > 0)
		ch->connect_us = ssh_now_us() +
		    (int64_t)ch->pace.limits.connect_s * US_PER_S;
	s->open++;
	channel_attach(ch, c);
	return ch;
}

struct ssh_channel *
ssh_open(struct ssh *s, const struct ssh_target *target,
    const struct ssh_limits *limits, enum ssh_start start, const char *command,
    const struct ssh_events *events, void *arg)
{
	struct ssh_channel *ch = channel_new(CHANNEL_COMMAND, s->base);

	if (ch == NULL || (ch->command = strdup(command)) == NULL) {
		channel_free(ch);
		return NULL;
	}
	ch->start = start;
	pace_init(&ch->pace, limits);
	ch->events = *events;
	ch->arg = arg;
	return ssh_add(s, ch, ssh_conn_for(s, target));
}

void
ssh_stood_still(struct ssh *s, int64_t us)
{
	struct ssh_conn *c;
	struct ssh_channel *ch;

	TAILQ_FOREACH (c, &s->conns, link) {
		c->in_us += us;
		TAILQ_FOREACH (ch, &c->channels, link) {
			if (ch->connect_us != INT64_MAX)
				ch->connect_us += us;
			pace_stood_still(&ch->pace, us);
		}
	}
	child_stood_still(s, us);
}

void
ssh_keep_errors(struct buf *errors, struct span bytes)
{
	size_t room = SSH_STDERR_MAX - errors->n;

	buf_add(errors, bytes.p, bytes.n < room ? bytes.n : room);
}

void
ssh_say_errors(const struct buf *errors, const char *what, struct diag *d)
{
	char line[SSH_STDERR_MAX + 1];
	size_t n = 0;

	for (; n < errors->n && errors->p[n] != '\n'; n++)
		line[n] = errors->p[n];
	line[n] = '\0';
	for (n = 0; line[n] != '\0'; n++) {
		if ((unsigned char)line[n] < ' ' || line[n] == 0x7f)
			line[n] = ' ';
	}
	diag_set(d, "%s%s%s", what, n > 0 ? ": " : "", line);
}

uint64_t
ssh_wire_bytes(const struct ssh *s)
{
	return s->wire_bytes;
}

unsigned
ssh_connections(const struct ssh *s)
{
	return s->connections;
}

struct ssh_fetch {
	struct ssh_host_key *key;
	enum ssh_end end;
	struct diag *d;
	bool ok;
};

static void
ssh_fetch_end(
    struct ssh_channel *ch, enum ssh_end end, const char *text, void *arg)
{
	struct ssh_fetch *f = arg;

	(void)ch;
	f->end = end;
	f->ok = end == SSH_DONE;
	if (!f->ok)
		diag_set(f->d, "%s", text);
}

bool
ssh_host_key_fetch(const struct ssh_target *target, unsigned connect_s,
    struct ssh_host_key *out, enum ssh_end *end, struct diag *d)
{
	struct ssh_fetch f = { out, SSH_INTERNAL, d, false };
	struct ssh *s = ssh_new(NULL, d);
	struct ssh_channel *ch = NULL;
	struct ssh_conn *c;

	*out = (struct ssh_host_key){ .key = NULL };
	if (s != NULL &&
	    (ch = channel_new(CHANNEL_HOST_KEY, s->base)) != NULL) {
		ch->pace.limits.connect_s = connect_s;
		ch->events.on_end = ssh_fetch_end;
		ch->arg = &f;
		c = conn_new(s, target);
		if (c != NULL)
			c->fetch = true;
		ch = ssh_add(s, ch, c);
	}
	if (ch != NULL) {
		ch->host_key = out;
		ssh_run(s);
	}
	diag_set(f.ok ? NULL : d, "out of memory");
	*end = f.end;
	ssh_free(s);
	return f.ok;
}
