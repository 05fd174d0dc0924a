/*
 * Plays sessions packet by packet. Packets leave in the order of their times:
 * nothing is sorted afterwards, and no more than SESSION_MAX_PACKETS exist.
 */
#include "simulate/host.h"
#include "simulate/session.h"

#define SESSION_MS INT64_C(1000)
#define SESSION_SIGMA(x) ((uint32_t)((x)*65536))
/* Left free for a session's end, whatever came before. */
#define SESSION_RESERVE 16

static void
session_put(struct session *s, unsigned flags, uint32_t payload, uint32_t ack)
{
	unsigned side = (flags & PACKET_FROM_RESP) != 0;
	struct packet *k;

	if (s->n == SESSION_MAX_PACKETS)
		return;
	k = &s->packets[s->n++];
	k->us = s->now_us;
	k->seq = s->seq[side];
	k->ack = ack;
	k->payload = (uint16_t)payload;
	k->ip_bytes = (uint16_t)(payload + s->header);
	k->flags = (uint8_t)flags;
	s->seq[side] += payload;
	if ((flags & (PACKET_SYN | PACKET_FIN)) != 0)
		s->seq[side]++;
}

/* A packet that acknowledges all that passed so far. */
static void
session_say(struct session *s, unsigned flags, uint32_t payload)
{
	unsigned side = (flags & PACKET_FROM_RESP) != 0;

	session_put(s, flags, payload, s->seq[!side]);
}

/* Waits for the answer of a side, never beyond what a session may last. */
static void
session_wait(struct session *s, int64_t us)
{
	s->now_us += us < 1 ? 1 : us;
	if (s->now_us > s->start_us + SESSION_MAX_US)
		s->now_us = s->start_us + SESSION_MAX_US;
}

static void
session_answer(struct session *s, unsigned side, struct prng *p)
{
	session_wait(s, s->delay_us[side] + prng_below(p, 400));
}

static bool
session_full(const struct session *s)
{
	return s->n + SESSION_RESERVE >= SESSION_MAX_PACKETS;
}

/* One window of segments, then the acknowledgements of every second one. */
static void
session_window(struct session *s, unsigned side, uint32_t segments,
    uint64_t *left, struct prng *p)
{
	unsigned from = side == 0 ? 0 : PACKET_FROM_RESP;
	unsigned back = from ^ PACKET_FROM_RESP;
	uint32_t acks[64], i, nacks = 0;

	for (i = 0; i<segments && * left> 0; i++) {
		uint32_t take =
		    *left < s->segment ? (uint32_t)*left : s->segment;

		if (i > 0)
			session_wait(s, s->spacing_us);
		session_say(s, from | PACKET_ACK, take);
		*left -= take;
		if (i % 2 == 1 || *left == 0 || i + 1 == segments)
			acks[nacks++] = s->seq[side];
	}
	session_answer(s, !side, p);
	for (i = 0; i < nacks; i++) {
		if (i > 0)
			session_wait(s, s->spacing_us);
		session_put(s, back | PACKET_ACK, 0, acks[i]);
	}
}

static void
session_send(struct session *s, unsigned side, uint64_t bytes, struct prng *p)
{
	uint32_t window = 10; /* RFC 6928 */

	while (bytes > 0 &&
	    s->n + 2 * window + SESSION_RESERVE < SESSION_MAX_PACKETS) {
		session_window(s, side, window, &bytes, p);
		if (bytes > 0)
			session_answer(s, side, p);
		if (window < 40)
			window *= 2;
	}
}

/* A word and its answer, now and then: a shell, a keep-alive. */
static void
session_chat(struct session *s, int64_t lasts_us, struct prng *p)
{
	int64_t gap = lasts_us / (6 + prng_below(p, 60));
	int64_t until = s->now_us + lasts_us;
	uint32_t ask = 20 + prng_below(p, 60), say = 30 + prng_below(p, 120);

	if (gap < 3 * US_PER_S)
		gap = 3 * US_PER_S;
	if (gap > 240 * US_PER_S)
		gap = 240 * US_PER_S;
	while (s->now_us + gap < until && !session_full(s)) {
		session_wait(s, gap / 2 + prng_below(p, (uint32_t)gap));
		session_say(s, PACKET_ACK, ask);
		session_answer(s, 1, p);
		session_say(s, PACKET_ACK | PACKET_FROM_RESP, 0);
		session_wait(s, 50 + prng_below(p, 900));
		session_say(s, PACKET_ACK | PACKET_FROM_RESP, say);
		session_answer(s, 0, p);
		session_say(s, PACKET_ACK, 0);
	}
}

