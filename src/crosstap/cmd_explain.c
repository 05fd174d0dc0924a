/*
 * crosstap explain: the comparison that diff makes, and the reasoning behind
 * one of its findings instead of the report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "crosstap/report_explain.h"
#include "sys/when.h"

struct explain_options {
	struct diff_options diff;
	uint64_t finding; /* from 1 */
};

static const struct option_def explain_defs[] = {
	{ .name = "finding",
	    .type = OPTION_U64,
	    .arg = "N",
	    .help = "which one, in the order of the report (default: 1)",
	    .offset = offsetof(struct explain_options, finding),
	    .min = 1,
	    .max = 1e6 },
	COMPARE_OPTIONS(struct explain_options, diff.),
	{ .name = "no-progress",
	    .help = "no progress line, even on a terminal",
	    .offset = offsetof(struct explain_options, diff.no_progress) },
};

static const struct option_set explain_set = {
	.command = "explain",
	.summary = "Show the reasoning behind a finding, step by step",
	.operands = "A B [C ...]",
	.min_operands = 1,
	.max_operands = RESULT_MAX_SENSORS,
	.defs = explain_defs,
	.ndefs = ARRAY_LEN(explain_defs),
};

static bool
explain_print(const struct explain_options *o, const struct diff_run *run,
    struct buf *out, struct diag *d)
{
	struct report_style style = { .tz = o->diff.window.tz,
		.utf8 = report_utf8_wanted() };
	struct report_explain e = { .r = &run->result,
		.finding = o->finding - 1,
		.nrules = rules_count(run->rules) };
	struct explain_rule *rules = calloc(RULE_MAX, sizeof(*rules));
	bool ok = false;

	if (rules == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	e.rules = rules;
	ok = explain_finding(run->rules, &run->result.findings[e.finding],
	    run->rows->v, run->rows->n, rules, d);
	if (ok && !report_explain(&e, &style, out)) {
		diag_set(d, "out of memory");
		ok = false;
	}
	explain_clear(rules, e.nrules);
	free(rules);
	return ok;
}

static bool
explain_write(
    const struct explain_options *o, const struct diff_run *run, struct diag *d)
{
	struct buf out = BUF_INIT;
	bool ok = true;

	if (run->result.nfindings == 0)
		buf_add_str(&out, "There is no finding to explain.\n");
	else if (o->finding > run->result.nfindings) {
		diag_set(d, "--finding %llu: there are %zu",
		    (unsigned long long)o->finding, run->result.nfindings);
		ok = false;
	} else
		ok = explain_print(o, run, &out, d);
	if (ok &&
	    (!buf_ok(&out) || fwrite(out.p, 1, out.n, stdout) != out.n ||
		fflush(stdout) != 0)) {
		diag_set(d, "standard output cannot be written");
		ok = false;
	}
	buf_clear(&out);
	return ok;
}

int
cmd_explain(int argc, char **argv)
{
	struct explain_options o = { .diff.window = WINDOW_OPTIONS_DEFAULT,
		.finding = 1 };
	struct comparison c;
	struct diag d = DIAG_INIT;
	int status =
	    options_start(&explain_set, argc, argv, &o, &o.diff.operands);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!window_options_resolve(&o.diff.window, when_now_us(), &d))
		return options_fail(&explain_set, &d);
	status = comparison_begin(&c, &explain_set, &o.diff);
	if (status != OPTIONS_GO_ON)
		return status;
	c.run.rows = &c.rows;
	status = EXIT_TROUBLE;
	if (diff_run(&c.run, &d)) {
		diff_run_say(&c.run);
		if (explain_write(&o, &c.run, &d))
			status = EXIT_AGREE;
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	comparison_end(&c);
	return status;
}
