#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/puller_job.h"
#include "wire/reply.h"

static size_t
puller_buckets(const struct puller_job *j)
{
	return (size_t)((j->plan.to_us - j->plan.from_us) /
	    j->plan.group->width_us);
}

static void
puller_job_clear(struct puller_job *j)
{
	if (j->o == NULL)
		return;
	result_clear(&j->o->result);
	free(j->o->rows.v);
	free(j->o);
	j->o = NULL;
}

void
puller_job_free(struct puller_job *j)
{
	puller_job_clear(j);
	free(j);
}

static void
puller_job_name(struct puller_job *j)
{
	const struct config_group *g = j->plan.group;
	struct result *r = &j->o->result;
	size_t a, b, i;

	r->nsensors = g->nmembers;
	r->width_us = g->width_us;
	r->from_us = j->plan.from_us;
	r->to_us = j->plan.to_us;
	memcpy(r->usual, j->plan.usual, sizeof(r->usual));
	for (a = 0; a < g->nmembers; a++) {
		(void)snprintf(r->sensors[a].name, sizeof(r->sensors[a].name),
		    "%s", g->member[a]->head.name);
		r->sensors[a].first_end_us = INT64_MAX;
		r->sensors[a].watermark_us = INT64_MIN;
		j->o->shift_us[a] = j->plan.shift_us[a];
		j->o->watermark_us[a] = j->o->lag_us[a] = INT64_MIN;
		for (b = a + 1; b < g->nmembers; b++)
			r->pairs[r->npairs++] =
			    (struct result_pair){ .a = (uint8_t)a,
				    .b = (uint8_t)b,
				    .relation = g->relation,
				    .agreement = 1 };
	}
	for (i = 0; i < r->nbuckets; i++) {
		struct result_bucket *bucket = &r->buckets[i];

		bucket->start_us = r->from_us + (int64_t)i * r->width_us;
		bucket->status = BUCKET_MISSING;
		for (a = 0; a < r->nsensors; a++)
			bucket->gaps[a] = GAP_NO_ANSWER;
	}
}

bool
puller_job_reset(struct puller_job *j)
{
	puller_job_clear(j);
	j->nsensors = j->npairs = j->nbuckets = 0;
	j->findings_cap = j->rows_cap = 0;
	j->o = calloc(1, sizeof(*j->o));
	if (j->o == NULL)
		return false;
	j->o->result.nbuckets = puller_buckets(j);
	j->o->result.buckets =
	    calloc(j->o->result.nbuckets, sizeof(*j->o->result.buckets));
	if (j->o->result.buckets == NULL)
		return false;
	puller_job_name(j);
	return true;
}

struct cycle_outcome *
puller_job_none(struct puller_job *j, const char *why)
{
	size_t i;

	if (!puller_job_reset(j))
		return NULL;
	for (i = 0; i < j->o->result.nsensors; i++)
		(void)snprintf(
		    j->o->failed[i], sizeof(j->o->failed[i]), "%s", why);
	return j->o;
}

/* -- what comes -- */

static bool
puller_take_sensor(struct puller_job *j, const struct pull_sensor *m)
{
	struct result_sensor *s;
	size_t i = j->nsensors++;

	if (m->index != i || i >= j->o->result.nsensors)
		return false;
	s = &j->o->result.sensors[i];
	{
		struct result_sensor named = *s;

		*s = m->sensor;
		memcpy(s->name, named.name, sizeof(s->name));
		memcpy(s->path, named.path, sizeof(s->path));
	}
	memcpy(j->o->failed[i], m->failed, sizeof(j->o->failed[i]));
	j->o->shift_us[i] = m->shift_us;
	j->o->watermark_us[i] = m->watermark_us;
	j->o->lag_us[i] = m->lag_us;
	j->o->cost[i] =
	    (struct ask_cost){ m->sent, m->received, (int64_t)m->waited_us };
	return true;
}

static bool
puller_take_pair(struct puller_job *j, const struct pull_pair *m)
{
	struct result_pair *p;
	size_t i = j->npairs++;

	if (m->index != i || i >= j->o->result.npairs)
		return false;
	p = &j->o->result.pairs[i];
	if (p->a != m->pair.a || p->b != m->pair.b ||
	    p->relation != m->pair.relation)
		return false;
	*p = m->pair;
	return true;
}

static bool
puller_take_bucket(struct puller_job *j, const struct result_bucket *m)
{
	size_t i = j->nbuckets++;

	if (i >= j->o->result.nbuckets ||
	    m->start_us != j->o->result.buckets[i].start_us)
		return false;
	j->o->result.buckets[i] = *m;
	return true;
}

