/*
 * Answers that are made of records. Where it takes a whole bucket to know
 * which records are meant, the log is read twice: once to learn their tuples,
 * once to send them. So memory is bounded by what is asked, not by the bucket.
 */
#include <stdlib.h>
#include "crosstap-sensor/answer.h"
#include "digest/tuples.h"
#include "flow/key.h"

#define RECORDS_WANTED_MAX (1u << 22)
#define RECORDS_FILTER_BITS 16
/* Buckets in which the end of a flow that was cut off may lie. */
#define RECORDS_REACH 6

/* A tuple in a bucket. */
struct wanted {
	int64_t bucket_us;
	uint64_t key;
};

struct records {
	struct wanted *v; /* owned; sorted */
	size_t n, cap;
	uint8_t *filter;  /* owned: a bit for the low bits of every key */
	uint32_t *limits; /* owned: of luck, of each item; pairs only */
	struct buf packed;
	int64_t base_us;
};

static int
wanted_compare(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->bucket_us != y->bucket_us)
		return x->bucket_us < y->bucket_us ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static bool
records_want(struct scan *s, struct records *rs, int64_t bucket, uint64_t key)
{
	size_t cap;
	void *p;

	if (rs->n == rs->cap) {
		cap = rs->cap == 0 ? 256 : 2 * rs->cap;
		if (cap > RECORDS_WANTED_MAX ||
		    (p = realloc(rs->v, cap * sizeof(*rs->v))) == NULL)
			return scan_no_memory(s);
		rs->v = p;
		rs->cap = cap;
	}
	rs->v[rs->n++] = (struct wanted){ bucket, key };
	return true;
}

static int
records_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The tuples of the named elements of one bucket. */
static bool
records_learn_item(struct scan *s, struct records *rs, const struct bin *bin,
    const struct request_item *it)
{
	size_t size = it->nkeys * sizeof(*it->keys), i;
	uint64_t *sorted = malloc(size + 1);
	bool ok = true;

	if (sorted == NULL)
		return scan_no_memory(s);
	if (size > 0)
		memcpy(sorted, it->keys, size);
	qsort(sorted, it->nkeys, sizeof(*sorted), records_u64);
	for (i = 0; i < bin->nelements && ok; i++) {
		const uint64_t *element = it->set == REQUEST_SET_KEYS
		    ? &bin->elements[i]
		    : &bin->names[i].state;

		if (bsearch(element, sorted, it->nkeys, sizeof(*sorted),
			records_u64) != NULL)
			ok = records_want(
			    s, rs, bin->start_us, bin->names[i].key);
	}
	free(sorted);
	return ok;
}

static bool
records_learn(void *arg, struct scan *s, struct bin *bin)
{
	const struct request *r = s->request;
	struct records *rs = arg;
	uint32_t i;

	for (i = 0; i < r->nitems; i++) {
		const struct request_item *it = &r->items[i];

		if (it->bucket_us != bin->start_us)
			continue;
		if (it->set == REQUEST_SET_PAIRS)
			rs->limits[i] = bin->tuples.limit;
		else if (it->set != REQUEST_SET_TUPLES &&
		    !records_learn_item(s, rs, bin, it))
			return false;
	}
	return true;
}

static bool
records_flush(struct scan *s, struct records *rs)
{
	const struct request *q = s->request;
	struct reply r;
	bool ok;

	if (!buf_ok(&rs->packed))
		return scan_no_memory(s);
	if (rs->packed.n == 0)
		return true;
	reply_init(&r, REPLY_RECORDS, q->id);
	r.u.records = (struct reply_records){ rs->base_us, q->width_us,
		q->shift_us, buf_span(&rs->packed) };
	ok = channel_send(&s->sensor->channel, &r);
	rs->packed.n = 0;
	return ok || s->sensor->channel.gone ? ok : scan_no_memory(s);
}

static bool
records_is_wanted(const struct records *rs, uint64_t key, int64_t bucket)
{
	struct wanted w = { bucket, key };
	size_t bit = key & ((1u << RECORDS_FILTER_BITS) - 1);

	return rs->n > 0 && (rs->filter[bit / 8] >> bit % 8 & 1) != 0 &&
	    bsearch(&w, rs->v, rs->n, sizeof(*rs->v), wanted_compare) != NULL;
}

/* A record that came too late for its own bucket may be the partner of a flow
 * that another sensor has in a bucket beside it. */
