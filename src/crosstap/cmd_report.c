/*
 * crosstap report: one HTML file about a window or an incident, to be attached
 * to a ticket or printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/escape.h"
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "crosstap/flows_filter.h"
#include "crosstap/incident_of.h"
#include "crosstap/report_html.h"
#include "crosstap/stored_result.h"
#include "pipeline/kept_flows.h"
#include "store/flows.h"
#include "store/reading.h"
#include "sys/rulelist.h"
#include "sys/when.h"

#define REPORT_REASONS 4            /* findings that are explained */
#define REPORT_EVIDENCE_BUCKETS 120 /* of the store, for the reasoning */
#define REPORT_AROUND_US (15 * 60 * US_PER_S)

struct report_command {
	struct diff_options diff;
	uint64_t incident; /* 0: none */
	uint64_t limit;    /* flows */
	const char *output;
};

static const struct option_def report_defs[] = {
	{ .name = "incident",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "of this incident, from the store; with operands, of its "
		    "time",
	    .offset = offsetof(struct report_command, incident),
	    .min = 1,
	    .max = 9e15 },
	{ .name = "output",
	    .letter = 'o',
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "write to this file, not to standard output",
	    .offset = offsetof(struct report_command, output) },
	{ .name = "limit",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "list at most so many flows (default: 100)",
	    .offset = offsetof(struct report_command, limit),
	    .min = 0,
	    .max = 10000 },
	COMPARE_OPTIONS(struct report_command, diff.),
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct report_command, diff.no_progress) },
};

static const struct option_set report_set = {
	.command = "report",
	.summary = "Write an HTML report of a window or an incident",
	.operands = "[A B [C ...]]",
	.max_operands = RESULT_MAX_SENSORS,
	.defs = report_defs,
	.ndefs = ARRAY_LEN(report_defs),
};

/* What one report is made of, on its way. */
struct report_work {
	const struct report_command *o;
	const struct flows_filter *filter;
	struct report_html h;
	struct flow_diff *flows; /* owned, as are a and b of each */
	struct report_reason reasons[REPORT_REASONS];
	struct buf commands;
};

/* A flow_diff_fn: the first ones are kept, all are counted. */
static bool
report_take_flow(void *arg, const struct flow_diff *f, struct diag *d)
{
	struct report_work *w = arg;
	struct flow_diff *to = &w->flows[w->h.nflows];

	if (!flows_filter_wants(w->filter, f))
		return true;
	w->h.all_flows++;
	if (w->h.nflows == w->o->limit)
		return true;
	*to = *f;
	to->a = f->a == NULL ? NULL : kept_flows_copy(f->a);
	to->b = f->b == NULL ? NULL : kept_flows_copy(f->b);
	w->h.nflows++;
	if ((f->a == NULL || to->a != NULL) && (f->b == NULL || to->b != NULL))
		return true;
	diag_set(d, "out of memory");
	return false;
}

static bool
report_begin(struct report_work *w, struct diag *d)
{
	w->flows = calloc((size_t)w->o->limit + 1, sizeof(*w->flows));
	w->h.flows = w->flows;
	w->h.reasons = w->reasons;
	w->h.version = command_version();
	w->h.made_us = when_now_us();
	if (w->flows == NULL)
		diag_set(d, "out of memory");
	return w->flows != NULL;
}

static void
report_end(struct report_work *w)
{
	size_t i;

	for (i = 0; i < w->h.nflows; i++) {
		free((void *)(uintptr_t)w->flows[i].a);
		free((void *)(uintptr_t)w->flows[i].b);
	}
	free(w->flows);
	for (i = 0; i < w->h.nreasons; i++) {
		explain_clear(w->reasons[i].rules, w->reasons[i].n);
		free(w->reasons[i].rules);
	}
	buf_clear(&w->commands);
}

static bool
report_explain_all(
    struct report_work *w, const struct rules *rules, struct diag *d)
{
	const struct result *r = w->h.r;
	bool ok = true;

