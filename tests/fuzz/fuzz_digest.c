/*
 * Two logs, the second a damaged copy of the first, all the way from bytes to
 * the result of a comparison. Whatever is in them: digests agree with their
 * buckets, a log agrees with itself, the sketches decode to the difference of
 * the sets, and no record is counted twice. The first four bytes choose
 * options and damage.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/compare.h"
#include "flow/parser.h"
#include "fuzz.h"
#include "log.h"

#define DIGEST_CONTROL 4
#define DIGEST_FLOWS 64

enum digest_control {
	CONTROL_WIDTH = 3 << 0, /* index of digest_widths */
	CONTROL_SETTLE = 3 << 2,
	CONTROL_SUBSET = 1 << 4,
	CONTROL_LIVE = 1 << 5,
	CONTROL_WINDOW = 1 << 6
};

static const int64_t digest_widths_us[] = { 60 * US_PER_S, US_PER_S,
	10 * US_PER_S, 3600 * US_PER_S };
/* the last: nothing is closed before the end of the log */
static const int64_t digest_settles_us[] = { 400 * US_PER_S, 0, 90 * US_PER_S,
	INT64_C(1) << 61 };

struct digest_log {
	struct bins *bins; /* owned */
	struct bin **bin;  /* owned, and so is each */
	size_t n, cap, at;
	uint64_t flows;
};

static uint64_t
digest_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A copy with lines lost, repeated, and bytes changed; free() its p. */
static struct span
digest_damage(struct span log, const uint8_t *control)
{
	uint64_t state = 88172645463325252u + control[2] * 257u + control[3];
	char *out = calloc(1, 2 * log.n + FLOW_PARSER_SLACK);
	size_t n = 0, at, len, times;

	INVARIANT(out != NULL);
	for (at = 0; at < log.n; at += len) {
		const char *p = log.p + at, *end = memchr(p, '\n', log.n - at);
		uint64_t dice = digest_random(&state);

		len = end == NULL ? log.n - at : (size_t)(end + 1 - p);
		times = *p == '#'                     ? 1
		    : (dice & 0xff) < control[2]      ? 0
		    : (dice >> 8 & 0xff) < control[3] ? 2
						      : 1;
		for (; times > 0; times--, n += len) {
			memcpy(out + n, p, len);
			if (*p != '#' && (dice >> 16 & 3) == 0)
				out[n + (dice >> 18) % len] =
				    "0123456789.-\t,\nT"[dice >> 60];
		}
	}
	return (struct span){ out, n };
}

static void
digest_take(struct digest_log *l)
{
	struct bin *bin;

	while ((bin = bins_take(l->bins)) != NULL) {
		if (l->n == l->cap) {
			l->cap = l->cap == 0 ? 16 : 2 * l->cap;
			l->bin = realloc(l->bin, l->cap * sizeof(*l->bin));
			INVARIANT(l->bin != NULL);
		}
		INVARIANT(
		    l->n == 0 || l->bin[l->n - 1]->start_us < bin->start_us);
		l->bin[l->n++] = bin;
		l->flows += bin->flows;
	}
}

static void
digest_read(
    struct digest_log *l, struct span log, const struct bins_options *opt)
{
	struct flow_parser *p = flow_parser_new(NULL, NULL);
	struct flow batch[DIGEST_FLOWS];
	size_t n, used;

	memset(l, 0, sizeof(*l));
	l->bins = bins_new(opt);
	INVARIANT(p != NULL && l->bins != NULL);
	for (; log.n > 0; log.p += used, log.n -= used) {
		n = flow_parser_feed(
		    p, log, FLOW_LAST_BLOCK, batch, DIGEST_FLOWS, &used);
		INVARIANT(bins_add(l->bins, batch, n));
		digest_take(l);
	}
	bins_finish(l->bins);
	digest_take(l);
	INVARIANT(l->flows + bins_late(l->bins) + bins_outside(l->bins) >=
	    flow_parser_records(p));
	flow_parser_free(p);
}

static void
digest_clear(struct digest_log *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		bin_free(l->bin[i]);
	free(l->bin);
	bins_free(l->bins);
}

