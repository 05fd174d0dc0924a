/*
 * What Prometheus is told of the daemon: counted as comparisons end, told when
 * it asks.
 */
#ifndef CROSSTAPD_METRICS_H
#define CROSSTAPD_METRICS_H

#include "crosstapd/daemon.h"

/* Of a comparison that was kept; after took_us of it is known. */
void metrics_count(struct group *g, const struct cycle_outcome *o);
void metrics_text(struct daemon *dm, struct buf *out);

#endif
