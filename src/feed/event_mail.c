/*
 * What comes from elsewhere gets into a header only through mail_header(),
 * which knows of no line end; events have none to begin with.
 */
#include <inttypes.h>
#include <string.h>
#include "feed/event.h"
#include "net/base64.h"
#include "sys/when.h"

#define MAIL_WORD 42 /* bytes of an encoded word: 75 with all around it */

static bool
mail_is_ascii(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 127 || s.p[i] < ' ')
			return false;
	return true;
}

/* RFC 2047 where it is needed: words of whole characters. */
static void
mail_header(struct buf *out, const char *name, struct span value)
{
	size_t at = 0, n, len;

	buf_printf(out, "%s: ", name);
	if (mail_is_ascii(value)) {
		buf_add(out, value.p, value.n);
		buf_add_char(out, '\n');
		return;
	}
	while (at < value.n) {
		for (n = 0; at + n < value.n; n += len) {
			len = buf_utf8_len((struct span){
			    value.p + at + n, value.n - at - n });
			len = len == 0 ? 1 : len;
			if (n + len > MAIL_WORD)
				break;
		}
		buf_printf(out, "%s=?UTF-8?B?", at == 0 ? "" : "\n ");
		base64_encode(
		    (struct span){ value.p + at, n }, BASE64_PADDED, out);
		buf_add_str(out, "?=");
		at += n;
	}
	buf_add_char(out, '\n');
}

static int
mail_weekday(const struct when *w)
{
	/* Zeller's congruence, 0: Sunday */
	int m = w->month < 3 ? w->month + 12 : w->month;
	int y = w->month < 3 ? w->year - 1 : w->year;

	return (w->day + 13 * (m + 1) / 5 + y + y / 4 - y / 100 + y / 400 + 6) %
	    7;
}

static void
mail_date(struct buf *out, int64_t us)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct when w;

	if (!when_local(us, NULL, &w))
		return;
	buf_printf(out, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d +0000\n",
	    days + mail_weekday(&w) * 3, w.day, months + (w.month - 1) * 3,
	    w.year, w.hour, w.minute, w.second);
}

static void
mail_headers(
    const struct feed_event *e, const struct feed_mail *m, struct buf *out)
{
	const char *domain = strchr(m->from, '@');
	struct buf subject = BUF_INIT;
	size_t i;

	domain = domain == NULL ? "localhost" : domain + 1;
	buf_printf(out, "From: crosstap <%s>\nTo: ", m->from);
	for (i = 0; i < m->nto; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : ",\n ", m->to[i]);
	buf_add_char(out, '\n');
	buf_add_str(&subject, "[crosstap] ");
	feed_event_title(e, &subject);
	if (buf_ok(&subject))
		mail_header(out, "Subject", buf_span(&subject));
	else
		out->failed = true;
	buf_clear(&subject);
	mail_date(out, m->now_us);
	/* ids are of digits and '-' */
	if (strspn(e->id, "0123456789-") == strlen(e->id) && e->id[0] != '\0')
		buf_printf(
		    out, "Message-ID: <crosstap.%s@%s>\n", e->id, domain);
	/* all of an incident in one thread, by a message that never was */
	if (e->incident != 0)
		buf_printf(out,
		    "References: <crosstap.incident.%" PRId64 "@%s>\n",
		    e->incident, domain);
	buf_add_str(out,
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n");
}

static void
mail_row(struct buf *out, const char *what, const char *value)
{
	if (*value != '\0')
		buf_printf(out, "%-13s %s\n", what, value);
}

static void
mail_time(struct buf *out, const char *what, int64_t us, const char *none)
{
	buf_printf(out, "%-13s ", what);
	when_format(us == 0 ? INT64_MIN : us, none, out);
	buf_printf(out, "%s\n", us == 0 ? "" : " UTC");
}

static void
mail_body(const struct feed_event *e, struct buf *out)
{
	if (e->incident == 0) {
		buf_printf(out, "%s\n", e->text);
		return;
	}
	buf_printf(out, "%s\n\n", e->summary);
	mail_row(out, "sensor", e->sensor);
	mail_row(out, "seen against", e->peer);
	mail_row(out, "group", e->group);
	mail_row(out, "rule", e->rule);
	mail_row(out, "severity", e->severity);
	mail_time(out, "from", e->from_us, "not known");
	mail_time(out, "to", e->to_us, "goes on");
	mail_row(out, "acknowledged", e->acknowledged_by);
	mail_row(out, "comment", e->comment);
	buf_printf(
	    out, "\n%s%s%s", e->event, e->who[0] != '\0' ? " by " : "", e->who);
	if (e->text[0] != '\0' && strcmp(e->text, e->summary) != 0)
		buf_printf(out, ": %s", e->text);
	buf_add_char(out, '\n');
	buf_printf(out,
	    "\nMore of it:    crosstap incidents show %" PRId64
	    "\nWhat to do:    see \"%s\" in diagnosis.md of crosstap\n",
	    e->incident, e->rule);
}

void
feed_event_mail(
    const struct feed_event *e, const struct feed_mail *m, struct buf *out)
{
	struct buf body = BUF_INIT;
	bool ascii = true;
	size_t i;

	mail_headers(e, m, out);
	mail_body(e, &body);
	for (i = 0; i < body.n; i++)
		ascii = ascii && (unsigned char)body.p[i] < 127;
	buf_printf(
	    out, "Content-Transfer-Encoding: %s\n\n", ascii ? "7bit" : "8bit");
	if (buf_ok(&body))
		buf_add(out, body.p, body.n);
	else
		out->failed = true;
	buf_clear(&body);
}
