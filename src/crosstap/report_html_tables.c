/*
 * The tables of the HTML report.
 */
#include <inttypes.h>
#include <stdio.h>
#include <math.h>
#include <string.h>
#include "base/number.h"
#include "crosstap/report_html_put.h"
#include "flow/key.h"

static void
tables_open(struct html *w, const char *caption, const char *class)
{
	html_element(w,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"",
	    caption, "\">");
	buf_printf(w->out, "<table class=\"%s\"><caption>", class);
	html_text(w, caption);
	html_raw(w, "</caption><thead><tr>");
}

static void
tables_close(struct html *w)
{
	html_raw(w, "</tbody></table></div>\n");
}

/* Titles with a class before the bar: "n|flows". */
static void
tables_titles(struct html *w, const char *const *titles, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		size_t class = strcspn(titles[i], "|");

		buf_printf(w->out, "<th scope=\"col\" class=\"%.*s\">",
		    (int)class, titles[i]);
		html_element(w, "", titles[i] + class + 1, "</th>");
	}
}

static void
tables_begin(struct html *w)
{
	html_raw(w, "</tr></thead><tbody>\n");
}

/* What was put into text so far, as a cell. */
static void
tables_cell(struct html *w, const char *class)
{
	buf_printf(w->out, "<td class=\"%s\">", class);
	html_take(w);
	html_raw(w, "</td>");
}

static void
tables_count(struct html *w, uint64_t n)
{
	report_put_count(n, &w->text);
	tables_cell(w, "n");
}

void
html_sensors(struct html *w)
{
	static const char *const titles[] = { "|sensor", "n|flows", "n|packets",
		"n|IP bytes", "n|clock", "n|bad lines", "n|late", "|log" };
	const struct result *r = w->h->r;
	size_t i;

	tables_open(w, "Sensors in the window", "");
	tables_titles(w, titles, ARRAY_LEN(titles));
	tables_begin(w);
	for (i = 0; i < r->nsensors; i++) {
		const struct result_sensor *s = &r->sensors[i];

		html_element(w, "<tr><th scope=\"row\">", s->name, "</th>");
		tables_count(w, s->flows);
		tables_count(w, s->packets);
		report_put_bytes(s->ip_bytes, &w->text);
		tables_cell(w, "n");
		if (i == 0)
			buf_add_str(&w->text, "reference");
		else if (!s->has_offset)
			buf_add_str(&w->text, "unknown");
		else
			number_offset(s->offset_us, &w->text);
		tables_cell(w, "n");
		tables_count(w, s->bad_lines);
		tables_count(w, s->late);
		report_put_text(&w->p, s->path, &w->text);
		tables_cell(w, "mono");
		html_raw(w, "</tr>\n");
	}
	tables_close(w);
}

void
html_pairs(struct html *w)
{
	static const char *const titles[] = { "|pair", "n|paired",
		"n|only the first", "n|only the second", "n|damaged",
		"n|shifted", "n|split", "n|agreement" };
	const struct result *r = w->h->r;
	size_t i, k;

	tables_open(w, "Pairs in the window, in flows", "");
	tables_titles(w, titles, ARRAY_LEN(titles));
	tables_begin(w);
	for (i = 0; i < r->npairs; i++) {
		const struct result_pair *p = &r->pairs[i];
		const uint64_t n[] = { p->n.paired, p->n.only_a, p->n.only_b,
			p->n.damaged, p->n.shifted, p->n.split };

		report_put_text(&w->p, r->sensors[p->a].name, &w->text);
		buf_add_str(&w->text,
		    p->relation == RELATION_SUBSET ? ", inside it " : " and ");
		report_put_text(&w->p, r->sensors[p->b].name, &w->text);
		html_raw(w, "<tr><th scope=\"row\">");
		html_take(w);
		html_raw(w, "</th>");
		for (k = 0; k < ARRAY_LEN(n); k++)
			tables_count(w, n[k]);
		if (p->compared)
			report_put_share(p->agreement, &w->text);
		else
			buf_add_str(&w->text, "not compared");
		tables_cell(w, "n");
		html_raw(w, "</tr>\n");
	}
	tables_close(w);
}

