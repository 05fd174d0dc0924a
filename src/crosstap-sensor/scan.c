/*
 * Where it matters that a record is the last, or on which side of a closing
 * it lies, records are added one by one.
 */
#include <stdlib.h>
#include <string.h>
#include "crosstap-sensor/scan.h"

#define SCAN_NEAR_US (60 * US_PER_S)

bool
scan_no_memory(struct scan *s)
{
	s->code = REPLY_LIMIT;
	diag_set(&s->diag, "out of memory");
	return false;
}

uint8_t
scan_worker(struct scan *s, uint8_t index)
{
	struct scan_workers *w = &s->workers;

	if (index == FLOW_NO_WORKER)
		return FLOW_NO_WORKER;
	if (w->number[index] == FLOW_NO_WORKER) {
		w->number[index] = (uint8_t)w->n;
		w->order[w->n++] = index;
	}
	return w->number[index];
}

/* The first name, by strcmp(), of the bucket's workers without a number. */
static unsigned
scan_next_worker(const struct scan *s, const struct bin *bin)
{
	unsigned best = FLOW_NO_WORKER, i;

	for (i = 0; i < FLOW_NO_WORKER; i++) {
		if (bin->workers[i] == 0 ||
		    s->workers.number[i] != FLOW_NO_WORKER)
			continue;
		if (best == FLOW_NO_WORKER ||
		    strcmp(reader_worker(s->reader, i),
			reader_worker(s->reader, best)) < 0)
			best = i;
	}
	return best;
}

void
scan_workers_of(struct scan *s, const struct bin *bin)
{
	unsigned next;

	while ((next = scan_next_worker(s, bin)) != FLOW_NO_WORKER)
		(void)scan_worker(s, (uint8_t)next);
}

static int64_t
scan_minus(int64_t us, int64_t shift_us)
{
	return us == INT64_MIN || us == INT64_MAX ? us : us - shift_us;
}

/* Why there is no file for the window: it is before all of them, or after. */
static void
scan_no_files(struct scan *s, struct source_options so)
{
	struct diag d = DIAG_INIT;
	struct source *later;
	bool any;

	so.window.from_us = so.window.to_us;
	so.window.to_us = INT64_MAX;
	later = source_open(s->sensor->folders.names[0], &so, &d);
	any = later != NULL && source_files(later) > 0;
	source_close(later);
	s->code = any ? REPLY_NO_SUCH_TIME : REPLY_NOT_YET;
	diag_set(&s->diag, "%s",
	    any ? "no log holds this time, but there are later ones"
		: "no log has got to this time");
}

static bool
scan_open(struct scan *s, unsigned keep)
{
	const struct request *r = s->request;
	struct source_options so = s->sensor->source;

	so.window = (struct source_window){ scan_minus(r->from_us, r->shift_us),
		scan_minus(r->to_us, r->shift_us), r->settle_us };
	s->bins = bins_new(&(struct bins_options){ .width_us = r->width_us,
	    .settle_us = r->settle_us,
	    .from_us = r->from_us,
	    .to_us = r->to_us,
	    .shift_us = r->shift_us,
	    .seed = r->seed,
	    .keep = keep,
	    .answered = r->scope == REQUEST_SCOPE_ANSWERED,
	    .sample = (r->parts & REQUEST_PART_SAMPLE) != 0 ? r->sample : 0 });
	if (s->bins == NULL)
		return scan_no_memory(s);
	s->reader = reader_open(
	    s->sensor->folders.names[0], &so, &s->sensor->parser, &s->diag);
	if (s->reader == NULL) {
		s->code = REPLY_UNREADABLE;
		return false;
	}
	if (source_files(reader_source(s->reader)) == 0) {
		so.parser = &s->sensor->parser;
		scan_no_files(s, so);
		return false;
	}
	return true;
}

static bool
scan_give_bins(struct scan *s, const struct scan_calls *calls)
{
	struct bin *bin;
	bool ok = true;

	while (ok && (bin = bins_take(s->bins)) != NULL) {
		s->nbins++;
		ok = calls->bin == NULL || calls->bin(calls->arg, s, bin);
		bin_free(bin);
	}
	return ok;
}

/* A record that counts, or came too late to. */
static bool
scan_give_flow(struct scan *s, const struct flow *f, uint64_t late,
    const struct scan_calls *calls)
{
	const struct request *r = s->request;
	int64_t end = flow_end_us(f) + r->shift_us, delay;
	struct record rec = { .flow = *f, .late = bins_late(s->bins) > late };

	delay = bins_watermark(s->bins) - end;
	delay = delay < 0 ? 0 : delay / ENTRY_DELAY_UNIT_US;
	rec.delay = delay > 255 ? 255 : (uint8_t)delay;
	return calls->flow(
	    calls->arg, s, &rec, record_bucket(f, r->width_us, r->shift_us));
}

static bool
scan_add_one(
    struct scan *s, const struct flow *f, const struct scan_calls *calls)
{
	uint64_t late = bins_late(s->bins), outside = bins_outside(s->bins);

	s->records += f->status == FLOW_OK;
	if (!bins_add(s->bins, f, 1))
		return scan_no_memory(s);
	if (calls->flow != NULL && f->status == FLOW_OK &&
	    bins_outside(s->bins) == outside &&
	    !scan_give_flow(s, f, late, calls))
		return false;
	return scan_give_bins(s, calls);
}

