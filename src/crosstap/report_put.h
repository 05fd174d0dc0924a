/*
 * Private to the text report: numbers, times and names as people read them.
 * Names come from file names and logs: a control character in one never
 * reaches the terminal.
 */
#ifndef CROSSTAP_REPORT_PUT_H
#define CROSSTAP_REPORT_PUT_H

#include "crosstap/report.h"

enum report_paint {
	PAINT_NONE,
	PAINT_GOOD,
	PAINT_WARNING,
	PAINT_CRITICAL,
	PAINT_UNKNOWN,
	PAINT_FAINT,
	PAINT_TITLE
};

/* The result with what is worked out once for all sections. */
struct report {
	const struct result *r;           /* borrowed */
	const struct report_style *style; /* borrowed */
	struct buf *out;                  /* borrowed */
	bool dates;      /* the window is not within one day of the zone */
	bool seconds;    /* buckets do not begin on whole minutes */
	int64_t last_us; /* end of the last bucket that all logs cover */
	bool failed;     /* a time could not be broken down */
};

void report_paint_on(
    const struct report *p, enum report_paint paint, struct buf *out);
void report_paint_off(
    const struct report *p, enum report_paint paint, struct buf *out);

/* 52051 as "52 051" */
void report_put_count(uint64_t n, struct buf *out);
void report_put_bytes(uint64_t n, struct buf *out); /* "1.21 GB" */
/* 0.279 as "27.9 %"; only 0 is "0 %" and only 1 is "100 %". */
void report_put_share(double share, struct buf *out);
void report_put_seconds(double s, struct buf *out); /* "+1.500 s" as "1.5 s" */
/* Control characters as \xNN; with utf8 false all that is not ASCII. */
void report_put_text(const struct report *p, const char *s, struct buf *out);
/* "08:04:00", with the day before it if the window needs one. */
void
report_put_time(struct report *p, int64_t us, bool seconds, struct buf *out);
void report_put_day(struct report *p, int64_t us, struct buf *out);
/* The value of an evidence column with its unit, or "unknown". */
void report_put_value(const char *name, double value, struct buf *out);
/* The same after its name; false if it is not known (NaN). */
bool report_put_evidence(const char *name, double value, struct buf *out);

/* "A", "A and B", "A, B and C" */
void report_put_sensors(const struct report *p, struct buf *out);
/* " since 08:04:00", " from … to …", " in the whole window" */
void
report_put_stretch(struct report *p, const struct finding *f, struct buf *out);
const char *report_dash(const struct report *p); /* between two times */

/* Works out what is in a report of a result. False if the zone is unknown. */
bool report_init(struct report *p, const struct result *r,
    const struct report_style *style, struct buf *out) MUSTCHECK;
void report_zone(struct report *p, struct buf *out); /* "UTC" */

/* "33 % of what A saw", into p->out */
void report_finding_share(struct report *p, const struct finding *f);

/* What the strip says of a bucket. */
/* The worst severity of a finding that covers it; false: none does. */
bool report_bucket_finding(const struct result *r,
    const struct result_bucket *b, enum severity *worst);
/* The least share of equal flows over all pairs. */
double
report_bucket_agreement(const struct result *r, const struct result_bucket *b);
void report_bucket_gaps(const struct report *p,
    const uint8_t gaps[RESULT_MAX_SENSORS], struct buf *out);

/* The sections, each in a file of its own. */
/* The finding's share is one of the sensor's own flows. */
bool report_share_is_own(const struct finding *f);

void report_verdict_line(struct report *p, struct buf *out);
void report_strip(struct report *p);

/*
 * Rows end in '\n', cells in '\t'. A cell that begins with REPORT_TABLE_WIDE
 * is the last of its row and does not widen its column. align has 'l' or 'r'
 * for each column.
 */
#define REPORT_TABLE_WIDE '\x01'
void report_table(struct span rows, const char *align, struct buf *out);

#endif
