/*
 * A conversation of one question each. Those that wait for their turn begin
 * when one before them has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "pipeline/greet.h"
#include "wire/frame.h"

#define GREET_AT_A_TIME 200 /* each needs a descriptor or three */

struct greet_end {
	struct greet *all;
	const struct peer_target *target; /* borrowed */
	struct greeting *out;             /* borrowed */
	struct peer *peer;                /* NULL: closed, or not yet */
	struct frame_reader reader;
	int64_t begun_us, asked_us;
};

struct greet {
	struct ssh *ssh;       /* borrowed */
	struct greet_end *end; /* owned: n */
	size_t n, next, busy;
	bool no_memory;
};

static int64_t
greet_clock_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

static void
greet_done(struct greet_end *e, enum greeting_kind kind)
{
	e->out->kind = kind;
	if (e->peer != NULL)
		peer_close(e->peer);
	e->peer = NULL;
	e->all->busy--;
}

static void
greet_fail(struct greet_end *e, const char *what, const char *text)
{
	(void)snprintf(e->out->why, sizeof(e->out->why), "%s: %s", what, text);
	greet_done(e, GREETING_FAILED);
}

static void
greet_on_ready(void *arg)
{
	const struct request hello = { .kind = REQUEST_HELLO, .id = 1 };
	struct greet_end *e = arg;
	struct buf frame = BUF_INIT;
	bool ok;

	e->asked_us = greet_clock_us(CLOCK_MONOTONIC);
	e->out->reached_us = e->asked_us - e->begun_us;
	e->out->asked_at_us = greet_clock_us(CLOCK_REALTIME);
	if (e->target->ssh != NULL && e->target->start == SSH_SUBSYSTEM) {
		greet_done(e, GREETING_REACHED);
		return;
	}
	ok = request_encode(&frame, &hello) &&
	    peer_write(e->peer, buf_span(&frame));
	buf_clear(&frame);
	if (!ok)
		greet_fail(e, "internal-error", "out of memory");
}

/* The spans of the answer are of the copy. */
static bool
greet_decode(struct greet_end *e, struct span body, struct diag *d)
{
	struct reply r;
	bool ok;

	buf_add(&e->out->body, body.p, body.n);
	if (!buf_ok(&e->out->body)) {
		diag_set(d, "out of memory");
		return false;
	}
	ok = reply_decode(buf_span(&e->out->body), &r, d) == WIRE_OK;
	if (ok && r.kind == REPLY_ERROR) {
		diag_set(d, "%s: %.*s", reply_code_name(r.u.error.code),
		    (int)r.u.error.text.n, r.u.error.text.p);
		ok = false;
	} else if (ok && r.kind != REPLY_HELLO) {
		diag_set(d, "%s instead of hello", reply_kind_name(r.kind));
		ok = false;
	}
	if (ok)
		e->out->hello = r.u.hello;
	reply_clear(&r);
	return ok;
}

static void
greet_on_data(void *arg, struct span bytes)
{
	struct greet_end *e = arg;
	struct diag d = DIAG_INIT;
	struct span body;

	switch (frame_read(&e->reader, &bytes, &body)) {
	case FRAME_MORE:
		break;
	case FRAME_BAD:
		greet_fail(e, "protocol-error", e->reader.bad);
		break;
	case FRAME_READY:
		e->out->answer_us =
		    greet_clock_us(CLOCK_MONOTONIC) - e->asked_us;
		if (greet_decode(e, body, &d))
			greet_done(e, GREETING_ANSWERED);
		else
			greet_fail(e, "protocol-error", d.text);
		break;
	}
}

static void
greet_on_end(void *arg, enum ssh_end end, const char *text)
{
	struct greet_end *e = arg;

	e->peer = NULL;
	if (end == SSH_DONE)
		greet_fail(e, "closed", "it ended without an answer");
	else
		greet_fail(e, ssh_end_name(end), text);
}

static void
greet_more(struct greet *g)
{
	static const struct peer_events events = { greet_on_ready,
		greet_on_data, greet_on_end };

	while (g->next < g->n && g->busy < GREET_AT_A_TIME) {
		struct greet_end *e = &g->end[g->next++];

		e->begun_us = greet_clock_us(CLOCK_MONOTONIC);
		e->peer = peer_open(g->ssh, e->target, &events, e);
		if (e->peer == NULL) {
			g->no_memory = true;
			g->next = g->n;
			return;
		}
		g->busy++;
	}
}

bool
greet(struct ssh *ssh, const struct peer_target targets[], size_t n,
    struct greeting out[], struct diag *d)
{
	struct greet g = { .ssh = ssh, .n = n };
	size_t i;

	memset(out, 0, n * sizeof(*out));
	g.end = calloc(n + 1, sizeof(*g.end));
	g.no_memory = g.end == NULL;
	for (i = 0; i < n && g.end != NULL; i++)
		g.end[i] = (struct greet_end){
			.all = &g, .target = &targets[i], .out = &out[i]
		};
	if (g.end != NULL)
		greet_more(&g);
	while (g.busy > 0) {
		ssh_turn(ssh);
		greet_more(&g);
	}
	for (i = 0; i < n && g.end != NULL; i++)
		frame_reader_clear(&g.end[i].reader);
	free(g.end);
	if (g.no_memory)
		diag_set(d, "out of memory");
	return !g.no_memory;
}

void
greeting_clear(struct greeting *g)
{
	buf_clear(&g->body);
}
