/*
 * A walk over the tree by the table. A fault is reported and the walk goes on,
 * so that one run shows all of them; what is refused stays zero.
 */
#include <stdio.h>
#include <stdlib.h>
#include "sys/config.h"
#include "sys/config_check.h"
#include "sys/config_more.h"
#include "sys/config_value.h"
#include "sys/file.h"

#define CONFIG_DEFAULTS "defaults"
#define CONFIG_MAX_SEED_FILE 128 /* bytes */

struct config_walk {
	struct config_values values;
	struct config_report report;
	struct config *c;
	yaml_node_t *defaults[CONFIG_NSECTIONS]; /* NULL: none */
	bool nameless; /* out of memory for a name: nothing can be checked */
};

static struct config_place
config_node_place(const yaml_node_t *n)
{
	return (struct config_place){ yamldoc_line(n), yamldoc_col(n), false };
}

/* Entry i of a section. */
static void *
config_item(
    const struct config *c, const struct config_section_def *s, size_t i)
{
	const char *base = (const char *)c;
	char *items;

	memcpy(&items, base + s->items, sizeof(items));
	return items + i * s->size;
}

static size_t *
config_count(struct config *c, const struct config_section_def *s)
{
	return (size_t *)(void *)((char *)c + s->nitems);
}

static void
config_clear_item(enum config_section section, void *item)
{
	struct config_entry *head = item;
	size_t k;

	free(head->name);
	for (k = 0; k < CONFIG_NKEYS; k++)
		if (config_key_table[k].sections & CONFIG_IN(section))
			config_value_clear(&config_key_table[k],
			    (char *)item + config_key_table[k].offset);
	memset(item, 0, config_section_table[section].size);
}

void
config_clear(struct config *c)
{
	size_t s, i;

	for (i = 0; i < c->nsensors; i++)
		free(c->sensors[i].host);
	for (i = 0; i < c->nbastions; i++)
		free(c->bastions[i].host);
	for (i = 0; i < c->nfeeds; i++)
		free(c->feeds[i].address_host);
	for (s = 0; s < CONFIG_NSECTIONS; s++)
		for (i = 0; i < *config_count(c, &config_section_table[s]); i++)
			config_clear_item((enum config_section)s,
			    config_item(c, &config_section_table[s], i));
	free(c->sensors);
	free(c->bastions);
	free(c->groups);
	free(c->daemon);
	free(c->feeds);
	free(c->web);
	free(c->file);
	*c = (struct config){ NULL };
}

