/*
 * crosstap rules replay: the same logs judged by the rules as they are and as
 * they are changed, and what that makes different.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "crosstap/command.h"
#include "crosstap/report_put.h"
#include "crosstap/rules_cmd.h"

/* A file takes the place of the rule of its name; a folder that of all. */
static struct rules *
replay_changed(const char *path, struct diag *d)
{
	struct rulelist l = { NULL, 0 };
	struct rules *rs = NULL;
	struct stat st;
	bool file = stat(path, &st) == 0 && S_ISREG(st.st_mode);

	if (rulelist_load_path(&l, path, d)) {
		if (file && !rules_add_others(&l, rulelist_dir(NULL)))
			diag_set(d, "out of memory");
		else
			rs = rules_new(l.rule, l.n, d);
	}
	rulelist_clear(&l);
	return rs;
}

static bool
replay_same(const struct finding *a, const struct finding *b)
{
	return strcmp(a->rule, b->rule) == 0 &&
	    strcmp(a->sensor, b->sensor) == 0 && a->from_us == b->from_us &&
	    a->to_us == b->to_us && strcmp(a->facet, b->facet) == 0 &&
	    strcmp(a->value, b->value) == 0 && a->severity == b->severity;
}

/* The findings of a that b has not, a line each; returns how many. */
static size_t
replay_print(
    char mark, const struct result *a, const struct result *b, struct report *p)
{
	size_t i, j, n = 0;

	for (i = 0; i < a->nfindings; i++) {
		const struct finding *f = &a->findings[i];

		for (j = 0; j < b->nfindings; j++)
			if (replay_same(f, &b->findings[j]))
				break;
		if (j < b->nfindings)
			continue;
		n++;
		buf_printf(p->out, "%c ", mark);
		report_put_time(p, f->from_us, true, p->out);
		buf_add_str(p->out, " to ");
		report_put_time(p, f->to_us, true, p->out);
		buf_printf(
		    p->out, "  %s (%s): ", f->rule, severity_name(f->severity));
		report_put_text(p, f->summary, p->out);
		buf_add_char(p->out, '\n');
	}
	return n;
}

static int
replay_report(const struct diff_options *o, const struct result *now,
    const struct result *then, struct diag *d)
{
	struct report_style style = { .tz = o->window.tz,
		.utf8 = report_utf8_wanted() };
	struct buf out = BUF_INIT;
	struct report p = {
		.r = now, .style = &style, .out = &out, .dates = true
	};
	size_t gone = replay_print('-', now, then, &p);
	size_t more = replay_print('+', then, now, &p);
	int status = gone + more > 0 ? EXIT_FINDINGS : EXIT_AGREE;

	buf_printf(&out, "%zu finding%s stay%s, %zu gone, %zu new\n",
	    now->nfindings - gone, now->nfindings - gone == 1 ? "" : "s",
	    now->nfindings - gone == 1 ? "s" : "", gone, more);
	if (p.failed || !buf_ok(&out) ||
	    fwrite(out.p, 1, out.n, stdout) != out.n) {
		diag_set(d, "the report cannot be written");
		status = EXIT_TROUBLE;
	}
	buf_clear(&out);
	return status;
}

int
rules_replay(const struct rules_options *opt, const struct operands *left)
{
	struct diff_options o = opt->diff;
	struct diff_run now = { .opt = &o }, then = { .opt = &o };
	const char *dir = rulelist_dir(NULL);
	struct diag d = DIAG_INIT;
	int status = EXIT_TROUBLE;

	o.operands = *left;
	now.seed = then.seed = diff_run_seed(&o);
	now.rules = rulelist_compile(&dir, 1, &d);
	if (now.rules != NULL)
		then.rules = replay_changed(opt->dir, &d);
	if (then.rules != NULL && diff_run(&now, &d)) {
		if (diff_run(&then, &d)) {
			diff_run_say(&now);
			status =
			    replay_report(&o, &now.result, &then.result, &d);
			result_clear(&then.result);
		}
		result_clear(&now.result);
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap rules: %s\n", d.text);
	rules_free(now.rules);
	rules_free(then.rules);
	return status;
}
