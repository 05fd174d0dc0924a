/*
 * Commands on other machines over ssh: many connections on one thread, each
 * directly or through bastions, none waiting for another. A connection is kept
 * for the next command to the same target. Each failure has its own state and
 * a text for people; host keys must stand in known_hosts, always.
 *
 * A struct ssh and all of its channels belong to one thread at a time.
 */
#ifndef NET_SSH_H
#define NET_SSH_H

#include "base/diag.h"
#include "base/span.h"

#define SSH_PORT 22
#define SSH_MAX_BASTIONS 2
#define SSH_MAX_WRITE (1u << 20) /* bytes that wait to be sent, a channel */

struct event_base;
struct ssh;
struct ssh_channel;

struct ssh_prompt {
	struct span text; /* as the server wrote it: not to be trusted */
	bool echo;
};

/*
 * A question of keyboard-interactive to a person: answers[i], from malloc(),
 * for each prompt; a NULL is an empty one. May block: the loop stands still
 * meanwhile. False: the person gives up.
 */
typedef bool (*ssh_answer)(void *arg, const char *target, struct span text,
    const struct ssh_prompt *prompts, size_t n, char **answers);

/* Whom to reach and how. All is borrowed and must outlive the struct ssh,
 * since connections are kept. */
struct ssh_target {
	const char *name; /* for messages; NULL: the address */
	const char
	    *address;  /* name or numeric; looked up by the last bastion */
	unsigned port; /* 0: SSH_PORT */
	const char *user;
	const char *const
	    *identities;         /* private key files up to a NULL; or NULL */
	bool use_agent;          /* of $SSH_AUTH_SOCK, after the files */
	const char *known_hosts; /* file */
	const struct ssh_target *bastion; /* NULL: directly */
	ssh_answer answer;                /* NULL: no person is there */
	void *answer_arg;
};

struct ssh_limits {
	unsigned connect_s;    /* from ssh_open() to on_ready; 0: no limit */
	unsigned request_s;    /* from ssh_request() to ssh_request_done() */
	unsigned idle_s;       /* within a request, without a byte from there */
	uint64_t budget_bytes; /* a request's answer; 0: no limit */
};

enum ssh_end {
	SSH_DONE,             /* the command ended with status 0 */
	SSH_COMMAND_FAILED,   /* with another status */
	SSH_UNREACHABLE,      /* no address, or no connection to it */
	SSH_HOST_KEY_UNKNOWN, /* known_hosts has none of that host */
	SSH_HOST_KEY_CHANGED, /* it has another one, or it is revoked */
	SSH_AUTH_REFUSED,     /* no key or answer was accepted */
	SSH_BASTION_FAILED,   /* the text says which one, and how */
	SSH_TIMEOUT,          /* the text says of what */
	SSH_CLOSED,           /* by the other side, before the answer's end */
	SSH_OVER_BUDGET,
	SSH_PROTOCOL, /* not ssh, or nothing in common, or broken */
	SSH_INTERNAL  /* here: out of memory, no descriptor */
};

/* "done", "host-key-changed": for programs. */
const char *ssh_end_name(enum ssh_end end);

/* Each may be NULL, and may call anything but ssh_free() and ssh_run(). */
struct ssh_events {
	/* The command was started; a request begins by itself. */
	void (*on_ready)(struct ssh_channel *ch, void *arg);
	/* bytes are borrowed until it returns. */
	void (*on_data)(struct ssh_channel *ch, struct span bytes, void *arg);
	/* The last call: ch is no more when it returns. */
	void (*on_end)(struct ssh_channel *ch, enum ssh_end end,
	    const char *text, void *arg);
};

/* base is borrowed; NULL: one of its own. NULL with d set if that fails. */
struct ssh *ssh_new(struct event_base *base, struct diag *d);
/* Closes all, without a callback. */
void ssh_free(struct ssh *s);
/* Until no channel is open. */
void ssh_run(struct ssh *s);
/* Waits for events once and handles them. */
void ssh_turn(struct ssh *s);

enum ssh_start {
	SSH_EXEC,
	SSH_SUBSYSTEM
};

/*
 * A command on a target: a shell's line, or the name of a subsystem. Never
 * calls back before it has returned. limits and command are copied. NULL if
 * out of memory.
 */
struct ssh_channel *ssh_open(struct ssh *s, const struct ssh_target *target,
    const struct ssh_limits *limits, enum ssh_start start, const char *command,
    const struct ssh_events *events, void *arg);
/* Without a call of on_end; ch is no more. */
void ssh_close(struct ssh_channel *ch);

/* Queues bytes for the command; false: more than SSH_MAX_WRITE would wait. */
bool ssh_write(struct ssh_channel *ch, struct span bytes) MUSTCHECK;
/* Nothing more will be written. */
void ssh_write_end(struct ssh_channel *ch);

/* Time-outs and budget begin anew: several requests on one channel. */
void ssh_request(struct ssh_channel *ch);
/* Answered: no time-out until the next request. */
void ssh_request_done(struct ssh_channel *ch);

/* Bytes on the wire since the struct ssh was made, both ways, of its
 * connections to first hops. */
uint64_t ssh_wire_bytes(const struct ssh *s);
/* Connections that were made, bastions included. */
unsigned ssh_connections(const struct ssh *s);

struct ssh_host_key {
	char type[32];        /* "ssh-ed25519" */
	char *key;            /* owned: base64, as in known_hosts */
	char fingerprint[64]; /* "SHA256:...", as ssh-keygen -l prints it */
};

/*
 * Asks a host for its key, without trusting it (bastions must be known).
 * Blocks up to connect_s, for a person at the command line. False: *end and d
 * say why. clear frees what the key owns.
 */
bool ssh_host_key_fetch(const struct ssh_target *target, unsigned connect_s,
    struct ssh_host_key *out, enum ssh_end *end, struct diag *d) MUSTCHECK;
void ssh_host_key_clear(struct ssh_host_key *k);
/* Adds it to the target's known_hosts, after the person said yes. */
bool ssh_host_key_trust(const struct ssh_target *target,
    const struct ssh_host_key *k, struct diag *d) MUSTCHECK;

#endif
