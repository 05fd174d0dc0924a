/*
 * A process gives up what it will not need: what it could be made to do by the
 * hostile bytes that it reads is then as little as the system can enforce.
 * Nothing of it can be taken back. A system that cannot do it says why, for
 * people, and the program goes on without.
 */
#ifndef SYS_CONFINE_H
#define SYS_CONFINE_H

#include "base/base.h"

/* No core dump, and no look into the memory from another process of the same
 * user: for one that holds keys or passwords. */
void confine_memory(void);

/* A process that was started from here to be apart: its name, for people, and
 * no descriptor from this one on. */
void confine_apart(const char *name, int from_fd);

#define CONFINE_CONNECT 1u /* TCP connections may still be made */

/*
 * No file is opened any more but below these paths (up to a NULL; folders or
 * files), and only for reading; nor is any port. A path that is not there is
 * left out. NULL: done, for programs that are started from here, too; else
 * why not.
 */
const char *confine_files(const char *const paths[], unsigned flags);

enum confine_calls {
	CONFINE_READ = 1,  /* opens files, for reading */
	CONFINE_WRITE = 2, /* makes, changes and removes files */
	CONFINE_TALK = 4,  /* sockets and threads */
	CONFINE_LOCAL = 8  /* with CONFINE_TALK: sockets by path, too */
};

/*
 * No system call is made any more but those that work with what is open, and
 * those of the kinds (bits of enum confine_calls); no program is started. One
 * that is refused fails with ENOSYS, and a line on standard error says so.
 * Returns as confine_files().
 */
const char *confine_calls(unsigned kinds);

#endif
