/*
 * The fields of a JSON line into a flow, in every form that a value may have.
 * json_fast.h reads the form that Zeek writes, and gives the same.
 */
#include "flow/json.h"

bool
json_fault(struct json_record *r, enum flow_problem kind, unsigned field,
    struct span text)
{
	r->fault->kind = kind;
	r->fault->field =
	    field < FLOW_NFIELDS ? (enum flow_field)field : FIELD_IGNORED;
	r->fault->text = text;
	return false;
}

void
json_record_init(struct json_record *r, struct flow *out,
    struct parse_workers *workers, struct parse_fault *fault)
{
	memset(out, 0, sizeof(*out));
	out->worker = FLOW_NO_WORKER;
	*r = (struct json_record){
		.out = out, .workers = workers, .fault = fault
	};
}

static bool
json_set_number(struct json_record *r, unsigned field, struct span s)
{
	uint64_t v, *slot = json_count_slot(r->out, field);
	uint64_t max = slot != NULL   ? UINT64_MAX
	    : field == FIELD_IP_PROTO ? UINT8_MAX
				      : UINT16_MAX;

	if (!parse_count(s, max, &v))
		return false;
	if (slot != NULL)
		*slot = v;
	else if (field == FIELD_IP_PROTO)
		r->ip_proto = (uint8_t)v;
	else
		*json_short_slot(r->out, field) = (uint16_t)v;
	return true;
}

bool
json_record_text(struct json_record *r, unsigned field, struct span s)
{
	struct flow *f = r->out;

	switch (field) {
	case FIELD_UID:
		f->uid = s;
		return true;
	case FIELD_SERVICE:
		f->service = s;
		return true;
	case FIELD_HISTORY:
		f->history = s;
		f->history_bits = flow_history_parse(s);
		return true;
	case FIELD_STATE:
		f->state = (uint8_t)flow_state_parse(s);
		return true;
	case FIELD_WORKER:
		f->worker = parse_worker(r->workers, s);
		return true;
	case FIELD_PROTO:
		return parse_proto(s, false, &r->proto);
	case FIELD_ORIG_H:
		return flow_addr_parse(s, &f->orig);
	default:
		return flow_addr_parse(s, &f->resp);
	}
}

static bool
json_set_bool(const struct json_value *v, bool *out)
{
	*out = v->kind == JSON_TRUE ||
	    (v->kind == JSON_STRING && span_is(v->text, "T"));
	return *out || v->kind == JSON_FALSE ||
	    (v->kind == JSON_STRING && span_is(v->text, "F"));
}

static bool
json_is_text(unsigned field)
{
	return (json_bit(field) &
		   (json_bit(FIELD_UID) | json_bit(FIELD_SERVICE) |
		       json_bit(FIELD_HISTORY) | json_bit(FIELD_STATE) |
		       json_bit(FIELD_WORKER) | json_bit(FIELD_PROTO) |
		       json_bit(FIELD_ORIG_H) | json_bit(FIELD_RESP_H))) != 0;
}

/* null after a value of the same key: as if neither had been there. */
static void
json_unset(struct json_record *r, unsigned field)
{
	struct flow *f = r->out;
	uint64_t *slot = json_count_slot(f, field);

	if ((r->seen & json_bit(field)) == 0)
		return;
	r->seen &= ~json_bit(field);
	if (slot != NULL)
		*slot = 0;
	if (field == FIELD_UID)
		f->uid = (struct span){ NULL, 0 };
	if (field == FIELD_SERVICE)
		f->service = (struct span){ NULL, 0 };
	if (field == FIELD_HISTORY) {
		f->history = (struct span){ NULL, 0 };
		f->history_bits = 0;
	}
	if (field == FIELD_STATE)
		f->state = FLOW_STATE_NONE;
	if (field == FIELD_WORKER)
		f->worker = FLOW_NO_WORKER;
	if (field == FIELD_DURATION)
		f->duration_us = 0;
	if (field == FIELD_VLAN)
		f->vlan = 0;
}

