/*
 * How files are reached: a table of functions, so that a log may lie where
 * open(2) does not get to, or may be opened only under a condition. Shapes
 * and errno are those of the system calls of the same names.
 */
#ifndef SOURCE_FILES_H
#define SOURCE_FILES_H

#include <sys/stat.h>
#include <sys/types.h>
#include "base/base.h"

/* Calls back for a name; false: enough. */
typedef bool files_name_fn(void *arg, const char *name);

struct files {
	void *arg;     /* given to each; borrowed */
	size_t root_n; /* bytes that all paths begin with and that are no name
			* of a file: "ssh://host" */
	/* For reading; a number that means something to this table alone. */
	int (*open)(void *arg, const char *path);
	/* Another number of the same open file, with the same position. */
	int (*dup)(void *arg, int fd);
	void (*close)(void *arg, int fd);
	int (*fstat)(void *arg, int fd, struct stat *st);
	/* st_dev and st_ino tell files apart, also where links lead to one. */
	int (*stat)(void *arg, const char *path, struct stat *st);
	/* From the position on: what follows will be wanted, too. */
	ssize_t (*read)(void *arg, int fd, void *to, size_t max);
	/* Those bytes alone; the position stays. */
	ssize_t (*pread)(
	    void *arg, int fd, void *to, size_t max, uint64_t offset);
	int (*seek)(void *arg, int fd, uint64_t offset); /* 0, or -1 */
	/* Each name in a folder but "." and "..". 0, or -1 with errno. */
	int (*list)(
	    void *arg, const char *path, files_name_fn *name, void *name_arg);
	/* As realpath(3): from malloc(), or NULL. */
	char *(*real)(void *arg, const char *path);
	/* Whether path still names the open file; not after it was rotated. */
	bool (*same)(void *arg, int fd, const char *path);
	/* Whether no file can be read any more; NULL: never. */
	bool (*lost)(void *arg);
	/* For people; borrowed until the next call of the table. */
	const char *(*error)(void *arg, int error);
};

/* Those of this machine. */
extern const struct files files_local;

/* files, or those of this machine if it is NULL. */
const struct files *files_or_local(const struct files *files);

#endif
