/*
 * The table of faults and the specs that name its rows. A spec comes from the
 * command line: every word is checked against the tables.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/span.h"
#include "simulate/fault.h"
#include "simulate/host.h"

struct fault_key_def {
	const char *name;
	const char *unit;
	double min, max;
	bool whole; /* an integer */
};

static const struct fault_key_def fault_keys[FAULT_NKEYS] = {
	[FAULT_KEY_WORKER] = { "worker", "number from 1", 1, 64, true },
	[FAULT_KEY_LINKS] = { "links", "upstream links", 2, 16, true },
	[FAULT_KEY_LINK] = { "link", "number from 1", 1, 16, true },
	[FAULT_KEY_DIRECTION] = { "direction", "inbound or outbound", 0, 1,
	    true },
	[FAULT_KEY_RATE] = { "rate", "share of packets", 0, 1, false },
	[FAULT_KEY_BURST] = { "burst", "packets a millisecond that pass", 1,
	    1000, true },
	[FAULT_KEY_SHARE] = { "share", "share", 0, 1, false },
	[FAULT_KEY_OVER] = { "over", "bytes of the frame", 60, 9018, true },
	[FAULT_KEY_COPIES] = { "copies", "times each packet is seen", 2, 4,
	    true },
	[FAULT_KEY_OFFSET] = { "offset", "seconds, positive = ahead", -86400,
	    86400, false },
	[FAULT_KEY_DRIFT] = { "drift", "parts per million", -1000, 1000,
	    false },
	[FAULT_KEY_JITTER] = { "jitter", "seconds, either way", 0, 10, false },
	[FAULT_KEY_LAG] = { "lag", "seconds", 1, 3600, false },
	[FAULT_KEY_UDP_TIMEOUT] = { "udp_timeout", "seconds", 0.1, 3600,
	    false },
	[FAULT_KEY_TCP_TIMEOUT] = { "tcp_timeout", "seconds", 1, 3600, false },
	[FAULT_KEY_AFTER] = { "after", "kilobytes of a flow", 1, 1e9, true },
	[FAULT_KEY_FACET] = { "facet", "NAME:VALUE", 0, 0, false },
};

const struct fault_def fault_table[] = {
	{ "worker-frozen", "worker-frozen", FAULT_WORKER_FROZEN, FAULT_WINDOW,
	    1, { { FAULT_KEY_WORKER, 2 } }, "a worker gets no packets" },
	{ "sensor-silent", "sensor-silent", FAULT_SENSOR_SILENT, FAULT_TO_END,
	    0, { { 0 } }, "nothing more is logged" },
	{ "sensor-gap", "sensor-gap", FAULT_SENSOR_GAP, FAULT_WINDOW, 0,
	    { { 0 } }, "the sensor stops, and starts again later" },
	{ "sensor-lagging", "sensor-lagging", FAULT_SENSOR_LAGGING,
	    FAULT_TO_END, 1, { { FAULT_KEY_LAG, 240 } },
	    "records are written late; the log ends early" },
	{ "tap-link-loss", "tap-link-loss", FAULT_LINK_LOSS, FAULT_WINDOW, 2,
	    { { FAULT_KEY_LINKS, 4 }, { FAULT_KEY_LINK, 2 } },
	    "one upstream link is dark, both ways" },
	{ "tap-strand-loss", "tap-strand-loss", FAULT_STRAND_LOSS, FAULT_WINDOW,
	    1, { { FAULT_KEY_DIRECTION, FAULT_INBOUND } },
	    "packets of one direction are not seen" },
	{ "packet-loss", "packet-loss", FAULT_PACKET_LOSS, FAULT_WINDOW, 1,
	    { { FAULT_KEY_RATE, 0.01 } }, "packets are lost at random" },
	{ "burst-loss", "packet-loss", FAULT_BURST_LOSS, FAULT_WINDOW, 2,
	    { { FAULT_KEY_BURST, 6 }, { FAULT_KEY_SHARE, 0.01 } },
	    "what exceeds a burst is lost, and a share of what comes beside" },
	{ "large-packet-loss", "large-packet-loss", FAULT_LARGE_LOSS,
	    FAULT_WINDOW, 1, { { FAULT_KEY_OVER, 1500 } },
	    "large frames are lost" },
	{ "duplicate-feed", "duplicate-feed", FAULT_DUPLICATE, FAULT_WINDOW, 2,
	    { { FAULT_KEY_COPIES, 2 }, { FAULT_KEY_SHARE, 1 } },
	    "packets are seen several times" },
	{ "flow-split", "flow-split", FAULT_FLOW_SPLIT, FAULT_WINDOW, 0,
	    { { 0 } }, "the directions of a flow go to different workers" },
	{ "checksum-discard", "checksum-discard", FAULT_CHECKSUM, FAULT_WINDOW,
	    1, { { FAULT_KEY_DIRECTION, FAULT_OUTBOUND } },
	    "packets of one direction have bad checksums" },
	{ "clock-skew", "clock-skew", FAULT_CLOCK_SKEW, FAULT_ALWAYS, 3,
	    { { FAULT_KEY_OFFSET, 2.5 }, { FAULT_KEY_DRIFT, 0 },
		{ FAULT_KEY_JITTER, 0 } },
	    "the clock is off" },
	{ "blind-spot", "blind-spot", FAULT_BLIND_SPOT, FAULT_WINDOW, 1,
	    { { FAULT_KEY_FACET, 0 } },
	    "traffic of one kind is not seen (default: ip_version:6)" },
	{ "config-divergence", "config-divergence", FAULT_CONFIG, FAULT_ALWAYS,
	    2, { { FAULT_KEY_UDP_TIMEOUT, 3 }, { FAULT_KEY_TCP_TIMEOUT, 300 } },
	    "other inactivity timeouts" },
	{ "local-nets", "config-divergence", FAULT_LOCAL_NETS, FAULT_ALWAYS, 1,
	    { { FAULT_KEY_FACET, 0 } },
	    "local networks that are not set as such (default: all)" },
	{ "shunting", "config-divergence", FAULT_SHUNT, FAULT_ALWAYS, 1,
	    { { FAULT_KEY_AFTER, 64 } },
	    "the rest of a large flow is not looked at, but for its end" },
	{ "visibility-leak", "visibility-leak", FAULT_LEAK, FAULT_WINDOW, 1,
	    { { FAULT_KEY_SHARE, 0.05 } },
	    "a share of the flows is seen by this sensor alone" },
};
const size_t fault_table_len = ARRAY_LEN(fault_table);

