/*
 * Buckets are put together from what the servers have counted and from the
 * flows that are streamed, one bucket at a time, in step for all sensors.
 * Workers and networks get one numbering for all streams of a sensor.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/offset.h"
#include "digest/nets.h"
#include "pipeline/pushdown_state.h"

bool
pushdown_is_possible(const struct pushdown_options *o, struct diag *d)
{
	size_t i;

	if (o->from_us == INT64_MIN || o->to_us == INT64_MAX) {
		diag_set(d, "a push-down has a window; wanted --from and --to");
		return false;
	}
	if ((o->to_us - o->from_us) / o->width_us >= PUSHDOWN_MAX_BUCKETS) {
		diag_set(d,
		    "the window has over %u buckets; wanted a longer --bucket",
		    PUSHDOWN_MAX_BUCKETS);
		return false;
	}
	for (i = 0; i < o->nsensors; i++) {
		if (o->conn[i] == NULL) {
			diag_set(d,
			    "operand %zu is no table of ClickHouse, and only "
			    "such count by themselves",
			    i + 1);
			return false;
		}
		if (!clickhouse_conn_binding(o->conn[i])->server.hashes) {
			diag_set(d,
			    "%s: ClickHouse %s lacks sipHash64() or bitTest(); "
			    "wanted 18.16 or later",
			    clickhouse_conn_path(o->conn[i]),
			    clickhouse_conn_binding(o->conn[i])
				->server.version);
			return false;
		}
	}
	return true;
}

static bool
push_init(struct pushdown *p, struct diag *d)
{
	const struct pushdown_options *o = &p->opt;
	size_t i, k;

	p->nbuckets =
	    (uint32_t)((o->to_us - o->from_us + o->width_us - 1) / o->width_us);
	p->buckets = calloc(p->nbuckets + 1, sizeof(*p->buckets));
	if (p->buckets == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < o->nsensors; i++) {
		struct push_sensor *s = &p->sensor[i];

		s->all = p;
		s->conn = o->conn[i];
		s->cut = (struct clickhouse_cut){ o->from_us, o->to_us,
			o->width_us, o->shift_us[i], o->seed };
		for (k = 0; k < PUSH_NSTREAMS; k++) {
			s->stream[k].files = clickhouse_files_new(s->conn);
			if (s->stream[k].files == NULL) {
				diag_set(d, "out of memory");
				return false;
			}
		}
		/* this one also says where the table begins and ends */
		clickhouse_files_window(s->stream[PUSH_DIFFERING].files,
		    &(struct source_window){ o->from_us - o->shift_us[i],
			o->to_us - o->shift_us[i], o->settle_us },
		    CLICKHOUSE_WHOLE);
	}
	return true;
}

static bool
push_open(struct pushdown *p, size_t i, struct push_stream *st, unsigned keep,
    struct diag *d)
{
	const struct pushdown_options *o = &p->opt;
	struct source_options so = { .window = { INT64_MIN, INT64_MAX, 0 },
		.files = clickhouse_files_table(st->files) };

	if (st->over)
		return true;
	st->bins = bins_new(&(struct bins_options){ .width_us = o->width_us,
	    .settle_us = o->settle_us,
	    .from_us = o->from_us,
	    .to_us = o->to_us,
	    .shift_us = o->shift_us[i],
	    .seed = o->seed,
	    .keep = keep });
	if (st->bins == NULL)
		diag_set(d, "out of memory");
	else
		st->reader = reader_open(
		    clickhouse_conn_path(o->conn[i]), &so, o->parser, d);
	return st->reader != NULL;
}

