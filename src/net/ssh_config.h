/*
 * What an ssh_config(5) says of a host, as far as crosstap needs it: HostName,
 * Port, User, IdentityFile, ProxyJump, UserKnownHostsFile in Host blocks, the
 * first value of each (all of IdentityFile). Other keywords are passed over;
 * Include and Match, which could change the answer, are refused.
 */
#ifndef NET_SSH_CONFIG_H
#define NET_SSH_CONFIG_H

#include "base/diag.h"
#include "base/span.h"

#define SSH_CONFIG_MAX (1u << 20) /* bytes of a file */
#define SSH_CONFIG_VALUE 1024     /* bytes of a value, NUL included */
#define SSH_CONFIG_IDENTITIES 8
#define SSH_CONFIG_JUMPS 2

struct ssh_config_jump {
	char user[64];  /* empty: not said */
	char host[256]; /* to be looked up in the configuration, too */
	unsigned port;  /* 0: not said */
};

/* Empty and 0: not said. */
struct ssh_config {
	char hostname[256];
	unsigned port;
	char user[64];
	char known_hosts[SSH_CONFIG_VALUE]; /* the first file */
	char identities[SSH_CONFIG_IDENTITIES][SSH_CONFIG_VALUE];
	size_t identities_n;
	struct ssh_config_jump jumps[SSH_CONFIG_JUMPS]; /* in their order */
	size_t jumps_n;
	bool has_jump; /* said, even if "none" */
};

/*
 * file is the name for messages, home stands for "~/" at the beginning of a
 * file's name. False with d set (file, line) if something cannot be read.
 */
bool ssh_config_parse(struct span text, const char *file, const char *host,
    const char *home, struct ssh_config *out, struct diag *d) MUSTCHECK;
/* The same of a file. */
bool ssh_config_load(const char *path, const char *host, const char *home,
    struct ssh_config *out, struct diag *d) MUSTCHECK;

#endif
