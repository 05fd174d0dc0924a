/*
 * Texts are short and free of control characters whatever they mean, so that
 * they can be shown in a line, and no text is empty.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "sys/address.h"
#include "sys/config_value.h"
#include "sys/when.h"

#define VALUE_MAX_TEXT 1024     /* bytes, where the key says nothing */
#define VALUE_MAX_ATTRIBUTE 128 /* of a value in a mapping */

static bool
value_text_ok(const char *text, size_t max)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return i > 0 && i <= max;
}

static bool
value_own(char *copy, void *at, struct diag *d)
{
	if (copy == NULL)
		diag_set(d, "out of memory");
	memcpy(at, &copy, sizeof(copy));
	return copy != NULL;
}

char *
config_value_path(const char *text, const char *file)
{
	const char *home = getenv("HOME"), *slash = strrchr(file, '/');
	struct buf path = BUF_INIT;

	if (text[0] == '~' && text[1] == '/' && home != NULL)
		buf_printf(&path, "%s%s", home, text + 1);
	else if (text[0] == '/' || text[0] == '~' || slash == NULL)
		buf_add_str(&path, text);
	else
		buf_printf(
		    &path, "%.*s%s", (int)(slash - file) + 1, file, text);
	if (!buf_ok(&path))
		buf_clear(&path);
	return path.p;
}

/* Seconds to microseconds. */
static bool
value_duration(const struct config_key_def *k, const char *text, void *at)
{
	int64_t v;

	if (!when_parse_duration(text, &v) || (double)v < k->min ||
	    (double)v > k->max)
		return false;
	v *= US_PER_S;
	memcpy(at, &v, sizeof(v));
	return true;
}

static const struct {
	char letter;
	unsigned shift;
} value_units[] = { { 'G', 30 }, { 'M', 20 }, { 'K', 10 } };

static bool
value_size(const struct config_key_def *k, const char *text, void *at)
{
	struct span digits = { text, strspn(text, "0123456789") };
	const char *unit = text + digits.n;
	uint64_t v;
	size_t i;

	if (!span_parse_u64(digits, UINT32_MAX * UINT64_C(1024), &v))
		return false;
	for (i = 0; *unit != '\0' && i < ARRAY_LEN(value_units); i++)
		if (unit[0] == value_units[i].letter && unit[1] == '\0') {
			if (v > UINT64_MAX >> value_units[i].shift)
				return false;
			v <<= value_units[i].shift;
			unit++;
		}
	if (*unit != '\0' || (double)v < k->min || (double)v > k->max)
		return false;
	memcpy(at, &v, sizeof(v));
	return true;
}

static bool
value_u64(const char *text, void *at)
{
	uint64_t v = 0;
	size_t i;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) {
		if (!span_parse_u64(span_from(text), UINT64_MAX, &v))
			return false;
		memcpy(at, &v, sizeof(v));
		return true;
	}
	for (i = 2; text[i] != '\0'; i++) {
		static const char digits[] = "0123456789abcdef";
		char c = text[i];
		const char *digit;

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		digit = strchr(digits, c);
		if (digit == NULL || i >= 18)
			return false;
		v = v << 4 | (uint64_t)(digit - digits);
	}
	memcpy(at, &v, sizeof(v));
	return i > 2;
}

static bool
value_bool(const char *text, void *at)
{
	bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;

	if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
		return false;
	memcpy(at, &yes, sizeof(yes));
	return true;
}

static bool
value_word(const struct config_key_def *k, const char *text, void *at)
{
	int i;

	for (i = 0; k->words[i] != NULL; i++)
		if (strcmp(k->words[i], text) == 0) {
			memcpy(at, &i, sizeof(i));
			return true;
		}
	return false;
}

