/*
 * Results as a comparison would leave them, for the tests of the writers.
 */
#ifndef UNIT_SAMPLE_RESULT_H
#define UNIT_SAMPLE_RESULT_H

#include "compare/result.h"
#include "judge/finding.h"

#define SAMPLE_FROM                                              \
	(INT64_C(1795507200) * US_PER_S) /* 2026-11-24 08:00 UTC \
					  */

/* Sensors A and B, n buckets of a minute, all equal; result_clear() it. */
void sample_result(struct result *r, size_t nbuckets);
/* The same, but B loses a worker in buckets 4 to 8, bucket 11 has an
 * unreadable line and the log of B ends before bucket 12; n is 13. */
void sample_frozen(struct result *r);
/* Three sensors, of which C lacks 30 flows of each bucket. */
void sample_three(struct result *r, size_t nbuckets);

/* A copy of f is appended; so is the note. */
void sample_add_finding(struct result *r, const struct finding *f);
void sample_add_note(struct result *r, const char *note);

extern const struct finding sample_frozen_finding;

#endif
