/*
 * Starts programs with a socket for their standard input and output and a pipe
 * for standard error. Who does that is a table: this process, or another one
 * that is asked (net/starter.h).
 */
#ifndef NET_SPAWN_H
#define NET_SPAWN_H

#include <sys/types.h>
#include "base/base.h"

#define SPAWN_FD 3 /* what is given to the program beside these */

struct spawn_program {
	const char *path;        /* NULL: argv[0], looked for in PATH */
	const char *const *argv; /* up to a NULL */
	int fd;                  /* borrowed; -1: none */
};

struct spawned {
	pid_t pid;
	int fd, errors_fd; /* owned; they do not block */
};
#define SPAWNED_NONE ((struct spawned){ -1, -1, -1 })

struct spawner {
	/* 0 or errno. */
	int (*start)(
	    void *arg, const struct spawn_program *p, struct spawned *out);
	/* True, once, if there is no process any more; *status of waitpid(). */
	bool (*is_gone)(void *arg, pid_t pid, int *status);
	void (*kill)(void *arg, pid_t pid);
	void *arg;
};

extern const struct spawner spawn_here;

#endif
