/*
 * Doubt keeps a file: it costs reading, where leaving it out would cost
 * records. Order matters: what is there twice goes before anything is looked
 * into, what a name rules out before anything is opened.
 */
#include <stdlib.h>
#include <time.h>
#include "source/choose.h"
#include "source/input.h"
#include "source/stream.h"

/* Names say when the logger wrote; its clock, the workers' and rotation
 * itself are not that exact. */
#define CLOSE_MARGIN_US (120 * US_PER_S)
/* Records are logged up to an hour after their end (ssh, ftp). */
#define LATE_US (3600 * US_PER_S)
/* From UTC-12 to UTC+14, and a file opened in the hour before. */
#define ANY_ZONE_US (15 * 3600 * US_PER_S)

static bool
choose_bounded(const struct source_window *w)
{
	return w->from_us != INT64_MIN || w->to_us != INT64_MAX;
}

static int64_t
choose_plus(int64_t us, int64_t more_us)
{
	if (us == INT64_MIN || us == INT64_MAX)
		return us;
	if (more_us > 0 && us > INT64_MAX - more_us)
		return INT64_MAX;
	if (more_us < 0 && us < INT64_MIN - more_us)
		return INT64_MIN;
	return us + more_us;
}

/* Can a file of these times, give or take slack_us, hold what is wanted? */
static bool
choose_matters(
    const struct located *f, const struct source_window *w, int64_t slack_us)
{
	int64_t to = choose_plus(w->to_us, w->settle_us);

	if (choose_plus(f->ends_us, CLOSE_MARGIN_US + slack_us) < w->from_us)
		return false;
	return choose_plus(f->begins_us, -LATE_US - slack_us) <= to;
}

static bool
choose_is_compressed(const struct located *f)
{
	return f->path[f->stem_n] != '\0';
}

static bool
choose_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
choose_same_folder(const struct located *a, const struct located *b)
{
	return a->folder_n == b->folder_n &&
	    memcmp(a->path, b->path, a->folder_n) == 0;
}

static int
choose_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
choose_by_inode(const void *a, const void *b)
{
	const struct located *const *x = a, *const *y = b;
	int c = ((*x)->st.st_dev > (*y)->st.st_dev) -
	    ((*x)->st.st_dev < (*y)->st.st_dev);

	if (c == 0)
		c = ((*x)->st.st_ino > (*y)->st.st_ino) -
		    ((*x)->st.st_ino < (*y)->st.st_ino);
	/* Equal ones in the order in which they were found. */
	return c != 0 ? c : (*x > *y) - (*x < *y);
}

/* One rotation together, and its plain file first. */
static int
choose_by_rotation(const void *a, const void *b)
{
	const struct located *const *x = a, *const *y = b;
	int c = choose_order((*x)->open_wall_s, (*y)->open_wall_s);

	if (c == 0)
		c = choose_is_compressed(*x) - choose_is_compressed(*y);
	return c != 0 ? c : (*x > *y) - (*x < *y);
}

/* By folder and name without .gz, the plain file first. */
static int
choose_by_stem(const void *a, const void *b)
{
	const struct located *const *x = a, *const *y = b;
	size_t n = (*x)->stem_n < (*y)->stem_n ? (*x)->stem_n : (*y)->stem_n;
	int c = memcmp((*x)->path, (*y)->path, n);

	if (c == 0)
		c = ((*x)->stem_n > (*y)->stem_n) -
		    ((*x)->stem_n < (*y)->stem_n);
	if (c == 0)
		c = choose_is_compressed(*x) - choose_is_compressed(*y);
	return c != 0 ? c : (*x > *y) - (*x < *y);
}

