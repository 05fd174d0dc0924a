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
#include "crosstap/diff_push.h"
#include "crosstap/diff_remote.h"
#include "crosstap/diff_run.h"
#include "crosstap/progress.h"
#include "crosstap/pull.h"
#include "crosstap/terminal.h"
#include "pipeline/clickhouse_files.h"
#include "pipeline/remote_files.h"
#include "pipeline/verdict.h"

struct run {
	struct diff_run *r;
	size_t n;
	struct diff_groups groups;
	struct pull_options opts[RESULT_MAX_SENSORS];
	/* owned; NULL: the log is here */
	struct remote_files *files[RESULT_MAX_SENSORS];
	struct clickhouse_conn *conns[RESULT_MAX_SENSORS];
	struct clickhouse_files *tables[RESULT_MAX_SENSORS];
	struct pull *pulls[RESULT_MAX_SENSORS]; /* owned */
	struct bin *next[RESULT_MAX_SENSORS];   /* owned: taken, not compared */
	struct pushdown *push;      /* owned; NULL: flows are read */
	struct diff_remote *remote; /* owned; NULL: the logs are here */
	struct compare *compare;    /* owned */
	struct verdict verdict;
	/* What is known of each log in the end, and its workers' names. */
	struct verdict_sensor sensors[RESULT_MAX_SENSORS];
	const char *workers[RESULT_MAX_SENSORS][FLOW_MAX_WORKERS];
	struct progress progress;
};

const char *
diff_run_name(const char *operand, char *out, size_t n)
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
		    diff_run_name(operand, s->name, sizeof(s->name));
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

	if (diff_is_remote(run->r->opt))
		return true;
	for (i = 0; i < run->n; i++)
		operands[i] = run->opts[i].operand;
	return run->r->on_flow == NULL || diff_flows_check(operands, run->n, d);
}

/* A log that is not a file here. */
static bool
run_reach(
    struct run *run, size_t i, const struct diff_source *s, struct diag *d)
{
	struct pull_options *o = &run->opts[i];
	const struct diff_source *all = run->r->opt->source;
	enum clickhouse_reading reading = CLICKHOUSE_LOOK;
	size_t k;

	/* a log file has no sample by key for the one of a table */
	for (k = 0; k < run->n; k++)
		if (all[k].clickhouse == NULL)
			reading = CLICKHOUSE_WHOLE;
	if (s->sftp != NULL) {
		run->files[i] = remote_files_new(s->sftp, terminal_answer(), d);
		if (run->files[i] == NULL)
			return false;
		o->source.files = remote_files_table(run->files[i]);
	}
	if (s->clickhouse != NULL) {
		run->conns[i] = clickhouse_conn_open(s->clickhouse, d);
		if (run->conns[i] == NULL)
			return false;
		run->tables[i] = clickhouse_files_new(run->conns[i]);
		if (run->tables[i] == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
		clickhouse_files_window(
		    run->tables[i], &o->source.window, reading);
		o->source.files = clickhouse_files_table(run->tables[i]);
	}
	return true;
}

static bool
run_set_options(struct run *run, struct diag *d)
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
		if (source != NULL && !run_reach(run, i, &source[i], d))
			return false;
		o->bins = (struct bins_options){ .width_us = w->width_us,
			.settle_us = w->settle_us,
			.from_us = w->from_us,
			.to_us = w->to_us,
			.seed = run->r->seed,
			.keep = BINS_ENTRIES | BINS_TUPLES | BINS_NETS |
			    (run->r->opt->via_sketch ? BINS_ELEMENTS : 0) };
	}
	return true;
}

/* A table is asked for what is in the window by the common clock. */
static void
run_set_window(struct run *run, size_t i)
{
	struct source_window w = run->opts[i].source.window;
	int64_t shift = run->opts[i].bins.shift_us;

	if (run->tables[i] == NULL)
		return;
	w.from_us -= w.from_us == INT64_MIN ? 0 : shift;
	w.to_us -= w.to_us == INT64_MAX ? 0 : shift;
	clickhouse_files_window(run->tables[i], &w, CLICKHOUSE_WHOLE);
}