static void
digest_same_count(struct digest_count c, const struct bin *bin)
{
	INVARIANT(c.flows == bin->flows && c.packets == bin->packets &&
	    c.ip_bytes == bin->ip_bytes);
}

/* The values of one facet add up to the bucket: a slow check, so not of all. */
static void
digest_check_facet(const struct bin *bin, enum digest_facet f)
{
	struct digest_count sum = { 0, 0, 0, 0 };
	unsigned v;

	for (v = 0; v < DIGEST_FACET_VALUES; v++) {
		struct digest_count c = digest_facet(bin->digest, f, v);

		sum.flows += c.flows;
		sum.packets += c.packets;
		sum.ip_bytes += c.ip_bytes;
	}
	digest_same_count(sum, bin);
}

static void
digest_check_bin(const struct bin *bin)
{
	const struct digest *d = bin->digest;
	uint64_t keys = 0;
	size_t i;

	INVARIANT(bin->entries.n == bin->flows && bin->nelements == bin->flows);
	digest_same_count(digest_totals(d), bin);
	for (i = 0; i < bin->nelements; i++)
		keys += bin->elements[i];
	for (i = 0; i < DIGEST_SHARDS; i++)
		keys -= d->shards[i].key_sum;
	INVARIANT(keys == 0);
	/* the first symbol holds every key */
	INVARIANT(d->keys[0].count == bin->flows);
	INVARIANT(d->state[0].count == bin->flows);
	INVARIANT(d->nsample ==
	    (bin->flows < d->max_sample ? bin->flows : d->max_sample));
	for (i = 1; i < d->nsample; i++)
		INVARIANT(d->sample[i - 1].key <= d->sample[i].key);
}

/* The sketches of two digests, subtracted. */
static void
digest_check_sketch(const struct bin *a, const struct bin *b)
{
	struct sketch_symbol symbols[2][SKETCH_MIN];
	struct sketch x = { symbols[0], SKETCH_MIN, false };
	struct sketch y = { symbols[1], SKETCH_MIN, false };
	struct sketch_diff diff = { NULL, 0, 0 };
	enum sketch_status status;

	memcpy(symbols[0], a->digest->keys, sizeof(symbols[0]));
	memcpy(symbols[1], b->digest->keys, sizeof(symbols[1]));
	sketch_subtract(&x, &y);
	status = sketch_decode(&x, SIZE_MAX, &diff);
	INVARIANT(status == SKETCH_DECODED || status == SKETCH_NEED_MORE);
	if (status == SKETCH_DECODED)
		INVARIANT(diff.na - diff.nb == a->flows - b->flows);
	sketch_diff_clear(&diff);
}

/* The next bucket of both, in order of time; false at the end. */
static bool
digest_next(struct digest_log *const logs[2], struct bin *now[2])
{
	int64_t start = INT64_MAX;
	unsigned i;

	for (i = 0; i < 2; i++) {
		const struct digest_log *l = logs[i];

		now[i] = l->at < l->n ? l->bin[l->at] : NULL;
		if (now[i] != NULL && now[i]->start_us < start)
			start = now[i]->start_us;
	}
	for (i = 0; i < 2; i++)
		if (now[i] != NULL && now[i]->start_us != start)
			now[i] = NULL;
	return start != INT64_MAX;
}

static void
digest_check_result(const struct compare *c, const struct result *r,
    struct digest_log *const logs[2])
{
	const struct result_counts *n = &r->pairs[0].n;
	uint64_t split[2] = { 0, 0 };
	const uint64_t only[2] = { n->only_a, n->only_b };
	size_t i;
	unsigned k;

	INVARIANT(r->npairs == 1 && r->nbuckets == compare_nbuckets(c));
	for (i = 0; i < r->nbuckets; i++) {
		const struct result_counts *m = &r->buckets[i].n[0];

		INVARIANT(m->damaged <= m->paired && m->shifted <= m->paired);
		INVARIANT(r->buckets[i].status != BUCKET_EQUAL ||
		    !r->buckets[i].differs[0]);
		INVARIANT(i == 0 ||
		    r->buckets[i - 1].start_us < r->buckets[i].start_us);
		for (k = 0; k < 2; k++)
			split[k] += compare_get(c, i)->cells[0].split[k];
	}
	for (k = 0; k < 2; k++)
		INVARIANT(n->paired + only[k] + split[k] <=
		    logs[k]->flows + bins_late(logs[k]->bins));
	INVARIANT(r->pairs[0].agreement >= 0 && r->pairs[0].agreement <= 1);
}

