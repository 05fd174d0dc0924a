/*
 * What a daemon says of itself: logfmt, one line an event, to standard error
 * or syslog. A line is built up and sent as a whole.
 */
#ifndef SYS_LOG_H
#define SYS_LOG_H

#include "base/buf.h"

enum log_level {
	LOG_ERRORS,
	LOG_WARNINGS,
	LOG_EVENTS,
	LOG_DETAILS
};

/* Where it goes; lines above the level are dropped. */
struct log {
	enum log_level level;
	bool syslog; /* else standard error */
	int64_t (*now_us)(void *arg);
	void *arg;
};

struct log_line {
	const struct log *log;
	enum log_level level;
	struct buf text;
};

/* event is a word. log_end() sends it. */
void log_begin(struct log_line *l, const struct log *log, enum log_level level,
    const char *event);
/* A value is quoted where it needs to be; control characters are escaped. */
void log_text(struct log_line *l, const char *key, const char *value);
void log_number(struct log_line *l, const char *key, double value);
/* ISO 8601, UTC; left out if it is INT64_MIN. */
void log_time(struct log_line *l, const char *key, int64_t us);
void log_end(struct log_line *l);

/* A whole line with one text. */
void log_say(const struct log *log, enum log_level level, const char *event,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
