/*
 * What the daemon says of itself, on one screen or as JSON.
 */
#ifndef CROSSTAPD_STATUS_H
#define CROSSTAPD_STATUS_H

#include "crosstapd/daemon.h"

/* Of this process. */
/* Of this process and its puller. */
double status_cpu_s(const struct daemon *dm);
long status_memory_kb(const struct daemon *dm);

/* "4 s", "12 min", "3 h", "5 d" */
void status_span(struct buf *out, int64_t us);

/* Of the newest full comparison: whether it says anything, and the agreement of
 * the pair that agrees least. */
bool status_compared(const struct group *g);
double status_agreement(const struct group *g);

void status_text(struct daemon *dm, struct buf *out);
void status_json(struct daemon *dm, struct buf *out);

#endif
