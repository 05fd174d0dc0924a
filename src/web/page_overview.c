/*
 * All groups at a glance, and one of them over time.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/roster.h"
#include "web/chart.h"
#include "web/heat.h"
#include "web/page.h"

/* A page of groups: the work for one request is bounded. */
#define OVERVIEW_GROUPS 25
#define OVERVIEW_INCIDENTS 20

/* Open ones, the worst first. */
static int
overview_compare(const void *a, const void *b)
{
	const struct store_incident *x = a, *y = b;

	return x->i.severity != y->i.severity
	    ? (x->i.severity < y->i.severity) - (x->i.severity > y->i.severity)
	    : (x->i.id < y->i.id) - (x->i.id > y->i.id);
}

static bool
overview_incidents(struct visit *v)
{
	const struct store_incident_filter f = { .open_only = true };
	struct store_incident *list = NULL;
	size_t n = 0, shown;

	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return false;
	if (n > 1)
		qsort(list, n, sizeof(*list), overview_compare);
	shown = n < OVERVIEW_INCIDENTS ? n : OVERVIEW_INCIDENTS;
	put(v->out, "<section><h2>Open incidents</h2>\n");
	page_incident_table(
	    v, list, shown, "None: no sensor is known to miss anything.");
	if (shown < n)
		put(v->out, "<p><a href=\"/incidents\">All %n of them</a></p>",
		    (uint64_t)n);
	put(v->out, "</section>\n");
	free(list);
	return true;
}

/* Sensors that do not answer. */
static bool
overview_silent(struct visit *v)
{
	struct store_sensor_state *s = NULL;
	size_t n = 0, i;

	if (!visit_ok(v, store_sensor_states(v->site->store, &s, &n, &v->why)))
		return false;
	for (i = 0; i < n; i++)
		if (s[i].failure_us > s[i].success_us)
			put(v->out,
			    "<p class=\"alarm\"><strong><a "
			    "href=\"/sensor/%u\">%h</a> does not answer:"
			    "</strong> %h (last answer %t)</p>\n",
			    s[i].sensor, s[i].sensor, s[i].failure,
			    s[i].success_us);
	free(s);
	return true;
}

static bool
overview_row(struct visit *v, const struct store_group_info *g,
    const struct view *view, int64_t to_us, struct heat *h)
{
	size_t i;

	if (!heat_load(v, g, view, to_us, h))
		return false;
	put(v->out, "<h3><a href=\"/group/%u?view=%x\">%h</a> <small>", g->name,
	    view->name, g->name);
	for (i = 0; i < g->nmembers; i++)
		put(v->out, "%x%h",
		    i == 0                               ? ""
			: g->relation == RELATION_SUBSET ? " \xe2\x8a\x87 "
							 : ", ",
		    g->member[i]);
	put(v->out, "</small></h3><p class=\"words\">");
	heat_words(v->out, h);
	if (g->last_us != INT64_MIN)
		put(v->out, "; looked at until %t", g->last_us + g->width_us);
	put(v->out, "</p>");
	heat_draw(v->out, h, g->name);
	return true;
}

static bool
overview_heat(
    struct visit *v, const struct store_group_info *g, size_t n, int64_t to_us)
{
	const struct view *view = heat_view(v);
	struct heat *h = calloc(1, sizeof(*h));
	int64_t first = 0;
	const char *text = visit_param(v, "first");
	size_t i;
	bool ok = h != NULL;

	if (text != NULL && !visit_number(v, text, 0, 1000000, &first))
		ok = false;
	v->out->failed |= h == NULL;
	if (ok && n > 0) { /* for the links */
		ok = heat_load(v, &g[0], view, to_us, h);
		if (ok) {
			put(v->out, "<section><h2>Agreement of sensors</h2>\n");
			heat_links(v->out, h, v->now_us);
			put(v->out, "<div class=\"strips\">");
		}
	}
	for (i = (size_t)first;
	     ok && i < n && i < (size_t)first + OVERVIEW_GROUPS; i++)
		ok = overview_row(v, &g[i], view, to_us, h);
	if (ok && n > 0) {
		heat_axis(v->out, h);
		put(v->out, "</div>");
		heat_legend(v->out);
	}
	if (ok && i < n)
		put(v->out,
		    "<p><a href=\"?view=%x&amp;first=%l\">%n more groups"
		    "</a></p>",
		    view->name, (int64_t)i, (uint64_t)(n - i));
	if (ok && n > 0)
		put(v->out, "</section>\n");
	free(h);
	return ok;
}

