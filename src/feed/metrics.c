#include <math.h>
#include <stdarg.h>
#include "feed/metrics.h"

static const struct metric_def {
	const char *name, *type, *labels, *help;
} metric_table[METRICS_N] = {
#define X(name, type, labels, help) { #name, #type, labels, help },
	METRICS(X)
#undef X
};

static void
metrics_label(struct buf *out, struct span name, const char *value)
{
	buf_add(out, name.p, name.n);
	buf_add_str(out, "=\"");
	for (; *value != '\0'; value++)
		if (*value == '\n')
			buf_add_str(out, "\\n");
		else {
			if (*value == '"' || *value == '\\')
				buf_add_char(out, '\\');
			buf_add_char(out, *value);
		}
	buf_add_char(out, '"');
}

void
metrics_put(struct metrics *m, enum metric which, double value, ...)
{
	const struct metric_def *def = &metric_table[which];
	const char *at = def->labels;
	struct buf *out = &m->family[which];
	struct span name;
	char sign = '{';
	va_list ap;

	if (isnan(value))
		return;
	buf_add_str(out, def->name);
	va_start(ap, value);
	for (; *at != '\0'; at = name.p + name.n + (name.p[name.n] == ' ')) {
		name = (struct span){ at, strcspn(at, " ") };
		buf_add_char(out, sign);
		metrics_label(out, name, va_arg(ap, const char *));
		sign = ',';
	}
	va_end(ap);
	buf_printf(out, "%s %.16g\n", sign == ',' ? "}" : "", value);
}

void
metrics_end(struct metrics *m, struct buf *out)
{
	size_t i;

	for (i = 0; i < METRICS_N; i++) {
		const struct metric_def *def = &metric_table[i];
		struct buf *family = &m->family[i];

		out->failed |= family->failed;
		if (family->n > 0)
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
			    def->name, def->help, def->name, def->type);
		buf_add(out, family->p, family->n);
		buf_clear(family);
	}
}
