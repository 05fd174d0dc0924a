/*
 * Open buckets are few (settle / width and a handful) and kept sorted by
 * start. A record of a bucket that was closed is late: counted there, and not
 * compared on any sensor, since each closes at the same point of its log.
 */
#include <stdlib.h>
#include <string.h>
#include "digest/bins.h"
#include "digest/entry_flow.h"
#include "digest/nets.h"
#include "flow/key_inline.h"

/* Flows go through in batches: keys first, then the buckets, so that a batch
 * waits for memory once and not a flow at a time. */
#define BINS_BATCH 32

struct bins_pending {
	const struct flow *flow;
	struct bin *bin; /* NULL: late */
	uint64_t key;
	int64_t end_us;
	int64_t mark_us; /* the watermark at this record */
	bool orig_is_high;
};

/* A log begins when the first of so many records were written: most ended long
 * before, a few just then. The newest quarter of them tells. */
#define BINS_FIRST 16

struct bins {
	struct bins_options opt;
	struct watermark mark;
	int64_t begin_us;
	unsigned nfirst;      /* records, until begin_us is known */
	int64_t closed_to_us; /* all buckets that start before are closed */
	struct bin *open[BINS_MAX_OPEN]; /* owned; by start */
	size_t nopen;
	struct bin *last; /* where the last flow went */
	size_t keys_hint; /* keys to expect in a bucket: from the last one */
	uint32_t tuples_hint;   /* limit of tuples to begin with */
	struct keyset old_keys; /* owned: memory of the last one closed */
	struct netmap nets;
	struct bins_late_entry *late_entries; /* owned */
	size_t nlate, cap_late;
	uint64_t late, outside;
	bool finished;
};

struct bins *
bins_new(const struct bins_options *opt)
{
	struct bins *b = calloc(1, sizeof(*b));

	INVARIANT(opt->width_us > 0 && opt->width_us <= BINS_MAX_WIDTH_US);
	if (b == NULL)
		return NULL;
	b->opt = *opt;
	watermark_init(&b->mark);
	b->begin_us = INT64_MIN;
	b->closed_to_us = INT64_MIN;
	b->tuples_hint = UINT32_MAX;
	return b;
}

void
bin_free(struct bin *bin)
{
	if (bin == NULL)
		return;
	entries_clear(&bin->entries);
	keyset_clear(&bin->occurrences);
	digest_free(bin->digest);
	tuples_clear(&bin->tuples);
	free(bin->elements);
	if (bin->thin != NULL) {
		entries_clear(&bin->thin->sampled);
		free(bin->thin->sample);
		free(bin->thin);
	}
	free(bin->names);
	free(bin->nets);
	free(bin);
}

bool
bin_make_thin(struct bin *bin)
{
	bin->thin = calloc(1, sizeof(*bin->thin));
	if (bin->thin != NULL)
		bin->thin->weight = bin->thin->sampled_weight = 1;
	return bin->thin != NULL;
}

void
bins_free(struct bins *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < b->nopen; i++)
		bin_free(b->open[i]);
	keyset_clear(&b->old_keys);
	netmap_clear(&b->nets);
	free(b->late_entries);
	free(b);
}

static int64_t
bins_start_of(const struct bins *b, int64_t t)
{
	int64_t w = b->opt.width_us, r = t % w;

	return t - (r < 0 ? r + w : r);
}

static struct bin *
bins_new_bin(struct bins *b, int64_t start)
{
	struct bin *bin = calloc(1, sizeof(*bin));
	size_t hint, i;

	if (bin == NULL)
		return NULL;
	bin->start_us = start;
	hint = b->keys_hint;
	for (i = 0; i < b->nopen; i++)
		if (b->open[i]->occurrences.n > hint)
			hint = b->open[i]->occurrences.n;
	tuples_init(&bin->tuples, b->tuples_hint);
	if ((b->opt.keep & (BINS_DIGEST | BINS_ELEMENTS)) != 0 &&
	    !keyset_reserve(&bin->occurrences, hint, &b->old_keys))
		goto fail;
	if ((b->opt.keep & BINS_NETS) != 0) {
		bin->nets = calloc(NETS_MAX, sizeof(*bin->nets));
		if (bin->nets == NULL)
			goto fail;
	}
	if ((b->opt.keep & BINS_DIGEST) == 0)
		return bin;
	bin->digest = digest_new(start, b->opt.width_us, b->opt.sample);
	if (bin->digest != NULL)
		return bin;
fail:
	bin_free(bin);
	return NULL;
}

