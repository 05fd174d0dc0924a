/*
 * Pictures as SVG. Where there are more buckets than a picture has room for,
 * several are one cell, and a cell shows the worst that is in it. What was not
 * compared is a gap in a line, never a value.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "crosstap/report_html_put.h"

#define CHART_WIDTH 760
#define CHART_LEFT 66.0
#define CHART_RIGHT 750.0
#define CHART_TOP 10.0
#define CHART_CELLS 342 /* two units wide each */
#define CHART_SERIES 8
#define CHART_WORKERS 64

struct chart {
	struct html *w;
	const struct result *r;
	size_t step;   /* buckets a cell */
	double bottom; /* of the plot */
	double lo, hi; /* of the values */
};

static double
chart_x(const struct chart *c, int64_t us)
{
	double all = (double)(c->r->to_us - c->r->from_us);
	double at = all > 0 ? (double)(us - c->r->from_us) / all : 0;

	at = at < 0 ? 0 : at > 1 ? 1 : at;
	return CHART_LEFT + at * (CHART_RIGHT - CHART_LEFT);
}

static double
chart_y(const struct chart *c, double v)
{
	double at = c->hi > c->lo ? (v - c->lo) / (c->hi - c->lo) : 0;

	at = at < 0 ? 0 : at > 1 ? 1 : at;
	return c->bottom - at * (c->bottom - CHART_TOP);
}

static void
chart_open(struct chart *c, struct html *w, const char *title, const char *what,
    double bottom)
{
	*c = (struct chart){ .w = w, .r = w->h->r, .bottom = bottom };
	c->step = (c->r->nbuckets + CHART_CELLS - 1) / CHART_CELLS;
	c->step += c->step == 0;
	html_element(w, "<figure><figcaption><b>", title, "</b> ");
	html_element(w, "", what, "</figcaption>");
	html_element(w,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"",
	    title, "\">");
	buf_printf(w->out, "<svg viewBox=\"0 0 %d %.0f\" role=\"img\" ",
	    CHART_WIDTH, bottom + 24);
	html_element(w, "aria-label=\"", what, "\">\n");
}

static void
chart_close(struct chart *c)
{
	html_raw(c->w, "</svg></div>\n");
}

/* The first of these that leaves room for its labels. */
static int64_t
chart_tick_s(const struct chart *c)
{
	static const int64_t steps[] = { 1, 5, 10, 30, 60, 120, 300, 600, 900,
		1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800 };
	int64_t span = (c->r->to_us - c->r->from_us) / US_PER_S;
	int64_t most = c->w->p.dates ? 5 : 9;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(steps) && span / steps[i] > most)
		i++;
	return steps[i];
}

static void
chart_time_axis(struct chart *c)
{
	int64_t tick = chart_tick_s(c) * US_PER_S, at;

	buf_printf(c->w->out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n",
	    CHART_LEFT, c->bottom, CHART_RIGHT);
	at = c->r->from_us - c->r->from_us % tick;
	if (at < c->r->from_us)
		at += tick;
	for (; at <= c->r->to_us && c->r->to_us > c->r->from_us; at += tick) {
		double x = chart_x(c, at);

		buf_printf(c->w->out,
		    "<path class=\"axis\" d=\"M%.1f %.1fv4\"/><text x=\"%.1f\" "
		    "y=\"%.1f\" text-anchor=\"%s\">",
		    x, c->bottom, x, c->bottom + 17,
		    x > CHART_RIGHT - 40 ? "end" : "middle");
		report_put_time(&c->w->p, at, false, &c->w->text);
		html_take(c->w);
		html_raw(c->w, "</text>\n");
	}
}

/* Stretches of findings lie behind the lines. */
static void
chart_shade(struct chart *c)
{
	size_t i;

	for (i = 0; i < c->r->nfindings; i++) {
		double x = chart_x(c, c->r->findings[i].from_us);

		buf_printf(c->w->out,
		    "<rect class=\"shade\" x=\"%.1f\" y=\"%.1f\" "
		    "width=\"%.1f\" height=\"%.1f\"/>\n",
		    x, CHART_TOP, chart_x(c, c->r->findings[i].to_us) - x,
		    c->bottom - CHART_TOP);
	}
}

