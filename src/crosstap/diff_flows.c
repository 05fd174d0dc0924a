/*
 * A second reading of the operands for the records that differ, or what came
 * of them by wire.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "crosstap/diff_flows.h"
#include "pipeline/differing.h"

struct flows_state {
	struct diff_flows *f;
	struct differing *differing; /* owned */
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
flows_write(void *arg, const struct difference *x, const struct flow *a,
    const struct flow *b, struct diag *d)
{
	struct flows_state *st = arg;
	const struct result *r = st->f->result;
	const struct result_pair *p = &r->pairs[x->pair];
	const struct flow_diff line = { .verdict = differing_verdict(x),
		.sensor_a = r->sensors[p->a].name,
		.sensor_b = r->sensors[p->b].name,
		.a = a,
		.b = b };

	flows_out_add(st->f->format, &line, &st->out);
	st->f->written++;
	return flows_flush(st, 1 << 16, d);
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

	if (st->f->kept != NULL)
		return differing_add_kept(st->differing, sensor,
		    st->f->shift_us[sensor], &st->f->kept[sensor], d);
	if (!differing_begin(st->differing, sensor, o->bins.shift_us))
		return true;
	parser.detail = true;
	r = reader_open(o->operand, &o->source, &parser, d);
	if (r == NULL)
		return false;
	while (ok && (n = reader_next(r, &flows)) > 0)
		for (i = 0; ok && i < n; i++)
			if (flows[i].status == FLOW_OK)
				ok = differing_add(st->differing, &flows[i], d);
	reader_close(r);
	return ok;
}

bool
diff_flows_write(struct diff_flows *f, struct diag *d)
{
	struct flows_state st = { .f = f, .out = BUF_INIT };
	const struct differing_options o = { .result = f->result,
		.v = f->v,
		.n = f->n,
		.seed = f->seed,
		.each = flows_write,
		.arg = &st };
	int64_t now_us = (int64_t)time(NULL) * US_PER_S;
	size_t i;
	bool ok;

	st.differing = differing_new(&o);
	ok = st.differing != NULL;
	if (!ok)
		diag_set(d, "out of memory");
	flows_out_head(f->format, now_us, &st.out);
	for (i = 0; ok && i < f->result->nsensors; i++)
		ok = flows_read(&st, i, d);
	flows_out_tail(f->format, now_us, &st.out);
	ok = ok && flows_flush(&st, 0, d);
	f->not_found = f->n - f->written;
	differing_free(st.differing);
	buf_clear(&st.out);
	return ok;
}
