/*
 * crosstap diff: options, rules, the comparison, and the report of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "crosstap/command.h"
#include "crosstap/diff_config.h"
#include "crosstap/diff_run.h"
#include "sys/rulelist.h"

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
	if (run->opt->verbose && run->opt->via_sketch)
		(void)fprintf(stderr,
		    "crosstap: sketches: %" PRIu64 " differences from %" PRIu64
		    " symbols; %" PRIu64 " buckets too large\n",
		    run->sketch.differences, run->sketch.symbols,
		    run->sketch.too_large);
}

static bool
diff_open_flows(struct diff_run *run, struct diag *d)
{
	if (run->opt->flows == NULL)
		return true;
	run->flows = fopen(run->opt->flows, "we");
	if (run->flows == NULL)
		diag_set(d, "%s: %s", run->opt->flows, strerror(errno));
	return run->flows != NULL;
}

int
cmd_diff(int argc, char **argv)
{
	struct diff_options opt;
	struct diff_config dc;
	struct diff_run run;
	struct diag d = DIAG_INIT;
	const char *dir;
	int status = diff_options_parse(argc, argv, &opt);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!diff_config_expand(&opt, &dc, &d)) {
		diff_config_clear(&dc);
		return d.text[0] == '\0' ? EXIT_TROUBLE
					 : options_fail(&diff_option_set, &d);
	}
	memset(&run, 0, sizeof(run));
	run.opt = &opt;
	run.seed = diff_run_seed(&opt);
	dir = rulelist_dir(opt.rules);
	run.rules = rulelist_compile(&dir, 1, &d);
	status = EXIT_TROUBLE;
	if (run.rules != NULL && diff_open_flows(&run, &d) &&
	    diff_run(&run, &d)) {
		diff_say(&run);
		if (diff_report(&run, &d))
			status = result_exit_status(&run.result);
		result_clear(&run.result);
	}
	if (run.flows != NULL && fclose(run.flows) != 0) {
		diag_set(&d, "%s: %s", opt.flows, strerror(errno));
		status = EXIT_TROUBLE;
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	rules_free(run.rules);
	diff_config_clear(&dc);
	return status;
}