/* Has the servers count, if they are to; false with d set. */
static bool
run_push(struct run *run, struct diag *d)
{
	const struct window_options *w = &run->r->opt->window;
	struct pushdown_options o = { .nsensors = run->n,
		.parser = &run->opts[0].parser,
		.from_us = w->from_us,
		.to_us = w->to_us,
		.width_us = w->width_us,
		.settle_us = w->settle_us,
		.seed = run->r->seed };
	bool one_group = true;
	size_t i;

	for (i = 0; i < run->n; i++) {
		one_group &= run->groups.group[i] == run->groups.group[0];
		o.conn[i] = run->conns[i];
		o.shift_us[i] = run->opts[i].bins.shift_us;
	}
	if (!diff_push_wanted(run->r->opt, one_group, &o, d))
		return d->text[0] == '\0';
	run->push = pushdown_new(&o, d);
	for (i = 0; run->push != NULL && i < run->n; i++)
		run->opts[i].source.files = pushdown_table(run->push, i);
	return run->push != NULL;
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
		run_set_window(run, i);
	}
	if (!run_push(run, d))
		return false;
	for (i = 0; i < run->n && run->push == NULL; i++) {
		run->pulls[i] = pull_open(&run->opts[i], d);
		if (run->pulls[i] == NULL)
			return false;
	}
	for (i = 0; i < run->n && run->push == NULL; i++)
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
	const struct diff_remote_what what = { run->r->opt, &run->r->result,
		run->opts, run->r->on_flow != NULL };
	struct collect *c;
	size_t i;
	bool ok;

	memcpy(opt.group, co->group, sizeof(opt.group));
	run->remote = diff_remote_ask(&what, &opt, d);
	if (run->remote == NULL)
		return false;
	c = diff_remote_answers(run->remote);
	for (i = 0; i < run->n; i++)
		collect_state(c, i, &run->sensors[i].log);
	ok = verdict_add_answers(&run->verdict, c, d);
	if (run->r->opt->verbose)
		diff_remote_say(run->remote);
	return ok;
}

/* A table of which nothing came is no log without flows. */
static void
run_take_log(struct run *run, size_t i)
{
	struct collect_sensor_state *log = &run->sensors[i].log;

	diff_log_local(
	    run->pulls[i], run->opts[i].bins.shift_us, run->workers[i], log);
	if (run->tables[i] != NULL && log->trouble != NULL &&
	    log->log.begin_us == INT64_MIN)
		log->failed = log->trouble;
}

static bool
run_compare(struct run *run, struct diag *d)
{
	struct bin *now[RESULT_MAX_SENSORS];
	const struct netmap *nets[RESULT_MAX_SENSORS];
	size_t i;
	bool ok = true;

	if (run->push != NULL) {
		ok = diff_push_compare(
		    run->push, &run->verdict, run->sensors, run->n, d);
		if (run->r->opt->verbose)
			diff_push_say(run->push);
		return ok;
	}
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
		ok = verdict_add(&run->verdict, start, now, nets, d);
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
		run_take_log(run, i);
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
		const struct collect_sensor_state *log = &run->sensors[i].log;

		if (log->failed != NULL && run->remote != NULL) {
			run_say(run, s->name, log->failed, 0);
			failed++;
			continue;
		}
		if (log->failed != NULL) {
			diag_set(d, "%s", log->failed);
			return false;
		}
		verdict_take_log(s, log);
		for (k = 0; k < FLOW_NPROBLEMS; k++)
			if (log->messages[k] != NULL)
				run_say(run, s->name, log->messages[k],
				    log->problems[k] - 1);
		if (log->trouble != NULL)
			run_say(run, s->name, log->trouble, 0);
	}
	if (failed < run->n)
		return true;
	diff_run_say(run->r);
	diag_set(d, "no sensor has answered");
	return false;
}

static bool
run_finish(struct run *run, struct diag *d)
{
	if (!verdict_reach(&run->verdict, d))
		return false;
	run->r->sketch = compare_sketch_cost(run->compare);
	return true;
}

