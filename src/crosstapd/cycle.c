/*
 * What is judged is wider than what is told: the buckets around are read only
 * for their context, and were told before or will be.
 */
#include <stdio.h>
#include <stdlib.h>
#include "compare/compare.h"
#include "crosstapd/cycle.h"
#include "pipeline/differing.h"
#include "sys/when.h"

struct cycle {
	struct cycle_plan plan;
	struct ask *ask; /* owned */
	cycle_done_fn *done;
	void *arg;
	int64_t began_us;                           /* by the system's clock */
	struct kept_flows kept[RESULT_MAX_SENSORS]; /* owned */
};

static size_t
cycle_size(const struct cycle *c)
{
	return c->plan.group->nmembers;
}

static int64_t
cycle_settle(const struct cycle_plan *p)
{
	return p->reading == CYCLE_FULL ? p->group->settle_us
					: p->group->early_us;
}

/* A bucket that no log covers is not in the result: here it is, as missing. */
static void
cycle_add_missing(const struct cycle *c, const struct verdict_sensor *s,
    int64_t start_us, struct result_bucket *b)
{
	int64_t settled =
	    start_us + c->plan.group->width_us + cycle_settle(&c->plan);
	size_t i;

	*b = (struct result_bucket){ .start_us = start_us,
		.status = BUCKET_MISSING };
	for (i = 0; i < cycle_size(c); i++) {
		const struct compare_sensor *log = &s[i].log.log;

		b->gaps[i] = log->unreachable    ? GAP_NO_ANSWER
		    : log->begin_us > start_us   ? GAP_BEFORE_LOG
		    : !(log->mark_us >= settled) ? GAP_NOT_YET
						 : 0;
	}
}

/* The new buckets only, and each of them. */
static bool
cycle_cut_buckets(const struct cycle *c, const struct verdict_sensor *s,
    struct result *r, struct diag *d)
{
	int64_t w = c->plan.group->width_us, start;
	size_t n = (size_t)((c->plan.to_us - c->plan.from_us) / w), i, k = 0;
	struct result_bucket *v = calloc(n, sizeof(*v));

	if (v == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < n; i++) {
		start = c->plan.from_us + (int64_t)i * w;
		while (k < r->nbuckets && r->buckets[k].start_us < start)
			k++;
		if (k < r->nbuckets && r->buckets[k].start_us == start)
			v[i] = r->buckets[k];
		else
			cycle_add_missing(c, s, start, &v[i]);
	}
	free(r->buckets);
	r->buckets = v;
	r->nbuckets = n;
	r->from_us = c->plan.from_us;
	r->to_us = c->plan.to_us;
	return true;
}

/* Pairs and sensors, of the new buckets. */
static void
cycle_cut_sums(struct result *r)
{
	size_t i, p;

	for (i = 0; i < r->nsensors; i++)
		r->sensors[i].flows = 0;
	for (p = 0; p < r->npairs; p++)
		r->pairs[p].n = (struct result_counts){ 0 };
	for (i = 0; i < r->nbuckets; i++) {
		const struct result_bucket *b = &r->buckets[i];

		for (p = 0; p < r->nsensors; p++)
			r->sensors[p].flows += b->flows[p];
		for (p = 0; p < r->npairs; p++) {
			struct result_counts *n = &r->pairs[p].n;

			n->paired += b->n[p].paired;
			n->only_a += b->n[p].only_a;
			n->only_b += b->n[p].only_b;
			n->damaged += b->n[p].damaged;
			n->shifted += b->n[p].shifted;
			n->split += b->n[p].split;
		}
	}
	for (p = 0; p < r->npairs; p++)
		r->pairs[p].agreement =
		    result_agreement(&r->pairs[p].n, r->pairs[p].relation);
}

/* Early ones only by the rules that may; and none that is over already. */
static void
cycle_cut_findings(const struct cycle *c, struct result *r)
{
	const struct rule *rule;
	size_t i, n = 0;

	for (i = 0; i < r->nfindings; i++) {
		const struct finding *f = &r->findings[i];

		rule = rules_find(c->plan.rules, f->by);
		if (f->to_us <= c->plan.from_us || f->from_us >= c->plan.to_us)
			continue;
		if (c->plan.reading == CYCLE_EARLY &&
		    (rule == NULL || !rule->early))
			continue;
		r->findings[n] = *f;
		if (r->findings[n].to_us > c->plan.to_us)
			r->findings[n].to_us = c->plan.to_us;
		n++;
	}
	r->nfindings = n;
}

static void
cycle_take_logs(const struct cycle *c, const struct verdict_sensor s[],
    struct cycle_outcome *o)
{
	size_t i;

	for (i = 0; i < cycle_size(c); i++) {
		const struct collect_sensor_state *log = &s[i].log;

		if (log->failed != NULL)
			(void)snprintf(o->failed[i], sizeof(o->failed[i]), "%s",
			    log->failed);
		o->shift_us[i] =
		    log->failed != NULL ? c->plan.shift_us[i] : log->shift_us;
		o->watermark_us[i] =
		    log->failed != NULL ? INT64_MIN : log->log.mark_us;
		o->lag_us[i] =
		    log->failed != NULL ? INT64_MIN : log->log.lag_us;
		o->cost[i] = ask_cost(c->ask, i);
		o->bytes += o->cost[i].sent + o->cost[i].received;
	}
}

static void
cycle_keep_record(void *arg, size_t i, const struct flow *f)
{
	struct cycle *c = arg;

	if (c->kept[i].n < CYCLE_MAX_RECORDS)
		kept_flows_add(&c->kept[i], f);
}