/* The open bucket of that start; made if there is room. *full tells why not:
 * too many buckets are open, or memory has run out. */
static struct bin *
bins_open(struct bins *b, int64_t start, bool *full)
{
	struct bin *bin;
	size_t i = b->nopen;

	*full = false;
	while (i > 0 && b->open[i - 1]->start_us >= start)
		i--;
	if (i < b->nopen && b->open[i]->start_us == start)
		return b->open[i];
	if (b->nopen == BINS_MAX_OPEN) {
		*full = true;
		return NULL;
	}
	bin = bins_new_bin(b, start);
	if (bin == NULL)
		return NULL;
	memmove(
	    b->open + i + 1, b->open + i, (b->nopen - i) * sizeof(b->open[0]));
	b->open[i] = bin;
	b->nopen++;
	return bin;
}

static void
bins_fill_entry(struct bins *b, struct entry *e, const struct bins_pending *q,
    int64_t bucket)
{
	int64_t delay = q->mark_us - q->end_us;

	delay = delay < 0 ? 0 : delay / ENTRY_DELAY_UNIT_US;
	entry_from_flow(e, q->flow, q->key, q->orig_is_high, q->end_us, bucket,
	    delay > 255 ? 255 : (uint8_t)delay, &b->nets);
}

static bool
bins_grow_elements(const struct bins *b, struct bin *bin)
{
	size_t cap = bin->cap_elements == 0 ? 1024 : 2 * bin->cap_elements;
	uint64_t *p = realloc(bin->elements, cap * sizeof(*p));
	struct bin_name *names;

	if (p == NULL)
		return false;
	bin->elements = p;
	if ((b->opt.keep & BINS_NAMES) != 0) {
		names = realloc(bin->names, cap * sizeof(*names));
		if (names == NULL)
			return false;
		bin->names = names;
	}
	bin->cap_elements = cap;
	return true;
}

static bool
bins_add_element(
    const struct bins *b, const struct bins_pending *q, uint64_t element)
{
	struct bin *bin = q->bin;

	if (bin->nelements == bin->cap_elements && !bins_grow_elements(b, bin))
		return false;
	if (bin->names != NULL)
		bin->names[bin->nelements] = (struct bin_name){ q->key,
			digest_state_element(element, q->flow) };
	bin->elements[bin->nelements++] = element;
	return true;
}

static bool
bins_add_tuple(const struct bins *b, const struct bins_pending *q)
{
	const struct flow *f = q->flow;
	struct tuples *ts = &q->bin->tuples;
	uint32_t luck = tuples_luck(&f->orig, &f->resp, b->opt.seed);
	struct tuple_flow t;

	if (LIKELY(luck > ts->limit))
		return true;
	t = (struct tuple_flow){ .key = q->key,
		.end_off_us = (uint32_t)(q->end_us - q->bin->start_us),
		.luck = luck,
		.addr = { f->orig, f->resp },
		.port = { f->orig_port, f->resp_port },
		.proto = f->proto,
		.answered = flow_is_answered(f) };
	return tuples_add(ts, &t);
}

static void
bins_count_fresh(struct bin *bin, const struct flow *f, int64_t end_us)
{
	struct entry_fresh *t = &bin->fresh;

	if (end_us - f->duration_us < bin->start_us ||
	    (f->flags & FLOW_HAS_COUNTS) == 0)
		return;
	t->flows++;
	t->packets += f->orig_pkts + f->resp_pkts;
	entry_count_large(f->orig_pkts, f->orig_ip_bytes, t->large);
	entry_count_large(f->resp_pkts, f->resp_ip_bytes, t->large);
}

