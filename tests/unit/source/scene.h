/*
 * A scene is a folder of its own under the system's temporary one, with logs
 * made for one test, and what a source hands over of them.
 */
#ifndef UNIT_SOURCE_SCENE_H
#define UNIT_SOURCE_SCENE_H

#include <sys/stat.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "base/buf.h"
#include "source/source.h"
#include "../unit.h"

#define SCENE_HEADER                                                          \
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"        \
	"#unset_field\t-\n#path\tconn\n#open\t2024-06-01-00-00-00\n"          \
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto" \
	"\tduration\n"                                                        \
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\n"

#define SCENE_T0 INT64_C(1717200000) /* 2024-06-01 00:00:00 UTC */

/* What a source handed over, all files together. */
struct scene_log {
	struct buf text; /* the blocks, headers repeated at a seek included */
	unsigned files, seeks, troubles, lasts, pieces;
	unsigned max_streams;
	enum source_trouble trouble; /* the last one */
	char first_file[512];
	struct diag diag; /* of the first trouble */
	uint64_t seek_offset;
	uint64_t bytes_read;
	size_t chosen;
	bool live;
	int64_t behind_s; /* most that a record was behind one before it */
};

static char scene_dir[256];

static inline void
scene_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(scene_dir, sizeof(scene_dir), "%s/source.XXXXXX",
	    tmp != NULL ? tmp : P_tmpdir);
	ck_assert_ptr_nonnull(mkdtemp(scene_dir));
}

