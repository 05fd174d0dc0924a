/*
 * What the command line asks of the daemon: words separated by tabs, the first
 * of them a command of the table. Reading is for everybody who reaches the
 * socket; what changes something is for root, the daemon's own user and the
 * operators of the configuration.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "crosstapd/daemon.h"
#include "crosstapd/feeds.h"
#include "crosstapd/status.h"
#include "store/incidents.h"
#include "store/roster.h"
#include "sys/when.h"

#define COMMANDS_MAX_WORDS 6

struct command_call {
	struct daemon *dm;
	struct control_call *call;
	char who[64];
	char *word[COMMANDS_MAX_WORDS]; /* those not given are "" */
};

static void
commands_say(struct command_call *c, struct buf *text, bool ok)
{
	if (!buf_ok(text))
		control_answer(
		    c->call, CONTROL_ERROR, span_from("out of memory"));
	else
		control_answer(
		    c->call, ok ? CONTROL_OK : CONTROL_ERROR, buf_span(text));
	buf_clear(text);
}

static void
commands_done(struct command_call *c, bool ok, const struct diag *d)
{
	control_answer(c->call, ok ? CONTROL_OK : CONTROL_ERROR,
	    /* cppcheck-suppress nullPointer; NULL comes with ok alone */
	    span_from(ok ? "" : d->text));
	if (ok)
		daemon_wake(c->dm);
}

static bool
commands_time(
    const struct command_call *c, const char *word, int64_t *us, struct diag *d)
{
	return when_parse(word, NULL, daemon_now(c->dm), us, d);
}

static void
commands_status(struct command_call *c)
{
	struct buf text = BUF_INIT;

	if (strcmp(c->word[1], "json") == 0)
		status_json(c->dm, &text);
	else
		status_text(c->dm, &text);
	commands_say(c, &text, true);
}

static void
commands_ack(struct command_call *c)
{
	struct diag d = DIAG_INIT;
	int64_t id;

	commands_done(c,
	    incident_parse_id(c->word[1], &id, &d) &&
		store_acknowledge(c->dm->store, id, c->who, c->word[2],
		    daemon_now(c->dm), &d) == STORE_OK,
	    &d);
}

static void
commands_comment(struct command_call *c)
{
	struct diag d = DIAG_INIT;
	int64_t id;

	commands_done(c,
	    incident_parse_id(c->word[1], &id, &d) &&
		store_comment(c->dm->store, id, c->who, c->word[2],
		    daemon_now(c->dm), &d) == STORE_OK,
	    &d);
}

static void
commands_mute(struct command_call *c)
{
	struct diag d = DIAG_INIT;
	int64_t id, until = 0, s;
	bool ok;

	ok = incident_parse_id(c->word[1], &id, &d);
	if (ok && when_parse_duration(c->word[2], &s))
		until = daemon_now(c->dm) + s * US_PER_S;
	else if (ok)
		ok = commands_time(c, c->word[2], &until, &d);
	commands_done(c,
	    ok &&
		store_mute(c->dm->store, id, c->who, until, daemon_now(c->dm),
		    &d) == STORE_OK,
	    &d);
}

static void
commands_maintenance(struct command_call *c)
{
	struct diag d = DIAG_INIT;
	int64_t from, to;
	bool ok;

	ok = config_sensor(&c->dm->config, c->word[1]) != NULL;
	if (!ok)
		diag_set(&d,
		    "no sensor '%.63s'; wanted one of the "
		    "configuration",
		    c->word[1]);
	ok = ok && commands_time(c, c->word[2], &from, &d) &&
	    commands_time(c, c->word[3], &to, &d);
	if (ok && to <= from) {
		diag_set(&d, "it ends before it begins; wanted FROM before TO");
		ok = false;
	}
	commands_done(c,
	    ok &&
		store_maintenance_add(c->dm->store, c->word[1], from, to,
		    c->who, c->word[4], daemon_now(c->dm), &d) == STORE_OK,
	    &d);
}

/* The answer comes when nothing is due any more. */
static void
commands_clock(struct command_call *c)
{
	struct diag d = DIAG_INIT;
	int64_t us = 0;

	if (!c->dm->manual)
		diag_set(&d,
		    "the clock goes by itself; wanted a crosstapd "
		    "started with --clock");
	else if (c->dm->clock_call != NULL)
		diag_set(&d, "the clock is being set already");
	else if (commands_time(c, c->word[1], &us, &d) && us < c->dm->manual_us)
		diag_set(&d, "a clock does not go back");
	if (d.text[0] != '\0') {
		commands_done(c, false, &d);
		return;
	}
	c->dm->manual_us = us;
	c->dm->clock_call = c->call;
	daemon_wake(c->dm);
}