/* FIN of one side, FIN of the other, the last acknowledgement. */
static void
session_fins(struct session *s, unsigned first, struct prng *p)
{
	unsigned one = first == 0 ? 0 : PACKET_FROM_RESP;
	unsigned other = one ^ PACKET_FROM_RESP;

	session_say(s, one | PACKET_FIN | PACKET_ACK, 0);
	session_answer(s, !first, p);
	session_say(s, other | PACKET_FIN | PACKET_ACK, 0);
	session_answer(s, first, p);
	session_say(s, one | PACKET_ACK, 0);
}

static void
session_end_tcp(struct session *s, struct prng *p)
{
	uint32_t how = prng_below(p, 1000);

	s->closed = how < 970;
	session_wait(s, 100 + prng_below(p, 3000));
	if (how < 770) {
		session_fins(s, 0, p);
	} else if (how < 850) {
		session_fins(s, 1, p);
	} else if (how < 940) {
		session_say(s, PACKET_FROM_RESP | PACKET_RST | PACKET_ACK, 0);
	} else if (how < 960) {
		session_say(s, PACKET_RST | PACKET_ACK, 0);
	} else if (how < 970) {
		session_fins(s, 0, p);
		session_wait(s, 30);
		session_say(s, PACKET_RST, 0);
	}
}

static void
session_tcp(struct session *s, struct prng *p)
{
	uint32_t options = s->header; /* a SYN has 8 bytes more of them */
	bool server_first = s->service == SERVICE_SSH ||
	    s->service == SERVICE_SMTP || s->service == SERVICE_FTP;
	int64_t ask = prng_spread(p, 220, SESSION_SIGMA(2.1));
	int64_t say = prng_spread(p, 800, SESSION_SIGMA(2.3));
	bool is_long =
	    prng_below(p, 1000) < (s->service == SERVICE_SSH ? 160 : 30);

	if (prng_below(p, 100) == 0) { /* a large file, one way or other */
		bool sends = prng_below(p, 4) == 0;
		int64_t bytes = prng_spread(p, 250000, SESSION_SIGMA(1.5));

		*(sends ? &ask : &say) = bytes;
	}
	s->header = (uint16_t)(options + 8);
	session_say(s, PACKET_SYN, 0);
	session_answer(s, 1, p);
	session_say(s, PACKET_SYN | PACKET_ACK | PACKET_FROM_RESP, 0);
	s->header = (uint16_t)options;
	session_answer(s, 0, p);
	session_say(s, PACKET_ACK, 0);
	session_wait(s, 20 + prng_below(p, 2000));
	if (server_first)
		session_send(s, 1, 20 + prng_below(p, 60), p);
	session_send(s, 0, 290 + (uint64_t)(ask > 600000 ? 600000 : ask), p);
	session_wait(s, prng_spread(p, 9 * SESSION_MS, SESSION_SIGMA(2.2)));
	session_send(s, 1, 850 + (uint64_t)(say > 3000000 ? 3000000 : say), p);
	if (is_long)
		session_chat(
		    s, prng_spread(p, 130 * US_PER_S, SESSION_SIGMA(1.5)), p);
	session_end_tcp(s, p);
}

static void
session_scan(struct session *s, struct prng *p)
{
	uint32_t how = prng_below(p, 100);

	s->closed = true;
	s->blocked = prng_below(p, 100) < 84 && s->tuple.resp.is_local;
	s->header = s->tuple.orig.is_v6 ? 60 : 40;
	session_say(s, PACKET_SYN, 0);
	if (how < 25) {
		session_answer(s, 1, p);
		session_say(s, PACKET_RST | PACKET_ACK | PACKET_FROM_RESP, 0);
	} else if (how < 45) {
		s->seq[0] = 0;
		session_wait(s, US_PER_S + prng_below(p, 30));
		session_say(s, PACKET_SYN, 0);
		s->seq[0] = 0;
		session_wait(s, 2 * US_PER_S + prng_below(p, 30));
		session_say(s, PACKET_SYN, 0);
	}
}

/* A question and perhaps its answer, by UDP. */
static void
session_ask(struct session *s, struct prng *p)
{
	uint32_t fate = prng_below(p, 1000), ask = 48, say = 48;

	if (s->kind == SESSION_DNS) {
		ask = 30 + prng_below(p, 30);
		say = 60 + prng_below(p, 300);
	}
	session_say(s, 0, ask);
	if (fate < 28)
		return;
	if (fate < 40 && s->kind == SESSION_DNS) { /* asked again */
		session_wait(s, 2 * US_PER_S + prng_below(p, 40));
		session_say(s, 0, ask);
	}
	session_answer(s, 1, p);
	session_say(s, PACKET_FROM_RESP, say);
}

