/*
 * Numbers as text: for machines, that reads back as the same value, and the
 * offset of a clock for people.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/buf.h"

/* The shortest decimal form that gives the same double; "null" if it is not
 * finite. */
void number_real(double v, struct buf *out);

/* Microseconds as seconds: "1764000000", "1764000000.25", "-0.5"; "null" for
 * INT64_MIN and INT64_MAX, which stand for unknown. */
void number_seconds(int64_t us, struct buf *out);

/* "+0.003 s", "-1.204 s"; "0.000 s" has no sign. */
void number_offset(int64_t us, struct buf *out);

#endif
