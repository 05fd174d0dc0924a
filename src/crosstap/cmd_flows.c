/*
 * crosstap flows: the flows that one sensor has and another lacks, or that
 * differ, out of a comparison or out of the store of the daemon. What it
 * leaves out it says on standard error: a flow that was not compared is not a
 * flow that does not differ.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "crosstap/flows_sink.h"
#include "crosstap/incident_of.h"
#include "store/flows.h"
#include "sys/when.h"

struct flows_command {
	struct diff_options diff;
	struct flows_filter_options want;
	uint64_t incident; /* 0: none */
	uint64_t limit;
	const char *output; /* file; NULL: standard output */
	enum flows_format format;
};

static const struct option_def flows_defs[] = {
	FLOWS_FILTER_OPTIONS(struct flows_command, want),
	{ .name = "incident",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "the flows kept of this incident; with operands, its time "
		    "and sensor",
	    .offset = offsetof(struct flows_command, incident),
	    .min = 1,
	    .max = 9e15 },
	{ .name = "limit",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "write at most so many",
	    .offset = offsetof(struct flows_command, limit),
	    .min = 0,
	    .max = 9e15 },
	{ .name = "output",
	    .letter = 'o',
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "write to this file, not to standard output",
	    .offset = offsetof(struct flows_command, output) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "tsv|json|csv",
	    .help = "form of the flows (default: tsv)",
	    .offset = offsetof(struct flows_command, format),
	    .words = flows_format_words },
	COMPARE_OPTIONS(struct flows_command, diff.),
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct flows_command, diff.no_progress) },
};

static const struct option_set flows_set = {
	.command = "flows",
	.summary = "Write the flows that one sensor has and another lacks, or "
		   "that differ",
	.operands = "[A B [C ...]]",
	.max_operands = RESULT_MAX_SENSORS,
	.defs = flows_defs,
	.ndefs = ARRAY_LEN(flows_defs),
};

static void
flows_say(const struct flows_sink *s)
{
	(void)fprintf(stderr, "crosstap: %" PRIu64 " flow%s written",
	    s->written, s->written == 1 ? "" : "s");
	if (s->path != NULL)
		(void)fprintf(stderr, " to %s", s->path);
	(void)fprintf(stderr, ", %" PRIu64 " filtered out", s->filtered);
	if (s->beyond > 0)
		(void)fprintf(
		    stderr, ", %" PRIu64 " beyond --limit", s->beyond);
	(void)fputc('\n', stderr);
}

/* What was found in all, and where nothing is known. */
static bool
flows_say_result(const struct diff_run *run, struct diag *d)
{
	const struct report_style style = { .tz = run->opt->window.tz,
		.utf8 = report_utf8_wanted(),
		.quiet = true };
	uint64_t uncompared = report_uncompared(&run->result);
	struct buf verdict = BUF_INIT, gaps = BUF_INIT;
	bool ok = report_text(&run->result, &style, &verdict) &&
	    report_gaps(&run->result, &style, &gaps);

	if (!ok)
		diag_set(d, "out of memory");
	else
		(void)fprintf(stderr, "crosstap: %s", verdict.p);
	if (ok && uncompared > 0)
		(void)fprintf(stderr,
		    "crosstap: %" PRIu64 " of %zu buckets were not fully "
		    "compared; which flows differ there is not known:\n%s",
		    uncompared, run->result.nbuckets, gaps.n > 0 ? gaps.p : "");
	buf_clear(&verdict);
	buf_clear(&gaps);
	return ok;
}

/* Said before hours of reading, not after. */
static bool
flows_check_only_on(
    const char *only_on, const struct operands *operands, struct diag *d)
{
	char name[RESULT_NAME_MAX];
	size_t i;

	for (i = 0; only_on != NULL && i < operands->n; i++) {
		(void)diff_run_name(operands->item[i], name, sizeof(name));
		if (strcmp(name, only_on) == 0)
			return true;
	}
	if (only_on != NULL)
		diag_set(d, "--only-on: no operand is called '%.63s'", only_on);
	return only_on == NULL;
}

static int
flows_compare(struct flows_command *o, const struct store_incident *incident,
    struct flows_filter *filter)
{
	struct flows_sink sink = { .path = o->output,
		.format = o->format,
		.filter = filter,
		.limit = o->limit };
	struct comparison c;
	struct diag d = DIAG_INIT;
	bool ok;
	int status = comparison_begin(&c, &flows_set, &o->diff);

