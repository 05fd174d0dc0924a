/*
 * Opens and closes connections over a session's packets; UDP and ICMP are
 * wholly here, TCP's states are in tracker_tcp.c.
 */
#include <string.h>
#include "simulate/tracker_conn.h"

#define TRACKER_DNS_US (10 * US_PER_S) /* dns_session_timeout */

const struct tracker_timeouts tracker_defaults = { 300 * US_PER_S,
	60 * US_PER_S, 60 * US_PER_S };

/* conn/inactivity.zeek: ftp, ssh, telnet, login. */
static const uint16_t tracker_patient_ports[] = { 21, 22, 23, 513 };
#define TRACKER_PATIENT_US (3600 * US_PER_S)

/* likely_server_ports of the default scripts, as far as used here. */
static const uint16_t tracker_tcp_servers[] = { 21, 22, 25, 80, 81, 443, 445,
	3389, 8080 };
static const uint16_t tracker_udp_servers[] = { 53, 123, 443 };

static bool
tracker_is_in(uint16_t port, const uint16_t *ports, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static bool
tracker_is_server(uint8_t proto, uint16_t port)
{
	if (proto == PROTO_TCP)
		return tracker_is_in(
		    port, tracker_tcp_servers, ARRAY_LEN(tracker_tcp_servers));
	return proto == PROTO_UDP &&
	    tracker_is_in(
		port, tracker_udp_servers, ARRAY_LEN(tracker_udp_servers));
}

void
tracker_history(struct tracker_conn *c, unsigned side, char letter)
{
	if (c->r.nhistory == RECORD_HISTORY_MAX)
		return;
	c->r.history[c->r.nhistory++] =
	    (char)(side == 0 ? letter : letter + 32);
}

void
tracker_history_once(struct tracker_conn *c, unsigned side, char letter)
{
	uint32_t bit = UINT32_C(1) << (letter - 'A');

	if ((c->side[side].hist_seen & bit) != 0)
		return;
	c->side[side].hist_seen |= bit;
	tracker_history(c, side, letter);
}

void
tracker_history_again(
    struct tracker_conn *c, unsigned side, enum tracker_again what)
{
	static const char letters[] = { 'T', 'G', 'C' };
	uint32_t n = ++c->side[side].again[what];

	while (n % 10 == 0)
		n /= 10;
	if (n == 1)
		tracker_history(c, side, letters[what]);
}

static void
tracker_open(
    struct tracker_conn *c, const struct tuple *t, const struct packet *k)
{
	bool from_resp = (k->flags & PACKET_FROM_RESP) != 0;
	uint16_t from = from_resp ? t->resp_port : t->orig_port;
	uint16_t to = from_resp ? t->orig_port : t->resp_port;
	bool syn = (k->flags & (PACKET_SYN | PACKET_ACK)) == PACKET_SYN;
	bool flip = !syn && tracker_is_server(t->proto, from) &&
	    !tracker_is_server(t->proto, to);

	memset(c, 0, sizeof(*c));
	c->open = true;
	c->flipped = from_resp != flip;
	c->first_us = c->last_us = k->us;
	c->r.tuple = *t;
	if (c->flipped) {
		c->r.tuple.orig = t->resp;
		c->r.tuple.resp = t->orig;
		c->r.tuple.orig_port = t->resp_port;
		c->r.tuple.resp_port = t->orig_port;
	}
	if (flip)
		c->r.history[c->r.nhistory++] = '^';
}

static void
tracker_datagram(struct tracker_conn *c, unsigned side, const struct packet *k)
{
	c->last_us = k->us;
	if (side == 0)
		c->r.orig_bytes += k->payload;
	else
		c->r.resp_bytes += k->payload;
	if (c->r.tuple.proto == PROTO_UDP)
		tracker_history_once(c, side, 'D');
}

static void
tracker_packet(struct tracker_conn *c, const struct packet *k)
{
	bool from_resp = (k->flags & PACKET_FROM_RESP) != 0;
	unsigned side = from_resp != c->flipped;

	if ((k->flags & PACKET_BAD_CSUM) != 0) {
		if (c->r.tuple.proto == PROTO_TCP ||
		    c->r.tuple.proto == PROTO_UDP)
			tracker_history_again(c, side, TRACKER_CSUM);
		return;
	}
	if (side == 0) {
		c->r.orig_pkts++;
		c->r.orig_ip_bytes += k->ip_bytes;
	} else {
		c->r.resp_pkts++;
		c->r.resp_ip_bytes += k->ip_bytes;
	}
	if (c->r.tuple.proto == PROTO_TCP)
		tracker_tcp_packet(c, side, k);
	else
		tracker_datagram(c, side, k);
}

static int64_t
tracker_due(const struct tracker_timeouts *o, const struct tracker_conn *c)
{
	const struct tuple *t = &c->r.tuple;
	int64_t due, dns, k;

	if (t->proto == PROTO_TCP)
		return tracker_tcp_due(c,
		    tracker_is_in(t->resp_port, tracker_patient_ports,
			ARRAY_LEN(tracker_patient_ports))
			? TRACKER_PATIENT_US
			: o->tcp_us);
	/* cppcheck-suppress uninitvar; it is set in one that is open */
	due = c->last_us + (t->proto == PROTO_UDP ? o->udp_us : o->icmp_us);
	if (t->proto != PROTO_UDP || (t->orig_port != 53 && t->resp_port != 53))
		return due;
	/* DNS.cc looks every ten seconds whether nine have been quiet. */
	k = (c->last_us - c->first_us + 9 * US_PER_S + TRACKER_DNS_US - 1) /
	    TRACKER_DNS_US;
	dns = c->first_us + (k < 1 ? 1 : k) * TRACKER_DNS_US;
	return dns < due ? dns : due;
}

static void
tracker_finish(struct tracker_conn *c, enum service service)
{
	struct record *r = &c->r;

	if (r->tuple.proto == PROTO_TCP) {
		tracker_tcp_finish(c, service);
	} else if (r->tuple.proto == PROTO_UDP) {
		r->state = r->orig_pkts > 0
		    ? r->resp_pkts > 0 ? FLOW_SF : FLOW_S0
		    : r->resp_pkts > 0 ? FLOW_SHR
				       : FLOW_OTH;
		if (r->state != FLOW_OTH)
			r->service = (uint8_t)service;
	} else {
		r->state = FLOW_OTH;
	}
	r->start_us = c->first_us;
	r->duration_us = c->last_us - c->first_us;
	c->open = false;
}

void
tracker_run(const struct tracker_timeouts *timeouts, const struct tuple *tuple,
    enum service service, const struct packet *packets, size_t n,
    tracker_emit_fn *emit, void *ctx)
{
	struct tracker_conn c;
	size_t i;

	c.open = false;
	for (i = 0; i <= n; i++) {
		const struct packet *k = i < n ? &packets[i] : NULL;
		int64_t due = c.open ? tracker_due(timeouts, &c) : 0;

		if (c.open && k != NULL && due > k->us &&
		    tuple->proto == PROTO_TCP &&
		    tracker_tcp_is_reuse(&c, k->flags))
			due = k->us;
		if (c.open && (k == NULL || due <= k->us)) {
			c.r.log_us = due;
			tracker_finish(&c, service);
			emit(ctx, &c.r);
		}
		if (k == NULL)
			break;
		if (!c.open)
			tracker_open(&c, tuple, k);
		tracker_packet(&c, k);
	}
}
