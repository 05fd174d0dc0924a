/*
 * Parsers live as long as the reader: totals and worker names are theirs. A
 * block is parsed in batches that fit the first-level cache.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "source/reader.h"

#define READER_BATCH 64

struct reader {
	struct flow_parser_options options;
	struct source *source;                           /* owned */
	struct flow_parser *parsers[SOURCE_MAX_STREAMS]; /* owned */
	/* worker names of all parsers, and each parser's own numbers in them */
	char (*workers)[FLOW_MAX_NAME]; /* owned */
	unsigned nworkers;
	uint8_t worker_map[SOURCE_MAX_STREAMS][256];
	unsigned mapped[SOURCE_MAX_STREAMS];
	struct source_item block; /* that is being parsed */
	struct span rest;         /* of it */
	struct diag failed, trouble;
	enum source_trouble trouble_kind; /* of the first */
	bool ended;
	struct flow batch[READER_BATCH];
};

struct reader *
reader_open(const char *operand, const struct source_options *source,
    const struct flow_parser_options *parser, struct diag *d)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct source_options so = *source;

	if (r != NULL)
		r->workers = calloc(FLOW_MAX_WORKERS, sizeof(*r->workers));
	if (r == NULL || r->workers == NULL) {
		diag_set(d, "out of memory");
		reader_close(r);
		return NULL;
	}
	r->options = *parser;
	so.parser = &r->options;
	r->source = source_open(operand, &so, d);
	if (r->source == NULL) {
		reader_close(r);
		return NULL;
	}
	return r;
}

void
reader_close(struct reader *r)
{
	unsigned i;

	if (r == NULL)
		return;
	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		flow_parser_free(r->parsers[i]);
	source_close(r->source);
	free(r->workers);
	free(r);
}

/* The number of a name among all streams' workers. */
static uint8_t
reader_number_worker(struct reader *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->nworkers; i++)
		if (strcmp(r->workers[i], name) == 0)
			return (uint8_t)i;
	if (r->nworkers == FLOW_MAX_WORKERS)
		return FLOW_NO_WORKER;
	memcpy(r->workers[r->nworkers], name, strlen(name) + 1);
	return (uint8_t)r->nworkers++;
}

/* Each parser numbers the workers as they come; one numbering for all. */
static void
reader_map_workers(struct reader *r, unsigned stream, size_t n)
{
	uint8_t *map = r->worker_map[stream];
	const char *name;
	size_t i;

	while ((name = flow_parser_worker(
		    r->parsers[stream], r->mapped[stream])) != NULL)
		map[r->mapped[stream]++] = reader_number_worker(r, name);
	map[FLOW_NO_WORKER] = FLOW_NO_WORKER;
	if (r->mapped[stream] > 0)
		for (i = 0; i < n; i++)
			r->batch[i].worker = map[r->batch[i].worker];
}

static size_t
reader_parse(struct reader *r)
{
	size_t used, n;

	n = flow_parser_feed(r->parsers[r->block.stream], r->rest, r->block.end,
	    r->batch, READER_BATCH, &used);
	INVARIANT(used > 0 || n > 0);
	r->rest.p += used;
	r->rest.n -= used;
	reader_map_workers(r, r->block.stream, n);
	return n;
}

static void
reader_file(struct reader *r, const struct source_item *item)
{
	struct flow_parser **parser = &r->parsers[item->stream];

	if (*parser == NULL)
		*parser = flow_parser_new(&r->options, &r->failed);
	if (*parser != NULL)
		flow_parser_file(*parser, item->file, item->line, item->offset);
}

/* Goes on to the next block; false at the end. */
static bool
reader_block(struct reader *r)
{
	while (!r->ended && r->failed.text[0] == '\0') {
		struct diag d = DIAG_INIT;

		source_next(r->source, &r->block, &d);
		switch (r->block.event) {
		case SOURCE_FILE:
			reader_file(r, &r->block);
			break;
		case SOURCE_SEEK:
			flow_parser_seek(
			    r->parsers[r->block.stream], r->block.offset);
			break;
		case SOURCE_BLOCK:
			r->rest = r->block.block;
			return true;
		case SOURCE_TROUBLE:
			diag_set(&r->trouble, "%s", d.text);
			if (r->trouble_kind == TROUBLE_NONE)
				r->trouble_kind = r->block.trouble;
			break;
		case SOURCE_FAILED:
			diag_set(&r->failed, "%s", d.text);
			break;
		case SOURCE_END:
			r->ended = true;
			break;
		}
	}
	return false;
}

size_t
reader_next(struct reader *r, struct flow **out)
{
	size_t n = 0;

	*out = r->batch;
	while (n == 0 && (r->rest.n > 0 || reader_block(r)))
		if (r->rest.n > 0)
			n = reader_parse(r);
	return n;
}

bool
reader_ended(const struct reader *r)
{
	return r->ended;
}

const char *
reader_failed(const struct reader *r)
{
	return r->failed.text[0] == '\0' ? NULL : r->failed.text;
}

const char *
reader_trouble(const struct reader *r)
{
	return r->trouble.text[0] == '\0' ? NULL : r->trouble.text;
}

enum source_trouble
reader_trouble_kind(const struct reader *r)
{
	return r->trouble_kind;
}

bool
reader_is_open(const struct reader *r)
{
	bool open = false;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		open |=
		    r->parsers[i] != NULL && !flow_parser_closed(r->parsers[i]);
	return open;
}

uint64_t
reader_lines(const struct reader *r)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		if (r->parsers[i] != NULL)
			n += flow_parser_lines(r->parsers[i]);
	return n;
}

uint64_t
reader_problems(const struct reader *r, enum flow_problem kind)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		if (r->parsers[i] != NULL)
			n += flow_parser_problems(r->parsers[i], kind);
	return n;
}

const char *
reader_message(const struct reader *r, enum flow_problem kind)
{
	const char *text = NULL;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS && text == NULL; i++)
		if (r->parsers[i] != NULL)
			text = flow_parser_message(r->parsers[i], kind);
	return text;
}

const char *
reader_worker(const struct reader *r, unsigned index)
{
	return index < r->nworkers ? r->workers[index] : NULL;
}

const struct source *
reader_source(const struct reader *r)
{
	return r->source;
}

bool
reader_can_reread(const char *operand)
{
	struct stat st;

	if (strcmp(operand, "-") == 0)
		return false;
	return stat(operand, &st) != 0 || S_ISREG(st.st_mode) ||
	    S_ISDIR(st.st_mode);
}
