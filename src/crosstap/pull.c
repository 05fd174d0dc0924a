/*
 * The queue holds a few bins; the reader waits when it is full. All state of
 * the reading belongs to the reader until it has finished.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/pull.h"

#define PULL_QUEUE 4
#define PULL_BATCH 64

struct pull {
	struct pull_options opt;
	struct source *source;
	struct flow_parser *parsers[SOURCE_MAX_STREAMS]; /* owned */
	/* worker names of all parsers, and each parser's own numbers in them */
	char (*workers)[FLOW_MAX_NAME]; /* owned */
	unsigned nworkers;
	uint8_t worker_map[SOURCE_MAX_STREAMS][256];
	unsigned mapped[SOURCE_MAX_STREAMS];
	struct bins *bins; /* owned */
	struct flow batch[PULL_BATCH];
	struct diag failed, trouble;
	bool ended;
	atomic_ullong bytes, bytes_total; /* the source belongs to its thread */

	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct bin *queue[PULL_QUEUE];
	unsigned head, count;
	bool finished, abandoned;
};

struct pull *
pull_open(const struct pull_options *opt, struct diag *d)
{
	struct pull *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	p->opt = *opt;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->changed, NULL);
	p->opt.source.parser = &p->opt.parser;
	p->workers = calloc(FLOW_MAX_WORKERS, sizeof(*p->workers));
	p->bins = bins_new(&opt->bins);
	if (p->workers == NULL || p->bins == NULL)
		diag_set(d, "out of memory");
	else
		p->source = source_open(opt->operand, &p->opt.source, d);
	if (p->source == NULL) {
		pull_close(p);
		return NULL;
	}
	return p;
}

void
pull_close(struct pull *p)
{
	unsigned i;

	if (p == NULL)
		return;
	if (p->threaded) {
		(void)pthread_mutex_lock(&p->lock);
		p->abandoned = true;
		(void)pthread_cond_broadcast(&p->changed);
		(void)pthread_mutex_unlock(&p->lock);
		(void)pthread_join(p->thread, NULL);
	}
	for (; p->count > 0; p->count--, p->head++)
		bin_free(p->queue[p->head % PULL_QUEUE]);
	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		flow_parser_free(p->parsers[i]);
	source_close(p->source);
	bins_free(p->bins);
	free(p->workers);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->changed);
	free(p);
}

/* Gives a bin to the comparison; false if nobody wants it any more. */
static bool
pull_give(struct pull *p, struct bin *bin)
{
	bool ok;

	(void)pthread_mutex_lock(&p->lock);
	while (p->count == PULL_QUEUE && !p->abandoned)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	ok = !p->abandoned;
	if (ok)
		p->queue[(p->head + p->count++) % PULL_QUEUE] = bin;
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	if (!ok)
		bin_free(bin);
	return ok;
}

static bool
pull_give_closed(struct pull *p)
{
	struct bin *bin;

	while ((bin = bins_take(p->bins)) != NULL)
		if (!pull_give(p, bin))
			return false;
	return true;
}

/* The number of a name among all streams' workers. */
static uint8_t
pull_number_worker(struct pull *p, const char *name)
{
	unsigned i;

	for (i = 0; i < p->nworkers; i++)
		if (strcmp(p->workers[i], name) == 0)
			return (uint8_t)i;
	if (p->nworkers == FLOW_MAX_WORKERS)
		return FLOW_NO_WORKER;
	memcpy(p->workers[p->nworkers], name, strlen(name) + 1);
	return (uint8_t)p->nworkers++;
}

/* Each parser numbers the workers as they come; one numbering for all. */
static void
pull_map_workers(struct pull *p, unsigned stream, size_t n)
{
	uint8_t *map = p->worker_map[stream];
	const char *name;
	size_t i;

	while ((name = flow_parser_worker(
		    p->parsers[stream], p->mapped[stream])) != NULL)
		map[p->mapped[stream]++] = pull_number_worker(p, name);
	map[FLOW_NO_WORKER] = FLOW_NO_WORKER;
	if (p->mapped[stream] > 0)
		for (i = 0; i < n; i++)
			p->batch[i].worker = map[p->batch[i].worker];
}