static void
chart_value_axis(struct chart *c, void (*put)(double v, struct buf *out))
{
	int i;

	for (i = 0; i <= 4; i++) {
		double v = c->lo + (c->hi - c->lo) * i / 4;

		buf_printf(c->w->out,
		    "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/><text "
		    "x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
		    CHART_LEFT, chart_y(c, v), CHART_RIGHT, CHART_LEFT - 6,
		    chart_y(c, v) + 4);
		put(v, &c->w->text);
		html_take(c->w);
		html_raw(c->w, "</text>\n");
	}
}

/* NaN: nothing is known of the cell. */
typedef double
chart_value(const struct chart *c, size_t from, size_t to, size_t which);

static void
chart_line(struct chart *c, chart_value *value, size_t which, size_t color)
{
	bool pen = false;
	size_t i, to;

	buf_printf(c->w->out, "<path class=\"line c%zu\" d=\"", color);
	for (i = 0; i < c->r->nbuckets; i = to) {
		double v, x;

		to =
		    i + c->step < c->r->nbuckets ? i + c->step : c->r->nbuckets;
		v = value(c, i, to, which);
		x = (chart_x(c, c->r->buckets[i].start_us) +
			chart_x(c,
			    c->r->buckets[to - 1].start_us + c->r->width_us)) /
		    2;
		if (isfinite(v)) /* a point alone shows by its round cap */
			buf_printf(c->w->out,
			    pen ? "L%.1f %.1f" : "M%.1f %.1fh.01", x,
			    chart_y(c, v));
		pen = isfinite(v);
	}
	html_raw(c->w, "\"/>\n");
}

static void
chart_legend_item(struct html *w, const char *swatch, const char *text)
{
	html_raw(w, "<li><svg viewBox=\"0 0 14 8\" aria-hidden=\"true\">");
	html_raw(w, swatch);
	html_element(w, "</svg>", text, "</li>\n");
}

static void
chart_legend_line(struct html *w, size_t color)
{
	buf_printf(w->out,
	    "<li><svg viewBox=\"0 0 14 8\" aria-hidden=\"true\"><path "
	    "class=\"line c%zu\" d=\"M1 4H13\"/></svg>",
	    color);
	html_take(w);
	html_raw(w, "</li>\n");
}

/* -- the strip -- */

struct chart_cell {
	bool any, finding, whole, differs; /* whole: all fully compared */
	enum severity worst;
	double agreement;
};

static struct chart_cell
chart_cell_of(const struct result *r, size_t from, size_t to)
{
	struct chart_cell cell = { .whole = true, .agreement = 1 };
	size_t i;

	for (i = from; i < to; i++) {
		const struct result_bucket *b = &r->buckets[i];
		enum severity worst;
		double a = report_bucket_agreement(r, b);

		if (report_bucket_finding(r, b, &worst)) {
			cell.worst = worst > cell.worst ? worst : cell.worst;
			cell.finding = true;
		}
		cell.whole = cell.whole && b->status < BUCKET_INCOMPLETE;
		if (b->status == BUCKET_MISSING)
			continue;
		cell.any = true;
		cell.differs = cell.differs || b->status == BUCKET_DIFFERS;
		cell.agreement = a < cell.agreement ? a : cell.agreement;
	}
	return cell;
}

static const char *
chart_cell_class(const struct chart_cell *cell)
{
	if (cell->finding && cell->worst == SEVERITY_CRITICAL)
		return "critical";
	if (cell->finding && cell->worst == SEVERITY_WARNING)
		return "warning";
	if (!cell->any)
		return "none";
	return cell->differs ? "differs" : "equal";
}

static void
chart_cell_title(
    struct chart *c, const struct chart_cell *cell, size_t from, size_t to)
{
	struct report *p = &c->w->p;
	struct buf *text = &c->w->text;

