#include <string.h>
#include "sys/options.h"
#include "web/page.h"

static const struct {
	const char *href, *words;
} page_links[] = {
	{ "/", "Overview" },
	{ "/incidents", "Incidents" },
	{ "/sensors", "Sensors" },
	{ "/coverage", "Coverage" },
};

/* A hatch is a pattern that others of the page point to. */
static const char page_defs[] =
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"defs\"><defs>"
    "<pattern id=\"hatch\" width=\"6\" height=\"6\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect class=\"h-back\" width=\"6\" height=\"6\"/>"
    "<rect class=\"h-line\" width=\"2.5\" height=\"6\"/></pattern>"
    "<pattern id=\"dots\" width=\"5\" height=\"5\" "
    "patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"h-dot\" width=\"1.2\" height=\"1.2\"/></pattern>"
    "</defs></svg>";

void
page_begin(
    struct visit *v, const char *title, const char *here, enum page_life life)
{
	size_t i;

	put(v->out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<title>%h \xc2\xb7 crosstap</title>"
	    "<meta name=\"viewport\" content=\"width=device-width\">"
	    "<meta name=\"color-scheme\" content=\"light dark\">"
	    "<link rel=\"icon\" href=\"/icon.svg\">"
	    "<link rel=\"stylesheet\" href=\"/crosstap.css\">"
	    "<script src=\"/crosstap.js\" defer></script>",
	    title);
	if (life == PAGE_LIVE)
		put(v->out,
		    "<noscript><meta http-equiv=\"refresh\" content=\"60\">"
		    "</noscript>");
	if (life == PAGE_SOON)
		put(v->out, "<meta http-equiv=\"refresh\" content=\"2\">");
	put(v->out,
	    "</head>\n<body><a class=\"skip\" href=\"#main\">To the content"
	    "</a><header><a class=\"name\" href=\"/\">crosstap</a>"
	    "<nav aria-label=\"Pages\">");
	for (i = 0; i < ARRAY_LEN(page_links); i++)
		put(v->out, "<a href=\"%x\"%x>%x</a>", page_links[i].href,
		    strcmp(page_links[i].href, here) == 0
			? " aria-current=\"page\""
			: "",
		    page_links[i].words);
	put(v->out,
	    "</nav></header>%x\n<main id=\"main\" tabindex=\"-1\"%x>"
	    "<h1>%h</h1>\n",
	    page_defs, life == PAGE_LIVE ? " data-live" : "", title);
}

void
page_end(struct visit *v)
{
	put(v->out,
	    "</main>\n<footer>All times are UTC. "
	    "crosstap %h, <a href=\"/metrics\">metrics</a>, "
	    "<a href=\"/api/v1/groups\">API</a>."
	    "</footer></body></html>\n",
	    options_version());
}

void
page_error(struct visit *v)
{
	page_begin(v,
	    v->answer->status == 404       ? "Not found"
		: v->answer->status == 400 ? "Not understood"
					   : "It does not work now",
	    "", PAGE_STILL);
	put(v->out, "<p>%h</p>", v->why.text);
	page_end(v);
}

void
page_severity(struct buf *out, enum severity s)
{
	static const char *const class[] = { "info", "warning", "critical" };

	put(out, "<span class=\"badge %x\">%x</span>", class[s],
	    severity_name(s));
}

const char *
page_incident_state(const struct store_incident *i, int64_t now_us)
{
	return i->i.state == INCIDENT_CLEARED ? "over"
	    : i->muted_until_us > now_us      ? "muted"
	    : i->ack_by[0] != '\0'            ? "acknowledged"
	    : i->i.early                      ? "early"
					      : "open";
}

void
page_incident_table(struct visit *v, const struct store_incident *list,
    size_t n, const char *none)
{
	size_t i;

	if (n == 0) {
		put(v->out, "<p class=\"good\">%x</p>\n", none);
		return;
	}
	put(v->out,
	    "<div class=\"wide\"><table class=\"list\"><thead><tr>"
	    "<th scope=\"col\">Severity</th><th scope=\"col\">What</th>"
	    "<th scope=\"col\">Sensor</th><th scope=\"col\">Group</th>"
	    "<th scope=\"col\">Since</th><th scope=\"col\">Until</th>"
	    "<th scope=\"col\" class=\"n\">Share</th>"
	    "<th scope=\"col\">State</th></tr></thead><tbody>\n");
	for (i = 0; i < n; i++) {
		const struct store_incident *o = &list[i];

		put(v->out, "<tr%x><td>",
		    o->i.state == INCIDENT_CLEARED ? " class=\"over\"" : "");
		page_severity(v->out, o->i.severity);
		put(v->out,
		    "</td><td><a href=\"/incident/%l\">%h</a><br>"
		    "<small>%h</small></td><td>%h</td>"
		    "<td><a href=\"/group/%u\">%h</a></td><td>%t</td><td>",
		    o->i.id, o->i.rule, o->i.summary, o->i.sensor, o->group,
		    o->group, o->i.from_us);
		if (o->i.state == INCIDENT_CLEARED)
			put(v->out, "%t", o->i.to_us);
		else
			put(v->out, "goes on");
		put(v->out, "</td><td class=\"n\">%p</td><td>%x</td></tr>\n",
		    o->i.worst, page_incident_state(o, v->now_us));
	}
	put(v->out, "</tbody></table></div>\n");
}

void
page_option(
    struct buf *out, const char *value, const char *words, const char *chosen)
{
	bool is = strcmp(value, chosen == NULL ? "" : chosen) == 0;

	put(out, "<option value=\"%h\"%x>%h</option>", value,
	    is ? " selected" : "", words);
}