struct cycle_teller {
	const struct cycle_plan *plan;
	const struct result *result;
};

static bool
cycle_tell_flow(void *arg, const struct difference *x, const struct flow *a,
    const struct flow *b, struct diag *d)
{
	const struct cycle_teller *t = arg;

	return t->plan->on_flow(t->plan->flow_arg, t->result, x, a, b, d);
}

/* Out of the records that came. */
static bool
cycle_tell_flows(struct cycle *c, const struct verdict *v, struct diag *d)
{
	struct cycle_teller teller = { &c->plan, v->result };
	struct differing_options o = { .result = v->result,
		.seed = c->plan.seed,
		.each = cycle_tell_flow,
		.arg = &teller };
	struct differing *g;
	uint64_t unkept;
	size_t i;
	bool ok = true;

	o.v = compare_differences(v->compare, &o.n, &unkept);
	g = differing_new(&o);
	if (g == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; ok && i < cycle_size(c); i++)
		ok = differing_add_kept(
		    g, i, v->sensors[i].log.shift_us, &c->kept[i], d);
	differing_free(g);
	return ok;
}

static bool
cycle_judge(struct cycle *c, struct collect *answers, struct cycle_outcome *o,
    struct diag *d)
{
	const struct config_group *g = c->plan.group;
	struct verdict_sensor sensors[RESULT_MAX_SENSORS] = { 0 };
	struct compare_options co = { .nsensors = g->nmembers,
		.relation = g->relation,
		.width_us = g->width_us,
		.keep_differences = c->plan.on_flow != NULL };
	struct verdict v = { .rules = c->plan.rules,
		.sensors = sensors,
		.rows = &o->rows,
		.result = &o->result };
	bool ok;
	size_t i;

	o->result.nsensors = g->nmembers;
	o->result.width_us = g->width_us;
	memcpy(o->result.usual, c->plan.usual, sizeof(o->result.usual));
	for (i = 0; i < g->nmembers; i++) {
		const struct config_list *a = &g->member[i]->attributes;

		(void)snprintf(o->result.sensors[i].name,
		    sizeof(o->result.sensors[i].name), "%s",
		    g->member[i]->head.name);
		sensors[i].group = "";
		sensors[i].attributes = (const char *const *)a->item;
		sensors[i].nattributes = a->n;
		collect_state(answers, i, &sensors[i].log);
		verdict_take_log(&o->result.sensors[i], &sensors[i].log);
	}
	v.compare = compare_new(&co);
	if (v.compare == NULL)
		diag_set(d, "out of memory");
	ok = v.compare != NULL && verdict_add_answers(&v, answers, d) &&
	    verdict_reach(&v, d) &&
	    (c->plan.on_flow == NULL || cycle_tell_flows(c, &v, d)) &&
	    cycle_cut_buckets(c, sensors, &o->result, d);
	if (ok) {
		cycle_cut_sums(&o->result);
		cycle_cut_findings(c, &o->result);
		cycle_take_logs(c, sensors, o);
	}
	compare_free(v.compare);
	return ok;
}

static void
cycle_answered(struct ask *a, void *arg)
{
	struct cycle *c = arg;
	struct cycle_outcome *o = calloc(1, sizeof(*o));
	struct diag d = DIAG_INIT;
	struct collect *answers;
	int64_t now = when_now_us();
	bool ok = false;

	if (o == NULL)
		diag_set(&d, "out of memory");
	answers = o == NULL ? NULL : ask_answers(a, &d);
	if (answers != NULL)
		ok = cycle_judge(c, answers, o, &d);
	if (o != NULL) {
		o->asking_us = now - c->began_us;
		o->judging_us = when_now_us() - now;
	}
	c->done(ok ? o : NULL, &d, c->arg);
	if (o != NULL) {
		result_clear(&o->result);
		free(o->rows.v);
	}
	free(o);
	cycle_free(c);
}

static int64_t
cycle_context_end(const struct cycle_plan *p)
{
	int64_t w = p->group->width_us, most = p->to_us + CYCLE_AFTER_PAST * w;

	if (p->settled_us >= most)
		return most;
	return p->settled_us > p->to_us + CYCLE_AFTER * w
	    ? p->settled_us
	    : p->to_us + CYCLE_AFTER * w;
}

struct cycle *
cycle_start(struct ssh *ssh, const struct cycle_plan *plan, cycle_done_fn *done,
    void *arg, struct diag *d)
{
	const struct config_group *g = plan->group;
	struct collect_options co = { .nsensors = g->nmembers,
		.relation = g->relation,
		.from_us = plan->from_us - CYCLE_BEFORE * g->width_us,
		.to_us = plan->to_us,
		.width_us = g->width_us,
		.settle_us = cycle_settle(plan),
		.seed = plan->seed };
	struct cycle *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	c->plan = *plan;
	c->done = done;
	c->arg = arg;
	c->began_us = when_now_us();
	if (plan->reading == CYCLE_FULL)
		co.to_us = cycle_context_end(plan);
	memcpy(co.shift_us, plan->shift_us, sizeof(co.shift_us));
	if (plan->on_flow != NULL) {
		co.on_record = cycle_keep_record;
		co.record_arg = c;
	}
	c->ask = ask_start(ssh, &co, plan->targets, cycle_answered, c, d);
	if (c->ask != NULL)
		return c;
	free(c);
	return NULL;
}

void
cycle_free(struct cycle *c)
{
	size_t i;

	if (c == NULL)
		return;
	ask_free(c->ask);
	for (i = 0; i < cycle_size(c); i++)
		kept_flows_clear(&c->kept[i]);
	free(c);
}
