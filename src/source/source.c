/*
 * Merges the chosen files: the file whose next records are the oldest goes
 * on, up to where another one would be behind. A file is opened when the
 * others have got to its beginning, so that few are open at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/buf.h"
#include "source/choose.h"
#include "source/stream.h"

/* How far one file may be handed over ahead of another. */
#define AHEAD_US (2 * US_PER_S)
#define SCANS_MAX 3 /* of a folder that is rotated while we look */

struct source {
	struct source_options opt;
	struct located_list files;
	size_t next; /* of files, the first that was not opened yet */
	struct {
		struct stream *stream; /* owned; NULL: free */
		size_t file;
	} slots[SOURCE_MAX_STREAMS];
	unsigned nopen;
	struct buf name;     /* of a file that had to be found again */
	uint64_t bytes_read; /* of streams that were closed */
	uint64_t bytes_skipped;
	uint64_t bytes_total;
	bool is_stdin;
	bool live;
};

static int64_t
source_plus(int64_t us, int64_t more_us)
{
	return us > INT64_MAX - more_us ? INT64_MAX : us + more_us;
}

static void
source_count(struct source *s)
{
	const struct source_window *w = &s->opt.window;
	size_t i;

	for (i = 0; i < s->files.n; i++) {
		const struct located *f = &s->files.v[i];

		s->live |= f->live;
		/* Later ones are there in case, and not opened. */
		if (f->error == 0 && S_ISREG(f->st.st_mode) &&
		    f->begins_us <= source_plus(w->to_us, w->settle_us))
			s->bytes_total += (uint64_t)f->st.st_size;
	}
}

/* The files of all operands; one without any is none among several. */
static bool
source_locate(const struct source_options *opt, const char *operand,
    struct located_list *out, struct diag *d)
{
	struct diag first = DIAG_INIT;
	struct located_list more;
	struct located *v;
	bool found = locate(
	    operand, files_or_local(opt->files), &opt->window, out, &first);
	size_t i;

	for (i = 0; i < opt->nmore; i++) {
		if (!locate(
			opt->more[i], out->files, &opt->window, &more, &first))
			continue;
		found = true;
		out->single = false;
		v = realloc(out->v, (out->n + more.n + 1) * sizeof(*v));
		if (v == NULL) {
			located_list_clear(&more);
			diag_set(d, "out of memory");
			return false;
		}
		if (more.n > 0)
			memcpy(v + out->n, more.v, more.n * sizeof(*v));
		out->v = v;
		out->n = out->cap = out->n + more.n;
		free(more.v);
	}
	if (!found)
		diag_set(d, "%s", first.text);
	return found;
}

bool
source_list(const char *operand, const struct source_options *opt,
    struct located_list *out, struct diag *d)
{
	unsigned i;

	*out = (struct located_list){ .n = 0 };
	for (i = 0; i < SCANS_MAX; i++) {
		located_list_clear(out);
		if (!source_locate(opt, operand, out, d) ||
		    !choose(out, opt, d)) {
			located_list_clear(out);
			return false;
		}
		if (choose_holds(out))
			break;
	}
	return true;
}

static bool
source_find(struct source *s, const char *operand, struct diag *d)
{
	if (!source_list(operand, &s->opt, &s->files, d))
		return false;
	source_count(s);
	return true;
}

/* Standard input is a list of one. */
static bool
source_find_stdin(struct source *s, struct diag *d)
{
	struct located *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->path = strdup("standard input")) == NULL) {
		free(f);
		diag_set(d, "out of memory");
		return false;
	}
	f->fd = -1;
	f->begins_us = INT64_MIN;
	f->ends_us = INT64_MAX;
	s->is_stdin = true;
	s->files = (struct located_list){
		.v = f, .n = 1, .single = true, .files = &files_local
	};
	return true;
}

static const char *
source_strerror(const struct source *s, int error)
{
	return s->files.files->error(s->files.files->arg, error);
}

