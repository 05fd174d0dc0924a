#include <string.h>
#include "feed/event.h"
#include "sys/when.h"

#define SYSLOG_DAEMON 3 /* facility */

static const struct {
	const char *severity;
	int number;
} syslog_severities[] = { { "critical", 2 }, { "warning", 4 }, { "info", 6 } };

static int
syslog_severity(const struct feed_event *e)
{
	bool news = strcmp(e->event, "opened") == 0 ||
	    strcmp(e->event, "updated") == 0 ||
	    strcmp(e->event, "reopened") == 0;
	size_t i;

	for (i = 0; news && i < ARRAY_LEN(syslog_severities); i++)
		if (strcmp(e->severity, syslog_severities[i].severity) == 0)
			return syslog_severities[i].number;
	return e->incident == 0 ? 6 : 5; /* info, notice */
}

static void
syslog_time(int64_t us, struct buf *out)
{
	struct when w;

	if (when_local(us, NULL, &w))
		buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", w.year,
		    w.month, w.day, w.hour, w.minute, w.second, w.us);
	else
		buf_add_char(out, '-');
}

static void
syslog_param(struct buf *out, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	buf_printf(out, " %s=\"", name);
	for (; *value != '\0'; value++) {
		if (strchr("\"\\]", *value) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, *value);
	}
	buf_add_char(out, '"');
}

static void
syslog_time_param(struct buf *out, const char *name, int64_t us)
{
	struct buf text = BUF_INIT;

	if (us != 0)
		syslog_time(us, &text);
	syslog_param(out, name, us != 0 && buf_ok(&text) ? text.p : "");
	buf_clear(&text);
}

/* As much of a text as there is room for, whole characters. */
static void
syslog_text(struct buf *out, const char *text, size_t max)
{
	struct span s = span_from(text);
	size_t at = 0, len = 0;

	for (; at < s.n && out->n + at + len <= max; at += len)
		len = buf_utf8_len((struct span){ s.p + at, s.n - at });
	if (out->n + at > max)
		at -= len;
	buf_add(out, s.p, at);
}

void
feed_event_syslog(
    const struct feed_event *e, const char *host, long pid, struct buf *out)
{
	struct buf title = BUF_INIT;
	size_t max = out->n + FEED_MAX_SYSLOG;

	buf_printf(out, "<%d>1 ", SYSLOG_DAEMON * 8 + syslog_severity(e));
	syslog_time(e->at_us, out);
	buf_printf(out, " %s crosstapd %ld %s [crosstap@32473", host, pid,
	    e->event[0] == '\0' ? "-" : e->event);
	syslog_param(out, "id", e->id);
	if (e->incident != 0)
		buf_printf(out, " incident=\"%lld\"", (long long)e->incident);
	syslog_param(out, "state", e->state);
	syslog_param(out, "severity", e->severity);
	syslog_param(out, "group", e->group);
	syslog_param(out, "sensor", e->sensor);
	syslog_param(out, "rule", e->rule);
	syslog_time_param(out, "from", e->from_us);
	syslog_time_param(out, "to", e->to_us);
	syslog_param(out, "who", e->who);
	buf_add_str(out, "] ");
	feed_event_title(e, &title);
	if (e->incident != 0 && e->text[0] != '\0')
		buf_printf(&title, ": %s", e->text);
	if (buf_ok(&title))
		syslog_text(out, title.p, max);
	else
		out->failed = true;
	buf_clear(&title);
}
