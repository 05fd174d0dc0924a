/*
 * Sensors: whether they answer, and how their clocks and logs went.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/roster.h"
#include "web/chart.h"
#include "web/heat.h"
#include "web/page.h"

static void
sensors_row(struct visit *v, const struct store_sensor_state *s)
{
	bool fails = s->failure_us > s->success_us;

	put(v->out,
	    "<tr><th scope=\"row\"><a href=\"/sensor/%u\">%h</a></th><td>",
	    s->sensor, s->sensor);
	if (fails)
		put(v->out,
		    "<span class=\"badge critical\">does not answer</span> %h",
		    s->failure);
	else
		put(v->out, "<span class=\"badge fine\">answers</span>");
	put(v->out, "</td><td>%t</td><td>%t</td><td class=\"n\">",
	    s->success_us, s->watermark_us);
	if (s->success_us == 0 || s->watermark_us == INT64_MIN)
		put(v->out, "\xe2\x80\x93");
	else
		put(v->out, "%d", s->success_us - s->watermark_us);
	put(v->out, "</td><td class=\"n\">");
	if (s->success_us == 0 || s->lag_us == INT64_MIN)
		put(v->out, "\xe2\x80\x93");
	else
		put(v->out, "%d", s->lag_us);
	put(v->out, "</td></tr>\n");
}

static bool
sensors_maintenance(struct visit *v)
{
	struct store_maintenance *m = NULL;
	size_t n = 0, i;

	if (!visit_ok(v,
		store_maintenances(v->site->store, v->now_us, &m, &n, &v->why)))
		return false;
	if (n > 0)
		put(v->out, "<section><h2>Planned work</h2><ul>");
	for (i = 0; i < n; i++)
		put(v->out, "<li>%h: %t to %t, by %h: %h</li>\n", m[i].sensor,
		    m[i].from_us, m[i].to_us, m[i].who, m[i].why);
	if (n > 0)
		put(v->out, "</ul></section>\n");
	free(m);
	return true;
}

void
page_sensors(struct visit *v)
{
	struct store_sensor_state *s = NULL;
	size_t n = 0, i;

	if (!visit_ok(v, store_sensor_states(v->site->store, &s, &n, &v->why)))
		return;
	page_begin(v, "Sensors", "/sensors", PAGE_LIVE);
	if (n == 0)
		put(v->out, "<p>No sensor was asked yet.</p>");
	else {
		put(v->out,
		    "<div class=\"wide\"><table><thead><tr><th scope=\"col\">"
		    "Sensor</th><th scope=\"col\">State</th><th scope=\"col\">"
		    "Last answer</th><th scope=\"col\">Log until</th>"
		    "<th scope=\"col\" class=\"n\">Behind then</th>"
		    "<th scope=\"col\" class=\"n\">Write lag</th></tr></thead>"
		    "<tbody>\n");
		for (i = 0; i < n; i++)
			sensors_row(v, &s[i]);
		put(v->out, "</tbody></table></div>\n");
	}
	free(s);
	if (sensors_maintenance(v))
		page_end(v);
}

/* -- one -- */

static bool
sensors_attributes(struct visit *v)
{
	struct store_attribute_info *a = NULL;
	size_t n = 0, i;

	if (!visit_ok(v,
		store_attribute_history(
		    v->site->store, v->word[0], &a, &n, &v->why)))
		return false;
	page_begin(v, v->word[0], "/sensors",
	    visit_param(v, "to") == NULL ? PAGE_LIVE : PAGE_STILL);
	put(v->out, "<dl class=\"facts\">");
	for (i = 0; i < n; i++) {
		put(v->out, "<dt>%h</dt><dd>%h <small>", a[i].key, a[i].value);
		if (a[i].to_us == INT64_MAX)
			put(v->out, "since %t", a[i].from_us);
		else
			put(v->out, "%t to %t", a[i].from_us, a[i].to_us);
		put(v->out, "</small></dd>");
	}
	put(v->out, "</dl>\n");
	free(a);
	return true;
}

/* About as many steps as a screen has room for. */
#define SENSORS_STEPS 240

static bool
sensors_offsets(
    struct visit *v, const struct store_group_info *g, const struct heat *h)
{
	struct chart_curve c = { .label = "clock offset",
		.from_us = h->from_us,
		.to_us = h->to_us };
	struct store_point *p = NULL;

	c.step_us = (h->to_us - h->from_us) / SENSORS_STEPS;
	if (c.step_us < g->width_us)
		c.step_us = g->width_us;
	if (!visit_ok(v,
		store_offsets(v->site->store, g->name, v->word[0], c.from_us,
		    c.to_us, c.step_us, &p, &c.n, &v->why)))
		return false;
	c.p = p;
	put(v->out,
	    "<h3>Clock against %h <small>in <a href=\"/group/%u\">%h"
	    "</a></small></h3>",
	    g->member[0], g->name, g->name);
	if (strcmp(g->member[0], v->word[0]) == 0)
		put(v->out,
		    "<p class=\"none\">It is the first of the group: the "
		    "others are measured by it.</p>");
	else {
		chart_curve(v->out, &c);
		heat_axis(v->out, h);
	}
	free(p);
	return true;
}

