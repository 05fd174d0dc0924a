/*
 * What a sensor tells of itself, and of its files.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "crosstap-sensor/answer.h"
#include "flow/checksum.h"
#include "source/choose.h"
#include "source/input.h"
#include "source/stream.h"

#define FILES_BLOCK (256 * 1024)
#define HELLO_BACK_US (3600 * US_PER_S) /* files that can be the newest */

/* The files of a window, of all folders. */
static bool
files_find(struct sensor *sensor, const struct source_window *w,
    struct located_list *out, struct diag *d)
{
	struct source_options so = sensor->source;

	so.window = *w;
	so.parser = &sensor->parser;
	return source_list(sensor->folders.names[0], &so, out, d);
}

static void
files_times(
    struct sensor *sensor, const struct located *l, struct reply_file *f)
{
	int fd = folders_open_file(&sensor->folders, l->path);
	struct stream_times t;
	struct stream *st;

	if (fd < 0)
		return;
	st = stream_new(NULL, fd, l->path, INT64_MIN, &sensor->parser);
	if (st != NULL && stream_times(st, &t)) {
		f->first_us = t.earliest_us;
		if (t.last_us != INT64_MAX)
			f->last_us = t.last_us;
	}
	stream_free(st);
}

/* Lines and checksum of the plain bytes. */
static void
files_hash(struct sensor *sensor, int fd, const struct located *l,
    struct reply_file *f, struct diag *d)
{
	struct input *in = input_new(NULL, fd, l->path);
	struct checksum *sum = checksum_new();
	char *block = malloc(FILES_BLOCK);
	const char *p;
	size_t n;

	while (in != NULL && sum != NULL && block != NULL &&
	    channel_go_on(&sensor->channel) &&
	    (n = input_read(in, block, FILES_BLOCK)) > 0) {
		checksum_add(sum, block, n);
		for (p = block;
		     (p = memchr(p, '\n', n - (size_t)(p - block))) != NULL;
		     p++)
			f->lines++;
	}
	if (in == NULL || sum == NULL || block == NULL)
		diag_set(d, "out of memory");
	else if (sensor->channel.expired || sensor->channel.gone)
		diag_set(d, "the time for an answer is over");
	else if (input_trouble(in, d) == TROUBLE_NONE) {
		f->hashed = true;
		f->checksum = checksum_get(sum);
	}
	if (!f->hashed)
		f->lines = 0;
	input_free(in);
	checksum_free(sum);
	free(block);
}

static bool
files_send(
    struct sensor *sensor, const struct request *r, const struct located *l)
{
	struct diag d = DIAG_INIT;
	struct reply out;
	struct reply_file *f = &out.u.file;
	int fd = -1;

	reply_init(&out, REPLY_FILE, r->id);
	f->path = span_from(l->path);
	if (l->error == 0)
		fd = folders_open_file(&sensor->folders, l->path);
	if (fd < 0) {
		f->trouble =
		    span_from(strerror(l->error != 0 ? l->error : errno));
		return channel_send(&sensor->channel, &out);
	}
	f->size = (uint64_t)l->st.st_size;
	f->written_us = (int64_t)l->st.st_mtime * US_PER_S;
	f->live = l->live;
	f->compressed = l->path[l->stem_n] != '\0';
	files_times(sensor, l, f);
	if ((r->parts & REQUEST_PART_CHECKSUM) != 0)
		files_hash(sensor, fd, l, f, &d);
	else
		(void)close(fd);
	f->trouble = span_from(d.text);
	return channel_send(&sensor->channel, &out);
}

bool
answer_files(struct sensor *sensor, const struct request *r)
{
	const struct source_window w = { r->from_us, r->to_us, 0 };
	struct located_list files;
	struct diag d = DIAG_INIT;
	struct reply end;
	bool ok = true;
	size_t i;

	if (!files_find(sensor, &w, &files, &d))
		return answer_error(sensor, r->id, REPLY_UNREADABLE, d.text);
	for (i = 0; i < files.n && ok && !sensor->channel.expired; i++)
		ok = files_send(sensor, r, &files.v[i]);
	located_list_clear(&files);
	if (ok && sensor->channel.expired)
		return answer_error(sensor, r->id, REPLY_LIMIT,
		    "the time for an answer is over");
	reply_init(&end, REPLY_END, r->id);
	end.u.end.frames = sensor->channel.frames;
	return ok && channel_send(&sensor->channel, &end);
}

/* How far the newest file has got, and when it was written to. */
static void
hello_watermark(struct sensor *sensor, struct reply_hello *h)
{
	const struct source_window w = { h->wall_us - HELLO_BACK_US, INT64_MAX,
		0 };
	struct located_list files;
	struct reply_file f;
	struct diag d = DIAG_INIT;
	size_t i;

	if (!files_find(sensor, &w, &files, &d))
		return;
	for (i = 0; i < files.n; i++) {
		f = (struct reply_file){ .last_us = INT64_MIN };
		if (files.v[i].error == 0)
			files_times(sensor, &files.v[i], &f);
		if (f.last_us == INT64_MIN || f.last_us <= h->watermark_us)
			continue;
		h->watermark_us = f.last_us;
		h->lag_us = files.v[i].live
		    ? (int64_t)files.v[i].st.st_mtime * US_PER_S - f.last_us
		    : INT64_MIN;
	}
	located_list_clear(&files);
}

bool
answer_hello(struct sensor *sensor, const struct request *r)
{
	struct buf os = BUF_INIT;
	struct reply out;
	struct reply_hello *h = &out.u.hello;
	struct utsname u;
	struct timespec now;
	size_t i;
	bool ok;

	reply_init(&out, REPLY_HELLO, r->id);
	h->version_min = WIRE_VERSION_MIN;
	h->version_max = WIRE_VERSION;
	h->program = span_from(options_version());
	if (uname(&u) == 0) {
		buf_printf(&os, "%.100s %.100s", u.sysname, u.release);
		h->os = buf_span(&os);
		h->machine = span_from(u.machine);
	}
	if (sensor->name != NULL)
		h->name = span_from(sensor->name);
	if (sensor->zeek != NULL)
		h->zeek = span_from(sensor->zeek);
	for (i = 0; i < sensor->attributes->n; i++)
		h->attributes.v[i] = span_from(sensor->attributes->item[i]);
	h->attributes.n = i;
	for (i = 0; i < sensor->folders.n; i++)
		h->folders.v[i] = span_from(sensor->folders.names[i]);
	h->folders.n = i;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	h->wall_us = (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
	hello_watermark(sensor, h);
	ok = channel_send(&sensor->channel, &out);
	buf_clear(&os);
	return ok;
}
