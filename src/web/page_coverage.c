/*
 * Can I trust that we would have seen it? A form, and the answer.
 */
#include <stdlib.h>
#include <string.h>
#include "sys/when.h"
#include "web/chart.h"
#include "web/page.h"

#define COVERAGE_ROWS 500
#define COVERAGE_DAY_US (86400 * US_PER_S)

/* A time as the form takes it back. */
static void
coverage_input(struct buf *out, const char *name, const char *words, int64_t us)
{
	struct buf text = BUF_INIT;

	when_format(us, "", &text);
	put(out,
	    "<label>%x <input name=\"%x\" value=\"%h\" size=\"19\"></label>",
	    words, name, buf_ok(&text) ? text.p : "");
	buf_clear(&text);
}

static void
coverage_form(struct visit *v, const struct store_group_info *g, size_t n,
    const char *group, int64_t from_us, int64_t to_us)
{
	const char *sensor = visit_param(v, "sensor");
	const char *net = visit_param(v, "net");
	size_t i;

	put(v->out,
	    "<form method=\"get\" action=\"/coverage\">"
	    "<label>Group <select name=\"group\">");
	for (i = 0; i < n; i++)
		page_option(v->out, g[i].name, g[i].name, group);
	put(v->out,
	    "</select></label><label>Sensor <input name=\"sensor\" "
	    "value=\"%h\" size=\"12\" placeholder=\"all\"></label>"
	    "<label>Network <input name=\"net\" value=\"%h\" size=\"18\" "
	    "placeholder=\"10.20.0.0/16\"></label>",
	    sensor == NULL ? "" : sensor, net == NULL ? "" : net);
	coverage_input(v->out, "from", "From", from_us);
	coverage_input(v->out, "to", "To", to_us);
	put(v->out, "<button>Ask</button></form>\n");
}

/* In one sentence: whether anyone saw all of it all the time. */
static void
coverage_verdict(struct visit *v, const struct coverage *c, size_t n)
{
	uint64_t degraded = 0, blind = 0, unknown = 0;
	bool whole, any = false;
	size_t i, k;

	for (i = 0; i < n; i = k) {
		whole = true;
		for (k = i; k < n && strcmp(c[k].sensor, c[i].sensor) == 0;
		     k++) {
			degraded += c[k].state == COVERAGE_DEGRADED;
			blind += c[k].state == COVERAGE_BLIND;
			unknown += c[k].state == COVERAGE_NOT_COMPARED;
			whole = whole && c[k].state == COVERAGE_COMPLETE;
		}
		any = any || whole;
	}
	if (degraded + blind + unknown == 0)
		put(v->out,
		    "<p class=\"good lead\">Yes: all sensors saw all of "
		    "it, all the time.</p>\n");
	else if (any)
		put(v->out,
		    "<p class=\"good lead\">Yes, by at least one sensor "
		    "that saw all of it all the time; others did not.</p>\n");
	else if (degraded + blind == 0)
		put(v->out,
		    "<p class=\"unknown lead\">Not known for all of the "
		    "time: where it was not compared, nothing can be said.</p>"
		    "\n");
	else
		put(v->out,
		    "<p class=\"alarm lead\">Not fully: no sensor saw "
		    "all of it all the time. See below who missed what, and "
		    "when.</p>\n");
}

static void
coverage_table(struct visit *v, const struct coverage *c, size_t n)
{
	size_t i, rows = 0;

	for (i = 0; i < n; i++) {
		if (c[i].state == COVERAGE_COMPLETE || rows++ >= COVERAGE_ROWS)
			continue;
		if (rows == 1)
			put(v->out,
			    "<section><h2>When it was not complete</h2>"
			    "<div class=\"wide\"><table><thead><tr>"
			    "<th scope=\"col\">Sensor</th>"
			    "<th scope=\"col\">From</th><th scope=\"col\">To"
			    "</th><th scope=\"col\">State</th>"
			    "<th scope=\"col\">Why</th>"
			    "<th scope=\"col\" class=\"n\">Flows missed</th>"
			    "<th scope=\"col\">Networks</th></tr></thead>"
			    "<tbody>\n");
		put(v->out,
		    "<tr><th scope=\"row\">%h</th><td>%t</td><td>%t</td>"
		    "<td>%x</td><td>%h</td><td class=\"n\">",
		    c[i].sensor, c[i].from_us, c[i].to_us,
		    coverage_state_name(c[i].state), c[i].why);
		if (c[i].missed > 0)
			put(v->out, "%n of %n", c[i].missed, c[i].flows);
		put(v->out, "</td><td>%h</td></tr>\n", c[i].nets);
	}
	if (rows > 0)
		put(v->out, "</tbody></table></div>");
	if (rows > COVERAGE_ROWS)
		put(v->out, "<p>The first %i of %n stretches.</p>",
		    COVERAGE_ROWS, (uint64_t)rows);
	if (rows > 0)
		put(v->out, "</section>\n");
}

static void
coverage_answer(
    struct visit *v, const char *group, int64_t from_us, int64_t to_us)
{
	struct coverage *c = NULL;
	size_t n = 0;

	if (!visit_ok(v,
		store_coverage(v->site->store, group, visit_param(v, "sensor"),
		    visit_param(v, "net"), from_us, to_us, &c, &n, &v->why)))
		return;
	coverage_verdict(v, c, n);
	put(v->out, "<div>");
	chart_coverage(v->out, c, n, from_us, to_us);
	put(v->out,
	    "<p class=\"ends\"><span>%t</span><span>%t</span></p></div>",
	    from_us, to_us);
	chart_coverage_legend(v->out);
	coverage_table(v, c, n);
	page_end(v);
	free(c);
}

void
page_coverage(struct visit *v)
{
	struct store_group_info *g = NULL;
	const char *group = visit_param(v, "group");
	int64_t from_us, to_us;
	size_t n = 0;

	if (!visit_time(v, "to", v->now_us, &to_us) ||
	    !visit_time(v, "from", to_us - COVERAGE_DAY_US, &from_us) ||
	    !visit_ok(v, store_groups(v->site->store, &g, &n, &v->why)))
		return;
	if (from_us >= to_us) {
		diag_set(&v->why, "the time ends before it begins");
		visit_fail(v, 400);
		goto out;
	}
	page_begin(v, "Coverage", "/coverage", PAGE_STILL);
	put(v->out, "<p>Can I trust that we would have seen it?</p>");
	if (group == NULL && n > 0)
		group = g[0].name;
	coverage_form(v, g, n, group, from_us, to_us);
	if (group != NULL)
		coverage_answer(v, group, from_us, to_us);
	else
		page_end(v);
out:
	free(g);
}
