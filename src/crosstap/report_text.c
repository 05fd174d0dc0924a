/*
 * The report that people read, from the verdict down to what could not be
 * compared. Each section answers the question the one above it raises.
 */
#include <math.h>
#include <stdlib.h>
#include "base/number.h"
#include "crosstap/report_put.h"
#include "judge/evidence.h"
#include "sys/when.h"

#define REPORT_COLUMNS 80

static enum report_paint
report_severity_paint(enum severity s)
{
	static const enum report_paint paints[] = { PAINT_NONE, PAINT_WARNING,
		PAINT_CRITICAL };

	return paints[s];
}

static void
report_title(const struct report *p, const char *title)
{
	buf_add_char(p->out, '\n');
	report_paint_on(p, PAINT_TITLE, p->out);
	buf_add_str(p->out, title);
	report_paint_off(p, PAINT_TITLE, p->out);
	buf_add_char(p->out, '\n');
}

bool
report_init(struct report *p, const struct result *r,
    const struct report_style *style, struct buf *out)
{
	struct when first, last;
	size_t i;

	*p = (struct report){ r, style, out, .last_us = r->from_us };
	for (i = 0; i < r->nbuckets; i++)
		if (r->buckets[i].status < BUCKET_INCOMPLETE)
			p->last_us = r->buckets[i].start_us + r->width_us;
	p->seconds = r->width_us % (60 * US_PER_S) != 0 ||
	    r->from_us % (60 * US_PER_S) != 0;
	if (r->nbuckets == 0)
		return when_zone_check(style->tz, NULL);
	if (!when_local(r->from_us, style->tz, &first) ||
	    !when_local(r->to_us - 1, style->tz, &last))
		return false;
	p->dates = first.year != last.year || first.month != last.month ||
	    first.day != last.day;
	return true;
}

void
report_zone(struct report *p, struct buf *out)
{
	struct when w;
	int minutes;

	if (p->style->tz == NULL) {
		buf_add_str(out, "UTC");
		return;
	}
	buf_add_str(out, p->style->tz);
	if (!when_local(p->r->from_us, p->style->tz, &w))
		return;
	minutes = w.offset_s / 60;
	buf_printf(out, " (UTC%c%02d:%02d)", minutes < 0 ? '-' : '+',
	    abs(minutes) / 60, abs(minutes) % 60);
}

static void
report_window(struct report *p)
{
	const struct result *r = p->r;

	buf_add_str(p->out, "\nWindow ");
	if (!p->dates && r->nbuckets > 0) {
		report_put_day(p, r->from_us, p->out);
		buf_add_char(p->out, ' ');
	}
	report_put_time(p, r->from_us, true, p->out);
	buf_add_str(p->out, " to ");
	report_put_time(p, r->to_us, true, p->out);
	buf_printf(p->out, ", %zu bucket%s of %g s; all times are ",
	    r->nbuckets, r->nbuckets == 1 ? "" : "s",
	    (double)r->width_us / (double)US_PER_S);
	report_zone(p, p->out);
	buf_add_str(p->out, ".\n");
}

static void
report_sensor_row(const struct report *p, size_t i, struct buf *rows)
{
	const struct result_sensor *s = &p->r->sensors[i];

	report_put_text(p, s->name, rows);
	buf_add_char(rows, '\t');
	report_put_count(s->flows, rows);
	buf_add_char(rows, '\t');
	report_put_count(s->packets, rows);
	buf_add_char(rows, '\t');
	report_put_bytes(s->ip_bytes, rows);
	buf_add_char(rows, '\t');
	if (i == 0)
		buf_add_str(rows, "reference");
	else if (!s->has_offset)
		buf_add_str(rows, "unknown");
	else
		number_offset(s->offset_us, rows);
	buf_add_char(rows, '\t');
	report_put_count(s->bad_lines, rows);
	buf_add_char(rows, '\t');
	report_put_count(s->late, rows);
	buf_printf(rows, "\t%c", REPORT_TABLE_WIDE);
	report_put_text(p, s->path, rows);
	if (p->style->verbose) {
		buf_add_str(rows, ": ");
		report_put_bytes(s->bytes_read, rows);
		buf_add_str(rows, " and ");
		report_put_count(s->lines, rows);
		buf_add_str(rows, " lines read, ");
		report_put_count(s->outside, rows);
		buf_add_str(rows, " records outside the window");
	}
	buf_add_char(rows, '\n');
}

static void
report_table_done(const struct report *p, struct buf *rows, const char *align)
{
	if (buf_ok(rows))
		report_table(buf_span(rows), align, p->out);
	else
		p->out->failed = true;
	buf_clear(rows);
}

