/* What goes to NRDP and what comes from it. Pure; within feed only. */
#ifndef FEED_NRDP_H
#define FEED_NRDP_H

#include "feed/feed.h"

/* The form, with the token. */
void nrdp_form(const struct feed *f, struct span token,
    const struct feed_status *const s[], size_t n, struct buf *out);
/* Whether all n were processed; else d has what the server says. */
bool nrdp_answer(struct span answer, size_t n, struct diag *d) MUSTCHECK;

#endif
