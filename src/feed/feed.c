#include <stdio.h>
#include "feed/feed.h"
#include "feed/kinds.h"

static const struct feed_kind *const feed_kinds[CONFIG_FEED_NKINDS] = {
	[CONFIG_FEED_NAGIOS_COMMAND] = &feed_nagios_command,
	[CONFIG_FEED_NAGIOS_SPOOL] = &feed_nagios_spool,
	[CONFIG_FEED_NSCA] = &feed_nsca,
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
