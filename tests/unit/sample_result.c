#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sample_result.h"
#include "unit.h"

#define MINUTE (60 * US_PER_S)

const struct finding sample_frozen_finding = {
	.rule = "worker-frozen",
	.sensor = "B",
	.peer = "A",
	.severity = SEVERITY_CRITICAL,
	.from_us = SAMPLE_FROM + 4 * MINUTE,
	.to_us = SAMPLE_FROM + 9 * MINUTE,
	.share = 0.279,
	.facet = "worker",
	.value = "worker-2",
	.summary = "worker-2 logs nothing",
	.nevidence = 5,
	.evidence = { { "worker_flows", 0 }, { "worker_usual", 0.28125 },
	    { "missing", 5580 }, { "missing_sigma", 321.25 },
	    { "silent_before", 300 } },
};

static void
sample_sensor(struct result *r, const char *name, int64_t offset_us)
{
	struct result_sensor *s = &r->sensors[r->nsensors++];

	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	(void)snprintf(s->path, sizeof(s->path), "%s/conn.log", name);
	s->packets = 301220;
	s->ip_bytes = 1210000000;
	s->bytes_read = 9123456;
	s->offset_us = offset_us;
	s->has_offset = true;
	s->first_end_us = SAMPLE_FROM;
	s->watermark_us = SAMPLE_FROM + (int64_t)r->nbuckets * MINUTE;
}

static void
sample_sums(struct result *r)
{
	size_t i, p, s;

	for (p = 0; p < r->npairs; p++) {
		struct result_counts *n = &r->pairs[p].n;

		*n = (struct result_counts){ 0 };
		r->pairs[p].compared = false;
		for (i = 0; i < r->nbuckets; i++) {
			r->buckets[i].compared[p] =
			    r->buckets[i].status != BUCKET_MISSING;
			r->pairs[p].compared =
			    r->pairs[p].compared || r->buckets[i].compared[p];
			n->paired += r->buckets[i].n[p].paired;
			n->only_a += r->buckets[i].n[p].only_a;
			n->only_b += r->buckets[i].n[p].only_b;
			n->damaged += r->buckets[i].n[p].damaged;
		}
		r->pairs[p].agreement =
		    result_agreement(n, r->pairs[p].relation);
	}
	for (s = 0; s < r->nsensors; s++) {
		r->sensors[s].flows = 0;
		for (i = 0; i < r->nbuckets; i++)
			r->sensors[s].flows += r->buckets[i].flows[s];
		r->sensors[s].lines = r->sensors[s].flows + 9;
	}
}

/* Buckets in which every pair is equal. */
static void
sample_fill(struct result *r, size_t nsensors, size_t nbuckets)
{
	static const char *const names[] = { "A", "B", "C" };
	static const int64_t offsets[] = { 0, 1500000, -20000 };
	size_t i, a, b;

	*r = (struct result){ .from_us = SAMPLE_FROM,
		.to_us = SAMPLE_FROM + (int64_t)nbuckets * MINUTE,
		.width_us = MINUTE,
		.nbuckets = nbuckets };
	r->buckets = calloc(nbuckets + 1, sizeof(*r->buckets));
	ck_assert_ptr_nonnull(r->buckets);
	for (i = 0; i < nsensors; i++)
		sample_sensor(r, names[i], offsets[i]);
	for (a = 0; a < nsensors; a++)
		for (b = a + 1; b < nsensors; b++) {
			r->pairs[r->npairs].a = (uint8_t)a;
			r->pairs[r->npairs++].b = (uint8_t)b;
		}
	for (i = 0; i < nbuckets; i++) {
		r->buckets[i].start_us = SAMPLE_FROM + (int64_t)i * MINUTE;
		for (a = 0; a < nsensors; a++)
			r->buckets[i].flows[a] = 4000 + i;
		for (a = 0; a < r->npairs; a++)
			r->buckets[i].n[a].paired = 4000 + i;
	}
}

void
sample_result(struct result *r, size_t nbuckets)
{
	sample_fill(r, 2, nbuckets);
	sample_sums(r);
}

static void
sample_lose(struct result *r, size_t i, size_t pair, size_t sensor, uint64_t n)
{
	struct result_bucket *b = &r->buckets[i];

	b->status = BUCKET_DIFFERS;
	b->differs[pair] = true;
	b->flows[sensor] = 4000 + i - n;
	b->n[pair].paired = 4000 + i - n;
	b->n[pair].only_a = n;
}

void
sample_frozen(struct result *r)
{
	struct result_bucket *last;
	size_t i;

	sample_fill(r, 2, 13);
	for (i = 4; i < 9; i++)
		sample_lose(r, i, 0, 1, 1116);
	r->buckets[6].n[0].damaged = 3;
	r->buckets[11].status = BUCKET_INCOMPLETE;
	r->buckets[11].gaps[0] = GAP_BAD_LINES;
	last = &r->buckets[12];
	last->status = BUCKET_MISSING;
	last->gaps[1] = GAP_AFTER_LOG | GAP_NOT_YET;
	last->flows[1] = 0;
	last->n[0] = (struct result_counts){ 0 };
	sample_sums(r);
	r->sensors[0].bad_lines = 1;
	sample_add_finding(r, &sample_frozen_finding);
	sample_add_note(
	    r, "packet-loss: 3 of 9 120 fresh flows are damaged, as usual");
	sample_add_note(r, "clock-skew: offset +1.5 s is below the limit");
}

void
sample_three(struct result *r, size_t nbuckets)
{
	size_t i;

	sample_fill(r, 3, nbuckets);
	for (i = 0; i < nbuckets; i++) {
		sample_lose(r, i, 1, 2, 30);
		sample_lose(r, i, 2, 2, 30);
	}
	sample_sums(r);
}

void
sample_add_finding(struct result *r, const struct finding *f)
{
	r->findings =
	    realloc(r->findings, (r->nfindings + 1) * sizeof(*r->findings));
	ck_assert_ptr_nonnull(r->findings);
	r->findings[r->nfindings++] = *f;
}

void
sample_add_note(struct result *r, const char *note)
{
	r->notes = realloc(r->notes, (r->nnotes + 1) * sizeof(*r->notes));
	ck_assert_ptr_nonnull(r->notes);
	(void)snprintf(r->notes[r->nnotes++], sizeof(r->notes[0]), "%s", note);
}
