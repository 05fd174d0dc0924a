/*
 * The higher a bar, the more differs: colour only says it again. What was not
 * compared is hatched, and what nobody asked for is empty.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sys/when.h"
#include "web/heat.h"

#define HEAT_HEIGHT 36
#define MIN_US (60 * US_PER_S)
#define HOUR_US (60 * MIN_US)
#define DAY_US (24 * HOUR_US)

const struct view heat_views[HEAT_NVIEWS] = {
	{ "hour", HOUR_US, MIN_US, 10 * MIN_US, STORE_BY_BUCKET, NULL, "time" },
	{ "day", DAY_US, 15 * MIN_US, 4 * HOUR_US, STORE_BY_BUCKET, "hour",
	    "time" },
	{ "week", 7 * DAY_US, 2 * HOUR_US, DAY_US, STORE_BY_HOUR, "day",
	    "day" },
	{ "month", 30 * DAY_US, 8 * HOUR_US, 5 * DAY_US, STORE_BY_HOUR, "day",
	    "day" },
	{ "year", 364 * DAY_US, 4 * DAY_US, 56 * DAY_US, STORE_BY_DAY, "week",
	    "day" },
};

static const struct {
	const char *class, *words;
} heat_levels[HEAT_NLEVELS] = {
	{ "l-none", "no record" },
	{ "l-unknown", "not compared" },
	{ "l-equal", "all agree" },
	{ "l-1", "under 0.1\xe2\x80\xaf% differ" },
	{ "l-2", "under 1\xe2\x80\xaf%" },
	{ "l-3", "under 5\xe2\x80\xaf%" },
	{ "l-4", "under 20\xe2\x80\xaf%" },
	{ "l-5", "20\xe2\x80\xaf% or more" },
};

const struct view *
heat_view(const struct visit *v)
{
	const char *name = visit_param(v, "view");
	size_t i;

	for (i = 0; name != NULL && i < HEAT_NVIEWS; i++)
		if (strcmp(heat_views[i].name, name) == 0)
			return &heat_views[i];
	return &heat_views[1];
}

static void
heat_add(struct heat *h, const struct store_cell *s)
{
	size_t i = (size_t)((s->start_us - h->from_us) / h->cell_us);
	struct heat_cell *c = &h->cell[i];

	if (s->start_us < h->from_us || i >= h->n)
		return;
	c->buckets += s->buckets;
	c->differ += s->status[BUCKET_DIFFERS];
	c->uncompared += s->status[BUCKET_INCOMPLETE] +
	    s->status[BUCKET_MISSING] + s->status[STORE_NOT_COMPARED];
	c->paired += s->paired;
	c->unpaired += s->unpaired;
	c->damaged += s->damaged;
	c->early |= h->view->by == STORE_BY_BUCKET && s->reading == STORE_EARLY;
	if (!isnan(s->worst) && !(c->worst <= s->worst))
		c->worst = s->worst;
}

static int64_t
heat_ceil(int64_t us, int64_t step_us)
{
	int64_t rest = us % step_us;

	return rest == 0 ? us : us - rest + step_us;
}

/* What the store had, from where it was given to. */
static bool
heat_history(struct visit *v, const char *group, struct heat *h)
{
	const struct site *s = v->site;
	enum site_history state = SITE_HISTORY_AWAY;
	struct store_cell *cells = NULL;
	int64_t pruned;
	size_t n = 0, i;

	if (!visit_ok(v, store_pruned(s->store, group, &pruned, &v->why)))
		return false;
	if (pruned <= h->from_us)
		return true;
	h->pruned_us = pruned < h->to_us ? pruned : h->to_us;
	h->why = (struct diag)DIAG_INIT;
	if (s->history == NULL)
		diag_set(&h->why, "buckets are kept no longer");
	else
		state = s->history(group, h->from_us, h->pruned_us, &cells, &n,
		    &h->why, s->arg);
	h->asked = state == SITE_HISTORY_ASKED;
	for (i = 0; i < n; i++)
		heat_add(h, &cells[i]);
	free(cells);
	return true;
}

bool
heat_load(struct visit *v, const struct store_group_info *g,
    const struct view *view, int64_t to_us, struct heat *h)
{
	enum store_span by = view->by;
	struct store_cell *cells = NULL;
	size_t n = 0, i;

	*h = (struct heat){ .view = view };
	h->cell_us = heat_ceil(view->cell_us, g->width_us);
	/* buckets of seconds are too many for a day */
	if (by == STORE_BY_BUCKET &&
	    view->span_us / g->width_us >= STORE_MAX_CELLS) {
		by = STORE_BY_HOUR;
		h->cell_us = HOUR_US;
	}
	h->to_us = heat_ceil(to_us, h->cell_us);
	h->from_us = h->to_us - heat_ceil(view->span_us, h->cell_us);
	h->n = (size_t)((h->to_us - h->from_us) / h->cell_us);
	if (h->n > HEAT_MAX_CELLS)
		h->n = HEAT_MAX_CELLS;
	for (i = 0; i < h->n; i++) {
		h->cell[i].start_us = h->from_us + (int64_t)i * h->cell_us;
		h->cell[i].worst = NAN;
	}
	if (!visit_ok(v,
		store_heat(v->site->store, g->name, h->from_us, h->to_us, by,
		    &cells, &n, &v->why)))
		return false;
	for (i = 0; i < n; i++)
		heat_add(h, &cells[i]);
	free(cells);
	return by != STORE_BY_BUCKET || heat_history(v, g->name, h);
}