	if (status != OPTIONS_GO_ON)
		return status;
	if (incident != NULL) {
		filter->about = incident_of_sensor(incident, &o->diff.operands);
		if (filter->about == NULL)
			(void)fprintf(stderr,
			    "crosstap: no operand is called '%s', of which "
			    "incident %" PRIu64 " is: those of all follow\n",
			    incident->i.sensor, o->incident);
	}
	c.run.on_flow = flows_sink_take;
	c.run.flow_arg = &sink;
	status = EXIT_TROUBLE;
	ok = flows_check_only_on(filter->only_on, &o->diff.operands, &d) &&
	    flows_sink_open(&sink, &d) && diff_run(&c.run, &d);
	ok = flows_sink_close(&sink, ok, &d) && ok;
	if (ok) {
		diff_run_say(&c.run);
		if (flows_say_result(&c.run, &d))
			status = result_exit_status(&c.run.result);
		flows_say(&sink);
		diff_run_say_flows(&c.run, "not all are known");
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	comparison_end(&c);
	return status;
}

static bool
flows_write_kept(struct flows_sink *sink, const struct store_flow *v, size_t n,
    struct diag *d)
{
	bool ok = flows_sink_open(sink, d);
	size_t i;

	for (i = 0; ok && i < n; i++) {
		const struct flow_diff f = { .verdict = v[i].kind,
			.sensor_a = v[i].side[0].sensor,
			.sensor_b = v[i].side[1].sensor,
			.a = v[i].side[0].has ? &v[i].side[0].flow : NULL,
			.b = v[i].side[1].has ? &v[i].side[1].flow : NULL };

		ok = flows_sink_take(sink, &f, d);
	}
	return flows_sink_close(sink, ok, d) && ok;
}

/* Out of the store. */
static int
flows_kept(const struct flows_command *o, struct store *st,
    const struct store_incident *incident, const struct flows_filter *filter)
{
	struct flows_sink sink = { .path = o->output,
		.format = o->format,
		.filter = filter,
		.limit = o->limit };
	struct store_flow *v = NULL;
	struct diag d = DIAG_INIT;
	size_t n = 0;
	bool ok;

	ok = store_flows(st, incident->i.id, &v, &n, &d) == STORE_OK &&
	    flows_write_kept(&sink, v, n, &d);
	free(v);
	if (!ok) {
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
		return EXIT_TROUBLE;
	}
	flows_say(&sink);
	if (n == 0 || n >= STORE_MAX_FLOWS)
		(void)fprintf(stderr,
		    "crosstap: %s of incident %" PRIu64
		    "; those in the logs: crosstap flows --incident %" PRIu64
		    " %s\n",
		    n == 0 ? "no flow is kept"
			   : "there are more than the flows kept",
		    o->incident, o->incident, incident->group);
	return n == 0 ? EXIT_PARTIAL : EXIT_FINDINGS;
}

static int
flows_of_incident(struct flows_command *o, struct flows_filter *filter)
{
	struct store_incident incident;
	struct store *st;
	struct config c;
	int status;

	if (!incident_of(o->diff.config, o->incident, &incident, &st, &c))
		return EXIT_TROUBLE;
	if (o->diff.operands.n > 0) {
		incident_of_window(&incident, &o->diff.window, &filter->from_us,
		    &filter->to_us);
		status = flows_compare(o, &incident, filter);
	} else {
		filter->from_us = o->diff.window.from_us;
		filter->to_us = o->diff.window.to_us;
		status = flows_kept(o, st, &incident, filter);
	}
	store_close(st);
	config_clear(&c);
	return status;
}

int
cmd_flows(int argc, char **argv)
{
	struct flows_command o = { .diff.window = WINDOW_OPTIONS_DEFAULT,
		.limit = UINT64_MAX };
	struct flows_filter filter;
	struct diag d = DIAG_INIT;
	int status =
	    options_start(&flows_set, argc, argv, &o, &o.diff.operands);

	if (status != OPTIONS_GO_ON)
		return status;
	if (o.diff.operands.n == 0 && o.incident == 0)
		diag_set(&d, "no operand; wanted A B [C ...], or --incident N");
	if (d.text[0] != '\0' ||
	    !window_options_resolve(&o.diff.window, when_now_us(), &d) ||
	    !flows_filter_parse(&o.want, &filter, &d))
		return options_fail(&flows_set, &d);
	return o.incident != 0 ? flows_of_incident(&o, &filter)
			       : flows_compare(&o, NULL, &filter);
}