static inline int
scene_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static inline void
scene_end(void)
{
	ck_assert_int_eq(
	    nftw(scene_dir, scene_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* The path of a name in the scene; good for four calls. */
static inline const char *
scene_path(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *p = paths[next++ % 4];

	(void)snprintf(p, sizeof(paths[0]), "%s/%s", scene_dir, name);
	return p;
}

static inline void
scene_folder(const char *name)
{
	ck_assert_int_eq(mkdir(scene_path(name), 0755), 0);
}

static inline void
scene_put(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(scene_path(name), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

/* As if nobody had touched it for a day. */
static inline void
scene_age(const char *name)
{
	struct timespec t[2] = { { .tv_sec = time(NULL) - 86400 } };

	t[1] = t[0];
	ck_assert_int_eq(utimensat(AT_FDCWD, scene_path(name), t, 0), 0);
}

/* Appends one gzip member. */
static inline void
scene_gzip(struct buf *to, const void *p, size_t n)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n };
	size_t room = n + n / 100 + 1024;

	ck_assert_int_eq(
	    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	ck_assert(buf_reserve(to, room));
	z.next_out = (Bytef *)(to->p + to->n);
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->n += room - z.avail_out;
	(void)deflateEnd(&z);
}

static inline void
scene_zstd(struct buf *to, const void *p, size_t n)
{
	size_t room = ZSTD_compressBound(n), got;

	ck_assert(buf_reserve(to, room));
	got = ZSTD_compress(to->p + to->n, room, p, n, 3);
	ck_assert(!ZSTD_isError(got));
	to->n += got;
}

static inline void
scene_put_gzip(const char *name, const struct buf *text)
{
	struct buf z = BUF_INIT;

	scene_gzip(&z, text->p, text->n);
	scene_put(name, z.p, z.n);
	buf_clear(&z);
}

/* A record that ended at SCENE_T0 + end_s; n tells it from the others. */
static inline void
scene_record(struct buf *b, int64_t end_s, unsigned n)
{
	buf_printf(b,
	    "%" PRId64 ".500000\tC%u\t10.0.0.1\t%u\t192.0.2.7\t80\ttcp"
	    "\t1.500000\n",
	    SCENE_T0 + end_s - 2, n, 1024 + n % 60000);
}

static inline void
scene_json(struct buf *b, int64_t end_s, unsigned n)
{
	buf_printf(b,
	    "{\"ts\":%" PRId64 ".5,\"uid\":\"C%u\",\"id.orig_h\":\"10.0.0.1\","
	    "\"id.orig_p\":%u,\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":80,"
	    "\"proto\":\"tcp\",\"duration\":1.5}\n",
	    SCENE_T0 + end_s - 2, n, 1024 + n % 60000);
}

/* A log of one record every step_s in [from_s, to_s), numbered in order. */
static inline void
scene_log_text(
    struct buf *b, int64_t from_s, int64_t to_s, int64_t step_s, unsigned *n)
{
	buf_add_str(b, SCENE_HEADER);
	for (; from_s < to_s; from_s += step_s)
		scene_record(b, from_s, (*n)++);
	ck_assert(buf_ok(b));
}

static inline void
scene_put_log(
    const char *name, int64_t from_s, int64_t to_s, int64_t step_s, unsigned *n)
{
	struct buf b = BUF_INIT;
	size_t len = strlen(name);

	scene_log_text(&b, from_s, to_s, step_s, n);
	if (len > 3 && strcmp(name + len - 3, ".gz") == 0)
		scene_put_gzip(name, &b);
	else
		scene_put(name, b.p, b.n);
	buf_clear(&b);
}

static inline struct source_options
scene_options(int64_t from_s, int64_t to_s, const char *tz)
{
	static const struct flow_parser_options parser = { .nrenames = 0 };
	struct source_options o = { .tz = tz, .parser = &parser };

	o.window.from_us = (SCENE_T0 + from_s) * US_PER_S;
	o.window.to_us = (SCENE_T0 + to_s) * US_PER_S;
	o.window.settle_us = 400 * US_PER_S;
	return o;
}

static inline struct source_options
scene_everything(void)
{
	struct source_options o = scene_options(0, 0, NULL);

	o.window.from_us = INT64_MIN;
	o.window.to_us = INT64_MAX;
	return o;
}

/* How far the block's first record lies behind the newest so far. */
static inline void
scene_order(struct scene_log *l, const struct source_item *it, int64_t *newest)
{
	char digits[16];
	int64_t t;

	if (it->block.n < 16 || it->block.p[0] != '1' ||
	    it->block.p[it->block.n - 1] != '\n')
		return;
	memcpy(digits, it->block.p, 10);
	digits[10] = '\0';
	t = strtoll(digits, NULL, 10);
	if (*newest - t > l->behind_s)
		l->behind_s = *newest - t;
	memcpy(digits,
	    (const char *)memrchr(it->block.p, '\n', it->block.n - 1) + 1, 10);
	t = strtoll(digits, NULL, 10);
	if (t > *newest)
		*newest = t;
}

static inline void
scene_take(struct scene_log *l, const struct source_item *it)
{
	static bool last[SOURCE_MAX_STREAMS];

	ck_assert_uint_lt(it->stream, SOURCE_MAX_STREAMS);
	if (it->stream >= l->max_streams)
		l->max_streams = it->stream + 1;
	switch (it->event) {
	case SOURCE_FILE:
		if (l->files++ == 0)
			(void)snprintf(l->first_file, sizeof(l->first_file),
			    "%s", it->file);
		last[it->stream] = false;
		ck_assert_uint_eq(it->offset, 0);
		ck_assert_uint_eq(it->line, 1);
		break;
	case SOURCE_SEEK:
		l->seeks++;
		l->seek_offset = it->offset;
		ck_assert_uint_eq(it->line, 0);
		break;
	case SOURCE_BLOCK:
		ck_assert(!last[it->stream]);
		buf_add(&l->text, it->block.p, it->block.n);
		last[it->stream] = it->end == FLOW_LAST_BLOCK;
		l->lasts += it->end == FLOW_LAST_BLOCK;
		if (it->end == FLOW_MORE_FOLLOWS)
			l->pieces += it->block.p[it->block.n - 1] != '\n';
		break;
	case SOURCE_TROUBLE:
		l->troubles++;
		l->trouble = it->trouble;
		break;
	case SOURCE_END:
	case SOURCE_FAILED:
		break;
	}
}

/* Reads until the end; records must then come in pieces of whole files. */
static inline void
scene_drain(struct source *s, struct scene_log *l)
{
	struct source_item it;
	int64_t newest = 0;

	do {
		source_next(s, &it, &l->diag);
		scene_take(l, &it);
		if (it.event == SOURCE_BLOCK)
			scene_order(l, &it, &newest);
	} while (it.event != SOURCE_END && it.event != SOURCE_FAILED);
	ck_assert_int_eq(it.event, SOURCE_END);
	ck_assert(buf_ok(&l->text));
	l->bytes_read = source_bytes_read(s);
}

static inline void
scene_read_path(
    const char *path, const struct source_options *opt, struct scene_log *l)
{
	struct diag d = DIAG_INIT;
	struct source *s = source_open(path, opt, &d);

	ck_assert_msg(s != NULL, "%s", d.text);
	*l = (struct scene_log){ .text = BUF_INIT };
	l->chosen = source_files(s);
	l->live = source_is_live(s);
	scene_drain(s, l);
	source_close(s);
}

static inline void
scene_read(
    const char *name, const struct source_options *opt, struct scene_log *l)
{
	scene_read_path(scene_path(name), opt, l);
}

static inline void
scene_log_clear(struct scene_log *l)
{
	buf_clear(&l->text);
}

/* How often record n was handed over. */
static inline unsigned
scene_count(const struct scene_log *l, unsigned n)
{
	char uid[16];
	const char *p = l->text.p;
	unsigned found = 0;
	int len = snprintf(uid, sizeof(uid), "\tC%u\t", n);

	while (p != NULL &&
	    (p = memmem(p, l->text.n - (size_t)(p - l->text.p), uid,
		 (size_t)len)) != NULL) {
		found++;
		p += len;
	}
	return found;
}

#endif
