/*
 * One thread reads each operand; this one takes their buckets, oldest first,
 * pairs them and lets the rules judge what came out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "crosstap/diff_flows.h"
#include "crosstap/diff_groups.h"
#include "crosstap/diff_log.h"
#include "crosstap/diff_offset.h"
#include "crosstap/diff_remote.h"
#include "crosstap/diff_run.h"
#include "crosstap/progress.h"
#include "crosstap/pull.h"
#include "judge/measure.h"
#include "judge/ruledout.h"

struct run {
	struct diff_run *r;
	size_t n;
	struct diff_groups groups;
	struct pull_options opts[RESULT_MAX_SENSORS];
	struct pull *pulls[RESULT_MAX_SENSORS]; /* owned */
	struct bin *next[RESULT_MAX_SENSORS];   /* owned: taken, not compared */
	struct diff_remote *remote; /* owned; NULL: the logs are here */
	struct compare *compare;    /* owned */
	/* What is known of each log in the end, and its workers' names. */
	struct collect_sensor_state log[RESULT_MAX_SENSORS];
	const char *workers[RESULT_MAX_SENSORS][FLOW_MAX_WORKERS];
	struct progress progress;
};

/* NAME=PATH, or the file name up to its first dot. */
static const char *
run_name(const char *operand, char *out, size_t n)
{
	const char *eq = strchr(operand, '='), *slash = strchr(operand, '/');
	const char *path = operand, *base;
	size_t len;

	if (eq != NULL && eq > operand && (slash == NULL || eq < slash)) {
		len = (size_t)(eq - operand);
		path = eq + 1;
		base = operand;
	} else {
		len = strlen(path);
		while (len > 1 && path[len - 1] == '/')
			len--;
		for (base = path + len; base > path && base[-1] != '/';)
			base--;
		len -= (size_t)(base - path);
		if (memchr(base + 1, '.', len == 0 ? 0 : len - 1) != NULL)
			len = (size_t)((const char *)memchr(
					   base + 1, '.', len - 1) -
			    base);
	}
	(void)snprintf(out, n, "%.*s", (int)(len < n ? len : n - 1), base);
	return path;
}

static bool
run_names(struct run *run, struct diag *d)
{
	struct result *res = &run->r->result;
	size_t i, j;

	for (i = 0; i < run->n; i++) {
		const char *operand = run->r->opt->operands.item[i];
		struct result_sensor *s = &res->sensors[i];

		run->opts[i].operand =
		    run_name(operand, s->name, sizeof(s->name));
		(void)snprintf(
		    s->path, sizeof(s->path), "%s", run->opts[i].operand);
		for (j = 0; j < i; j++) {
			if (strcmp(res->sensors[j].name, s->name) != 0)
				continue;
			diag_set(d,
			    "operands %zu and %zu are both called '%s'; wanted "
			    "different names: NAME=PATH gives one",
			    j + 1, i + 1, s->name);
			return false;
		}
	}
	return true;
}

/* Said before hours of reading, not after. */
static bool
run_check_flows(const struct run *run, struct diag *d)
{
	const char *operands[RESULT_MAX_SENSORS];
	size_t i;

	if (run->r->flows != NULL && diff_is_remote(run->r->opt)) {
		diag_set(d,
		    "--flows reads the logs a second time, and these are "
		    "elsewhere; wanted logs that are here");
		return false;
	}
	for (i = 0; i < run->n; i++)
		operands[i] = run->opts[i].operand;
	return run->r->flows == NULL || diff_flows_check(operands, run->n, d);
}

static void
run_set_options(struct run *run)
{
	const struct window_options *w = &run->r->opt->window;
	const struct diff_source *source = run->r->opt->source;
	size_t i;

	for (i = 0; i < run->n; i++) {
		struct pull_options *o = &run->opts[i];

		o->source.window = (struct source_window){ w->from_us, w->to_us,
			w->settle_us };
		o->source.tz = w->tz;
		o->parser.renames = w->renames;
		o->parser.nrenames = w->nrenames;
		if (source != NULL) {
			o->source.tz = source[i].tz;
			if (source[i].nrenames > 0) {
				o->parser.renames = source[i].renames;
				o->parser.nrenames = source[i].nrenames;
			}
		}
		o->bins = (struct bins_options){ .width_us = w->width_us,
			.settle_us = w->settle_us,
			.from_us = w->from_us,
			.to_us = w->to_us,
			.seed = run->r->seed,
			.keep = BINS_ENTRIES | BINS_TUPLES | BINS_NETS |
			    (run->r->opt->via_sketch ? BINS_ELEMENTS : 0) };
	}
}

