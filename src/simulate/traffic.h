/*
 * The traffic that passes the border: an endless stream of sessions in the
 * order of their starts. It depends on the seed and the rate alone, never on
 * who watches.
 */
#ifndef SIMULATE_TRAFFIC_H
#define SIMULATE_TRAFFIC_H

#include "base/diag.h"
#include "simulate/session.h"

struct traffic;

/* sessions_per_s: 0.01 to 1 million. NULL if memory ran out. */
struct traffic *
traffic_new(uint64_t seed, double sessions_per_s, int64_t start_us) MUSTCHECK;
void traffic_free(struct traffic *t);

/* Draws the next session; s is the caller's and is overwritten. */
void traffic_next(struct traffic *t, struct session *s);

#endif
