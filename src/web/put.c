#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include "base/escape.h"
#include "base/jsonw.h"
#include "sys/when.h"
#include "web/put.h"

static void
put_url(struct buf *out, const char *s)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "._-~";

	for (; *s != '\0'; s++)
		if (strchr(plain, *s) != NULL)
			buf_add_char(out, *s);
		else
			buf_printf(out, "%%%02X", (unsigned char)*s);
}

static void
put_threes(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_str(out, "\xe2\x80\xaf"); /* narrow space */
		buf_add_char(out, digits[i]);
	}
}

/* Never 100 % where something is missing, nor 0 where something is. */
static void
put_percent(struct buf *out, double share)
{
	double p = 100 * share;
	int digits = p > 0 && p < 0.01 ? 4 : p > 99.99 && p < 100 ? 4 : 2;

	if (isnan(share))
		buf_add_str(out, "\xe2\x80\x93");
	else if (share == 0 || share == 1)
		buf_printf(out, "%.0f\xe2\x80\xaf%%", p);
	else
		buf_printf(out, "%.*f\xe2\x80\xaf%%", digits, p);
}

static bool
put_is_time(int64_t us)
{
	return us != INT64_MIN && us != INT64_MAX && us != 0;
}

static void
put_time(struct buf *out, int64_t us)
{
	struct buf text = BUF_INIT;

	when_format(put_is_time(us) ? us : INT64_MIN, "\xe2\x80\x93", &text);
	out->failed |= !buf_ok(&text);
	if (!buf_ok(&text) || !put_is_time(us))
		buf_add(out, text.p, text.n);
	else
		buf_printf(out, "<time datetime=\"%.10sT%sZ\">%s</time>",
		    text.p, text.p + 11, text.p);
	buf_clear(&text);
}

static void
put_duration(struct buf *out, int64_t us)
{
	double s = (double)us / (double)US_PER_S;

	if (s == 0)
		buf_add_str(out, "0\xe2\x80\xafs");
	else if (fabs(s) < 1)
		buf_printf(out, "%.3g\xe2\x80\xafms", 1000 * s);
	else if (fabs(s) < 10)
		buf_printf(out, "%.3g\xe2\x80\xafs", s);
	else if (fabs(s) < 600)
		buf_printf(out, "%.0f\xe2\x80\xafs", s);
	else if (fabs(s) < 7200)
		buf_printf(out, "%.0f\xe2\x80\xafmin", s / 60);
	else if (fabs(s) < 2 * 86400)
		buf_printf(out, "%.0f\xe2\x80\xafh", s / 3600);
	else
		buf_printf(out,
		    "%.0f\xe2\x80\xaf"
		    "d",
		    s / 86400);
}

static void
put_number(struct buf *out, double v)
{
	if (isfinite(v))
		buf_printf(out, "%.10g", v);
	else
		buf_add_str(out, "null");
}

static void
put_epoch(struct buf *out, int64_t us)
{
	if (!put_is_time(us))
		buf_add_str(out, "null");
	else if (us % US_PER_S == 0)
		buf_printf(out, "%" PRId64, us / US_PER_S);
	else
		buf_printf(out, "%.6f", (double)us / (double)US_PER_S);
}

static void
put_one(struct buf *out, char directive, va_list *ap)
{
	switch (directive) {
	case 'h':
		escape_html(out, span_from(va_arg(*ap, const char *)));
		return;
	case 'u':
		put_url(out, va_arg(*ap, const char *));
		return;
	case 'q':
		jsonw_value(out, span_from(va_arg(*ap, const char *)));
		return;
	case 'x':
		buf_add_str(out, va_arg(*ap, const char *));
		return;
	case 'i':
		buf_printf(out, "%d", va_arg(*ap, int));
		return;
	case 'l':
		buf_printf(out, "%" PRId64, va_arg(*ap, int64_t));
		return;
	case 'n':
		put_threes(out, va_arg(*ap, uint64_t));
		return;
	case 'p':
		put_percent(out, va_arg(*ap, double));
		return;
	case 'f':
		put_number(out, va_arg(*ap, double));
		return;
	case 'c':
		buf_printf(out, "%.2f", va_arg(*ap, double));
		return;
	case 't':
		put_time(out, va_arg(*ap, int64_t));
		return;
	case 'e':
		put_epoch(out, va_arg(*ap, int64_t));
		return;
	case 'd':
		put_duration(out, va_arg(*ap, int64_t));
		return;
	case '%':
		buf_add_char(out, '%');
		return;
	}
	INVARIANT(false);
}

void
put(struct buf *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt != '\0'; fmt++) {
		size_t n = strcspn(fmt, "%");

		buf_add(out, fmt, n);
		fmt += n;
		if (*fmt == '\0')
			break;
		put_one(out, *++fmt, &ap);
	}
	va_end(ap);
}
