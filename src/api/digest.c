/*
 * The buckets of a log, kept until the digest is freed: a comparison only
 * reads them.
 */
#include <stdlib.h>
#include "api/api.h"

#define API_WIDTH_US (60 * US_PER_S)
#define API_SETTLE_US (400 * US_PER_S)
#define API_MAX_SETTLE_US (86400 * US_PER_S)

struct crosstap_digest *
crosstap_digest_new(const struct crosstap_digest_options *opt)
{
	struct crosstap_digest *d;
	int64_t width = opt->width_us == 0 ? API_WIDTH_US : opt->width_us;
	int64_t settle = opt->settle_us < 0 ? API_SETTLE_US : opt->settle_us;

	if (width < US_PER_S || width > BINS_MAX_WIDTH_US ||
	    settle > API_MAX_SETTLE_US)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->opt = (struct bins_options){ .width_us = width,
		.settle_us = settle,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.seed = opt->seed,
		.keep = BINS_ENTRIES };
	d->bins = bins_new(&d->opt);
	if (d->bins == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

void
crosstap_digest_free(struct crosstap_digest *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->n; i++)
		bin_free(d->bin[i]);
	free(d->bin);
	bins_free(d->bins);
	free(d);
}

/* Room comes first, so that no bucket is taken and lost. */
static enum crosstap_status
api_take(struct crosstap_digest *d)
{
	struct bin *bin;

	for (;;) {
		if (d->n == d->cap) {
			size_t cap = d->cap == 0 ? 64 : 2 * d->cap;
			void *v = realloc(d->bin, cap * sizeof(*d->bin));

			if (v == NULL)
				return CROSSTAP_NO_MEMORY;
			d->bin = v;
			d->cap = cap;
		}
		bin = bins_take(d->bins);
		if (bin == NULL)
			return CROSSTAP_OK;
		d->bin[d->n++] = bin;
	}
}

enum crosstap_status
crosstap_digest_add(struct crosstap_digest *d, const struct crosstap_flow *f)
{
	if (d->ended)
		return CROSSTAP_INVALID;
	if (!bins_add(d->bins, api_flow(f), 1))
		return CROSSTAP_NO_MEMORY;
	return api_take(d);
}

enum crosstap_status
crosstap_digest_end(struct crosstap_digest *d)
{
	if (d->ended)
		return CROSSTAP_INVALID;
	d->ended = true;
	bins_finish(d->bins);
	return api_take(d);
}

size_t
crosstap_digest_buckets(const struct crosstap_digest *d)
{
	return d->ended ? d->n : 0;
}

enum crosstap_status
crosstap_digest_bucket(
    const struct crosstap_digest *d, size_t index, struct crosstap_bucket *out)
{
	const struct bin *bin;

	if (index >= crosstap_digest_buckets(d))
		return CROSSTAP_INVALID;
	bin = d->bin[index];
	*out = (struct crosstap_bucket){ bin->start_us, bin->flows,
		bin->packets, bin->ip_bytes, bin->bad };
	return CROSSTAP_OK;
}

uint64_t
crosstap_digest_late(const struct crosstap_digest *d)
{
	return bins_late(d->bins);
}
