/*
 * RFC 5424 by UDP (RFC 5426), by TCP with octet counting (RFC 6587), or to a
 * socket of this host. UDP has no answer: what was lost on the way is lost.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>
#include "feed/event.h"
#include "feed/kinds.h"
#include "net/sender.h"

#define SYSLOG_UDP_PORT 514
#define SYSLOG_TCP_PORT 601

struct syslog {
	struct sender *sender; /* owned */
	char host[256];
};

static void
syslog_close(struct feed *f)
{
	struct syslog *sl = f->state;

	sender_free(sl->sender);
	free(sl);
	f->state = NULL;
}

static bool
syslog_open(struct feed *f, struct diag *d)
{
	struct syslog *sl = calloc(1, sizeof(*sl));

	if (sl == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	feed_here(sl->host, sizeof(sl->host));
	sl->sender = sender_new(f->loop, d);
	if (sl->sender != NULL) {
		f->state = sl;
		return true;
	}
	free(sl);
	return false;
}

static void
syslog_done(const char *why, void *arg)
{
	struct diag d = DIAG_INIT;

	if (why != NULL)
		diag_set(&d, "%s", why);
	feed_sent(arg, why == NULL, why == NULL ? NULL : &d);
}

static void
syslog_send(struct feed *f, struct span json)
{
	const struct config_feed *c = f->config;
	bool tcp = c->transport == CONFIG_FEED_TCP;
	struct sender_to to = { tcp ? SENDER_TCP : SENDER_UDP, c->address_host,
		c->address_port };
	struct syslog *sl = f->state;
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct feed_event e;

	if (!feed_event_parse(json, &e, &d)) {
		feed_refused(f, &d);
		return;
	}
	if (c->path != NULL)
		to = (struct sender_to){ SENDER_UNIX, c->path, 0 };
	else if (to.port == 0)
		to.port = tcp ? SYSLOG_TCP_PORT : SYSLOG_UDP_PORT;
	feed_event_syslog(&e, sl->host, (long)getpid(), &text);
	if (to.way == SENDER_TCP)
		buf_printf(&out, "%zu ", text.n);
	buf_add(&out, text.p, text.n);
	if (!buf_ok(&text) || !buf_ok(&out))
		diag_set(&d, "out of memory");
	if (d.text[0] != '\0' ||
	    !sender_send(sl->sender, &to, buf_span(&out), syslog_done, f, &d))
		feed_sent(f, 0, &d);
	buf_clear(&text);
	buf_clear(&out);
}

const struct feed_kind feed_syslog = {
	.name = "syslog",
	.takes = FEED_EVENTS,
	.open = syslog_open,
	.close = syslog_close,
	.send_event = syslog_send,
};
