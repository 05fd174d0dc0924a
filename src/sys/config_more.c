/*
 * Nodes may move when one is added: what is kept of one is its number.
 */
#include "sys/config_more.h"

static int
config_more_text(yaml_document_t *doc, const char *text)
{
	return yaml_document_add_scalar(doc, NULL,
	    (const yaml_char_t *)(uintptr_t)text, (int)strlen(text),
	    YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

/* The mapping below a key of a mapping, made if there is none. 0: out of
 * memory, or it is no mapping, which will be said. */
static int
config_more_mapping(yaml_document_t *doc, int parent, const char *name)
{
	yaml_node_t *n = yaml_document_get_node(doc, parent);
	yaml_node_pair_t *p;
	int key, made;

	for (p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top;
	     p++) {
		yaml_node_t *k = yaml_document_get_node(doc, p->key);
		yaml_node_t *v = yaml_document_get_node(doc, p->value);

		if (k->type != YAML_SCALAR_NODE ||
		    strcmp((const char *)k->data.scalar.value, name) != 0)
			continue;
		if (v->type == YAML_MAPPING_NODE)
			return p->value;
		if (v->type != YAML_SCALAR_NODE || v->data.scalar.length > 0)
			return 0;
		made = yaml_document_add_mapping(
		    doc, NULL, YAML_BLOCK_MAPPING_STYLE);
		if (made != 0)
			p->value = made;
		return made;
	}
	key = config_more_text(doc, name);
	made = yaml_document_add_mapping(doc, NULL, YAML_BLOCK_MAPPING_STYLE);
	if (key == 0 || made == 0 ||
	    !yaml_document_append_mapping_pair(doc, parent, key, made))
		return 0;
	return made;
}

static bool
config_more_value(yaml_document_t *doc, int sensor, enum config_key key,
    const char *const *item, size_t n)
{
	bool list = config_key_table[key].type == CONFIG_LIST;
	int name = config_more_text(doc, config_key_table[key].name);
	int value = list
	    ? yaml_document_add_sequence(doc, NULL, YAML_FLOW_SEQUENCE_STYLE)
	    : config_more_text(doc, item[0]);
	size_t i;

	if (name == 0 || value == 0 ||
	    !yaml_document_append_mapping_pair(doc, sensor, name, value))
		return false;
	for (i = 0; list && i < n; i++) {
		int text = config_more_text(doc, item[i]);

		if (text == 0 ||
		    !yaml_document_append_sequence_item(doc, value, text))
			return false;
	}
	return true;
}

bool
config_more_add(yaml_document_t *doc, const struct config_more *more)
{
	int root = 1, sensors, name, sensor;
	size_t i;

	if (yaml_document_get_root_node(doc) == NULL)
		root = yaml_document_add_mapping(
		    doc, NULL, YAML_BLOCK_MAPPING_STYLE);
	if (root == 0 ||
	    yaml_document_get_node(doc, root)->type != YAML_MAPPING_NODE)
		return root != 0; /* what it is will be said */
	sensors = config_more_mapping(
	    doc, root, config_section_table[CONFIG_SENSORS].name);
	if (sensors == 0)
		return true;
	name = config_more_text(doc, more->name);
	sensor = yaml_document_add_mapping(doc, NULL, YAML_BLOCK_MAPPING_STYLE);
	if (name == 0 || sensor == 0 ||
	    !yaml_document_append_mapping_pair(doc, sensors, name, sensor))
		return false;
	for (i = 0; i < more->nkeys; i++)
		if (!config_more_value(doc, sensor, more->keys[i].key,
			more->keys[i].item, more->keys[i].n))
			return false;
	return true;
}
