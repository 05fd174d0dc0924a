/*
 * Nothing here rounds a fault away: a share that is not 0 or 1 is never
 * printed as 0 % or 100 %.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include "crosstap/report_put.h"
#include "judge/evidence.h"
#include "sys/when.h"

const char *const report_format_words[] = { "text", "json", "csv", NULL };
const char *const report_color_words[] = { "auto", "always", "never", NULL };

static const char *const report_paints[] = {
	[PAINT_NONE] = "",
	[PAINT_GOOD] = "\033[32m",
	[PAINT_WARNING] = "\033[33m",
	[PAINT_CRITICAL] = "\033[1;31m",
	[PAINT_UNKNOWN] = "\033[35m",
	[PAINT_FAINT] = "\033[2m",
	[PAINT_TITLE] = "\033[1m",
};

bool
report_color_wanted(enum report_color mode, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (mode != REPORT_COLOR_AUTO)
		return mode == REPORT_COLOR_ALWAYS;
	return (no == NULL || *no == '\0') && isatty(fd) && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

bool
report_utf8_wanted(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = NULL, *set;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names) && value == NULL; i++) {
		value = getenv(names[i]);
		if (value != NULL && *value == '\0')
			value = NULL;
	}
	set = value == NULL ? NULL : strchr(value, '.');
	return set != NULL &&
	    (strncasecmp(set, ".UTF-8", 6) == 0 ||
		strncasecmp(set, ".utf8", 5) == 0);
}

void
report_paint_on(
    const struct report *p, enum report_paint paint, struct buf *out)
{
	if (p->style->color)
		buf_add_str(out, report_paints[paint]);
}

void
report_paint_off(
    const struct report *p, enum report_paint paint, struct buf *out)
{
	if (p->style->color && paint != PAINT_NONE)
		buf_add_str(out, "\033[0m");
}

void
report_put_count(uint64_t n, struct buf *out)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(out, ' ');
		buf_add_char(out, digits[i]);
	}
}

void
report_put_bytes(uint64_t n, struct buf *out)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB",
		"EB" };
	double v = (double)n;
	size_t u = 0;

	while (v >= 999.5 && u + 1 < ARRAY_LEN(units)) {
		v /= 1000;
		u++;
	}
	buf_printf(out, "%.*f %s",
	    u == 0 || v >= 99.95 ? 0
		: v >= 9.995     ? 1
				 : 2,
	    v, units[u]);
}

void
report_put_share(double share, struct buf *out)
{
	double percent = share * 100;

	if (!isfinite(percent))
		buf_add_str(out, "unknown");
	else if (percent <= 0)
		buf_add_str(out, "0 %");
	else if (percent < 0.01)
		buf_add_str(out, "<0.01 %");
	else if (percent < 1)
		buf_printf(out, "%.2f %%", percent);
	else if (percent < 99.95)
		buf_printf(out, "%.1f %%", percent);
	else if (percent < 99.99)
		buf_printf(out, "%.2f %%", percent);
	else if (percent < 100)
		buf_add_str(out, ">99.99 %");
	else
		buf_printf(out, "%.0f %%", percent);
}

/* Seconds to the third decimal without trailing zeros; long ones in words. */
void
report_put_seconds(double s, struct buf *out)
{
	double a = fabs(s);

	if (a >= 172800)
		buf_printf(out, "%.1f days", s / 86400);
	else if (a >= 7200)
		buf_printf(out, "%.1f h", s / 3600);
	else if (a >= 600)
		buf_printf(out, "%.1f min", s / 60);
	else if (a >= 1)
		buf_printf(out, "%.4g s", s);
	else if (a >= 0.001)
		buf_printf(out, "%.3g ms", s * 1000);
	else
		buf_printf(out, "%.0f us", s * 1000000);
}

