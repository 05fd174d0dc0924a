/*
 * crosstap config: whether crosstap.yaml is right, what it says with all
 * defaults, and which keys there are.
 */
#include <stdio.h>
#include <string.h>
#include "crosstap/command.h"
#include "crosstap/config_load.h"
#include "source/clickhouse.h"
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

/* An archive is written as an operand is. */
static bool
config_check_archives(const struct config *c)
{
	struct clickhouse_operand table;
	bool ok = true;
	size_t i;

	for (i = 0; i < c->nsensors; i++) {
		const struct config_sensor *s = &c->sensors[i];
		const struct config_place at = s->head.at[CONFIG_ARCHIVE];
		struct diag why = DIAG_INIT, d = DIAG_INIT;

		if (s->archive == NULL)
			continue;
		if (!clickhouse_is_url(s->archive))
			diag_set(&why,
			    "wanted a table, such as "
			    "clickhouse://HOST/DB.TABLE?sensor=NAME");
		else if (clickhouse_parse(s->archive, &table, &why)) {
			clickhouse_clear(&table);
			continue;
		}
		diag_at(&d, c->file, at.line, at.col, "archive of '%s': %s",
		    s->head.name, why.text);
		(void)fprintf(stderr, "%s\n", d.text);
		ok = false;
	}
	return ok;
}

static int
config_check_file(const char *file)
{
	struct buf out = BUF_INIT;
	struct config c;

	if (!config_load_said(file, &c))
		return EXIT_TROUBLE;
	if (!config_check_archives(&c)) {
		config_clear(&c);
		return EXIT_TROUBLE;
	}
	buf_printf(&out, "%s: %zu sensor%s, %zu group%s: correct\n", c.file,
	    c.nsensors, c.nsensors == 1 ? "" : "s", c.ngroups,
	    c.ngroups == 1 ? "" : "s");
	config_clear(&c);
	return command_print(&out);
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
	return command_print(&out);
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
	return command_print(&out);
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