static bool
sensors_behind(struct visit *v, const struct heat *h)
{
	struct chart_curve c = { .label = "log behind the clock",
		.from_us = h->from_us,
		.to_us = h->to_us };
	struct store_point *p = NULL;

	c.step_us = (h->to_us - h->from_us) / SENSORS_STEPS;
	if (c.step_us < STORE_LAG_STEP_US)
		c.step_us = STORE_LAG_STEP_US;
	if (!visit_ok(v,
		store_lags(v->site->store, v->word[0], c.from_us, c.to_us,
		    c.step_us, &p, &c.n, &v->why)))
		return false;
	c.p = p;
	put(v->out, "<h3>How far its log is behind the clock</h3>");
	chart_curve(v->out, &c);
	heat_axis(v->out, h);
	free(p);
	return true;
}

static bool
sensors_groups(
    struct visit *v, const struct view *view, int64_t to_us, struct heat *h)
{
	struct store_group_info *g = NULL;
	size_t n = 0, i, k, shown = 0;
	bool ok;

	ok = visit_ok(v, store_groups(v->site->store, &g, &n, &v->why));
	for (i = 0; ok && i < n; i++) {
		for (k = 0; k < g[i].nmembers; k++)
			if (strcmp(g[i].member[k], v->word[0]) == 0)
				break;
		if (k == g[i].nmembers)
			continue;
		if (shown++ == 0) {
			ok = heat_load(v, &g[i], view, to_us, h);
			if (ok) {
				put(v->out, "<section><h2>Over time</h2>\n");
				heat_links(v->out, h, v->now_us);
				put(v->out, "<div class=\"curves\">");
				ok = sensors_behind(v, h);
			}
		}
		ok = ok && sensors_offsets(v, &g[i], h);
	}
	if (ok && shown > 0)
		put(v->out, "</div></section>\n");
	free(g);
	return ok;
}

static bool
sensors_incidents(struct visit *v)
{
	const struct store_incident_filter f = { .sensor = v->word[0],
		.max = 20 };
	struct store_incident *list = NULL;
	size_t n = 0;

	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return false;
	put(v->out, "<section><h2>Incidents</h2>\n");
	page_incident_table(v, list, n, "None so far.");
	if (n == f.max)
		put(v->out,
		    "<p><a href=\"/incidents?sensor=%u\">All of them</a></p>",
		    v->word[0]);
	put(v->out, "</section>\n");
	free(list);
	return true;
}

/* The newest finished ones. */
#define SENSORS_MAX_FILES 20

static bool
sensors_files(struct visit *v)
{
	struct store_file f[SENSORS_MAX_FILES];
	size_t n = 0, i;

	if (!visit_ok(v,
		store_files(v->site->store, v->word[0], f, SENSORS_MAX_FILES,
		    &n, &v->why)))
		return false;
	put(v->out, "<section><h2>Log files</h2>\n");
	if (n == 0) {
		put(v->out,
		    "<p class=\"none\">No inventory of its finished log "
		    "files was taken.</p></section>\n");
		return true;
	}
	put(v->out,
	    "<div class=\"wide\"><table><thead><tr><th scope=\"col\">File</th>"
	    "<th scope=\"col\">First record</th><th scope=\"col\">Last record"
	    "</th><th scope=\"col\" class=\"n\">Bytes</th>"
	    "<th scope=\"col\" class=\"n\">Lines</th></tr></thead><tbody>\n");
	for (i = 0; i < n; i++) {
		put(v->out,
		    "<tr><th scope=\"row\">%h</th><td>%t</td><td>%t</td>"
		    "<td class=\"n\">%n</td><td class=\"n\">",
		    f[i].path, f[i].first_us, f[i].last_us, f[i].size);
		if (f[i].hashed)
			put(v->out, "%n", f[i].lines);
		else
			put(v->out, "\xe2\x80\x93");
		put(v->out, "</td></tr>\n");
	}
	put(v->out, "</tbody></table></div>\n");
	if (n == SENSORS_MAX_FILES)
		put(v->out,
		    "<p>These are the newest %i; <code>crosstap coverage "
		    "--show "
		    "files</code> has all of them, with checksums.</p>\n",
		    SENSORS_MAX_FILES);
	put(v->out, "</section>\n");
	return true;
}

void
page_sensor(struct visit *v)
{
	const struct view *view = heat_view(v);
	struct heat *h = calloc(1, sizeof(*h));
	int64_t to_us;

	v->out->failed |= h == NULL;
	/* curves of every bucket of a year are too much work */
	if (view->span_us > heat_views[3].span_us)
		view = &heat_views[3];
	if (h != NULL && visit_time(v, "to", v->now_us, &to_us) &&
	    sensors_attributes(v) && sensors_groups(v, view, to_us, h) &&
	    sensors_incidents(v) && sensors_files(v))
		page_end(v);
	free(h);
}
