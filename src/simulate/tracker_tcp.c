/*
 * TCP as Zeek's TCPSessionAdapter sees it, for packets that come in order but
 * may be missing or doubled. The state of a side changes here and nowhere
 * else.
 */
#include "simulate/tracker_conn.h"

#define TRACKER_ATTEMPT_US (5 * US_PER_S) /* tcp_attempt_delay */
#define TRACKER_CLOSE_US (5 * US_PER_S)   /* tcp_close_delay */
/* Looked at 5 s, 11 s, ... after the start; gone 5 s after the last packet */
#define TRACKER_NOTHING_US (11 * US_PER_S)

static void
tracker_tcp_close(struct tracker_conn *c, unsigned side)
{
	struct tracker_side *e = &c->side[side], *peer = &c->side[!side];

	if (e->nholes > 0) {
		e->close_waits = true;
		return;
	}
	e->close_waits = false;
	if (e->did_close)
		return;
	e->did_close = true;
	if (e->state == TRACKER_RESET || peer->did_close ||
	    peer->state == TRACKER_INACTIVE)
		c->close_us = c->last_us + TRACKER_CLOSE_US;
}

static void
tracker_tcp_inactive(
    struct tracker_conn *c, unsigned side, const struct packet *k)
{
	struct tracker_side *e = &c->side[side], *peer = &c->side[!side];

	if ((k->flags & PACKET_SYN) != 0) {
		if (side == 0) {
			e->state = TRACKER_SYN_SENT;
			c->attempt_us = k->us + TRACKER_ATTEMPT_US;
			return;
		}
		if (peer->state == TRACKER_SYN_SENT)
			peer->state = TRACKER_ESTABLISHED;
		e->state = TRACKER_ESTABLISHED;
	} else if ((k->flags & PACKET_FIN) != 0) {
		e->state = TRACKER_CLOSED;
	} else if ((k->flags & PACKET_RST) != 0) {
		e->state = TRACKER_RESET;
	} else if (side == 1 && k->payload == 0 &&
	    peer->state == TRACKER_SYN_SENT) {
		return; /* an acknowledgement before the SYN-ACK is no start */
	} else if (peer->state == TRACKER_ESTABLISHED) {
		e->state = TRACKER_ESTABLISHED;
		c->partial = false;
	} else {
		e->state = TRACKER_PARTIAL;
	}
}

static void
tracker_tcp_state(struct tracker_conn *c, unsigned side, const struct packet *k)
{
	struct tracker_side *e = &c->side[side], *peer = &c->side[!side];

	if (e->state == TRACKER_INACTIVE) {
		tracker_tcp_inactive(c, side, k);
	} else if (e->state == TRACKER_CLOSED) {
		if ((k->flags & PACKET_RST) != 0 &&
		    peer->state != TRACKER_CLOSED)
			e->state = TRACKER_RESET;
	} else if (e->state != TRACKER_RESET) {
		if ((k->flags & PACKET_FIN) != 0)
			e->state = TRACKER_CLOSED;
		if ((k->flags & PACKET_RST) != 0)
			e->state = TRACKER_RESET;
	}
}

/* TCP_Endpoint::Size() is taken from these three. */
static void
tracker_tcp_sequence(
    struct tracker_conn *c, unsigned side, const struct packet *k)
{
	struct tracker_side *e = &c->side[side];
	bool syn = (k->flags & PACKET_SYN) != 0;
	bool fin = (k->flags & PACKET_FIN) != 0;
	bool rst = (k->flags & PACKET_RST) != 0;
	uint32_t end = k->seq + (rst ? 0 : k->payload) + syn + fin;

	if (e->state == TRACKER_INACTIVE) {
		e->start = e->ack = syn ? k->seq : k->seq - 1;
		e->last = k->seq;
		if (!e->has_start || !syn)
			e->next = k->seq;
		e->has_start = true;
	}
	if ((int32_t)(end - e->last) > 0)
		e->last = end;
	else if (k->payload > 0)
		tracker_history_again(c, side, TRACKER_REXMIT);
	if (fin)
		e->fin = true;
	if (k->payload > 0 && k->seq == 1)
		e->greeted = true;
	if (rst || (int32_t)(end - e->next) <= 0)
		return;
	if (!c->partial && (int32_t)(k->seq - e->next) > 0) {
		if (e->nholes == TRACKER_MAX_HOLES) /* merges with the last */
			e->holes[--e->nholes].to = k->seq;
		else
			e->holes[e->nholes].from = e->next;
		e->holes[e->nholes++].to = k->seq;
	}
	e->next = end;
}

/* The peer has acknowledged up to `ack`: what is missing below never comes.
 * Zeek reports no gaps of a side that has ended. */
static void
tracker_tcp_gaps(struct tracker_conn *c, unsigned side, uint32_t ack)
{
	struct tracker_side *e = &c->side[side];
	bool report = e->state != TRACKER_CLOSED && e->state != TRACKER_RESET;
	uint32_t i, kept = 0;

	for (i = 0; i < e->nholes; i++) {
		if ((int32_t)(ack - e->holes[i].from) <= 0) {
			e->holes[kept++] = e->holes[i];
			continue;
		}
		if (!report)
			continue;
		c->r.missed_bytes += e->holes[i].to - e->holes[i].from;
		tracker_history_again(c, side, TRACKER_GAP);
	}
	e->nholes = kept;
	if ((int32_t)(ack - e->next) > 0) {
		if (report) {
			c->r.missed_bytes += ack - e->next;
			tracker_history_again(c, side, TRACKER_GAP);
		}
		e->next = ack;
	}
	if (e->close_waits && e->nholes == 0)
		tracker_tcp_close(c, side);
}

