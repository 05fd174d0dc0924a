/*
 * crosstap config: whether crosstap.yaml is right, what it says with all
 * defaults, and which keys there are. crosstap sensors: who is in it.
 */
#include <stdio.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/config_load.h"
#include "sys/options.h"

enum config_cmd_form {
	FORM_TEXT,
	FORM_JSON
};
static const char *const config_form_words[] = { "text", "json", NULL };

struct config_options {
	const char *file;
	enum config_cmd_form form;
};

static const struct option_def config_defs[] = {
	{ .name = "config",
	    .type = OPTION_STRING,
	    .arg = "FILE",
	    .help = "the configuration to use instead of the installed one",
	    .offset = offsetof(struct config_options, file) },
	{ .name = "format",
	    .type = OPTION_ENUM,
	    .arg = "text|json",
	    .help = "form of what is shown (default: text)",
	    .offset = offsetof(struct config_options, form),
	    .words = config_form_words },
};

static const struct option_set config_set = {
	.command = "config",
	.summary = "Check or show the configuration",
	.operands = "check [FILE] | show | keys",
	.min_operands = 1,
	.max_operands = 2,
	.defs = config_defs,
	.ndefs = ARRAY_LEN(config_defs),
};

static const struct option_set sensors_set = {
	.command = "sensors",
	.summary = "List the sensors of the configuration",
	.operands = "list",
	.min_operands = 1,
	.max_operands = 1,
	.defs = config_defs,
	.ndefs = ARRAY_LEN(config_defs),
};

static int
config_print(struct buf *out)
{
	bool ok = buf_ok(out) && fwrite(out->p, 1, out->n, stdout) == out->n &&
	    fflush(stdout) == 0;

	if (!ok)
		(void)fprintf(stderr, "crosstap: %s\n",
		    buf_ok(out) ? "standard output cannot be written"
				: "out of memory");
	buf_clear(out);
	return ok ? EXIT_AGREE : EXIT_TROUBLE;
}

static int
config_check_file(const char *file)
{
	struct buf out = BUF_INIT;
	struct config c;

	if (!config_load_said(file, &c))
		return EXIT_TROUBLE;
	buf_printf(&out, "%s: %zu sensor%s, %zu group%s: correct\n", c.file,
	    c.nsensors, c.nsensors == 1 ? "" : "s", c.ngroups,
	    c.ngroups == 1 ? "" : "s");
	config_clear(&c);
	return config_print(&out);
}

static int
config_show(const struct config_options *o)
{
	struct buf out = BUF_INIT;
	struct config c;

	if (!config_load_said(o->file, &c))
		return EXIT_TROUBLE;
	config_format(
	    &c, o->form == FORM_JSON ? CONFIG_JSON : CONFIG_YAML, &out);
	config_clear(&c);
	return config_print(&out);
}

static int
config_keys(void)
{
	struct buf out = BUF_INIT;
	size_t s, k;

	for (s = 0; s < CONFIG_NSECTIONS; s++) {
		const struct config_section_def *def = &config_section_table[s];

		buf_printf(&out, "%-26s %-32s %s\n", def->name, "", def->help);
		for (k = 0; k < CONFIG_NKEYS; k++) {
			const struct config_key_def *key = &config_key_table[k];
			char name[64];

			if (!(key->sections & CONFIG_IN(s)))
				continue;
			(void)snprintf(
			    name, sizeof(name), "%s.%s", def->name, key->name);
			buf_printf(&out, "%-26s %-32s %s\n", name,
			    key->fallback == NULL ? "-" : key->fallback,
			    key->help);
		}
	}
	return config_print(&out);
}

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
sensors_put(struct buf *out, const char *key, const char *text)
{
	if (text == NULL) {
		buf_printf(out, "\"%s\": null, ", key);
		return;
	}
	buf_printf(out, "\"%s\": \"", key);
	buf_add_json(out, span_from(text));
	buf_add_str(out, "\", ");
}

static void
sensors_json(
    const struct config *c, const struct config_sensor *s, struct buf *out)
{
	const char *comma = "";
	size_t i, j;

	buf_add_char(out, '{');
	sensors_put(out, "name", s->head.name);
	sensors_put(out, "address", s->address);
	sensors_put(out, "bastion", s->via == NULL ? NULL : s->via->head.name);
	buf_add_str(out, "\"groups\": [");
	for (i = 0; i < c->ngroups; i++)
		for (j = 0; j < c->groups[i].nmembers; j++)
			if (c->groups[i].member[j] == s) {
				buf_printf(out, "%s\"%s\"", comma,
				    c->groups[i].head.name);
				comma = ", ";
			}
	buf_add_str(out, "], \"attributes\": {");
	for (i = 0; i < s->attributes.n; i++) {
		const char *text = s->attributes.item[i];
		size_t n = strcspn(text, "=");

		buf_printf(
		    out, "%s\"%.*s\": \"", i == 0 ? "" : ", ", (int)n, text);
		buf_add_json(out, span_from(text + n + 1));
		buf_add_char(out, '"');
	}
	buf_add_str(out, "}}");
}

static int
sensors_list(const struct config_options *o)
{
	struct buf out = BUF_INIT;
	struct config c;
	size_t i;

	if (!config_load_said(o->file, &c))
		return EXIT_TROUBLE;
	if (o->form == FORM_JSON)
		buf_add_char(&out, '[');
	else
		buf_printf(&out, "%-16s %-28s %-12s %s %s\n", "name", "address",
		    "bastion", "groups", "attributes");
	for (i = 0; i < c.nsensors; i++) {
		if (o->form == FORM_TEXT) {
			sensors_row(&c, &c.sensors[i], &out);
			continue;
		}
		buf_add_str(&out, i == 0 ? "\n" : ",\n");
		sensors_json(&c, &c.sensors[i], &out);
	}
	if (o->form == FORM_JSON)
		buf_add_str(&out, "\n]\n");
	config_clear(&c);
	return config_print(&out);
}

int
cmd_config(int argc, char **argv)
{
	struct config_options o = { NULL, FORM_TEXT };
	struct operands left;
	struct diag d = DIAG_INIT;
	int status = options_start(&config_set, argc, argv, &o, &left);
	const char *word;
	bool check;

	if (status != OPTIONS_GO_ON)
		return status;
	word = left.item[0];
	check = strcmp(word, "check") == 0;
	if (left.n > 1 && !check)
		diag_set(&d, "'%s' is too much; wanted 'config %s' alone",
		    left.item[1], word);
	else if (left.n > 1 && o.file != NULL)
		diag_set(&d, "--config and FILE exclude each other");
	else if (check)
		return config_check_file(left.n > 1 ? left.item[1] : o.file);
	else if (strcmp(word, "show") == 0)
		return config_show(&o);
	else if (strcmp(word, "keys") == 0)
		return config_keys();
	else
		diag_set(
		    &d, "unknown word '%s'; wanted check, show or keys", word);
	return options_fail(&config_set, &d);
}

int
cmd_sensors(int argc, char **argv)
{
	struct config_options o = { NULL, FORM_TEXT };
	struct operands left;
	struct diag d = DIAG_INIT;
	int status = options_start(&sensors_set, argc, argv, &o, &left);

	if (status != OPTIONS_GO_ON)
		return status;
	if (strcmp(left.item[0], "list") == 0)
		return sensors_list(&o);
	diag_set(&d, "unknown word '%s'; wanted list", left.item[0]);
	return options_fail(&sensors_set, &d);
}