static bool
records_is_near(const struct records *rs, const struct request *q,
    const struct record *r, uint64_t key, int64_t bucket)
{
	int64_t reach = r->late ? RECORDS_REACH * q->width_us : 0, at;

	for (at = bucket - reach; at <= bucket + reach; at += q->width_us)
		if (records_is_wanted(rs, key, at))
			return true;
	return false;
}

/* By key or by pair: of the items that are samples. */
static bool
records_is_sampled(const struct request *r, const struct records *rs,
    const struct flow *f, uint64_t key, int64_t bucket)
{
	uint32_t i;

	if (r->kind != REQUEST_SAMPLE)
		return false;
	for (i = 0; i < r->nitems; i++) {
		const struct request_item *it = &r->items[i];

		if (it->bucket_us != bucket)
			continue;
		if (it->set == REQUEST_SET_PAIRS
			? tuples_luck(&f->orig, &f->resp, r->seed) <=
			    rs->limits[i]
			: it->limit == 0 || key << (64 - it->limit) == 0)
			return true;
	}
	return false;
}

/* What no comparison reads is nearly half of a record. */
static void
records_abridge(struct flow *f)
{
	const struct span none = { NULL, 0 };

	f->uid = f->service = f->history = none;
	f->orig_bytes = f->resp_bytes = f->missed_bytes = 0;
}

static bool
records_flow(
    void *arg, struct scan *s, const struct record *r, int64_t bucket_us)
{
	uint64_t key = flow_key(&r->flow, s->request->seed);
	struct records *rs = arg;
	struct record out = *r;

	if (!records_is_near(rs, s->request, r, key, bucket_us) &&
	    !records_is_sampled(s->request, rs, &r->flow, key, bucket_us))
		return true;
	if (rs->packed.n == 0)
		rs->base_us = bucket_us;
	if ((s->request->parts & REQUEST_PART_BRIEF) != 0)
		records_abridge(&out.flow);
	out.flow.worker = scan_worker(s, r->flow.worker);
	record_encode(&rs->packed, &out, rs->base_us);
	return rs->packed.n < WIRE_FRAME_SOFT - 2048 || records_flush(s, rs);
}

static void
records_sort(struct records *rs)
{
	size_t i, bit;

	if (rs->n > 0)
		qsort(rs->v, rs->n, sizeof(*rs->v), wanted_compare);
	for (i = 0; i < rs->n; i++) {
		bit = rs->v[i].key & ((1u << RECORDS_FILTER_BITS) - 1);
		rs->filter[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
}

/* Tuples that were named themselves; *keep tells what the first reading must
 * keep to learn the others, 0 if there are none. */
static bool
records_prepare(
    struct scan *s, struct records *rs, const struct request *r, unsigned *keep)
{
	uint32_t i, k;

	*keep = 0;
	rs->limits = calloc((size_t)r->nitems + 1, sizeof(*rs->limits));
	rs->filter = calloc((1u << RECORDS_FILTER_BITS) / 8, 1);
	if (rs->limits == NULL || rs->filter == NULL)
		return scan_no_memory(s);
	for (i = 0; i < r->nitems; i++) {
		const struct request_item *it = &r->items[i];

		if (it->set == REQUEST_SET_PAIRS)
			*keep |= BINS_TUPLES;
		else if (it->set != REQUEST_SET_TUPLES)
			*keep |= BINS_ELEMENTS | BINS_NAMES;
		else
			for (k = 0; k < it->nkeys; k++)
				if (!records_want(
					s, rs, it->bucket_us, it->keys[k]))
					return false;
	}
	return true;
}

bool
answer_records(struct sensor *sensor, const struct request *r)
{
	struct records rs = { .packed = BUF_INIT };
	const struct scan_calls learn = { .bin = records_learn, .arg = &rs };
	const struct scan_calls give = { .flow = records_flow, .arg = &rs };
	struct scan s = { .sensor = sensor, .request = r };
	unsigned keep;
	bool ok;

	ok = records_prepare(&s, &rs, r, &keep);
	if (ok && keep != 0) {
		ok = scan_run(&s, sensor, r, keep, &learn);
		if (ok)
			scan_close(&s);
	}
	if (ok) {
		records_sort(&rs);
		ok =
		    scan_run(&s, sensor, r, 0, &give) && records_flush(&s, &rs);
	}
	ok = answer_finish(&s, ok);
	scan_close(&s);
	buf_clear(&rs.packed);
	free(rs.v);
	free(rs.filter);
	free(rs.limits);
	return ok;
}