/* A plain file of a spool and what the archiver makes of it. */
static bool
choose_is_archived(const struct located *plain, const struct located *packed)
{
	if (plain->open_wall_s == ROTATION_NO_TIME ||
	    plain->open_wall_s != packed->open_wall_s ||
	    choose_is_compressed(plain) || !choose_is_compressed(packed) ||
	    !choose_same_text(plain->writer, packed->writer))
		return false;
	if (plain->close_wall_s != packed->close_wall_s &&
	    plain->close_wall_s != ROTATION_NO_TIME &&
	    packed->close_wall_s != ROTATION_NO_TIME)
		return false;
	return plain->form == ROTATION_QUEUE ||
	    plain->form == ROTATION_DEFAULT ||
	    choose_same_folder(plain, packed);
}

static void
choose_drop_twins(struct located **v, size_t n)
{
	size_t i, j;

	qsort(v, n, sizeof(*v), choose_by_inode);
	for (i = 1; i < n; i++) {
		if (v[i]->st.st_ino == v[i - 1]->st.st_ino &&
		    v[i]->st.st_dev == v[i - 1]->st.st_dev)
			v[i]->dropped = true;
	}
	qsort(v, n, sizeof(*v), choose_by_rotation);
	for (i = 0; i < n; i++) {
		for (j = i + 1; !v[i]->dropped && !choose_is_compressed(v[i]) &&
		     j < n && v[j]->open_wall_s == v[i]->open_wall_s &&
		     v[i]->open_wall_s != ROTATION_NO_TIME;
		     j++)
			v[j]->dropped |= choose_is_archived(v[i], v[j]);
	}
}

/* conn.log and conn.log.gz: the same only if they begin alike. */
static void
choose_drop_packed_strays(struct located **v, size_t n)
{
	size_t i;

	qsort(v, n, sizeof(*v), choose_by_stem);
	for (i = 1; i < n; i++) {
		const struct located *plain = v[i - 1];
		struct located *packed = v[i];

		if (plain->stem_n == packed->stem_n &&
		    memcmp(plain->path, packed->path, plain->stem_n) == 0 &&
		    !choose_is_compressed(plain) && !plain->dropped &&
		    plain->begins_us == packed->begins_us &&
		    plain->begins_us != INT64_MIN)
			packed->dropped = true;
	}
}

/* What the names say; a name with one time ends where the next one begins. */
static void
choose_read_names(struct located **v, size_t n, const char *tz)
{
	struct rotation_zone zone = { .tz = tz };
	int64_t unused;
	size_t i, j;

	qsort(v, n, sizeof(*v), choose_by_rotation);
	for (i = 0; i < n; i++) {
		struct located *f = v[i];

		if (f->open_wall_s == ROTATION_NO_TIME)
			continue;
		for (j = i + 1; j < n && f->form == ROTATION_DEFAULT &&
		     f->close_wall_s == ROTATION_NO_TIME;
		     j++) {
			if (v[j]->form == ROTATION_DEFAULT &&
			    v[j]->open_wall_s > f->open_wall_s &&
			    choose_same_folder(f, v[j]))
				f->close_wall_s = v[j]->open_wall_s;
		}
		rotation_zone_range(
		    &zone, f->open_wall_s, &f->begins_us, &unused);
		if (f->close_wall_s != ROTATION_NO_TIME)
			rotation_zone_range(
			    &zone, f->close_wall_s, &unused, &f->ends_us);
	}
}

static int
choose_open(const struct located *f, const struct files *files)
{
	return f->fd >= 0 ? files->dup(files->arg, f->fd)
			  : files->open(files->arg, f->path);
}

/* Times from the file itself; false if it has none, or cannot be read, which
 * is said when it is its turn. */
static bool
choose_look_into(struct located *f, const struct files *files,
    const struct flow_parser_options *parser)
{
	struct stream *st;
	struct stream_times t;
	int fd = choose_open(f, files);
	bool known;

	if (fd < 0)
		return false;
	st = stream_new(files, fd, f->path, INT64_MIN, parser);
	known = st != NULL && stream_times(st, &t);
	if (known) {
		if (f->open_wall_s == ROTATION_NO_TIME && !f->live)
			f->ends_us = t.last_us;
		else if (f->close_wall_s != ROTATION_NO_TIME)
			f->ends_us = choose_plus(t.first_us,
			    (f->close_wall_s - f->open_wall_s) * US_PER_S +
				LATE_US);
		f->begins_us = t.earliest_us;
	}
	stream_free(st);
	if (f->fd >= 0)
		(void)files->seek(files->arg, f->fd, 0);
	return known;
}