static bool
puller_is_member(const struct puller_job *j, const char *name)
{
	size_t i;

	for (i = 0; i < j->o->result.nsensors; i++)
		if (strcmp(j->o->result.sensors[i].name, name) == 0)
			return true;
	return false;
}

/* Room for one more of *n; NULL: no more is allowed, or no memory. */
static void *
puller_grow(void *v, size_t n, size_t *cap, size_t max, size_t size)
{
	void *more = v;

	if (n == max)
		return NULL;
	if (n == *cap) {
		*cap = *cap == 0 ? 16 : 2 * *cap;
		more = realloc(v, *cap * size);
	}
	return more;
}

/* A finding is by a rule that there is, of a sensor that was asked. */
static bool
puller_take_finding(struct puller_job *j, const struct finding *m)
{
	struct result *r = &j->o->result;
	struct finding *v;

	if (rules_find(j->plan.rules, m->by) == NULL || m->rule[0] == '\0' ||
	    (!m->several && !puller_is_member(j, m->sensor)))
		return false;
	v = puller_grow(r->findings, r->nfindings, &j->findings_cap,
	    PULLER_MAX_FINDINGS, sizeof(*v));
	if (v == NULL)
		return false;
	r->findings = v;
	v[r->nfindings++] = *m;
	return true;
}

static bool
puller_take_row(struct puller_job *j, const struct evidence *m)
{
	struct measure_rows *rows = &j->o->rows;
	struct evidence *v;

	if (m->start_us < j->plan.from_us || m->start_us >= j->plan.to_us)
		return false;
	v = puller_grow(
	    rows->v, rows->n, &j->rows_cap, PULLER_MAX_ROWS, sizeof(*v));
	if (v == NULL)
		return false;
	rows->v = v;
	v[rows->n++] = *m;
	return true;
}

static bool
puller_take_flow(
    struct puller_job *j, const struct pull_flow *m, struct diag *d)
{
	struct difference x = { .kind = (uint8_t)m->kind,
		.pair = (uint8_t)m->pair,
		.weight = 1,
		.has = { m->has[0], m->has[1] } };

	if (j->plan.on_flow == NULL || m->pair >= j->o->result.npairs)
		return false;
	return j->plan.on_flow(j->plan.flow_arg, &j->o->result, &x,
	    m->has[0] ? &m->flow[0] : NULL, m->has[1] ? &m->flow[1] : NULL, d);
}

static bool
puller_take_file(const struct puller_job *j, struct span bytes, struct diag *d)
{
	struct reply r;
	bool ok = reply_decode(bytes, &r, d) == WIRE_OK && r.kind == REPLY_FILE;

	if (ok)
		j->files.on_file(j->files.arg, &r.u.file);
	reply_clear(&r);
	return ok;
}

bool
puller_job_take(struct puller_job *j, const struct pull *m, struct diag *d)
{
	bool ok = false;

	if (m->kind == PULL_FILE && j->of_files)
		ok = puller_take_file(j, m->u.file, d);
	else if (!j->of_files && m->kind == PULL_SENSOR)
		ok = puller_take_sensor(j, &m->u.sensor);
	else if (!j->of_files && m->kind == PULL_PAIR)
		ok = puller_take_pair(j, &m->u.pair);
	else if (!j->of_files && m->kind == PULL_BUCKET)
		ok = puller_take_bucket(j, &m->u.bucket);
	else if (!j->of_files && m->kind == PULL_FINDING)
		ok = puller_take_finding(j, &m->u.finding);
	else if (!j->of_files && m->kind == PULL_ROW)
		ok = puller_take_row(j, &m->u.row);
	else if (!j->of_files && m->kind == PULL_FLOW)
		ok = puller_take_flow(j, &m->u.flow, d);
	if (!ok)
		diag_set(d, "a %s that does not fit the question",
		    pull_kind_name(m->kind));
	return ok;
}

bool
puller_job_complete(
    struct puller_job *j, const struct pull_done *m, struct diag *d)
{
	const struct result *r = j->of_files ? NULL : &j->o->result;

	if (j->of_files || m->failed[0] != '\0')
		return true;
	if (j->nsensors != r->nsensors || j->npairs != r->npairs ||
	    j->nbuckets != r->nbuckets) {
		diag_set(d, "an answer of which a part is missing");
		return false;
	}
	j->o->bytes = m->bytes;
	j->o->asking_us = m->asking_us;
	j->o->judging_us = m->judging_us;
	return true;
}
