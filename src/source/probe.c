/*
 * The progress is a high order statistic of the ends, not their maximum: the
 * eighth largest of many, the median of few.
 */
#include <stdlib.h>
#include "source/probe.h"

#define PROBE_BATCH 64
#define PROBE_ENDS 4096 /* records of one piece that are looked at */
#define PROBE_FEW 64    /* fewer than this: an eighth, no more than half */
#define PROBE_RANK 8

struct probe {
	struct flow_parser *parser; /* owned */
	struct flow flows[PROBE_BATCH];
	int64_t ends[PROBE_ENDS];
};

struct probe *
probe_new(const struct flow_parser_options *opt)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->parser = flow_parser_new(opt, NULL);
	if (p->parser == NULL) {
		free(p);
		return NULL;
	}
	flow_parser_file(p->parser, "probe", 1, 0);
	return p;
}

void
probe_free(struct probe *p)
{
	if (p == NULL)
		return;
	flow_parser_free(p->parser);
	free(p);
}

void
probe_header(struct probe *p, struct span header)
{
	size_t used;

	while (header.n > 0) {
		(void)flow_parser_feed(p->parser, header, FLOW_MORE_FOLLOWS,
		    p->flows, PROBE_BATCH, &used);
		if (used == 0)
			return;
		header.p += used;
		header.n -= used;
	}
}

static int
probe_newest_first(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static void
probe_answer(struct probe *p, size_t n, struct probe_answer *out)
{
	size_t rank = PROBE_RANK - 1;

	if (n == 0)
		return;
	qsort(p->ends, n, sizeof(p->ends[0]), probe_newest_first);
	if (n < PROBE_FEW)
		rank = n < 16 ? n / 2 : n / 8;
	out->progress_us = p->ends[rank];
	out->earliest_us = p->ends[n - 1];
}

void
probe_lines(struct probe *p, struct span lines, struct probe_answer *out)
{
	size_t i, got, used, n = 0;

	*out = (struct probe_answer){ .records = 0 };
	while (lines.n > 0 && n < PROBE_ENDS) {
		got = flow_parser_feed(p->parser, lines, FLOW_MORE_FOLLOWS,
		    p->flows, PROBE_BATCH, &used);
		for (i = 0; i < got && n < PROBE_ENDS; i++) {
			if (p->flows[i].status == FLOW_OK)
				p->ends[n++] = flow_end_us(&p->flows[i]);
			else
				out->bad++;
		}
		if (used == 0)
			break;
		lines.p += used;
		lines.n -= used;
	}
	out->records = n;
	probe_answer(p, n, out);
}

struct span
probe_head(struct span lines, unsigned max)
{
	const char *at = lines.p, *end = lines.p + lines.n, *nl;
	unsigned i;

	for (i = 0; i < max && at < end; i++) {
		nl = memchr(at, '\n', (size_t)(end - at));
		at = nl == NULL ? end : nl + 1;
	}
	return (struct span){ lines.p, (size_t)(at - lines.p) };
}

struct span
probe_tail(struct span lines, unsigned max)
{
	const char *at = lines.p + lines.n, *nl;
	unsigned i;

	for (i = 0; i < max && at > lines.p; i++) {
		/* From before the newline that ends the line. */
		nl = memrchr(lines.p, '\n', (size_t)(at - lines.p - 1));
		at = nl == NULL ? lines.p : nl + 1;
	}
	return (struct span){ at, (size_t)(lines.p + lines.n - at) };
}

static bool
probe_is_bare_header(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t
probe_header_bytes(struct span lines)
{
	size_t n = 0;
	const char *nl;

	while (n < lines.n &&
	    (lines.p[n] == '#' ||
		(n == 0 && probe_is_bare_header(lines.p[0])))) {
		nl = memchr(lines.p + n, '\n', lines.n - n);
		if (nl == NULL)
			break;
		n = (size_t)(nl + 1 - lines.p);
	}
	return n;
}
