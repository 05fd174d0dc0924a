/*
 * How a sensor of the configuration is reached: over ssh by what crosstap.yaml
 * says, then its ssh_config, then what ssh(1) would take; or, on this host, as
 * a child process.
 */
#ifndef PIPELINE_REMOTE_TARGET_H
#define PIPELINE_REMOTE_TARGET_H

#include "net/peer.h"
#include "sys/config.h"

#define REMOTE_IDENTITIES 8
#define REMOTE_WORDS 160 /* of a command */

struct remote_target {
	const char *name; /* borrowed: of the sensor */
	bool here;        /* a child process: there are no hops */
	/* The sensor itself, then the bastions on the way, nearest last. */
	struct ssh_target hop[SSH_MAX_BASTIONS + 1];
	const char *identities[SSH_MAX_BASTIONS + 1][REMOTE_IDENTITIES + 1];
	struct ssh_limits limits;
	char
	    *command; /* owned; what is run if no forced command stands there */
	const char *argv[REMOTE_WORDS + 1]; /* here: up to a NULL */
	char *text[48 + REMOTE_WORDS];      /* owned */
	size_t ntext;
};

/* answer: asks a person for what keyboard-interactive wants, or NULL. Borrows
 * from s. False with d set; remote_target_clear() in every case. */
bool remote_target_make(struct remote_target *t, const struct config_sensor *s,
    ssh_answer answer, struct diag *d) MUSTCHECK;
void remote_target_clear(struct remote_target *t);

/* Borrows from t, which must outlive the struct ssh of the peer. */
struct peer_target remote_target_peer(const struct remote_target *t);

#endif
