#include <math.h>
#include <string.h>
#include "web/chart.h"
#include "web/put.h"

#define CHART_HEIGHT 22 /* of a bar */
#define CHART_NSTATES (COVERAGE_NOT_COMPARED + 1)

/* As high as it is bad. */
static const struct {
	const char *class, *words;
	int high;
} chart_states[CHART_NSTATES] = {
	[COVERAGE_COMPLETE] = { "l-equal", "saw all", CHART_HEIGHT },
	[COVERAGE_DEGRADED] = { "l-3", "missed a part", CHART_HEIGHT / 2 },
	[COVERAGE_BLIND] = { "l-5", "blind", CHART_HEIGHT },
	[COVERAGE_NOT_COMPARED] = { "l-unknown", "not compared", CHART_HEIGHT },
};

static void
chart_stretch(
    struct buf *out, const struct coverage *c, int64_t from_us, double all)
{
	double x = 100 * (double)(c->from_us - from_us) / all;
	double w = 100 * (double)(c->to_us - c->from_us) / all;

	if (w < 0.12) /* else nobody would see it */
		w = 0.12;
	put(out, "<g><title>%t to %t: %h", c->from_us, c->to_us,
	    chart_states[c->state].words);
	if (c->why[0] != '\0')
		put(out, ", %h", c->why);
	if (c->missed > 0)
		put(out, ", %n of %n flows", c->missed, c->flows);
	put(out,
	    "</title><rect class=\"%x\" x=\"%c%%\" width=\"%c%%\" y=\"%i\" "
	    "height=\"%i\"/></g>",
	    chart_states[c->state].class, x, w,
	    CHART_HEIGHT - chart_states[c->state].high,
	    chart_states[c->state].high);
}

static void
chart_sensor(struct buf *out, const struct coverage *c, size_t n,
    int64_t from_us, int64_t to_us)
{
	int64_t us[CHART_NSTATES] = { 0 };
	double all = (double)(to_us - from_us);
	size_t i;

	for (i = 0; i < n; i++)
		us[c[i].state] += c[i].to_us - c[i].from_us;
	put(out, "<h3><a href=\"/sensor/%u\">%h</a></h3><p class=\"words\">",
	    c->sensor, c->sensor);
	for (i = 0; i < CHART_NSTATES; i++)
		if (us[i] > 0)
			put(out, "<span>%h %p of the time</span> ",
			    chart_states[i].words, (double)us[i] / all);
	put(out,
	    "</p><svg class=\"bar\" height=\"%i\" role=\"img\" aria-label=\""
	    "coverage of %h\"><rect class=\"l-equal\" width=\"100%%\" "
	    "height=\"%i\"/>",
	    CHART_HEIGHT, c->sensor, CHART_HEIGHT);
	for (i = 0; i < n; i++)
		if (c[i].state != COVERAGE_COMPLETE)
			chart_stretch(out, &c[i], from_us, all);
	put(out, "</svg>");
}

void
chart_coverage(struct buf *out, const struct coverage *c, size_t n,
    int64_t from_us, int64_t to_us)
{
	size_t i, k;

	for (i = 0; i < n; i = k) {
		for (k = i; k < n && strcmp(c[k].sensor, c[i].sensor) == 0;)
			k++;
		chart_sensor(out, &c[i], k - i, from_us, to_us);
	}
}

void
chart_coverage_legend(struct buf *out)
{
	size_t i;

	put(out, "<ul class=\"legend\">");
	for (i = 0; i < CHART_NSTATES; i++)
		put(out,
		    "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\">"
		    "<rect class=\"l-back\" width=\"16\" height=\"16\"/>"
		    "<rect class=\"%x\" y=\"%i\" width=\"16\" height=\"%i\"/>"
		    "</svg> %h</li>",
		    chart_states[i].class,
		    16 - chart_states[i].high * 16 / CHART_HEIGHT,
		    chart_states[i].high * 16 / CHART_HEIGHT,
		    chart_states[i].words);
	put(out, "</ul>");
}

/* -- curves, in a box of 1000 by 100 -- */

static double
chart_x(const struct chart_curve *c, size_t i)
{
	return 1000 *
	    ((double)(c->p[i].at_us - c->from_us) + (double)c->step_us / 2) /
	    (double)(c->to_us - c->from_us);
}

static void
chart_run(struct buf *out, const struct chart_curve *c, size_t from, size_t to,
    double low, double high)
{
	double scale = high > low ? 100 / (high - low) : 0;
	size_t i;

	put(out, "<polygon points=\"");
	for (i = from; i < to; i++)
		put(out, "%c,%c ", chart_x(c, i),
		    100 - scale * (c->p[i].high - low));
	for (i = to; i-- > from;)
		put(out, "%c,%c ", chart_x(c, i),
		    100 - scale * (c->p[i].low - low));
	put(out,
	    "\"/><polyline vector-effect=\"non-scaling-stroke\" points=\"");
	for (i = from; i < to; i++)
		put(out, "%c,%c ", chart_x(c, i),
		    100 - scale * (c->p[i].mean - low));
	put(out, "\"/>");
}

/* Zero is always in sight, and what is nearly nothing looks like it. */
#define CHART_LEAST_US 1000.0

void
chart_curve(struct buf *out, const struct chart_curve *c)
{
	double low = 0, high = 0;
	size_t i, k;

	if (c->n == 0) {
		put(out, "<p class=\"none\">Nothing known of this time.</p>");
		return;
	}
	for (i = 0; i < c->n; i++) {
		low = fmin(low, c->p[i].low);
		high = fmax(high, c->p[i].high);
	}
	if (high - low < CHART_LEAST_US) {
		high += CHART_LEAST_US / 2;
		low -= CHART_LEAST_US / 2;
	}
	put(out,
	    "<figure class=\"curve\"><figcaption>%d to %d</figcaption><svg "
	    "viewBox=\"0 0 1000 100\" "
	    "preserveAspectRatio=\"none\" height=\"90\" role=\"img\" "
	    "aria-label=\"%h: from %d to %d\">",
	    (int64_t)low, (int64_t)high, c->label, (int64_t)low, (int64_t)high);
	put(out,
	    "<line x1=\"0\" x2=\"1000\" y1=\"%c\" y2=\"%c\" "
	    "vector-effect=\"non-scaling-stroke\"/>",
	    100 + 100 * low / (high - low), 100 + 100 * low / (high - low));
	for (i = 0; i < c->n; i = k) {
		for (k = i + 1; k < c->n &&
		     c->p[k].at_us <= c->p[k - 1].at_us + 2 * c->step_us;)
			k++;
		chart_run(out, c, i, k, low, high);
	}
	put(out, "</svg></figure>");
}
