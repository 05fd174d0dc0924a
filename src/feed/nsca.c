/*
 * The nsca daemon of a Nagios elsewhere, through its own client send_nsca,
 * which knows the encryption of the site: one process a batch, on the event
 * loop. NSCA has no answer: what send_nsca has sent counts as delivered.
 */
#include <stdio.h>
#include <stdlib.h>
#include "feed/kinds.h"
#include "feed/nagios_output.h"
#include "net/child.h"
#include "sys/file.h"

#define NSCA_PORT 5667
#define NSCA_TIMEOUT_S 20
#define NSCA_MAX_OUTPUT 4000 /* with host and service in its line of 5 KB */
#define NSCA_MAX_WORDS 32
#define NSCA_ETB "\027"

struct nsca {
	struct child *child; /* NULL: none under way */
	struct buf input;
	struct buf said; /* the beginning of its output */
	size_t n;        /* states under way */
	char *words;     /* owned: the command, cut at its blanks */
	const char *argv[NSCA_MAX_WORDS + 9]; /* borrowed */
	char port[8];
};

static void
nsca_close(struct feed *f)
{
	struct nsca *ns = f->state;

	if (ns->child != NULL)
		child_close(ns->child);
	buf_clear(&ns->input);
	buf_clear(&ns->said);
	free(ns->words);
	free(ns);
	f->state = NULL;
}

static bool
nsca_open(struct feed *f, struct diag *d)
{
	const struct config_feed *c = f->config;
	struct nsca *ns;
	size_t n;

	if (c->config != NULL && !file_check_secret(c->config, d))
		return false;
	ns = calloc(1, sizeof(*ns));
	if (ns != NULL)
		ns->words = strdup(c->command);
	if (ns == NULL || ns->words == NULL) {
		diag_set(d, "out of memory");
		free(ns);
		return false;
	}
	n = feed_words(ns->words, ns->argv, NSCA_MAX_WORDS);
	(void)snprintf(ns->port, sizeof(ns->port), "%u",
	    c->address_port == 0 ? NSCA_PORT : c->address_port % 65536);
	ns->argv[n++] = "-H";
	ns->argv[n++] = c->address_host;
	ns->argv[n++] = "-p";
	ns->argv[n++] = ns->port;
	if (c->config != NULL) {
		ns->argv[n++] = "-c";
		ns->argv[n++] = c->config;
	}
	f->state = ns;
	return true;
}

static void
nsca_ready(struct child *c, void *arg)
{
	struct feed *f = arg;
	struct nsca *ns = f->state;

	static const struct diag d = { "out of memory" };

	if (child_write(c, buf_span(&ns->input))) {
		child_write_end(c);
		return;
	}
	ns->child = NULL;
	child_close(c);
	feed_sent(f, 0, &d);
}

static void
nsca_data(struct child *c, struct span bytes, void *arg)
{
	struct feed *f = arg;
	struct nsca *ns = f->state;

	(void)c;
	if (ns->said.n + bytes.n < 256)
		buf_add(&ns->said, bytes.p, bytes.n);
}

static void
nsca_end(struct child *c, enum ssh_end end, const char *text, void *arg)
{
	struct feed *f = arg;
	struct nsca *ns = f->state;
	struct diag d = DIAG_INIT;

	(void)c;
	ns->child = NULL;
	if (end != SSH_DONE)
		diag_set(&d, "%s: %s%s%.*s", ns->argv[0], text,
		    ns->said.n > 0 ? ": " : "",
		    (int)strcspn(ns->said.n > 0 ? ns->said.p : "", "\r\n"),
		    ns->said.n > 0 ? ns->said.p : "");
	feed_sent(f, end == SSH_DONE ? ns->n : 0, end == SSH_DONE ? NULL : &d);
}

/* send_nsca escapes by itself: the limit is of what it makes of it, and sets
 * end with ETB (2.9 and later). */
static void
nsca_add(const struct feed *f, const struct feed_status *s, struct buf *out)
{
	struct feed_service name = feed_service(f, s);
	struct buf text = BUF_INIT;
	size_t i;

	(void)nagios_output(s, NSCA_MAX_OUTPUT, &text);
	buf_printf(out, "%s%s\t%s\t%d\t", out->n == 0 ? "" : NSCA_ETB,
	    name.host, name.service, (int)s->state);
	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\')
			c = text.p[++i] == 'n' ? '\n' : '\\';
		buf_add_char(out, c);
	}
	buf_add_char(out, '\n');
	out->failed = out->failed || !buf_ok(&text);
	buf_clear(&text);
}

static void
nsca_send(struct feed *f, const struct feed_status *const s[], size_t n)
{
	static const struct child_events events = { nsca_ready, nsca_data,
		nsca_end };
	static const struct ssh_limits limits = { .request_s = NSCA_TIMEOUT_S,
		.budget_bytes = 65536 };
	struct nsca *ns = f->state;
	struct diag d = DIAG_INIT;

	buf_clear(&ns->input);
	buf_clear(&ns->said);
	for (ns->n = 0; ns->n < n && ns->input.n < SSH_MAX_WRITE / 2; ns->n++)
		nsca_add(f, s[ns->n], &ns->input);
	if (buf_ok(&ns->input))
		ns->child = child_open(f->ssh, ns->argv, &limits, &events, f);
	if (ns->child != NULL)
		return;
	diag_set(&d, "out of memory");
	feed_sent(f, 0, &d);
}

const struct feed_kind feed_nsca = {
	.name = "nsca",
	.takes = FEED_STATES,
	.open = nsca_open,
	.close = nsca_close,
	.send_states = nsca_send,
};