static bool
run_open(struct run *run, struct diag *d)
{
	int64_t offsets[RESULT_MAX_SENSORS];
	size_t i;

	if (!diff_offset_probe(run->opts, run->n, offsets, d))
		return false;
	for (i = 0; i < run->n; i++) {
		run->opts[i].bins.shift_us = -offsets[i];
		run->pulls[i] = pull_open(&run->opts[i], d);
		if (run->pulls[i] == NULL)
			return false;
	}
	for (i = 0; i < run->n; i++)
		if (!pull_start(run->pulls[i], d))
			return false;
	return true;
}

static void
run_show_progress(struct run *run)
{
	uint64_t done = 0, total = 0;
	size_t i;

	for (i = 0; i < run->n; i++) {
		done += pull_bytes_read(run->pulls[i]);
		total += pull_bytes_total(run->pulls[i]);
	}
	progress_update(&run->progress, done, total);
}

/* Takes in what the sensors saw in one bucket. */
static bool
run_add(struct run *run, int64_t start_us, struct bin *const now[],
    const struct netmap *const nets[], struct diag *d)
{
	size_t i;

	for (i = 0; i < run->n; i++) {
		struct result_sensor *s = &run->r->result.sensors[i];

		if (now[i] == NULL)
			continue;
		s->flows += now[i]->flows;
		s->packets += now[i]->packets;
		s->ip_bytes += now[i]->ip_bytes;
	}
	return compare_add(run->compare, start_us, now, nets, d);
}

/* Operands elsewhere: they are asked, and their answers compared. */
static bool
run_ask(struct run *run, const struct compare_options *co, struct diag *d)
{
	const struct window_options *w = &run->r->opt->window;
	struct collect_options opt = { .nsensors = run->n,
		.relation = co->relation,
		.from_us = w->from_us,
		.to_us = w->to_us,
		.width_us = w->width_us,
		.settle_us = w->settle_us,
		.seed = run->r->seed };
	const struct netmap *nets[RESULT_MAX_SENSORS];
	struct bin *now[RESULT_MAX_SENSORS];
	struct collect *c;
	int64_t start;
	size_t k, i;
	bool ok = true;

	memcpy(opt.group, co->group, sizeof(opt.group));
	run->remote = diff_remote_ask(run->r->opt, &opt, d);
	if (run->remote == NULL)
		return false;
	c = diff_remote_answers(run->remote);
	for (i = 0; i < run->n; i++) {
		collect_state(c, i, &run->log[i]);
		nets[i] = collect_nets(c, i);
	}
	for (k = 0; ok && k < collect_nbuckets(c); k++) {
		ok = collect_take(c, k, &start, now);
		if (!ok) {
			diag_set(d, "out of memory");
			break;
		}
		ok = run_add(run, start, now, nets, d);
		for (i = 0; i < run->n; i++)
			bin_free(now[i]);
	}
	if (run->r->opt->verbose)
		diff_remote_say(run->remote);
	return ok;
}

static bool
run_compare(struct run *run, struct diag *d)
{
	struct bin *now[RESULT_MAX_SENSORS];
	const struct netmap *nets[RESULT_MAX_SENSORS];
	size_t i;
	bool ok = true;

	for (i = 0; i < run->n; i++) {
		run->next[i] = pull_take(run->pulls[i]);
		nets[i] = bins_netmap(pull_bins(run->pulls[i]));
	}
	while (ok) {
		int64_t start = INT64_MAX;

		for (i = 0; i < run->n; i++)
			if (run->next[i] != NULL &&
			    run->next[i]->start_us < start)
				start = run->next[i]->start_us;
		if (start == INT64_MAX)
			break;
		for (i = 0; i < run->n; i++) {
			now[i] = run->next[i];
			if (now[i] != NULL && now[i]->start_us != start)
				now[i] = NULL;
		}
		ok = run_add(run, start, now, nets, d);
		for (i = 0; i < run->n; i++) {
			if (now[i] == NULL)
				continue;
			bin_free(now[i]);
			run->next[i] = pull_take(run->pulls[i]);
		}
		run_show_progress(run);
	}
	progress_clear(&run->progress);
	for (i = 0; i < run->n; i++)
		diff_log_local(run->pulls[i], run->opts[i].bins.shift_us,
		    run->workers[i], &run->log[i]);
	return ok;
}

