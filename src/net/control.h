/*
 * The socket by which the command line talks to the daemon: one line asks, a
 * text answers, the connection ends. Who asks is known from the kernel.
 *
 * An answer is "ok\n" or "error\n", then its text.
 */
#ifndef NET_CONTROL_H
#define NET_CONTROL_H

#include <sys/types.h>
#include "base/buf.h"
#include "base/diag.h"
#include "net/loop.h"

#define CONTROL_MAX_LINE 4096
#define CONTROL_MAX_ANSWER (16u << 20)
#define CONTROL_MAX_CALLS 32 /* at once; further ones are refused */
#define CONTROL_TIMEOUT_S 10 /* for the line to come, the answer to go */

struct control;
struct control_call;

/* Answers once, now or later: control_answer(). line is borrowed until then. */
typedef void
control_fn(struct control_call *call, uid_t uid, const char *line, void *arg);

/* The path is made anew; a socket that another process listens on is left
 * alone, and NULL is returned with d set. */
struct control *control_listen(struct loop *l, const char *path, control_fn *fn,
    void *arg, struct diag *d);
/* Also ends the calls that have no answer yet. */
void control_close(struct control *c);

enum control_result {
	CONTROL_OK,
	CONTROL_ERROR
};
void control_answer(
    struct control_call *call, enum control_result r, struct span text);

/* Asks and waits, up to timeout_s. False with d set, also if the answer is an
 * error; out gets its text. */
bool control_ask(const char *path, const char *line, unsigned timeout_s,
    struct buf *out, struct diag *d) MUSTCHECK;

/* control_ucred.c, control_eid.c: the user at the other end of a connected
 * socket. */
bool control_peer(int fd, uid_t *uid) MUSTCHECK;

#endif
