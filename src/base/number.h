/*
 * Numbers for machines: text that reads back as the same value.
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

#endif