	while (ok && w->h.nreasons < r->nfindings &&
	    w->h.nreasons < REPORT_REASONS) {
		struct report_reason *x = &w->reasons[w->h.nreasons];

		x->n = rules_count(rules);
		x->rules = calloc(RULE_MAX, sizeof(*x->rules));
		if (x->rules == NULL) {
			diag_set(d, "out of memory");
			return false;
		}
		ok = explain_finding(rules, &r->findings[w->h.nreasons],
		    w->h.rows, w->h.nrows, x->rules, d);
		w->h.nreasons++;
	}
	return ok;
}

static bool
report_write(const char *path, const struct buf *b, struct diag *d)
{
	FILE *f = path == NULL ? stdout : fopen(path, "we");
	bool ok = f != NULL && fwrite(b->p, 1, b->n, f) == b->n;

	if (f != NULL && path != NULL)
		ok = fclose(f) == 0 && ok;
	else if (f != NULL)
		ok = fflush(f) == 0 && ok;
	if (!ok)
		diag_set(d, "%s: %s", path == NULL ? "standard output" : path,
		    strerror(errno));
	return ok;
}

static bool
report_print(struct report_work *w, struct diag *d)
{
	const struct report_style style = { .tz = w->o->diff.window.tz,
		.utf8 = true };
	struct buf out = BUF_INIT;
	bool ok;

	w->h.style = &style;
	w->h.commands = w->commands.n > 0 ? w->commands.p : "";
	ok = buf_ok(&w->commands) && report_html(&w->h, &out);
	if (!ok)
		diag_set(d, "out of memory");
	ok = ok && report_write(w->o->output, &out, d);
	w->h.style = NULL;
	buf_clear(&out);
	return ok;
}

/* -- how to see it again -- */

static void
report_put_iso(int64_t us, struct buf *out)
{
	struct when t;

	if (when_local(us, NULL, &t))
		buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year,
		    t.month, t.day, t.hour, t.minute, t.second);
}

static void
report_put_window(int64_t from_us, int64_t to_us, struct buf *out)
{
	buf_add_str(out, " --from ");
	report_put_iso(from_us, out);
	buf_add_str(out, " --to ");
	report_put_iso(to_us, out);
}

/* A command line of diff, with what was said of the comparison. `before` has
 * the options and operands as they were given. */
static void
report_put_command(const char *command, const struct diff_options *before,
    const struct result *r, struct buf *out)
{
	static const struct option_def defs[] = { COMPARE_OPTIONS(
	    struct diff_options, ) };
	struct diff_options o = *before;
	size_t i;

	o.window.from = o.window.to = NULL;
	buf_printf(out, "crosstap %s", command);
	options_repeat(defs, ARRAY_LEN(defs), &o, out);
	report_put_window(r->from_us, r->to_us, out);
	for (i = 0; i < o.operands.n; i++) {
		buf_add_char(out, ' ');
		escape_shell(out, o.operands.item[i]);
	}
	buf_add_char(out, '\n');
}

static void
report_put_incident_commands(const struct store_incident *i, struct buf *out)
{
	buf_printf(out, "crosstap incidents show %" PRId64 "\n", i->i.id);
	buf_printf(out, "crosstap flows --incident %" PRId64 " ", i->i.id);
	escape_shell(out, i->group);
	buf_add_str(out, "\ncrosstap coverage --group ");
	escape_shell(out, i->group);
	report_put_window(i->i.from_us, i->i.to_us, out);
	buf_add_char(out, '\n');
}

/* -- of a comparison -- */

