/*
 * A reader is a source with the parsers of its streams: one operand as batches
 * of flows. Workers have one numbering, whichever stream they came from.
 */
#ifndef SOURCE_READER_H
#define SOURCE_READER_H

#include "source/source.h"

struct reader;

/* The options are copied, what they point to is borrowed. NULL with d set if
 * the operand cannot be read at all. */
struct reader *
reader_open(const char *operand, const struct source_options *source,
    const struct flow_parser_options *parser, struct diag *d);
void reader_close(struct reader *r);

/* The next flows, in *out, whose spans live until the next call; bad records
 * among them have status FLOW_BAD. 0: no more, see reader_ended(). */
size_t reader_next(struct reader *r, struct flow **out);

/* By the end of the log; false: by an error, see reader_failed(). */
bool reader_ended(const struct reader *r);
const char *reader_failed(const struct reader *r);  /* NULL: did not */
const char *reader_trouble(const struct reader *r); /* NULL: none; first one */

enum source_trouble reader_trouble_kind(const struct reader *r);

/* Some file did not end in #close, as those that are being written. */
bool reader_is_open(const struct reader *r);

/* Totals over all streams so far. */
uint64_t reader_lines(const struct reader *r);
uint64_t reader_problems(const struct reader *r, enum flow_problem kind);
const char *reader_message(const struct reader *r, enum flow_problem kind);
const char *reader_worker(const struct reader *r, unsigned index);
const struct source *reader_source(const struct reader *r);

/* Standard input and FIFOs can be read only once. */
bool reader_can_reread(const char *operand);

#endif
