/*
 * Reads one file through at most one codec. Invariant: raw holds what was
 * read from the descriptor and not yet used; once the trouble is set nothing
 * more is handed out.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include "source/codec.h"
#include "source/input.h"

#define RAW_BYTES (128 * 1024)
#define MAGIC_BYTES 6

struct input {
	const struct files *files; /* borrowed */
	int fd;                    /* owned */
	const char *name;          /* borrowed */
	const struct codec *codec; /* NULL: plain */
	void *state;               /* owned, the codec's */
	uint8_t *raw;              /* owned, RAW_BYTES */
	size_t raw_pos, raw_n;
	uint64_t bytes_read;
	uint64_t pos;   /* of the descriptor, in the file */
	struct stat st; /* at opening */
	enum source_trouble trouble;
	int error;       /* errno of TROUBLE_UNREADABLE */
	const char *why; /* static */
	bool started;    /* the format is known */
	bool raw_end;    /* the descriptor is at its end */
	bool in_member;  /* input was given to a member that has not ended */
	bool done;
};

/* Formats that are known, to say so, and not read. */
static const struct {
	const char *why;
	uint8_t magic[MAGIC_BYTES];
	size_t magic_n;
} input_foreign[] = {
	{ "is compressed with bzip2, which is not read: recompress it with "
	  "gzip or zstd",
	    { 'B', 'Z', 'h' }, 3 },
	{ "is compressed with xz, which is not read: recompress it with gzip "
	  "or zstd",
	    { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
	{ "is compressed with lz4, which is not read: recompress it with gzip "
	  "or zstd",
	    { 0x04, 0x22, 0x4d, 0x18 }, 4 },
	{ "is a zip archive, which is not read", { 'P', 'K', 3, 4 }, 4 },
};

static void
input_fail(struct input *in, enum source_trouble t, const char *why, int error)
{
	in->done = true;
	if (in->trouble != TROUBLE_NONE)
		return;
	in->trouble = t;
	in->why = why;
	in->error = error;
}

static bool
input_is_regular(const struct input *in)
{
	return S_ISREG(in->st.st_mode);
}

struct input *
input_new(const struct files *files, int fd, const char *name)
{
	struct input *in = calloc(1, sizeof(*in));

	files = files_or_local(files);
	if (in == NULL || (in->raw = malloc(RAW_BYTES)) == NULL ||
	    files->fstat(files->arg, fd, &in->st) != 0) {
		if (in != NULL)
			free(in->raw);
		free(in);
		files->close(files->arg, fd);
		return NULL;
	}
	in->files = files;
	in->fd = fd;
	in->name = name;
	if (files->read == files_local.read && input_is_regular(in))
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return in;
}

void
input_free(struct input *in)
{
	if (in == NULL)
		return;
	if (in->codec != NULL)
		in->codec->free(in->state);
	free(in->raw);
	in->files->close(in->files->arg, in->fd);
	free(in);
}

/* One read(2); 0 at the end of the file and on an error, which is noted. */
static size_t
input_read_fd(struct input *in, void *to, size_t max)
{
	ssize_t n;

	if (in->raw_end || max == 0)
		return 0;
	do {
		n = in->files->read(in->files->arg, in->fd, to, max);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		in->raw_end = true;
		if (n < 0)
			input_fail(in, TROUBLE_UNREADABLE, NULL, errno);
		return 0;
	}
	in->bytes_read += (uint64_t)n;
	in->pos += (uint64_t)n;
	return (size_t)n;
}

static bool
input_has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static const struct codec *
input_codec_of_suffix(const char *name)
{
	size_t i;

	for (i = 0; i < CODECS; i++) {
		if (input_has_suffix(name, codecs[i]->suffix))
			return codecs[i];
	}
	return NULL;
}

static bool
input_begins(const struct input *in, const uint8_t *magic, size_t n)
{
	return in->raw_n >= n && memcmp(in->raw, magic, n) == 0;
}

static bool
input_is_young(const struct input *in)
{
	return input_is_regular(in) &&
	    time(NULL) - in->st.st_mtime < INPUT_YOUNG_S;
}

static void
input_fail_cut(struct input *in)
{
	if (input_is_young(in))
		input_fail(in, TROUBLE_GROWING,
		    "ends in the middle of the compressed data and was changed "
		    "within the last ten minutes: it is still being written, "
		    "or was cut",
		    0);
	else
		input_fail(in, TROUBLE_TRUNCATED,
		    "ends in the middle of the compressed data", 0);
}

/* A file whose name promises a format that its first bytes do not have. */
static void
input_check_suffix(struct input *in)
{
	const struct codec *c = input_codec_of_suffix(in->name);

	if (c == NULL)
		return;
	if (in->raw_n < c->magic_n && memcmp(in->raw, c->magic, in->raw_n) == 0)
		input_fail_cut(in);
	else if (in->raw[0] != '#' && in->raw[0] != '{' &&
	    (in->raw[0] < '0' || in->raw[0] > '9'))
		input_fail(in, TROUBLE_CORRUPT,
		    "does not begin as its suffix says, nor as a conn.log", 0);
}

/* Reads enough to know the format. */
static void
input_start(struct input *in)
{
	size_t i, n;

	if (in->started)
		return;
	in->started = true;
	while (in->raw_n < MAGIC_BYTES &&
	    (n = input_read_fd(
		 in, in->raw + in->raw_n, RAW_BYTES - in->raw_n)) > 0)
		in->raw_n += n;
	for (i = 0; i < CODECS; i++) {
		const struct codec *c = codecs[i];

		if (!input_begins(in, c->magic, c->magic_n))
			continue;
		if ((in->state = c->new ()) == NULL)
			input_fail(in, TROUBLE_UNREADABLE, NULL, ENOMEM);
		else
			in->codec = c;
		return;
	}
	for (i = 0; i < ARRAY_LEN(input_foreign); i++) {
		if (input_begins(
			in, input_foreign[i].magic, input_foreign[i].magic_n))
			input_fail(
			    in, TROUBLE_CORRUPT, input_foreign[i].why, 0);
	}
	input_check_suffix(in);
}

static size_t
input_read_plain(struct input *in, char *to, size_t max)
{
	size_t n = in->raw_n - in->raw_pos;

	if (n == 0) {
		n = input_read_fd(in, to, max);
		if (n > 0)
			return n;
		in->done = true;
		if (input_is_regular(in) && in->trouble == TROUBLE_NONE &&
		    in->pos < (uint64_t)in->st.st_size)
			input_fail(in, TROUBLE_TRUNCATED,
			    "became shorter while it was read", 0);
		return 0;
	}
	n = n < max ? n : max;
	memcpy(to, in->raw + in->raw_pos, n);
	in->raw_pos += n;
	return n;
}

/* Between members: true if another one follows. gzip(1) pads with zeros. */
static bool
input_next_member(struct input *in)
{
	for (;;) {
		while (in->raw_pos < in->raw_n && in->raw[in->raw_pos] == 0)
			in->raw_pos++;
		if (in->raw_pos < in->raw_n)
			return true;
		in->raw_pos = 0;
		in->raw_n = input_read_fd(in, in->raw, RAW_BYTES);
		if (in->raw_n == 0) {
			in->done = true;
			return false;
		}
	}
}

/* Input for the codec; false if there is none and cannot be. */
static bool
input_fill_raw(struct input *in)
{
	if (!in->in_member) {
		if (!input_next_member(in))
			return false;
		in->in_member = true;
		return true;
	}
	if (in->raw_pos < in->raw_n)
		return true;
	in->raw_pos = 0;
	in->raw_n = input_read_fd(in, in->raw, RAW_BYTES);
	return in->raw_n > 0;
}

static size_t
input_read_codec(struct input *in, char *to, size_t max)
{
	struct codec_io io = { NULL, 0, (uint8_t *)to, max };
	enum codec_result rc;
	bool filled;
	size_t before;

	while (io.out_n > 0 && !in->done) {
		/* At the end the codec may still hold output back. */
		filled = input_fill_raw(in);
		if (in->done)
			break;
		io.in = in->raw + in->raw_pos;
		io.in_n = in->raw_n - in->raw_pos;
		before = io.out_n;
		rc = in->codec->run(in->state, &io);
		in->raw_pos = in->raw_n - io.in_n;
		if (rc == CODEC_MEMBER_END)
			in->in_member = false;
		else if (rc == CODEC_CORRUPT)
			input_fail(in, TROUBLE_CORRUPT,
			    "is corrupt: the compressed data or its checksum "
			    "is wrong",
			    0);
		else if (rc == CODEC_NO_MEMORY)
			input_fail(in, TROUBLE_UNREADABLE, NULL, ENOMEM);
		else if (!filled && io.out_n == before)
			input_fail_cut(in);
	}
	return max - io.out_n;
}

size_t
input_read(struct input *in, char *to, size_t max)
{
	input_start(in);
	if (in->done)
		return 0;
	if (in->codec == NULL)
		return input_read_plain(in, to, max);
	return input_read_codec(in, to, max);
}

bool
input_is_plain(struct input *in)
{
	input_start(in);
	return in->codec == NULL && !in->done;
}

bool
input_is_seekable(struct input *in)
{
	return input_is_plain(in) && input_is_regular(in);
}

size_t
input_read_at(struct input *in, char *to, size_t max, uint64_t offset)
{
	size_t got = 0;
	ssize_t n;

	INVARIANT(input_is_seekable(in) && offset <= INT64_MAX);
	while (got < max) {
		n = in->files->pread(
		    in->files->arg, in->fd, to + got, max - got, offset + got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
		in->bytes_read += (uint64_t)n;
	}
	return got;
}

void
input_seek(struct input *in, uint64_t offset)
{
	INVARIANT(input_is_seekable(in) && offset <= INT64_MAX);
	if (in->files->seek(in->files->arg, in->fd, offset) != 0) {
		input_fail(in, TROUBLE_UNREADABLE, NULL, errno);
		return;
	}
	in->pos = offset;
	in->raw_pos = in->raw_n = 0;
	in->raw_end = false;
}

uint64_t
input_size(const struct input *in)
{
	return input_is_regular(in) ? (uint64_t)in->st.st_size : 0;
}

uint64_t
input_bytes_read(const struct input *in)
{
	return in->bytes_read;
}

enum source_trouble
input_trouble(const struct input *in, struct diag *d)
{
	if (in->trouble != TROUBLE_NONE)
		diag_set(d, "%s: %s", in->name,
		    in->why != NULL
			? in->why
			: in->files->error(in->files->arg, in->error));
	return in->trouble;
}
