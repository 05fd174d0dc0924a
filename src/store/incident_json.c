/*
 * An incident as JSON: the same wherever a program sees one.
 */
#include <inttypes.h>
#include <math.h>
#include "base/jsonw.h"
#include "store/incidents.h"

const char *
store_incident_state(const struct store_incident *i, int64_t now_us)
{
	return i->i.state == INCIDENT_CLEARED ? "over"
	    : i->muted_until_us > now_us      ? "muted"
	    : i->ack_by[0] != '\0'            ? "acknowledged"
	    : i->i.early                      ? "early"
					      : "open";
}

static void
json_epoch(struct buf *out, const char *key, int64_t us)
{
	jsonw_key(out, key);
	if (us <= 0)
		buf_add_str(out, "null");
	else
		buf_printf(out, "%.6f", (double)us / (double)US_PER_S);
}

static void
json_share(struct buf *out, const char *key, double value)
{
	jsonw_key(out, key);
	if (isfinite(value))
		buf_printf(out, "%.6g", value);
	else
		buf_add_str(out, "null");
}

void
store_incident_json(
    const struct store_incident *i, int64_t now_us, struct buf *out)
{
	buf_printf(out, "{\"id\":%" PRId64, i->i.id);
	jsonw_text(out, "state", store_incident_state(i, now_us));
	jsonw_text(out, "severity", severity_name(i->i.severity));
	jsonw_text(out, "group", i->group);
	jsonw_text(out, "sensor", i->i.sensor);
	jsonw_text(out, "peer", i->i.peer);
	jsonw_text(out, "rule", i->i.rule);
	jsonw_text(out, "facet", i->i.facet);
	jsonw_text(out, "value", i->i.value);
	jsonw_text(out, "attribute", i->i.attribute);
	json_epoch(out, "from", i->i.from_us);
	json_epoch(out, "to", i->i.state == INCIDENT_CLEARED ? i->i.to_us : 0);
	json_epoch(out, "last_seen", i->i.to_us);
	json_epoch(out, "opened", i->i.opened_us);
	json_epoch(out, "cleared", i->i.cleared_us);
	json_epoch(out, "muted_until", i->muted_until_us);
	jsonw_text(out, "acknowledged_by", i->ack_by);
	jsonw_text(out, "comment", i->comment);
	json_share(out, "share", i->i.share);
	json_share(out, "worst", i->i.worst);
	jsonw_count(out, "flaps", i->i.flaps);
	jsonw_text(out, "early_rule", i->i.early_rule);
	jsonw_text(out, "summary", i->i.summary);
	buf_add_char(out, '}');
}

/* Its members. */
static void
json_event(const struct store_event *e, struct buf *out)
{
	buf_printf(out, "\"at\":%.6f", (double)e->at_us / (double)US_PER_S);
	jsonw_text(out, "event", incident_event_name(e->event));
	jsonw_text(out, "who", e->who);
	jsonw_text(out, "text", e->text);
}

void
store_event_json(const struct store_event *e, struct buf *out)
{
	buf_add_char(out, '{');
	json_event(e, out);
	buf_add_char(out, '}');
}

void
store_message_json(const char *id, const struct store_event *e,
    const struct store_incident *i, struct buf *out)
{
	buf_printf(out, "{\"id\":\"%s\",", id);
	json_event(e, out);
	buf_add_str(out, ",\"incident\":");
	store_incident_json(i, e->at_us, out);
	buf_add_char(out, '}');
}
