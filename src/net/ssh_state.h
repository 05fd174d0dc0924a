/*
 * What the files of ssh share: the connection, which is one libssh2 session
 * over two byte queues, and the channel on it. libssh2 never sees a socket:
 * its send and receive go to the queues, so that a send never blocks in the
 * middle of a packet and a session in a tunnel is like any other.
 *
 * Nothing is freed within a callback of its own: a channel or connection is
 * marked (CHANNEL_GONE, CONN_DEAD) and the sweep frees it.
 */
#ifndef NET_SSH_STATE_H
#define NET_SSH_STATE_H

#include <sys/queue.h>
#include <event2/buffer.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <libssh2.h>
#include "base/buf.h"
#include "net/agent.h"
#include "net/pace.h"
#include "net/spawn.h"
#include "net/ssh.h"

#define SSH_IN_MAX (256u * 1024)       /* bytes queued before they are read */
#define SSH_OUT_MAX (256u * 1024)      /* bytes queued to be sent */
#define SSH_TURN_MAX (256u * 1024)     /* bytes of a channel at a time */
#define SSH_HANDSHAKE_MAX (1u << 20)   /* bytes before it is authenticated */
#define SSH_BANNER_MAX 8192            /* bytes before its "SSH-" */
#define SSH_STRAY_MAX (16u << 20)      /* bytes that no channel took */
#define SSH_STDERR_MAX 400             /* bytes kept for the text */
#define SSH_LINGER_US (120 * US_PER_S) /* a connection without a channel */
#define SSH_KEEPALIVE_S 30
#define SSH_CLOSING_US (5 * US_PER_S) /* a channel that is being closed */
#define SSH_STUCK_US US_PER_S         /* a tunnel that does not open */

enum conn_state {
	CONN_START,     /* nothing was tried yet */
	CONN_RESOLVE,   /* the name is being looked up */
	CONN_CONNECT,   /* TCP */
	CONN_TUNNEL,    /* waits for its bastion */
	CONN_HANDSHAKE, /* banner and key exchange */
	CONN_AUTH,
	CONN_READY,
	CONN_DEAD /* failed or closed; the sweep frees it */
};

enum channel_kind {
	CHANNEL_COMMAND,
	CHANNEL_TUNNEL,
	CHANNEL_HOST_KEY
};

enum channel_state {
	CHANNEL_WAIT,  /* for its connection, or its turn to be opened */
	CHANNEL_OPEN,  /* being opened */
	CHANNEL_START, /* the command is being started */
	CHANNEL_RUN,
	CHANNEL_DRAIN,   /* the other side has ended, its status follows */
	CHANNEL_CLOSING, /* nobody listens any more */
	CHANNEL_GONE
};

struct connect_lookup;

struct ssh_auth {
	unsigned step;               /* which method, see ssh_auth.c */
	unsigned identity;           /* index of the next file */
	unsigned tried;              /* keys and answers that were offered */
	unsigned agent_tried, asked; /* of them */
	struct agent agent;          /* owned */
	size_t agent_at;             /* of the next key in its list */
	struct span key;             /* borrowed from it: being tried */
	bool agent_listed;
	bool gave_up;    /* the person did */
	char why[640];   /* of what could not be offered; the first one */
	char offers[96]; /* what the server accepts */
};

struct ssh_conn {
	TAILQ_ENTRY(ssh_conn) link;
	TAILQ_HEAD(, ssh_channel) channels;
	struct ssh *ssh; /* borrowed */
	const struct ssh_target *target;
	enum conn_state state;
	bool retired;     /* not for new channels */
	bool fetch;       /* only for its host key */
	int64_t state_us; /* when the state was entered */

	evutil_socket_t fd;                /* owned; -1: none */
	struct event *readable, *writable; /* owned */
	struct connect_lookup *lookup;     /* under way; frees itself */
	struct evutil_addrinfo *addrs;     /* owned */
	struct evutil_addrinfo *addr;      /* being tried */
	int64_t addr_us;                   /* since when */
	int error;                         /* errno of the last one */
	struct ssh_channel *tunnel;        /* on the bastion's connection */

	struct event *step, *tick; /* owned */
	struct evbuffer *in, *out; /* owned */
	bool eof;                  /* nothing more comes in */
	bool banner_seen;
	uint64_t in_bytes, used_bytes; /* came in; went to channels */
	int64_t in_us;                 /* when the last byte came */
	LIBSSH2_SESSION *session;      /* owned */
	struct ssh_auth auth;
	struct ssh_channel *opening; /* libssh2 opens one at a time */
	int64_t opening_us;
	int64_t idle_us; /* since when it has no channel */
	int64_t tick_us; /* the last tick */
};

struct ssh_channel {
	TAILQ_ENTRY(ssh_channel) link;
	struct ssh_conn *conn;
	enum channel_kind kind;
	enum channel_state state;
	bool closed;              /* no further callback */
	bool reused;              /* its connection was there already */
	LIBSSH2_CHANNEL *channel; /* owned, by the session */
	struct ssh_conn *child;   /* CHANNEL_TUNNEL: the one within */
	const char *open_host;    /* borrowed: where a tunnel leads */
	int open_port;
	enum ssh_start start;
	char *command; /* owned */
	struct pace pace;
	struct ssh_events events;
	void *arg;
	struct evbuffer *write; /* owned */
	bool more;              /* has bytes that were not handed on yet */
	bool write_end, write_ended;
	struct event *timer; /* owned */
	int64_t connect_us;  /* deadlines; INT64_MAX: none */
	int64_t closing_us;
	struct buf errors;             /* the beginning of standard error */
	struct ssh_host_key *host_key; /* CHANNEL_HOST_KEY: borrowed */
};

