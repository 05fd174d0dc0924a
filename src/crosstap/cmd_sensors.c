/*
 * crosstap sensors: who is in the configuration, whether they answer, and what
 * it takes to add one.
 */
#include <stdio.h>
#include <string.h>
#include "base/jsonw.h"
#include "crosstap/command.h"
#include "crosstap/config_load.h"
#include "crosstap/sensors_cmd.h"

static const char *const sensors_form_words[] = { "text", "json", NULL };

static const struct option_def sensors_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct sensors_options, config) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct sensors_options, form),
	    .words = sensors_form_words },
	{ .name = "bastion",
	    .type = OPTION_STRING,
	    .arg = "NAME",
	    .help = "for add: the bastion to go through, or none",
	    .offset = offsetof(struct sensors_options, bastion) },
	{ .name = "user",
	    .type = OPTION_STRING,
	    .arg = "USER",
	    .help = "for add: the user there",
	    .offset = offsetof(struct sensors_options, user) },
	{ .name = "key",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "for add: the private key to log in with",
	    .offset = offsetof(struct sensors_options, key) },
	{ .name = "known-hosts",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "for add: the file of host keys that are trusted",
	    .offset = offsetof(struct sensors_options, known_hosts) },
	{ .name = "logs",
	    .type = OPTION_LIST,
	    .arg = "DIR",
	    .help = "for add: its folder of logs; may be repeated",
	    .offset = offsetof(struct sensors_options, logs) },
	{ .name = "fingerprint",
	    .type = OPTION_LIST,
	    .arg = "SHA256:...",
	    .help = "for add: the host key that is expected; may be repeated",
	    .offset = offsetof(struct sensors_options, fingerprint) },
};

const struct option_set sensors_option_set = {
	.command = "sensors",
	.summary = "List the sensors of the configuration, see whether they "
		   "answer, or add one",
	.operands = "list | check [NAME ...] | add NAME [ADDRESS]",
	.min_operands = 1,
	.max_operands = CONFIG_MAX_ENTRIES,
	.defs = sensors_defs,
	.ndefs = ARRAY_LEN(sensors_defs),
};

/* "a, b": the groups of a sensor, or its attributes. */
static void
sensors_join(struct buf *out, const char *text, bool *first)
{
	buf_printf(out, "%s%s", *first ? "" : ",", text);
	*first = false;
}

static void
sensors_row(
    const struct config *c, const struct config_sensor *s, struct buf *out)
{
	bool first = true;
	size_t i, j;

	buf_printf(out, "%-16s %-28s %-12s ", s->head.name,
	    s->address != NULL  ? s->address
		: s->logs.n > 0 ? s->logs.item[0]
				: "-",
	    s->via == NULL ? "-" : s->via->head.name);
	for (i = 0; i < c->ngroups; i++)
		for (j = 0; j < c->groups[i].nmembers; j++)
			if (c->groups[i].member[j] == s)
				sensors_join(
				    out, c->groups[i].head.name, &first);
	buf_add_str(out, first ? "- " : " ");
	first = true;
	for (i = 0; i < s->attributes.n; i++)
		sensors_join(out, s->attributes.item[i], &first);
	buf_add_str(out, first ? "-\n" : "\n");
}

static void
sensors_json(
    const struct config *c, const struct config_sensor *s, struct buf *out)
{
	size_t i, j;

	buf_add_char(out, '{');
	jsonw_text(out, "name", s->head.name);
	jsonw_text_or_null(out, "address", s->address);
	jsonw_text_or_null(
	    out, "bastion", s->via == NULL ? NULL : s->via->head.name);
	jsonw_key(out, "groups");
	buf_add_char(out, '[');
	for (i = 0; i < c->ngroups; i++)
		for (j = 0; j < c->groups[i].nmembers; j++)
			if (c->groups[i].member[j] == s) {
				jsonw_next(out);
				jsonw_value(
				    out, span_from(c->groups[i].head.name));
			}
	buf_add_char(out, ']');
	jsonw_key(out, "attributes");
	buf_add_char(out, '{');
	for (i = 0; i < s->attributes.n; i++) {
		const char *text = s->attributes.item[i];
		size_t n = strcspn(text, "=");

		jsonw_next(out);
		jsonw_value(out, (struct span){ text, n });
		buf_add_char(out, ':');
		jsonw_value(out, span_from(text + n + 1));
	}
	buf_add_str(out, "}}");
}

static int
sensors_list(const struct sensors_options *o, const struct operands *rest)
{
	struct buf out = BUF_INIT;
	struct config c;
	size_t i;

	(void)rest;
	if (!config_load_said(o->config, &c))
		return EXIT_TROUBLE;
	if (o->form == SENSORS_JSON)
		buf_add_char(&out, '[');
	else
		buf_printf(&out, "%-16s %-28s %-12s %s %s\n", "name", "address",
		    "bastion", "groups", "attributes");
	for (i = 0; i < c.nsensors; i++) {
		if (o->form == SENSORS_TEXT) {
			sensors_row(&c, &c.sensors[i], &out);
			continue;
		}
		buf_add_str(&out, i == 0 ? "\n" : ",\n");
		sensors_json(&c, &c.sensors[i], &out);
	}
	if (o->form == SENSORS_JSON)
		buf_add_str(&out, "\n]\n");
	config_clear(&c);
	return command_print(&out);
}

static const struct {
	const char *word;
	size_t min, max; /* operands after it */
	int (*run)(
	    const struct sensors_options *o, const struct operands *rest);
} sensors_words[] = {
	{ "list", 0, 0, sensors_list },
	{ "check", 0, CONFIG_MAX_ENTRIES, sensors_check },
	{ "add", 1, 2, sensors_add },
};

int
cmd_sensors(int argc, char **argv)
{
	struct sensors_options o = { .config = NULL };
	struct operands left, rest;
	struct diag d = DIAG_INIT;
	int status = options_start(&sensors_option_set, argc, argv, &o, &left);
	size_t i;

	if (status != OPTIONS_GO_ON)
		return status;
	rest = (struct operands){ left.item + 1, left.n - 1 };
	for (i = 0; i < ARRAY_LEN(sensors_words); i++) {
		if (strcmp(left.item[0], sensors_words[i].word) != 0)
			continue;
		if (rest.n >= sensors_words[i].min &&
		    rest.n <= sensors_words[i].max)
			return sensors_words[i].run(&o, &rest);
		diag_set(&d, "%zu operands of '%s'; wanted %s", rest.n,
		    left.item[0], sensors_option_set.operands);
		return options_fail(&sensors_option_set, &d);
	}
	diag_set(
	    &d, "unknown word '%s'; wanted list, check or add", left.item[0]);
	return options_fail(&sensors_option_set, &d);
}
