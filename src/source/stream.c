/*
 * The buffer holds [pos, lines) whole lines not handed over yet, then
 * [lines, n) the start of a line. Reading goes to the end of it, so that only
 * the start of a line is ever copied. It is small enough to stay in the
 * second-level cache between the read and the parser.
 */
#include <stdlib.h>
#include "base/buf.h"
#include "source/bisect.h"
#include "source/stream.h"

#define BLOCK_BYTES (256 * 1024)
#define SHARED_BLOCK_BYTES (64 * 1024) /* when files are read side by side */
#define BUFFER_BYTES (FLOW_MAX_LINE + BLOCK_BYTES)
#define KEEP_BYTES (8 * 1024) /* of what is left out, before what is not */
#define CUT_BYTES 512         /* how exactly a block is cut at a time */

/* Lines that are looked at: few where a sparse log must not look hours older
 * or newer than it is, more where only a block as a whole is judged. */
#define NEAR_LINES 3
#define FAR_LINES 24

/* A record can be logged this much before the log has got to its end: noise
 * of the clocks of workers. */
#define NOISE_US (60 * US_PER_S)

enum stream_phase {
	STREAM_FILE,
	STREAM_HEADER,
	STREAM_BODY,
	STREAM_OVER,
	STREAM_CLOSED
};

struct stream {
	struct input *in;    /* owned */
	struct probe *probe; /* owned; made when first needed */
	char *buf;           /* owned; BUFFER_BYTES and the parser's slack */
	size_t pos, lines, n;
	uint64_t base;     /* offset in the file of buf[0] */
	struct buf header; /* where the file is entered in the middle */
	uint64_t skipped;
	int64_t from_us;
	int64_t time_us; /* of the next records; INT64_MIN: not known */
	struct probe_answer first; /* of the file */
	enum stream_phase phase;
	bool leaving_out; /* still before the window */
	bool jumped;      /* the next block does not follow the last one */
	bool watched;     /* times matter: other files are read as well */
	bool end;         /* of the input */
};

static struct span
stream_lines(const struct stream *st, size_t from, size_t to)
{
	return (struct span){ st->buf + from, to - from };
}

static bool
stream_has_header(const struct stream *st, size_t from)
{
	struct span s = stream_lines(st, from, st->lines);

	return s.n > 0 && (s.p[0] == '#' || memmem(s.p, s.n, "\n#", 2) != NULL);
}

/* Columns can change with a header in the middle of a file. */
static void
stream_learn(struct stream *st, size_t at)
{
	size_t n;
	const char *nl;

	while (at < st->lines) {
		n = st->buf[at] == '#'
		    ? probe_header_bytes(stream_lines(st, at, st->lines))
		    : 0;
		if (n > 0)
			probe_header(st->probe, stream_lines(st, at, at + n));
		nl = memmem(st->buf + at + n, st->lines - at - n, "\n#", 2);
		if (nl == NULL)
			return;
		at = (size_t)(nl + 1 - st->buf);
	}
}

/* Keeps [pos, n) and reads until there is one more whole line, or a line is
 * too long, or the input ends. */
static void
stream_fill(struct stream *st, size_t want)
{
	const char *nl;
	size_t got, had;

	memmove(st->buf, st->buf + st->pos, st->n - st->pos);
	st->base += st->pos;
	st->n -= st->pos;
	st->lines -= st->pos;
	st->pos = 0;
	for (had = st->lines; st->lines == had;) {
		if (st->n - st->lines > FLOW_MAX_LINE) {
			st->lines = st->n;
			return;
		}
		got = BUFFER_BYTES - st->n;
		got = input_read(
		    st->in, st->buf + st->n, got < want ? got : want);
		if (got == 0) {
			st->end = true;
			return;
		}
		nl = memrchr(st->buf + st->n, '\n', got);
		st->n += got;
		if (nl != NULL)
			st->lines = (size_t)(nl + 1 - st->buf);
	}
	if (st->watched || st->leaving_out)
		stream_learn(st, had);
}

/* Robust newest end of the last lines of [from, to). */
static bool
stream_progress(
    struct stream *st, size_t from, size_t to, unsigned nlines, int64_t *us)
{
	struct probe_answer a;

	probe_lines(
	    st->probe, probe_tail(stream_lines(st, from, to), nlines), &a);
	if (a.records == 0)
		return false;
	*us = a.progress_us;
	return true;
}

/* The newest of three looks at [pos, lines): one could meet a burst of
 * records that were logged late. */
