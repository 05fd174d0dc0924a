/*
 * One connection to a server of ours in this process: any bytes in, what it
 * answers out, until it hangs up.
 */
#ifndef FUZZ_TALK_H
#define FUZZ_TALK_H

#include "base/buf.h"
#include "net/loop.h"

/* A path for a socket that is taken away at exit; made once. */
const char *fuzz_socket(void);

/* The server must hang up; answer is the caller's. */
void fuzz_talk(struct loop *l, struct span bytes, struct buf *answer);

#endif