static const char *const fault_facets[FAULT_NFACETS] = { "ip_version", "proto",
	"port", "local_net", "remote_net" };
static const char *const fault_directions[] = { "inbound", "outbound" };

const char *
fault_facet_name(enum fault_facet f)
{
	return fault_facets[f];
}

const char *
fault_direction_name(enum fault_direction d)
{
	return fault_directions[d];
}

static bool
fault_copy(char out[FAULT_TEXT_MAX], struct span s)
{
	if (s.n >= FAULT_TEXT_MAX)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

/* A finite decimal number that fills the span. */
static bool
fault_number(struct span s, double *out)
{
	char text[FAULT_TEXT_MAX], *end;

	if (s.n == 0 || !fault_copy(text, s) ||
	    strspn(text, "+-.0123456789eE") != s.n)
		return false;
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

/* Cuts s at its first c; without one, the head is all and the tail empty. */
static struct span
fault_cut(struct span *s, char c)
{
	const char *at = s->n == 0 ? NULL : memchr(s->p, c, s->n);
	struct span head = *s;

	if (at == NULL) {
		*s = (struct span){ s->p + s->n, 0 };
		return head;
	}
	head.n = (size_t)(at - s->p);
	s->p = at + 1;
	s->n -= head.n + 1;
	return head;
}

static bool
fault_parse_net(struct span s, struct fault *f)
{
	struct span addr = fault_cut(&s, '/');
	uint64_t bits;
	bool v4;

	if (!flow_addr_parse(addr, &f->facet_net))
		return false;
	v4 = flow_addr_is_v4(&f->facet_net);
	if (!span_parse_u64(s, v4 ? 32 : 128, &bits))
		return false;
	f->facet_bits = (unsigned)bits + (v4 ? 96 : 0);
	return true;
}

static bool
fault_parse_proto(struct span s, struct fault *f)
{
	static const struct {
		const char *name;
		uint32_t number;
	} protos[] = { { "tcp", PROTO_TCP }, { "udp", PROTO_UDP },
		{ "icmp", PROTO_ICMP } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(protos); i++)
		if (span_is(s, protos[i].name)) {
			f->facet_number = protos[i].number;
			return true;
		}
	return false;
}

static bool
fault_parse_facet(struct span s, struct fault *f, struct diag *d)
{
	struct span name = fault_cut(&s, ':');
	uint64_t n = 0;
	size_t i;
	bool ok;

	for (i = 0; i < FAULT_NFACETS; i++)
		if (span_is(name, fault_facets[i]))
			break;
	if (i == FAULT_NFACETS) {
		diag_set(d,
		    "facet=%.*s: no such facet; wanted ip_version, "
		    "proto, port, local_net or remote_net, then :VALUE",
		    (int)(name.n > 40 ? 40 : name.n), name.p);
		return false;
	}
	f->facet = (enum fault_facet)i;
	switch (f->facet) {
	case FAULT_FACET_IP_VERSION:
		ok = span_parse_u64(s, 6, &n) && (n == 4 || n == 6);
		break;
	case FAULT_FACET_PORT:
		ok = span_parse_u64(s, 65535, &n);
		break;
	case FAULT_FACET_PROTO:
		ok = fault_parse_proto(s, f);
		n = f->facet_number;
		break;
	default:
		ok = fault_parse_net(s, f);
		break;
	}
	f->facet_number = (uint32_t)n;
	if (ok && fault_copy(f->facet_value, s))
		return true;
	diag_set(d,
	    "facet=%s:%.*s: not a value of that facet; wanted 4 or 6, "
	    "tcp, udp or icmp, a port, or ADDRESS/BITS",
	    fault_facets[i], (int)(s.n > 40 ? 40 : s.n), s.p);
	return false;
}

/* Every key that this fault takes, for an error or the help. */
static void
fault_list_keys(const struct fault_def *def, struct buf *out)
{
	size_t i;

	buf_add_str(out, "sensor, from, to");
	for (i = 0; i < def->nparams; i++) {
		buf_add_str(out, ", ");
		buf_add_str(out, fault_keys[def->params[i].key].name);
	}
}

static bool
fault_set(
    struct fault *f, enum fault_key key, struct span value, struct diag *d)
{
	const struct fault_key_def *k = &fault_keys[key];
	double x;
	bool ok;

	if (key == FAULT_KEY_FACET)
		return fault_parse_facet(value, f, d);
	if (key == FAULT_KEY_DIRECTION) {
		x = span_is(value, "outbound");
		ok = x == 1 || span_is(value, "inbound");
	} else {
		ok = fault_number(value, &x) && x >= k->min && x <= k->max &&
		    (!k->whole || x == (double)(int64_t)x);
	}
	if (!ok) {
		diag_set(d, "%s=%.*s: wanted %s, %g to %g", k->name,
		    (int)(value.n > 40 ? 40 : value.n), value.p, k->unit,
		    k->min, k->max);
		return false;
	}
	f->value[key] = x;
	return true;
}

static bool
fault_parse_time(
    struct span name, struct span value, double *out, struct diag *d)
{
	if (fault_number(value, out) && *out >= 0 && *out <= 1e9)
		return true;
	diag_set(d, "%.*s=%.*s: wanted seconds from the start of the run",
	    (int)name.n, name.p, (int)(value.n > 40 ? 40 : value.n), value.p);
	return false;
}

static bool
fault_parse_pair(
    struct fault *f, struct span name, struct span value, struct diag *d)
{
	struct buf keys = BUF_INIT;
	size_t i;

	if (span_is(name, "from"))
		return fault_parse_time(name, value, &f->from_s, d);
	if (span_is(name, "to"))
		return fault_parse_time(name, value, &f->to_s, d);
	if (span_is(name, "sensor")) {
		if (value.n > 0 && fault_copy(f->sensors, value))
			return true;
		diag_set(d,
		    "sensor=: wanted a name, several joined by +, "
		    "or all");
		return false;
	}
	for (i = 0; i < f->def->nparams; i++)
		if (span_is(name, fault_keys[f->def->params[i].key].name))
			return fault_set(f, f->def->params[i].key, value, d);
	fault_list_keys(f->def, &keys);
	diag_set(d, "%s: no such key '%.*s'; wanted %s", f->def->name,
	    (int)(name.n > 40 ? 40 : name.n), name.p,
	    buf_ok(&keys) ? keys.p : "another");
	buf_clear(&keys);
	return false;
}

static const struct fault_def *
fault_find(struct span name, struct diag *d)
{
	struct buf names = BUF_INIT;
	size_t i;

	for (i = 0; i < fault_table_len; i++)
		if (span_is(name, fault_table[i].name))
			return &fault_table[i];
	for (i = 0; i < fault_table_len; i++) {
		buf_add_str(&names, i == 0 ? "" : ", ");
		buf_add_str(&names, fault_table[i].name);
	}
	diag_set(d, "no such fault '%.*s'; wanted %s",
	    (int)(name.n > 40 ? 40 : name.n), name.p,
	    buf_ok(&names) ? names.p : "another");
	buf_clear(&names);
	return NULL;
}

bool
fault_parse(const char *spec, struct fault *out, struct diag *d)
{
	struct span rest = span_from(spec);
	struct span name = fault_cut(&rest, ':');
	struct span pair, key;
	size_t i;

	*out = (struct fault){ .from_s = -1, .to_s = -1 };
	out->def = fault_find(name, d);
	if (out->def == NULL)
		return false;
	for (i = 0; i < out->def->nparams; i++)
		out->value[out->def->params[i].key] = out->def->params[i].value;
	if (out->def->kind == FAULT_BLIND_SPOT &&
	    !fault_parse_facet(SPAN_LITERAL("ip_version:6"), out, d))
		return false;
	while (rest.n > 0) {
		pair = fault_cut(&rest, ',');
		key = fault_cut(&pair, '=');
		if (!fault_parse_pair(out, key, pair, d))
			return false;
	}
	if (out->def->kind == FAULT_LOCAL_NETS && out->facet_value[0] != '\0' &&
	    out->facet != FAULT_FACET_LOCAL_NET) {
		diag_set(d, "facet=%s: wanted local_net:ADDRESS/BITS",
		    fault_facets[out->facet]);
		return false;
	}
	if (out->value[FAULT_KEY_LINK] > out->value[FAULT_KEY_LINKS]) {
		diag_set(d, "link=%g: there are %g links",
		    out->value[FAULT_KEY_LINK], out->value[FAULT_KEY_LINKS]);
		return false;
	}
	if (out->to_s >= 0 && out->from_s >= out->to_s) {
		diag_set(d, "to=%g: wanted a time after from=%g", out->to_s,
		    out->from_s);
		return false;
	}
	return true;
}

static void
fault_help_value(const struct fault_default *p, struct buf *out)
{
	const struct fault_key_def *k = &fault_keys[p->key];

	buf_printf(out, "      %-12s %s", k->name, k->unit);
	if (p->key == FAULT_KEY_DIRECTION)
		buf_printf(
		    out, " (default: %s)", fault_directions[p->value > 0]);
	else if (p->key != FAULT_KEY_FACET)
		buf_printf(out, " (default: %g)", p->value);
	buf_add_char(out, '\n');
}

void
fault_help(struct buf *out)
{
	static const char *const spans[] = { "five minutes", "to the end",
		"all along" };
	size_t i, j;

	buf_add_str(out,
	    "--fault NAME[:key=value[,key=value...]]\n"
	    "Every fault takes sensor=NAME, NAME+NAME or all (default: the "
	    "second), and\nfrom=SECONDS and to=SECONDS from the start.\n\n");
	for (i = 0; i < fault_table_len; i++) {
		const struct fault_def *f = &fault_table[i];

		buf_printf(
		    out, "  %-18s %s (%s)\n", f->name, f->help, spans[f->span]);
		for (j = 0; j < f->nparams; j++)
			fault_help_value(&f->params[j], out);
	}
}

static bool
fault_in_net(const struct fault *f, const struct host *h)
{
	struct flow_addr a;
	unsigned whole = f->facet_bits / 8, rest = f->facet_bits % 8;

	host_addr(h, &a);
	if (memcmp(a.b, f->facet_net.b, whole) != 0)
		return false;
	return rest == 0 ||
	    (a.b[whole] ^ f->facet_net.b[whole]) >> (8 - rest) == 0;
}

bool
fault_is_unlocal(const struct fault *f, const struct host *h)
{
	return h->is_local && (f->facet_value[0] == '\0' || fault_in_net(f, h));
}

bool
fault_facet_matches(const struct fault *f, const struct tuple *t)
{
	bool local = f->facet == FAULT_FACET_LOCAL_NET;

	switch (f->facet) {
	case FAULT_FACET_IP_VERSION:
		return t->orig.is_v6 == (f->facet_number == 6);
	case FAULT_FACET_PROTO:
		return t->proto == f->facet_number ||
		    (t->proto == PROTO_ICMP6 && f->facet_number == PROTO_ICMP);
	case FAULT_FACET_PORT:
		return (t->proto == PROTO_TCP || t->proto == PROTO_UDP) &&
		    t->resp_port == f->facet_number;
	case FAULT_FACET_LOCAL_NET:
	case FAULT_FACET_REMOTE_NET:
		return (t->orig.is_local == local &&
			   fault_in_net(f, &t->orig)) ||
		    (t->resp.is_local == local && fault_in_net(f, &t->resp));
	case FAULT_NFACETS:
		break;
	}
	INVARIANT(false);
}
