/*
 * Writes the flows that differ, one line each, as a Zeek log, JSON lines or
 * CSV. Both sides of a flow are on one line, so that zeek-cut, jq or a
 * spreadsheet can show what one sensor saw and the other did not.
 */
#ifndef CROSSTAP_FLOWS_OUT_H
#define CROSSTAP_FLOWS_OUT_H

#include "base/buf.h"
#include "base/diag.h"
#include "flow/flow.h"

enum flows_format {
	FLOWS_TSV,
	FLOWS_JSON,
	FLOWS_CSV
};
extern const char *const flows_format_words[];

/* verdict: only_a, only_b, damaged, shifted or split. Either side may be NULL,
 * not both. Names are the operands'. */
struct flow_diff {
	const char *verdict;
	const char *sensor_a, *sensor_b;
	const struct flow *a, *b;
};

/* Who takes them: *f is borrowed until it returns. False with d set ends it. */
typedef bool flow_diff_fn(void *arg, const struct flow_diff *f, struct diag *d);

/* Time stamps of #open and #close: UTC, microseconds since 1970. */
void flows_out_head(enum flows_format format, int64_t now_us, struct buf *out);
void flows_out_add(
    enum flows_format format, const struct flow_diff *d, struct buf *out);
void flows_out_tail(enum flows_format format, int64_t now_us, struct buf *out);

#endif