	report_put_time(p, c->r->buckets[from].start_us, p->seconds, text);
	buf_add_str(text, report_dash(p));
	report_put_time(p, c->r->buckets[to - 1].start_us + c->r->width_us,
	    p->seconds, text);
	buf_add_str(text, ": ");
	if (!cell->any)
		buf_add_str(text, "not compared");
	else {
		buf_add_str(text, "agreement ");
		report_put_share(cell->agreement, text);
		if (!cell->whole)
			buf_add_str(text, ", not fully compared");
	}
	if (cell->finding)
		buf_printf(text, ", %s finding", severity_name(cell->worst));
}

static void
chart_strip_cells(struct chart *c)
{
	size_t i, to;

	for (i = 0; i < c->r->nbuckets; i = to) {
		struct chart_cell cell;
		double x = chart_x(c, c->r->buckets[i].start_us), width;

		to =
		    i + c->step < c->r->nbuckets ? i + c->step : c->r->nbuckets;
		cell = chart_cell_of(c->r, i, to);
		width = chart_x(c,
			    c->r->buckets[to - 1].start_us + c->r->width_us) -
		    x;
		if (width > 4)
			width -= 1; /* a gap between cells */
		buf_printf(c->w->out,
		    "<g><rect class=\"k-%s\" x=\"%.2f\" y=\"%.0f\" "
		    "width=\"%.2f\" height=\"28\"/>",
		    chart_cell_class(&cell), x, CHART_TOP, width);
		if (!cell.whole)
			buf_printf(c->w->out,
			    "<rect class=\"k-none\" x=\"%.2f\" y=\"%.0f\" "
			    "width=\"%.2f\" height=\"8\"/>",
			    x, CHART_TOP + 30, width);
		html_raw(c->w, "<title>");
		chart_cell_title(c, &cell, i, to);
		html_take(c->w);
		html_raw(c->w, "</title></g>\n");
	}
}

void
html_strip(struct html *w)
{
	struct chart c;

	chart_open(&c, w, "Timeline",
	    "what was found, bucket by bucket; the second row marks what was "
	    "not fully compared",
	    CHART_TOP + 42);
	html_raw(w,
	    "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" "
	    "patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(45)\"><path class=\"hatch\" "
	    "d=\"M0 0V5\"/></pattern></defs>\n");
	chart_strip_cells(&c);
	chart_time_axis(&c);
	chart_close(&c);
	html_raw(w, "<ul class=\"legend\">");
#define SWATCH(k) "<rect class=\"k-" k "\" width=\"14\" height=\"8\"/>"
	chart_legend_item(w, SWATCH("equal"), "equal");
	chart_legend_item(w, SWATCH("differs"), "differs, no finding");
	chart_legend_item(w, SWATCH("warning"), "warning");
	chart_legend_item(w, SWATCH("critical"), "critical");
	chart_legend_item(w, SWATCH("none"), "not fully compared");
#undef SWATCH
	html_raw(w, "</ul></figure>\n");
}

/* -- agreement over time -- */

static double
chart_agreement(const struct chart *c, size_t from, size_t to, size_t pair)
{
	struct result_counts n = { 0 };
	bool any = false;
	size_t i;

	for (i = from; i < to; i++) {
		const struct result_bucket *b = &c->r->buckets[i];

		if (!b->compared[pair])
			continue;
		any = true;
		n.paired += b->n[pair].paired;
		n.only_a += b->n[pair].only_a;
		n.only_b += b->n[pair].only_b;
	}
	return any ? result_agreement(&n, c->r->pairs[pair].relation)
		   : (double)NAN;
}

/* The scale ends at 1, and begins where the least value has room. */
static double
chart_agreement_low(const struct chart *c)
{
	static const double lows[] = { 0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.6,
		0.4, 0 };
	double least = 1;
	size_t i, k;

	for (k = 0; k < c->r->npairs; k++)
		for (i = 0; i < c->r->nbuckets; i++)
			least = fmin(least, chart_agreement(c, i, i + 1, k));
	for (i = 0; i + 1 < ARRAY_LEN(lows) && lows[i] > least; i++)
		;
	return lows[i];
}