/* The last line of a log that was closed in order. */
static bool
choose_is_closed(const struct files *files, int fd, off_t size)
{
	char tail[128];
	off_t from =
	    size > (off_t)sizeof(tail) ? size - (off_t)sizeof(tail) : 0;
	ssize_t n =
	    files->pread(files->arg, fd, tail, sizeof(tail), (uint64_t)from);
	const char *nl;

	if (n <= 1)
		return false;
	nl = memrchr(tail, '\n', (size_t)n - 1);
	nl = nl == NULL ? tail : nl + 1;
	return (size_t)(tail + n - nl) > 6 && memcmp(nl, "#close", 6) == 0;
}

/* Opens what may be written to while we read. */
static void
choose_hold(struct located *f, const struct files *files, size_t *nheld)
{
	bool young = time(NULL) - f->st.st_mtime < INPUT_YOUNG_S;

	if (f->close_wall_s != ROTATION_NO_TIME || choose_is_compressed(f) ||
	    !S_ISREG(f->st.st_mode) || (!young && !f->spool) ||
	    *nheld == SOURCE_MAX_STREAMS)
		return;
	f->fd = files->open(files->arg, f->path);
	if (f->fd < 0)
		return;
	f->live = f->spool ? f->form != ROTATION_DEFAULT
			   : !choose_is_closed(files, f->fd, f->st.st_size);
	if (f->live) {
		++*nheld;
		return;
	}
	files->close(files->arg, f->fd);
	f->fd = -1;
}

static void
choose_times(struct located_list *l, struct located **v, size_t n,
    const struct source_options *opt)
{
	const struct source_window *w = &opt->window;
	bool guess = opt->tz == NULL && choose_bounded(w);
	size_t i, nheld = 0;

	choose_read_names(v, n, opt->tz);
	for (i = 0; i < n; i++) {
		struct located *f = v[i];

		if (f->dropped)
			continue;
		if (!l->single &&
		    !choose_matters(f, w, guess ? ANY_ZONE_US : 0)) {
			f->dropped = true;
			continue;
		}
		choose_hold(f, l->files, &nheld);
		if (!l->single &&
		    (guess || f->open_wall_s == ROTATION_NO_TIME) &&
		    choose_look_into(f, l->files, opt->parser))
			f->dropped = !choose_matters(f, w, 0);
	}
}

static int
choose_by_time(const void *a, const void *b)
{
	const struct located *x = a, *y = b;
	int c = choose_order(x->begins_us, y->begins_us);

	if (c == 0)
		c = choose_order(x->ends_us, y->ends_us);
	return c != 0 ? c : strcmp(x->path, y->path);
}

static void
choose_sweep(struct located_list *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++) {
		struct located *f = &l->v[i];

		if (!f->dropped) {
			l->v[kept++] = *f;
			continue;
		}
		located_clear(f, l->files);
	}
	l->n = kept;
	if (kept > 0)
		qsort(l->v, kept, sizeof(*l->v), choose_by_time);
}

bool
choose(struct located_list *l, const struct source_options *opt, struct diag *d)
{
	struct located **v;
	size_t i, n = 0;

	if (l->n == 0)
		return true;
	v = calloc(l->n, sizeof(*v));
	if (v == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < l->n; i++) {
		if (l->v[i].error == 0)
			v[n++] = &l->v[i];
	}
	if (n > 0) {
		choose_drop_twins(v, n);
		choose_times(l, v, n, opt);
		choose_drop_packed_strays(v, n);
	}
	free(v);
	choose_sweep(l);
	return true;
}

bool
choose_holds(const struct located_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct located *f = &l->v[i];

		if (f->fd >= 0 &&
		    !l->files->same(l->files->arg, f->fd, f->path))
			return false;
	}
	return true;
}