void
commands_clock_done(struct daemon *dm)
{
	struct control_call *call = dm->clock_call;

	dm->clock_call = NULL;
	if (call != NULL)
		control_answer(call, CONTROL_OK, span_from(""));
}

static void
commands_reload(struct command_call *c)
{
	c->dm->reload = true;
	commands_done(c, true, NULL);
}

static void
commands_feeds(struct command_call *c)
{
	struct buf text = BUF_INIT;

	if (strcmp(c->word[1], "json") == 0) {
		feeds_json(c->dm->feeds, &text);
		buf_add_char(&text, '\n');
	} else
		feeds_text(c->dm->feeds, &text);
	commands_say(c, &text, true);
}

static void
commands_feeds_test(struct command_call *c)
{
	feeds_test(c->dm->feeds, c->word[1], c->call);
}

/* For check_crosstap: "STATE<tab>DISAGREEMENT", the first line with numbers,
 * further lines. Of a group the percentage by which its worst pair differs. */
static void
commands_check(struct command_call *c)
{
	static const char *const words[] = { "group", "sensor", "collector" };
	const struct feed_status *s = NULL;
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], c->word[1]) == 0)
			s = feeds_status(
			    c->dm->feeds, (enum feed_what)i, c->word[2]);
	if (s == NULL) {
		buf_printf(&text, "nothing is known of %s %s (yet)", c->word[1],
		    c->word[2]);
		commands_say(c, &text, false);
		return;
	}
	buf_printf(&text, "%d\t", (int)s->state);
	for (i = 0; s->what == FEED_GROUP && i < c->dm->ngroups; i++) {
		const struct group *g = &c->dm->groups[i];

		if (strcmp(g->config->head.name, s->name) == 0 &&
		    status_compared(g))
			buf_printf(
			    &text, "%.6f", 100 * (1 - status_agreement(g)));
	}
	buf_printf(&text, "\n%s|%s\n%s\n", s->text.p,
	    s->perfdata.n > 0 ? s->perfdata.p : "",
	    s->more.n > 0 ? s->more.p : "");
	commands_say(c, &text, true);
}

static const struct {
	const char *name;
	void (*run)(struct command_call *c);
	bool changes;
} command_table[] = {
	{ "status", commands_status, false },
	{ "check", commands_check, false },
	{ "feeds", commands_feeds, false },
	{ "feeds-test", commands_feeds_test, true },
	{ "ack", commands_ack, true },
	{ "comment", commands_comment, true },
	{ "mute", commands_mute, true },
	{ "maintenance", commands_maintenance, true },
	{ "clock", commands_clock, true },
	{ "reload", commands_reload, true },
};

static bool
commands_may(const struct daemon *dm, uid_t uid, const char *name)
{
	const struct config_list *list = &dm->config.daemon->operators;
	size_t i;

	if (uid == 0 || uid == geteuid())
		return true;
	for (i = 0; i < list->n; i++)
		if (strcmp(list->item[i], name) == 0)
			return true;
	return false;
}

void
commands_answer(
    struct control_call *call, uid_t uid, const char *line, void *arg)
{
	struct command_call c = { .dm = arg, .call = call };
	const struct passwd *pw = getpwuid(uid);
	char text[CONTROL_MAX_LINE + 1], *at = text;
	struct diag d = DIAG_INIT;
	size_t i;

	(void)snprintf(text, sizeof(text), "%s", line);
	for (i = 0; i < COMMANDS_MAX_WORDS; i++) {
		c.word[i] = at;
		at += strcspn(at, "\t");
		if (*at != '\0')
			*at++ = '\0';
	}
	if (pw != NULL)
		(void)snprintf(c.who, sizeof(c.who), "%s", pw->pw_name);
	else
		(void)snprintf(c.who, sizeof(c.who), "uid %ju", (uintmax_t)uid);
	for (i = 0; i < ARRAY_LEN(command_table); i++)
		if (strcmp(command_table[i].name, c.word[0]) == 0)
			break;
	if (i == ARRAY_LEN(command_table))
		diag_set(&d, "unknown command '%.40s'", c.word[0]);
	else if (command_table[i].changes && !commands_may(c.dm, uid, c.who))
		diag_set(&d,
		    "user %s may not; wanted root, or one of "
		    "'operators' of the configuration",
		    c.who);
	if (d.text[0] != '\0')
		commands_done(&c, false, &d);
	else
		command_table[i].run(&c);
}