/* Pairs that agree least, first; *n of them. */
static void
chart_worst_pairs(const struct result *r, size_t out[CHART_SERIES], size_t *n)
{
	size_t i, k;

	*n = 0;
	for (i = 0; i < r->npairs; i++) {
		for (k = *n; k > 0 &&
		     r->pairs[out[k - 1]].agreement > r->pairs[i].agreement;
		     k--)
			if (k < CHART_SERIES)
				out[k] = out[k - 1];
		if (k < CHART_SERIES)
			out[k] = i;
		*n += *n < CHART_SERIES;
	}
}

static void
chart_put_percent(double v, struct buf *out)
{
	buf_printf(out, "%.4g %%", v * 100);
}

void
html_agreement(struct html *w)
{
	size_t pairs[CHART_SERIES], n, i;
	struct chart c;

	chart_open(&c, w, "Agreement",
	    "share of the flows that both sensors of a pair have; shaded where "
	    "a finding holds, broken where nothing could be compared",
	    CHART_TOP + 150);
	c.hi = 1;
	c.lo = chart_agreement_low(&c);
	chart_shade(&c);
	chart_value_axis(&c, chart_put_percent);
	chart_time_axis(&c);
	chart_worst_pairs(c.r, pairs, &n);
	for (i = 0; i < n; i++)
		chart_line(&c, chart_agreement, pairs[i], i);
	chart_close(&c);
	html_raw(w, "<ul class=\"legend\">");
	for (i = 0; i < n; i++) {
		const struct result_pair *p = &c.r->pairs[pairs[i]];

		report_put_text(&w->p, c.r->sensors[p->a].name, &w->text);
		buf_add_str(&w->text, " and ");
		report_put_text(&w->p, c.r->sensors[p->b].name, &w->text);
		buf_add_str(&w->text, ": ");
		if (p->compared)
			report_put_share(p->agreement, &w->text);
		else
			buf_add_str(&w->text, "not compared");
		chart_legend_line(w, i);
	}
	if (n < c.r->npairs) {
		buf_printf(&w->text,
		    "%zu pairs that agree better are not drawn",
		    c.r->npairs - n);
		html_raw(w, "<li>");
		html_take(w);
		html_raw(w, "</li>");
	}
	html_raw(w, "</ul></figure>\n");
}

/* -- flows of each sensor -- */

/* A bucket, on average; of a log that does not cover it nothing is known. */
static double
chart_sensor_flows(const struct chart *c, size_t from, size_t to, size_t s)
{
	const unsigned lost =
	    GAP_NOT_YET | GAP_BEFORE_LOG | GAP_AFTER_LOG | GAP_NO_ANSWER;
	uint64_t sum = 0;
	size_t i, n = 0;

	for (i = from; i < to; i++) {
		if ((c->r->buckets[i].gaps[s] & lost) != 0)
			continue;
		sum += c->r->buckets[i].flows[s];
		n++;
	}
	return n == 0 ? (double)NAN : (double)sum / (double)n;
}

/* 1, 2, 4 or 8 times a power of ten, so that quarters are round. */
static double
chart_round_up(double v)
{
	double power = v > 4 ? pow(10, floor(log10(v / 4))) * 4 : 4;

	while (power < v)
		power += v > 4 ? pow(10, floor(log10(v / 4))) * 4 : 4;
	return power;
}

static void
chart_put_count(double v, struct buf *out)
{
	report_put_count((uint64_t)(v + 0.5), out);
}

void
html_flows_chart(struct html *w)
{
	struct chart c;
	double most = 0;
	size_t i, s;

	chart_open(
	    &c, w, "Flows of each sensor", "in a bucket", CHART_TOP + 150);
	for (s = 0; s < c.r->nsensors; s++)
		for (i = 0; i < c.r->nbuckets; i += c.step)
			most = fmax(most,
			    chart_sensor_flows(&c, i,
				i + c.step < c.r->nbuckets ? i + c.step
							   : c.r->nbuckets,
				s));
	c.hi = chart_round_up(most);
	chart_shade(&c);
	chart_value_axis(&c, chart_put_count);
	chart_time_axis(&c);
	for (s = 0; s < c.r->nsensors && s < CHART_SERIES; s++)
		chart_line(&c, chart_sensor_flows, s, s);
	chart_close(&c);
	html_raw(w, "<ul class=\"legend\">");
	for (s = 0; s < c.r->nsensors && s < CHART_SERIES; s++) {
		report_put_text(&w->p, c.r->sensors[s].name, &w->text);
		buf_add_str(&w->text, ": ");
		report_put_count(c.r->sensors[s].flows, &w->text);
		chart_legend_line(w, s);
	}
	html_raw(w, "</ul></figure>\n");
}

