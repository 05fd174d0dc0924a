/*
 * Private to the HTML report: text, and the parts that have a file of their
 * own.
 */
#ifndef CROSSTAP_REPORT_HTML_PUT_H
#define CROSSTAP_REPORT_HTML_PUT_H

#include "base/escape.h"
#include "crosstap/report_html.h"
#include "crosstap/report_put.h"

struct html {
	const struct report_html *h; /* borrowed */
	struct report p;             /* its out takes plain text; see below */
	struct buf text;             /* owned: p.out, until html_take() */
	struct buf *out;             /* borrowed */
	bool dates; /* the window is not within one day of the zone */
};

/* Moves what was written to text into the document, as text. */
void html_take(struct html *w);
void html_text(struct html *w, const char *s); /* through report_put_text() */
void html_raw(struct html *w, const char *s);  /* our own markup */

/* An element with that text. */
void html_element(
    struct html *w, const char *open, const char *s, const char *close);

/* -- report_html_style.c -- */
extern const char report_html_style[];

/* -- report_html_chart.c: figures -- */
void html_strip(struct html *w);
void html_agreement(struct html *w);
void html_flows_chart(struct html *w);
/* Of the worker that a finding blames; nothing where none is. */
void html_workers(struct html *w, const struct finding *f);

/* -- report_html_tables.c -- */
void html_sensors(struct html *w);
void html_pairs(struct html *w);
void html_reasoning(struct html *w, size_t finding);
void html_flows(struct html *w);
void html_history(struct html *w);

#endif
