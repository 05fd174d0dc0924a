#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "check_crosstap/range.h"

/* A plain decimal number of n bytes. */
static bool
range_number(const char *text, size_t n, double *out)
{
	char copy[64], *end;

	if (n == 0 || n >= sizeof(copy) || strspn(text, "+-.0123456789") < n)
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	*out = strtod(copy, &end);
	return *end == '\0' && isfinite(*out);
}

bool
range_parse(const char *text, struct range *out)
{
	const char *colon;
	size_t n;

	*out = (struct range){ 0, INFINITY, *text == '@' };
	text += out->inside;
	colon = strchr(text, ':');
	if (colon == NULL)
		return range_number(text, strlen(text), &out->end) &&
		    out->end >= 0;
	n = (size_t)(colon - text);
	if (n == 1 && *text == '~')
		out->start = -INFINITY;
	else if (n > 0 && !range_number(text, n, &out->start))
		return false;
	if (colon[1] != '\0' &&
	    !range_number(colon + 1, strlen(colon + 1), &out->end))
		return false;
	return out->start <= out->end;
}

bool
range_alerts(const struct range *r, double value)
{
	bool in = value >= r->start && value <= r->end;

	return in == r->inside;
}