/* What is compared by its element. */
static bool
bins_put_element(struct bins *b, const struct bins_pending *q)
{
	const struct flow *f = q->flow;
	struct bin *bin = q->bin;
	uint64_t element = q->key;
	uint32_t seen;

	bin->scope++;
	if ((b->opt.keep & BINS_FRESH) != 0)
		bins_count_fresh(bin, f, q->end_us);
	if ((b->opt.keep & (BINS_DIGEST | BINS_ELEMENTS)) == 0)
		return true;
	seen = keyset_count(&bin->occurrences, q->key);
	if (UNLIKELY(seen == UINT32_MAX))
		return false;
	if (UNLIKELY(seen > 0))
		element = flow_key(f, b->opt.seed + seen);
	if ((b->opt.keep & BINS_DIGEST) != 0)
		digest_add(bin->digest, f, element, q->end_us - f->duration_us,
		    q->end_us);
	return (b->opt.keep & BINS_ELEMENTS) == 0 ||
	    bins_add_element(b, q, element);
}

static bool
bins_put(struct bins *b, const struct bins_pending *q)
{
	const struct flow *f = q->flow;
	struct bin *bin = q->bin;

	bin->flows++;
	bin->packets += f->orig_pkts + f->resp_pkts;
	bin->ip_bytes += f->orig_ip_bytes + f->resp_ip_bytes;
	bin->workers[f->worker]++;
	bin->local_known += (f->flags & FLOW_LOCAL_KNOWN) != 0;
	bin->local_ends += (f->flags & FLOW_LOCAL_ORIG) != 0;
	bin->local_ends += (f->flags & FLOW_LOCAL_RESP) != 0;
	if (bin->nets != NULL)
		bin->nets[nets_of(f)]++;
	if ((!b->opt.answered || flow_is_answered(f)) &&
	    !bins_put_element(b, q))
		return false;
	if ((b->opt.keep & BINS_TUPLES) != 0 && !bins_add_tuple(b, q))
		return false;
	if ((b->opt.keep & BINS_ENTRIES) != 0) {
		struct entry *e = entries_add(&bin->entries);

		if (e == NULL)
			return false;
		bins_fill_entry(b, e, q, bin->start_us);
	}
	return true;
}

/* The bucket for a time, NULL with *ok if the record does not count. A bucket
 * is closed for a record where the watermark before it says so, whether it was
 * taken yet or not: blocks and batches are no property of a log. */
static struct bin *
bins_place(struct bins *b, int64_t end, int64_t before, bool *ok, bool *late)
{
	struct bin *bin = b->last;
	int64_t start, open = b->opt.width_us + b->opt.settle_us;
	bool full;

	*ok = true;
	*late = false;
	if (LIKELY(bin != NULL &&
		(uint64_t)(end - bin->start_us) < (uint64_t)b->opt.width_us &&
		before < bin->start_us + open))
		return bin;
	if (UNLIKELY(end < b->opt.from_us || end >= b->opt.to_us)) {
		b->outside++;
		return NULL;
	}
	start = bins_start_of(b, end);
	if (UNLIKELY(start < b->closed_to_us || before >= start + open)) {
		*late = true;
		return NULL;
	}
	bin = bins_open(b, start, &full);
	if (bin == NULL) {
		b->outside += full;
		*ok = full;
		return NULL;
	}
	b->last = bin;
	return bin;
}

static bool
bins_keep_late(struct bins *b, const struct bins_pending *q)
{
	struct bins_late_entry *v;
	size_t cap;

	b->late++;
	if ((b->opt.keep & BINS_ENTRIES) == 0 || b->nlate == BINS_MAX_LATE)
		return true;
	if (b->nlate == b->cap_late) {
		cap = b->cap_late == 0 ? 256 : 2 * b->cap_late;
		v = realloc(b->late_entries, cap * sizeof(*v));
		if (v == NULL)
			return false;
		b->late_entries = v;
		b->cap_late = cap;
	}
	v = &b->late_entries[b->nlate++];
	v->bucket_us = bins_start_of(b, q->end_us);
	bins_fill_entry(b, &v->e, q, v->bucket_us);
	return true;
}

static bool
bins_add_bad(struct bins *b)
{
	int64_t mark = watermark_get(&b->mark);
	struct bin *bin;
	bool ok, late;

	/* where the log is: the record's own time is not known */
	if (mark == INT64_MIN)
		mark = b->opt.from_us == INT64_MIN ? 0 : b->opt.from_us;
	if (mark == 0)
		return true;
	bin = bins_place(b, mark, INT64_MIN, &ok, &late);
	if (bin != NULL)
		bin->bad++;
	return ok;
}