static int
source_open_file(struct source *s, const struct located *f)
{
	static const char *const suffixes[] = { ".gz", ".zst" };
	const struct files *files = s->files.files;
	size_t i;
	int fd;

	if (s->is_stdin || f->fd >= 0)
		return files->dup(
		    files->arg, s->is_stdin ? STDIN_FILENO : f->fd);
	fd = files->open(files->arg, f->path);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	/* Compressed since it was found. */
	for (i = 0; fd < 0 && i < ARRAY_LEN(suffixes); i++) {
		buf_clear(&s->name);
		buf_add(&s->name, f->path, f->stem_n);
		buf_add_str(&s->name, suffixes[i]);
		if (!buf_ok(&s->name))
			break;
		fd = files->open(files->arg, s->name.p);
	}
	if (fd < 0)
		errno = ENOENT;
	return fd;
}

struct source *
source_open(
    const char *operand, const struct source_options *opt, struct diag *d)
{
	struct source *s = calloc(1, sizeof(*s));
	bool found;
	int fd;

	if (s == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	s->opt = *opt;
	if (opt->files == NULL && strcmp(operand, "-") == 0)
		found = source_find_stdin(s, d);
	else
		found = source_find(s, operand, d);
	/* One file that cannot be read is not a source. */
	if (found && s->files.single && !s->is_stdin) {
		fd = source_open_file(s, &s->files.v[0]);
		found = fd >= 0;
		if (!found)
			diag_set(
			    d, "%s: %s", operand, source_strerror(s, errno));
		else if (s->files.v[0].fd < 0)
			s->files.v[0].fd = fd;
		else
			s->files.files->close(s->files.files->arg, fd);
	}
	if (!found) {
		source_close(s);
		return NULL;
	}
	return s;
}

void
source_close(struct source *s)
{
	unsigned i;

	if (s == NULL)
		return;
	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		stream_free(s->slots[i].stream);
	located_list_clear(&s->files);
	buf_clear(&s->name);
	free(s);
}

static void
source_trouble(struct source *s, struct source_item *out, const char *name,
    int error, struct diag *d)
{
	*out = (struct source_item){ .event = SOURCE_TROUBLE,
		.trouble = TROUBLE_UNREADABLE,
		.file = name };
	diag_set(d, "%s: %s", name, source_strerror(s, error));
}

/* Opens the next file; false with an item if it cannot be. */
static bool
source_begin(struct source *s, struct source_item *out, struct diag *d)
{
	size_t file = s->next++;
	struct located *f = &s->files.v[file];
	unsigned i;
	int fd;

	if (f->error != 0) {
		source_trouble(s, out, f->path, f->error, d);
		return false;
	}
	fd = source_open_file(s, f);
	if (fd < 0) {
		source_trouble(s, out, f->path, errno, d);
		return false;
	}
	if (f->fd >= 0) {
		s->files.files->close(s->files.files->arg, f->fd);
		f->fd = -1;
	}
	for (i = 0; s->slots[i].stream != NULL; i++)
		INVARIANT(i + 1 < SOURCE_MAX_STREAMS);
	s->slots[i].stream = stream_new(
	    s->files.files, fd, f->path, s->opt.window.from_us, s->opt.parser);
	if (s->slots[i].stream == NULL) {
		source_trouble(s, out, f->path, ENOMEM, d);
		return false;
	}
	s->slots[i].file = file;
	s->bytes_skipped += stream_bytes_skipped(s->slots[i].stream);
	s->nopen++;
	return true;
}

static void
source_end(struct source *s, unsigned slot)
{
	s->bytes_read += stream_bytes_read(s->slots[slot].stream);
	stream_free(s->slots[slot].stream);
	s->slots[slot].stream = NULL;
	s->nopen--;
}

/* The stream whose next records are the oldest, and where the others are. */
static unsigned
source_oldest(struct source *s, int64_t *others_us)
{
	unsigned i, best = SOURCE_MAX_STREAMS;
	int64_t best_us = 0, t;

	*others_us = INT64_MAX;
	for (i = 0; i < SOURCE_MAX_STREAMS; i++) {
		if (s->slots[i].stream == NULL)
			continue;
		t = stream_peek(s->slots[i].stream);
		if (best == SOURCE_MAX_STREAMS || t < best_us) {
			if (best != SOURCE_MAX_STREAMS && best_us < *others_us)
				*others_us = best_us;
			best = i;
			best_us = t;
		} else if (t < *others_us)
			*others_us = t;
	}
	INVARIANT(best < SOURCE_MAX_STREAMS);
	return best;
}

/* Which stream goes on, and how far; opens the next file when its time has
 * come. False with an item if that fails. */
static bool
source_pick(struct source *s, unsigned *slot, int64_t *limit_us,
    struct source_item *out, struct diag *d)
{
	int64_t others_us, begins_us;

	for (;;) {
		bool more = s->next < s->files.n;

		if (s->nopen == 0 || (s->nopen == 1 && !more)) {
			if (s->nopen == 0 && !source_begin(s, out, d))
				return false;
			if (s->next < s->files.n)
				continue;
			for (*slot = 0; s->slots[*slot].stream == NULL;)
				++*slot;
			*limit_us = INT64_MAX;
			return true;
		}
		*slot = source_oldest(s, &others_us);
		more = more && s->nopen < SOURCE_MAX_STREAMS;
		begins_us = more ? s->files.v[s->next].begins_us : INT64_MAX;
		if (!more || begins_us > stream_peek(s->slots[*slot].stream))
			break;
		if (!source_begin(s, out, d))
			return false;
	}
	if (begins_us < others_us)
		others_us = begins_us;
	*limit_us = others_us == INT64_MIN ? INT64_MAX - 1
					   : source_plus(others_us, AHEAD_US);
	return true;
}

/* What is elsewhere is out of reach: what some files still have at hand would
 * look as if the others had nothing. */
static void
source_give_up(struct source *s)
{
	const struct files *f = s->files.files;
	unsigned i;

	if (f->lost == NULL || !f->lost(f->arg))
		return;
	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		if (s->slots[i].stream != NULL)
			source_end(s, i);
	s->next = s->files.n;
}

void
source_next(struct source *s, struct source_item *out, struct diag *d)
{
	int64_t limit_us;
	unsigned slot;

	for (;;) {
		if (s->nopen == 0 && s->next == s->files.n) {
			*out = (struct source_item){ .event = SOURCE_END };
			return;
		}
		if (!source_pick(s, &slot, &limit_us, out, d)) {
			source_give_up(s);
			return;
		}
		stream_next(s->slots[slot].stream, limit_us, out, d);
		out->stream = slot;
		out->file = s->files.v[s->slots[slot].file].path;
		if (out->event == SOURCE_TROUBLE)
			source_give_up(s);
		if (out->event != SOURCE_END)
			return;
		source_end(s, slot);
	}
}

uint64_t
source_bytes_read(const struct source *s)
{
	uint64_t n = s->bytes_read;
	unsigned i;

	for (i = 0; i < SOURCE_MAX_STREAMS; i++) {
		if (s->slots[i].stream != NULL)
			n += stream_bytes_read(s->slots[i].stream);
	}
	return n;
}

uint64_t
source_bytes_total(const struct source *s)
{
	uint64_t read = source_bytes_read(s), total = s->bytes_total;

	if (total == 0)
		return 0;
	total -= s->bytes_skipped < total ? s->bytes_skipped : total;
	return total > read ? total : read;
}

size_t
source_files(const struct source *s)
{
	return s->files.n;
}

bool
source_is_live(const struct source *s)
{
	return s->live;
}

int64_t
source_written_us(const struct source *s)
{
	int64_t newest = INT64_MIN;
	size_t i;

	for (i = 0; i < s->files.n; i++) {
		const struct located *f = &s->files.v[i];
		int64_t us = (int64_t)f->st.st_mtime * US_PER_S;

		if (f->dropped || f->error != 0 || !S_ISREG(f->st.st_mode))
			continue;
		if (f->path[f->stem_n] != '\0')
			return INT64_MIN;
		newest = us > newest ? us : newest;
	}
	return newest;
}
