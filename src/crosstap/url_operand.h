/*
 * An operand ssh://[USER@]HOST[:PORT]/PATH: a log elsewhere, read by SFTP. It
 * is a sensor like those of a configuration, with all that is usual there and
 * with the ssh_config(5) of who runs the command.
 */
#ifndef CROSSTAP_URL_OPERAND_H
#define CROSSTAP_URL_OPERAND_H

#include "sys/config.h"

/* A configuration of that one sensor, which has one path in logs; the caller
 * clears it. False with d set if the URL cannot be read. */
bool url_operand_parse(
    const char *url, struct config *out, struct diag *d) MUSTCHECK;

#endif
