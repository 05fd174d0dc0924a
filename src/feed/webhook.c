/*
 * A JSON message to a URL, each change of an incident by itself. The receiver
 * knows by the signature who sent it, by the time how old it is, and by the id
 * whether it came before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "feed/event.h"
#include "feed/http_feed.h"
#include "feed/kinds.h"
#include "net/hmac.h"

static void
webhook_close(struct feed *f)
{
	http_feed_close(f->state);
	free(f->state);
	f->state = NULL;
}

static bool
webhook_open(struct feed *f, struct diag *d)
{
	struct http_feed *h = calloc(1, sizeof(*h));

	if (h == NULL)
		diag_set(d, "out of memory");
	else if (http_feed_open(h, f, f->config->secret_file, d)) {
		f->state = h;
		return true;
	}
	free(h);
	return false;
}

static void
webhook_done(const struct http_answer *a, void *arg)
{
	struct feed *f = arg;
	struct http_feed *h = f->state;
	struct diag d = DIAG_INIT;

	h->call = NULL;
	switch (http_feed_result(a, &d)) {
	case HTTP_FEED_TAKEN:
		feed_sent(f, 1, NULL);
		break;
	case HTTP_FEED_AGAIN:
		feed_sent(f, 0, &d);
		break;
	case HTTP_FEED_NEVER:
		feed_refused(f, &d);
		break;
	}
}

/* Over TIME.BODY, so that an old message cannot be sent again as a new one. */
static bool
webhook_sign(
    struct span secret, const char *time, struct span body, struct buf *out)
{
	struct buf text = BUF_INIT;
	bool ok;

	buf_printf(&text, "%s.", time);
	buf_add(&text, body.p, body.n);
	buf_add_str(out, "sha256=");
	ok = buf_ok(&text) && hmac_sha256(secret, buf_span(&text), out);
	buf_clear(&text);
	return ok;
}

static void
webhook_send(struct feed *f, struct span json)
{
	struct http_feed *h = f->state;
	struct buf signature = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct feed_event e;
	char time[24];
	struct http_request r = { .url = f->config->url,
		.header = { { "Content-Type", "application/json" },
		    { "X-Crosstap-Event", e.event }, { "X-Crosstap-Id", e.id },
		    { "X-Crosstap-Time", time } },
		.nheaders = 4,
		.body = json,
		.ca_file = f->config->ca_file };

	if (!feed_event_parse(json, &e, &d)) {
		feed_refused(f, &d);
		return;
	}
	(void)snprintf(
	    time, sizeof(time), "%" PRId64, f->now_us(f->arg) / US_PER_S);
	if (h->secret.n > 0 &&
	    !webhook_sign(buf_span(&h->secret), time, json, &signature))
		diag_set(&d, "out of memory");
	else if (h->secret.n > 0) {
		r.header[r.nheaders].name = "X-Crosstap-Signature";
		r.header[r.nheaders++].value = signature.p;
	}
	if (d.text[0] != '\0' || !http_feed_post(h, &r, webhook_done, f, &d))
		feed_sent(f, 0, &d);
	buf_clear(&signature);
}

const struct feed_kind feed_webhook = {
	.name = "webhook",
	.takes = FEED_EVENTS,
	.open = webhook_open,
	.close = webhook_close,
	.send_event = webhook_send,
};
