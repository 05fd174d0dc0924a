/*
 * Private to the writers for machines: numbers that read back as the same
 * value, and the fixed words of doc/diff-json.md.
 */
#ifndef CROSSTAP_REPORT_NUMBER_H
#define CROSSTAP_REPORT_NUMBER_H

#include "base/buf.h"
#include "compare/result.h"

/* The shortest decimal form that gives the same double; "null" if it is not
 * finite. */
void report_number(double v, struct buf *out);

/* Microseconds as seconds: "1764000000", "1764000000.25", "-0.5"; "null" for
 * INT64_MIN and INT64_MAX, which stand for unknown. */
void report_number_seconds(int64_t us, struct buf *out);

/* "bad-lines", "not-yet", "before-log", "after-log", "trouble", "edge",
 * "no-answer": part of the contract, unlike result_gap_name(). */
const char *report_gap_id(enum result_gap g);
const char *report_relation_id(enum relation r);

#endif