enum heat_level
heat_level(const struct heat_cell *c)
{
	double differs = 1 - c->worst;

	if (c->buckets == 0)
		return HEAT_NO_RECORD;
	if (isnan(c->worst))
		return c->uncompared > 0 ? HEAT_NOT_COMPARED : HEAT_EQUAL;
	if (c->uncompared == c->buckets)
		return HEAT_NOT_COMPARED;
	return c->differ == 0 ? HEAT_EQUAL
	    : differs < 0.001 ? HEAT_LEAST
	    : differs < 0.01  ? HEAT_SOME
	    : differs < 0.05  ? HEAT_MUCH
	    : differs < 0.20  ? HEAT_MORE
			      : HEAT_MOST;
}

static void
heat_cell_words(
    struct buf *out, const struct heat *h, const struct heat_cell *c)
{
	enum heat_level level = heat_level(c);

	put(out, "%h", heat_levels[level].words);
	if (level == HEAT_NO_RECORD)
		return;
	if (!isnan(c->worst))
		put(out, ", least agreement %p", c->worst);
	if (h->cell_us > MIN_US && c->differ > 0)
		put(out, ", %n of %n buckets differ", c->differ, c->buckets);
	if (c->uncompared > 0 && c->buckets > 1)
		put(out, ", %n of %n not compared", c->uncompared, c->buckets);
	if (c->early)
		put(out, ", first look only");
}

static void
heat_link(struct buf *out, const struct heat *h, const struct heat_cell *c,
    const char *group)
{
	const struct view *closer = NULL;
	int64_t to = c->start_us + h->cell_us;
	size_t i;

	if (h->view->closer == NULL) {
		put(out, "/bucket/%u/%l", group, c->start_us / US_PER_S);
		return;
	}
	for (i = 0; i < HEAT_NVIEWS; i++)
		if (strcmp(heat_views[i].name, h->view->closer) == 0)
			closer = &heat_views[i];
	/* whole hours and days, with the cell in the middle or near it */
	to += (closer->span_us - h->cell_us) / 2;
	to = heat_ceil(to,
	    closer->span_us <= HOUR_US      ? closer->cell_us * 15
		: closer->span_us <= DAY_US ? HOUR_US
					    : DAY_US);
	put(out, "/group/%u?view=%x&amp;to=%l", group, closer->name,
	    to / US_PER_S);
}

static void
heat_draw_cell(
    struct buf *out, const struct heat *h, size_t i, const char *group)
{
	const struct heat_cell *c = &h->cell[i];
	enum heat_level level = heat_level(c);
	double x = 100 * (double)i / (double)h->n, w = 100 / (double)h->n;
	int high = level <= HEAT_EQUAL
	    ? HEAT_HEIGHT
	    : (level - HEAT_EQUAL) * HEAT_HEIGHT / (HEAT_MOST - HEAT_EQUAL);

	if (level != HEAT_NO_RECORD) {
		put(out, "<a href=\"");
		heat_link(out, h, c, group);
		put(out, "\">");
	}
	put(out, "<g><title>%t: ", c->start_us);
	heat_cell_words(out, h, c);
	put(out,
	    "</title><rect class=\"%x\" x=\"%c%%\" width=\"%c%%\" y=\"0\" "
	    "height=\"%i\"/>",
	    level <= HEAT_EQUAL ? heat_levels[level].class : "l-back", x, w,
	    HEAT_HEIGHT);
	if (level > HEAT_EQUAL)
		put(out,
		    "<rect class=\"%x\" x=\"%c%%\" width=\"%c%%\" y=\"%i\" "
		    "height=\"%i\"/>",
		    heat_levels[level].class, x, w, HEAT_HEIGHT - high, high);
	if (level >= HEAT_EQUAL && c->uncompared > 0)
		put(out,
		    "<rect class=\"l-unknown\" x=\"%c%%\" width=\"%c%%\" "
		    "y=\"0\" height=\"%i\"/>",
		    x, w, HEAT_HEIGHT / 4);
	put(out, "</g>");
	if (level != HEAT_NO_RECORD)
		put(out, "</a>");
}

