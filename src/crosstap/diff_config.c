#include <stdlib.h>
#include <unistd.h>
#include "crosstap/config_load.h"
#include "crosstap/diff_config.h"
#include "crosstap/operand.h"
#include "crosstap/url_operand.h"
#include "pipeline/remote_files.h"
#include "source/clickhouse.h"
#include "sys/address.h"

void
diff_config_clear(struct diff_config *dc)
{
	size_t i;

	for (i = 0; i < dc->ntext; i++)
		free(dc->text[i]);
	for (i = 0; i < dc->nurls; i++)
		config_clear(&dc->urls[i]);
	config_clear(&dc->config);
	dc->ntext = dc->nurls = 0;
}

/* "A" SIGN "B", owned by dc; NULL: out of memory, or too many. */
static char *
expand_text(struct diff_config *dc, const char *a, const char *sign,
    const char *b, struct diag *d)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s%s%s", a, sign, b);
	if (!buf_ok(&text) || dc->ntext == ARRAY_LEN(dc->text)) {
		diag_set(d,
		    buf_ok(&text) ? "too many attributes; wanted fewer sensors"
				  : "out of memory");
		buf_clear(&text);
		return NULL;
	}
	return dc->text[dc->ntext++] = text.p;
}

static bool
expand_attributes(struct diff_options *o, struct diff_config *dc,
    const struct config_sensor *s, struct diag *d)
{
	struct option_list *list = &o->attribute;
	char *text;
	size_t i;

	for (i = 0; i < s->attributes.n; i++) {
		if (list->n == OPTION_LIST_MAX) {
			diag_set(d,
			    "more than %d attributes; wanted fewer sensors",
			    OPTION_LIST_MAX);
			return false;
		}
		text = expand_text(
		    dc, s->head.name, ":", s->attributes.item[i], d);
		if (text == NULL)
			return false;
		list->item[list->n++] = text;
	}
	return true;
}

/* Logs that are read, here or by SFTP. */
static bool
expand_logs(struct diff_config *dc, const struct config_sensor *s,
    const char *name, struct diag *d)
{
	struct diff_source *source = &dc->source[dc->n];
	struct buf path = BUF_INIT;
	size_t i;

	if (s->logs.n != 1) {
		diag_set(d,
		    "sensor '%s' has several paths of logs; wanted one folder "
		    "or pattern",
		    s->head.name);
		return false;
	}
	source->tz = s->tz;
	for (i = 0; i < s->fields.n; i++) {
		const char *text = s->fields.item[i];
		size_t left = strcspn(text, "=");

		source->renames[i].zeek = (struct span){ text, left };
		source->renames[i].name = span_from(text + left + 1);
	}
	source->nrenames = s->fields.n;
	if (s->address == NULL)
		buf_add_str(&path, s->logs.item[0]);
	else {
		source->sftp = s;
		remote_files_path(s, s->logs.item[0], &path);
	}
	if (!buf_ok(&path))
		diag_set(d, "out of memory");
	else
		dc->item[dc->n] = expand_text(dc, name, "=", path.p, d);
	buf_clear(&path);
	return dc->item[dc->n] != NULL && ++dc->n > 0;
}

static bool
expand_has_room(const struct diff_config *dc, const char *what, struct diag *d)
{
	if (dc->n < RESULT_MAX_SENSORS)
		return true;
	diag_set(d, "too many %s; wanted at most %d", what, RESULT_MAX_SENSORS);
	return false;
}

/* [NAME=]clickhouse://...; else it is called as its sensor, or as its table. */
static bool
expand_clickhouse(struct diff_config *dc, const char *text, struct diag *d)
{
	const char *url = strstr(text, "clickhouse");
	struct clickhouse_operand o;
	struct buf path = BUF_INIT, name = BUF_INIT;

	while (!clickhouse_is_url(url))
		url = strstr(url + 1, "clickhouse");
	if (!clickhouse_parse(url, &o, d))
		return false;
	if (url == text)
		buf_add_str(&name, clickhouse_name(&o));
	else
		buf_add(&name, text, (size_t)(url - text) - 1);
	clickhouse_path(&o, &path);
	dc->source[dc->n].clickhouse = url;
	if (buf_ok(&name) && buf_ok(&path))
		dc->item[dc->n] = expand_text(dc, name.p, "=", path.p, d);
	else
		diag_set(d, "out of memory");
	buf_clear(&name);
	buf_clear(&path);
	clickhouse_clear(&o);
	return dc->item[dc->n] != NULL && ++dc->n > 0;
}

