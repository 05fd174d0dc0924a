/*
 * All servers work at the same time, each asked by a thread. Answers are
 * taken apart here: nothing in them is believed to be in range.
 */
#include <stdlib.h>
#include <string.h>
#include "base/bytes.h"
#include "pipeline/pushdown_state.h"

#define ASK_SHARD_FLOWS 16 /* in a shard, on average */
#define ASK_MIN_BITS 6
#define ASK_MAX_BITS 18
#define ASK_COARSE_BITS 9     /* from more on, in two steps */
#define ASK_GROUPS (1u << 22) /* shards in an answer, about */
#define ASK_LIST_MAX 16000    /* shards in a question */
/* Counts of a bucket, and times: sums of them do not overflow. */
#define ASK_COUNT_MAX (UINT64_C(1) << 52)
#define ASK_TIME_MAX (INT64_C(1) << 60)

typedef bool push_ask_fn(struct push_sensor *s);

static bool
ask_no_memory(struct push_sensor *s)
{
	diag_set(&s->d, "out of memory");
	return false;
}

static bool
ask_nonsense(struct push_sensor *s)
{
	diag_set(&s->d, "%s: an answer that cannot be read",
	    clickhouse_conn_path(s->conn));
	return false;
}

struct ask_job {
	struct push_sensor *sensor;
	push_ask_fn *fn;
};

static void *
ask_main(void *arg)
{
	struct ask_job *job = arg;

	job->sensor->ok = job->fn(job->sensor);
	return NULL;
}

static bool
ask_all(struct pushdown *p, push_ask_fn *fn, struct diag *d)
{
	struct ask_job jobs[RESULT_MAX_SENSORS];
	size_t n = p->opt.nsensors, i, started = 0;
	bool ok = true;

	for (i = 0; i < n; i++) {
		jobs[i] = (struct ask_job){ &p->sensor[i], fn };
		if (pthread_create(
			&p->sensor[i].thread, NULL, ask_main, &jobs[i]) != 0)
			break;
		started++;
	}
	for (i = 0; i < started; i++)
		(void)pthread_join(p->sensor[i].thread, NULL);
	if (started < n)
		diag_set(d, "cannot start a thread");
	for (i = 0; i < started; i++) {
		ok = ok && p->sensor[i].ok;
		if (!p->sensor[i].ok)
			diag_set(d, "%s", p->sensor[i].d.text);
	}
	return ok && started == n;
}

static bool
ask_one(struct push_sensor *s, struct buf *sql, struct buf *answer)
{
	bool ok = buf_ok(sql) || ask_no_memory(s);

	ok = ok && clickhouse_conn_ask(s->conn, buf_span(sql), answer, &s->d);
	buf_clear(sql);
	return ok;
}

/* -- totals -- */

/* RowBinary; the position sticks at the first thing that is not there. */
struct ask_cursor {
	const uint8_t *p;
	size_t n;
	bool failed;
};

static uint64_t
ask_number(struct ask_cursor *c, size_t bytes)
{
	uint64_t v = 0;
	size_t i;

	if (c->n < bytes) {
		c->failed = true;
		return 0;
	}
	for (i = 0; i < bytes; i++)
		v |= (uint64_t)c->p[i] << (8 * i);
	c->p += bytes;
	c->n -= bytes;
	return v;
}

/* A String: its length as LEB128, then its bytes. */
static struct span
ask_string(struct ask_cursor *c)
{
	struct span s = { (const char *)c->p, 0 };
	unsigned shift = 0;
	uint64_t n = 0, byte = 0x80;

	for (; (byte & 0x80) != 0 && shift < 35 && !c->failed; shift += 7) {
		byte = ask_number(c, 1);
		n |= (byte & 0x7f) << shift;
	}
	c->failed = c->failed || (byte & 0x80) != 0 || n > c->n;
	if (c->failed)
		return s;
	s = (struct span){ (const char *)c->p, (size_t)n };
	c->p += n;
	c->n -= n;
	return s;
}

