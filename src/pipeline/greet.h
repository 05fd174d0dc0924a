/*
 * Says hello to many sensors, some at a time and none waiting for another:
 * whether each can be asked, and what it tells of itself.
 */
#ifndef PIPELINE_GREET_H
#define PIPELINE_GREET_H

#include "pipeline/remote_target.h"
#include "wire/reply.h"

enum greeting_kind {
	GREETING_FAILED,   /* why says how */
	GREETING_ANSWERED, /* hello is set */
	GREETING_REACHED   /* it was reached, and there is nobody to answer */
};

struct greeting {
	enum greeting_kind kind;
	char why[640];            /* "auth-refused: user x was not let in..." */
	int64_t reached_us;       /* until it could be asked */
	int64_t answer_us;        /* from question to answer; both monotonic */
	int64_t asked_at_us;      /* wall clock, when it was asked */
	struct reply_hello hello; /* into body: not to be trusted */
	struct buf body;          /* owned */
};

/*
 * n targets into n greetings, which the caller clears one by one. SSH_SUBSYSTEM
 * as start: it is reached once that was started. False with d set: out of
 * memory.
 */
bool greet(struct ssh *ssh, const struct peer_target targets[], size_t n,
    struct greeting out[], struct diag *d) MUSTCHECK;
void greeting_clear(struct greeting *g);

#endif
