/*
 * Invariant: at lo the log had not got to the time. Where a look says nothing
 * the region is taken to begin before it, so that doubt costs reading and
 * never records.
 */
#include "source/bisect.h"

/* The whole lines of a look at offset. Empty if there are none. */
static struct span
bisect_look(const struct bisect *b, uint64_t offset, size_t bytes)
{
	size_t n = input_read_at(b->in, b->scratch,
	    bytes < b->scratch_n ? bytes : b->scratch_n, offset);
	const char *first = b->scratch, *last;

	if (offset > 0) {
		first = memchr(b->scratch, '\n', n);
		if (first == NULL)
			return (struct span){ b->scratch, 0 };
		first++;
	}
	last = memrchr(b->scratch, '\n', n);
	if (last == NULL || last < first)
		return (struct span){ b->scratch, 0 };
	return (struct span){ first, (size_t)(last + 1 - first) };
}

static void
bisect_ask(const struct bisect *b, uint64_t offset, struct probe_answer *out)
{
	struct span lines = bisect_look(b, offset, BISECT_LOOK_BYTES);

	if (lines.n == 0)
		lines = bisect_look(b, offset, b->scratch_n);
	probe_lines(b->probe, lines, out);
}

/* The start of the first line at or after offset; 0 if there is none near. */
static uint64_t
bisect_align(const struct bisect *b, uint64_t offset)
{
	struct span lines;

	if (offset == 0)
		return 0;
	lines = bisect_look(b, offset, BISECT_LOOK_BYTES);
	if (lines.n == 0)
		return 0;
	return offset + (uint64_t)(lines.p - b->scratch);
}

uint64_t
bisect_find(const struct bisect *b, int64_t time_us)
{
	uint64_t lo = 0, hi = input_size(b->in), middle;
	struct probe_answer a;

	while (hi - lo > BISECT_LOOK_BYTES) {
		middle = lo + (hi - lo) / 2;
		bisect_ask(b, middle, &a);
		if (a.bad > a.records)
			return 0;
		if (a.records == 0 || a.progress_us >= time_us)
			hi = middle;
		else
			lo = middle;
	}
	return bisect_align(
	    b, lo > BISECT_LOOK_BYTES ? lo - BISECT_LOOK_BYTES : 0);
}

bool
bisect_last(const struct bisect *b, int64_t *progress_us)
{
	uint64_t size = input_size(b->in);
	struct probe_answer a;

	bisect_ask(
	    b, size > BISECT_LOOK_BYTES ? size - BISECT_LOOK_BYTES : 0, &a);
	if (a.records == 0)
		return false;
	*progress_us = a.progress_us;
	return true;
}
