/*
 * One mail a change, by sendmail or what is compatible with it: a process each,
 * on the event loop, that gets the mail on its standard input. No shell, and
 * addresses are of the configuration only.
 */
#include <stdio.h>
#include <stdlib.h>
#include "feed/event.h"
#include "feed/kinds.h"
#include "net/child.h"

#define MAIL_TIMEOUT_S 60
#define MAIL_MAX_WORDS 32
#define MAIL_MAX_TO 16

struct mail {
	struct child *child; /* NULL: none under way */
	struct buf text;
	char *words; /* owned: of the command */
	char from[320];
	const char *argv[MAIL_MAX_WORDS + MAIL_MAX_TO + 5]; /* borrowed */
};

static void
mail_close(struct feed *f)
{
	struct mail *m = f->state;

	if (m->child != NULL)
		child_close(m->child);
	buf_clear(&m->text);
	free(m->words);
	free(m);
	f->state = NULL;
}

static bool
mail_open(struct feed *f, struct diag *d)
{
	const struct config_feed *c = f->config;
	struct mail *m = calloc(1, sizeof(*m));
	char here[256];
	size_t n, i;

	if (m != NULL)
		m->words = strdup(c->command);
	if (m == NULL || m->words == NULL) {
		diag_set(d, "out of memory");
		free(m);
		return false;
	}
	feed_here(here, sizeof(here));
	if (c->from != NULL)
		(void)snprintf(m->from, sizeof(m->from), "%s", c->from);
	else
		(void)snprintf(m->from, sizeof(m->from), "crosstap@%s", here);
	n = feed_words(m->words, m->argv, MAIL_MAX_WORDS);
	/* a dot alone on a line is none of its business */
	m->argv[n++] = "-i";
	m->argv[n++] = "-f";
	m->argv[n++] = m->from;
	m->argv[n++] = "--";
	for (i = 0; i < c->to.n && i < MAIL_MAX_TO; i++)
		m->argv[n++] = c->to.item[i];
	f->state = m;
	return true;
}

static void
mail_ready(struct child *c, void *arg)
{
	struct feed *f = arg;
	struct mail *m = f->state;

	/* A mail is far smaller than what may wait; one that was cut is none.
	 */
	if (child_write(c, buf_span(&m->text)))
		child_write_end(c);
}

static void
mail_end(struct child *c, enum ssh_end end, const char *text, void *arg)
{
	struct feed *f = arg;
	struct mail *m = f->state;
	struct diag d = DIAG_INIT;

	(void)c;
	m->child = NULL;
	if (end != SSH_DONE)
		diag_set(&d, "%s: %s", m->argv[0], text);
	feed_sent(f, end == SSH_DONE, end == SSH_DONE ? NULL : &d);
}

static void
mail_send(struct feed *f, struct span json)
{
	static const struct child_events events = { .on_ready = mail_ready,
		.on_end = mail_end };
	static const struct ssh_limits limits = { .request_s = MAIL_TIMEOUT_S,
		.budget_bytes = 65536 };
	const struct config_list *to = &f->config->to;
	struct mail *m = f->state;
	struct diag d = DIAG_INIT;
	struct feed_event e;
	struct feed_mail head = { .from = m->from,
		.to = (const char *const *)to->item,
		.nto = to->n < MAIL_MAX_TO ? to->n : MAIL_MAX_TO,
		.now_us = f->now_us(f->arg) };

	if (!feed_event_parse(json, &e, &d)) {
		feed_refused(f, &d);
		return;
	}
	buf_clear(&m->text);
	feed_event_mail(&e, &head, &m->text);
	if (buf_ok(&m->text))
		m->child = child_open(f->ssh, m->argv, &limits, &events, f);
	if (m->child != NULL)
		return;
	diag_set(&d, "out of memory");
	feed_sent(f, 0, &d);
}

const struct feed_kind feed_mail = {
	.name = "mail",
	.takes = FEED_EVENTS,
	.open = mail_open,
	.close = mail_close,
	.send_event = mail_send,
};
