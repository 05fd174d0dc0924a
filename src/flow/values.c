/*
 * The small vocabularies of conn.log: states, history letters, protocols and
 * field names, and the table of worker names. All of them are tables; a text
 * that is not in its table is never guessed at.
 */
#include <strings.h>
#include "flow/parse.h"

static const char *const state_names[FLOW_NSTATES] = {
	[FLOW_STATE_NONE] = "-",
	[FLOW_S0] = "S0",
	[FLOW_S1] = "S1",
	[FLOW_SF] = "SF",
	[FLOW_REJ] = "REJ",
	[FLOW_S2] = "S2",
	[FLOW_S3] = "S3",
	[FLOW_RSTO] = "RSTO",
	[FLOW_RSTR] = "RSTR",
	[FLOW_RSTOS0] = "RSTOS0",
	[FLOW_RSTRH] = "RSTRH",
	[FLOW_SH] = "SH",
	[FLOW_SHR] = "SHR",
	[FLOW_OTH] = "OTH",
};

/* Length and last letter tell all states apart, without a collision here:
 * the compiler warns of one (two initialisers for one slot). */
#define STATE_SLOT(n, last) (((n)*4 + (unsigned char)(last)) & 31)

static const uint8_t state_slots[32] = {
	[STATE_SLOT(2, '0')] = FLOW_S0,
	[STATE_SLOT(2, '1')] = FLOW_S1,
	[STATE_SLOT(2, 'F')] = FLOW_SF,
	[STATE_SLOT(3, 'J')] = FLOW_REJ,
	[STATE_SLOT(2, '2')] = FLOW_S2,
	[STATE_SLOT(2, '3')] = FLOW_S3,
	[STATE_SLOT(4, 'O')] = FLOW_RSTO,
	[STATE_SLOT(4, 'R')] = FLOW_RSTR,
	[STATE_SLOT(6, '0')] = FLOW_RSTOS0,
	[STATE_SLOT(5, 'H')] = FLOW_RSTRH,
	[STATE_SLOT(2, 'H')] = FLOW_SH,
	[STATE_SLOT(3, 'R')] = FLOW_SHR,
	[STATE_SLOT(3, 'H')] = FLOW_OTH,
};

enum flow_state
flow_state_parse(struct span s)
{
	uint8_t st;

	if (s.n < 2 || s.n > 6)
		return FLOW_STATE_NONE;
	st = state_slots[STATE_SLOT(s.n, s.p[s.n - 1])];
	return span_is(s, state_names[st]) ? (enum flow_state)st
					   : FLOW_STATE_NONE;
}

const char *
flow_state_name(enum flow_state s)
{
	return (unsigned)s < FLOW_NSTATES ? state_names[s] : "-";
}

const uint8_t flow_state_classes[256] = {
	[FLOW_STATE_NONE] = FLOW_CLASS_NONE,
	[FLOW_S0] = FLOW_CLASS_ATTEMPT,
	[FLOW_REJ] = FLOW_CLASS_ATTEMPT,
	[FLOW_RSTOS0] = FLOW_CLASS_ATTEMPT,
	[FLOW_SH] = FLOW_CLASS_ATTEMPT,
	[FLOW_S1] = FLOW_CLASS_OPEN,
	[FLOW_S2] = FLOW_CLASS_OPEN,
	[FLOW_S3] = FLOW_CLASS_OPEN,
	[FLOW_SF] = FLOW_CLASS_DONE,
	[FLOW_RSTO] = FLOW_CLASS_DONE,
	[FLOW_RSTR] = FLOW_CLASS_DONE,
	[FLOW_SHR] = FLOW_CLASS_HALF,
	[FLOW_RSTRH] = FLOW_CLASS_HALF,
	[FLOW_OTH] = FLOW_CLASS_MIDSTREAM,
};

/* What a letter says beyond the side that it belongs to. */
static const uint16_t history_letters[128] = {
	['^'] = FLOW_HIST_FLIPPED,
	['S'] = FLOW_HIST_ORIG_SYN,
	['h'] = FLOW_HIST_RESP_SYN,
	['C'] = FLOW_HIST_ORIG_CSUM,
	['c'] = FLOW_HIST_RESP_CSUM,
	['G'] = FLOW_HIST_ORIG_GAP,
	['g'] = FLOW_HIST_RESP_GAP,
	['T'] = FLOW_HIST_ORIG_REXM,
	['t'] = FLOW_HIST_RESP_REXM,
};

uint16_t
flow_history_parse(struct span s)
{
	unsigned c, bits = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		bits |= history_letters[c & 127] & -(unsigned)(c < 128);
		bits |= FLOW_HIST_ORIG & -(unsigned)(c - 'A' < 26);
		bits |= FLOW_HIST_RESP & -(unsigned)(c - 'a' < 26);
	}
	return (uint16_t)bits;
}

/* ICMPv6 shares its name with ICMP in Zeek. 0 is "some other protocol",
 * which is all that releases before 7.1 could say. */
