/*
 * The configuration for a command: found, loaded, and its faults said.
 */
#ifndef CROSSTAP_CONFIG_LOAD_H
#define CROSSTAP_CONFIG_LOAD_H

#include "sys/config.h"

/* That of the option, if not NULL, or of where config_find() looks. False
 * when everything was said on standard error; else *out is the caller's. */
bool config_load_said(const char *option, struct config *out) MUSTCHECK;
/* The same with one more sensor; without a file, if there is none. */
bool config_load_said_more(const char *option, const struct config_more *more,
    struct config *out) MUSTCHECK;

#endif
