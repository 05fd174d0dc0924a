/*
 * One bucket after the other is read and put where its sensors and pairs are
 * in the whole; members of a group may have changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/stored_result.h"
#include "store/reading.h"

/* Place of a sensor of that name; it is added while there is room. */
static size_t
stored_sensor(struct result *r, const struct result_sensor *s)
{
	size_t i;

	for (i = 0; i < r->nsensors; i++)
		if (strcmp(r->sensors[i].name, s->name) == 0)
			return i;
	if (i == RESULT_MAX_SENSORS)
		return i;
	r->sensors[i] = (struct result_sensor){ .first_end_us = INT64_MAX,
		.watermark_us = INT64_MIN };
	memcpy(r->sensors[i].name, s->name, sizeof(s->name));
	r->nsensors++;
	return i;
}

static size_t
stored_pair(struct result *r, size_t a, size_t b, enum relation relation)
{
	size_t i;

	for (i = 0; i < r->npairs; i++)
		if (r->pairs[i].a == a && r->pairs[i].b == b)
			return i;
	if (i == RESULT_MAX_PAIRS)
		return i;
	r->pairs[i] = (struct result_pair){
		.a = (uint8_t)a, .b = (uint8_t)b, .relation = relation
	};
	r->npairs++;
	return i;
}

static void
stored_add_sensor(struct result *r, const struct result *one, size_t i,
    struct result_bucket *b, size_t to)
{
	const struct result_sensor *s = &one->sensors[i];

	b->flows[to] = one->buckets[0].flows[i];
	b->gaps[to] = one->buckets[0].gaps[i];
	r->sensors[to].flows += s->flows;
	r->sensors[to].packets += s->packets;
	r->sensors[to].ip_bytes += s->ip_bytes;
	r->sensors[to].bad_lines += s->bad_lines;
	r->sensors[to].late += s->late;
	if (s->has_offset) {
		r->sensors[to].has_offset = true;
		r->sensors[to].offset_us = s->offset_us;
	}
}

static void
stored_add_counts(struct result_counts *to, const struct result_counts *n)
{
	to->paired += n->paired;
	to->only_a += n->only_a;
	to->only_b += n->only_b;
	to->damaged += n->damaged;
	to->shifted += n->shifted;
	to->split += n->split;
}

static void
stored_add(struct result *r, const struct result *one, struct result_bucket *b)
{
	size_t place[RESULT_MAX_SENSORS], i, to;

	b->status = one->buckets[0].status;
	for (i = 0; i < one->nsensors; i++) {
		place[i] = stored_sensor(r, &one->sensors[i]);
		if (place[i] < RESULT_MAX_SENSORS)
			stored_add_sensor(r, one, i, b, place[i]);
	}
	for (i = 0; i < one->npairs; i++) {
		const struct result_pair *p = &one->pairs[i];

		if (place[p->a] == RESULT_MAX_SENSORS ||
		    place[p->b] == RESULT_MAX_SENSORS)
			continue;
		to = stored_pair(r, place[p->a], place[p->b], p->relation);
		if (to == RESULT_MAX_PAIRS)
			continue;
		b->n[to] = one->buckets[0].n[i];
		b->differs[to] = one->buckets[0].differs[i];
		b->compared[to] = b->status != BUCKET_MISSING;
		r->pairs[to].compared =
		    r->pairs[to].compared || b->compared[to];
		if (b->compared[to])
			stored_add_counts(&r->pairs[to].n, &b->n[to]);
	}
}

static bool
stored_buckets(
    struct store *st, const char *group, struct result *r, struct diag *d)
{
	struct store_cell *v = NULL;
	struct result one;
	size_t n = 0, i, at;
	bool ok = store_heat(st, group, r->from_us, r->to_us, STORE_BY_BUCKET,
		      &v, &n, d) == STORE_OK;

	for (i = 0; ok && i < n; i++) {
		if (store_bucket(st, group, v[i].start_us, &one, d) !=
		    STORE_OK) {
			ok = false;
			break;
		}
		at = (size_t)((v[i].start_us - r->from_us) / r->width_us);
		if (at < r->nbuckets)
			stored_add(r, &one, &r->buckets[at]);
		result_clear(&one);
	}
	free(v);
	return ok;
}

/* Of the first bucket that is there. */
static int64_t
stored_width(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, struct diag *d)
{
	struct store_cell *v = NULL;
	struct result one;
	int64_t width = 0;
	size_t n = 0, i;

	if (store_heat(st, group, from_us, to_us, STORE_BY_BUCKET, &v, &n, d) !=
	    STORE_OK)
		return 0;
	for (i = 0; i < n && width == 0; i++)
		if (store_bucket(st, group, v[i].start_us, &one, d) ==
		    STORE_OK) {
			width = one.width_us;
			result_clear(&one);
		}
	free(v);
	if (width == 0)
		diag_set(d,
		    "the store has no buckets of that time any more; wanted "
		    "operands, to compare the logs");
	return width;
}

bool
stored_result(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, const struct finding *findings, size_t nfindings,
    struct result *out, struct diag *d)
{
	int64_t width, most;
	size_t i;

	memset(out, 0, sizeof(*out));
	width = stored_width(st, group, from_us, to_us, d);
	if (width == 0)
		return false;
	most = STORED_MAX_BUCKETS * width;
	from_us -= from_us % width;
	to_us += (width - to_us % width) % width;
	out->from_us = from_us;
	out->to_us = to_us - from_us > most ? from_us + most : to_us;
	out->width_us = width;
	out->nbuckets = (size_t)((out->to_us - from_us) / width);
	out->buckets = calloc(out->nbuckets, sizeof(*out->buckets));
	out->findings = calloc(nfindings + 1, sizeof(*out->findings));
	if (out->buckets == NULL || out->findings == NULL) {
		diag_set(d, "out of memory");
		result_clear(out);
		return false;
	}
	if (nfindings > 0)
		memcpy(out->findings, findings, nfindings * sizeof(*findings));
	out->nfindings = nfindings;
	for (i = 0; i < out->nbuckets; i++) {
		out->buckets[i].start_us = from_us + (int64_t)i * width;
		out->buckets[i].status = BUCKET_MISSING;
	}
	if (!stored_buckets(st, group, out, d)) {
		result_clear(out);
		return false;
	}
	for (i = 0; i < out->npairs; i++)
		out->pairs[i].agreement =
		    result_agreement(&out->pairs[i].n, out->pairs[i].relation);
	return true;
}
