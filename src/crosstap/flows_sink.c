#include <errno.h>
#include <string.h>
#include "crosstap/flows_sink.h"
#include "sys/when.h"

#define SINK_BYTES (1 << 16) /* are written at once */

static const char *
sink_name(const struct flows_sink *s)
{
	return s->path == NULL ? "standard output" : s->path;
}

static bool
sink_flush(struct flows_sink *s, size_t above, struct diag *d)
{
	if (s->out.failed) {
		diag_set(d, "out of memory");
		return false;
	}
	if (s->out.n <= above)
		return true;
	if (fwrite(s->out.p, 1, s->out.n, s->file) != s->out.n) {
		diag_set(d, "%s cannot be written: %s", sink_name(s),
		    strerror(errno));
		return false;
	}
	s->out.n = 0;
	return true;
}

bool
flows_sink_open(struct flows_sink *s, struct diag *d)
{
	s->file = s->path == NULL ? stdout : fopen(s->path, "we");
	if (s->file == NULL) {
		diag_set(d, "%s: %s", s->path, strerror(errno));
		return false;
	}
	flows_out_head(s->format, when_now_us(), &s->out);
	return true;
}

bool
flows_sink_take(void *arg, const struct flow_diff *f, struct diag *d)
{
	struct flows_sink *s = arg;

	if (s->filter != NULL && !flows_filter_wants(s->filter, f)) {
		s->filtered++;
		return true;
	}
	if (s->written == s->limit) {
		s->beyond++;
		return true;
	}
	flows_out_add(s->format, f, &s->out);
	s->written++;
	return sink_flush(s, SINK_BYTES, d);
}

bool
flows_sink_close(struct flows_sink *s, bool well, struct diag *d)
{
	bool ok = true;

	if (s->file == NULL)
		return true;
	if (well) {
		flows_out_tail(s->format, when_now_us(), &s->out);
		ok = sink_flush(s, 0, d);
	}
	if ((s->path == NULL ? fflush(s->file) : fclose(s->file)) != 0) {
		diag_set(d, "%s: %s", sink_name(s), strerror(errno));
		ok = false;
	}
	s->file = NULL;
	buf_clear(&s->out);
	return ok;
}
