/*
 * Reads one operand into buckets, on a thread of its own: source to parser to
 * bins. Closed buckets wait in a short queue until the comparison takes them,
 * so that memory is bounded whichever sensor is ahead.
 */
#ifndef CROSSTAP_PULL_H
#define CROSSTAP_PULL_H

#include "base/diag.h"
#include "digest/bins.h"
#include "source/reader.h"

struct pull_options {
	const char *operand; /* borrowed, as all below */
	struct source_options source;
	struct flow_parser_options parser;
	struct bins_options bins;
};

struct pull;

/* Opens the operand; NULL with d set if it cannot be read at all. */
struct pull *pull_open(const struct pull_options *opt, struct diag *d);
void pull_close(struct pull *p);

/* Starts the thread; then take bins until NULL, in order of start. Without
 * pull_start() the bins are made on the caller's thread. */
bool pull_start(struct pull *p, struct diag *d) MUSTCHECK;
/* The next closed bucket, waiting for it; the caller owns it. NULL: the log
 * has ended, or failed: see pull_failed(). */
struct bin *pull_take(struct pull *p);
const char *pull_failed(const struct pull *p); /* NULL: did not */

/* After the last bin. */
const struct bins *pull_bins(const struct pull *p);
const struct reader *pull_reader(const struct pull *p);

/* At any time, from any thread. */
uint64_t pull_bytes_read(const struct pull *p);
uint64_t pull_bytes_total(const struct pull *p);

#endif
