/*
 * A second reading of the operands for the records that differ, or what came
 * of them by wire.
 */
#include "crosstap/diff_flows.h"
#include "pipeline/differing.h"

struct flows_state {
	struct diff_flows *f;
	struct differing *differing; /* owned */
};

bool
diff_flows_check(const char *const operands[], size_t n, struct diag *d)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (reader_can_reread(operands[i]))
			continue;
		diag_set(d,
		    "every operand is read twice for its flows, and '%s' can "
		    "be read "
		    "only once; wanted a file or a folder",
		    operands[i]);
		return false;
	}
	return true;
}

static bool
flows_tell(void *arg, const struct difference *x, const struct flow *a,
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

	st->f->told++;
	return st->f->each(st->f->arg, &line, d);
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
diff_flows_tell(struct diff_flows *f, struct diag *d)
{
	struct flows_state st = { .f = f };
	const struct differing_options o = { .result = f->result,
		.v = f->v,
		.n = f->n,
		.seed = f->seed,
		.each = flows_tell,
		.arg = &st };
	size_t i;
	bool ok;

	st.differing = differing_new(&o);
	ok = st.differing != NULL;
	if (!ok)
		diag_set(d, "out of memory");
	for (i = 0; ok && i < f->result->nsensors; i++)
		ok = flows_read(&st, i, d);
	differing_free(st.differing);
	return ok;
}