static bool
ask_add_count(struct push_sensor *s, struct push_count **v, size_t *n,
    const struct push_count *x)
{
	void *p;

	if ((*n & (*n - 1)) == 0) {
		p = realloc(*v, (*n == 0 ? 1 : 2 * *n) * sizeof(**v));
		if (p == NULL)
			return ask_no_memory(s);
		*v = p;
	}
	(*v)[(*n)++] = *x;
	return true;
}

/* The number of a worker's name; FLOW_NO_WORKER: none, or too many. */
static uint32_t
ask_worker(struct push_sensor *s, struct span name)
{
	unsigned i;

	if (span_is(name, "-"))
		return FLOW_NO_WORKER;
	name.n = name.n < FLOW_MAX_NAME ? name.n : FLOW_MAX_NAME - 1;
	for (i = 0; i < s->nnames; i++)
		if (span_is(name, s->names[i]))
			return i;
	if (s->nnames == FLOW_NO_WORKER)
		return FLOW_NO_WORKER;
	s->names[s->nnames] = strndup(name.p, name.n);
	return s->names[s->nnames] == NULL ? FLOW_NO_WORKER : s->nnames++;
}

static bool
ask_take_ends(struct push_sensor *s, const uint64_t v[])
{
	int64_t first = (int64_t)v[CLICKHOUSE_FIRST_END];
	int64_t last = (int64_t)v[CLICKHOUSE_LAST_END];

	if (first < -ASK_TIME_MAX || last > ASK_TIME_MAX || first > last)
		return false;
	first += s->cut.shift_us;
	last += s->cut.shift_us;
	if (s->nworkers == 0 || first < s->first_us)
		s->first_us = first;
	if (s->nworkers == 0 || last > s->last_us)
		s->last_us = last;
	return true;
}

static bool
ask_add_totals(struct push_totals *t, const uint64_t v[])
{
	size_t i;

	for (i = 0; i < CLICKHOUSE_FIRST_END; i++) {
		if (v[i] > ASK_COUNT_MAX || t->v[i] > ASK_COUNT_MAX - v[i])
			return false;
		t->v[i] += v[i];
	}
	return true;
}

static bool
ask_take_totals(struct push_sensor *s, struct ask_cursor *c)
{
	struct push_count x;
	uint64_t v[CLICKHOUSE_NTOTALS];
	size_t i;

	x.bucket = (uint32_t)ask_number(c, 4);
	for (i = 0; i < CLICKHOUSE_NTOTALS; i++)
		v[i] = ask_number(c, 8);
	x.what = ask_worker(s, ask_string(c));
	x.flows = v[CLICKHOUSE_FLOWS];
	if (c->failed || x.bucket >= s->all->nbuckets ||
	    !ask_add_totals(&s->totals[x.bucket], v) || !ask_take_ends(s, v))
		return ask_nonsense(s);
	return ask_add_count(s, &s->workers, &s->nworkers, &x);
}

static bool
ask_take_net(struct push_sensor *s, struct ask_cursor *c)
{
	struct push_count x;

	x.bucket = (uint32_t)ask_number(c, 4);
	x.what = (uint32_t)ask_number(c, 4);
	x.flows = ask_number(c, 4);
	if (c->failed || x.bucket >= s->all->nbuckets)
		return ask_nonsense(s);
	return ask_add_count(s, &s->nets, &s->nnets, &x);
}

static int
ask_compare_counts(const void *a, const void *b)
{
	const struct push_count *x = a, *y = b;

	return (x->bucket > y->bucket) - (x->bucket < y->bucket);
}

