#include <stdlib.h>
#include <string.h>
#include "flow/flow.h"
#include "store/flows.h"
#include "web/page.h"

#define API_MAX_INCIDENTS 500

static void
api_incident_one(
    const struct visit *v, const struct store_incident *i, struct buf *out)
{
	put(out,
	    "{\"id\":%l,\"state\":%q,\"severity\":%q,\"group\":%q,"
	    "\"sensor\":%q,\"peer\":%q,\"rule\":%q,\"facet\":%q,\"value\":%q,"
	    "\"attribute\":%q,\"from\":%e,\"to\":%e,\"last_seen\":%e,"
	    "\"opened\":%e,\"cleared\":%e,",
	    i->i.id, page_incident_state(i, v->now_us),
	    severity_name(i->i.severity), i->group, i->i.sensor, i->i.peer,
	    i->i.rule, i->i.facet, i->i.value, i->i.attribute, i->i.from_us,
	    i->i.state == INCIDENT_CLEARED ? i->i.to_us : 0, i->i.to_us,
	    i->i.opened_us, i->i.cleared_us);
	put(out,
	    "\"share\":%f,\"worst\":%f,\"flaps\":%i,\"early\":%x,"
	    "\"early_rule\":%q,\"merged_into\":%l,\"acknowledged_by\":%q,"
	    "\"acknowledged\":%e,\"comment\":%q,\"muted_until\":%e,"
	    "\"summary\":%q",
	    i->i.share, i->i.worst, (int)i->i.flaps,
	    i->i.early ? "true" : "false", i->i.early_rule, i->i.merged_into,
	    i->ack_by, i->ack_us, i->comment, i->muted_until_us, i->i.summary);
}

void
api_incidents(struct visit *v)
{
	const char *state = visit_param(v, "state");
	const char *before = visit_param(v, "before_id");
	const char *limit = visit_param(v, "limit");
	struct store_incident_filter f = { .group = visit_param(v, "group"),
		.sensor = visit_param(v, "sensor") };
	struct store_incident *list = NULL;
	int64_t max = 100;
	size_t n = 0, i;

	if (state != NULL && strcmp(state, "open") != 0 &&
	    strcmp(state, "all") != 0) {
		diag_set(&v->why, "state is one of open, all");
		visit_fail(v, 400);
		return;
	}
	f.open_only = state != NULL && strcmp(state, "open") == 0;
	if ((before != NULL &&
		!visit_number(v, before, 1, INT64_MAX, &f.before_id)) ||
	    (limit != NULL &&
		!visit_number(v, limit, 1, API_MAX_INCIDENTS, &max)) ||
	    !visit_time(v, "from", 0, &f.from_us) ||
	    !visit_time(v, "to", f.from_us == 0 ? 0 : v->now_us, &f.to_us))
		return;
	/* one more tells whether there is another page */
	f.max = (size_t)max + 1;
	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return;
	put(v->out, "{\"incidents\":[");
	for (i = 0; i < n && i < (size_t)max; i++) {
		put(v->out, i == 0 ? "" : ",\n");
		api_incident_one(v, &list[i], v->out);
		put(v->out, "}");
	}
	put(v->out, "],\"next_before_id\":");
	if (n > (size_t)max)
		put(v->out, "%l}\n", list[max - 1].i.id);
	else
		put(v->out, "null}\n");
	free(list);
}

static void
api_history(struct buf *out, const struct store_event *e, size_t n)
{
	size_t i;

	put(out, ",\n\"history\":[");
	for (i = 0; i < n; i++)
		put(out, "%x{\"at\":%e,\"event\":%q,\"who\":%q,\"text\":%q}",
		    i == 0 ? "" : ",\n", e[i].at_us,
		    incident_event_name(e[i].event), e[i].who, e[i].text);
	put(out, "]");
}

