/*
 * crosstap diff: options, rules, the comparison, and the report of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "crosstap/flows_sink.h"

static bool
diff_write(const struct buf *b, struct diag *d)
{
	if (!buf_ok(b)) {
		diag_set(d, "out of memory");
		return false;
	}
	if (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0) {
		diag_set(d, "standard output cannot be written");
		return false;
	}
	return true;
}

static bool
diff_report(const struct diff_run *run, struct diag *d)
{
	const struct diff_options *o = run->opt;
	struct report_style style = { .tz = o->window.tz,
		.color = report_color_wanted(o->color, STDOUT_FILENO),
		.utf8 = report_utf8_wanted(),
		.quiet = o->quiet,
		.verbose = o->verbose };
	struct buf out = BUF_INIT;
	bool ok = true;

	switch (o->format) {
	case REPORT_TEXT:
		ok = report_text(&run->result, &style, &out);
		break;
	case REPORT_JSON:
		report_json(&run->result, command_version(), &out);
		break;
	case REPORT_CSV:
		report_csv(&run->result, &out);
		break;
	}
	if (!ok)
		diag_set(d, "out of memory");
	ok = ok && diff_write(&out, d);
	buf_clear(&out);
	return ok;
}

static void
diff_say(const struct diff_run *run)
{
	diff_run_say(run);
	diff_run_say_flows(run, run->opt->flows);
	if (run->opt->verbose && run->opt->via_sketch)
		(void)fprintf(stderr,
		    "crosstap: sketches: %" PRIu64 " differences from %" PRIu64
		    " symbols; %" PRIu64 " buckets too large\n",
		    run->sketch.differences, run->sketch.symbols,
		    run->sketch.too_large);
}

int
cmd_diff(int argc, char **argv)
{
	struct diff_options opt;
	struct comparison c;
	struct flows_sink flows = { .limit = UINT64_MAX };
	struct diag d = DIAG_INIT;
	bool ok;
	int status = diff_options_parse(argc, argv, &opt);

	if (status == OPTIONS_GO_ON)
		status = comparison_begin(&c, &diff_option_set, &opt);
	if (status != OPTIONS_GO_ON)
		return status;
	flows.path = opt.flows;
	flows.format = opt.flows_format;
	if (opt.flows != NULL) {
		c.run.on_flow = flows_sink_take;
		c.run.flow_arg = &flows;
	}
	status = EXIT_TROUBLE;
	ok = (opt.flows == NULL || flows_sink_open(&flows, &d)) &&
	    diff_run(&c.run, &d);
	ok = flows_sink_close(&flows, ok, &d) && ok;
	if (ok) {
		diff_say(&c.run);
		if (diff_report(&c.run, &d))
			status = result_exit_status(&c.run.result);
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	comparison_end(&c);
	return status;
}
