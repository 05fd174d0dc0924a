/*
 * Private to src/flow: what one JSON line has told so far, and the readers of
 * its values by meaning.
 */
#ifndef FLOW_JSON_H
#define FLOW_JSON_H

#include "flow/json_scan.h"
#include "flow/parse.h"

/* A key that is no column but says which log the line is of. */
#define JSON_FIELD_PATH (FIELD_IGNORED + 1)

struct json_record {
	struct flow *out;
	struct parse_workers *workers;
	struct parse_fault *fault;
	uint32_t seen; /* 1 << enum flow_field: has a value, the last one */
	bool local_orig;
	bool local_resp;
	bool other_log;
	uint8_t proto;    /* by name; 1 for ICMP of both families */
	uint8_t ip_proto; /* by number */
};

static ALWAYS_INLINE uint32_t
json_bit(unsigned f)
{
	return UINT32_C(1) << f;
}

bool json_fault(struct json_record *r, enum flow_problem kind, unsigned field,
    struct span text);

void json_record_init(struct json_record *r, struct flow *out,
    struct parse_workers *workers, struct parse_fault *fault);
/* Takes the value of a field; a string has no escapes any more. */
bool json_record_set(
    struct json_record *r, unsigned field, const struct json_value *v);
/* The line is over: what is missing, and what follows from several fields. */
bool json_record_finish(struct json_record *r, struct span line);

/* The same for a field that is text. */
bool json_record_text(struct json_record *r, unsigned field, struct span s);

/* Where a count or a 16-bit number belongs; NULL if it is no count. */
static inline uint64_t *
json_count_slot(struct flow *f, unsigned field)
{
	switch (field) {
	case FIELD_ORIG_BYTES:
		return &f->orig_bytes;
	case FIELD_RESP_BYTES:
		return &f->resp_bytes;
	case FIELD_MISSED:
		return &f->missed_bytes;
	case FIELD_ORIG_PKTS:
		return &f->orig_pkts;
	case FIELD_ORIG_IP_BYTES:
		return &f->orig_ip_bytes;
	case FIELD_RESP_PKTS:
		return &f->resp_pkts;
	case FIELD_RESP_IP_BYTES:
		return &f->resp_ip_bytes;
	default:
		return NULL;
	}
}

static inline uint16_t *
json_short_slot(struct flow *f, unsigned field)
{
	return field == FIELD_ORIG_P ? &f->orig_port
	    : field == FIELD_RESP_P  ? &f->resp_port
				     : &f->vlan;
}

#endif
