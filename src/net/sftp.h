/*
 * Files of another machine, to be read over SFTP. Each call waits for its
 * answer, turning a loop of its own; reads that go on are asked for ahead.
 *
 * A struct sftp and its files belong to one thread at a time.
 */
#ifndef NET_SFTP_H
#define NET_SFTP_H

#include "net/sftp_packet.h"
#include "net/ssh.h"

struct sftp;
struct sftp_file;

/* The connection is made by the first call that needs it. target is borrowed;
 * limits are those of each call, but budget_bytes, which is of all. NULL with
 * d set: out of memory. */
struct sftp *sftp_new(const struct ssh_target *target,
    const struct ssh_limits *limits, struct diag *d);
void sftp_free(struct sftp *s);

/*
 * All below return 0, or a number as errno(3) has: EIO for what the server
 * calls a failure, ECONNABORTED once the connection is lost, or could not be
 * made, which it then stays. sftp_error() says it for people; borrowed until
 * the next call.
 */
const char *sftp_error(const struct sftp *s, int error);
/* Nothing more will come of it. */
bool sftp_is_lost(const struct sftp *s);

/* Links are followed. */
int sftp_stat(struct sftp *s, const char *path, struct sftp_attrs *out);
/* path without links, in text; the caller clears it. */
int sftp_real(struct sftp *s, const char *path, struct buf *text);

/* Calls back for each name in a folder, but "." and "..", with what is known
 * of it, a link being none but itself. False: enough. The name is borrowed,
 * and has no '/' and no control character. */
typedef bool
sftp_name_fn(void *arg, const char *name, const struct sftp_attrs *attrs);
int sftp_list(struct sftp *s, const char *path, sftp_name_fn *name, void *arg);

int sftp_open(struct sftp *s, const char *path, struct sftp_file **out);
/* NULL is none. */
void sftp_close(struct sftp_file *f);
/* At opening. Borrowed. */
const struct sftp_attrs *sftp_attrs(const struct sftp_file *f);

enum sftp_ahead {
	SFTP_ALONE, /* these bytes, and no others */
	SFTP_GOES_ON
};

/* max bytes from offset on; *n is less at the end of the file, and where an
 * error comes next. */
int sftp_read(struct sftp_file *f, void *to, size_t max, uint64_t offset,
    enum sftp_ahead ahead, size_t *n);

/* Bytes of files that came, and all on the wire, both ways. */
uint64_t sftp_file_bytes(const struct sftp *s);
uint64_t sftp_wire_bytes(const struct sftp *s);

#endif
