/*
 * What the parts of the tracker share: one connection while it is open.
 * Index 0 is the side that Zeek takes for the originator, 1 the other.
 */
#ifndef SIMULATE_TRACKER_CONN_H
#define SIMULATE_TRACKER_CONN_H

#include "simulate/tracker.h"

enum tracker_state { /* TCP_Endpoint.h's, less what cannot happen here */
	TRACKER_INACTIVE,
	TRACKER_SYN_SENT, /* or SYN-ACK sent by an originator */
	TRACKER_PARTIAL,
	TRACKER_ESTABLISHED,
	TRACKER_CLOSED,
	TRACKER_RESET
};

#define TRACKER_MAX_HOLES 32

struct tracker_side {
	enum tracker_state state;
	bool before; /* it sent something, whatever came of it */
	bool has_start;
	bool did_close;
	bool close_waits; /* for bytes that never came */
	bool fin;
	bool greeted; /* the first byte of payload was seen */
	uint32_t start, last, ack, next;
	uint32_t hist_seen; /* letters A..Z that were logged, as bits */
	uint32_t again[3];  /* retransmissions, gaps, bad checksums */
	uint32_t nholes;
	struct {
		uint32_t from, to;
	} holes[TRACKER_MAX_HOLES];
};

struct tracker_conn {
	bool open;
	bool flipped; /* Zeek's originator is the session's responder */
	bool partial; /* a start was not seen: gaps are not reported */
	int64_t first_us, last_us;
	int64_t attempt_us; /* when a lone SYN is given up; 0: not set */
	int64_t close_us;   /* when a closed connection is removed; 0 */
	struct tracker_side side[2];
	struct record r;
};

enum tracker_again {
	TRACKER_REXMIT,
	TRACKER_GAP,
	TRACKER_CSUM
};

/* Adds a letter of a side: capital for the originator. */
void tracker_history(struct tracker_conn *c, unsigned side, char letter);
/* The same, unless that side has it already. */
void tracker_history_once(struct tracker_conn *c, unsigned side, char letter);
/* The same, at the 1st, 10th, 100th time. */
void tracker_history_again(
    struct tracker_conn *c, unsigned side, enum tracker_again what);

void tracker_tcp_packet(
    struct tracker_conn *c, unsigned side, const struct packet *k);
/* When it would be logged if nothing more came. */
int64_t tracker_tcp_due(const struct tracker_conn *c, int64_t timeout_us);
/* A SYN that cannot belong to it: Zeek starts a new connection. */
bool tracker_tcp_is_reuse(const struct tracker_conn *c, unsigned flags);
/* Fills in state, bytes and service. */
void tracker_tcp_finish(struct tracker_conn *c, enum service service);

#endif
