/*
 * After an incident began or went on, its group is asked once more for the
 * buckets that are new to it, with the records of the flows that differ: these
 * are not wanted of all the buckets in which nothing is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/daemon.h"
#include "pipeline/differing.h"
#include "store/flows.h"
#include "store/incidents.h"

#define FLOWS_MAX_INCIDENTS 16 /* served by one question */

/* What a flow is to the sensor of an incident. */
enum flows_case {
	FLOWS_LACKED, /* by it */
	FLOWS_LONE,   /* only it has them */
	FLOWS_UNLIKE  /* both have them */
};
#define FLOWS_NCASES 3

struct flows_incident {
	int64_t id, from_us, to_us; /* of these buckets */
	char sensor[64];
	struct flows_list {
		struct store_flow *v; /* owned */
		size_t n, cap;
		uint64_t seen;
	} list[FLOWS_NCASES];
};

struct group_flows {
	struct flows_incident incident[FLOWS_MAX_INCIDENTS];
	size_t n;
	int64_t from_us, to_us;
};

void
group_flows_free(struct group_flows *w)
{
	size_t i, k;

	for (i = 0; w != NULL && i < w->n; i++)
		for (k = 0; k < FLOWS_NCASES; k++)
			free(w->incident[i].list[k].v);
	free(w);
}

static bool
flows_add_incident(struct group *g, struct group_flows *w,
    const struct incident *i, struct diag *d)
{
	struct flows_incident *f = &w->incident[w->n];
	int64_t until,
	    oldest = g->step.from_us - CYCLE_BEFORE * g->config->width_us;

	if (store_flows_until(g->daemon->store, i->id, &until, d) != STORE_OK)
		return false;
	*f = (struct flows_incident){ .id = i->id,
		.from_us = i->from_us > until ? i->from_us : until,
		.to_us = i->to_us < g->step.to_us ? i->to_us : g->step.to_us };
	if (f->from_us < oldest)
		f->from_us = oldest;
	if (f->from_us >= f->to_us)
		return true;
	memcpy(f->sensor, i->sensor, sizeof(f->sensor));
	if (w->n == 0 || f->from_us < w->from_us)
		w->from_us = f->from_us;
	if (w->n == 0 || f->to_us > w->to_us)
		w->to_us = f->to_us;
	w->n++;
	return true;
}

void
group_flows_want(struct group *g, const struct incident_list *list)
{
	struct group_flows *w = calloc(1, sizeof(*w));
	struct diag d = DIAG_INIT;
	bool ok = w != NULL;
	size_t i;

	if (!ok)
		diag_set(&d, "out of memory");
	for (i = 0; ok && i < list->n && w->n < FLOWS_MAX_INCIDENTS; i++)
		if (list->v[i].merged_into == 0 && !list->v[i].early)
			ok = flows_add_incident(g, w, &list->v[i], &d);
	if (!ok)
		log_say(&g->daemon->log, LOG_WARNINGS, "flows",
		    "%s: flows of incidents are not kept: %s",
		    g->config->head.name, d.text);
	group_flows_free(g->flows);
	g->flows = ok && w->n > 0 ? w : NULL;
	if (g->flows == NULL)
		group_flows_free(w);
}

static enum flows_case
flows_case(const struct flows_incident *i, const struct result *r,
    const struct difference *x)
{
	const struct result_pair *p = &r->pairs[x->pair];
	unsigned lacks = x->has[0] ? p->b : p->a;

	if (x->kind != DIFFERENCE_ONLY)
		return FLOWS_UNLIKE;
	return strcmp(r->sensors[lacks].name, i->sensor) == 0 ? FLOWS_LACKED
							      : FLOWS_LONE;
}

/* One that names no sensor of the pair is of all of them. */
static bool
flows_is_about(const struct flows_incident *i, const struct result *r,
    const struct result_pair *p)
{
	bool one = false;
	size_t k;

	for (k = 0; k < r->nsensors; k++)
		one = one || strcmp(r->sensors[k].name, i->sensor) == 0;
	return !one || strcmp(r->sensors[p->a].name, i->sensor) == 0 ||
	    strcmp(r->sensors[p->b].name, i->sensor) == 0;
}

static void
flows_set_side(
    struct store_flow_side *s, const char *sensor, const struct flow *f)
{
	(void)snprintf(s->sensor, sizeof(s->sensor), "%s", sensor);
	if (f == NULL)
		return;
	s->has = true;
	s->flow = *f;
	(void)snprintf(s->uid, sizeof(s->uid), "%.*s", (int)f->uid.n, f->uid.p);
	(void)snprintf(s->history, sizeof(s->history), "%.*s",
	    (int)f->history.n, f->history.p);
}

