/*
 * Small files, whole: what is configured, not what is logged.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/buf.h"
#include "base/diag.h"

/*
 * Appends the bytes of a file to out, a few more than max at most: more than
 * max is for the caller to refuse. False with "PATH: why; wanted WANTED"; out
 * is the caller's to clear in either case.
 */
bool file_read(const char *path, size_t max, const char *wanted,
    struct buf *out, struct diag *d) MUSTCHECK;

/*
 * The same for a password or the like, without the line end after it; refused
 * if it is empty, has control characters, or can be read by others. Give it
 * back with buf_wipe().
 */
bool
file_read_secret(const char *path, struct buf *out, struct diag *d) MUSTCHECK;

/* The last of these alone, for a file that another program reads; one that is
 * not there is for that program to tell. */
bool file_check_secret(const char *path, struct diag *d) MUSTCHECK;

#endif
