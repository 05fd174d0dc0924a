/*
 * Standard output as frames, under a time limit; and whether anybody still
 * listens.
 */
#ifndef CROSSTAP_SENSOR_CHANNEL_H
#define CROSSTAP_SENSOR_CHANNEL_H

#include "wire/reply.h"

struct channel {
	int fd;
	struct buf out;      /* owned; sent when it is full, or flushed */
	int64_t deadline_us; /* of channel_now_us() */
	uint64_t frames;     /* of this answer */
	unsigned looks;
	bool gone;    /* nobody listens: stop */
	bool expired; /* the time is over */
};

int64_t channel_now_us(void); /* of a clock that nobody sets */

/* Another answer begins. */
void channel_begin(struct channel *c, int64_t timeout_us);

/* False: gone, or out of memory. */
bool channel_send(struct channel *c, const struct reply *r) MUSTCHECK;
bool channel_flush(struct channel *c) MUSTCHECK;

/* False once the time is over or nobody listens; cheap. */
bool channel_go_on(struct channel *c) MUSTCHECK;

#endif
