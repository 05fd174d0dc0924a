/* What goes to the API of Icinga 2 and what comes from it. Pure; within feed
 * only. */
#ifndef FEED_ICINGA2_H
#define FEED_ICINGA2_H

#include "feed/feed.h"

/* source: the host that has checked. */
void icinga2_result(const struct feed *f, const struct feed_status *s,
    const char *source, struct buf *out);
/* Whether the object has taken it; else d has what Icinga says of it. *about
 * tells that it says so of this object, and not of whoever asks. */
bool icinga2_answer(
    int status, struct span json, bool *about, struct diag *d) MUSTCHECK;

#endif
