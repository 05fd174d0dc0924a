/*
 * Messages are cut at the size of the struct, never dropped.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include "base/diag.h"

static void
diag_vset(struct diag *d, size_t at, const char *fmt, va_list ap)
{
	if (at < sizeof(d->text))
		(void)vsnprintf(d->text + at, sizeof(d->text) - at, fmt, ap);
}

void
diag_set(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (d == NULL || d->text[0] != '\0')
		return;
	va_start(ap, fmt);
	diag_vset(d, 0, fmt, ap);
	va_end(ap);
}

void
diag_at(struct diag *d, const char *file, uint64_t line, unsigned col,
    const char *fmt, ...)
{
	va_list ap;
	int n;

	if (d == NULL || d->text[0] != '\0')
		return;
	if (line == 0)
		n = snprintf(d->text, sizeof(d->text), "%s: ", file);
	else if (col == 0)
		n = snprintf(
		    d->text, sizeof(d->text), "%s:%" PRIu64 ": ", file, line);
	else
		n = snprintf(d->text, sizeof(d->text),
		    "%s:%" PRIu64 ":%u: ", file, line, col);
	va_start(ap, fmt);
	diag_vset(d, n < 0 ? 0 : (size_t)n, fmt, ap);
	va_end(ap);
}
