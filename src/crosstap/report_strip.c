/*
 * The strip: one line per bucket. Runs of buckets that say the same are
 * folded, but never one that a finding covers at its beginning or end, and
 * never two that differ in why they could not be compared.
 */
#include "crosstap/report_put.h"

#define STRIP_FOLD 5   /* longer runs of like buckets become one line */
#define STRIP_HEAD 3   /* shown before and after the fold of a bad run */
#define STRIP_CELLS 10 /* of the bar */

/* What of a bucket its row says; a run has all of it in common. */
struct strip_kind {
	enum bucket_status status;
	enum report_paint paint; /* that of the finding which covers it */
	uint8_t gaps[RESULT_MAX_SENSORS];
};

bool
report_bucket_finding(
    const struct result *r, const struct result_bucket *b, enum severity *worst)
{
	bool any = false;
	size_t i;

	*worst = SEVERITY_INFO;
	for (i = 0; i < r->nfindings; i++) {
		const struct finding *f = &r->findings[i];

		if (b->start_us >= f->to_us ||
		    b->start_us + r->width_us <= f->from_us)
			continue;
		any = true;
		if (f->severity > *worst)
			*worst = f->severity;
	}
	return any;
}

static struct strip_kind
strip_kind_of(const struct result *r, const struct result_bucket *b)
{
	static const enum report_paint paints[] = { PAINT_NONE, PAINT_WARNING,
		PAINT_CRITICAL };
	struct strip_kind k = { .status = b->status, .paint = PAINT_NONE };
	enum severity worst;

	memcpy(k.gaps, b->gaps, sizeof(k.gaps));
	if (report_bucket_finding(r, b, &worst))
		k.paint = paints[worst];
	return k;
}

static bool
strip_kind_equal(const struct strip_kind *a, const struct strip_kind *b)
{
	return a->status == b->status && a->paint == b->paint &&
	    memcmp(a->gaps, b->gaps, sizeof(a->gaps)) == 0;
}

double
report_bucket_agreement(const struct result *r, const struct result_bucket *b)
{
	double least = 1;
	size_t i;

	for (i = 0; i < r->npairs; i++) {
		const struct result_counts *n = &b->n[i];
		double a = result_agreement(n, r->pairs[i].relation);

		if (n->paired > 0)
			a *= 1 - (double)n->damaged / (double)n->paired;
		if (a < least)
			least = a;
	}
	return least;
}

static void
strip_put_bar(const struct report *p, const struct strip_kind *k,
    double agreement, struct buf *out)
{
	static const char *const full[] = { "#", "\xe2\x96\x88" };
	static const char *const hole[] = { ".", "\xe2\x96\x91" };
	int cells = (int)(agreement * STRIP_CELLS + 0.5), i;

	if (k->status == BUCKET_MISSING) {
		buf_printf(out, "%*s", STRIP_CELLS, "?         ");
		return;
	}
	/* A full bar is a promise. */
	if (cells >= STRIP_CELLS)
		cells = agreement < 1 ? STRIP_CELLS - 1 : STRIP_CELLS;
	for (i = 0; i < STRIP_CELLS; i++)
		buf_add_str(out,
		    i < cells ? full[p->style->utf8] : hole[p->style->utf8]);
}

static enum report_paint
strip_paint(const struct strip_kind *k)
{
	if (k->paint != PAINT_NONE)
		return k->paint;
	if (k->status >= BUCKET_INCOMPLETE)
		return PAINT_UNKNOWN;
	return k->status == BUCKET_EQUAL ? PAINT_GOOD : PAINT_NONE;
}

void
report_bucket_gaps(const struct report *p,
    const uint8_t gaps[RESULT_MAX_SENSORS], struct buf *out)
{
	size_t s;
	unsigned g;
	bool any = false;

	for (s = 0; s < p->r->nsensors; s++) {
		bool first = true;

		if (gaps[s] == 0)
			continue;
		buf_add_str(out, any ? "; " : " (");
		any = true;
		report_put_text(p, p->r->sensors[s].name, out);
		for (g = 0; g < RESULT_NGAPS; g++) {
			if ((gaps[s] >> g & 1) == 0)
				continue;
			buf_printf(out, "%s %s", first ? ":" : ",",
			    result_gap_name(1U << g));
			first = false;
		}
	}
	if (any)
		buf_add_char(out, ')');
}

static void
strip_put_status(const struct report *p, const struct strip_kind *k,
    size_t buckets, struct buf *out)
{
	if (k->status == BUCKET_MISSING)
		buf_add_str(out, "not compared");
	else if (k->status == BUCKET_DIFFERS && buckets > 1)
		buf_add_str(out, "differ");
	else
		buf_add_str(out, bucket_status_name(k->status));
	report_bucket_gaps(p, k->gaps, out);
}

/* Flows that sensor s lacks: the most that any peer has beyond it. */
static uint64_t
strip_lacks(const struct result *r, const struct result_bucket *b, size_t s)
{
	uint64_t most = 0, n;
	size_t i;

	for (i = 0; i < r->npairs; i++) {
		if (r->pairs[i].a != s && r->pairs[i].b != s)
			continue;
		n = r->pairs[i].a == s ? b->n[i].only_b : b->n[i].only_a;
		if (n > most)
			most = n;
	}
	return most;
}

