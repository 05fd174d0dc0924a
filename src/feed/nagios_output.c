/*
 * Pure. An escape is never cut in two: Nagios would take a single backslash at
 * the end of a line for one that goes on.
 */
#include <inttypes.h>
#include "feed/nagios_output.h"

/* Appends a text while it fits into max bytes of all; how many were taken. */
static size_t
output_escape(struct buf *out, struct span s, size_t max)
{
	size_t taken = 0, len;

	while (taken < s.n) {
		struct span rest = { s.p + taken, s.n - taken };
		bool two = rest.p[0] == '\n' || rest.p[0] == '\\';

		len = buf_utf8_len(rest);
		len = len == 0 ? 1 : len;
		if (out->n + (two ? 2 : len) > max)
			break;
		if (two)
			buf_printf(out, "\\%c", rest.p[0] == '\n' ? 'n' : '\\');
		else
			buf_add(out, rest.p, len);
		taken += len;
	}
	return taken;
}

/* Whole items: a blank in a label stands between quotes. */
static bool
output_numbers(struct buf *out, struct span s, size_t max)
{
	size_t from = 0, at;
	bool quoted = false;

	for (at = 0; at <= s.n; at++) {
		if (at < s.n && s.p[at] == '\'')
			quoted = !quoted;
		if (at < s.n && (quoted || s.p[at] != ' '))
			continue;
		if (out->n + 1 + (at - from) > max)
			return false;
		buf_add_char(out, from == 0 ? '|' : ' ');
		buf_add(out, s.p + from, at - from);
		from = at + 1;
	}
	return true;
}

bool
nagios_output(const struct feed_status *s, size_t max, struct buf *out)
{
	struct span more = buf_span(&s->more), line;
	bool whole;
	size_t was;

	max += out->n;
	whole = output_escape(out, buf_span(&s->text), max) == s->text.n;
	if (!whole)
		return false;
	if (s->perfdata.n > 0)
		whole = output_numbers(out, buf_span(&s->perfdata), max);
	while (more.n > 0) {
		const char *end = memchr(more.p, '\n', more.n);

		line = more;
		if (end != NULL)
			line.n = (size_t)(end - more.p);
		was = out->n;
		if (output_escape(out, SPAN_LITERAL("\n"), max) == 0 ||
		    output_escape(out, line, max) < line.n) {
			out->n = was;
			whole = false;
			break;
		}
		line.n += end != NULL;
		more.p += line.n;
		more.n -= line.n;
	}
	if (buf_ok(out))
		out->p[out->n] = '\0';
	return whole;
}

bool
nagios_command(const struct feed *f, const struct feed_status *s, int64_t at_s,
    size_t max, struct buf *out)
{
	struct feed_service name = feed_service(f, s);
	size_t from = out->n, room;
	bool whole;

	buf_printf(out, "[%" PRId64 "] PROCESS_SERVICE_CHECK_RESULT;%s;%s;%d;",
	    at_s, name.host, name.service, (int)s->state);
	room = out->n - from + 1 < max ? max - (out->n - from) - 1 : 0;
	if (room > NAGIOS_MAX_OUTPUT)
		room = NAGIOS_MAX_OUTPUT;
	whole = nagios_output(s, room, out);
	buf_add_char(out, '\n');
	return whole;
}

void
nagios_result(const struct feed *f, const struct feed_status *s, int64_t at_us,
    struct buf *out)
{
	struct feed_service name = feed_service(f, s);
	int64_t at_s = at_us / US_PER_S, us = at_us % US_PER_S;

	buf_printf(out,
	    "### crosstap\nfile_time=%" PRId64 "\n\n"
	    "host_name=%s\nservice_description=%s\n"
	    "check_type=1\ncheck_options=0\nscheduled_check=0\n"
	    "reschedule_check=0\nlatency=0.0\n"
	    "start_time=%" PRId64 ".%06" PRId64 "\n"
	    "finish_time=%" PRId64 ".%06" PRId64 "\n"
	    "early_timeout=0\nexited_ok=1\nreturn_code=%d\noutput=",
	    at_s, name.host, name.service, at_s, us, at_s, us, (int)s->state);
	(void)nagios_output(s, NAGIOS_MAX_OUTPUT, out);
	buf_add_str(out, "\n\n");
}