static bool
stream_newest(struct stream *st, int64_t *us)
{
	size_t third = (st->lines - st->pos) / 3;
	size_t i, to;
	int64_t t;
	bool found = false;

	*us = INT64_MIN;
	for (i = 1; i <= 3; i++) {
		const char *nl = NULL;

		to = st->pos + i * third;
		if (i < 3)
			nl = memchr(st->buf + to, '\n', st->lines - to);
		to = nl == NULL ? st->lines : (size_t)(nl + 1 - st->buf);
		if (!stream_progress(st, st->pos, to, FAR_LINES, &t))
			continue;
		*us = t > *us ? t : *us;
		found = true;
	}
	return found;
}

/* Leaves out blocks that lie wholly before the window: of a compressed file,
 * where this saves the parsing and not the reading. */
static void
stream_leave_out(struct stream *st, size_t want)
{
	const char *nl;
	int64_t newest;
	size_t keep;

	while (st->leaving_out && !st->end && !stream_has_header(st, st->pos)) {
		if (st->lines - st->pos <= KEEP_BYTES ||
		    !stream_newest(st, &newest))
			return;
		if (newest >= st->from_us) {
			st->leaving_out = false;
			return;
		}
		keep = st->lines - KEEP_BYTES;
		nl = memchr(st->buf + keep, '\n', st->lines - keep);
		if (nl == NULL) /* inside a line that is too long */
			return;
		st->pos = (size_t)(nl + 1 - st->buf);
		st->jumped = true;
		stream_fill(st, want);
	}
}

static bool
stream_keep_header(struct stream *st, size_t n)
{
	static const char slack[FLOW_PARSER_SLACK];

	buf_add(&st->header, st->buf, n);
	buf_add(&st->header, slack, sizeof(slack));
	return buf_ok(&st->header);
}

static struct bisect
stream_bisect(struct stream *st, char *scratch)
{
	return (struct bisect){ .in = st->in,
		.probe = st->probe,
		.scratch = scratch,
		.scratch_n = BUFFER_BYTES };
}

/* Goes to where the window begins, in a plain file of some size. */
static bool
stream_enter(struct stream *st, size_t header_n)
{
	struct bisect b;
	uint64_t start;
	char *scratch;

	if (input_size(st->in) < 4 * (uint64_t)BISECT_LOOK_BYTES)
		return true;
	scratch = malloc(BUFFER_BYTES + FLOW_PARSER_SLACK);
	if (scratch == NULL)
		return false;
	b = stream_bisect(st, scratch);
	start = bisect_find(&b, st->from_us);
	free(scratch);
	if (start <= st->lines)
		return true;
	if (header_n > 0 && !stream_keep_header(st, header_n))
		return false;
	input_seek(st->in, start);
	st->skipped = start - st->n;
	st->base = start;
	st->pos = st->lines = st->n = 0;
	st->end = false;
	stream_fill(st, BLOCK_BYTES);
	return true;
}

/* Reads the first block, and finds out what the file can tell of times. */
static bool
stream_begin(struct stream *st)
{
	struct span lines;
	size_t header_n;

	stream_fill(st, SHARED_BLOCK_BYTES);
	header_n = probe_header_bytes(stream_lines(st, 0, st->lines));
	probe_header(st->probe, stream_lines(st, 0, header_n));
	lines = probe_head(stream_lines(st, header_n, st->lines), FAR_LINES);
	probe_lines(st->probe, lines, &st->first);
	if (st->from_us == INT64_MIN || st->first.records == 0 ||
	    st->first.progress_us >= st->from_us)
		return true;
	if (input_is_seekable(st->in))
		return stream_enter(st, header_n);
	st->leaving_out = true;
	return true;
}

struct stream *
stream_new(const struct files *files, int fd, const char *name, int64_t from_us,
    const struct flow_parser_options *opt)
{
	struct stream *st = calloc(1, sizeof(*st));
	struct input *in = input_new(files, fd, name);

	if (st == NULL || in == NULL) {
		free(st);
		input_free(in);
		return NULL;
	}
	st->in = in;
	st->time_us = INT64_MIN;
	st->from_us =
	    from_us < INT64_MIN + NOISE_US ? INT64_MIN : from_us - NOISE_US;
	st->buf = calloc(1, BUFFER_BYTES + FLOW_PARSER_SLACK);
	st->probe = probe_new(opt);
	if (st->buf == NULL || st->probe == NULL || !stream_begin(st)) {
		stream_free(st);
		return NULL;
	}
	return st;
}

void
stream_free(struct stream *st)
{
	if (st == NULL)
		return;
	buf_clear(&st->header);
	probe_free(st->probe);
	input_free(st->in);
	free(st->buf);
	free(st);
}

