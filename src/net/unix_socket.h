/*
 * Sockets by path: their address, and room for one at a path.
 */
#ifndef NET_UNIX_SOCKET_H
#define NET_UNIX_SOCKET_H

#include <sys/un.h>
#include "base/diag.h"

bool unix_socket_address(
    const char *path, struct sockaddr_un *sun, struct diag *d) MUSTCHECK;

/* A connected socket; -1 with errno. */
int unix_socket_connect(const struct sockaddr_un *sun);

/* What a process that is no more has left there is taken away; what another
 * one listens on is left, as is a file that is no socket: false with d set. */
bool
unix_socket_make_way(const struct sockaddr_un *sun, struct diag *d) MUSTCHECK;

#endif