static void
run_say(struct run *run, const char *name, const char *text, uint64_t more)
{
	struct diff_run *r = run->r;
	char line[sizeof(r->messages[0])];

	if (r->nmessages == ARRAY_LEN(r->messages))
		return;
	if (more > 0)
		(void)snprintf(line, sizeof(line),
		    "%s: %s (and %" PRIu64 " more)", name, text, more);
	else
		(void)snprintf(line, sizeof(line), "%s: %s", name, text);
	memcpy(r->messages[r->nmessages++], line, sizeof(line));
}

/* What was wrong with each log; false if one could not be read at all. */
static bool
run_problems(struct run *run, struct diag *d)
{
	size_t i, failed = 0;
	int k;

	for (i = 0; i < run->n; i++) {
		struct result_sensor *s = &run->r->result.sensors[i];
		const struct collect_sensor_state *log = &run->log[i];

		if (log->failed != NULL && run->remote != NULL) {
			run_say(run, s->name, log->failed, 0);
			failed++;
			continue;
		}
		if (log->failed != NULL) {
			diag_set(d, "%s", log->failed);
			return false;
		}
		s->lines = log->lines;
		s->bytes_read = log->bytes_read;
		s->late = log->late;
		s->outside = log->outside;
		s->watermark_us = log->log.mark_us;
		s->first_end_us = log->log.begin_us;
		for (k = 0; k < FLOW_NPROBLEMS; k++) {
			s->bad_lines += log->problems[k];
			if (log->messages[k] != NULL)
				run_say(run, s->name, log->messages[k],
				    log->problems[k] - 1);
		}
		if (log->trouble != NULL)
			run_say(run, s->name, log->trouble, 0);
	}
	if (failed < run->n)
		return true;
	diff_run_say(run->r);
	diag_set(d, "no sensor has answered");
	return false;
}

static int
run_compare_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A sensor's clock against the first one's: median over the buckets of its
 * offset against the first of its group, and that one's own. */
static bool
run_offsets(struct run *run)
{
	size_t nb = compare_nbuckets(run->compare), p, i, n;
	struct result *res = &run->r->result;
	int64_t *v = calloc(nb + 1, sizeof(*v));

	if (v == NULL)
		return false;
	res->sensors[0].has_offset = true;
	for (p = 0; p < res->npairs; p++) {
		unsigned a = res->pairs[p].a, b = res->pairs[p].b;

		if (res->sensors[b].has_offset ||
		    (a != 0 && run->groups.group[a] == run->groups.group[0]))
			continue;
		for (i = n = 0; i < nb; i++) {
			const struct compare_cell *cell =
			    &compare_get(run->compare, i)->cells[p];

			if (cell->noffsets >= 8)
				v[n++] = cell->offset_us - run->log[b].shift_us;
		}
		if (n == 0)
			continue;
		qsort(v, n, sizeof(*v), run_compare_i64);
		res->sensors[b].has_offset = true;
		res->sensors[b].offset_us = v[n / 2];
	}
	free(v);
	return true;
}

static bool
run_judge(struct run *run, const struct compare_sensor logs[], struct diag *d)
{
	struct result *res = &run->r->result;
	struct measure_sensor ms[RESULT_MAX_SENSORS];
	struct platform_sensor ps[RESULT_MAX_SENSORS];
	struct measure_rows rows = { NULL, 0 };
	size_t i;
	bool ok;

	for (i = 0; i < run->n; i++) {
		ms[i] = (struct measure_sensor){ res->sensors[i].name,
			run->log[i].workers, run->log[i].nworkers,
			run->log[i].shift_us,
			run->groups.names[run->groups.group[i]] };
		ps[i] = (struct platform_sensor){ res->sensors[i].name,
			ms[i].group, run->groups.attributes[i],
			run->groups.nattributes[i] };
	}
	ok = measure_run(run->compare, res, ms, logs, &rows);
	if (!ok)
		diag_set(d, "out of memory");
	else
		ok = rules_judge(run->r->rules, rows.v, rows.n, res->width_us,
			 &res->findings, &res->nfindings, d) &&
		    platform_judge(run->r->rules, ps, run->n, res->width_us,
			&res->findings, &res->nfindings, d) &&
		    ruledout_notes(run->r->rules, res->findings, res->nfindings,
			rows.v, rows.n, &res->notes, &res->nnotes, d);
	if (ok && run->r->rows != NULL)
		*run->r->rows = rows;
	else
		free(rows.v);
	return ok;
}