static bool
run_tell_flows(struct run *run, struct diag *d)
{
	struct diff_run *r = run->r;
	struct diff_flows f = { .each = r->on_flow,
		.arg = r->flow_arg,
		.result = &r->result,
		.pulls = run->opts,
		.seed = r->seed };
	size_t i;

	if (r->on_flow == NULL)
		return true;
	if (run->remote != NULL)
		f.kept = diff_remote_flows(run->remote);
	for (i = 0; i < run->n; i++) {
		f.shift_us[i] = run->sensors[i].log.shift_us;
		if (f.kept != NULL && f.kept[i].failed) {
			diag_set(d, "out of memory");
			return false;
		}
	}
	f.v = compare_differences(run->compare, &f.n, &r->flows_unkept);
	if (!diff_flows_tell(&f, d))
		return false;
	r->flows_all = r->flows_unkept;
	for (i = 0; i < f.n; i++)
		r->flows_all += f.v[i].weight;
	r->flows_told = f.told;
	r->flows_lost = f.n - f.told;
	return true;
}

/* What reading from elsewhere has cost. */
static void
run_tell_cost(struct run *run)
{
	size_t i;

	for (i = 0; i < run->n; i++) {
		struct result_sensor *s = &run->r->result.sensors[i];

		if (run->conns[i] != NULL && run->r->opt->verbose)
			(void)fprintf(stderr,
			    "crosstap: %s: %" PRIu64
			    " bytes of answers to %" PRIu64 " questions\n",
			    s->name, clickhouse_conn_bytes(run->conns[i]),
			    clickhouse_conn_questions(run->conns[i]));
		if (run->files[i] == NULL)
			continue;
		s->sftp_bytes = remote_files_bytes(run->files[i]);
		if (run->r->opt->verbose)
			(void)fprintf(stderr,
			    "crosstap: %s: %" PRIu64
			    " bytes of logs read over sftp, %" PRIu64
			    " bytes on the wire\n",
			    s->name, s->sftp_bytes,
			    remote_files_wire_bytes(run->files[i]));
	}
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

void
diff_run_say_flows(const struct diff_run *r, const char *who)
{
	if (r->flows_all == r->flows_told)
		return;
	if (diff_is_remote(r->opt))
		(void)fprintf(stderr,
		    "crosstap: %s: %" PRIu64 " of about %" PRIu64
		    " flows that differ were sent: where too many differ, "
		    "sensors that are asked send a sample\n",
		    who, r->flows_told, r->flows_all);
	else
		(void)fprintf(stderr,
		    "crosstap: %s: %" PRIu64
		    " of the flows that differ were found; %" PRIu64
		    " more were too many to keep, and %" PRIu64
		    " were not found again in the logs\n",
		    who, r->flows_told, r->flows_unkept, r->flows_lost);
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
		.keep_differences = r->on_flow != NULL };
	bool ok = false;
	size_t i;

	memset(&r->result, 0, sizeof(r->result));
	r->result.nsensors = run.n;
	r->result.width_us = o->window.width_us;
	progress_init(
	    &run.progress, STDERR_FILENO, !o->no_progress && !o->quiet);
	if (run_names(&run, d) && run_check_flows(&run, d) &&
	    diff_groups_parse(o, r->result.sensors, run.n, &run.groups, d) &&
	    run_set_options(&run, d)) {
		memcpy(co.group, run.groups.group, sizeof(co.group));
		for (i = 0; i < run.n; i++) {
			struct verdict_sensor *s = &run.sensors[i];

			s->group = run.groups.names[run.groups.group[i]];
			s->attributes = run.groups.attributes[i];
			s->nattributes = run.groups.nattributes[i];
		}
		run.compare = compare_new(&co);
		run.verdict = (struct verdict){ run.compare, r->rules,
			run.sensors, r->rows, &r->result };
		if (run.compare == NULL)
			diag_set(d, "out of memory");
		ok = run.compare != NULL &&
		    (diff_is_remote(o)
			    ? run_ask(&run, &co, d)
			    : run_open(&run, d) && run_compare(&run, d)) &&
		    run_problems(&run, d) && run_finish(&run, d) &&
		    run_tell_flows(&run, d);
		if (ok)
			run_tell_cost(&run);
	}
	for (i = 0; i < run.n; i++) {
		bin_free(run.next[i]);
		pull_close(run.pulls[i]);
		remote_files_free(run.files[i]);
	}
	pushdown_free(run.push);
	for (i = 0; i < run.n; i++) {
		clickhouse_files_free(run.tables[i]);
		clickhouse_conn_close(run.conns[i]);
	}
	diff_remote_free(run.remote);
	compare_free(run.compare);
	if (!ok)
		result_clear(&r->result);
	return ok;
}