/* -- workers -- */

struct chart_worker {
	const char *name;
	double flows, all; /* its flows, and those of the sensor */
	double usual;      /* share */
};

/* By name, worker-2 before worker-10. */
static int
chart_worker_order(const void *a, const void *b)
{
	const struct chart_worker *x = a, *y = b;
	size_t nx = strlen(x->name), ny = strlen(y->name);

	return nx != ny ? (nx > ny) - (nx < ny) : strcmp(x->name, y->name);
}

static size_t
chart_workers_of(const struct html *w, const struct finding *f,
    struct chart_worker out[CHART_WORKERS])
{
	size_t n = 0, i, k;

	for (i = 0; i < w->h->nrows; i++) {
		const struct evidence *e = &w->h->rows[i];

		if (e->kind != EVIDENCE_WORKER || e->start_us < f->from_us ||
		    e->start_us >= f->to_us ||
		    strcmp(e->t[EVT_sensor], f->sensor) != 0 ||
		    strcmp(e->t[EVT_peer], f->peer) != 0 ||
		    !isfinite(e->n[EV_worker_flows]))
			continue;
		for (k = 0; k < n; k++)
			if (strcmp(out[k].name, e->t[EVT_worker]) == 0)
				break;
		if (k == CHART_WORKERS)
			continue;
		if (k == n)
			out[n++] =
			    (struct chart_worker){ .name = e->t[EVT_worker],
				    .usual = e->n[EV_worker_usual] };
		out[k].flows += e->n[EV_worker_flows];
		out[k].all += e->n[EV_flows];
	}
	/* cppcheck-suppress uninitvar; n of them are set above */
	qsort(out, n, sizeof(*out), chart_worker_order);
	return n;
}

static void
chart_worker_row(struct chart *c, const struct chart_worker *v, double y)
{
	double share = v->all > 0 ? v->flows / v->all : 0;
	double room = CHART_RIGHT - 170 - (CHART_LEFT + 90);

	buf_printf(c->w->out,
	    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", CHART_LEFT + 82,
	    y + 12);
	html_text(c->w, v->name);
	buf_printf(c->w->out,
	    "</text><rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"14\"/><rect class=\"usual\" x=\"%.1f\" y=\"%.1f\" "
	    "width=\"%.1f\" height=\"18\"/><text x=\"%.1f\" y=\"%.1f\">",
	    CHART_LEFT + 90, y + 2, share / c->hi * room, CHART_LEFT + 90, y,
	    v->usual / c->hi * room, CHART_RIGHT - 162, y + 13);
	report_put_share(share, &c->w->text);
	buf_add_str(&c->w->text, ", usual ");
	report_put_share(v->usual, &c->w->text);
	html_take(c->w);
	html_raw(c->w, "</text>\n");
}

void
html_workers(struct html *w, const struct finding *f)
{
	struct chart_worker v[CHART_WORKERS];
	size_t n = chart_workers_of(w, f, v), i;
	struct chart c;

	if (n == 0)
		return;
	chart_open(&c, w, "Workers",
	    "share of the sensor's flows while the finding held; the frame is "
	    "its usual share",
	    8 + 24 * (double)n);
	c.hi = 0.01;
	for (i = 0; i < n; i++)
		c.hi = fmax(c.hi,
		    fmax(v[i].usual, v[i].all > 0 ? v[i].flows / v[i].all : 0));
	for (i = 0; i < n; i++)
		chart_worker_row(&c, &v[i], 8 + 24 * (double)i);
	chart_close(&c);
	html_raw(w, "</figure>\n");
}