static void
tracker_tcp_letters(
    struct tracker_conn *c, unsigned side, const struct packet *k)
{
	if ((k->flags & PACKET_SYN) != 0)
		tracker_history_once(
		    c, side, (k->flags & PACKET_ACK) != 0 ? 'H' : 'S');
	else if ((k->flags & PACKET_FIN) != 0)
		tracker_history_once(c, side, 'F');
	else if ((k->flags & PACKET_RST) != 0)
		tracker_history_once(c, side, 'R');
	else if (k->payload > 0)
		tracker_history_once(c, side, 'D');
	else
		tracker_history_once(c, side, 'A');
}

static void
tracker_tcp_acknowledge(
    struct tracker_conn *c, unsigned peer, const struct packet *k)
{
	struct tracker_side *e = &c->side[peer];

	if (e->state == TRACKER_INACTIVE) {
		e->start = e->ack = e->last = k->ack - 1;
		e->next = k->ack;
		e->has_start = true;
	} else if ((k->flags & PACKET_RST) == 0 &&
	    (int32_t)(k->ack - e->ack) > 0) {
		e->ack = k->ack;
	}
}

void
tracker_tcp_packet(
    struct tracker_conn *c, unsigned side, const struct packet *k)
{
	struct tracker_side *e = &c->side[side], *peer = &c->side[!side];
	bool syn = (k->flags & PACKET_SYN) != 0;
	bool has_ack = (k->flags & PACKET_ACK) != 0;
	bool ends = (k->flags & (PACKET_FIN | PACKET_RST)) != 0;

	if (!e->before) {
		if (side == 0)
			c->partial = !syn || has_ack;
		else if (!c->partial)
			c->partial = !syn;
		e->before = true;
	}
	tracker_tcp_letters(c, side, k);
	if (!e->did_close || !peer->did_close)
		c->last_us = k->us;
	if (has_ack)
		tracker_tcp_acknowledge(c, !side, k);
	tracker_tcp_sequence(c, side, k);
	tracker_tcp_state(c, side, k);
	if (has_ack && !c->partial && peer->state != TRACKER_INACTIVE)
		tracker_tcp_gaps(c, !side, k->ack);
	if (ends && (e->state == TRACKER_CLOSED || e->state == TRACKER_RESET))
		tracker_tcp_close(c, side);
}

int64_t
tracker_tcp_due(const struct tracker_conn *c, int64_t timeout_us)
{
	int64_t due = c->last_us + timeout_us;

	if (c->close_us != 0)
		return c->close_us;
	if (c->side[1].state != TRACKER_INACTIVE)
		return due;
	if (c->side[0].state == TRACKER_SYN_SENT)
		return c->attempt_us;
	if (c->side[0].state == TRACKER_INACTIVE)
		return c->first_us + TRACKER_NOTHING_US;
	return due;
}

bool
tracker_tcp_is_reuse(const struct tracker_conn *c, unsigned flags)
{
	if ((flags & PACKET_SYN) == 0)
		return false;
	if ((flags & PACKET_ACK) == 0)
		return !c->side[0].has_start || c->close_us != 0;
	return c->side[0].state == TRACKER_INACTIVE && !c->side[1].has_start;
}

/* conn_state() of conn/main.zeek. */
static enum flow_state
tracker_tcp_conn_state(const struct tracker_conn *c, uint64_t bytes)
{
	enum tracker_state os = c->side[0].state, rs = c->side[1].state;
	bool o_none = os == TRACKER_INACTIVE || os == TRACKER_PARTIAL;
	bool r_none = rs == TRACKER_INACTIVE || rs == TRACKER_PARTIAL;
	bool orig_syn = (c->side[0].hist_seen & (1u << ('S' - 'A'))) != 0;

	if (rs == TRACKER_RESET) {
		if (os == TRACKER_SYN_SENT ||
		    (os == TRACKER_RESET && bytes == 0))
			return FLOW_REJ;
		return o_none ? FLOW_RSTRH : FLOW_RSTR;
	}
	if (os == TRACKER_RESET)
		return !r_none ? FLOW_RSTO : orig_syn ? FLOW_RSTOS0 : FLOW_OTH;
	if (os == TRACKER_CLOSED && rs == TRACKER_CLOSED)
		return FLOW_SF;
	if (os == TRACKER_CLOSED)
		return r_none ? FLOW_SH : FLOW_S2;
	if (rs == TRACKER_CLOSED)
		return o_none ? FLOW_SHR : FLOW_S3;
	if (os == TRACKER_SYN_SENT && rs == TRACKER_INACTIVE)
		return FLOW_S0;
	if (os == TRACKER_ESTABLISHED && rs == TRACKER_ESTABLISHED)
		return FLOW_S1;
	return FLOW_OTH;
}

static uint64_t
tracker_tcp_size(const struct tracker_side *e)
{
	uint32_t top = (int32_t)(e->last - e->ack) > 0 ? e->last : e->ack;
	uint32_t size = top - e->start;

	if (size > 0)
		size--;
	if (e->fin && size > 0)
		size--;
	return size;
}

void
tracker_tcp_finish(struct tracker_conn *c, enum service service)
{
	c->r.orig_bytes = tracker_tcp_size(&c->side[0]);
	c->r.resp_bytes = tracker_tcp_size(&c->side[1]);
	c->r.state = (uint8_t)tracker_tcp_conn_state(
	    c, c->r.orig_bytes + c->r.resp_bytes);
	if (c->side[0].greeted && c->side[1].greeted)
		c->r.service = (uint8_t)service;
}