static bool
pull_block(struct pull *p, const struct source_item *item)
{
	struct flow_parser *parser = p->parsers[item->stream];
	struct span rest = item->block;
	size_t used, n;

	while (rest.n > 0) {
		n = flow_parser_feed(
		    parser, rest, item->end, p->batch, PULL_BATCH, &used);
		INVARIANT(used > 0 || n > 0);
		pull_map_workers(p, item->stream, n);
		if (!bins_add(p->bins, p->batch, n)) {
			diag_set(&p->failed, "%s: out of memory", item->file);
			return false;
		}
		rest.p += used;
		rest.n -= used;
		if (!pull_give_closed(p))
			return false;
	}
	return true;
}

static bool
pull_file(struct pull *p, const struct source_item *item)
{
	struct flow_parser **parser = &p->parsers[item->stream];

	if (*parser == NULL)
		*parser = flow_parser_new(&p->opt.parser, &p->failed);
	if (*parser == NULL)
		return false;
	flow_parser_file(*parser, item->file, item->line, item->offset);
	return true;
}

/* Reads until the end of the log or of the window. */
static void
pull_read(struct pull *p)
{
	struct source_item item;
	struct diag d;
	bool ok = true;

	while (ok && !bins_done(p->bins)) {
		d.text[0] = '\0';
		source_next(p->source, &item, &d);
		switch (item.event) {
		case SOURCE_FILE:
			ok = pull_file(p, &item);
			break;
		case SOURCE_SEEK:
			flow_parser_seek(p->parsers[item.stream], item.offset);
			break;
		case SOURCE_BLOCK:
			ok = pull_block(p, &item);
			break;
		case SOURCE_TROUBLE:
			diag_set(&p->trouble, "%s", d.text);
			break;
		case SOURCE_FAILED:
			diag_set(&p->failed, "%s", d.text);
			ok = false;
			break;
		case SOURCE_END:
			p->ended = true;
			ok = false;
			break;
		}
		atomic_store(&p->bytes, source_bytes_read(p->source));
		atomic_store(&p->bytes_total, source_bytes_total(p->source));
	}
	bins_finish(p->bins);
	(void)pull_give_closed(p);
}

static void *
pull_main(void *arg)
{
	struct pull *p = arg;

	pull_read(p);
	(void)pthread_mutex_lock(&p->lock);
	p->finished = true;
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

bool
pull_start(struct pull *p, struct diag *d)
{
	if (pthread_create(&p->thread, NULL, pull_main, p) != 0) {
		diag_set(d, "cannot start a thread");
		return false;
	}
	p->threaded = true;
	return true;
}

struct bin *
pull_take(struct pull *p)
{
	struct bin *bin = NULL;

	(void)pthread_mutex_lock(&p->lock);
	while (p->count == 0 && !p->finished)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	if (p->count > 0) {
		bin = p->queue[p->head++ % PULL_QUEUE];
		p->count--;
	}
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
	return bin;
}

const char *
pull_failed(const struct pull *p)
{
	return p->failed.text[0] == '\0' ? NULL : p->failed.text;
}

const struct bins *
pull_bins(const struct pull *p)
{
	return p->bins;
}

uint64_t
pull_lines(const struct pull *p)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		if (p->parsers[i] != NULL)
			n += flow_parser_lines(p->parsers[i]);
	return n;
}

uint64_t
pull_problems(const struct pull *p, enum flow_problem kind)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		if (p->parsers[i] != NULL)
			n += flow_parser_problems(p->parsers[i], kind);
	return n;
}

const char *
pull_message(const struct pull *p, enum flow_problem kind)
{
	const char *text = NULL;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS && text == NULL; i++)
		if (p->parsers[i] != NULL)
			text = flow_parser_message(p->parsers[i], kind);
	return text;
}

const char *
pull_trouble(const struct pull *p)
{
	return p->trouble.text[0] == '\0' ? NULL : p->trouble.text;
}

bool
pull_is_live(const struct pull *p)
{
	return source_is_live(p->source);
}

bool
pull_ended(const struct pull *p)
{
	return p->ended;
}

const char *
pull_worker(const struct pull *p, unsigned index)
{
	return index < p->nworkers ? p->workers[index] : NULL;
}

uint64_t
pull_bytes_read(const struct pull *p)
{
	return atomic_load(&p->bytes);
}

uint64_t
pull_bytes_total(const struct pull *p)
{
	return atomic_load(&p->bytes_total);
}

size_t
pull_files(const struct pull *p)
{
	return source_files(p->source);
}
