/*
 * Incidents as a list that goes back page by page, and one with all that is
 * known of it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "flow/flow.h"
#include "store/flows.h"
#include "web/page.h"

#define INCIDENTS_PAGE 50
#define INCIDENTS_FINDINGS 50
#define INCIDENTS_FLOWS 200

static void
incidents_form(struct visit *v)
{
	const char *state = visit_param(v, "state");
	const char *group = visit_param(v, "group");
	const char *sensor = visit_param(v, "sensor");

	put(v->out,
	    "<form method=\"get\" action=\"/incidents\">"
	    "<label>State <select name=\"state\">");
	page_option(v->out, "", "open and over", state);
	page_option(v->out, "open", "open only", state);
	put(v->out,
	    "</select></label><label>Group <input name=\"group\" value=\"%h\" "
	    "size=\"14\"></label><label>Sensor <input name=\"sensor\" "
	    "value=\"%h\" size=\"14\"></label><button>Show</button></form>\n",
	    group == NULL ? "" : group, sensor == NULL ? "" : sensor);
}

static void
incidents_older(struct visit *v, int64_t id)
{
	static const char *const keep[] = { "state", "group", "sensor" };
	const char *value;
	size_t i;

	put(v->out, "<p><a rel=\"next\" href=\"?before=%l", id);
	for (i = 0; i < ARRAY_LEN(keep); i++) {
		value = visit_param(v, keep[i]);
		if (value != NULL)
			put(v->out, "&amp;%x=%u", keep[i], value);
	}
	put(v->out, "\">Older ones</a></p>\n");
}

void
page_incidents(struct visit *v)
{
	const char *state = visit_param(v, "state");
	const char *before = visit_param(v, "before");
	struct store_incident_filter f = { .group = visit_param(v, "group"),
		.sensor = visit_param(v, "sensor"),
		.open_only = state != NULL && strcmp(state, "open") == 0,
		.max = INCIDENTS_PAGE + 1 };
	struct store_incident *list = NULL;
	size_t n = 0;

	if (before != NULL &&
	    !visit_number(v, before, 1, INT64_MAX, &f.before_id))
		return;
	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return;
	page_begin(v, "Incidents", "/incidents",
	    before == NULL ? PAGE_LIVE : PAGE_STILL);
	incidents_form(v);
	page_incident_table(
	    v, list, n > INCIDENTS_PAGE ? INCIDENTS_PAGE : n, "None.");
	if (n > INCIDENTS_PAGE)
		incidents_older(v, list[INCIDENTS_PAGE - 1].i.id);
	page_end(v);
	free(list);
}

/* -- one -- */

static void
incidents_row(struct buf *out, const char *name, const char *value)
{
	if (*value != '\0')
		put(out, "<dt>%x</dt><dd>%h</dd>", name, value);
}

static void
incidents_facts(struct visit *v, const struct store_incident *i)
{
	struct buf *out = v->out;

	put(out, "<p class=\"lead\">");
	page_severity(out, i->i.severity);
	put(out,
	    " %h</p><dl class=\"facts\"><dt>State</dt><dd>%x</dd>"
	    "<dt>Group</dt><dd><a href=\"/group/%u?view=day&amp;to=%l\">%h</a>"
	    "</dd><dt>Sensor</dt><dd>%h</dd>",
	    i->i.summary, page_incident_state(i, v->now_us), i->group,
	    (i->i.from_us / US_PER_S / 3600 + 12) * 3600, i->group,
	    i->i.sensor);
	incidents_row(out, "Against", i->i.peer);
	put(out, "<dt>From</dt><dd>%t</dd><dt>To</dt><dd>", i->i.from_us);
	if (i->i.state == INCIDENT_OPEN)
		put(out, "goes on, seen until %t (%d so far)", i->i.to_us,
		    i->i.to_us - i->i.from_us);
	else
		put(out, "%t (%d)", i->i.to_us, i->i.to_us - i->i.from_us);
	put(out,
	    "</dd><dt>Share of what the reference saw</dt><dd>%p, at worst %p"
	    "</dd>",
	    i->i.share, i->i.worst);
	if (i->i.facet[0] != '\0')
		put(out, "<dt>What it is about</dt><dd>%h %h</dd>", i->i.facet,
		    i->i.value);
	incidents_row(out, "In common", i->i.attribute);
	if (strcmp(i->i.early_rule, i->i.rule) != 0)
		incidents_row(out, "First taken for", i->i.early_rule);
	if (i->ack_by[0] != '\0')
		put(out, "<dt>Acknowledged</dt><dd>by %h at %t</dd>", i->ack_by,
		    i->ack_us);
	incidents_row(out, "Comment", i->comment);
	if (i->muted_until_us > v->now_us)
		put(out, "<dt>Muted until</dt><dd>%t</dd>", i->muted_until_us);
	if (i->i.merged_into != 0)
		put(out,
		    "<dt>Merged into</dt><dd><a href=\"/incident/%l\">%l</a>"
		    "</dd>",
		    i->i.merged_into, i->i.merged_into);
	put(out, "</dl>\n");
}

