/*
 * The document: the verdict, then what it rests on, then how to see it again.
 * Text goes through html_take() or html_text(), which escape it; html_raw()
 * is for markup that stands in this program.
 */
#include <inttypes.h>
#include <math.h>
#include "crosstap/report_html_put.h"

void
html_take(struct html *w)
{
	if (w->text.n > 0)
		escape_html(w->out, buf_span(&w->text));
	w->out->failed = w->out->failed || w->text.failed;
	w->text.n = 0;
}

void
html_text(struct html *w, const char *s)
{
	report_put_text(&w->p, s, &w->text);
	html_take(w);
}

void
html_raw(struct html *w, const char *s)
{
	buf_add_str(w->out, s);
}

void
html_element(struct html *w, const char *open, const char *s, const char *close)
{
	html_raw(w, open);
	html_text(w, s);
	html_raw(w, close);
}

static void
html_section(struct html *w, const char *title)
{
	html_element(w, "<h2>", title, "</h2>\n");
}

/* Of what was put into text; the name is ours. */
static void
html_fact(struct html *w, const char *name)
{
	html_raw(w, "<dt>");
	html_raw(w, name);
	html_raw(w, "</dt><dd>");
	html_take(w);
	html_raw(w, "</dd>\n");
}

static void
html_put_window(struct html *w, int64_t from_us, int64_t to_us)
{
	report_put_time(&w->p, from_us, true, &w->text);
	buf_add_str(&w->text, " to ");
	report_put_time(&w->p, to_us, true, &w->text);
}

/* The severity of the worst finding, or that there is none. */
static const char *
html_state(const struct result *r)
{
	if (r->nfindings > 0)
		return severity_name(r->findings[0].severity);
	return report_uncompared(r) > 0 || r->nbuckets == 0 ? "unknown"
							    : "good";
}