void
page_overview(struct visit *v)
{
	struct store_group_info *g = NULL;
	int64_t to_us;
	size_t n = 0;

	if (!visit_time(v, "to", v->now_us, &to_us) ||
	    !visit_ok(v, store_groups(v->site->store, &g, &n, &v->why)))
		return;
	page_begin(v, "Overview", "/",
	    visit_param(v, "to") == NULL ? PAGE_LIVE : PAGE_STILL);
	if (n == 0)
		put(v->out, "<p>No group was compared yet.</p>");
	if (overview_silent(v) && overview_incidents(v) &&
	    overview_heat(v, g, n, to_us))
		page_end(v);
	free(g);
}

/* -- one group -- */

static bool
overview_find(struct visit *v, const char *name, struct store_group_info *out)
{
	struct store_group_info *g = NULL;
	size_t n = 0, i;
	bool found = false;

	if (!visit_ok(v, store_groups(v->site->store, &g, &n, &v->why)))
		return false;
	for (i = 0; i < n && !found; i++)
		if (strcmp(g[i].name, name) == 0) {
			*out = g[i];
			found = true;
		}
	free(g);
	if (!found) {
		diag_set(&v->why, "no group '%.63s'", name);
		visit_fail(v, 404);
	}
	return found;
}

static bool
overview_window_incidents(struct visit *v, const struct heat *h)
{
	const struct store_incident_filter f = { .group = v->word[0],
		.from_us = h->from_us,
		.to_us = h->to_us,
		.max = 100 };
	struct store_incident *list = NULL;
	size_t n = 0;

	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return false;
	put(v->out, "<section><h2>Incidents of this time</h2>\n");
	page_incident_table(v, list, n, "None.");
	put(v->out, "</section>\n");
	free(list);
	return true;
}

static bool
overview_window_coverage(struct visit *v, const struct heat *h)
{
	struct coverage *c = NULL;
	size_t n = 0;

	if (!visit_ok(v,
		store_coverage(v->site->store, v->word[0], NULL, NULL,
		    h->from_us, h->to_us, &c, &n, &v->why)))
		return false;
	put(v->out,
	    "<section><h2>What each sensor saw</h2>\n"
	    "<div class=\"strips\">");
	chart_coverage(v->out, c, n, h->from_us, h->to_us);
	heat_axis(v->out, h);
	put(v->out, "</div>");
	chart_coverage_legend(v->out);
	put(v->out,
	    "<p><a href=\"/coverage?group=%u&amp;from=%l&amp;to=%l\">"
	    "Coverage of this time in detail</a></p></section>\n",
	    v->word[0], h->from_us / US_PER_S, h->to_us / US_PER_S);
	free(c);
	return true;
}

void
page_group(struct visit *v)
{
	struct heat *h = calloc(1, sizeof(*h));
	struct store_group_info g;
	int64_t to_us;

	v->out->failed |= h == NULL;
	if (h == NULL || !visit_time(v, "to", v->now_us, &to_us) ||
	    !overview_find(v, v->word[0], &g) ||
	    !heat_load(v, &g, heat_view(v), to_us, h))
		goto out;
	page_begin(v, g.name, "",
	    h->asked                           ? PAGE_SOON
		: visit_param(v, "to") == NULL ? PAGE_LIVE
					       : PAGE_STILL);
	put(v->out, "<p>%x",
	    g.relation == RELATION_SUBSET
		? "The others should see a part of what the first sees: "
		: "All should see the same: ");
	for (size_t i = 0; i < g.nmembers; i++)
		put(v->out, "%x<a href=\"/sensor/%u\">%h</a>",
		    i == 0 ? "" : ", ", g.member[i], g.member[i]);
	put(v->out, ". Buckets of %d.</p>\n<section><h2>Agreement</h2>\n",
	    g.width_us);
	heat_links(v->out, h, v->now_us);
	put(v->out, "<p class=\"words\">");
	heat_words(v->out, h);
	put(v->out, "</p><div class=\"strips\">");
	heat_draw(v->out, h, g.name);
	heat_axis(v->out, h);
	put(v->out, "</div>");
	heat_legend(v->out);
	put(v->out, "</section>\n");
	if (overview_window_incidents(v, h) && overview_window_coverage(v, h))
		page_end(v);
out:
	free(h);
}
