/*
 * Which keys a kind of feed takes, and which it wants. Within sys only.
 */
#ifndef SYS_CONFIG_FEED_H
#define SYS_CONFIG_FEED_H

#include "sys/config_check.h"

void config_check_feed(const struct config *c, struct config_feed *f,
    const struct config_report *r);

#endif