/* Flows that were paired in their own buckets: the same whoever is first. */
static uint64_t
digest_compare(struct digest_log *a, struct digest_log *b,
    const struct compare_options *opt, const uint8_t *control)
{
	struct digest_log *const logs[2] = { a, b };
	struct compare *c = compare_new(opt);
	struct compare_sensor sensors[2];
	struct diag d = DIAG_INIT;
	const struct netmap *nets[2];
	struct result r;
	struct bin *now[2];
	uint64_t paired = 0;
	unsigned i;

	INVARIANT(c != NULL);
	memset(&r, 0, sizeof(r));
	for (i = 0; i < 2; i++) {
		const struct bins *bins = logs[i]->bins;

		logs[i]->at = 0;
		nets[i] = bins_netmap(bins);
		sensors[i] =
		    (struct compare_sensor){ .begin_us = bins_begin(bins),
			    .mark_us = bins_watermark(bins),
			    .ended = true,
			    .live = (control[0] & CONTROL_LIVE) != 0,
			    .lag_us = INT64_MIN,
			    .nets = nets[i] };
		sensors[i].nlate = bins_late_entries(bins, &sensors[i].late);
	}
	while (digest_next(logs, now)) {
		int64_t start = now[now[0] == NULL]->start_us;

		if (now[0] != NULL && now[1] != NULL)
			digest_check_sketch(now[0], now[1]);
		INVARIANT(compare_add(c, start, now, nets, &d));
		paired +=
		    compare_get(c, compare_nbuckets(c) - 1)->cells[0].p.paired;
		a->at += now[0] != NULL;
		if (a != b)
			b->at += now[1] != NULL;
	}
	INVARIANT(compare_finish(c, sensors, &r, &d));
	digest_check_result(c, &r, logs);
	if (a == b)
		INVARIANT(r.pairs[0].n.only_a + r.pairs[0].n.only_b +
			r.pairs[0].n.damaged + r.pairs[0].n.split ==
		    0);
	result_clear(&r);
	compare_free(c);
	return paired;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bins_options opt = { .from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.seed = 1,
		.keep = BINS_ENTRIES | BINS_ELEMENTS | BINS_DIGEST,
		.sample = 16 };
	struct compare_options co = { .nsensors = 2, .via_sketch = true };
	struct digest_log a, b;
	struct span log, copy;
	size_t i;

	if (size < DIGEST_CONTROL)
		return 0;
	opt.width_us = co.width_us = digest_widths_us[data[0] & CONTROL_WIDTH];
	opt.settle_us = digest_settles_us[(data[0] & CONTROL_SETTLE) >> 2];
	co.relation =
	    (data[0] & CONTROL_SUBSET) != 0 ? RELATION_SUBSET : RELATION_MIRROR;
	if ((data[0] & CONTROL_WINDOW) != 0) {
		opt.from_us = 1764000000 * US_PER_S;
		opt.to_us = opt.from_us + 10 * opt.width_us;
	}
	log = fuzz_log(data + DIGEST_CONTROL, size - DIGEST_CONTROL);
	copy = digest_damage(log, data);
	digest_read(&a, log, &opt);
	opt.shift_us = (data[1] - 128) * (US_PER_S / 10);
	digest_read(&b, copy, &opt);
	for (i = 0; i < a.n; i++)
		digest_check_bin(a.bin[i]);
	for (i = 0; i < b.n; i++)
		digest_check_bin(b.bin[i]);
	if (b.n > 0)
		digest_check_facet(
		    b.bin[0], (enum digest_facet)(data[1] % DIGEST_NFACETS));
	(void)digest_compare(&a, &a, &co, data);
	INVARIANT(digest_compare(&a, &b, &co, data) ==
	    digest_compare(&b, &a, &co, data));
	digest_clear(&a);
	digest_clear(&b);
	free((void *)(uintptr_t)log.p);
	free((void *)(uintptr_t)copy.p);
	return 0;
}
