/*
 * crosstap coverage: can I trust that we would have seen it? Answers from the
 * store what each sensor of a group saw, missed, or could not be asked.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "crosstap/command.h"
#include "crosstap/daemon_ask.h"
#include "store/reading.h"
#include "sys/options.h"
#include "sys/when.h"

struct coverage_options {
	const char *config, *group, *sensor, *net, *from, *to;
	int form;
};

enum coverage_form {
	COVERAGE_TEXT,
	COVERAGE_JSON,
	COVERAGE_CSV
};

static const char *const coverage_form_words[] = { "text", "json", "csv",
	NULL };

static const struct option_def coverage_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct coverage_options, config) },
	{ .name = "group",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "the group (default: the only one)",
	    .offset = offsetof(struct coverage_options, group) },
	{ .name = "sensor",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "only this sensor",
	    .offset = offsetof(struct coverage_options, sensor) },
	{ .name = "net",
	    .type = OPTION_STRING,
	    .arg = "CIDR",
	    .help = "only what concerns this network",
	    .offset = offsetof(struct coverage_options, net) },
	{ .name = "from",
	    .type = OPTION_STRING,
	    .arg = "TIME",
	    .help = "from this time on (default: -1d)",
	    .offset = offsetof(struct coverage_options, from) },
	{ .name = "to",
	    .type = OPTION_STRING,
	    .arg = "TIME",
	    .help = "up to this time (default: now)",
	    .offset = offsetof(struct coverage_options, to) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json|csv",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct coverage_options, form),
	    .words = coverage_form_words },
};

const struct option_set coverage_option_set = {
	.command = "coverage",
	.summary = "Show what the sensors of a group saw, missed, or could "
		   "not be asked",
	.operands = "",
	.defs = coverage_defs,
	.ndefs = ARRAY_LEN(coverage_defs),
};

/* How much of the window each state is, a line a sensor. */
static void
coverage_sums(const struct coverage *v, size_t n, struct buf *out)
{
	int64_t us[COVERAGE_NOT_COMPARED + 1], all;
	size_t i, k;

	for (i = 0; i < n; i = k) {
		memset(us, 0, sizeof(us));
		for (all = 0, k = i;
		     k < n && strcmp(v[k].sensor, v[i].sensor) == 0; k++) {
			us[v[k].state] += v[k].to_us - v[k].from_us;
			all += v[k].to_us - v[k].from_us;
		}
		buf_printf(out, "%-16s", v[i].sensor);
		for (size_t s = 0; s <= COVERAGE_NOT_COMPARED; s++)
			buf_printf(out, "  %s %.2f %%",
			    coverage_state_name((enum coverage_state)s),
			    all == 0 ? 0 : 100 * (double)us[s] / (double)all);
		buf_add_char(out, '\n');
	}
}

static void
coverage_text(const struct coverage *v, size_t n, struct buf *out)
{
	bool whole = true;
	size_t i;

	coverage_sums(v, n, out);
	for (i = 0; i < n; i++) {
		if (v[i].state == COVERAGE_COMPLETE)
			continue;
		if (whole)
			buf_printf(out, "\n%-16s %-19s  %-19s  %-12s  %s\n",
			    "sensor", "from (UTC)", "to", "state", "why");
		whole = false;
		buf_printf(out, "%-16s ", v[i].sensor);
		when_format(v[i].from_us, "-", out);
		buf_add_str(out, "  ");
		when_format(v[i].to_us, "-", out);
		buf_printf(out, "  %-12s  %s", coverage_state_name(v[i].state),
		    v[i].why);
		if (v[i].missed > 0)
			buf_printf(out, ", %" PRIu64 " of %" PRIu64 " flows",
			    v[i].missed, v[i].flows);
		buf_printf(
		    out, "%s%s\n", v[i].nets[0] == '\0' ? "" : ", ", v[i].nets);
	}
	if (whole && n > 0)
		buf_add_str(out, "\nComplete all the time.\n");
}

static void
coverage_put(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "\"%s\":\"", key);
	buf_add_json(out, span_from(value));
	buf_add_str(out, "\",");
}

static void
coverage_json(const struct coverage *v, size_t n, struct buf *out)
{
	size_t i;

	buf_add_char(out, '[');
	for (i = 0; i < n; i++) {
		buf_add_str(out, i == 0 ? "{" : ",\n {");
		coverage_put(out, "sensor", v[i].sensor);
		buf_printf(out, "\"from\":%.6f,\"to\":%.6f,",
		    (double)v[i].from_us / (double)US_PER_S,
		    (double)v[i].to_us / (double)US_PER_S);
		coverage_put(out, "state", coverage_state_name(v[i].state));
		coverage_put(out, "why", v[i].why);
		coverage_put(out, "nets", v[i].nets);
		buf_printf(out, "\"missed\":%" PRIu64 ",\"flows\":%" PRIu64 "}",
		    v[i].missed, v[i].flows);
	}
	buf_add_str(out, "]\n");
}

/* No field of it has a comma but the networks. */
static void
coverage_csv(const struct coverage *v, size_t n, struct buf *out)
{
	size_t i;

	buf_add_str(out, "sensor,from,to,state,why,missed,flows,nets\n");
	for (i = 0; i < n; i++)
		buf_printf(out,
		    "%s,%.6f,%.6f,%s,%s,%" PRIu64 ",%" PRIu64 ",\"%s\"\n",
		    v[i].sensor, (double)v[i].from_us / (double)US_PER_S,
		    (double)v[i].to_us / (double)US_PER_S,
		    coverage_state_name(v[i].state), v[i].why, v[i].missed,
		    v[i].flows, v[i].nets);
}

static void (*const coverage_write[])(
    const struct coverage *v, size_t n, struct buf *out) = {
	[COVERAGE_TEXT] = coverage_text,
	[COVERAGE_JSON] = coverage_json,
	[COVERAGE_CSV] = coverage_csv,
};

static bool
coverage_read(const struct coverage_options *o, const struct config *c,
    struct store *st, struct buf *out, struct diag *d)
{
	struct coverage *v = NULL;
	int64_t now_us = when_now_us(), from_us, to_us;
	const char *group = o->group;
	size_t n = 0;

	if (group == NULL && c->ngroups != 1) {
		diag_set(
		    d, "there are %zu groups; wanted --group NAME", c->ngroups);
		return false;
	}
	if (group == NULL)
		group = c->groups[0].head.name;
	if (!when_parse(
		o->from == NULL ? "-1d" : o->from, NULL, now_us, &from_us, d) ||
	    !when_parse(
		o->to == NULL ? "now" : o->to, NULL, now_us, &to_us, d) ||
	    store_coverage(st, group, o->sensor, o->net, from_us, to_us, &v, &n,
		d) != STORE_OK)
		return false;
	coverage_write[o->form](v, n, out);
	free(v);
	return true;
}

int
cmd_coverage(int argc, char **argv)
{
	struct coverage_options o = { 0 };
	struct operands none;
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	struct config c;
	struct store *st;
	bool ok;
	int status = options_start(&coverage_option_set, argc, argv, &o, &none);

	if (status != OPTIONS_GO_ON)
		return status;
	st = daemon_store(o.config, &c);
	if (st == NULL)
		return EXIT_TROUBLE;
	ok = coverage_read(&o, &c, st, &out, &d);
	store_close(st);
	config_clear(&c);
	if (ok)
		return command_print(&out);
	(void)fprintf(stderr, "crosstap: %s\n", d.text);
	buf_clear(&out);
	return EXIT_TROUBLE;
}
