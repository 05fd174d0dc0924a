#include <stdio.h>
#include <string.h>
#include "crosstap/diff_groups.h"

/* RESULT_MAX_SENSORS if there is no sensor of that name. */
static size_t
groups_sensor(const struct result_sensor sensors[], size_t n, struct span name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_is(name, sensors[i].name))
			return i;
	return RESULT_MAX_SENSORS;
}

static bool
groups_add(struct diff_groups *g, const char *text,
    const struct result_sensor sensors[], size_t n, struct diag *d)
{
	const char *eq = strchr(text, '='), *at;
	size_t len = eq == NULL ? 0 : (size_t)(eq - text), s;

	if (len == 0 || len >= DIFF_GROUP_NAME_MAX ||
	    g->n == RESULT_MAX_SENSORS) {
		diag_set(d, "--group %s: wanted NAME=SENSOR,SENSOR", text);
		return false;
	}
	(void)snprintf(
	    g->names[++g->n], DIFF_GROUP_NAME_MAX, "%.*s", (int)len, text);
	for (at = eq + 1;; at += len + 1) {
		len = strcspn(at, ",");
		s = groups_sensor(sensors, n, (struct span){ at, len });
		if (s == RESULT_MAX_SENSORS || g->group[s] != 0) {
			diag_set(d,
			    s == RESULT_MAX_SENSORS
				? "--group %s: no operand is called '%.*s'"
				: "--group %s: '%.*s' is in a group already",
			    text, (int)len, at);
			return false;
		}
		g->group[s] = (uint8_t)g->n;
		if (at[len] == '\0')
			return true;
	}
}

static bool
groups_attribute(struct diff_groups *g, const char *text,
    const struct result_sensor sensors[], size_t n, struct diag *d)
{
	const char *colon = strchr(text, ':');
	size_t s = RESULT_MAX_SENSORS;

	if (colon != NULL)
		s = groups_sensor(
		    sensors, n, (struct span){ text, (size_t)(colon - text) });
	if (s == RESULT_MAX_SENSORS || strchr(colon, '=') == NULL) {
		diag_set(d,
		    "--attribute %s: wanted SENSOR:KEY=VALUE, with the name of "
		    "an operand",
		    text);
		return false;
	}
	g->attributes[s][g->nattributes[s]++] = colon + 1;
	return true;
}

bool
diff_groups_parse(const struct diff_options *o,
    const struct result_sensor sensors[], size_t nsensors,
    struct diff_groups *out, struct diag *d)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < o->group.n; i++)
		if (!groups_add(out, o->group.item[i], sensors, nsensors, d))
			return false;
	for (i = 0; i < o->attribute.n; i++)
		if (!groups_attribute(
			out, o->attribute.item[i], sensors, nsensors, d))
			return false;
	return true;
}
