/*
 * Finds the files of a log: what an operand names, in any layout, without
 * opening one. Which of them matter for a window is for choose.c.
 */
#ifndef SOURCE_LOCATE_H
#define SOURCE_LOCATE_H

#include <sys/stat.h>
#include "source/rotation.h"
#include "source/source.h"

#define LOCATE_MAX_FILES (1u << 20)
#define LOCATE_MAX_DIRS 8192
#define LOCATE_MAX_DEPTH 5 /* prefix, var, logs, zeek, day */

struct located {
	char *path;   /* owned */
	char *writer; /* owned: the logger that wrote it; NULL: the only one */
	enum rotation_form form;
	int64_t open_wall_s; /* as in struct rotation */
	int64_t close_wall_s;
	size_t folder_n; /* bytes of path up to the last '/' */
	size_t stem_n;   /* bytes of path without .gz or .zst */
	struct stat st;
	int error;  /* errno if it cannot be read: the rest is not set */
	bool spool; /* lies where a running Zeek writes */
	/* Set by choose.c. */
	int fd;            /* owned; -1: opened when it is read */
	int64_t begins_us; /* no earlier end is in it; INT64_MIN unknown */
	int64_t ends_us;   /* closed then; INT64_MAX unknown */
	bool dropped;
	bool live; /* more may be appended */
};

struct located_list {
	struct located *v; /* owned */
	size_t n, cap;
	bool single;               /* the operand is this one file */
	const struct files *files; /* borrowed: where they are */
};

/* Day folders out of the window are not looked into. False with d set if the
 * operand names nothing, cannot be read, or has no conn.log. */
bool locate(const char *operand, const struct files *files,
    const struct source_window *w, struct located_list *out,
    struct diag *d) MUSTCHECK;
void located_clear(struct located *f, const struct files *files);
void located_list_clear(struct located_list *l);

#endif