static const struct {
	uint8_t proto;
	const char *name;
} proto_names[] = {
	{ 6, "tcp" },
	{ 17, "udp" },
	{ 1, "icmp" },
	{ 58, "icmp" },
	{ 0, "unknown_transport" },
};

const char *
flow_proto_name(uint8_t proto)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(proto_names); i++)
		if (proto_names[i].proto == proto)
			return proto_names[i].name;
	return NULL;
}

bool
parse_proto(struct span s, bool ipv6, uint8_t *proto)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(proto_names); i++)
		if (s.n == strlen(proto_names[i].name) &&
		    strncasecmp(s.p, proto_names[i].name, s.n) == 0)
			break;
	if (i == ARRAY_LEN(proto_names))
		return false;
	*proto = proto_names[i].proto;
	if (*proto == 1 && ipv6)
		*proto = 58;
	return true;
}

static const char *const field_names[FLOW_NFIELDS] = {
	[FIELD_TS] = "ts",
	[FIELD_UID] = "uid",
	[FIELD_ORIG_H] = "id.orig_h",
	[FIELD_ORIG_P] = "id.orig_p",
	[FIELD_RESP_H] = "id.resp_h",
	[FIELD_RESP_P] = "id.resp_p",
	[FIELD_PROTO] = "proto",
	[FIELD_SERVICE] = "service",
	[FIELD_DURATION] = "duration",
	[FIELD_ORIG_BYTES] = "orig_bytes",
	[FIELD_RESP_BYTES] = "resp_bytes",
	[FIELD_STATE] = "conn_state",
	[FIELD_LOCAL_ORIG] = "local_orig",
	[FIELD_LOCAL_RESP] = "local_resp",
	[FIELD_MISSED] = "missed_bytes",
	[FIELD_HISTORY] = "history",
	[FIELD_ORIG_PKTS] = "orig_pkts",
	[FIELD_ORIG_IP_BYTES] = "orig_ip_bytes",
	[FIELD_RESP_PKTS] = "resp_pkts",
	[FIELD_RESP_IP_BYTES] = "resp_ip_bytes",
	[FIELD_VLAN] = "vlan",
	[FIELD_IP_PROTO] = "ip_proto",
	[FIELD_WORKER] = "peer",
};

/* Besides "peer": the names that common scripts give the worker's column. */
static const char *const worker_names[] = { "_peer", "node", "_node_name",
	"_system_name" };

const char *
parse_field_name(enum flow_field f)
{
	return (unsigned)f < FLOW_NFIELDS ? field_names[f] : "?";
}

/* A '.' in the name of Zeek also matches '_', its other scope separator. */
static bool
field_matches(const char *zeek, struct span name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (zeek[i] == '\0' ||
		    (name.p[i] != zeek[i] &&
			!(zeek[i] == '.' && name.p[i] == '_')))
			return false;
	return zeek[i] == '\0';
}

static enum flow_field
field_find(struct span name)
{
	size_t i;

	for (i = 0; i < FLOW_NFIELDS; i++)
		if (field_matches(field_names[i], name))
			return (enum flow_field)i;
	for (i = 0; i < ARRAY_LEN(worker_names); i++)
		if (field_matches(worker_names[i], name))
			return FIELD_WORKER;
	return FIELD_IGNORED;
}

/*
 * A field that was renamed is not looked for under its old name: a log may
 * hold both, and the old one then means something else (before and after an
 * address translation, say). Several renames of one field all hold.
 */
enum flow_field
parse_field_of(const struct flow_parser_options *opt, struct span name)
{
	size_t i, n = opt == NULL ? 0 : opt->nrenames;
	enum flow_field f;

	for (i = 0; i < n; i++)
		if (span_equal(opt->renames[i].name, name))
			return field_find(opt->renames[i].zeek);
	f = field_find(name);
	for (i = 0; i < n && f != FIELD_IGNORED; i++)
		if (field_find(opt->renames[i].zeek) == f)
			return FIELD_IGNORED;
	return f;
}

static unsigned
worker_hash(struct span name)
{
	unsigned h = (unsigned)name.n;
	size_t i;

	for (i = 0; i < name.n; i++)
		h = h * 31 + (unsigned char)name.p[i];
	return h;
}

uint8_t
parse_worker(struct parse_workers *w, struct span name)
{
	unsigned slot, id;

	if (name.n == 0)
		return FLOW_NO_WORKER;
	if (name.n >= FLOW_MAX_NAME)
		name.n = FLOW_MAX_NAME - 1;
	slot = worker_hash(name) % PARSE_WORKER_SLOTS;
	while ((id = w->slots[slot]) != 0) {
		if (span_equal(
			(struct span){ w->names[id - 1], w->lens[id - 1] },
			name))
			return (uint8_t)(id - 1);
		slot = (slot + 1) % PARSE_WORKER_SLOTS;
	}
	if (w->n == FLOW_MAX_WORKERS)
		return FLOW_NO_WORKER;
	id = w->n++;
	memcpy(w->names[id], name.p, name.n);
	w->names[id][name.n] = '\0';
	w->lens[id] = (uint8_t)name.n;
	w->slots[slot] = (uint8_t)(id + 1);
	return (uint8_t)id;
}
