/*
 * What all pages have in common.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "store/incidents.h"
#include "web/visit.h"

/* Head and navigation; here is the address that is shown as the current one.
 * A live page is loaded anew by itself. */
enum page_life {
	PAGE_LIVE,
	PAGE_STILL,
	PAGE_SOON /* in two seconds: something is on its way */
};
void page_begin(
    struct visit *v, const char *title, const char *here, enum page_life life);
void page_end(struct visit *v);
/* v->why and the answer's status. */
void page_error(struct visit *v);

/* The severity as a word that stands out. */
void page_severity(struct buf *out, enum severity s);
/* "open", "muted", "acknowledged", "early", "over" */
const char *page_incident_state(const struct store_incident *i, int64_t now_us);
/* A table of them, or that there is none. */
void page_incident_table(struct visit *v, const struct store_incident *list,
    size_t n, const char *none);

/* A choice of a form, with what is chosen now; NULL: all. */
void page_option(
    struct buf *out, const char *value, const char *words, const char *chosen);

#endif