static void
api_findings(struct buf *out, const struct finding *f, size_t n)
{
	size_t i, k;

	put(out, ",\n\"findings\":[");
	for (i = 0; i < n; i++) {
		put(out,
		    "%x{\"rule\":%q,\"by\":%q,\"sensor\":%q,\"peer\":%q,"
		    "\"severity\":%q,\"from\":%e,\"to\":%e,\"share\":%f,"
		    "\"facet\":%q,\"value\":%q,\"direction\":%q,"
		    "\"summary\":%q,\"evidence\":{",
		    i == 0 ? "" : ",\n", f[i].rule, f[i].by, f[i].sensor,
		    f[i].peer, severity_name(f[i].severity), f[i].from_us,
		    f[i].to_us, f[i].share, f[i].facet, f[i].value,
		    finding_direction_name(f[i].direction), f[i].summary);
		for (k = 0; k < f[i].nevidence; k++)
			put(out, "%x%q:%f", k == 0 ? "" : ",",
			    f[i].evidence[k].name, f[i].evidence[k].value);
		put(out, "}}");
	}
	put(out, "]");
}

static void
api_flow_side(
    struct buf *out, const char *name, const struct store_flow_side *s)
{
	char orig[FLOW_ADDR_MAX], resp[FLOW_ADDR_MAX];

	if (!s->has) {
		put(out, ",%q:null", name);
		return;
	}
	flow_addr_format(&s->flow.orig, orig);
	flow_addr_format(&s->flow.resp, resp);
	put(out,
	    ",%q:{\"sensor\":%q,\"uid\":%q,\"start\":%e,\"duration\":%f,"
	    "\"orig\":%q,\"orig_port\":%i,\"resp\":%q,\"resp_port\":%i,"
	    "\"proto\":%i,\"state\":%q,\"history\":%q,\"orig_packets\":%l,"
	    "\"resp_packets\":%l,\"orig_ip_bytes\":%l,\"resp_ip_bytes\":%l}",
	    name, s->sensor, s->uid, s->flow.start_us,
	    (double)s->flow.duration_us / (double)US_PER_S, orig,
	    (int)s->flow.orig_port, resp, (int)s->flow.resp_port,
	    (int)s->flow.proto, flow_state_name((enum flow_state)s->flow.state),
	    s->history, (int64_t)s->flow.orig_pkts, (int64_t)s->flow.resp_pkts,
	    (int64_t)s->flow.orig_ip_bytes, (int64_t)s->flow.resp_ip_bytes);
}

static void
api_flows(struct buf *out, const struct store_flow *f, size_t n)
{
	size_t i;

	put(out, ",\n\"flows\":[");
	for (i = 0; i < n; i++) {
		put(out, "%x{\"kind\":%q", i == 0 ? "" : ",\n", f[i].kind);
		api_flow_side(out, "a", &f[i].side[0]);
		api_flow_side(out, "b", &f[i].side[1]);
		put(out, "}");
	}
	put(out, "]");
}

void
api_incident(struct visit *v)
{
	struct store *st = v->site->store;
	struct store_incident i;
	struct store_event *e = NULL;
	struct finding *f = NULL;
	struct store_flow *flows = NULL;
	size_t ne = 0, nf = 0, nflows = 0;
	int64_t id;

	if (visit_number(v, v->word[0], 1, INT64_MAX, &id) &&
	    visit_ok(v, store_incident(st, id, &i, &v->why)) &&
	    visit_ok(v, store_history(st, id, &e, &ne, &v->why)) &&
	    visit_ok(v, store_findings(st, id, &f, &nf, &v->why)) &&
	    visit_ok(v, store_flows(st, id, &flows, &nflows, &v->why))) {
		api_incident_one(v, &i, v->out);
		api_history(v->out, e, ne);
		api_findings(v->out, f, nf);
		api_flows(v->out, flows, nflows);
		put(v->out, "}\n");
	}
	free(e);
	free(f);
	free(flows);
}
