/*
 * Decides by the text of a known_hosts file (sshd(8)) whether a host key is
 * the right one: names, patterns, [host]:port and hashed names; @revoked. Lines
 * of @cert-authority and lines that cannot be read are passed over. A port
 * other than 22 is looked up as [host]:port alone.
 */
#ifndef NET_KNOWN_HOSTS_H
#define NET_KNOWN_HOSTS_H

#include "base/buf.h"
#include "base/diag.h"

#define KNOWN_HOSTS_MAX (4u << 20) /* bytes of a file */
#define KNOWN_HOSTS_HOST_MAX 255   /* bytes of a host name */

struct known_key {
	const char *host; /* borrowed, as all */
	unsigned port;
	struct span type; /* "ssh-ed25519" */
	struct span key;  /* base64, as in the file */
};

enum known_hosts_verdict {
	KNOWN_HOSTS_MATCH,
	KNOWN_HOSTS_UNKNOWN, /* no key of that host */
	KNOWN_HOSTS_CHANGED, /* other keys of that host */
	KNOWN_HOSTS_REVOKED
};

/* *line is the line that decided, 0 if none. */
enum known_hosts_verdict known_hosts_check(
    struct span text, const struct known_key *key, uint64_t *line) MUSTCHECK;

/* Appends the types of the keys of that host, each with a comma after it. */
void known_hosts_types(
    struct span text, const char *host, unsigned port, struct buf *out);

/* The file's text; false with d set if it cannot be read or is too long. */
bool
known_hosts_load(const char *path, struct buf *out, struct diag *d) MUSTCHECK;
/* Adds a line; the file is made, for its owner alone, if it is not there. */
bool known_hosts_append(
    const char *path, const struct known_key *key, struct diag *d) MUSTCHECK;

#endif
