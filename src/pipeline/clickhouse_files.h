/*
 * A table of ClickHouse as src/source wants to reach a log: one file, which
 * is never seen to end while a question is not answered whole. What is read
 * is the window, and a few flows on either side that say how far the log goes.
 */
#ifndef PIPELINE_CLICKHOUSE_FILES_H
#define PIPELINE_CLICKHOUSE_FILES_H

#include "pipeline/clickhouse_conn.h"
#include "source/files.h"
#include "source/source.h"

struct clickhouse_files;

/* conn is borrowed. NULL: out of memory. */
struct clickhouse_files *clickhouse_files_new(struct clickhouse_conn *conn);
void clickhouse_files_free(struct clickhouse_files *f);
/* Of one thread at a time. Borrowed. */
const struct files *clickhouse_files_table(const struct clickhouse_files *f);

/* Before the file is opened: which window; a sample of it for a look at the
 * clock, or all of it with some flows before and after. */
enum clickhouse_reading {
	CLICKHOUSE_LOOK,
	CLICKHOUSE_WHOLE
};
void clickhouse_files_window(struct clickhouse_files *f,
    const struct source_window *w, enum clickhouse_reading reading);
/* In place of the whole window these parts of it, in order of time; copied,
 * with their texts. False: out of memory. */
bool clickhouse_files_parts(struct clickhouse_files *f,
    const struct clickhouse_range *v, size_t n) MUSTCHECK;

#endif
