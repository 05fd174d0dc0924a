/*
 * What Zeek makes of the packets that one worker gets of one session: the
 * records it logs, and when. Follows Zeek 6: src/packet_analysis/protocol/tcp
 * (states, history, timers) and scripts/base/protocols/conn/main.zeek
 * (conn_state).
 */
#ifndef SIMULATE_TRACKER_H
#define SIMULATE_TRACKER_H

#include "simulate/session.h"

/* Inactivity timeouts, as in init-bare.zeek; ssh and the like get an hour. */
struct tracker_timeouts {
	int64_t tcp_us;
	int64_t udp_us;
	int64_t icmp_us;
};

extern const struct tracker_timeouts tracker_defaults;

/* r is valid during the call; worker and uid are not set. */
typedef void tracker_emit_fn(void *ctx, const struct record *r);

/* The n packets are in the order in which they reach the worker. */
void tracker_run(const struct tracker_timeouts *timeouts,
    const struct tuple *tuple, enum service service,
    const struct packet *packets, size_t n, tracker_emit_fn *emit, void *ctx);

#endif