/* Where in (pos, lines] the log has got to limit_us. */
static size_t
stream_cut(struct stream *st, int64_t limit_us)
{
	size_t lo = st->pos, hi = st->lines, middle;
	const char *nl;
	int64_t t;

	if (limit_us == INT64_MAX ||
	    !stream_progress(st, st->pos, st->lines, NEAR_LINES, &t) ||
	    t <= limit_us)
		return st->lines;
	while (hi - lo > CUT_BYTES) {
		middle = lo + (hi - lo) / 2;
		nl = memchr(st->buf + middle, '\n', hi - middle);
		middle = nl == NULL ? hi : (size_t)(nl + 1 - st->buf);
		if (middle == hi)
			break;
		if (stream_progress(st, st->pos, middle, NEAR_LINES, &t) &&
		    t > limit_us)
			hi = middle;
		else
			lo = middle;
	}
	return lo > st->pos ? lo : hi;
}

static void
stream_block(struct stream *st, size_t to, enum flow_parser_end end,
    struct source_item *out)
{
	out->event = SOURCE_BLOCK;
	out->offset = st->base + st->pos;
	out->block = stream_lines(st, st->pos, to);
	out->end = end;
	st->pos = to;
}

static void
stream_more(struct stream *st, size_t want)
{
	if (st->pos == st->lines && !st->end)
		stream_fill(st, want);
	stream_leave_out(st, want);
}

static void
stream_body(struct stream *st, int64_t limit_us, struct source_item *out)
{
	size_t want = limit_us == INT64_MAX ? BLOCK_BYTES : SHARED_BLOCK_BYTES;

	stream_more(st, want);
	if (st->jumped) {
		st->jumped = false;
		out->event = SOURCE_SEEK;
		out->offset = st->base + st->pos;
		return;
	}
	if (st->end && (st->pos == st->lines || limit_us == INT64_MAX)) {
		stream_block(st, st->n, FLOW_LAST_BLOCK, out);
		st->phase = STREAM_OVER;
		return;
	}
	stream_block(st, stream_cut(st, limit_us), FLOW_MORE_FOLLOWS, out);
}

void
stream_next(struct stream *st, int64_t limit_us, struct source_item *out,
    struct diag *d)
{
	*out = (struct source_item){ .event = SOURCE_END };
	switch (st->phase) {
	case STREAM_FILE:
		out->event = SOURCE_FILE;
		out->line = 1;
		st->phase = STREAM_BODY;
		if (st->header.n > 0)
			st->phase = STREAM_HEADER;
		else if (st->skipped > 0)
			st->jumped = true;
		break;
	case STREAM_HEADER:
		out->event = SOURCE_BLOCK;
		out->block = (struct span){ st->header.p,
			st->header.n - FLOW_PARSER_SLACK };
		st->jumped = true;
		st->phase = STREAM_BODY;
		break;
	case STREAM_BODY:
		stream_body(st, limit_us, out);
		break;
	case STREAM_OVER:
		st->phase = STREAM_CLOSED;
		out->trouble = input_trouble(st->in, d);
		if (out->trouble != TROUBLE_NONE)
			out->event = SOURCE_TROUBLE;
		break;
	case STREAM_CLOSED:
		break;
	}
}

int64_t
stream_peek(struct stream *st)
{
	struct probe_answer a;
	struct span lines;
	size_t header_n;

	st->watched = true;
	if (st->phase >= STREAM_OVER)
		return INT64_MIN;
	stream_more(st, SHARED_BLOCK_BYTES);
	lines = stream_lines(st, st->pos, st->lines);
	if (lines.n == 0)
		return INT64_MIN;
	header_n = lines.p[0] == '#' ? probe_header_bytes(lines) : 0;
	lines.p += header_n;
	lines.n -= header_n;
	probe_lines(st->probe, probe_head(lines, NEAR_LINES), &a);
	if (a.records > 0)
		st->time_us = a.earliest_us;
	return st->time_us;
}

bool
stream_times(struct stream *st, struct stream_times *out)
{
	struct bisect b;
	char *scratch;

	if (st->first.records == 0)
		return false;
	*out = (struct stream_times){ .earliest_us = st->first.earliest_us,
		.first_us = st->first.progress_us,
		.last_us = INT64_MAX };
	if (!input_is_seekable(st->in))
		return true;
	scratch = malloc(BUFFER_BYTES + FLOW_PARSER_SLACK);
	if (scratch == NULL)
		return true;
	b = stream_bisect(st, scratch);
	(void)bisect_last(&b, &out->last_us);
	free(scratch);
	return true;
}

uint64_t
stream_bytes_read(const struct stream *st)
{
	return input_bytes_read(st->in);
}

uint64_t
stream_bytes_skipped(const struct stream *st)
{
	return st->skipped;
}
