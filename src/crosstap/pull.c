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

struct pull {
	struct pull_options opt;
	struct reader *reader; /* owned */
	struct bins *bins;     /* owned */
	struct diag failed;
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
	p->bins = bins_new(&opt->bins);
	if (p->bins == NULL)
		diag_set(d, "out of memory");
	else
		p->reader =
		    reader_open(opt->operand, &opt->source, &opt->parser, d);
	if (p->reader == NULL) {
		pull_close(p);
		return NULL;
	}
	return p;
}

void
pull_close(struct pull *p)
{
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
	reader_close(p->reader);
	bins_free(p->bins);
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

/* Reads until the end of the log or of the window. */
static void
pull_read(struct pull *p)
{
	const struct source *source = reader_source(p->reader);
	struct flow *flows;
	size_t n;
	bool ok = true;

	while (ok && !bins_done(p->bins) &&
	    (n = reader_next(p->reader, &flows)) > 0) {
		if (!bins_add(p->bins, flows, n)) {
			diag_set(
			    &p->failed, "%s: out of memory", p->opt.operand);
			ok = false;
		}
		ok = ok && pull_give_closed(p);
		atomic_store(&p->bytes, source_bytes_read(source));
		atomic_store(&p->bytes_total, source_bytes_total(source));
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
	return p->failed.text[0] == '\0' ? reader_failed(p->reader)
					 : p->failed.text;
}

const struct bins *
pull_bins(const struct pull *p)
{
	return p->bins;
}

const struct reader *
pull_reader(const struct pull *p)
{
	return p->reader;
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