/* Takes in the time of a flow and finds its bucket. *use is false if it does
 * not count; the result is false when out of memory. */
static bool
bins_look(
    struct bins *b, const struct flow *f, struct bins_pending *q, bool *use)
{
	struct key_words k;
	int64_t before;
	bool ok, late;

	*use = false;
	if (UNLIKELY(f->status != FLOW_OK))
		return bins_add_bad(b);
	q->flow = f;
	q->end_us = flow_end_us(f) + b->opt.shift_us;
	before = watermark_rank(&b->mark, WATERMARK_RANK);
	watermark_add(&b->mark, q->end_us);
	q->mark_us = watermark_get(&b->mark);
	if (UNLIKELY(b->begin_us == INT64_MIN) && ++b->nfirst == BINS_FIRST)
		b->begin_us = watermark_rank(&b->mark, BINS_FIRST / 4);
	q->bin = bins_place(b, q->end_us, before, &ok, &late);
	if (UNLIKELY(q->bin == NULL && !late))
		return ok;
	*use = true;
	key_words_from(f, &k);
	q->key = key_words_hash(&k, b->opt.seed);
	q->orig_is_high = k.orig_is_high;
	if (LIKELY(q->bin != NULL))
		keyset_prefetch(&q->bin->occurrences, q->key);
	if ((f->flags & FLOW_IPV6) != 0) {
		netmap_prefetch6(&b->nets, &f->orig);
		netmap_prefetch6(&b->nets, &f->resp);
	}
	return true;
}

bool
bins_add(struct bins *b, const struct flow *flows, size_t n)
{
	struct bins_pending batch[BINS_BATCH];
	size_t at, i, npending;
	bool use;

	for (at = 0; at < n;) {
		for (npending = 0; at < n && npending < BINS_BATCH; at++) {
			if (!bins_look(b, flows + at, batch + npending, &use))
				return false;
			npending += use;
		}
		for (i = 0; i < npending; i++)
			if (batch[i].bin == NULL ? !bins_keep_late(b, batch + i)
						 : !bins_put(b, batch + i))
				return false;
	}
	return true;
}

struct bin *
bins_take(struct bins *b)
{
	struct bin *bin;
	int64_t mark = watermark_get(&b->mark);

	if (b->nopen == 0)
		return NULL;
	bin = b->open[0];
	if (!b->finished &&
	    (mark == INT64_MIN ||
		mark < bin->start_us + b->opt.width_us + b->opt.settle_us))
		return NULL;
	bin->after_log = b->finished;
	b->nopen--;
	memmove(b->open, b->open + 1, b->nopen * sizeof(b->open[0]));
	b->closed_to_us = bin->start_us + b->opt.width_us;
	if (b->last == bin)
		b->last = NULL;
	b->keys_hint = bin->occurrences.n + bin->occurrences.n / 8;
	keyset_clear(&b->old_keys);
	b->old_keys = bin->occurrences;
	bin->occurrences = (struct keyset){ NULL, NULL, 0, 0 };
	b->tuples_hint = tuples_next_limit(&bin->tuples);
	if (bin->digest != NULL)
		digest_finish(bin->digest);
	return bin;
}

void
bins_finish(struct bins *b)
{
	b->finished = true;
	if (b->begin_us == INT64_MIN)
		b->begin_us = watermark_get(&b->mark);
}

bool
bins_done(const struct bins *b)
{
	int64_t mark = watermark_get(&b->mark);

	return b->opt.to_us != INT64_MAX && mark != INT64_MIN &&
	    mark >= b->opt.to_us + b->opt.settle_us;
}

int64_t
bins_watermark(const struct bins *b)
{
	return watermark_get(&b->mark);
}

int64_t
bins_last(const struct bins *b)
{
	return watermark_last(&b->mark);
}

int64_t
bins_begin(const struct bins *b)
{
	return b->begin_us;
}

uint64_t
bins_late(const struct bins *b)
{
	return b->late;
}

uint64_t
bins_outside(const struct bins *b)
{
	return b->outside;
}

const struct netmap *
bins_netmap(const struct bins *b)
{
	return &b->nets;
}

size_t
bins_late_entries(const struct bins *b, const struct bins_late_entry **out)
{
	*out = b->late_entries;
	return b->nlate;
}
