/*
 * Which keys a kind of feed takes, and which it wants. Within sys only.
 */
#ifndef SYS_CONFIG_FEED_H
#define SYS_CONFIG_FEED_H

#include "sys/config_check.h"

void config_check_feed(const struct config *c, struct config_feed *f,
    const struct config_report *r);

/* Also true of what is no key of feeds. */
bool config_feed_takes(const struct config_feed *f, enum config_key key);

#endif