static bool
incidents_history(struct visit *v, int64_t id)
{
	struct store_event *e = NULL;
	size_t n = 0, i;

	if (!visit_ok(v, store_history(v->site->store, id, &e, &n, &v->why)))
		return false;
	put(v->out, "<section><h2>History</h2><ol class=\"history\">");
	for (i = 0; i < n; i++)
		put(v->out, "<li>%t <strong>%x</strong>%x%h%x%h</li>\n",
		    e[i].at_us, incident_event_name(e[i].event),
		    e[i].who[0] == '\0' ? "" : " by ", e[i].who,
		    e[i].text[0] == '\0' ? "" : ": ", e[i].text);
	put(v->out, "</ol></section>\n");
	free(e);
	return true;
}

static bool
incidents_findings(struct visit *v, int64_t id, const char *group)
{
	struct finding *f = NULL;
	size_t n = 0, i, k;

	if (!visit_ok(v, store_findings(v->site->store, id, &f, &n, &v->why)))
		return false;
	put(v->out, "<section><h2>What was found</h2>\n");
	if (n > INCIDENTS_FINDINGS)
		put(v->out, "<p>The newest %i of %n.</p>", INCIDENTS_FINDINGS,
		    (uint64_t)n);
	for (i = n > INCIDENTS_FINDINGS ? n - INCIDENTS_FINDINGS : 0; i < n;
	     i++) {
		put(v->out,
		    "<details%x><summary>"
		    "<a href=\"/bucket/%u/%l\">%t</a> to %t: %h</summary>"
		    "<dl class=\"facts numbers\">",
		    i + 1 == n ? " open" : "", group, f[i].from_us / US_PER_S,
		    f[i].from_us, f[i].to_us, f[i].summary);
		for (k = 0; k < f[i].nevidence; k++)
			put(v->out, "<dt>%h</dt><dd>%f</dd>",
			    f[i].evidence[k].name, f[i].evidence[k].value);
		put(v->out, "</dl></details>\n");
	}
	put(v->out, "</section>\n");
	free(f);
	return true;
}

static const char *
incidents_proto(unsigned proto, char text[8])
{
	static const struct {
		unsigned proto;
		const char *name;
	} known[] = { { 1, "icmp" }, { 6, "tcp" }, { 17, "udp" },
		{ 58, "icmp6" }, { 132, "sctp" } };
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].proto == proto)
			return known[i].name;
	put(&b, "%i", (int)proto);
	memcpy(text, buf_ok(&b) ? b.p : "?", buf_ok(&b) ? b.n + 1 : 2);
	buf_clear(&b);
	return text;
}