/* A table where the flows of a sensor are for long. */
static bool
expand_archive(
    struct diff_config *dc, const struct config_sensor *s, struct diag *d)
{
	char *text;

	if (s->archive == NULL || !clickhouse_is_url(s->archive)) {
		diag_set(d,
		    "sensor '%s' has no archive that is a table; wanted "
		    "'archive: clickhouse://HOST/DB.TABLE' in the "
		    "configuration",
		    s->head.name);
		return false;
	}
	text = expand_text(dc, s->head.name, "=", s->archive, d);
	return text != NULL && expand_clickhouse(dc, text, d);
}

static bool
expand_sensor(struct diff_options *o, struct diff_config *dc,
    const struct config_sensor *s, struct diag *d)
{
	if (!expand_has_room(dc, "sensors", d))
		return false;
	if (o->archive)
		return expand_archive(dc, s, d) &&
		    expand_attributes(o, dc, s, d);
	if (s->address != NULL && o->window.from_us == INT64_MIN) {
		diag_set(d,
		    "sensor '%s' is asked and has all the past; wanted --from, "
		    "such as --from -30m",
		    s->head.name);
		return false;
	}
	if (s->address == NULL || s->agentless)
		return expand_logs(dc, s, s->head.name, d) &&
		    expand_attributes(o, dc, s, d);
	dc->source[dc->n].sensor = s;
	dc->item[dc->n] = expand_text(dc, s->head.name,
	    s->local ? "=" : "=" ADDRESS_SCHEME, s->address, d);
	return dc->item[dc->n++] != NULL && expand_attributes(o, dc, s, d);
}

/* [NAME=]ssh://...; else it is called as its host. */
static bool
expand_url(struct diff_options *o, struct diff_config *dc, const char *text,
    struct diag *d)
{
	const char *url = strstr(text, "ssh://");
	struct config *c = &dc->urls[dc->nurls];
	char *name;

	if (!url_operand_parse(url, c, d))
		return false;
	dc->nurls++;
	name = url == text ? expand_text(dc, c->sensors[0].host, "", "", d)
			   : expand_text(dc, text, "", "", d);
	if (name == NULL)
		return false;
	if (url != text)
		name[url - text - 1] = '\0';
	if (!expand_logs(dc, &c->sensors[0], name, d))
		return false;
	dc->source[dc->n - 1].tz = o->window.tz;
	return true;
}

/* What the groups say together, where the command line says nothing. */
static bool
expand_settings(struct diff_options *o, const struct config_group *g,
    const struct config_group *before, struct diag *d)
{
	if (before != NULL &&
	    (before->width_us != g->width_us ||
		before->settle_us != g->settle_us ||
		before->relation != g->relation ||
		g->relation == RELATION_SUBSET ||
		(before->rules == NULL) != (g->rules == NULL) ||
		(g->rules != NULL && strcmp(before->rules, g->rules) != 0))) {
		diag_set(d,
		    "groups '%s' and '%s' cannot be compared in one go; wanted "
		    "mirrors with equal width, settle and rules",
		    before->head.name, g->head.name);
		return false;
	}
	if (!o->window.has_bucket)
		o->window.width_us = g->width_us;
	window_options_align(&o->window);
	if (!o->window.has_settle)
		o->window.settle_us = g->settle_us;
	if (!o->has_relation)
		o->relation = g->relation;
	if (o->rules == NULL)
		o->rules = g->rules;
	if (g->has_seed && !o->has_seed) {
		o->seed = g->seed;
		o->has_seed = true;
	}
	return true;
}