static void
html_head(struct html *w)
{
	html_raw(w,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	if (w->h->incident != NULL)
		buf_printf(
		    &w->text, "Incident %" PRId64 ": ", w->h->incident->i.id);
	report_verdict_line(&w->p, &w->text);
	html_take(w);
	html_raw(w, "</title>\n<style>\n");
	html_raw(w, report_html_style);
	html_raw(w, "</style>\n</head>\n<body>\n<main>\n");
}

static void
html_incident_facts(struct html *w)
{
	const struct store_incident *i = w->h->incident;

	html_put_window(w, i->i.from_us, i->i.to_us);
	if (i->i.state == INCIDENT_OPEN)
		buf_add_str(&w->text, ", and it goes on");
	html_fact(w, "Incident");
	if (i->ack_by[0] != '\0') {
		report_put_text(&w->p, i->ack_by, &w->text);
		html_fact(w, "Acknowledged by");
	}
	if (i->comment[0] != '\0') {
		report_put_text(&w->p, i->comment, &w->text);
		html_fact(w, "Comment");
	}
}

static void
html_verdict(struct html *w)
{
	const struct result *r = w->h->r;
	uint64_t uncompared = report_uncompared(r);
	const char *state = html_state(r);

	html_raw(w, "<p class=\"kind\">");
	if (w->h->incident != NULL) {
		buf_printf(&w->text, "Incident %" PRId64 " of group ",
		    w->h->incident->i.id);
		report_put_text(&w->p, w->h->incident->group, &w->text);
	} else {
		buf_add_str(&w->text, "Comparison of ");
		report_put_sensors(&w->p, &w->text);
	}
	html_take(w);
	html_raw(w, "</p>\n<h1>");
	w->p.dates = w->dates; /* the day stands below */
	report_verdict_line(&w->p, &w->text);
	w->p.dates = true;
	html_take(w);
	buf_printf(w->out, "</h1>\n<p><span class=\"badge %s\">%s</span></p>\n",
	    state,
	    state[0] == 'g'       ? "no finding"
		: state[0] == 'u' ? "no finding, not all compared"
				  : state);
	html_raw(w, "<dl>\n");
	if (w->h->incident != NULL)
		html_incident_facts(w);
	html_put_window(w, r->from_us, r->to_us);
	buf_printf(&w->text, ", %zu buckets of %g s", r->nbuckets,
	    (double)r->width_us / (double)US_PER_S);
	html_fact(w, "Window");
	report_zone(&w->p, &w->text);
	html_fact(w, "Times are");
	report_put_sensors(&w->p, &w->text);
	html_fact(w, "Sensors");
	if (uncompared == 0)
		buf_add_str(&w->text, "all of the window");
	else
		buf_printf(&w->text,
		    "%" PRIu64 " of %zu buckets not fully; nothing is known "
		    "of what is missing there",
		    uncompared, r->nbuckets);
	html_fact(w, "Compared");
	if (w->h->note != NULL) {
		buf_add_str(&w->text, w->h->note);
		html_fact(w, "Note");
	}
	html_raw(w, "</dl>\n");
}

static void
html_evidence(struct html *w, const struct finding *f)
{
	enum evidence_number column;
	size_t i;

	html_raw(w,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"Evidence\"><table><caption>Evidence</caption><thead>"
	    "<tr><th scope=\"col\">name</th><th scope=\"col\" class=\"n\">value"
	    "</th><th scope=\"col\">meaning</th></tr></thead><tbody>\n");
	for (i = 0; i < f->nevidence && i < FINDING_MAX_EVIDENCE; i++) {
		const struct finding_number *e = &f->evidence[i];

		if (!isfinite(e->value))
			continue;
		html_element(w, "<tr><th scope=\"row\" class=\"mono\">",
		    e->name, "</th><td class=\"n\">");
		report_put_value(e->name, e->value, &w->text);
		html_take(w);
		html_element(w, "</td><td>",
		    evidence_find(span_from(e->name), &column)
			? evidence_meaning(column)
			: "",
		    "</td></tr>\n");
	}
	html_raw(w, "</tbody></table></div>\n");
}

static void
html_finding(struct html *w, size_t i)
{
	const struct finding *f = &w->h->r->findings[i];
	const char *severity = severity_name(f->severity);

	buf_printf(w->out,
	    "<section class=\"card %s\">\n<h3><span class=\"badge %s\">%s"
	    "</span> ",
	    severity, severity, severity);
	html_element(w, "", f->rule, ": ");
	html_element(w, "", f->sensor, "</h3>\n<p>");
	html_element(w, "", f->summary, "</p>\n<dl>\n");
	html_put_window(w, f->from_us, f->to_us);
	html_fact(w, "When");
	w->p.out = &w->text;
	report_finding_share(&w->p, f);
	html_fact(w, "How much");
	if (f->facet[0] != '\0') {
		buf_printf(&w->text, "%s ", f->facet);
		report_put_text(&w->p, f->value, &w->text);
		html_fact(w, "Where");
	}
	if (f->direction != DIRECTION_NONE) {
		buf_add_str(&w->text, finding_direction_name(f->direction));
		html_fact(w, "Direction");
	}
	if (f->attribute[0] != '\0') {
		report_put_text(&w->p, f->attribute, &w->text);
		html_fact(w, "In common");
	}
	buf_printf(&w->text, "\"%s\" in doc/diagnosis.md", f->rule);
	html_fact(w, "What to do");
	html_raw(w, "</dl>\n</section>\n");
	html_workers(w, f);
	html_evidence(w, f);
	html_reasoning(w, i);
}

static void
html_findings(struct html *w)
{
	const struct result *r = w->h->r;
	size_t i;

	if (r->nfindings == 0)
		return;
	html_section(w, r->nfindings == 1 ? "Finding" : "Findings");
	for (i = 0; i < r->nfindings; i++)
		html_finding(w, i);
	if (r->nnotes == 0)
		return;
	html_raw(w, "<h3>Ruled out</h3>\n<ul>\n");
	for (i = 0; i < r->nnotes; i++)
		html_element(w, "<li>", r->notes[i], "</li>\n");
	html_raw(w, "</ul>\n");
}

static bool
html_gaps(struct html *w)
{
	struct report_style style = *w->p.style;

	if (report_uncompared(w->h->r) == 0)
		return true;
	html_section(w, "Not fully compared");
	html_raw(w,
	    "<p>What was not compared is not equal: of these nothing is "
	    "known.</p>\n<pre>");
	if (!report_gaps(w->h->r, &style, &w->text))
		return false;
	html_take(w);
	html_raw(w, "</pre>\n");
	return true;
}

static void
html_foot(struct html *w)
{
	html_section(w, "See it again");
	html_raw(w, "<pre>");
	html_text(w, "");
	buf_add_str(&w->text, w->h->commands);
	html_take(w);
	html_raw(w, "</pre>\n</main>\n<footer>");
	buf_printf(&w->text, "Made by crosstap %s at ", w->h->version);
	w->p.dates = true;
	report_put_time(&w->p, w->h->made_us, true, &w->text);
	buf_add_char(&w->text, ' ');
	report_zone(&w->p, &w->text);
	buf_add_str(
	    &w->text, ". Nothing in this file is fetched from elsewhere.");
	html_take(w);
	html_raw(w, "</footer>\n</body>\n</html>\n");
}

bool
report_html(const struct report_html *h, struct buf *out)
{
	struct report_style style = *h->style;
	struct html w = { .h = h, .text = BUF_INIT, .out = out };
	bool ok;

	style.utf8 = true;
	style.color = false;
	if (!report_init(&w.p, h->r, &style, &w.text))
		return false;
	w.dates = w.p.dates;
	w.p.dates = true;
	html_head(&w);
	html_verdict(&w);
	w.p.dates = w.dates;
	html_strip(&w);
	html_agreement(&w);
	html_flows_chart(&w);
	w.p.dates = true;
	html_findings(&w);
	html_section(&w, "Numbers");
	html_sensors(&w);
	html_pairs(&w);
	ok = html_gaps(&w);
	html_section(&w, "Flows that differ");
	w.p.dates = w.dates;
	html_flows(&w);
	w.p.dates = true;
	if (h->incident != NULL) {
		html_section(&w, "History");
		html_history(&w);
	}
	html_foot(&w);
	ok = ok && !w.p.failed && buf_ok(&w.text) && buf_ok(out);
	buf_clear(&w.text);
	return ok;
}