static bool
report_make(struct report_work *w, struct comparison *c,
    const struct diff_options *before, struct diag *d)
{
	c->run.rows = &c->rows;
	c->run.on_flow = report_take_flow;
	c->run.flow_arg = w;
	if (!diff_run(&c->run, d))
		return false;
	diff_run_say(&c->run);
	diff_run_say_flows(&c->run, "not all are known");
	if (w->h.all_flows < c->run.flows_all && w->h.incident == NULL)
		w->h.all_flows = c->run.flows_all;
	w->h.r = &c->run.result;
	w->h.rows = c->rows.v;
	w->h.nrows = c->rows.n;
	if (w->h.incident != NULL)
		report_put_incident_commands(w->h.incident, &w->commands);
	report_put_command("diff", before, w->h.r, &w->commands);
	if (w->h.r->nfindings > 0)
		report_put_command("explain", before, w->h.r, &w->commands);
	report_put_command("flows", before, w->h.r, &w->commands);
	return report_explain_all(w, c->run.rules, d) && report_print(w, d);
}

static int
report_compare(struct report_command *o, struct report_work *w,
    struct flows_filter *filter)
{
	const struct diff_options before = o->diff;
	struct comparison c;
	struct diag d = DIAG_INIT;
	int status = comparison_begin(&c, &report_set, &o->diff);

	if (status != OPTIONS_GO_ON)
		return status;
	if (w->h.incident != NULL)
		filter->about =
		    incident_of_sensor(w->h.incident, &o->diff.operands);
	status = EXIT_TROUBLE;
	if (report_begin(w, &d) && report_make(w, &c, &before, &d))
		status = result_exit_status(&c.run.result);
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	report_end(w);
	comparison_end(&c);
	return status;
}

/* -- of an incident, from the store -- */

/* The longest of its findings stands for them, with the time of all. */
static bool
report_finding_of(struct store *st, const struct store_incident *i,
    struct finding *out, struct diag *d)
{
	struct finding *v = NULL;
	size_t n = 0, k, best = 0;

	if (store_findings(st, i->i.id, &v, &n, d) != STORE_OK)
		return false;
	for (k = 1; k < n; k++)
		if (v[k].to_us - v[k].from_us > v[best].to_us - v[best].from_us)
			best = k;
	*out = n > 0 ? v[best] : (struct finding){ .severity = i->i.severity };
	free(v);
	(void)snprintf(out->rule, sizeof(out->rule), "%s", i->i.rule);
	(void)snprintf(out->sensor, sizeof(out->sensor), "%s", i->i.sensor);
	(void)snprintf(out->peer, sizeof(out->peer), "%s", i->i.peer);
	(void)snprintf(out->summary, sizeof(out->summary), "%s", i->i.summary);
	out->from_us = i->i.from_us;
	out->to_us = i->i.to_us;
	out->share = i->i.share;
	return true;
}

/* As long as the result lives. */
static const char *
report_sensor(const struct result *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nsensors; i++)
		if (strcmp(r->sensors[i].name, name) == 0)
			return r->sensors[i].name;
	return "?";
}

static bool
report_kept_flows(struct report_work *w, struct store *st, struct diag *d)
{
	struct store_flow *v = NULL;
	size_t n = 0, i;
	bool ok = store_flows(st, w->h.incident->i.id, &v, &n, d) == STORE_OK;

	for (i = 0; ok && i < n; i++) {
		const struct flow_diff f = { .verdict = v[i].kind,
			.sensor_a = report_sensor(w->h.r, v[i].side[0].sensor),
			.sensor_b = report_sensor(w->h.r, v[i].side[1].sensor),
			.a = v[i].side[0].has ? &v[i].side[0].flow : NULL,
			.b = v[i].side[1].has ? &v[i].side[1].flow : NULL };

		ok = report_take_flow(w, &f, d);
	}
	free(v);
	if (n >= STORE_MAX_FLOWS)
		w->h.all_flows = UINT64_MAX;
	return ok;
}

static bool
report_of_store(struct report_work *w, struct store *st, struct rules *rules,
    struct diag *d)
{
	const struct store_incident *i = w->h.incident;
	struct store_event *events = NULL;
	struct evidence *rows = NULL;
	struct finding f;
	struct result r;
	int64_t to_us;
	bool ok;