bool
config_value_parse(const struct config_key_def *k, const char *text,
    const char *file, void *at, struct diag *d)
{
	size_t max = k->type == CONFIG_TEXT && k->max > 0 ? (size_t)k->max
							  : VALUE_MAX_TEXT;
	struct address address;

	if (!value_text_ok(text, max))
		return false;
	switch (k->type) {
	case CONFIG_TEXT:
		return value_own(strdup(text), at, d);
	case CONFIG_NAME:
		return (config_name_ok(text) || strcmp(text, "none") == 0) &&
		    value_own(strdup(text), at, d);
	case CONFIG_PATH:
		return value_own(config_value_path(text, file), at, d);
	case CONFIG_ZONE:
		return when_zone_check(text, d) &&
		    value_own(strdup(text), at, d);
	case CONFIG_HOST:
		return address_parse(text, &address, d) &&
		    value_own(strdup(text), at, d);
	case CONFIG_BOOL:
		return value_bool(text, at);
	case CONFIG_WORD:
		return value_word(k, text, at);
	case CONFIG_DURATION:
		return value_duration(k, text, at);
	case CONFIG_SIZE:
		return value_size(k, text, at);
	case CONFIG_U64:
		return value_u64(text, at);
	case CONFIG_LIST:
	case CONFIG_MAP:
		break;
	}
	return false;
}

/* NULL if it is no scalar, or has a NUL in it. */
static const char *
value_scalar(const yaml_node_t *n)
{
	const char *text;

	if (n->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)n->data.scalar.value;
	return strlen(text) == n->data.scalar.length ? text : NULL;
}

static bool
value_add(
    struct config_list *list, const char *key, const char *text, struct diag *d)
{
	char **more = realloc(list->item, (list->n + 1) * sizeof(*more));
	struct buf b = BUF_INIT;

	if (more != NULL)
		list->item = more;
	buf_printf(&b, "%s%s%s", key, key[0] == '\0' ? "" : "=", text);
	if (more == NULL || !buf_ok(&b)) {
		buf_clear(&b);
		diag_set(d, "out of memory");
		return false;
	}
	more[list->n++] = b.p;
	return true;
}

static bool
value_list(const struct config_values *from, const struct config_key_def *k,
    yaml_node_t *node, struct config_list *list, const yaml_node_t **fault,
    struct diag *d)
{
	yaml_node_item_t *i;
	const char *text;

	if (node->type == YAML_SCALAR_NODE && k->min <= 1) {
		text = value_scalar(node);
		return text != NULL && value_text_ok(text, VALUE_MAX_TEXT) &&
		    value_add(list, "", text, d);
	}
	if (node->type != YAML_SEQUENCE_NODE)
		return false;
	for (i = node->data.sequence.items.start;
	     i < node->data.sequence.items.top; i++) {
		yaml_node_t *item = yaml_document_get_node(from->doc, *i);

		text = value_scalar(item);
		if (text == NULL || !value_text_ok(text, VALUE_MAX_TEXT) ||
		    (double)list->n >= k->max) {
			*fault = item;
			return false;
		}
		if (!value_add(list, "", text, d))
			return false;
	}
	return (double)list->n >= k->min;
}

static bool
value_has_key(const struct config_list *list, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 0; i < list->n; i++)
		if (strncmp(list->item[i], key, n) == 0 &&
		    list->item[i][n] == '=')
			return true;
	return false;
}

static bool
value_map(const struct config_values *from, const struct config_key_def *k,
    yaml_node_t *node, struct config_list *list, const yaml_node_t **fault,
    struct diag *d)
{
	yaml_node_pair_t *p;

	if (node->type != YAML_MAPPING_NODE)
		return false;
	for (p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(from->doc, p->key);
		yaml_node_t *value =
		    yaml_document_get_node(from->doc, p->value);
		const char *name = value_scalar(key);
		const char *text = value_scalar(value);

		*fault = key;
		if (name == NULL || !config_name_ok(name) ||
		    (double)list->n >= k->max)
			return false;
		if (value_has_key(list, name)) {
			diag_set(d, "'%s' is given twice", name);
			return false;
		}
		*fault = value;
		if (text == NULL || !value_text_ok(text, VALUE_MAX_ATTRIBUTE))
			return false;
		if (!value_add(list, name, text, d))
			return false;
	}
	return true;
}