bool
json_record_set(
    struct json_record *r, unsigned field, const struct json_value *v)
{
	bool scalar = v->kind == JSON_STRING || v->kind == JSON_NUMBER;
	bool ok;

	if (v->kind == JSON_NULL) {
		json_unset(r, field);
		return true;
	}
	if (field == FIELD_TS)
		ok = scalar && parse_time(v->text, &r->out->start_us);
	else if (field == FIELD_DURATION)
		ok = scalar && parse_interval(v->text, &r->out->duration_us);
	else if (field == FIELD_LOCAL_ORIG)
		ok = json_set_bool(v, &r->local_orig);
	else if (field == FIELD_LOCAL_RESP)
		ok = json_set_bool(v, &r->local_resp);
	else if (json_is_text(field))
		ok = v->kind == JSON_STRING &&
		    json_record_text(r, field, v->text);
	else
		ok = scalar && json_set_number(r, field, v->text);
	if (ok) {
		r->seen |= json_bit(field);
		return true;
	}
	if (field == FIELD_TS && v->text.n > 0 &&
	    (v->text.p[0] == 'X' || v->text.p[0] == 'x'))
		return json_fault(r, PROBLEM_MASKED_TIME, field, v->text);
	return json_fault(r, PROBLEM_BAD_VALUE, field, v->text);
}

static bool
json_check_needed(struct json_record *r, struct span line)
{
	static const uint8_t needed[] = { FIELD_TS, FIELD_ORIG_H, FIELD_ORIG_P,
		FIELD_RESP_H, FIELD_RESP_P, FIELD_PROTO };
	const uint32_t ids = json_bit(FIELD_ORIG_H) | json_bit(FIELD_ORIG_P) |
	    json_bit(FIELD_RESP_H) | json_bit(FIELD_RESP_P);
	size_t i;

	if (r->other_log || (r->seen & ids) == 0)
		return json_fault(r, PROBLEM_NOT_CONN, FIELD_IGNORED, line);
	for (i = 0; i < sizeof(needed); i++)
		if ((r->seen & json_bit(needed[i])) == 0)
			return json_fault(
			    r, PROBLEM_NO_COLUMN, needed[i], line);
	return true;
}

static bool
json_has(const struct json_record *r, uint32_t bits)
{
	return (r->seen & bits) == bits;
}

bool
json_record_finish(struct json_record *r, struct span line)
{
	static const struct {
		uint32_t fields;
		uint8_t flag;
	} flags[] = {
		{ 1u << FIELD_LOCAL_ORIG | 1u << FIELD_LOCAL_RESP,
		    FLOW_LOCAL_KNOWN },
		{ 1u << FIELD_DURATION, FLOW_HAS_DURATION },
		{ 1u << FIELD_ORIG_BYTES | 1u << FIELD_RESP_BYTES,
		    FLOW_HAS_BYTES },
		{ 1u << FIELD_ORIG_PKTS | 1u << FIELD_RESP_PKTS |
			1u << FIELD_ORIG_IP_BYTES | 1u << FIELD_RESP_IP_BYTES,
		    FLOW_HAS_COUNTS },
		{ 1u << FIELD_VLAN, FLOW_HAS_VLAN },
	};
	struct flow *f = r->out;
	unsigned bits = 0;
	size_t i;

	if (!json_check_needed(r, line))
		return false;
	for (i = 0; i < ARRAY_LEN(flags); i++)
		if (json_has(r, flags[i].fields))
			bits |= flags[i].flag;
	if (r->local_orig && json_has(r, 1u << FIELD_LOCAL_ORIG))
		bits |= FLOW_LOCAL_ORIG;
	if (r->local_resp && json_has(r, 1u << FIELD_LOCAL_RESP))
		bits |= FLOW_LOCAL_RESP;
	if (!flow_addr_is_v4(&f->orig))
		bits |= FLOW_IPV6;
	f->flags = (uint8_t)bits;
	f->proto = r->proto;
	if (f->proto == 1 && (bits & FLOW_IPV6) != 0)
		f->proto = 58;
	if (f->proto == 0 && json_has(r, 1u << FIELD_IP_PROTO))
		f->proto = r->ip_proto;
	return true;
}