/* The pairs of a mapping; nothing at all ("sensors:") is an empty one. */
static bool
config_is_mapping(const yaml_node_t *n)
{
	return n->type == YAML_MAPPING_NODE ||
	    (n->type == YAML_SCALAR_NODE && n->data.scalar.length == 0 &&
		n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
}

static size_t
config_npairs(const yaml_node_t *n)
{
	return n->type != YAML_MAPPING_NODE
	    ? 0
	    : (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
}

struct config_pair {
	const char *name; /* "" if it is no text */
	yaml_node_t *key, *value;
};

static struct config_pair
config_pair(const struct config_walk *w, const yaml_node_t *n, size_t i)
{
	const yaml_node_pair_t *p = n->data.mapping.pairs.start + i;
	struct config_pair out = { "",
		yaml_document_get_node(w->values.doc, p->key),
		yaml_document_get_node(w->values.doc, p->value) };

	if (out.key->type == YAML_SCALAR_NODE &&
	    strlen((const char *)out.key->data.scalar.value) ==
		out.key->data.scalar.length)
		out.name = (const char *)out.key->data.scalar.value;
	return out;
}

/* CONFIG_NKEYS if the section has no such key. */
static enum config_key
config_key_find(enum config_section section, const char *name)
{
	size_t k;

	for (k = 0; k < CONFIG_NKEYS; k++)
		if ((config_key_table[k].sections & CONFIG_IN(section)) &&
		    strcmp(config_key_table[k].name, name) == 0)
			break;
	return (enum config_key)k;
}

static void
config_unknown_key(const struct config_walk *w, enum config_section section,
    const struct config_pair *p)
{
	struct buf names = BUF_INIT;
	size_t k;

	for (k = 0; k < CONFIG_NKEYS; k++)
		if (config_key_table[k].sections & CONFIG_IN(section))
			buf_printf(&names, "%s%s", names.n == 0 ? "" : ", ",
			    config_key_table[k].name);
	config_report(&w->report, config_node_place(p->key),
	    "unknown key '%.40s' of a %s; wanted one of %s", p->name,
	    config_section_table[section].one, buf_ok(&names) ? names.p : "");
	buf_clear(&names);
}

/* One key of an entry. Quiet where it comes from the defaults, whose faults
 * were said once. */
static void
config_read_key(const struct config_walk *w, enum config_key key,
    yaml_node_t *value, struct config_entry *entry, const char *whose)
{
	const struct config_key_def *k = &config_key_table[key];
	const yaml_node_t *fault = value;
	struct diag why = DIAG_INIT;
	void *at = (char *)entry + k->offset;

	entry->at[key] = config_node_place(value);
	if (config_value_read(&w->values, k, value, at, &fault, &why))
		return;
	config_value_clear(k, at);
	if (whose == NULL)
		return;
	if (why.text[0] != '\0')
		config_report(&w->report, config_node_place(fault),
		    "'%s' of %s: %s", k->name, whose, why.text);
	else
		config_report(&w->report, config_node_place(fault),
		    "bad value for '%s' of %s; wanted %s", k->name, whose,
		    k->value);
}

static void
config_read_keys(const struct config_walk *w, enum config_section section,
    const yaml_node_t *node, struct config_entry *entry, const char *whose,
    bool defaults)
{
	const struct config_key_def *k;
	enum config_key key;
	size_t i;

	for (i = 0; i < config_npairs(node); i++) {
		struct config_pair p = config_pair(w, node, i);

		key = config_key_find(section, p.name);
		if (key == CONFIG_NKEYS) {
			config_unknown_key(w, section, &p);
			continue;
		}
		k = &config_key_table[key];
		if (entry->at[key].line != 0)
			config_report(&w->report, config_node_place(p.key),
			    "'%s' of %s is given twice; the first is in line "
			    "%u",
			    k->name, whose, entry->at[key].line);
		else if (defaults && k->own)
			config_report(&w->report, config_node_place(p.key),
			    "'%s' has no default; wanted it with each %s",
			    k->name, config_section_table[section].one);
		else
			config_read_key(w, key, p.value, entry, whose);
	}
}

static void
config_inherit(const struct config_walk *w, enum config_section section,
    struct config_entry *entry)
{
	const yaml_node_t *node = w->defaults[section];
	const struct config_key_def *k;
	enum config_key key;
	size_t i;

	for (i = 0; node != NULL && i < config_npairs(node); i++) {
		struct config_pair p = config_pair(w, node, i);

		key = config_key_find(section, p.name);
		if (key == CONFIG_NKEYS || config_key_table[key].own ||
		    entry->at[key].line != 0)
			continue;
		config_read_key(w, key, p.value, entry, NULL);
		entry->at[key].inherited = true;
	}
	for (i = 0; i < CONFIG_NKEYS; i++) {
		struct diag why = DIAG_INIT;

		k = &config_key_table[i];
		if (!(k->sections & CONFIG_IN(section)) ||
		    k->fallback == NULL || entry->at[i].line != 0)
			continue;
		if (!config_value_parse(k, k->fallback, w->values.file,
			(char *)entry + k->offset, &why))
			config_report(&w->report, entry->at[i],
			    "the default of '%s': %s", k->name,
			    why.text[0] == '\0' ? k->fallback : why.text);
	}
}

static void
config_read_entry(struct config_walk *w, enum config_section section,
    const struct config_pair *p, struct config_entry *entry)
{
	const struct config_section_def *s = &config_section_table[section];
	char whose[96];

	(void)snprintf(whose, sizeof(whose), "%s '%.63s'", s->one, p->name);
	entry->place = config_node_place(p->key);
	entry->name = strdup(p->name);
	if (entry->name == NULL) {
		config_report(&w->report, entry->place, "out of memory");
		w->nameless = true;
	}
	if (!config_name_ok(p->name))
		config_report(&w->report, entry->place,
		    "bad name '%.80s' of a %s; wanted up to %d letters, "
		    "digits, '.', '_' and '-', the first a letter or digit, "
		    "and not 'none'",
		    p->name, s->one, CONFIG_MAX_NAME);
	if (config_is_mapping(p->value))
		config_read_keys(w, section, p->value, entry, whose, false);
	else
		config_report(&w->report, config_node_place(p->value),
		    "%s is no mapping; wanted 'KEY: VALUE' below it", whose);
	config_inherit(w, section, entry);
}

/* NULL: with a report. */
static char *
config_new_items(
    struct config_walk *w, const struct config_section_def *s, size_t n)
{
	char *items = calloc(n == 0 ? 1 : n, s->size);

	if (items == NULL) {
		config_report(
		    &w->report, (struct config_place){ 0 }, "out of memory");
		return NULL;
	}
	memcpy((char *)w->c + s->items, &items, sizeof(items));
	*config_count(w->c, s) = n;
	return items;
}

/* node is NULL where nothing was said: it has its defaults. */
static void
config_read_single(
    struct config_walk *w, enum config_section section, const yaml_node_t *node)
{
	const struct config_section_def *s = &config_section_table[section];
	struct config_entry *entry = (void *)config_new_items(w, s, 1);

	if (entry == NULL)
		return;
	if (node != NULL && !config_is_mapping(node))
		config_report(&w->report, config_node_place(node),
		    "'%s' is no mapping; wanted 'KEY: VALUE' below it",
		    s->name);
	else if (node != NULL)
		config_read_keys(w, section, node, entry, s->name, false);
	config_inherit(w, section, entry);
}

static void
config_read_section(
    struct config_walk *w, enum config_section section, const yaml_node_t *node)
{
	const struct config_section_def *s = &config_section_table[section];
	size_t n = config_npairs(node), i;

	if (!config_is_mapping(node)) {
		config_report(&w->report, config_node_place(node),
		    "'%s' is no mapping; wanted NAME: and below it the keys "
		    "of that %s",
		    s->name, s->one);
		return;
	}
	if (n > CONFIG_MAX_ENTRIES) {
		config_report(&w->report, config_node_place(node),
		    "%zu %s; wanted at most %d", n, s->name,
		    CONFIG_MAX_ENTRIES);
		return;
	}
	if (config_new_items(w, s, n) == NULL)
		return;
	for (i = 0; i < n; i++) {
		struct config_pair p = config_pair(w, node, i);

		config_read_entry(w, section, &p, config_item(w->c, s, i));
	}
}

/* A scratch entry takes the defaults of a section, only to find faults. */
static void
config_check_defaults(const struct config_walk *w, enum config_section section)
{
	const struct config_section_def *s = &config_section_table[section];
	struct config_entry *scratch = calloc(1, s->size);
	char whose[64];

	(void)snprintf(whose, sizeof(whose), "defaults of a %s", s->one);
	if (scratch == NULL) {
		config_report(
		    &w->report, (struct config_place){ 0 }, "out of memory");
		return;
	}
	config_read_keys(
	    w, section, w->defaults[section], scratch, whose, true);
	config_clear_item(section, scratch);
	free(scratch);
}

static void
config_read_defaults(struct config_walk *w, const yaml_node_t *node)
{
	size_t i, s;

	if (!config_is_mapping(node)) {
		config_report(&w->report, config_node_place(node),
		    "'" CONFIG_DEFAULTS "' is no mapping; wanted sensor:, "
		    "bastion: or group: below it");
		return;
	}
	for (i = 0; i < config_npairs(node); i++) {
		struct config_pair p = config_pair(w, node, i);

		for (s = 0; s < CONFIG_NSECTIONS; s++)
			if (config_section_table[s].defaults &&
			    strcmp(config_section_table[s].one, p.name) == 0)
				break;
		if (s == CONFIG_NSECTIONS)
			config_report(&w->report, config_node_place(p.key),
			    "unknown key '%.40s' of '" CONFIG_DEFAULTS
			    "'; wanted one of sensor, bastion, group",
			    p.name);
		else if (w->defaults[s] != NULL)
			config_report(&w->report, config_node_place(p.key),
			    "'%s' is given twice; the first is in line %u",
			    p.name, yamldoc_line(w->defaults[s]));
		else if (!config_is_mapping(p.value))
			config_report(&w->report, config_node_place(p.value),
			    "'%s' is no mapping; wanted 'KEY: VALUE' below it",
			    p.name);
		else {
			w->defaults[s] = p.value;
			config_check_defaults(w, (enum config_section)s);
		}
	}
}

/* CONFIG_NSECTIONS is `defaults`; one more if it is none. */
static size_t
config_section_find(const char *name)
{
	size_t s;

	for (s = 0; s < CONFIG_NSECTIONS; s++)
		if (strcmp(config_section_table[s].name, name) == 0)
			return s;
	return s + (strcmp(name, CONFIG_DEFAULTS) != 0);
}

static void
config_read_root(struct config_walk *w, const yaml_node_t *root)
{
	const yaml_node_t *found[CONFIG_NSECTIONS + 1] = { NULL };
	size_t i, s;

	if (root != NULL && !config_is_mapping(root)) {
		config_report(&w->report, config_node_place(root),
		    "no mapping; wanted sensors:, groups: and the like");
		return;
	}
	for (i = 0; root != NULL && i < config_npairs(root); i++) {
		struct config_pair p = config_pair(w, root, i);

		s = config_section_find(p.name);
		if (s > CONFIG_NSECTIONS)
			config_report(&w->report, config_node_place(p.key),
			    "unknown key '%.40s'; wanted one of sensors, "
			    "bastions, groups, daemon, feeds, "
			    "web, " CONFIG_DEFAULTS,
			    p.name);
		else if (found[s] != NULL)
			config_report(&w->report, config_node_place(p.key),
			    "'%s' is given twice; the first is in line %u",
			    p.name, yamldoc_line(found[s]));
		else
			found[s] = p.value;
	}
	if (found[CONFIG_NSECTIONS] != NULL)
		config_read_defaults(w, found[CONFIG_NSECTIONS]);
	for (s = 0; s < CONFIG_NSECTIONS; s++)
		if (config_section_table[s].single)
			config_read_single(w, (enum config_section)s, found[s]);
		else if (found[s] != NULL)
			config_read_section(
			    w, (enum config_section)s, found[s]);
}

static int
config_compare_errors(const void *a, const void *b)
{
	const struct config_error *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* On failure out is empty, and the errors are in order. */
static bool
config_done(struct config *out, struct config_errors *e)
{
	if (e->n == 0)
		return true;
	qsort(e->v, e->n, sizeof(e->v[0]), config_compare_errors);
	config_clear(out);
	return false;
}

static bool
config_parse_more(struct span text, const char *file,
    const struct config_more *more, struct config *out, struct config_errors *e)
{
	struct config_walk w = { .report = { file, e }, .c = out };
	struct diag d = DIAG_INIT;
	yaml_document_t doc;
	yaml_node_t *root;

	*out = (struct config){ .file = strdup(file) };
	e->n = 0;
	e->more = 0;
	if (text.n > CONFIG_MAX_BYTES)
		diag_at(&d, file, 0, 0, "%zu bytes; wanted at most %d", text.n,
		    CONFIG_MAX_BYTES);
	else if (out->file == NULL)
		diag_at(&d, file, 0, 0, "out of memory");
	if (d.text[0] != '\0' || !yamldoc_load(text, file, &doc, &d)) {
		e->v[e->n++].d = d;
		return config_done(out, e);
	}
	w.values = (struct config_values){ &doc, file };
	if (more != NULL && !config_more_add(&doc, more))
		config_report(
		    &w.report, (struct config_place){ 0 }, "out of memory");
	root = yaml_document_get_root_node(&doc);
	config_read_root(&w, root);
	if (!w.nameless)
		config_check(out, &w.report);
	yaml_document_delete(&doc);
	return config_done(out, e);
}

bool
config_parse(struct span text, const char *file, struct config *out,
    struct config_errors *e)
{
	return config_parse_more(text, file, NULL, out, e);
}

/* The seed is the first line; blanks around it do not count. */
static bool
config_read_seed(const char *file, uint64_t *seed, struct diag *d)
{
	struct buf text = BUF_INIT;
	bool ok;
	size_t n;

	ok = file_read(
	    file, CONFIG_MAX_SEED_FILE, "a file with a seed", &text, d);
	if (ok) {
		buf_add_char(&text, '\0');
		ok = buf_ok(&text);
	}
	if (ok) {
		n = strcspn(text.p, " \t\r\n");
		ok = text.n <= CONFIG_MAX_SEED_FILE &&
		    text.p[n + strspn(text.p + n, " \t\r\n")] == '\0';
		text.p[n] = '\0';
		ok = ok &&
		    config_value_parse(
			&config_key_table[CONFIG_SEED], text.p, file, seed, d);
	}
	if (!ok)
		diag_set(d, "%s: no seed; wanted %s", file,
		    config_key_table[CONFIG_SEED].value);
	buf_clear(&text);
	return ok;
}

static bool
config_load_text(const char *file, const struct config_more *more,
    struct buf *text, struct config *out, struct config_errors *e)
{
	struct config_report report = { file, e };
	struct diag d = DIAG_INIT;
	size_t i;
	bool ok;

	*out = (struct config){ NULL };
	e->n = 0;
	e->more = 0;
	ok = file == NULL ||
	    file_read(file, CONFIG_MAX_BYTES, "a configuration file", text, &d);
	if (!ok) {
		e->v[e->n].line = 0;
		e->v[e->n++].d = d;
	} else
		ok = config_parse_more(buf_span(text),
		    file != NULL ? file : "no configuration", more, out, e);
	for (i = 0; ok && i < out->ngroups; i++) {
		struct config_group *g = &out->groups[i];

		d = (struct diag)DIAG_INIT;
		if (g->seed_file == NULL)
			continue;
		g->has_seed = config_read_seed(g->seed_file, &g->seed, &d);
		if (!g->has_seed)
			config_report(&report, g->head.at[CONFIG_SEED_FILE],
			    "'seed_file' of group '%s': %s", g->head.name,
			    d.text);
	}
	return ok && config_done(out, e);
}

bool
config_load_more(const char *file, const struct config_more *more,
    struct config *out, struct config_errors *e)
{
	struct buf text = BUF_INIT;
	bool ok = config_load_text(file, more, &text, out, e);

	buf_wipe(&text); /* of seeds */
	return ok;
}

bool
config_load(const char *file, struct config *out, struct config_errors *e)
{
	return config_load_more(file, NULL, out, e);
}

bool
config_load_kept(const char *file, struct buf *text, struct config *out,
    struct config_errors *e)
{
	return config_load_text(file, NULL, text, out, e);
}

const struct config_sensor *
config_sensor(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nsensors; i++)
		if (strcmp(c->sensors[i].head.name, name) == 0)
			return &c->sensors[i];
	return NULL;
}

const struct config_group *
config_group(const struct config *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->ngroups; i++)
		if (strcmp(c->groups[i].head.name, name) == 0)
			return &c->groups[i];
	return NULL;
}
