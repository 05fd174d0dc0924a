/*
 * A client of ssh-agent (draft-miller-ssh-agent). libssh2 1.10 has one, which
 * sends through the session's own callbacks and so cannot be used over queues.
 * Each call blocks up to AGENT_WAIT_S: an agent may ask its owner first.
 */
#ifndef NET_AGENT_H
#define NET_AGENT_H

#include "base/buf.h"
#include "base/diag.h"

#define AGENT_WAIT_S 20
#define AGENT_MAX_ANSWER (256u * 1024) /* as ssh-agent itself allows */

struct agent {
	int fd;          /* owned; -1, as it begins: not connected */
	struct buf keys; /* its list: see agent_next_key() */
};

/* Asks the agent of $SSH_AUTH_SOCK for its keys; false with d set. */
bool agent_open(struct agent *a, struct diag *d) MUSTCHECK;
void agent_close(struct agent *a);
/* The next public key, borrowed; *at begins with 0. False: no more. */
bool agent_next_key(const struct agent *a, size_t *at, struct span *key);
/* The bare signature of what ssh signs to log in (RFC 4252, 7). */
bool agent_sign(struct agent *a, struct span key, struct span data,
    struct buf *signature) MUSTCHECK;

#endif
