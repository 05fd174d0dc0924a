/*
 * Each operand's wanted records are sorted by key and start; a flow that comes
 * by is looked up there. A difference is written when the last record of it
 * has come, so that only those of two records wait in memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "crosstap/diff_flows.h"
#include "digest/entry.h"
#include "flow/key.h"

/* Keys are evenly spread: their top bits lead to a short stretch. */
#define WANTED_INDEX_BITS 12

struct wanted {
	uint64_t key;
	int64_t start_us; /* in the clock of the bins */
	size_t difference;
	uint8_t side;
	bool taken;
};

struct flows_state {
	struct diff_flows *f;
	struct wanted *wanted; /* owned: of the operand at hand */
	size_t n;
	size_t index[(1 << WANTED_INDEX_BITS) + 1];
	struct flow **kept; /* owned, as each is: the first record of two */
	struct buf out;
};

bool
diff_flows_check(const char *const operands[], size_t n, struct diag *d)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (reader_can_reread(operands[i]))
			continue;
		diag_set(d,
		    "--flows reads every operand twice, and '%s' can be read "
		    "only once; wanted a file or a folder",
		    operands[i]);
		return false;
	}
	return true;
}

static int
wanted_compare(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return (x->difference > y->difference) -
	    (x->difference < y->difference);
}

static unsigned
flows_sensor(const struct diff_flows *f, const struct difference *d, int side)
{
	const struct result_pair *p = &f->result->pairs[d->pair];

	return side == 0 ? p->a : p->b;
}

static void
flows_want(struct flows_state *st, size_t sensor)
{
	size_t i, k = 0;
	int side;

	st->n = 0;
	for (i = 0; i < st->f->n; i++) {
		const struct difference *d = &st->f->v[i];

		for (side = 0; side < 2; side++)
			if (d->has[side] &&
			    flows_sensor(st->f, d, side) == sensor)
				st->wanted[st->n++] =
				    (struct wanted){ d->key, d->start_us[side],
					    i, (uint8_t)side, false };
	}
	qsort(st->wanted, st->n, sizeof(*st->wanted), wanted_compare);
	for (i = 0; i < ARRAY_LEN(st->index); i++) {
		while (k < st->n &&
		    st->wanted[k].key >> (64 - WANTED_INDEX_BITS) < i)
			k++;
		st->index[i] = k;
	}
}

static const char *
flows_verdict(const struct difference *d)
{
	if (d->kind == DIFFERENCE_DAMAGED)
		return "damaged";
	if (d->kind == DIFFERENCE_SPLIT)
		return "split";
	return d->has[0] ? "only_a" : "only_b";
}

static bool
flows_flush(struct flows_state *st, size_t above, struct diag *d)
{
	if (st->out.failed) {
		diag_set(d, "out of memory");
		return false;
	}
	if (st->out.n <= above)
		return true;
	if (fwrite(st->out.p, 1, st->out.n, st->f->file) != st->out.n) {
		diag_set(d, "the file of --flows cannot be written: %s",
		    strerror(errno));
		return false;
	}
	st->out.n = 0;
	return true;
}

static bool
flows_found(struct flows_state *st, const struct wanted *w,
    const struct flow *flow, struct diag *d)
{
	const struct difference *x = &st->f->v[w->difference];
	struct flow **kept = &st->kept[w->difference];
	struct flow_diff line = { .verdict = flows_verdict(x) };

	if (x->has[1 - w->side] && *kept == NULL) {
		*kept = kept_flows_copy(flow);
		if (*kept == NULL)
			diag_set(d, "out of memory");
		return *kept != NULL;
	}
	line.sensor_a = st->f->result->sensors[flows_sensor(st->f, x, 0)].name;
	line.sensor_b = st->f->result->sensors[flows_sensor(st->f, x, 1)].name;
	line.a = w->side == 0 ? flow : *kept;
	line.b = w->side == 0 ? *kept : flow;
	flows_out_add(st->f->format, &line, &st->out);
	free(*kept);
	*kept = NULL;
	st->f->written++;
	return flows_flush(st, 1 << 16, d);
}