/* Flows of buckets that no log covers (wrong times) are outside. */
static void
run_count_strays(struct run *run)
{
	struct result *res = &run->r->result;
	size_t i, k;

	for (i = 0; i < run->n; i++) {
		uint64_t kept = 0;

		for (k = 0; k < res->nbuckets; k++)
			kept += res->buckets[k].flows[i];
		res->sensors[i].outside += res->sensors[i].flows - kept;
		res->sensors[i].flows = kept;
	}
}

static bool
run_finish(struct run *run, struct diag *d)
{
	struct compare_sensor logs[RESULT_MAX_SENSORS];
	struct result *res = &run->r->result;
	size_t i;

	for (i = 0; i < run->n; i++)
		logs[i] = run->log[i].log;
	if (!compare_finish(run->compare, logs, res, d))
		return false;
	run_count_strays(run);
	run->r->sketch = compare_sketch_cost(run->compare);
	if (!run_offsets(run)) {
		diag_set(d, "out of memory");
		return false;
	}
	return run_judge(run, logs, d);
}

static bool
run_write_flows(struct run *run, struct diag *d)
{
	struct diff_run *r = run->r;
	struct diff_flows f = { .file = r->flows,
		.format = r->opt->flows_format,
		.result = &r->result,
		.pulls = run->opts };
	uint64_t unkept;

	if (r->flows == NULL)
		return true;
	f.v = compare_differences(run->compare, &f.n, &unkept);
	if (!diff_flows_write(&f, d))
		return false;
	if (unkept + f.not_found > 0) {
		if (r->nmessages < ARRAY_LEN(r->messages))
			(void)snprintf(r->messages[r->nmessages++],
			    sizeof(r->messages[0]),
			    "%s has %" PRIu64
			    " of the flows that differ; %" PRIu64
			    " more were too many to keep, and %" PRIu64
			    " were not found again in the logs",
			    r->opt->flows, f.written, unkept, f.not_found);
	}
	return true;
}

uint64_t
diff_run_seed(const struct diff_options *o)
{
	uint64_t seed = 0;

	if (o->has_seed)
		return o->seed;
	return getrandom(&seed, sizeof(seed), 0) == sizeof(seed) ? seed : 1;
}

void
diff_run_say(const struct diff_run *r)
{
	size_t i;

	for (i = 0; i < r->nmessages; i++)
		(void)fprintf(stderr, "crosstap: %s\n", r->messages[i]);
}

bool
diff_run(struct diff_run *r, struct diag *d)
{
	const struct diff_options *o = r->opt;
	struct run run = { .r = r, .n = o->operands.n };
	struct compare_options co = { .nsensors = o->operands.n,
		.relation = o->relation,
		.width_us = o->window.width_us,
		.via_sketch = o->via_sketch,
		.keep_differences = r->flows != NULL };
	bool ok = false;
	size_t i;

	memset(&r->result, 0, sizeof(r->result));
	r->result.nsensors = run.n;
	r->result.width_us = o->window.width_us;
	progress_init(
	    &run.progress, STDERR_FILENO, !o->no_progress && !o->quiet);
	if (run_names(&run, d) && run_check_flows(&run, d) &&
	    diff_groups_parse(o, r->result.sensors, run.n, &run.groups, d)) {
		run_set_options(&run);
		memcpy(co.group, run.groups.group, sizeof(co.group));
		run.compare = compare_new(&co);
		if (run.compare == NULL)
			diag_set(d, "out of memory");
		ok = run.compare != NULL &&
		    (diff_is_remote(o)
			    ? run_ask(&run, &co, d)
			    : run_open(&run, d) && run_compare(&run, d)) &&
		    run_problems(&run, d) && run_finish(&run, d) &&
		    run_write_flows(&run, d);
	}
	for (i = 0; i < run.n; i++) {
		bin_free(run.next[i]);
		pull_close(run.pulls[i]);
	}
	diff_remote_free(run.remote);
	compare_free(run.compare);
	if (!ok)
		result_clear(&r->result);
	return ok;
}
