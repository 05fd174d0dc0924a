/*
 * The kinds of feeds, each in a file of its own. Within feed only.
 */
#ifndef FEED_KINDS_H
#define FEED_KINDS_H

#include "feed/feed.h"

extern const struct feed_kind feed_nagios_command;
extern const struct feed_kind feed_nagios_spool;
extern const struct feed_kind feed_nsca;

#endif