/* One record stands for one difference a pair; but it may be the whole of
 * many parts. */
static bool
flows_look_up(struct flows_state *st, const struct flow *flow, int64_t shift_us,
    uint64_t key, struct diag *d)
{
	size_t i = st->index[key >> (64 - WANTED_INDEX_BITS)];
	int64_t duration = flow->duration_us < (int64_t)ENTRY_DURATION_MAX
	    ? flow->duration_us
	    : (int64_t)ENTRY_DURATION_MAX;
	int64_t start = flow_end_us(flow) + shift_us - duration;
	uint32_t seen = 0; /* pairs */

	for (; i < st->n && st->wanted[i].key <= key; i++) {
		struct wanted *w = &st->wanted[i];
		const struct difference *x = &st->f->v[w->difference];

		if (w->key != key || w->start_us != start || w->taken)
			continue;
		if (!x->whole[w->side]) {
			if ((seen & (1u << x->pair)) != 0)
				continue;
			seen |= 1u << x->pair;
		}
		w->taken = true;
		if (!flows_found(st, w, flow, d))
			return false;
	}
	return true;
}

/* Out of the records that were sent. */
static bool
flows_find(struct flows_state *st, size_t sensor, struct diag *d)
{
	struct kept_flows *k = &st->f->kept[sensor];
	size_t i;
	bool ok = true;

	kept_flows_sort(k);
	for (i = 0; ok && i < k->n; i++)
		ok = flows_look_up(st, k->v[i], st->f->shift_us[sensor],
		    flow_key(k->v[i], st->f->seed), d);
	return ok;
}

static bool
flows_read(struct flows_state *st, size_t sensor, struct diag *d)
{
	const struct pull_options *o = &st->f->pulls[sensor];
	struct flow_parser_options parser = o->parser;
	struct reader *r;
	struct flow *flows;
	size_t i, n;
	bool ok = true;

	flows_want(st, sensor);
	if (st->n == 0)
		return true;
	if (st->f->kept != NULL)
		return flows_find(st, sensor, d);
	parser.detail = true;
	r = reader_open(o->operand, &o->source, &parser, d);
	if (r == NULL)
		return false;
	while (ok && (n = reader_next(r, &flows)) > 0)
		for (i = 0; ok && i < n; i++)
			if (flows[i].status == FLOW_OK)
				ok = flows_look_up(st, &flows[i],
				    o->bins.shift_us,
				    flow_key(&flows[i], o->bins.seed), d);
	reader_close(r);
	return ok;
}

bool
diff_flows_write(struct diff_flows *f, struct diag *d)
{
	struct flows_state *st = calloc(1, sizeof(*st));
	int64_t now_us = (int64_t)time(NULL) * US_PER_S;
	size_t i;
	bool ok;

	if (st != NULL) {
		st->f = f;
		st->wanted = calloc(2 * f->n + 1, sizeof(*st->wanted));
		st->kept = calloc(f->n + 1, sizeof(*st->kept));
	}
	ok = st != NULL && st->wanted != NULL && st->kept != NULL;
	if (!ok) {
		diag_set(d, "out of memory");
	} else {
		flows_out_head(f->format, now_us, &st->out);
		for (i = 0; ok && i < f->result->nsensors; i++)
			ok = flows_read(st, i, d);
		flows_out_tail(f->format, now_us, &st->out);
		ok = ok && flows_flush(st, 0, d);
	}
	f->not_found = f->n - f->written;
	for (i = 0; st != NULL && st->kept != NULL && i < f->n; i++)
		free(st->kept[i]);
	if (st != NULL) {
		free(st->kept);
		free(st->wanted);
		buf_clear(&st->out);
	}
	free(st);
	return ok;
}
