/*
 * The report as one HTML file that needs nothing else: no network, no script,
 * its pictures drawn in it. Everything that comes from a log, a configuration
 * or a command line is text in it and nothing more.
 */
#ifndef CROSSTAP_REPORT_HTML_H
#define CROSSTAP_REPORT_HTML_H

#include "crosstap/flows_out.h"
#include "crosstap/report_explain.h"
#include "store/incidents.h"

/* The reasoning behind one finding; NULL: none. */
struct report_reason {
	struct explain_rule *rules; /* owned by the caller; e.nrules of them */
	size_t n;
};

/* All borrowed. */
struct report_html {
	const struct result *r;
	const struct report_style *style; /* utf8 is taken to be set */
	const char *version;
	int64_t made_us;

	const struct store_incident *incident; /* NULL: of no incident */
	const struct store_event *events;      /* its history, oldest first */
	size_t nevents;

	const struct evidence *rows; /* what the rules read */
	size_t nrows;
	const struct report_reason *reasons; /* of the first findings */
	size_t nreasons;

	const struct flow_diff *flows; /* the first of those that differ */
	size_t nflows;
	uint64_t all_flows; /* that there are; UINT64_MAX: not known */

	const char *commands; /* a line each: how to see it again */
	const char *note;     /* what is not in it, a sentence; or NULL */
};

/* False if the zone is unknown or memory ran out. */
bool report_html(const struct report_html *h, struct buf *out) MUSTCHECK;

#endif
