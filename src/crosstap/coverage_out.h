/*
 * The ledger of a group as tables: what each sensor saw, what it is, and the
 * log files that it had. One list of columns gives JSON, CSV and text.
 */
#ifndef CROSSTAP_COVERAGE_OUT_H
#define CROSSTAP_COVERAGE_OUT_H

#include "base/buf.h"
#include "store/reading.h"
#include "store/roster.h"

enum coverage_table {
	COVERAGE_STRETCHES, /* struct coverage */
	COVERAGE_SENSORS,   /* struct store_attribute */
	COVERAGE_FILES      /* struct coverage_file */
};

struct coverage_file {
	const char *sensor; /* borrowed */
	struct store_file f;
};

/* A list of objects, without a line end. */
void coverage_json(
    enum coverage_table t, const void *rows, size_t n, struct buf *out);
/* RFC 4180, with a header; lines end in LF. */
void coverage_csv(
    enum coverage_table t, const void *rows, size_t n, struct buf *out);
/* Columns for people. */
void coverage_text(
    enum coverage_table t, const void *rows, size_t n, struct buf *out);

/* How much of the time each state is, a line a sensor. */
void coverage_sums(const struct coverage *v, size_t n, struct buf *out);

#endif