static void
report_sensors(const struct report *p)
{
	struct buf rows = BUF_INIT;
	size_t i;

	buf_add_char(p->out, '\n');
	buf_add_str(&rows,
	    "sensor\tflows\tpackets\tIP bytes\tclock\tbad lines\tlate\tlog\n");
	for (i = 0; i < p->r->nsensors; i++)
		report_sensor_row(p, i, &rows);
	report_table_done(p, &rows, "lrrrrrrl");
}

/* What it costs to read where a sensor could be asked. */
static void
report_sftp(const struct report *p)
{
	size_t i;
	bool any = false;

	for (i = 0; i < p->r->nsensors; i++) {
		const struct result_sensor *s = &p->r->sensors[i];

		if (s->sftp_bytes == 0)
			continue;
		buf_add_str(p->out, any ? ", " : "\nLogs read by SFTP: ");
		report_put_text(p, s->name, p->out);
		buf_add_char(p->out, ' ');
		report_put_bytes(s->sftp_bytes, p->out);
		any = true;
	}
	if (any)
		buf_add_str(p->out,
		    " travelled; crosstap-sensor answers in kilobytes.\n");
}

static void
report_pairs(const struct report *p)
{
	struct buf rows = BUF_INIT;
	size_t i, c;

	buf_add_char(p->out, '\n');
	buf_add_str(&rows, "pair\tpaired\tonly ");
	report_put_text(
	    p, p->r->npairs == 1 ? p->r->sensors[0].name : "1st", &rows);
	buf_add_str(&rows, "\tonly ");
	report_put_text(
	    p, p->r->npairs == 1 ? p->r->sensors[1].name : "2nd", &rows);
	buf_add_str(&rows, "\tdamaged\tshifted\tsplit\tagreement\n");
	for (i = 0; i < p->r->npairs; i++) {
		const struct result_pair *pair = &p->r->pairs[i];
		const uint64_t n[] = { pair->n.paired, pair->n.only_a,
			pair->n.only_b, pair->n.damaged, pair->n.shifted,
			pair->n.split };

		report_put_text(p, p->r->sensors[pair->a].name, &rows);
		buf_add_str(&rows,
		    pair->relation == RELATION_SUBSET ? ", inside it "
						      : " and ");
		report_put_text(p, p->r->sensors[pair->b].name, &rows);
		for (c = 0; c < ARRAY_LEN(n); c++) {
			buf_add_char(&rows, '\t');
			report_put_count(n[c], &rows);
		}
		buf_add_char(&rows, '\t');
		if (pair->compared &&
		    pair->n.paired + pair->n.only_a + pair->n.only_b > 0)
			report_put_share(pair->agreement, &rows);
		else
			buf_add_str(&rows, "not compared");
		buf_add_char(&rows, '\n');
	}
	report_table_done(p, &rows, "lrrrrrrr");
}

/* Numbers with " | " between them, broken at the width of a screen. */
static void
report_evidence(const struct report *p, const struct finding *f)
{
	size_t i, column = 0;

	for (i = 0; i < f->nevidence && i < FINDING_MAX_EVIDENCE; i++) {
		struct buf one = BUF_INIT;

		if (report_put_evidence(
			f->evidence[i].name, f->evidence[i].value, &one) &&
		    buf_ok(&one)) {
			if (column > 0 &&
			    column + 3 + one.n > REPORT_COLUMNS - 2) {
				buf_add_char(p->out, '\n');
				column = 0;
			}
			buf_add_str(p->out, column == 0 ? "    " : " | ");
			column += (column == 0 ? 4 : 3) + one.n;
			buf_add(p->out, one.p, one.n);
		}
		buf_clear(&one);
	}
	if (column > 0)
		buf_add_char(p->out, '\n');
}

void
report_finding_share(struct report *p, const struct finding *f)
{
	if (isfinite(f->share) && report_share_is_own(f)) {
		report_put_share(f->share, p->out);
		buf_add_str(p->out, " of its own flows");
		return;
	}
	if (isfinite(f->share)) {
		report_put_share(f->share, p->out);
		buf_add_str(p->out, " of what ");
	} else
		buf_add_str(p->out, "judged by what ");
	report_put_text(p, f->several ? "is usual" : f->peer, p->out);
	if (!f->several)
		buf_add_str(p->out, " saw");
}

