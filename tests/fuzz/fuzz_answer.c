/*
 * What a ClickHouse server says, in pieces of any size and with any end: the
 * connection gives whole lines of it away, and calls an answer complete only
 * where it ends in the mark. This program stands in for net/http_client.c and
 * net/loop.c.
 *
 * An input is four bytes (size of a piece in two, of what is read at once, and
 * how it ends) and, between lines "--", what the server is, its table, a part
 * of the answer that comes up to 255 times, how often as one byte first, and
 * the rest of it.
 */
#include <stdlib.h>
#include <string.h>
#include "net/http_client.h"
#include "pipeline/clickhouse_conn.h"
#include "fuzz.h"
#include "parts.h"

#define HELD (16 * 1024) /* of the connection: a longer line may be cut */
#define MOST_BODY (4 * 1024 * 1024)

/* -- in place of a network -- */

static struct {
	struct span whole[2]; /* what is had whole, in turn */
	unsigned asked;
	struct buf body;
	size_t piece;
	int status;
	enum http_end end;
	bool cut;
} server;

struct http_call {
	struct http_request r;
	http_done_fn *done;
	void *arg;
	size_t at;
	bool waits, over;
};
static struct http_call *pending;

struct http_client *
http_client_new(struct loop *l, struct diag *d)
{
	(void)d;
	return (struct http_client *)(void *)l;
}

void
http_client_free(struct http_client *c)
{
	(void)c;
}

bool
http_can_unpack(const char *encoding)
{
	(void)encoding;
	return true;
}

struct http_call *
http_post(struct http_client *c, const struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d)
{
	(void)c;
	(void)d;
	INVARIANT(pending == NULL);
	pending = calloc(1, sizeof(*pending));
	INVARIANT(pending != NULL);
	*pending = (struct http_call){ .r = *r, .done = done, .arg = arg };
	return pending;
}

void
http_resume(struct http_call *call)
{
	INVARIANT(call == pending && call->waits);
	call->waits = false;
}

void
http_cancel(struct http_call *call)
{
	INVARIANT(call == pending);
	free(call);
	pending = NULL;
}

/* The loop is its own client. */
struct loop *
loop_new(struct diag *d)
{
	struct loop *l = malloc(1);

	(void)d;
	INVARIANT(l != NULL);
	return l;
}

void
loop_free(struct loop *l)
{
	free(l);
}

void
loop_stop(struct loop *l)
{
	(void)l;
}

static void
answer_end(struct http_call *call, struct http_answer a)
{
	pending = NULL;
	call->done(&a, call->arg);
	free(call);
}

/* One piece, or the end. */
void
loop_run(struct loop *l)
{
	struct http_call *call = pending;
	size_t n;

	(void)l;
	INVARIANT(call != NULL && !call->waits);
	if (call->r.on_body == NULL) {
		answer_end(call,
		    (struct http_answer){ .end = HTTP_ANSWERED,
			.status = 200,
			.body = server.whole[server.asked++ % 2] });
		return;
	}
	n = server.body.n - call->at;
	n = n < server.piece ? n : server.piece;
	if (n > 0 && !call->over) {
		switch (call->r.on_body(server.status,
		    (struct span){ server.body.p + call->at, n },
		    call->r.body_arg)) {
		case HTTP_TOOK:
			call->at += n;
			break;
		case HTTP_WAIT:
			call->waits = true;
			break;
		case HTTP_ENOUGH:
			call->over = true;
			break;
		}
		return;
	}
	answer_end(call,
	    (struct http_answer){ .end = server.end,
		.status = server.status,
		.cut = call->over,
		.text = server.end == HTTP_ANSWERED ? NULL : "gone" });
}

/* -- what must come of it -- */

/* Where the last line begins, if it is the mark and the answer a good one;
 * else SIZE_MAX. */
static size_t
answer_mark(void)
{
	const struct buf *b = &server.body;
	static const char mark[] = CLICKHOUSE_END_MARK "\t";
	size_t at = b->n;

	if (b->n == 0 || b->p[b->n - 1] != '\n' || server.status != 200 ||
	    server.end != HTTP_ANSWERED)
		return SIZE_MAX;
	for (at = b->n - 1; at > 0 && b->p[at - 1] != '\n';)
		at--;
	return b->n - at >= sizeof(mark) &&
		memcmp(b->p + at, mark, sizeof(mark) - 1) == 0
	    ? at
	    : SIZE_MAX;
}

static bool
answer_has_long_line(void)
{
	size_t i, begun = 0;

	for (i = 0; i < server.body.n; i++) {
		if (server.body.p[i] == '\n')
			begun = i + 1;
		if (i - begun >= HELD)
			return true;
	}
	return false;
}

static void
answer_read(struct clickhouse_conn *c, size_t most)
{
	struct diag d = DIAG_INIT;
	struct clickhouse_stream *s =
	    clickhouse_stream_open(c, span_from("SELECT 1"), &d);
	size_t mark = answer_mark(), n = 0;
	char *to = malloc(most);
	ssize_t got;

	INVARIANT(s != NULL && to != NULL);
	while ((got = clickhouse_stream_read(s, to, most, &d)) > 0) {
		INVARIANT((size_t)got <= most &&
		    (size_t)got <= server.body.n - n &&
		    memcmp(to, server.body.p + n, (size_t)got) == 0);
		n += (size_t)got;
	}
	if (got == 0)
		INVARIANT(n == mark);
	else if (!answer_has_long_line())
		INVARIANT(mark == SIZE_MAX && d.text[0] != '\0' &&
		    (n == 0 || server.body.p[n - 1] == '\n'));
	else
		INVARIANT(d.text[0] != '\0');
	free(to);
	clickhouse_stream_close(s);
	INVARIANT(pending == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int status[] = { 200, 200, 500, 200 };
	static const enum http_end end[] = { HTTP_ANSWERED, HTTP_BROKEN,
		HTTP_ANSWERED, HTTP_TIMEOUT };
	struct span rest = { (const char *)data + 4, size - 4 }, often;
	struct clickhouse_conn *c;
	struct diag d = DIAG_INIT;
	unsigned times = 0;

	if (size < 4)
		return 0;
	memset(&server, 0, sizeof(server));
	server.piece = 1 + data[0] + 256 * (size_t)data[1];
	server.status = status[data[3] % 4];
	server.end = end[data[3] % 4];
	server.whole[0] = parts_next(&rest);
	server.whole[1] = parts_next(&rest);
	often = parts_next(&rest);
	if (often.n > 0)
		times = (uint8_t)often.p[0];
	for (; times > 0 && server.body.n + often.n < MOST_BODY; times--)
		buf_add(&server.body, often.p + 1, often.n - 1);
	if (rest.n > 0)
		buf_add(&server.body, rest.p, rest.n);
	INVARIANT(buf_ok(&server.body));
	c = clickhouse_conn_open("clickhouse://h/d.t", &d);
	INVARIANT(pending == NULL);
	if (c == NULL)
		INVARIANT(d.text[0] != '\0');
	else {
		answer_read(c, 1 + 97 * (size_t)data[2]);
		clickhouse_conn_close(c);
	}
	buf_clear(&server.body);
	return 0;
}