struct pushdown *
pushdown_new(const struct pushdown_options *o, struct diag *d)
{
	static const unsigned keep[PUSH_NSTREAMS] = { BINS_ENTRIES,
		BINS_ENTRIES, BINS_TUPLES };
	struct pushdown *p = calloc(1, sizeof(*p));
	size_t i, k;
	bool ok;

	if (p == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	p->opt = *o;
	ok = push_init(p, d) && push_ask_totals(p, d) &&
	    push_ask_shards(p, d) && push_choose_parts(p, d);
	for (i = 0; ok && i < o->nsensors; i++)
		for (k = 0; ok && k < PUSH_NSTREAMS; k++)
			ok = push_open(
			    p, i, &p->sensor[i].stream[k], keep[k], d);
	if (ok)
		return p;
	pushdown_free(p);
	return NULL;
}

void
pushdown_free(struct pushdown *p)
{
	size_t i, k;

	if (p == NULL)
		return;
	for (i = 0; i < p->opt.nsensors; i++) {
		struct push_sensor *s = &p->sensor[i];

		for (k = 0; k < PUSH_NSTREAMS; k++) {
			bin_free(s->stream[k].next);
			reader_close(s->stream[k].reader);
			bins_free(s->stream[k].bins);
			clickhouse_files_free(s->stream[k].files);
		}
		for (k = 0; k < s->nnames; k++)
			free(s->names[k]);
		netmap_clear(&s->netmap);
		free(s->totals);
		free(s->workers);
		free(s->nets);
		free(s->shards);
	}
	free(p->buckets);
	free(p->items);
	free(p);
}

/* -- streams -- */

/* False with d set: what should have come has not. */
static bool
push_fill(struct push_stream *st, struct diag *d)
{
	struct flow *flows;
	size_t n;

	while (st->next == NULL && !st->over) {
		st->next = bins_take(st->bins);
		if (st->next != NULL)
			break;
		n = bins_done(st->bins) ? 0 : reader_next(st->reader, &flows);
		if (n > 0 && !bins_add(st->bins, flows, n)) {
			diag_set(d, "out of memory");
			return false;
		}
		if (n > 0)
			continue;
		if (reader_failed(st->reader) != NULL ||
		    reader_trouble(st->reader) != NULL) {
			diag_set(d, "%s",
			    reader_failed(st->reader) != NULL
				? reader_failed(st->reader)
				: reader_trouble(st->reader));
			return false;
		}
		bins_finish(st->bins);
		st->next = bins_take(st->bins);
		st->over = st->next == NULL;
	}
	return true;
}

/* The bin of that bucket, which is the caller's; NULL: no flows of it came. */
static bool
push_take(
    struct push_stream *st, int64_t start_us, struct bin **out, struct diag *d)
{
	*out = NULL;
	for (;;) {
		if (!push_fill(st, d))
			return false;
		if (st->next == NULL || st->next->start_us > start_us)
			return true;
		*out = st->next;
		st->next = NULL;
		if ((*out)->start_us == start_us)
			return true;
		bin_free(*out);
		*out = NULL;
	}
}

/* Moves entries, with numbers of the sensor in place of those of the stream. */
static void
push_move(struct push_sensor *s, const struct push_stream *st,
    struct entries *to, struct entries *from)
{
	const struct netmap *nets = bins_netmap(st->bins);
	uint8_t map[256];
	struct entry_block *b;
	const char *name;
	unsigned i, k;
	size_t j;

	memset(map, FLOW_NO_WORKER, sizeof(map));
	for (i = 0; (name = reader_worker(st->reader, i)) != NULL; i++)
		for (k = 0; k < s->nnames; k++)
			if (strcmp(name, s->names[k]) == 0)
				map[i] = (uint8_t)k;
	for (b = from->first; b != NULL; b = b->next) {
		for (j = 0; j < b->n; j++) {
			struct entry *e = &b->e[j];

			e->worker = map[e->worker];
			for (k = 0; k < 2 && (e->class_bits & ENTRY_IPV6); k++)
				e->net[k] = netmap_number6(
				    &s->netmap, netmap_prefix(nets, e->net[k]));
		}
	}
	*to = *from;
	memset(from, 0, sizeof(*from));
}

/* -- bins -- */

static int
push_compare_keys(const void *a, const void *b)
{
	const struct digest_sampled *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Starts of the tuples that are in the sample once. */
static bool
push_fill_sample(struct bin_thin *thin, int64_t bucket_us)
{
	const struct entry_block *b;
	struct digest_sampled *v = calloc(thin->sampled.n + 1, sizeof(*v));
	uint32_t n = 0, i, k = 0;

	if (v == NULL)
		return false;
	for (b = thin->sampled.first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			v[n++] = (struct digest_sampled){ .key = b->e[i].key,
				.start_us =
				    entry_start_us(&b->e[i], bucket_us) };
	if (n > 0)
		qsort(v, n, sizeof(*v), push_compare_keys);
	for (i = 0; i < n; i++)
		if ((i == 0 || v[i].key != v[i - 1].key) &&
		    (i + 1 == n || v[i].key != v[i + 1].key))
			v[k++] = v[i];
	thin->sample = v;
	thin->nsample = k;
	return true;
}

static void
push_fill_totals(struct push_sensor *s, uint32_t bucket, struct bin *bin)
{
	const uint64_t *v = s->totals[bucket].v;
	struct entry_fresh *fresh = &bin->thin->fresh;
	size_t i;

	bin->flows = v[CLICKHOUSE_FLOWS];
	bin->packets = v[CLICKHOUSE_PACKETS];
	bin->ip_bytes = v[CLICKHOUSE_BYTES];
	bin->local_known = v[CLICKHOUSE_LOCAL_KNOWN];
	bin->local_ends = v[CLICKHOUSE_LOCAL_ENDS];
	bin->thin->scope = bin->flows;
	fresh->flows = v[CLICKHOUSE_FRESH];
	fresh->packets = v[CLICKHOUSE_FRESH_PACKETS];
	for (i = 0; i < ENTRY_NLARGE; i++)
		fresh->large[i] = v[CLICKHOUSE_LARGE + i];
	for (; s->worker_at < s->nworkers &&
	     s->workers[s->worker_at].bucket <= bucket;
	     s->worker_at++)
		if (s->workers[s->worker_at].bucket == bucket)
			bin->workers[s->workers[s->worker_at].what] +=
			    (uint32_t)s->workers[s->worker_at].flows;
	for (; s->net_at < s->nnets && s->nets[s->net_at].bucket <= bucket;
	     s->net_at++)
		if (s->nets[s->net_at].bucket == bucket &&
		    s->nets[s->net_at].what < NETS_MAX)
			bin->nets[s->nets[s->net_at].what] +=
			    (uint32_t)s->nets[s->net_at].flows;
}

static bool
push_fill_bin(struct pushdown *p, struct push_sensor *s, uint32_t bucket,
    struct bin *bin, struct diag *d)
{
	int64_t start = p->opt.from_us + (int64_t)bucket * p->opt.width_us;
	struct bin *came[PUSH_NSTREAMS] = { NULL };
	bool ok = true;
	size_t k;

	bin->start_us = start;
	push_fill_totals(s, bucket, bin);
	for (k = 0; ok && k < PUSH_NSTREAMS; k++)
		ok = push_take(&s->stream[k], start, &came[k], d);
	if (ok && came[PUSH_DIFFERING] != NULL) {
		push_move(s, &s->stream[PUSH_DIFFERING], &bin->entries,
		    &came[PUSH_DIFFERING]->entries);
		bin->bad = came[PUSH_DIFFERING]->bad;
		bin->after_log = came[PUSH_DIFFERING]->after_log;
	}
	if (ok && came[PUSH_SAMPLE] != NULL) {
		push_move(s, &s->stream[PUSH_SAMPLE], &bin->thin->sampled,
		    &came[PUSH_SAMPLE]->entries);
		if (!push_fill_sample(bin->thin, start)) {
			diag_set(d, "out of memory");
			ok = false;
		}
	}
	if (ok && came[PUSH_PAIRS] != NULL) {
		tuples_clear(&bin->tuples);
		bin->tuples = came[PUSH_PAIRS]->tuples;
		tuples_init(&came[PUSH_PAIRS]->tuples, UINT32_MAX);
	}
	bin->thin->sampled_weight = UINT64_C(1)
	    << (p->buckets[bucket].noticeable ? p->usual_bits : p->sample_bits);
	bin->thin->equal =
	    bin->flows > bin->entries.n ? bin->flows - bin->entries.n : 0;
	for (k = 0; k < PUSH_NSTREAMS; k++)
		bin_free(came[k]);
	return ok;
}

static struct bin *
push_new_bin(void)
{
	struct bin *bin = calloc(1, sizeof(*bin));

	if (bin == NULL)
		return NULL;
	tuples_init(&bin->tuples, UINT32_MAX);
	bin->nets = calloc(NETS_MAX, sizeof(*bin->nets));
	if (bin->nets != NULL && bin_make_thin(bin))
		return bin;
	bin_free(bin);
	return NULL;
}

/* Flows were written or deleted in between: what is equal is not known. */
static bool
push_has_changed(struct push_sensor *s, const struct bin *bin, struct diag *d)
{
	if (bin->entries.n <= bin->flows)
		return false;
	diag_set(d,
	    "%s: the table has changed while it was compared; wanted a window "
	    "that is not written to",
	    clickhouse_conn_path(s->conn));
	return true;
}

bool
pushdown_next(struct pushdown *p, int64_t *start_us, struct bin *bins[],
    const struct netmap *nets[], struct diag *d)
{
	size_t n = p->opt.nsensors, i;
	bool ok = true;

	while (p->at < p->nbuckets && p->buckets[p->at].flows == 0)
		p->at++;
	memset(bins, 0, n * sizeof(bins[0]));
	if (p->at == p->nbuckets) {
		/* the rest says where the tables end */
		for (i = 0; i < n; i++)
			if (!push_fill(&p->sensor[i].stream[0], d))
				break;
		return false;
	}
	*start_us = p->opt.from_us + (int64_t)p->at * p->opt.width_us;
	for (i = 0; ok && i < n; i++) {
		struct push_sensor *s = &p->sensor[i];

		nets[i] = &s->netmap;
		if (push_flows(s, p->at) == 0)
			continue;
		bins[i] = push_new_bin();
		if (bins[i] == NULL)
			diag_set(d, "out of memory");
		ok = bins[i] != NULL &&
		    push_fill_bin(p, s, p->at, bins[i], d) &&
		    !push_has_changed(s, bins[i], d);
	}
	p->at++;
	for (i = 0; !ok && i < n; i++) {
		bin_free(bins[i]);
		bins[i] = NULL;
	}
	return ok;
}

void
pushdown_state(
    const struct pushdown *p, size_t i, struct collect_sensor_state *out)
{
	const struct push_sensor *s = &p->sensor[i];
	const struct push_stream *st = &s->stream[PUSH_DIFFERING];
	const struct bins *b = st->bins;
	bool ended = reader_ended(st->reader);
	int64_t begin = bins_begin(b);
	int64_t mark = ended ? bins_last(b) : bins_watermark(b);
	size_t k, kind;

	*out = (struct collect_sensor_state){ .shift_us = s->cut.shift_us,
		.workers = (const char *const *)s->names,
		.nworkers = s->nnames,
		.bytes_read = clickhouse_conn_bytes(s->conn) };
	for (k = 0; k < PUSH_NSTREAMS; k++)
		if (s->stream[k].reader != NULL)
			out->lines += reader_lines(s->stream[k].reader);
	for (kind = 0; kind < FLOW_NPROBLEMS; kind++) {
		out->messages[kind] =
		    reader_message(st->reader, (enum flow_problem)kind);
		out->problems[kind] =
		    reader_problems(st->reader, (enum flow_problem)kind);
	}
	/* flows that were not sent count, too */
	if (s->nworkers > 0) {
		begin = begin == INT64_MIN || s->first_us < begin ? s->first_us
								  : begin;
		mark = s->last_us > mark ? s->last_us : mark;
	}
	out->log = (struct compare_sensor){ begin, mark, ended, false,
		INT64_MIN, false, false, &s->netmap, NULL, 0, false };
}

const struct files *
pushdown_table(const struct pushdown *p, size_t i)
{
	return clickhouse_files_table(
	    p->sensor[i].stream[PUSH_DIFFERING].files);
}

struct pushdown_cost
pushdown_cost(const struct pushdown *p)
{
	return (struct pushdown_cost){ p->nshards, p->nitems, p->bits };
}
