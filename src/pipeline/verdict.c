#include <stdlib.h>
#include <string.h>
#include "judge/platform.h"
#include "judge/ruledout.h"
#include "pipeline/verdict.h"

bool
verdict_add(struct verdict *v, int64_t start_us, struct bin *const bins[],
    const struct netmap *const nets[], struct diag *d)
{
	size_t i;

	for (i = 0; i < v->result->nsensors; i++) {
		struct result_sensor *s = &v->result->sensors[i];

		if (bins[i] == NULL)
			continue;
		s->flows += bins[i]->flows;
		s->packets += bins[i]->packets;
		s->ip_bytes += bins[i]->ip_bytes;
	}
	return compare_add(v->compare, start_us, bins, nets, d);
}

bool
verdict_add_answers(struct verdict *v, struct collect *c, struct diag *d)
{
	const struct netmap *nets[RESULT_MAX_SENSORS];
	struct bin *now[RESULT_MAX_SENSORS];
	size_t n = v->result->nsensors, k, i;
	int64_t start;
	bool ok = true;

	for (i = 0; i < n; i++)
		nets[i] = collect_nets(c, i);
	for (k = 0; ok && k < collect_nbuckets(c); k++) {
		if (!collect_take(c, k, &start, now)) {
			diag_set(d, "out of memory");
			return false;
		}
		ok = verdict_add(v, start, now, nets, d);
		for (i = 0; i < n; i++)
			bin_free(now[i]);
	}
	return ok;
}

void
verdict_take_log(
    struct result_sensor *s, const struct collect_sensor_state *log)
{
	int k;

	s->lines = log->lines;
	s->bytes_read = log->bytes_read;
	s->late = log->late;
	s->outside = log->outside;
	s->watermark_us = log->log.mark_us;
	s->first_end_us = log->log.begin_us;
	for (k = 0; k < FLOW_NPROBLEMS; k++)
		s->bad_lines += log->problems[k];
}

static bool
verdict_same_group(const struct verdict *v, size_t i, size_t j)
{
	return strcmp(v->sensors[i].group, v->sensors[j].group) == 0;
}

static int
verdict_compare_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A sensor's clock against the first one's: median over the buckets of its
 * offset against the first of its group, and that one's own. */
static bool
verdict_offsets(struct verdict *v)
{
	size_t nb = compare_nbuckets(v->compare), p, i, n;
	struct result *res = v->result;
	int64_t *us = calloc(nb + 1, sizeof(*us));

	if (us == NULL)
		return false;
	res->sensors[0].has_offset = true;
	for (p = 0; p < res->npairs; p++) {
		unsigned a = res->pairs[p].a, b = res->pairs[p].b;

		if (res->sensors[b].has_offset ||
		    (a != 0 && verdict_same_group(v, a, 0)))
			continue;
		for (i = n = 0; i < nb; i++) {
			const struct compare_cell *cell =
			    &compare_get(v->compare, i)->cells[p];

			if (cell->noffsets >= 8)
				us[n++] = cell->offset_us -
				    v->sensors[b].log.shift_us;
		}
		if (n == 0)
			continue;
		qsort(us, n, sizeof(*us), verdict_compare_i64);
		res->sensors[b].has_offset = true;
		res->sensors[b].offset_us = us[n / 2];
	}
	free(us);
	return true;
}

static bool
verdict_judge(
    struct verdict *v, const struct compare_sensor logs[], struct diag *d)
{
	struct result *res = v->result;
	struct measure_sensor ms[RESULT_MAX_SENSORS];
	struct platform_sensor ps[RESULT_MAX_SENSORS];
	struct measure_rows rows = { NULL, 0 };
	size_t i;
	bool ok;

	for (i = 0; i < res->nsensors; i++) {
		const struct verdict_sensor *s = &v->sensors[i];

		ms[i] = (struct measure_sensor){ res->sensors[i].name,
			s->log.workers, s->log.nworkers, s->log.shift_us,
			s->group };
		ps[i] = (struct platform_sensor){ res->sensors[i].name,
			s->group, s->attributes, s->nattributes };
	}
	ok = measure_run(v->compare, res, ms, logs, &rows);
	if (!ok)
		diag_set(d, "out of memory");
	else
		ok = rules_judge(v->rules, rows.v, rows.n, res->width_us,
			 &res->findings, &res->nfindings, d) &&
		    platform_judge(v->rules, ps, res->nsensors, res->width_us,
			&res->findings, &res->nfindings, d) &&
		    ruledout_notes(v->rules, res->findings, res->nfindings,
			rows.v, rows.n, &res->notes, &res->nnotes, d);
	if (ok && v->rows != NULL)
		*v->rows = rows;
	else
		free(rows.v);
	return ok;
}

/* Flows of buckets that no log covers (wrong times) are outside. */
static void
verdict_count_strays(struct result *res)
{
	size_t i, k;

	for (i = 0; i < res->nsensors; i++) {
		uint64_t kept = 0;

		for (k = 0; k < res->nbuckets; k++)
			kept += res->buckets[k].flows[i];
		res->sensors[i].outside += res->sensors[i].flows - kept;
		res->sensors[i].flows = kept;
	}
}

bool
verdict_reach(struct verdict *v, struct diag *d)
{
	struct compare_sensor logs[RESULT_MAX_SENSORS];
	struct result *res = v->result;
	size_t i;

	for (i = 0; i < res->nsensors; i++)
		logs[i] = v->sensors[i].log.log;
	if (!compare_finish(v->compare, logs, res, d))
		return false;
	verdict_count_strays(res);
	if (!verdict_offsets(v)) {
		diag_set(d, "out of memory");
		return false;
	}
	return verdict_judge(v, logs, d);
}
