#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include "sys/log.h"
#include "sys/when.h"

static const struct {
	const char *name;
	int priority;
} log_level_table[] = {
	[LOG_ERRORS] = { "error", LOG_ERR },
	[LOG_WARNINGS] = { "warning", LOG_WARNING },
	[LOG_EVENTS] = { "info", LOG_INFO },
	[LOG_DETAILS] = { "debug", LOG_DEBUG },
};

void
log_begin(struct log_line *l, const struct log *log, enum log_level level,
    const char *event)
{
	*l = (struct log_line){ log, level, BUF_INIT };
	if (!log->syslog)
		log_time(l, "time", log->now_us(log->arg));
	log_text(l, "level", log_level_table[level].name);
	log_text(l, "event", event);
}

static void
log_key(struct log_line *l, const char *key)
{
	buf_printf(&l->text, "%s%s=", l->text.n == 0 ? "" : " ", key);
}

void
log_text(struct log_line *l, const char *key, const char *value)
{
	bool plain = *value != '\0';
	const char *p;

	for (p = value; *p != '\0'; p++)
		plain = plain && *p > ' ' && *p != '"' && *p != '=' &&
		    *p != '\\' && *p != 0x7f;
	log_key(l, key);
	if (plain) {
		buf_add_str(&l->text, value);
		return;
	}
	buf_add_char(&l->text, '"');
	buf_add_json(&l->text, span_from(value));
	buf_add_char(&l->text, '"');
}

void
log_number(struct log_line *l, const char *key, double value)
{
	log_key(l, key);
	buf_printf(&l->text, "%.12g", value);
}

void
log_time(struct log_line *l, const char *key, int64_t us)
{
	struct when w;

	if (us == INT64_MIN || !when_local(us, NULL, &w))
		return;
	log_key(l, key);
	buf_printf(&l->text, "%04d-%02d-%02dT%02d:%02d:%02dZ", w.year, w.month,
	    w.day, w.hour, w.minute, w.second);
}

void
log_end(struct log_line *l)
{
	if (buf_ok(&l->text) && l->level <= l->log->level) {
		if (l->log->syslog)
			syslog(log_level_table[l->level].priority, "%s",
			    l->text.p);
		else
			(void)fprintf(stderr, "%s\n", l->text.p);
	}
	buf_clear(&l->text);
}

void
log_say(const struct log *log, enum log_level level, const char *event,
    const char *fmt, ...)
{
	struct log_line l;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_begin(&l, log, level, event);
	log_text(&l, "text", text);
	log_end(&l);
}
