/*
 * The kinds of feeds, each in a file of its own. Within feed only.
 */
#ifndef FEED_KINDS_H
#define FEED_KINDS_H

#include "feed/feed.h"

extern const struct feed_kind feed_nagios_command;
extern const struct feed_kind feed_nagios_spool;
extern const struct feed_kind feed_nsca;
extern const struct feed_kind feed_nrdp;
extern const struct feed_kind feed_icinga2;
extern const struct feed_kind feed_webhook;
extern const struct feed_kind feed_syslog;
extern const struct feed_kind feed_mail;
extern const struct feed_kind feed_clickhouse;

/* Cuts a command at its blanks; at most max words. */
size_t feed_words(char *command, const char *argv[], size_t max);
/* The name of this host; "localhost" if it has none. */
void feed_here(char *out, size_t size);

#endif
