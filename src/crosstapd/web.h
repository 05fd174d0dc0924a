/*
 * The page of the daemon: where it is served and what it is made of. What goes
 * wrong with it is logged, and comparing goes on.
 */
#ifndef CROSSTAPD_WEB_H
#define CROSSTAPD_WEB_H

#include "crosstapd/daemon.h"

struct web;

/* What can be said of the configuration without serving. */
bool web_check(const struct config_web *c, struct diag *d) MUSTCHECK;

/* As it is configured, into dm->web, which stays NULL if it is not, or if it
 * cannot be. */
void web_open(struct daemon *dm);
void web_close(struct daemon *dm);

#endif