static void
incidents_flow(struct visit *v, const struct store_flow *f)
{
	const struct store_flow_side *s = &f->side[!f->side[0].has];
	char orig[FLOW_ADDR_MAX], resp[FLOW_ADDR_MAX], proto[8];

	flow_addr_format(&s->flow.orig, orig);
	flow_addr_format(&s->flow.resp, resp);
	put(v->out, "<tr><td>");
	if (f->side[0].has && f->side[1].has)
		put(v->out, "%h", f->kind);
	else
		put(v->out, "only %h", s->sensor);
	put(v->out,
	    "</td><td>%t</td><td class=\"n\">%d</td><td><code>%h</code>:%i</td>"
	    "<td><code>%h</code>:%i</td><td>%x</td><td>%h</td>",
	    s->flow.start_us, s->flow.duration_us, orig, (int)s->flow.orig_port,
	    resp, (int)s->flow.resp_port, incidents_proto(s->flow.proto, proto),
	    flow_state_name((enum flow_state)s->flow.state));
	for (int i = 0; i < 2; i++)
		if (f->side[i].has)
			put(v->out,
			    "<td class=\"n\">%n</td><td><code>%h</code></td>",
			    f->side[i].flow.orig_pkts +
				f->side[i].flow.resp_pkts,
			    f->side[i].uid);
		else
			put(v->out,
			    "<td class=\"lacks\" colspan=\"2\">lacks it</td>");
	put(v->out, "</tr>\n");
}

static bool
incidents_flows(struct visit *v, int64_t id)
{
	struct store_flow *f = NULL;
	size_t n = 0, i;

	if (!visit_ok(v, store_flows(v->site->store, id, &f, &n, &v->why)))
		return false;
	put(v->out, "<section id=\"flows\"><h2>Flows</h2>\n");
	if (n == 0)
		put(v->out, "<p class=\"none\">None are kept of it.</p>");
	else {
		put(v->out, "<p>%n that differ are kept", (uint64_t)n);
		if (n > INCIDENTS_FLOWS)
			put(v->out,
			    "; the first %i are shown, "
			    "<a href=\"/api/v1/incidents/%l\">all are here</a>",
			    INCIDENTS_FLOWS, id);
		put(v->out,
		    ".</p><div class=\"wide\"><table class=\"flows\"><thead>"
		    "<tr><th scope=\"col\">Who has it</th>"
		    "<th scope=\"col\">Start</th>"
		    "<th scope=\"col\" class=\"n\">Duration</th>"
		    "<th scope=\"col\">Originator</th>"
		    "<th scope=\"col\">Responder</th>"
		    "<th scope=\"col\">Protocol</th><th scope=\"col\">State"
		    "</th><th scope=\"col\" class=\"n\">Packets at %h</th>"
		    "<th scope=\"col\">uid there</th>"
		    "<th scope=\"col\" class=\"n\">Packets at %h</th>"
		    "<th scope=\"col\">uid there</th></tr></thead><tbody>\n",
		    f[0].side[0].sensor, f[0].side[1].sensor);
		for (i = 0; i < n && i < INCIDENTS_FLOWS; i++)
			incidents_flow(v, &f[i]);
		put(v->out, "</tbody></table></div>\n");
	}
	put(v->out, "</section>\n");
	free(f);
	return true;
}

/* What a person does next, as commands to copy. */
static void
incidents_commands(struct visit *v, const struct store_incident *i)
{
	put(v->out,
	    "<section><h2>To go on</h2><pre>crosstap incidents ack %l "
	    "'COMMENT'\ncrosstap incidents mute %l 4h\ncrosstap coverage "
	    "--group %h --from %l --to %l</pre></section>\n",
	    i->i.id, i->i.id, i->group, i->i.from_us / US_PER_S,
	    i->i.to_us / US_PER_S);
}

void
page_incident(struct visit *v)
{
	struct store_incident i;
	int64_t id;

	if (!visit_number(v, v->word[0], 1, INT64_MAX, &id) ||
	    !visit_ok(v, store_incident(v->site->store, id, &i, &v->why)))
		return;
	page_begin(v, i.i.rule, "/incidents",
	    i.i.state == INCIDENT_OPEN ? PAGE_LIVE : PAGE_STILL);
	incidents_facts(v, &i);
	if (!incidents_flows(v, id) || !incidents_findings(v, id, i.group) ||
	    !incidents_history(v, id))
		return;
	incidents_commands(v, &i);
	page_end(v);
}
