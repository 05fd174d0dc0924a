/*
 * The files of a sensor where nothing is installed, over SFTP, as src/source
 * wants to reach them: a path begins with ssh://USER@HOST:PORT there, so that
 * every message names the host.
 */
#ifndef PIPELINE_REMOTE_FILES_H
#define PIPELINE_REMOTE_FILES_H

#include "net/ssh.h"
#include "source/files.h"
#include "sys/config.h"

struct remote_files;

/* Connects when it is first used. s is borrowed. NULL with d set. */
struct remote_files *remote_files_new(
    const struct config_sensor *s, ssh_answer answer, struct diag *d);
void remote_files_free(struct remote_files *r);

/* Of one thread at a time. Borrowed. */
const struct files *remote_files_table(const struct remote_files *r);

/* Appends a path there as the table takes it. */
void remote_files_path(
    const struct config_sensor *s, const char *path, struct buf *out);

/* Bytes of files that came, and all on the wire, both ways. */
uint64_t remote_files_bytes(const struct remote_files *r);
uint64_t remote_files_wire_bytes(const struct remote_files *r);

#endif
