#include <string.h>
#include "crosstap/operand.h"
#include "source/clickhouse.h"
#include "sys/address.h"

bool
operand_is_name(const char *text)
{
	return config_name_ok(text);
}

bool
operand_resolve(const char *text, bool exists, const struct config *c,
    struct operand *out, struct diag *d)
{
	const char *eq = strchr(text, '=');

	*out = (struct operand){ .kind = OPERAND_PATH };
	if (eq != NULL && memchr(text, '/', (size_t)(eq - text)) == NULL)
		text = eq + 1;
	if (address_is_url(text)) {
		out->kind = OPERAND_URL;
		return true;
	}
	if (clickhouse_is_url(text)) {
		out->kind = OPERAND_CLICKHOUSE;
		return true;
	}
	if (eq != NULL || c == NULL || !operand_is_name(text))
		return true;
	out->sensor = config_sensor(c, text);
	out->group = config_group(c, text);
	if (out->sensor == NULL && out->group == NULL)
		return true;
	out->kind = out->sensor != NULL ? OPERAND_SENSOR : OPERAND_GROUP;
	if (!exists)
		return true;
	diag_set(d, "'%s' is a file here and a %s of %s; ./%s means the file",
	    text, out->sensor != NULL ? "sensor" : "group", c->file, text);
	return false;
}