static bool
flows_list_add(struct flows_list *l, const struct result *r,
    const struct difference *x, const struct flow *a, const struct flow *b)
{
	size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
	struct store_flow *more;

	l->seen++;
	if (l->n == STORE_MAX_FLOWS)
		return true;
	if (l->n == l->cap) {
		more = realloc(l->v, cap * sizeof(*more));
		if (more == NULL)
			return false;
		l->v = more;
		l->cap = cap;
	}
	memset(&l->v[l->n], 0, sizeof(*l->v));
	(void)snprintf(
	    l->v[l->n].kind, sizeof(l->v->kind), "%s", differing_verdict(x));
	flows_set_side(
	    &l->v[l->n].side[0], r->sensors[r->pairs[x->pair].a].name, a);
	flows_set_side(
	    &l->v[l->n].side[1], r->sensors[r->pairs[x->pair].b].name, b);
	l->n++;
	return true;
}

static bool
flows_take(void *arg, const struct result *r, const struct difference *x,
    const struct flow *a, const struct flow *b, struct diag *d)
{
	struct group_flows *w = arg;
	int64_t end = flow_end_us(a != NULL ? a : b);
	size_t i;

	for (i = 0; i < w->n; i++) {
		struct flows_incident *f = &w->incident[i];

		if (end < f->from_us || end >= f->to_us ||
		    !flows_is_about(f, r, &r->pairs[x->pair]))
			continue;
		if (!flows_list_add(
			&f->list[flows_case(f, r, x)], r, x, a, b)) {
			diag_set(d, "out of memory");
			return false;
		}
	}
	return true;
}

/* Nothing came, and not all were asked: another question may bring some. */
static bool
flows_may_come(
    const struct flows_incident *f, const struct cycle_outcome *o, size_t n)
{
	uint64_t seen = 0;
	bool failed = false;
	size_t i;

	for (i = 0; i < FLOWS_NCASES; i++)
		seen += f->list[i].seen;
	for (i = 0; i < n; i++)
		failed = failed || o->failed[i][0] != '\0';
	return failed && seen == 0;
}

/* What there is most of comes first; the rest is the pair's usual. */
static bool
flows_keep(struct group *g, struct flows_incident *f, struct diag *d)
{
	struct flows_list *most, *l;
	size_t turn, k;

	for (turn = 0; turn < FLOWS_NCASES; turn++) {
		most = &f->list[0];
		for (k = 1; k < FLOWS_NCASES; k++)
			if (f->list[k].seen > most->seen)
				most = &f->list[k];
		l = most;
		if (turn > 0 && l->seen == 0)
			break;
		if (store_add_flows(g->daemon->store, f->id, l->v, l->n,
			f->to_us, d) != STORE_OK)
			return false;
		l->seen = 0;
	}
	return true;
}

static void
flows_done(struct cycle_outcome *o, const struct diag *why, void *arg)
{
	struct group *g = arg;
	struct daemon *dm = g->daemon;
	struct group_flows *w = g->flows;
	struct diag d = DIAG_INIT;
	bool ok = o != NULL;
	size_t i;

	g->job = NULL;
	g->flows = NULL;
	dm->running--;
	if (!ok)
		d = *why;
	for (i = 0; ok && i < w->n; i++)
		ok = flows_may_come(&w->incident[i], o, g->config->nmembers) ||
		    flows_keep(g, &w->incident[i], &d);
	if (!ok)
		log_say(&dm->log, LOG_WARNINGS, "flows",
		    "%s: flows of incidents are not kept: %s",
		    g->config->head.name, d.text);
	group_flows_free(w);
	daemon_wake(dm);
}

bool
group_flows_begin(struct group *g)
{
	struct cycle_plan plan = { .group = g->config,
		.rules = g->rules,
		.reading = CYCLE_FULL,
		.seed = g->seed,
		.on_flow = flows_take };
	struct diag d = DIAG_INIT;
	int64_t w = g->config->width_us;

	if (g->flows == NULL)
		return false;
	plan.flow_arg = g->flows;
	plan.from_us = g->flows->from_us - g->flows->from_us % w;
	plan.to_us = g->flows->to_us + (w - 1 - (g->flows->to_us - 1) % w);
	memcpy(plan.shift_us, g->shift_us, sizeof(plan.shift_us));
	g->job =
	    puller_compare(g->daemon->puller, &plan, g->set, flows_done, g, &d);
	if (g->job != NULL) {
		g->daemon->running++;
		return true;
	}
	log_say(&g->daemon->log, LOG_WARNINGS, "flows",
	    "%s: flows of incidents are not kept: %s", g->config->head.name,
	    d.text);
	group_flows_free(g->flows);
	g->flows = NULL;
	return false;
}