	if (!report_finding_of(st, i, &f, d) ||
	    !stored_result(st, i->group, i->i.from_us - REPORT_AROUND_US,
		i->i.to_us + REPORT_AROUND_US, &f, 1, &r, d))
		return false;
	to_us = i->i.from_us + REPORT_EVIDENCE_BUCKETS * r.width_us;
	w->h.r = &r;
	if (r.to_us < i->i.to_us + REPORT_AROUND_US)
		w->h.note = "only the first part of the incident is shown";
	ok =
	    store_history(st, i->i.id, &events, &w->h.nevents, d) == STORE_OK &&
	    store_evidence(st, i->group, i->i.from_us,
		to_us < i->i.to_us ? to_us : i->i.to_us, &rows, &w->h.nrows,
		d) == STORE_OK;
	w->h.events = events;
	w->h.rows = rows;
	report_put_incident_commands(i, &w->commands);
	buf_add_str(&w->commands, "crosstap diff");
	report_put_window(r.from_us, r.to_us, &w->commands);
	buf_add_char(&w->commands, ' ');
	escape_shell(&w->commands, i->group);
	buf_add_char(&w->commands, '\n');
	ok = ok && report_kept_flows(w, st, d) &&
	    report_explain_all(w, rules, d) && report_print(w, d);
	free(events);
	free(rows);
	result_clear(&r);
	return ok;
}

static int
report_kept(struct report_work *w, struct store *st)
{
	const char *dir = rulelist_dir(w->o->diff.rules);
	struct diag d = DIAG_INIT;
	struct rules *rules = rulelist_compile(&dir, 1, &d);
	int status = EXIT_TROUBLE;

	if (rules != NULL && report_begin(w, &d) &&
	    report_of_store(w, st, rules, &d))
		status = EXIT_FINDINGS;
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	report_end(w);
	rules_free(rules);
	return status;
}

static int
report_of_incident(struct report_command *o, struct report_work *w,
    struct flows_filter *filter)
{
	struct store_incident incident;
	struct store_event *events = NULL;
	struct diag d = DIAG_INIT;
	struct store *st;
	struct config c;
	int status = EXIT_TROUBLE;

	if (!incident_of(o->diff.config, o->incident, &incident, &st, &c))
		return EXIT_TROUBLE;
	w->h.incident = &incident;
	if (o->diff.operands.n == 0)
		status = report_kept(w, st);
	else if (store_history(st, incident.i.id, &events, &w->h.nevents, &d) ==
	    STORE_OK) {
		w->h.events = events;
		incident_of_window(&incident, &o->diff.window, &filter->from_us,
		    &filter->to_us);
		status = report_compare(o, w, filter);
		free(events);
	} else
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	store_close(st);
	config_clear(&c);
	return status;
}

int
cmd_report(int argc, char **argv)
{
	struct report_command o = { .diff.window = WINDOW_OPTIONS_DEFAULT,
		.limit = 100 };
	const struct flows_filter_options all = { .damaged = false };
	struct flows_filter filter;
	struct report_work w = { .o = &o, .filter = &filter };
	struct diag d = DIAG_INIT;
	int status =
	    options_start(&report_set, argc, argv, &o, &o.diff.operands);

	if (status != OPTIONS_GO_ON)
		return status;
	if (o.diff.operands.n == 0 && o.incident == 0)
		diag_set(&d, "no operand; wanted A B [C ...], or --incident N");
	if (d.text[0] != '\0' ||
	    !window_options_resolve(&o.diff.window, when_now_us(), &d) ||
	    !flows_filter_parse(&all, &filter, &d))
		return options_fail(&report_set, &d);
	return o.incident != 0 ? report_of_incident(&o, &w, &filter)
			       : report_compare(&o, &w, &filter);
}
