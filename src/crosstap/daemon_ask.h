/*
 * The daemon's side of a command: questions over its control socket, and its
 * store, read beside it.
 */
#ifndef CROSSTAP_DAEMON_ASK_H
#define CROSSTAP_DAEMON_ASK_H

#include "base/buf.h"
#include "store/store.h"
#include "sys/config.h"

/* Words, none with a tab or a line end; its answer is appended to out. False:
 * what is wrong was said on standard error. config: of the option, or NULL. */
bool daemon_ask(const char *config, const char *const words[], size_t n,
    struct buf *out) MUSTCHECK;

/* For reading; also when no daemon runs. NULL: what is wrong was said. *c is
 * the configuration: config_clear(), if not NULL is returned. */
struct store *daemon_store(const char *config, struct config *c);

#endif
