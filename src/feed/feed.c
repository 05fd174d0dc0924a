#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "feed/feed.h"
#include "feed/kinds.h"

static const struct feed_kind *const feed_kinds[CONFIG_FEED_NKINDS] = {
	[CONFIG_FEED_NAGIOS_COMMAND] = &feed_nagios_command,
	[CONFIG_FEED_NAGIOS_SPOOL] = &feed_nagios_spool,
	[CONFIG_FEED_NSCA] = &feed_nsca,
	[CONFIG_FEED_NRDP] = &feed_nrdp,
	[CONFIG_FEED_ICINGA2] = &feed_icinga2,
	[CONFIG_FEED_WEBHOOK] = &feed_webhook,
	[CONFIG_FEED_SYSLOG] = &feed_syslog,
	[CONFIG_FEED_MAIL] = &feed_mail,
	[CONFIG_FEED_CLICKHOUSE] = &feed_clickhouse,
};

const struct feed_kind *
feed_kind(enum config_feed_kind k)
{
	return feed_kinds[k];
}

void
feed_sent(struct feed *f, size_t delivered, const struct diag *d)
{
	f->sent(f, delivered, d, f->arg);
}

void
feed_refused(struct feed *f, const struct diag *d)
{
	f->refused = true;
	f->sent(f, 0, d, f->arg);
}

size_t
feed_words(char *command, const char *argv[], size_t max)
{
	char *at = command;
	size_t n = 0;

	while (n < max && *(at += strspn(at, " ")) != '\0') {
		argv[n++] = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
	}
	return n;
}

void
feed_here(char *out, size_t size)
{
	if (gethostname(out, size) != 0)
		out[0] = '\0';
	out[size - 1] = '\0';
	if (out[0] == '\0')
		(void)snprintf(out, size, "localhost");
}

struct feed_service
feed_service(const struct feed *f, const struct feed_status *s)
{
	struct feed_service out = { .host = f->config->host };
	bool own = s->what == FEED_SENSOR && f->config->sensor_host == NULL;

	if (own)
		out.host = s->name;
	else if (s->what == FEED_SENSOR)
		out.host = f->config->sensor_host;
	(void)snprintf(out.service, sizeof(out.service), "crosstap%s%s",
	    own || s->name[0] == '\0' ? "" : " ", own ? "" : s->name);
	return out;
}