static bool
ask_totals(struct push_sensor *s)
{
	struct buf sql = BUF_INIT, answer = BUF_INIT;
	struct ask_cursor c;
	bool ok;

	clickhouse_sql_totals(
	    clickhouse_conn_binding(s->conn), &s->cut, entry_large_bytes, &sql);
	ok = ask_one(s, &sql, &answer);
	c = (struct ask_cursor){ (uint8_t *)answer.p, answer.n, false };
	while (ok && c.n > 0)
		ok = ask_take_totals(s, &c);
	buf_clear(&answer);
	if (ok) {
		clickhouse_sql_nets(
		    clickhouse_conn_binding(s->conn), &s->cut, &sql);
		ok = ask_one(s, &sql, &answer);
		c = (struct ask_cursor){ (uint8_t *)answer.p, answer.n, false };
		while (ok && c.n > 0)
			ok = ask_take_net(s, &c);
		buf_clear(&answer);
	}
	if (s->nworkers > 0)
		qsort(s->workers, s->nworkers, sizeof(*s->workers),
		    ask_compare_counts);
	if (s->nnets > 0)
		qsort(s->nets, s->nnets, sizeof(*s->nets), ask_compare_counts);
	return ok;
}

bool
push_ask_totals(struct pushdown *p, struct diag *d)
{
	uint32_t b;
	size_t i;

	for (i = 0; i < p->opt.nsensors; i++) {
		p->sensor[i].totals =
		    calloc(p->nbuckets, sizeof(*p->sensor[i].totals));
		if (p->sensor[i].totals == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
	}
	if (!ask_all(p, ask_totals, d))
		return false;
	for (b = 0; b < p->nbuckets; b++)
		for (i = 0; i < p->opt.nsensors; i++)
			if (push_flows(&p->sensor[i], b) > p->buckets[b].flows)
				p->buckets[b].flows =
				    push_flows(&p->sensor[i], b);
	return true;
}

/* -- shards -- */

static bool
ask_shards(struct push_sensor *s)
{
	const struct pushdown *p = s->all;
	struct buf sql = BUF_INIT, answer = BUF_INIT;
	struct ask_cursor c;
	uint64_t last = 0, at;
	size_t n, i;
	bool ok;

	free(s->shards);
	s->shards = NULL;
	s->nshards = 0;
	clickhouse_sql_shards(clickhouse_conn_binding(s->conn), &s->cut,
	    p->bits, p->ask_first, p->ask_end, p->ask_where, &sql);
	ok = ask_one(s, &sql, &answer);
	n = answer.n / CLICKHOUSE_SHARD_BYTES;
	if (ok && answer.n != n * CLICKHOUSE_SHARD_BYTES)
		ok = ask_nonsense(s);
	if (ok && (s->shards = calloc(n + 1, sizeof(*s->shards))) == NULL)
		ok = ask_no_memory(s);
	c = (struct ask_cursor){ (uint8_t *)answer.p, answer.n, false };
	for (i = 0; ok && i < n; i++) {
		struct push_shard *x = &s->shards[i];

		x->bucket = (uint32_t)ask_number(&c, 4);
		x->shard = (uint32_t)ask_number(&c, 4);
		x->flows = ask_number(&c, 8);
		x->sum = ask_number(&c, 8);
		at = (uint64_t)x->bucket << p->bits | x->shard;
		if (x->bucket < p->ask_first || x->bucket >= p->ask_end ||
		    x->shard >> p->bits != 0 || (i > 0 && at <= last) ||
		    x->flows > ASK_COUNT_MAX)
			ok = ask_nonsense(s);
		last = at;
	}
	s->nshards = ok ? n : 0;
	buf_clear(&answer);
	return ok;
}

static bool
ask_add_item(struct pushdown *p, uint64_t item, struct diag *d)
{
	size_t cap = p->cap_items == 0 ? 1024 : 2 * p->cap_items;
	void *v;

	if (p->nitems == p->cap_items) {
		v = realloc(p->items, cap * sizeof(*p->items));
		if (v == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
		p->items = v;
		p->cap_items = cap;
	}
	p->items[p->nitems++] = item;
	return true;
}

/* The shards of all in order: those that are not everywhere alike become
 * items. */
static bool
ask_compare_shards(struct pushdown *p, struct diag *d)
{
	size_t at[RESULT_MAX_SENSORS] = { 0 }, n = p->opt.nsensors, i;

	for (;;) {
		uint64_t item = UINT64_MAX, most = 0, least = UINT64_MAX;
		uint64_t flows, sum = 0, first = 0;
		bool differs = false;

		for (i = 0; i < n; i++) {
			const struct push_sensor *s = &p->sensor[i];
			const struct push_shard *x = &s->shards[at[i]];
			uint64_t own = at[i] == s->nshards
			    ? UINT64_MAX
			    : (uint64_t)x->bucket << p->bits | x->shard;

			item = own < item ? own : item;
		}
		if (item == UINT64_MAX)
			return true;
		for (i = 0; i < n; i++) {
			const struct push_sensor *s = &p->sensor[i];
			const struct push_shard *x = &s->shards[at[i]];

			flows = sum = 0;
			if (at[i] < s->nshards &&
			    ((uint64_t)x->bucket << p->bits | x->shard) ==
				item) {
				flows = x->flows;
				sum = x->sum;
				at[i]++;
			}
			first = i == 0 ? sum : first;
			differs = differs || sum != first ||
			    (i > 0 && (flows != most || flows != least));
			most = flows > most ? flows : most;
			least = flows < least ? flows : least;
		}
		p->nshards++;
		if (!differs)
			continue;
		p->buckets[item >> p->bits].lone += most - least;
		p->buckets[item >> p->bits].rows += most;
		if (!ask_add_item(p, item, d))
			return false;
	}
}

/* Shards that a coarse look has found to differ, as a condition on finer ones;
 * empty: too many to list. */
static void
ask_list_coarse(const struct pushdown *p, struct buf *out)
{
	size_t i;

	if (p->nitems > ASK_LIST_MAX)
		return;
	buf_printf(out, "toUInt64(xt_b) * %u + bitShiftRight(xt_h, %u) IN (",
	    1u << ASK_MIN_BITS, 64 - ASK_MIN_BITS);
	for (i = 0; i < p->nitems; i++)
		buf_printf(out, "%s%llu", i == 0 ? "" : ", ",
		    (unsigned long long)p->items[i]);
	buf_add_char(out, ')');
}

static unsigned
ask_bits(const struct pushdown *p)
{
	unsigned bits = ASK_MIN_BITS;
	uint64_t most = 0;
	uint32_t b;

	for (b = 0; b < p->nbuckets; b++)
		if (p->buckets[b].flows > most)
			most = p->buckets[b].flows;
	while (bits < ASK_MAX_BITS && most >> bits > ASK_SHARD_FLOWS)
		bits++;
	return bits;
}

/* In as many questions as it takes for answers of a bounded size. */
static bool
ask_level(struct pushdown *p, unsigned bits, const char *where, struct diag *d)
{
	uint32_t step = ASK_GROUPS >> bits;
	bool ok = true;

	p->bits = bits;
	p->ask_where = where;
	p->nitems = 0;
	for (p->ask_first = 0; ok && p->ask_first < p->nbuckets;
	     p->ask_first = p->ask_end) {
		p->ask_end = p->nbuckets - p->ask_first > step
		    ? p->ask_first + step
		    : p->nbuckets;
		ok = ask_all(p, ask_shards, d) && ask_compare_shards(p, d);
	}
	return ok;
}

bool
push_ask_shards(struct pushdown *p, struct diag *d)
{
	unsigned bits = ask_bits(p);
	struct buf where = BUF_INIT;
	uint32_t b;
	size_t i;
	bool ok = true;

	if (bits >= ASK_COARSE_BITS) {
		ok = ask_level(p, ASK_MIN_BITS, NULL, d);
		for (b = 0; b < p->nbuckets; b++)
			p->buckets[b].lone = p->buckets[b].rows = 0;
		if (ok && p->nitems > 0)
			ask_list_coarse(p, &where);
		if (ok && p->nitems == 0)
			return true;
		if (!buf_ok(&where)) {
			diag_set(d, "out of memory");
			ok = false;
		}
	}
	ok = ok && ask_level(p, bits, where.n > 0 ? where.p : NULL, d);
	buf_clear(&where);
	for (i = 0; ok && i < p->nitems; i++) {
		struct push_bucket *x = &p->buckets[p->items[i] >> p->bits];

		x->first = x->n == 0 ? i : x->first;
		x->n++;
	}
	return ok;
}