static void
tables_conditions(struct html *w, const struct explain_rule *own)
{
	static const char *const titles[] = { "|condition of the rule",
		"|numbers of its buckets", "n|held" };
	size_t i;

	buf_printf(&w->text, "Why %s: it ", own->rule->name);
	report_explain_confidence(&w->p, own);
	if (own->rule->for_buckets > 1)
		buf_printf(&w->text, "; wanted are %u in a row",
		    own->rule->for_buckets);
	html_raw(w, "<p>");
	html_take(w);
	html_raw(w, "</p>\n");
	tables_open(w, "Each condition, and what met it", "");
	tables_titles(w, titles, ARRAY_LEN(titles));
	tables_begin(w);
	for (i = 0; i < own->n; i++) {
		const struct explain_condition *c = &own->condition[i];

		html_raw(w, "<tr>");
		report_explain_text(c->text, &w->text);
		tables_cell(w, "mono");
		report_explain_numbers(&w->p, own, c->text, 0, own->nrows);
		tables_cell(w, "");
		buf_printf(&w->text, "%zu of %zu", c->held, own->nrows);
		tables_cell(w, "n");
		html_raw(w, "</tr>\n");
	}
	tables_close(w);
}

void
html_reasoning(struct html *w, size_t finding)
{
	static const char *const titles[] = { "|rule", "|why it is not that" };
	const struct finding *f = &w->h->r->findings[finding];
	const struct report_reason *reason;
	const struct explain_rule *own;
	struct report_explain e = { .r = w->h->r, .finding = finding };
	size_t i;

	if (finding >= w->h->nreasons)
		return;
	reason = &w->h->reasons[finding];
	e.rules = reason->rules;
	e.nrules = reason->n;
	own = report_explain_own(&e, f);
	if (own != NULL && own->nrows > 0)
		tables_conditions(w, own);
	tables_open(w,
	    "Ruled out: what the other rules lack, in the bucket where they "
	    "come nearest",
	    "");
	tables_titles(w, titles, ARRAY_LEN(titles));
	tables_begin(w);
	for (i = 0; i < reason->n; i++) {
		if (&reason->rules[i] == own)
			continue;
		html_element(w, "<tr><th scope=\"row\">",
		    reason->rules[i].rule->name, "</th>");
		report_explain_reason(&w->p, f, &reason->rules[i], "; ");
		tables_cell(w, "");
		html_raw(w, "</tr>\n");
	}
	tables_close(w);
}

static void
tables_end(
    struct html *w, const struct flow_addr *a, uint16_t port, uint8_t proto)
{
	char text[FLOW_ADDR_MAX];

	flow_addr_format(a, text);
	buf_add_str(&w->text, text);
	if (proto != 1 && proto != 58)
		buf_printf(&w->text, flow_addr_is_v4(a) ? ":%u" : " %u",
		    (unsigned)port);
	tables_cell(w, "mono");
}

static void
tables_put_span(struct html *w, struct span s)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%.*s",
	    (int)(s.n < sizeof(text) ? s.n : sizeof(text) - 1), s.p);
	report_put_text(&w->p, text, &w->text);
}

/* One uid, or that of both sides, in the order of the sensors. */
static void
tables_uids(struct html *w, const struct flow_diff *d)
{
	const struct flow *const side[] = { d->a, d->b };
	bool any = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (side[i] == NULL || side[i]->uid.n == 0)
			continue;
		buf_add_str(&w->text, any ? ", " : "");
		tables_put_span(w, side[i]->uid);
		any = true;
	}
	tables_cell(w, "mono");
}

static struct span
tables_service(const struct flow_diff *d)
{
	const struct span none = { "", 0 };

	if (d->a != NULL && d->a->service.n > 0)
		return d->a->service;
	return d->b != NULL ? d->b->service : none;
}

