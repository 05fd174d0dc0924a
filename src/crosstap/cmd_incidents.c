/*
 * crosstap incidents: what was found, kept and is being done about it. Reading
 * goes to the store, so that it works when the daemon does not; changes go
 * through the daemon.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "crosstap/command.h"
#include "crosstap/daemon_ask.h"
#include "store/flows.h"
#include "store/incidents.h"
#include "sys/options.h"
#include "sys/when.h"

struct incidents_options {
	const char *config;
	int form;
	const char *group, *sensor;
	bool all;
	const char *from, *to;
	struct operands words;
};

static const char *const incidents_form_words[] = { "text", "json", NULL };

static const struct option_def incidents_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct incidents_options, config) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct incidents_options, form),
	    .words = incidents_form_words },
	{ .name = "all",
	    .letter = 'a',
	    .type = OPTION_FLAG,
	    .help = "also those that are over",
	    .offset = offsetof(struct incidents_options, all) },
	{ .name = "group",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "only those of this group",
	    .offset = offsetof(struct incidents_options, group) },
	{ .name = "sensor",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "only those of this sensor",
	    .offset = offsetof(struct incidents_options, sensor) },
	{ .name = "from",
	    .type = OPTION_STRING,
	    .arg = "TIME",
	    .help = "also those that are over, from this time on",
	    .offset = offsetof(struct incidents_options, from) },
	{ .name = "to",
	    .type = OPTION_STRING,
	    .arg = "TIME",
	    .help = "up to this time (default: now)",
	    .offset = offsetof(struct incidents_options, to) },
};

const struct option_set incidents_option_set = {
	.command = "incidents",
	.summary = "List and show incidents, acknowledge and mute them",
	.operands = "list | show ID | ack ID [COMMENT] | comment ID TEXT | "
		    "mute ID UNTIL | "
		    "maintenance SENSOR FROM TO [WHY]",
	.min_operands = 1,
	.max_operands = 5,
	.defs = incidents_defs,
	.ndefs = ARRAY_LEN(incidents_defs),
};

/* 0: there is none. */
static void
incidents_time(struct buf *out, int64_t us)
{
	when_format(us <= 0 ? INT64_MIN : us, "-", out);
}

static void
incidents_row(const struct store_incident *i, int64_t now_us, struct buf *out)
{
	buf_printf(out, "%5" PRId64 "  %-12s %-8s  %-12s %-12s %-18s  ",
	    i->i.id, store_incident_state(i, now_us),
	    severity_name(i->i.severity), i->group, i->i.sensor, i->i.rule);
	incidents_time(out, i->i.from_us);
	buf_add_str(out, "  ");
	if (i->i.state == INCIDENT_CLEARED)
		incidents_time(out, i->i.to_us);
	else
		buf_add_str(out, "goes on");
	buf_printf(out, "\n       %s\n", i->i.summary);
}

static bool
incidents_filter(const struct incidents_options *o, int64_t now_us,
    struct store_incident_filter *f, struct diag *d)
{
	*f = (struct store_incident_filter){ .group = o->group,
		.sensor = o->sensor,
		.open_only = !o->all && o->from == NULL };
	if (o->from == NULL)
		return true;
	f->to_us = now_us;
	return when_parse(o->from, NULL, now_us, &f->from_us, d) &&
	    (o->to == NULL || when_parse(o->to, NULL, now_us, &f->to_us, d));
}

static bool
incidents_list(const struct incidents_options *o, struct store *st,
    struct buf *out, struct diag *d)
{
	struct store_incident_filter f;
	struct store_incident *v = NULL;
	int64_t now_us = when_now_us();
	size_t n = 0, i;

	if (!incidents_filter(o, now_us, &f, d) ||
	    store_incidents(st, &f, &v, &n, d) != STORE_OK)
		return false;
	if (o->form == 1) {
		buf_add_char(out, '[');
		for (i = 0; i < n; i++) {
			buf_add_str(out, i == 0 ? "" : ",\n ");
			store_incident_json(&v[i], now_us, out);
		}
		buf_add_str(out, "]\n");
	} else if (n == 0)
		buf_printf(out, "No %sincident.\n", f.open_only ? "open " : "");
	else
		buf_printf(out,
		    "%5s  %-12s %-8s  %-12s %-12s %-18s  %-19s  %s\n", "id",
		    "state", "severity", "group", "sensor", "rule",
		    "from (UTC)", "to");
	for (i = 0; o->form == 0 && i < n; i++)
		incidents_row(&v[i], now_us, out);
	free(v);
	return true;
}

static void
incidents_line(struct buf *out, const char *name, const char *value)
{
	if (value[0] != '\0')
		buf_printf(out, "  %-16s %s\n", name, value);
}

