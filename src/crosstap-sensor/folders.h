/*
 * The folders of logs that may be read, and nothing outside of them: a file is
 * opened by its real path, step by step from the folder's own descriptor and
 * without following any link, so that a link which is changed meanwhile does
 * not help. A link to elsewhere (`current` to the spool) needs that folder to
 * be among them.
 */
#ifndef CROSSTAP_SENSOR_FOLDERS_H
#define CROSSTAP_SENSOR_FOLDERS_H

#include "base/diag.h"
#include "source/source.h"
#include "sys/options.h"

struct folders {
	const char *names[OPTION_LIST_MAX]; /* borrowed: as given */
	struct {
		char *real;   /* owned; of a pattern, of the folder before it */
		char *folder; /* owned: real, or the folder of that file */
		bool single;  /* it is a file: only that may be read */
		int fd;       /* of folder */
	} v[OPTION_LIST_MAX];
	size_t n;
	struct files files; /* opened as told above */
};

/* Each a folder, a file, or a pattern of files in a folder. False with d set if
 * it is none, or cannot be read. */
bool folders_open(struct folders *f, const struct option_list *names,
    struct diag *d) MUSTCHECK;
void folders_close(struct folders *f);

/* A source of all of them, opened as told above. */
void folders_source(const struct folders *f, struct source_options *out);

/* As open(2), for reading; a regular file. arg is a struct folders. EPERM: it
 * lies outside. */
int folders_open_file(void *arg, const char *path);

#endif