static void
tables_flow(struct html *w, const struct flow_diff *d, bool services)
{
	const struct flow *f = d->a != NULL ? d->a : d->b;
	const char *proto = flow_proto_name(f->proto);
	char id[FLOW_COMMUNITY_ID_MAX + 1];

	html_raw(w, "<tr>");
	report_put_time(&w->p, f->start_us, true, &w->text);
	tables_cell(w, "t");
	if (d->a == NULL || d->b == NULL) {
		buf_add_str(&w->text, "only ");
		report_put_text(
		    &w->p, d->a != NULL ? d->sensor_a : d->sensor_b, &w->text);
	} else
		buf_add_str(&w->text, d->verdict);
	tables_cell(w, "t");
	tables_end(w, &f->orig, f->orig_port, f->proto);
	tables_end(w, &f->resp, f->resp_port, f->proto);
	if (proto != NULL)
		buf_add_str(&w->text, proto);
	else
		buf_printf(&w->text, "%u", (unsigned)f->proto);
	tables_cell(w, "");
	if (services) {
		tables_put_span(w, tables_service(d));
		tables_cell(w, "");
	}
	if (f->state != FLOW_STATE_NONE)
		buf_add_str(
		    &w->text, flow_state_name((enum flow_state)f->state));
	tables_cell(w, "");
	tables_uids(w, d);
	flow_community_id(f, 0, id);
	buf_add_str(&w->text, id);
	tables_cell(w, "mono");
	html_raw(w, "</tr>\n");
}

static void
tables_say_flows(struct html *w)
{
	const struct report_html *h = w->h;

	buf_add_str(&w->text, h->all_flows > h->nflows ? "The first " : "All ");
	report_put_count(h->nflows, &w->text);
	if (h->all_flows > h->nflows && h->all_flows != UINT64_MAX) {
		buf_add_str(&w->text, " of ");
		report_put_count(h->all_flows, &w->text);
	}
	buf_add_str(&w->text, " flows that differ");
	if (h->all_flows > h->nflows)
		buf_add_str(&w->text,
		    "; the command crosstap flows, below, writes all of them");
	html_raw(w, "<p>");
	html_take(w);
	html_raw(w, ".</p>\n");
}

void
html_flows(struct html *w)
{
	static const char *const titles[] = { "|begins", "|seen", "|originator",
		"|responder", "|proto", "|service", "|state", "|uid",
		"|Community ID" };
	const struct report_html *h = w->h;
	bool services = false;
	size_t i;

	if (h->nflows == 0) {
		html_element(w, "<p>",
		    h->all_flows == 0 ? "No flow differs in what is at hand."
				      : "None is listed here.",
		    "</p>\n");
		return;
	}
	tables_say_flows(w);
	for (i = 0; i < h->nflows && !services; i++)
		services = tables_service(&h->flows[i]).n > 0;
	tables_open(w, "Flows that one sensor lacks, or that differ", "wide");
	tables_titles(w, titles, 5);
	tables_titles(w, titles + 5, services ? 1 : 0);
	tables_titles(w, titles + 6, 3);
	tables_begin(w);
	for (i = 0; i < h->nflows; i++)
		tables_flow(w, &h->flows[i], services);
	tables_close(w);
}

void
html_history(struct html *w)
{
	static const char *const titles[] = { "|when", "|what", "|who",
		"|text" };
	const struct report_html *h = w->h;
	size_t i;

	tables_open(w, "What became of the incident", "");
	tables_titles(w, titles, ARRAY_LEN(titles));
	tables_begin(w);
	for (i = 0; i < h->nevents; i++) {
		const struct store_event *e = &h->events[i];

		html_raw(w, "<tr>");
		report_put_time(&w->p, e->at_us, true, &w->text);
		tables_cell(w, "t");
		buf_add_str(&w->text, incident_event_name(e->event));
		tables_cell(w, "");
		report_put_text(&w->p, e->who, &w->text);
		tables_cell(w, "");
		report_put_text(&w->p, e->text, &w->text);
		tables_cell(w, "");
		html_raw(w, "</tr>\n");
	}
	tables_close(w);
}
