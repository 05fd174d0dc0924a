/*
 * The store of the daemon: one SQLite file in WAL mode, written by one process
 * and read by any number beside it. A call is one transaction: it is kept as a
 * whole or not at all. After any error the handle can be used further.
 *
 * Times are microseconds since 1970 (UTC), of a bucket or of the caller's
 * clock: the store reads none. Texts of results are cut to their field.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/diag.h"
#include "compare/result.h"

enum store_error {
	STORE_OK,
	STORE_FULL,      /* no room on the disk: later writes may succeed */
	STORE_BUSY,      /* another process held the lock for too long */
	STORE_CORRUPT,   /* the file is damaged, or is no store */
	STORE_NEWER,     /* written by a newer release */
	STORE_OLDER,     /* read-only, and to be migrated first */
	STORE_OPEN,      /* cannot be opened or made */
	STORE_READ_ONLY, /* a write to a store opened for reading */
	STORE_PRUNED,    /* a time whose buckets are already pruned */
	STORE_NOT_FOUND, /* no group, sensor or incident of that name */
	STORE_RANGE,     /* arguments that make no sense */
	STORE_MEMORY,
	STORE_IO /* anything else that the disk or SQLite says */
};
#define STORE_NERRORS 13
const char *store_error_name(enum store_error e);

enum store_access {
	STORE_WRITE, /* made if absent, migrated if old */
	STORE_READ,
	STORE_SCRATCH /* in memory, and gone with store_close(); no path */
};

struct store_options {
	enum store_access access;
	unsigned busy_ms; /* how long to wait for a lock; 0: 5000 */
};

struct store;

/*
 * Opens path, and migrates it for writing; all of the file is checked first if
 * its last writer did not close it. On success *out is owned by the caller:
 * store_close(). The file's mode is 0600.
 */
enum store_error store_open(const char *path, const struct store_options *o,
    struct store **out, struct diag *d) MUSTCHECK;
void store_close(struct store *st);

/* The version of the schema that this release writes. */
#define STORE_VERSION 4

/* Rows in a table, by its name in doc/store.md; -1 if there is none. */
int64_t store_rows(struct store *st, const char *table);
/* Bytes of the file, without its WAL. */
int64_t store_bytes(struct store *st);

#endif
