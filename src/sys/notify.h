/*
 * Tells the service manager how the daemon is, by the protocol of
 * sd_notify(3): a datagram of KEY=VALUE lines to $NOTIFY_SOCKET. Without one
 * nothing happens.
 */
#ifndef SYS_NOTIFY_H
#define SYS_NOTIFY_H

#include "base/base.h"

/* "READY=1", "STATUS=..."; false: there is somebody, who cannot be told. */
bool notify(const char *state);
/* How often the watchdog wants to hear; 0: never. */
int64_t notify_watchdog_us(void);

#endif