static uint64_t
strip_damaged(const struct result *r, const struct result_bucket *b)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < r->npairs; i++)
		if (b->n[i].damaged > most)
			most = b->n[i].damaged;
	return most;
}

static void
strip_put_row(struct report *p, const struct result_bucket *b,
    const struct strip_kind *k, struct buf *rows)
{
	enum report_paint paint = strip_paint(k);
	double agreement = report_bucket_agreement(p->r, b);
	size_t s;

	report_put_time(p, b->start_us, p->seconds, rows);
	buf_add_char(rows, '\t');
	report_paint_on(p, paint, rows);
	strip_put_bar(p, k, agreement, rows);
	report_paint_off(p, paint, rows);
	buf_add_char(rows, '\t');
	if (k->status != BUCKET_MISSING)
		report_put_share(agreement, rows);
	for (s = 0; s < p->r->nsensors; s++) {
		buf_add_char(rows, '\t');
		report_put_count(b->flows[s], rows);
	}
	for (s = 0; s < p->r->nsensors; s++) {
		buf_add_char(rows, '\t');
		if (k->status != BUCKET_MISSING)
			report_put_count(strip_lacks(p->r, b,
					     p->r->nsensors == 2 ? 1 - s : s),
			    rows);
	}
	buf_add_char(rows, '\t');
	if (k->status != BUCKET_MISSING)
		report_put_count(strip_damaged(p->r, b), rows);
	buf_printf(rows, "\t%c", REPORT_TABLE_WIDE);
	report_paint_on(p, paint, rows);
	strip_put_status(p, k, 1, rows);
	report_paint_off(p, paint, rows);
	buf_add_char(rows, '\n');
}

static void
strip_put_fold(struct report *p, size_t from, size_t to,
    const struct strip_kind *k, struct buf *rows)
{
	enum report_paint paint = strip_paint(k);
	double least = 1, a;
	size_t i;

	report_put_time(p, p->r->buckets[from].start_us, p->seconds, rows);
	buf_add_str(rows, report_dash(p));
	report_put_time(p, p->r->buckets[to - 1].start_us + p->r->width_us,
	    p->seconds, rows);
	buf_printf(rows, "\t%c", REPORT_TABLE_WIDE);
	report_paint_on(p, paint, rows);
	buf_printf(rows, "%zu buckets ", to - from);
	strip_put_status(p, k, to - from, rows);
	report_paint_off(p, paint, rows);
	for (i = from; i < to; i++) {
		a = report_bucket_agreement(p->r, &p->r->buckets[i]);
		if (a < least)
			least = a;
	}
	if (k->status == BUCKET_DIFFERS || k->status == BUCKET_INCOMPLETE) {
		buf_add_str(rows, ", agreement at least ");
		report_put_share(least, rows);
	}
	buf_add_char(rows, '\n');
}

static void
strip_put_run(struct report *p, size_t from, size_t to,
    const struct strip_kind *k, struct buf *rows)
{
	size_t keep = k->paint == PAINT_NONE ? 0 : STRIP_HEAD, i;

	if (p->style->verbose || to - from <= STRIP_FOLD + 2 * keep) {
		for (i = from; i < to; i++)
			strip_put_row(p, &p->r->buckets[i], k, rows);
		return;
	}
	for (i = from; i < from + keep; i++)
		strip_put_row(p, &p->r->buckets[i], k, rows);
	strip_put_fold(p, from + keep, to - keep, k, rows);
	for (i = to - keep; i < to; i++)
		strip_put_row(p, &p->r->buckets[i], k, rows);
}

static void
strip_put_titles(const struct report *p, struct buf *rows)
{
	size_t s, n = p->r->nsensors;

	buf_add_str(rows, "time\tagreement\t");
	for (s = 0; s < n; s++) {
		buf_add_char(rows, '\t');
		report_put_text(p, p->r->sensors[s].name, rows);
		buf_add_str(rows, " flows");
	}
	/* Of two, what one lacks is what only the other has. */
	for (s = 0; s < n; s++) {
		buf_add_str(rows, n == 2 ? "\tonly " : "\t");
		report_put_text(p, p->r->sensors[s].name, rows);
		buf_add_str(rows, n == 2 ? "" : " lacks");
	}
	buf_add_str(rows, "\tdamaged\tstatus\n");
}

void
report_strip(struct report *p)
{
	/* time, bar, share, two columns a sensor, damaged, status */
	char align[3 + 2 * RESULT_MAX_SENSORS + 3] = "llr";
	const struct result *r = p->r;
	struct buf rows = BUF_INIT;
	size_t from, to, i;

	for (i = 3; i < 3 + 2 * r->nsensors + 1; i++)
		align[i] = 'r';
	align[i] = 'l';
	align[i + 1] = '\0';
	strip_put_titles(p, &rows);
	for (from = 0; from < r->nbuckets; from = to) {
		struct strip_kind k = strip_kind_of(r, &r->buckets[from]), next;

		for (to = from + 1; to < r->nbuckets; to++) {
			next = strip_kind_of(r, &r->buckets[to]);
			if (!strip_kind_equal(&k, &next))
				break;
		}
		strip_put_run(p, from, to, &k, &rows);
	}
	if (buf_ok(&rows))
		report_table(buf_span(&rows), align, p->out);
	else
		p->out->failed = true;
	buf_clear(&rows);
}
