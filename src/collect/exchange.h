/*
 * The bytes of a collection: questions become frames for a sensor, frames from
 * it become answers. Pure: whoever carries the bytes calls exchange_feed() with
 * what came, and is called to send.
 */
#ifndef COLLECT_EXCHANGE_H
#define COLLECT_EXCHANGE_H

#include "collect/collect.h"

struct exchange;

struct exchange_carrier {
	/* Bytes to sensor i, copied if they have to wait; false: it is gone. */
	bool (*send)(void *arg, size_t i, struct span bytes);
	/* Nothing more will be asked of sensor i: it has failed, or all is
	 * done. May be called from within exchange_feed(). */
	void (*hang_up)(void *arg, size_t i);
	void *arg;
};

/* c is borrowed. NULL: out of memory. */
struct exchange *
exchange_new(struct collect *c, size_t n, const struct exchange_carrier *to);
void exchange_free(struct exchange *x);

/* Asks the first questions. */
void exchange_start(struct exchange *x);
/* What sensor i has sent, in pieces of any size. */
void exchange_feed(struct exchange *x, size_t i, struct span bytes);
/* Sensor i is gone before its time, and why. */
void exchange_lost(struct exchange *x, size_t i, const char *why);
/* A question to sensor i is out. */
bool exchange_waits_for(const struct exchange *x, size_t i);

/* Bytes to and from sensor i, frames and all. */
void exchange_bytes(
    const struct exchange *x, size_t i, uint64_t *sent, uint64_t *received);

#endif
