/*
 * Where a sensor is: HOST, HOST:PORT, [V6]:PORT or
 * ssh://[USER@]HOST[:PORT][/PATH].
 */
#ifndef SYS_ADDRESS_H
#define SYS_ADDRESS_H

#include "base/diag.h"

#define ADDRESS_SCHEME "ssh://"

struct address {
	char user[64];    /* "": not said */
	char host[256];   /* without brackets */
	unsigned port;    /* 0: not said */
	const char *path; /* from its '/' on, borrowed; NULL: not said */
};

bool
address_parse(const char *text, struct address *out, struct diag *d) MUSTCHECK;

/* It begins with ssh://. */
bool address_is_url(const char *text);

#endif