void
heat_draw(struct buf *out, const struct heat *h, const char *group)
{
	size_t i;

	put(out,
	    "<svg class=\"heat\" height=\"%i\" role=\"group\" "
	    "aria-label=\"%h over time\">",
	    HEAT_HEIGHT, group);
	for (i = 0; i < h->n; i++)
		heat_draw_cell(out, h, i, group);
	put(out, "</svg>");
}

/* "08:00" or "24 Nov" */
static void
heat_tick(struct buf *out, const struct heat *h, int64_t us)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct when w;

	if (!when_local(us, NULL, &w))
		return;
	if (strcmp(h->view->tick_form, "time") == 0)
		buf_printf(out, "%02d:%02d", w.hour, w.minute);
	else
		buf_printf(out, "%d\xc2\xa0%s", w.day, months[w.month - 1]);
}

void
heat_axis(struct buf *out, const struct heat *h)
{
	double all = (double)(h->to_us - h->from_us);
	int64_t at = heat_ceil(h->from_us, h->view->tick_us);

	put(out, "<svg class=\"axis\" height=\"22\" aria-hidden=\"true\">");
	for (; at < h->to_us; at += h->view->tick_us) {
		double x = 100 * (double)(at - h->from_us) / all;

		put(out, "<line x1=\"%c%%\" x2=\"%c%%\" y1=\"0\" y2=\"5\"/>", x,
		    x);
		if (x > 96) /* no room */
			continue;
		put(out, "<text x=\"%c%%\" y=\"18\">", x);
		heat_tick(out, h, at);
		put(out, "</text>");
	}
	put(out, "</svg>");
}

/* Never as if it agreed. */
static void
heat_unknown(struct buf *out, const struct heat *h)
{
	if (h->asked)
		put(out,
		    "; <strong>before %t: ClickHouse is being asked</strong>",
		    h->pruned_us);
	else if (h->why.text[0] != '\0')
		put(out, "; <strong>before %t: not known here</strong> (%h)",
		    h->pruned_us, h->why.text);
}

void
heat_words(struct buf *out, const struct heat *h)
{
	uint64_t buckets = 0, differ = 0, uncompared = 0;
	double worst = NAN;
	size_t i;

	for (i = 0; i < h->n; i++) {
		const struct heat_cell *c = &h->cell[i];

		buckets += c->buckets;
		differ += c->differ;
		uncompared += c->uncompared;
		if (!isnan(c->worst) && !(worst <= c->worst))
			worst = c->worst;
	}
	if (buckets == 0) {
		put(out, "no record");
		heat_unknown(out, h);
		return;
	}
	put(out, "least agreement %p; ", worst);
	if (differ == 0)
		put(out, "none differs");
	else
		put(out, "%n of %n buckets differ", differ, buckets);
	if (uncompared > 0)
		put(out, "; <strong>%n not compared</strong>", uncompared);
	heat_unknown(out, h);
}

void
heat_legend(struct buf *out)
{
	size_t i;

	put(out, "<ul class=\"legend\">");
	for (i = HEAT_NLEVELS; i-- > 0;) {
		int high = i <= HEAT_EQUAL
		    ? 16
		    : (int)(i - HEAT_EQUAL) * 16 / (HEAT_MOST - HEAT_EQUAL);

		put(out,
		    "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\">"
		    "<rect class=\"%x\" width=\"16\" height=\"16\"/>",
		    i > HEAT_EQUAL ? "l-back" : "l-bare");
		put(out,
		    "<rect class=\"%x\" y=\"%i\" width=\"16\" height=\"%i\"/>"
		    "</svg> %h</li>",
		    heat_levels[i].class, 16 - high, high,
		    heat_levels[i].words);
	}
	put(out, "</ul>");
}

void
heat_links(struct buf *out, const struct heat *h, int64_t now_us)
{
	int64_t span = h->view->span_us;
	size_t i;

	put(out, "<nav class=\"views\" aria-label=\"Time\"><span>");
	for (i = 0; i < HEAT_NVIEWS; i++)
		put(out, "<a href=\"?view=%x\"%x>%x</a> ", heat_views[i].name,
		    &heat_views[i] == h->view ? " aria-current=\"true\"" : "",
		    heat_views[i].name);
	put(out,
	    "</span><span><a rel=\"prev\" href=\"?view=%x&amp;to=%l\">"
	    "\xe2\x86\x90 earlier</a> ",
	    h->view->name, (h->to_us - span) / US_PER_S);
	if (h->to_us < now_us)
		put(out,
		    "<a rel=\"next\" href=\"?view=%x&amp;to=%l\">later "
		    "\xe2\x86\x92</a> <a href=\"?view=%x\">now</a>",
		    h->view->name, (h->to_us + span) / US_PER_S, h->view->name);
	put(out, "</span><span>%t to %t UTC</span></nav>", h->from_us,
	    h->to_us);
}
