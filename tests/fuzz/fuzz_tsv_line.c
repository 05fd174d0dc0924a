/*
 * A log from outside through the parser twice: by the vector code at once, by
 * the portable code one record at a time. Both must see the same records, the
 * same problems and the same workers.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/parser.h"
#include "fuzz.h"
#include "log.h"

#define TSV_LINE_BATCH 64
/* every byte of a flow but the padding at its end */
#define TSV_LINE_FLOW (offsetof(struct flow, status) + 1)

struct tsv_line_reader {
	struct flow_parser *parser; /* owned */
	struct span rest;
	struct flow batch[TSV_LINE_BATCH];
	size_t n, at, max;
};

static void
tsv_line_open(struct tsv_line_reader *r, struct span log,
    const struct flow_parser_options *opt, size_t max)
{
	r->parser = flow_parser_new(opt, NULL);
	INVARIANT(r->parser != NULL);
	r->rest = log;
	r->n = r->at = 0;
	r->max = max;
}

/* The next record; NULL at the end. */
static const struct flow *
tsv_line_next(struct tsv_line_reader *r)
{
	size_t used;

	while (r->at == r->n && r->rest.n > 0) {
		memset(r->batch, 0, sizeof(r->batch));
		r->at = 0;
		r->n = flow_parser_feed(r->parser, r->rest, FLOW_LAST_BLOCK,
		    r->batch, r->max, &used);
		INVARIANT(used <= r->rest.n && (used > 0 || r->n > 0));
		r->rest.p += used;
		r->rest.n -= used;
	}
	return r->at < r->n ? &r->batch[r->at++] : NULL;
}

static void
tsv_line_same_end(const struct flow_parser *a, const struct flow_parser *b)
{
	const char *x, *y;
	unsigned i;

	INVARIANT(flow_parser_lines(a) == flow_parser_lines(b));
	INVARIANT(flow_parser_records(a) == flow_parser_records(b));
	INVARIANT(flow_parser_columns(a) == flow_parser_columns(b));
	INVARIANT(flow_parser_closed(a) == flow_parser_closed(b));
	for (i = 0; i < FLOW_NPROBLEMS; i++) {
		enum flow_problem k = (enum flow_problem)i;

		INVARIANT(
		    flow_parser_problems(a, k) == flow_parser_problems(b, k));
		x = flow_parser_message(a, k);
		y = flow_parser_message(b, k);
		INVARIANT((x == NULL) == (y == NULL));
		INVARIANT(x == NULL || strcmp(x, y) == 0);
	}
	for (i = 0; i < FLOW_MAX_WORKERS; i++) {
		x = flow_parser_worker(a, i);
		y = flow_parser_worker(b, i);
		INVARIANT((x == NULL) == (y == NULL));
		INVARIANT(x == NULL || strcmp(x, y) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct flow_parser_options vector = { .detail = true };
	static const struct flow_parser_options portable = { .detail = true,
		.portable = true };
	static struct tsv_line_reader a, b;
	const struct flow *f, *g;
	struct span log = fuzz_log(data, size);

	tsv_line_open(&a, log, &vector, TSV_LINE_BATCH);
	tsv_line_open(&b, log, &portable, 1);
	do {
		f = tsv_line_next(&a);
		g = tsv_line_next(&b);
		INVARIANT((f == NULL) == (g == NULL));
		INVARIANT(f == NULL || memcmp(f, g, TSV_LINE_FLOW) == 0);
	} while (f != NULL);
	tsv_line_same_end(a.parser, b.parser);
	flow_parser_free(a.parser);
	flow_parser_free(b.parser);
	free((void *)(uintptr_t)log.p);
	return 0;
}