static bool
scan_add(struct scan *s, const struct flow *flows, size_t n,
    const struct scan_calls *calls)
{
	const struct request *r = s->request;
	int64_t mark = bins_watermark(s->bins);
	bool near = r->to_us != INT64_MAX && mark != INT64_MIN &&
	    mark > r->to_us + r->settle_us - SCAN_NEAR_US;
	size_t i;

	if (!near && calls->flow == NULL) {
		for (i = 0; i < n; i++)
			s->records += flows[i].status == FLOW_OK;
		return bins_add(s->bins, flows, n) ? scan_give_bins(s, calls)
						   : scan_no_memory(s);
	}
	for (i = 0; i < n && !bins_done(s->bins); i++)
		if (!scan_add_one(s, flows + i, calls))
			return false;
	return true;
}

static bool
scan_read(struct scan *s, const struct scan_calls *calls)
{
	struct channel *c = &s->sensor->channel;
	struct flow *flows;
	size_t n;

	while (
	    !bins_done(s->bins) && (n = reader_next(s->reader, &flows)) > 0) {
		if (!channel_go_on(c)) {
			s->code = REPLY_LIMIT;
			diag_set(&s->diag, "the time for an answer is over");
			return false;
		}
		if (!scan_add(s, flows, n, calls))
			return false;
	}
	bins_finish(s->bins);
	return scan_give_bins(s, calls);
}

/* What an answer without buckets means. */
static void
scan_judge_empty(struct scan *s)
{
	const struct request *r = s->request;
	unsigned k;

	if (s->records == 0 && reader_trouble(s->reader) != NULL) {
		s->code = REPLY_UNREADABLE;
		diag_set(&s->diag, "%s", reader_trouble(s->reader));
	}
	for (k = 0; k < FLOW_NPROBLEMS && s->records == 0; k++) {
		const char *text =
		    reader_message(s->reader, (enum flow_problem)k);

		if (text == NULL)
			continue;
		s->code = REPLY_UNREADABLE;
		diag_set(&s->diag, "%s", text);
	}
	if (s->code != 0 || s->nbins > 0)
		return;
	if (s->records == 0 || bins_last(s->bins) < r->from_us) {
		s->code = REPLY_NOT_YET;
		diag_set(&s->diag, "the log has not got to this time");
	} else if (bins_begin(s->bins) >= r->to_us) {
		s->code = REPLY_NO_SUCH_TIME;
		diag_set(&s->diag, "the log begins after this time");
	}
}

static void
scan_judge(struct scan *s)
{
	if (reader_failed(s->reader) != NULL) {
		s->code = REPLY_UNREADABLE;
		diag_set(&s->diag, "%s", reader_failed(s->reader));
	} else if (reader_trouble_kind(s->reader) == TROUBLE_GROWING) {
		s->code = REPLY_COMPRESSING;
		diag_set(&s->diag, "%s", reader_trouble(s->reader));
	} else
		scan_judge_empty(s);
}

bool
scan_run(struct scan *s, struct sensor *sensor, const struct request *r,
    unsigned keep, const struct scan_calls *calls)
{
	memset(s, 0, sizeof(*s));
	memset(s->workers.number, FLOW_NO_WORKER, sizeof(s->workers.number));
	s->sensor = sensor;
	s->request = r;
	if (!scan_open(s, keep) || !scan_read(s, calls))
		return false;
	scan_judge(s);
	return s->code == 0;
}

void
scan_close(struct scan *s)
{
	reader_close(s->reader);
	bins_free(s->bins);
	s->reader = NULL;
	s->bins = NULL;
}

static void
scan_end_problems(const struct scan *s, struct reply_end *e)
{
	unsigned k;

	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		const char *text =
		    reader_message(s->reader, (enum flow_problem)k);

		e->problems[k] =
		    reader_problems(s->reader, (enum flow_problem)k);
		e->messages.v[k] = span_from(text == NULL ? "" : text);
		if (text != NULL)
			e->messages.n = k + 1;
	}
}

void
scan_end(const struct scan *s, struct reply *out)
{
	const struct request *r = s->request;
	const struct source *source = reader_source(s->reader);
	const char *trouble = reader_trouble(s->reader);
	int64_t written = source_written_us(source);
	struct reply_end *e = &out->u.end;
	unsigned i;

	reply_init(out, REPLY_END, r->id);
	e->frames = s->sensor->channel.frames;
	if (bins_begin(s->bins) > r->from_us)
		e->begin_us = bins_begin(s->bins);
	e->watermark_us = bins_watermark(s->bins);
	e->last_us = bins_last(s->bins);
	e->ended = !bins_done(s->bins);
	e->live = e->ended && source_is_live(source);
	if (e->ended && reader_is_open(s->reader) &&
	    reader_trouble(s->reader) == NULL && written != INT64_MIN &&
	    e->watermark_us != INT64_MIN)
		e->lag_us = written - (e->watermark_us - r->shift_us);
	e->late = bins_late(s->bins);
	if ((r->parts & REQUEST_PART_COST) != 0) {
		e->outside = bins_outside(s->bins);
		e->lines = reader_lines(s->reader);
		e->bytes = source_bytes_read(source);
	}
	scan_end_problems(s, e);
	for (i = 0; i < s->workers.n; i++)
		e->workers.v[i] =
		    span_from(reader_worker(s->reader, s->workers.order[i]));
	e->workers.n = s->workers.n;
	e->trouble = reader_trouble_kind(s->reader);
	if (trouble != NULL)
		e->trouble_text = span_from(trouble);
}
