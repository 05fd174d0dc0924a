/*
 * A session is what two hosts really said to each other: every packet, in the
 * order in which it passes the border. What a sensor makes of it comes later.
 */
#ifndef SIMULATE_SESSION_H
#define SIMULATE_SESSION_H

#include "simulate/packet.h"
#include "simulate/prng.h"

#define SESSION_MAX_PACKETS 4096
#define SESSION_MAX_US (INT64_C(7200) * US_PER_S)

enum session_kind {
	SESSION_TCP,
	SESSION_SCAN,
	SESSION_DNS,
	SESSION_NTP,
	SESSION_QUIC,
	SESSION_TUNNEL, /* UDP with keep-alives, such as WireGuard */
	SESSION_PING,
	SESSION_NKINDS
};

struct session {
	uint64_t number; /* counted from 0 over the whole run */
	struct tuple tuple;
	enum session_kind kind;
	enum service service;
	bool blocked; /* the border router lets nothing of it in */
	bool closed;  /* ended in a way that frees its ports soon */
	int64_t start_us;
	int64_t end_us; /* of the last packet */
	size_t n;
	struct packet packets[SESSION_MAX_PACKETS];

	/* While it is being made: */
	int64_t now_us;
	int64_t delay_us[2]; /* until the originator, the responder answers */
	uint32_t seq[2];     /* next to be sent by each */
	uint16_t header;     /* bytes of IP and transport header */
	uint16_t segment;    /* most payload in a packet */
	int64_t spacing_us;  /* between packets of a train */
};

/* Fills in everything after `service`, from start_us on. */
void session_play(struct session *s, struct prng *p);

#endif