/* --group NAME=A,B; a group alone needs none. */
static bool
expand_group_option(struct diff_options *o, struct diff_config *dc,
    const struct config_group *g, struct diag *d)
{
	struct buf names = BUF_INIT;
	char *text = NULL;
	size_t i;

	if (o->group.n == OPTION_LIST_MAX) {
		diag_set(d, "too many groups");
		return false;
	}
	for (i = 0; i < g->nmembers; i++)
		buf_printf(
		    &names, "%s%s", i == 0 ? "" : ",", g->member[i]->head.name);
	if (buf_ok(&names))
		text = expand_text(dc, g->head.name, "=", names.p, d);
	else
		diag_set(d, "out of memory");
	buf_clear(&names);
	if (text == NULL)
		return false;
	o->group.item[o->group.n++] = text;
	return true;
}

static bool
expand_operand(struct diff_options *o, struct diff_config *dc, char *text,
    const struct config *c, const struct config_group **before, struct diag *d)
{
	struct operand op;
	size_t i;

	if (!operand_resolve(text, access(text, F_OK) == 0, c, &op, d))
		return false;
	if (op.kind == OPERAND_SENSOR)
		return expand_sensor(o, dc, op.sensor, d);
	if (op.kind != OPERAND_GROUP) {
		if (!expand_has_room(dc, "operands", d))
			return false;
		if (op.kind == OPERAND_URL)
			return expand_url(o, dc, text, d);
		if (op.kind == OPERAND_CLICKHOUSE)
			return expand_clickhouse(dc, text, d);
		dc->source[dc->n].tz = o->window.tz;
		dc->item[dc->n++] = text;
		return true;
	}
	for (i = 0; i < op.group->nmembers; i++)
		if (!expand_sensor(o, dc, op.group->member[i], d))
			return false;
	if (!expand_settings(o, op.group, *before, d))
		return false;
	*before = op.group;
	return o->operands.n == 1 || expand_group_option(o, dc, op.group, d);
}

/*
 * Files are compared whatever is in the configuration, even a faulty one; it
 * is asked only whether one of them is a name, too. *c is NULL without one.
 */
static bool
expand_load(const struct diff_options *o, struct diff_config *dc,
    const struct config **c)
{
	struct config_errors *quiet;
	struct buf path = BUF_INIT;
	struct diag ignored = DIAG_INIT;
	bool names = false, needed = o->config != NULL, ok = true;
	size_t i;

	*c = NULL;
	for (i = 0; i < o->operands.n; i++) {
		const char *text = o->operands.item[i];

		if (!operand_is_name(text))
			continue;
		names = true;
		needed = needed || access(text, F_OK) != 0;
	}
	if ((!names && !needed) || !config_find(o->config, &path, &ignored)) {
		buf_clear(&path);
		return true;
	}
	if (needed) {
		ok = config_load_said(o->config, &dc->config);
		*c = ok ? &dc->config : NULL;
	} else if ((quiet = malloc(sizeof(*quiet))) != NULL) {
		if (config_load(path.p, &dc->config, quiet))
			*c = &dc->config;
		free(quiet);
	}
	buf_clear(&path);
	return ok;
}

bool
diff_config_expand(
    struct diff_options *o, struct diff_config *dc, struct diag *d)
{
	const struct config_group *before = NULL;
	const struct config *c;
	size_t i;

	memset(dc, 0, sizeof(*dc));
	if (!expand_load(o, dc, &c))
		return false;
	for (i = 0; i < o->operands.n; i++)
		if (!expand_operand(o, dc, o->operands.item[i], c, &before, d))
			return false;
	if (dc->n < 2) {
		diag_set(d, "1 operand given; wanted A B [C ...]");
		return false;
	}
	if (o->group.n > 0 && o->relation == RELATION_SUBSET) {
		diag_set(
		    d, "groups and the relation subset exclude each other");
		return false;
	}
	o->operands = (struct operands){ dc->item, dc->n };
	o->source = dc->source;
	return true;
}