/* Length of one UTF-8 sequence of printable text, 0 for anything else. */
static size_t
report_utf8_len(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t len = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2, i;

	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	for (i = 1; i < len; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	/* C1 controls, overlong forms, surrogates, beyond U+10FFFF */
	if ((u[0] == 0xc2 && u[1] < 0xa0) || (u[0] == 0xe0 && u[1] < 0xa0) ||
	    (u[0] == 0xed && u[1] > 0x9f) || (u[0] == 0xf0 && u[1] < 0x90) ||
	    (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	/* marks and overrides of writing direction, which can hide text */
	if (u[0] == 0xe2 && u[1] == 0x80 &&
	    ((u[2] >= 0x8b && u[2] <= 0x8f) || (u[2] >= 0xa8 && u[2] <= 0xae)))
		return 0;
	if (u[0] == 0xe2 && u[1] == 0x81 && u[2] >= 0xa0 && u[2] <= 0xaf)
		return 0;
	return len;
}

void
report_put_text(const struct report *p, const char *s, struct buf *out)
{
	while (*s != '\0') {
		unsigned char c = (unsigned char)*s;
		size_t len = 1;

		if (c >= 0x80)
			len = p->style->utf8 ? report_utf8_len(s) : 0;
		if (len == 0 || c < 0x20 || c == 0x7f) {
			buf_printf(out, "\\x%02x", c);
			len = 1;
		} else
			buf_add(out, s, len);
		s += len;
	}
}

static bool
report_local(struct report *p, int64_t us, struct when *w)
{
	if (when_local(us, p->style->tz, w))
		return true;
	p->failed = true;
	return false;
}

void
report_put_day(struct report *p, int64_t us, struct buf *out)
{
	struct when w;

	if (report_local(p, us, &w))
		buf_printf(out, "%04d-%02d-%02d", w.year, w.month, w.day);
}

void
report_put_time(struct report *p, int64_t us, bool seconds, struct buf *out)
{
	struct when w;

	if (us == INT64_MIN || us == INT64_MAX) {
		buf_add_str(out, us < 0 ? "the beginning" : "the end");
		return;
	}
	if (!report_local(p, us, &w))
		return;
	if (p->dates)
		buf_printf(out, "%04d-%02d-%02d ", w.year, w.month, w.day);
	buf_printf(out, "%02d:%02d", w.hour, w.minute);
	if (seconds || w.second != 0)
		buf_printf(out, ":%02d", w.second);
}

static const char *
report_unit(const char *name)
{
	size_t i;

	for (i = 0; i < EVIDENCE_NNUMBERS; i++)
		if (strcmp(evidence_name((enum evidence_number)i), name) == 0)
			return evidence_unit((enum evidence_number)i);
	return "";
}

void
report_put_value(const char *name, double value, struct buf *out)
{
	const char *unit = report_unit(name);
	size_t n;

	if (!isfinite(value))
		buf_add_str(out, "unknown");
	else if (strcmp(unit, "share") == 0)
		report_put_share(value, out);
	else if (strcmp(unit, "s") == 0)
		report_put_seconds(value, out);
	else if (strcmp(unit, "0/1") == 0)
		buf_add_str(out, value != 0 ? "yes" : "no");
	else {
		if (strcmp(unit, "sigma") != 0 && value >= 0 && value < 1e15 &&
		    (value >= 100 || value == floor(value)))
			report_put_count((uint64_t)(value + 0.5), out);
		else
			buf_printf(out, "%.4g", value);
		/* "1 flow" */
		n = strcmp(unit, "1") == 0 ? 0 : strlen(unit);
		if (n > 0)
			buf_printf(out, " %.*s",
			    (int)(n - (value == 1 && unit[n - 1] == 's')),
			    unit);
	}
}

bool
report_put_evidence(const char *name, double value, struct buf *out)
{
	if (!isfinite(value))
		return false;
	buf_printf(out, "%s ", name);
	report_put_value(name, value, out);
	return true;
}

void
report_put_sensors(const struct report *p, struct buf *out)
{
	size_t i, n = p->r->nsensors;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_str(out, i + 1 == n ? " and " : ", ");
		report_put_text(p, p->r->sensors[i].name, out);
	}
}

void
report_put_stretch(struct report *p, const struct finding *f, struct buf *out)
{
	if (f->to_us < p->last_us) {
		buf_add_str(out, " from ");
		report_put_time(p, f->from_us, true, out);
		buf_add_str(out, " to ");
		report_put_time(p, f->to_us, true, out);
	} else if (f->from_us <= p->r->from_us)
		buf_add_str(out, " in the whole window");
	else {
		buf_add_str(out, " since ");
		report_put_time(p, f->from_us, true, out);
	}
}

const char *
report_dash(const struct report *p)
{
	return p->style->utf8 ? "\xe2\x80\x93" : "-";
}
