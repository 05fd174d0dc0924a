/*
 * One walk writes both forms, which differ in their signs only. What it writes
 * is read back as the same, but for the secrets.
 */
#include "sys/config_feed.h"
#include "sys/config_value.h"

#define FORMAT_HIDDEN "(not shown)"

struct format {
	enum config_form form;
	struct buf *out;
	unsigned depth; /* of mappings that are open */
	bool first;     /* in this mapping */
};

/* Begins a member; its value or format_open() follows. */
static void
format_member(struct format *f, const char *name)
{
	unsigned i;

	if (f->form == CONFIG_JSON && !f->first)
		buf_add_char(f->out, ',');
	if (f->out->n > 0)
		buf_add_char(f->out, '\n');
	for (i = f->form == CONFIG_JSON ? 0 : 1; i < f->depth; i++)
		buf_add_str(f->out, "  ");
	config_value_quote(name, f->form, f->out);
	buf_add_char(f->out, ':');
	f->first = false;
}

static void
format_open(struct format *f)
{
	if (f->form == CONFIG_JSON)
		buf_add_str(f->out, f->depth == 0 ? "{" : " {");
	f->depth++;
	f->first = true;
}

static void
format_close(struct format *f)
{
	unsigned i;

	f->depth--;
	if (f->form == CONFIG_JSON) {
		if (!f->first)
			buf_add_char(f->out, '\n');
		for (i = 0; !f->first && i < f->depth; i++)
			buf_add_str(f->out, "  ");
		buf_add_char(f->out, '}');
	}
	f->first = false;
}

static void
format_entry(struct format *f, enum config_section section, const char *name,
    const struct config_entry *entry)
{
	size_t k;

	format_member(f, name);
	format_open(f);
	for (k = 0; k < CONFIG_NKEYS; k++) {
		const struct config_key_def *key = &config_key_table[k];
		const void *at = (const char *)entry + key->offset;

		if (!(key->sections & CONFIG_IN(section)) ||
		    !(key->secret ? entry->at[k].line != 0
				  : config_value_given(key, at)) ||
		    (section == CONFIG_FEEDS &&
			!config_feed_takes(
			    (const void *)entry, (enum config_key)k)))
			continue;
		format_member(f, key->name);
		buf_add_char(f->out, ' ');
		if (key->secret)
			config_value_quote(FORMAT_HIDDEN, f->form, f->out);
		else
			config_value_format(key, at, f->form, f->out);
	}
	format_close(f);
}

void
config_format(const struct config *c, enum config_form form, struct buf *out)
{
	struct format f = { .form = form, .out = out };
	size_t s, i, n;
	const char *items;

	format_open(&f);
	for (s = 0; s < CONFIG_NSECTIONS; s++) {
		const struct config_section_def *def = &config_section_table[s];

		memcpy(&items, (const char *)c + def->items, sizeof(items));
		memcpy(&n, (const char *)c + def->nitems, sizeof(n));
		if (def->single) {
			format_entry(&f, (enum config_section)s, def->name,
			    (const void *)items);
			continue;
		}
		format_member(&f, def->name);
		format_open(&f);
		for (i = 0; i < n; i++) {
			const struct config_entry *e =
			    (const void *)(items + i * def->size);

			format_entry(&f, (enum config_section)s, e->name, e);
		}
		format_close(&f);
	}
	format_close(&f);
	buf_add_char(out, '\n');
}