bool
config_value_read(const struct config_values *from,
    const struct config_key_def *k, yaml_node_t *node, void *at,
    const yaml_node_t **fault, struct diag *d)
{
	const char *text;

	*fault = node;
	if (k->type == CONFIG_LIST)
		return value_list(from, k, node, at, fault, d);
	if (k->type == CONFIG_MAP)
		return value_map(from, k, node, at, fault, d);
	text = value_scalar(node);
	return text != NULL && config_value_parse(k, text, from->file, at, d);
}

static bool
value_is_text(enum config_type type)
{
	return type == CONFIG_TEXT || type == CONFIG_NAME ||
	    type == CONFIG_PATH || type == CONFIG_ZONE || type == CONFIG_HOST;
}

static bool
value_is_list(enum config_type type)
{
	return type == CONFIG_LIST || type == CONFIG_MAP;
}

void
config_value_clear(const struct config_key_def *k, void *at)
{
	struct config_list *list = at;
	size_t i;

	if (value_is_text(k->type)) {
		free(*(char **)at);
		*(char **)at = NULL;
	} else if (value_is_list(k->type)) {
		for (i = 0; i < list->n; i++)
			free(list->item[i]);
		free(list->item);
		*list = (struct config_list){ NULL, 0 };
	}
}

bool
config_value_given(const struct config_key_def *k, const void *at)
{
	if (value_is_text(k->type))
		return *(char *const *)at != NULL;
	if (value_is_list(k->type))
		return ((const struct config_list *)at)->n > 0;
	return k->type != CONFIG_DURATION || k->fallback != NULL ||
	    *(const int64_t *)at != 0;
}

void
config_value_quote(const char *text, enum config_form form, struct buf *out)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "._-/+@";
	bool quote = form == CONFIG_JSON || text[0] == '\0' || text[0] == '-' ||
	    text[0] == '@' || text[strspn(text, plain)] != '\0';

	if (quote)
		buf_add_char(out, '"');
	buf_add_json(out, span_from(text));
	if (quote)
		buf_add_char(out, '"');
}

static void
value_format_list(const struct config_key_def *k,
    const struct config_list *list, enum config_form form, struct buf *out)
{
	bool map = k->type == CONFIG_MAP;
	size_t i;

	buf_add_char(out, map ? '{' : '[');
	for (i = 0; i < list->n; i++) {
		const char *text = list->item[i];

		if (i > 0)
			buf_add_str(out, ", ");
		if (map) {
			size_t n = strcspn(text, "=");
			char name[CONFIG_MAX_NAME + 1];

			memcpy(name, text, n);
			name[n] = '\0';
			config_value_quote(name, form, out);
			buf_add_str(out, ": ");
			text += n + 1;
		}
		config_value_quote(text, form, out);
	}
	buf_add_char(out, map ? '}' : ']');
}

void
config_value_format(const struct config_key_def *k, const void *at,
    enum config_form form, struct buf *out)
{
	char text[32];
	uint64_t v = 0;
	int word = 0;
	size_t i;

	if (value_is_text(k->type)) {
		config_value_quote(*(char *const *)at, form, out);
		return;
	}
	if (value_is_list(k->type)) {
		value_format_list(k, at, form, out);
		return;
	}
	if (k->type == CONFIG_BOOL) {
		buf_add_str(out, *(const bool *)at ? "true" : "false");
		return;
	}
	if (k->type == CONFIG_WORD) {
		memcpy(&word, at, sizeof(word));
		config_value_quote(k->words[word], form, out);
		return;
	}
	memcpy(&v, at, sizeof(v));
	if (k->type == CONFIG_DURATION) {
		(void)snprintf(
		    text, sizeof(text), "%" PRIu64 "s", v / (uint64_t)US_PER_S);
		config_value_quote(text, form, out);
		return;
	}
	for (i = 0; k->type == CONFIG_SIZE && i < ARRAY_LEN(value_units); i++)
		if (v % (UINT64_C(1) << value_units[i].shift) == 0)
			break;
	if (k->type != CONFIG_SIZE || i == ARRAY_LEN(value_units))
		buf_printf(out, "%" PRIu64, v);
	else {
		(void)snprintf(text, sizeof(text), "%" PRIu64 "%c",
		    v >> value_units[i].shift, value_units[i].letter);
		config_value_quote(text, form, out);
	}
}