TAILQ_HEAD(ssh_conns, ssh_conn);

struct child; /* child.c */
TAILQ_HEAD(ssh_children, child);

struct ssh {
	struct event_base *base;
	bool own_base;
	bool running;           /* within a callback */
	struct evdns_base *dns; /* owned; made when first needed */
	struct event *sweep;    /* owned */
	struct ssh_conns conns;
	struct ssh_children children; /* owned */
	struct spawner spawner;       /* of the children */
	unsigned open;                /* channels and children of the caller */
	unsigned connections;
	uint64_t wire_bytes;
	char *scratch; /* owned: SSH_SCRATCH bytes */
};

#define SSH_SCRATCH (64u * 1024)

int64_t ssh_now_us(void); /* monotonic */
const char *ssh_target_name(const struct ssh_target *t);
unsigned ssh_target_port(const struct ssh_target *t);
/* The text of the last error of libssh2. */
const char *ssh_session_error(const struct ssh_conn *c);

/* ssh_conn.c */
struct ssh_conn *conn_new(struct ssh *s, const struct ssh_target *t);
void conn_free(struct ssh_conn *c);
void conn_set_state(struct ssh_conn *c, enum conn_state state);
void conn_wake(struct ssh_conn *c); /* steps it soon */
/* Ends it and all of its channels; the text is of this connection. */
void conn_fail(struct ssh_conn *c, enum ssh_end end, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The same, telling the cause by what libssh2 returned. */
void conn_fail_session(struct ssh_conn *c, const char *what, int rc);
const char *conn_stage(const struct ssh_conn *c); /* "exchanging keys" */
/* The latest time that one of its channels waits for it; INT64_MAX: ever. */
int64_t conn_deadline(const struct ssh_conn *c);
/* The socket below it, whatever it is tunnelled through. */
int conn_root_fd(const struct ssh_conn *c);

/* ssh_connect.c: from a name to a socket that is connected */
void connect_start(struct ssh_conn *c);
void connect_tick(struct ssh_conn *c, int64_t now_us);
void connect_clear(struct ssh_conn *c);

/* ssh_queue.c: bytes between the socket, the queues and libssh2 */
bool queue_attach(struct ssh_conn *c); /* a socket, when it is connected */
void queue_flush(struct ssh_conn *c);
/* As evbuffer_write(), without SIGPIPE where nobody reads any more. */
ssize_t queue_write(struct evbuffer *from, int fd);
void queue_resume(struct ssh_conn *c); /* reads again where it had to stop */
void queue_callbacks(struct ssh_conn *c);
/* n bytes were added to the queue of c; nothing more will come. */
void queue_came_in(struct ssh_conn *c, size_t n);
void queue_end(struct ssh_conn *c);

/* ssh_hostkey.c */
bool hostkey_prefer(struct ssh_conn *c); /* before the handshake */
bool hostkey_check(struct ssh_conn *c);  /* after it; false: c has failed */

/* ssh_auth.c */
void auth_step(struct ssh_conn *c); /* until CONN_READY, or failed */
void auth_clear(struct ssh_conn *c);

/* ssh_bastion.c */
bool bastion_start(struct ssh_conn *c); /* false: c has failed */
void bastion_pump(struct ssh_channel *ch);
void bastion_detach(struct ssh_conn *c); /* c, within a tunnel, ends */
/* A tunnel ended: what that means for the connection within it. */
void bastion_ended(struct ssh_channel *ch, enum ssh_end end, const char *text);

/* ssh_channel.c */
struct ssh_channel *
channel_new(enum channel_kind kind, struct event_base *base);
void channel_free(struct ssh_channel *ch);
void channel_attach(struct ssh_channel *ch, struct ssh_conn *c);
void channel_set_state(struct ssh_channel *ch, enum channel_state state);
void channel_step(struct ssh_channel *ch);
/* Tells the owner, once, and goes on to close it. */
void channel_end(struct ssh_channel *ch, enum ssh_end end, const char *text);
/* Its connection has failed. */
void channel_lost(struct ssh_channel *ch, enum ssh_end end, const char *text);
/* The loop stood still that long: no time-out may come of it. */
void ssh_stood_still(struct ssh *s, int64_t us);
/* Closes without telling. */
void channel_drop(struct ssh_channel *ch);

/* child.c */
void child_stood_still(struct ssh *s, int64_t us);
/* Ends them at once, without a callback, and waits for their end. */
void child_end_all(struct ssh *s);

/* ssh.c */
/* The beginning of what a command writes on standard error. */
void ssh_keep_errors(struct buf *errors, struct span bytes);
/* Its first line, printable, after what and ": ". */
void ssh_say_errors(const struct buf *errors, const char *what, struct diag *d);
struct ssh_conn *ssh_conn_for(struct ssh *s, const struct ssh_target *t);
void ssh_sweep_soon(struct ssh *s);

#endif