static void
report_finding(struct report *p, const struct finding *f)
{
	enum report_paint paint = report_severity_paint(f->severity);

	buf_add_str(p->out, "  ");
	report_paint_on(p, paint, p->out);
	buf_add_str(p->out, severity_name(f->severity));
	report_paint_off(p, paint, p->out);
	buf_printf(p->out, ": %s, ", f->rule);
	report_put_text(p, f->sensor, p->out);
	report_put_stretch(p, f, p->out);
	buf_add_str(p->out, ": ");
	report_put_text(p, f->summary, p->out);
	buf_add_str(p->out, "\n    ");
	report_finding_share(p, f);
	if (f->facet[0] != '\0') {
		buf_printf(p->out, "; %s ", f->facet);
		report_put_text(p, f->value, p->out);
	}
	if (f->direction != DIRECTION_NONE)
		buf_printf(
		    p->out, "; %s", finding_direction_name(f->direction));
	buf_add_char(p->out, '\n');
	report_evidence(p, f);
}

static void
report_findings(struct report *p)
{
	size_t i;

	if (p->r->nfindings == 0)
		return;
	report_title(p, "Findings");
	for (i = 0; i < p->r->nfindings; i++)
		report_finding(p, &p->r->findings[i]);
}

static void
report_notes(const struct report *p)
{
	size_t i;

	if (p->r->nnotes == 0)
		return;
	report_title(p, "Ruled out");
	for (i = 0; i < p->r->nnotes; i++) {
		buf_add_str(p->out, "  ");
		report_put_text(p, p->r->notes[i], p->out);
		buf_add_char(p->out, '\n');
	}
}

/* Runs of buckets in which one sensor has one gap, in words. */
static void
report_gap_runs(struct report *p, size_t sensor, unsigned g)
{
	const struct result *r = p->r;
	size_t from, to;

	for (from = 0; from < r->nbuckets; from = to) {
		to = from + 1;
		if ((r->buckets[from].gaps[sensor] >> g & 1) == 0)
			continue;
		while (to < r->nbuckets &&
		    (r->buckets[to].gaps[sensor] >> g & 1) != 0)
			to++;
		buf_add_str(p->out, "  ");
		report_put_time(
		    p, r->buckets[from].start_us, p->seconds, p->out);
		buf_add_str(p->out, report_dash(p));
		report_put_time(p, r->buckets[to - 1].start_us + r->width_us,
		    p->seconds, p->out);
		buf_add_str(p->out, "  ");
		report_put_text(p, r->sensors[sensor].name, p->out);
		buf_printf(p->out, ": %s", result_gap_name(1U << g));
		buf_printf(p->out, " (%zu bucket%s)\n", to - from,
		    to - from == 1 ? "" : "s");
	}
}

static void
report_gap_lines(struct report *p)
{
	size_t s;
	unsigned g;

	for (s = 0; s < p->r->nsensors; s++)
		for (g = 0; g < RESULT_NGAPS; g++)
			report_gap_runs(p, s, g);
}

static void
report_gap_section(struct report *p)
{
	if (report_uncompared(p->r) == 0)
		return;
	report_title(p, "Not fully compared");
	report_gap_lines(p);
}

static enum report_paint
report_verdict_paint(const struct result *r)
{
	if (r->nfindings > 0)
		return report_severity_paint(r->findings[0].severity);
	return report_uncompared(r) > 0 ? PAINT_UNKNOWN : PAINT_GOOD;
}

bool
report_text(
    const struct result *r, const struct report_style *style, struct buf *out)
{
	struct report p;
	enum report_paint paint = report_verdict_paint(r);

	if (!report_init(&p, r, style, out))
		return false;
	report_paint_on(&p, paint, out);
	/* Nothing below will tell the day or the zone. */
	p.dates = p.dates || style->quiet;
	report_verdict_line(&p, out);
	if (style->quiet && r->nbuckets > 0) {
		buf_add_str(out, "; times are ");
		report_zone(&p, out);
	}
	report_paint_off(&p, paint, out);
	buf_add_char(out, '\n');
	if (!style->quiet) {
		report_window(&p);
		report_sensors(&p);
		report_sftp(&p);
		report_pairs(&p);
		if (r->nbuckets > 0)
			buf_add_char(out, '\n');
		if (r->nbuckets > 0)
			report_strip(&p);
		report_findings(&p);
		report_notes(&p);
		report_gap_section(&p);
	}
	return !p.failed && buf_ok(out);
}

bool
report_verdict(
    const struct result *r, const struct report_style *style, struct buf *out)
{
	struct report p;

	if (!report_init(&p, r, style, out))
		return false;
	report_verdict_line(&p, out);
	return !p.failed && buf_ok(out);
}

bool
report_gaps(
    const struct result *r, const struct report_style *style, struct buf *out)
{
	struct report p;

	if (!report_init(&p, r, style, out))
		return false;
	report_gap_lines(&p);
	return !p.failed && buf_ok(out);
}
