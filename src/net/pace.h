/*
 * How long a request may take and how much it may bring: the same for every
 * way in which a sensor is reached. Times are of ssh_now_us().
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include "net/ssh.h"

struct pace {
	struct ssh_limits limits; /* connect_s is not looked at */
	bool in_request;
	int64_t request_us; /* it must have ended by then; INT64_MAX: never */
	int64_t data_us;    /* when the last byte came, or it began */
	uint64_t answer_bytes;
};

void pace_init(struct pace *p, const struct ssh_limits *limits);
void pace_begin(struct pace *p, int64_t now_us); /* a request */
void pace_end(struct pace *p);                   /* its answer is complete */

/* n bytes came; false with d set: more than the answer may have. */
bool
pace_count(struct pace *p, size_t n, int64_t now_us, struct diag *d) MUSTCHECK;

/* When to look again; INT64_MAX: no need. */
int64_t pace_next_us(const struct pace *p);
/* True with d set if the time is over. */
bool pace_is_late(const struct pace *p, int64_t now_us, struct diag *d);

/* Nobody could look at it that long. */
void pace_stood_still(struct pace *p, int64_t us);

#endif
