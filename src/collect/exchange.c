/*
 * An answer may let other sensors go on, so that after each all are looked
 * after; never from within a call to send().
 */
#include <stdlib.h>
#include "collect/exchange.h"
#include "wire/frame.h"

struct exchange_end {
	struct frame_reader reader;
	uint64_t sent, received;
	bool waits;
	bool gone; /* hung up on */
};

struct exchange {
	struct collect *c; /* borrowed */
	size_t n;
	struct exchange_carrier to;
	bool pumping, again;
	struct exchange_end end[RESULT_MAX_SENSORS];
};

struct exchange *
exchange_new(struct collect *c, size_t n, const struct exchange_carrier *to)
{
	struct exchange *x = calloc(1, sizeof(*x));

	INVARIANT(n <= RESULT_MAX_SENSORS);
	if (x == NULL)
		return NULL;
	x->c = c;
	x->n = n;
	x->to = *to;
	return x;
}

void
exchange_free(struct exchange *x)
{
	size_t i;

	if (x == NULL)
		return;
	for (i = 0; i < x->n; i++)
		frame_reader_clear(&x->end[i].reader);
	free(x);
}

static void
exchange_hang_up(struct exchange *x, size_t i)
{
	if (x->end[i].gone)
		return;
	x->end[i].gone = true;
	x->end[i].waits = false;
	x->to.hang_up(x->to.arg, i);
}

static void
exchange_fail(struct exchange *x, size_t i, const char *why)
{
	if (x->end[i].gone)
		return;
	collect_fail(x->c, i, why);
	exchange_hang_up(x, i);
}

static void
exchange_ask(struct exchange *x, size_t i)
{
	struct buf frame = BUF_INIT;
	struct request r;

	if (x->end[i].gone || !collect_next(x->c, i, &r))
		return;
	x->end[i].waits = true;
	if (!request_encode(&frame, &r))
		exchange_fail(
		    x, i, "a question: out of memory, or it is too long");
	else {
		x->end[i].sent += frame.n;
		if (!x->to.send(x->to.arg, i, buf_span(&frame)))
			exchange_fail(x, i, "cannot be reached any more");
	}
	buf_clear(&frame);
}

static void
exchange_pump(struct exchange *x)
{
	size_t i;

	x->again = true;
	if (x->pumping)
		return;
	x->pumping = true;
	while (x->again) {
		x->again = false;
		for (i = 0; i < x->n; i++)
			exchange_ask(x, i);
	}
	x->pumping = false;
	for (i = 0; i < x->n && collect_is_done(x->c); i++)
		exchange_hang_up(x, i);
}

void
exchange_start(struct exchange *x)
{
	exchange_pump(x);
}

static bool
exchange_take(struct exchange *x, size_t i, struct span body, struct diag *d)
{
	struct reply r;
	bool ok, done = false;

	ok = reply_decode(body, &r, d) == WIRE_OK &&
	    collect_reply(x->c, i, &r, &done, d);
	reply_clear(&r);
	if (done)
		x->end[i].waits = false;
	return ok;
}

void
exchange_feed(struct exchange *x, size_t i, struct span bytes)
{
	struct exchange_end *e = &x->end[i];
	enum frame_status status = FRAME_READY;
	struct diag d = DIAG_INIT;
	struct span body;

	e->received += bytes.n;
	while (!e->gone && bytes.n > 0 && status == FRAME_READY) {
		status = frame_read(&e->reader, &bytes, &body);
		if (status == FRAME_BAD)
			exchange_fail(x, i, e->reader.bad);
		else if (status == FRAME_READY &&
		    !exchange_take(x, i, body, &d))
			exchange_fail(x, i, d.text);
	}
	exchange_pump(x);
}

void
exchange_lost(struct exchange *x, size_t i, const char *why)
{
	if (!x->end[i].gone) {
		collect_fail(x->c, i, why);
		x->end[i].gone = true;
		x->end[i].waits = false;
	}
	exchange_pump(x);
}

bool
exchange_waits_for(const struct exchange *x, size_t i)
{
	return x->end[i].waits;
}

void
exchange_bytes(
    const struct exchange *x, size_t i, uint64_t *sent, uint64_t *received)
{
	*sent = x->end[i].sent;
	*received = x->end[i].received;
}