static void
session_quic(struct session *s, struct prng *p)
{
	int64_t bytes = prng_spread(p, 3600, SESSION_SIGMA(1.8));
	bool idles = prng_below(p, 100) < 15;
	uint32_t n;

	session_say(s, 0, 1200 + prng_below(p, 52));
	session_answer(s, 1, p);
	session_say(s, PACKET_FROM_RESP, 1200 + prng_below(p, 52));
	for (; bytes > 0 && !session_full(s); bytes -= 1250) {
		session_wait(s, s->spacing_us);
		session_say(
		    s, PACKET_FROM_RESP, bytes > 1250 ? 1250 : (uint32_t)bytes);
		session_wait(s, s->spacing_us);
		if (bytes % 2 == 0)
			session_say(s, 0, 40 + prng_below(p, 700));
	}
	for (n = idles ? 1 + prng_below(p, 6) : 0; n > 0; n--) {
		session_wait(s, prng_between(p, 5, 25) * US_PER_S);
		session_say(s, 0, 30 + prng_below(p, 30));
		session_answer(s, 1, p);
		session_say(s, PACKET_FROM_RESP, 30 + prng_below(p, 30));
	}
}

static void
session_tunnel(struct session *s, struct prng *p)
{
	uint32_t n = 5 + prng_below(p, 60);

	for (; n > 0; n--) {
		session_say(s, 0, 32 + 16 * prng_below(p, 60));
		session_answer(s, 1, p);
		session_say(s, PACKET_FROM_RESP, 32 + 16 * prng_below(p, 60));
		session_wait(s, prng_between(p, 1, 25) * US_PER_S);
	}
}

static void
session_ping(struct session *s, struct prng *p)
{
	uint32_t i, n = 1 + prng_below(p, 4);
	bool answered = prng_below(p, 1000) < 975;

	for (i = 0; i < n; i++) {
		s->now_us = s->start_us + i * US_PER_S + prng_below(p, 20);
		session_say(s, 0, 56);
		if (!answered)
			continue;
		session_answer(s, 1, p);
		session_say(s, PACKET_FROM_RESP, 56);
	}
}

/* Local hosts are near the tap, remote ones are not. */
static void
session_distances(struct session *s, struct prng *p)
{
	int64_t far = prng_spread(p, 20 * SESSION_MS, SESSION_SIGMA(1.5));
	int64_t near = prng_between(p, 150, 900);

	if (far > 600 * SESSION_MS)
		far = 600 * SESSION_MS;
	if (far < 800)
		far = 800;
	s->delay_us[0] = s->tuple.orig.is_local ? near : far;
	s->delay_us[1] = s->tuple.resp.is_local ? near : far;
	/* A fifth of the hosts that serve are slow to answer. */
	if (s->tuple.resp.is_local && prng_below(p, 5) == 0)
		s->delay_us[1] += prng_between(p, 1, 60) * SESSION_MS;
	s->spacing_us = prng_between(p, 12, 130);
}

void
session_play(struct session *s, struct prng *p)
{
	bool v6 = s->tuple.orig.is_v6;
	bool jumbo =
	    host_is_jumbo(&s->tuple.orig) && host_is_jumbo(&s->tuple.resp);

	s->n = 0;
	s->seq[0] = s->seq[1] = 0;
	s->now_us = s->start_us;
	s->blocked = false;
	s->closed = true;
	s->header =
	    (uint16_t)((v6 ? 40 : 20) + (s->tuple.proto == PROTO_TCP ? 32 : 8));
	s->segment = (uint16_t)((jumbo ? 9000 : 1500) - s->header);
	session_distances(s, p);
	switch (s->kind) {
	case SESSION_TCP:
		session_tcp(s, p);
		break;
	case SESSION_SCAN:
		session_scan(s, p);
		break;
	case SESSION_DNS:
	case SESSION_NTP:
		session_ask(s, p);
		break;
	case SESSION_QUIC:
		session_quic(s, p);
		break;
	case SESSION_TUNNEL:
		session_tunnel(s, p);
		break;
	case SESSION_PING:
		session_ping(s, p);
		break;
	case SESSION_NKINDS:
		INVARIANT(false);
	}
	s->end_us = s->packets[s->n - 1].us;
}