static void
incidents_show_text(const struct store_incident *i, const struct store_event *e,
    size_t n, size_t nflows, struct buf *out)
{
	struct buf note = BUF_INIT;
	size_t k;

	incidents_row(i, when_now_us(), out);
	if (i->i.facet[0] != '\0')
		buf_printf(&note, "%s %s", i->i.facet, i->i.value);
	incidents_line(out, "what", buf_ok(&note) && note.n > 0 ? note.p : "");
	incidents_line(out, "against", i->i.peer);
	incidents_line(out, "shared attribute", i->i.attribute);
	if (strcmp(i->i.early_rule, i->i.rule) != 0)
		incidents_line(out, "early name", i->i.early_rule);
	buf_printf(out, "  %-16s %.2f %%, at most %.2f %%\n", "share",
	    100 * i->i.share, 100 * i->i.worst);
	incidents_line(out, "acknowledged by", i->ack_by);
	incidents_line(out, "comment", i->comment);
	buf_printf(out, "  %-16s %zu kept\n", "differing flows", nflows);
	buf_add_str(out, "  history\n");
	for (k = 0; k < n; k++) {
		buf_add_str(out, "    ");
		incidents_time(out, e[k].at_us);
		buf_printf(out, "  %-12s %s%s%s\n",
		    incident_event_name(e[k].event), e[k].who,
		    e[k].who[0] != '\0' && e[k].text[0] != '\0' ? ": " : "",
		    e[k].text);
	}
	buf_printf(out, "  see \"%s\" in doc/diagnosis.md for what to do\n",
	    i->i.rule);
	buf_clear(&note);
}

static bool
incidents_show(const struct incidents_options *o, struct store *st,
    struct buf *out, struct diag *d)
{
	struct store_incident i;
	struct store_event *e = NULL;
	int64_t id;
	size_t n = 0, nflows, k;

	if (!incident_parse_id(o->words.item[1], &id, d) ||
	    store_incident(st, id, &i, d) != STORE_OK ||
	    store_flows_count(st, id, &nflows, d) != STORE_OK ||
	    store_history(st, id, &e, &n, d) != STORE_OK)
		return false;
	if (o->form == 0)
		incidents_show_text(&i, e, n, nflows, out);
	else {
		store_incident_json(&i, when_now_us(), out);
		if (buf_ok(out))
			out->n--; /* the brace */
		buf_printf(out, ",\"flows_kept\":%zu,\"history\":[", nflows);
		for (k = 0; k < n; k++) {
			buf_add_str(out, k == 0 ? "" : ",");
			store_event_json(&e[k], out);
		}
		buf_add_str(out, "]}\n");
	}
	free(e);
	return true;
}

static bool
incidents_read(const struct incidents_options *o, struct buf *out,
    bool (*read)(const struct incidents_options *o, struct store *st,
	struct buf *out, struct diag *d))
{
	struct diag d = DIAG_INIT;
	struct config c;
	struct store *st = daemon_store(o->config, &c);
	bool ok;

	if (st == NULL)
		return false;
	ok = read(o, st, out, &d);
	if (!ok)
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	store_close(st);
	config_clear(&c);
	return ok;
}

/* Those without a reader are passed on to the daemon as they are. */
static const struct {
	const char *name;
	size_t min, max; /* words after it */
	bool (*read)(const struct incidents_options *o, struct store *st,
	    struct buf *out, struct diag *d);
} incidents_table[] = {
	{ "list", 0, 0, incidents_list },
	{ "show", 1, 1, incidents_show },
	{ "ack", 1, 2, NULL },
	{ "comment", 2, 2, NULL },
	{ "mute", 2, 2, NULL },
	{ "maintenance", 3, 4, NULL },
};

int
cmd_incidents(int argc, char **argv)
{
	struct incidents_options o = { 0 };
	struct diag d = DIAG_INIT;
	struct buf out = BUF_INIT;
	size_t i;
	bool ok;
	int status =
	    options_start(&incidents_option_set, argc, argv, &o, &o.words);

	if (status != OPTIONS_GO_ON)
		return status;
	for (i = 0; i < ARRAY_LEN(incidents_table); i++)
		if (strcmp(incidents_table[i].name, o.words.item[0]) == 0)
			break;
	if (i == ARRAY_LEN(incidents_table) ||
	    o.words.n - 1 < incidents_table[i].min ||
	    o.words.n - 1 > incidents_table[i].max) {
		diag_set(&d, "wanted %s", incidents_option_set.operands);
		return options_fail(&incidents_option_set, &d);
	}
	ok = incidents_table[i].read != NULL
	    ? incidents_read(&o, &out, incidents_table[i].read)
	    : daemon_ask(
		  o.config, (const char *const *)o.words.item, o.words.n, &out);
	if (ok)
		return command_print(&out);
	buf_clear(&out);
	return EXIT_TROUBLE;
}
