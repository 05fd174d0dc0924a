/*
 * How a sensor of the configuration is reached: what crosstap.yaml says, then
 * its ssh_config, then what ssh(1) would take.
 */
#ifndef PIPELINE_REMOTE_TARGET_H
#define PIPELINE_REMOTE_TARGET_H

#include "net/ssh.h"
#include "sys/config.h"

#define REMOTE_IDENTITIES 8

struct remote_target {
	/* The sensor itself, then the bastions on the way, nearest last. */
	struct ssh_target hop[SSH_MAX_BASTIONS + 1];
	const char *identities[SSH_MAX_BASTIONS + 1][REMOTE_IDENTITIES + 1];
	struct ssh_limits limits;
	char
	    *command; /* owned; what is run if no forced command stands there */
	char *text[48]; /* owned */
	size_t ntext;
};

/* answer: asks a person for what keyboard-interactive wants, or NULL. Borrows
 * from s. False with d set; remote_target_clear() in every case. */
bool remote_target_make(struct remote_target *t, const struct config_sensor *s,
    ssh_answer answer, struct diag *d) MUSTCHECK;
void remote_target_clear(struct remote_target *t);

#endif
