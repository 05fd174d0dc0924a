/*
 * Walks folders by a table of the names that Zeek's own tools use. Folders in
 * which a running Zeek writes come first: a log that is rotated away while we
 * look is then met again in the archive and told by its inode, not missed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "source/locate.h"
#include "source/wildcard.h"

/* Names of days are local time, and a file belongs to the day of its opening:
 * a day for the zone, one for the file, one for late records. */
#define DAY_MARGIN_US (3 * 86400 * US_PER_S)

struct locate {
	const struct files *files;
	const struct source_window *window;
	struct located_list *out;
	struct diag *d;
	struct {
		dev_t dev;
		ino_t ino;
	} * dirs; /* owned: folders seen, against links that go in circles */
	size_t ndirs;
	bool seen_conn; /* some conn.log, or a day that is out of the window */
	bool failed;
};

enum locate_role {
	ROLE_NONE,
	ROLE_SPOOL, /* a running Zeek writes here */
	ROLE_PLAIN  /* may hold logs or such folders */
};

static const struct {
	const char *name;
	bool is_prefix;
	enum locate_role role;
} locate_roles[] = {
	{ "current", false, ROLE_SPOOL },
	{ "logger", false, ROLE_SPOOL },
	{ "logger-", true, ROLE_SPOOL },
	{ "manager", false, ROLE_SPOOL },
	{ "zeek", false, ROLE_PLAIN },
	{ "bro", false, ROLE_PLAIN },
	{ "log-queue", false, ROLE_PLAIN },
	{ "logs", false, ROLE_PLAIN },
	{ "spool", false, ROLE_PLAIN },
	{ "var", false, ROLE_PLAIN },
};

static const char *
locate_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static bool
locate_is_logger(const char *name)
{
	return strncmp(name, "logger-", 7) == 0;
}

static enum locate_role
locate_role(const char *name)
{
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(locate_roles); i++) {
		n = strlen(locate_roles[i].name);
		if (strncmp(name, locate_roles[i].name, n) == 0 &&
		    (locate_roles[i].is_prefix || name[n] == '\0'))
			return locate_roles[i].role;
	}
	return ROLE_NONE;
}

static char *
locate_join(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *p = malloc(n);

	if (p != NULL)
		(void)snprintf(p, n, "%s%s%s", dir,
		    dir[strlen(dir) - 1] == '/' ? "" : "/", name);
	return p;
}

static int
locate_stat(const struct locate *l, const char *path, struct stat *st)
{
	return l->files->stat(l->files->arg, path, st);
}

static void
locate_no_memory(struct locate *l)
{
	diag_set(l->d, "out of memory");
	l->failed = true;
}

static struct located *
locate_add(struct locate *l, const char *path)
{
	struct located_list *o = l->out;
	struct located *f;
	size_t cap;

	if (o->n == LOCATE_MAX_FILES) {
		diag_set(l->d, "%s: more than %u logs; wanted a narrower name",
		    path, LOCATE_MAX_FILES);
		l->failed = true;
		return NULL;
	}
	if (o->n == o->cap) {
		cap = o->cap == 0 ? 64 : 2 * o->cap;
		f = realloc(o->v, cap * sizeof(*f));
		if (f == NULL) {
			locate_no_memory(l);
			return NULL;
		}
		o->v = f;
		o->cap = cap;
	}
	f = &o->v[o->n];
	*f = (struct located){ .path = strdup(path),
		.fd = -1,
		.begins_us = INT64_MIN,
		.ends_us = INT64_MAX };
	if (f->path == NULL) {
		locate_no_memory(l);
		return NULL;
	}
	o->n++;
	return f;
}

static void
locate_add_error(struct locate *l, const char *path, int error)
{
	struct located *f = locate_add(l, path);

	if (f != NULL)
		f->error = error;
}

/* The date of the folder that a file lies in. */
static int64_t
locate_day_of(const char *path, size_t folder_n)
{
	char name[16];
	size_t from = folder_n;
	int64_t day_s;

	while (from > 0 && path[from - 1] != '/')
		from--;
	if (folder_n - from >= sizeof(name))
		return ROTATION_NO_TIME;
	memcpy(name, path + from, folder_n - from);
	name[folder_n - from] = '\0';
	return rotation_parse_day(name, &day_s) ? day_s : ROTATION_NO_TIME;
}

/* The logger's name, from the file's or from its folder's. */
static char *
locate_writer(const struct located *f, const struct rotation *r)
{
	size_t from = f->folder_n;

	if (r->suffix.n > 0)
		return strndup(r->suffix.p, r->suffix.n);
	while (from > 0 && f->path[from - 1] != '/')
		from--;
	if (locate_is_logger(f->path + from))
		return strndup(f->path + from, f->folder_n - from);
	return NULL;
}

static void
locate_add_file(struct locate *l, const char *path, const struct stat *st)
{
	struct located *f = locate_add(l, path);
	const char *name = locate_base(path);
	struct rotation r;

	if (f == NULL)
		return;
	f->st = *st;
	f->folder_n = name > path ? (size_t)(name - path) - 1 : 0;
	rotation_parse(
	    f->path + (name - path), locate_day_of(path, f->folder_n), &r);
	f->form = r.form;
	f->open_wall_s = r.open_wall_s;
	f->close_wall_s = r.close_wall_s;
	f->stem_n = (size_t)(r.stem.p - f->path) + r.stem.n;
	f->writer = locate_writer(f, &r);
}

/* True the first time that a folder is seen. */
static bool
locate_enter_dir(struct locate *l, const struct stat *st)
{
	size_t i;
	void *p;

	for (i = 0; i < l->ndirs; i++) {
		if (l->dirs[i].dev == st->st_dev &&
		    l->dirs[i].ino == st->st_ino)
			return false;
	}
	if (l->ndirs == LOCATE_MAX_DIRS) {
		diag_set(l->d, "more than %d folders of logs", LOCATE_MAX_DIRS);
		l->failed = true;
		return false;
	}
	if (l->ndirs % 64 == 0) {
		p = realloc(l->dirs, (l->ndirs + 64) * sizeof(*l->dirs));
		if (p == NULL) {
			locate_no_memory(l);
			return false;
		}
		l->dirs = p;
	}
	l->dirs[l->ndirs].dev = st->st_dev;
	l->dirs[l->ndirs].ino = st->st_ino;
	l->ndirs++;
	return true;
}

static bool
locate_day_matters(const struct locate *l, int64_t day_s)
{
	int64_t us = day_s * US_PER_S;
	const struct source_window *w = l->window;

	if (w->from_us > INT64_MIN + DAY_MARGIN_US &&
	    us < w->from_us - DAY_MARGIN_US)
		return false;
	return w->to_us > INT64_MAX - DAY_MARGIN_US - w->settle_us ||
	    us < w->to_us + w->settle_us + DAY_MARGIN_US;
}

static int
locate_compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	bool x_spool = locate_role(*x) != ROLE_NONE;
	bool y_spool = locate_role(*y) != ROLE_NONE;

	if (x_spool != y_spool)
		return x_spool ? -1 : 1;
	return strcmp(*x, *y);
}

static void
locate_free_names(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

struct locate_names {
	char **v; /* owned, as each */
	size_t n;
	bool failed;
};

static bool
locate_take_name(void *arg, const char *name)
{
	struct locate_names *names = arg;
	struct rotation r;
	int64_t day_s;
	char **more;

	rotation_parse(name, ROTATION_NO_TIME, &r);
	if (r.form == ROTATION_FOREIGN && locate_role(name) == ROLE_NONE &&
	    !rotation_parse_day(name, &day_s))
		return true;
	if (names->n % 64 == 0) {
		more = realloc(names->v, (names->n + 64) * sizeof(*more));
		if (more == NULL) {
			names->failed = true;
			return false;
		}
		names->v = more;
	}
	names->v[names->n] = strdup(name);
	names->failed = names->v[names->n] == NULL;
	return !names->failed && ++names->n < LOCATE_MAX_FILES;
}

/* The names in a folder that can matter; *error is set if it cannot be read. */
static char **
locate_names(struct locate *l, const char *path, size_t *n, int *error)
{
	struct locate_names names = { NULL, 0, false };

	*error = 0;
	if (l->files->list(l->files->arg, path, locate_take_name, &names) != 0)
		*error = errno;
	else if (names.failed)
		*error = ENOMEM;
	if (names.n > 0)
		qsort(names.v, names.n, sizeof(*names.v), locate_compare_names);
	*n = names.n;
	return names.v;
}

static void
locate_dir(struct locate *l, const char *path, unsigned depth, bool spool);

/* One entry of a folder. */
static void
locate_entry(struct locate *l, const char *path, unsigned depth, bool spool)
{
	const char *name = locate_base(path);
	struct rotation r;
	struct stat st;
	int64_t day_s;

	if (rotation_parse_day(name, &day_s) && !locate_day_matters(l, day_s)) {
		l->seen_conn = true;
		return;
	}
	if (locate_stat(l, path, &st) != 0) {
		/* Rotated away since, or a link left behind. */
		if (errno != ENOENT)
			locate_add_error(l, path, errno);
		return;
	}
	rotation_parse(name, ROTATION_NO_TIME, &r);
	if (S_ISDIR(st.st_mode) && r.form == ROTATION_FOREIGN)
		locate_dir(l, path, depth + 1,
		    spool || locate_role(name) == ROLE_SPOOL);
	else if (S_ISREG(st.st_mode) && r.form != ROTATION_FOREIGN) {
		locate_add_file(l, path, &st);
		if (l->failed)
			return;
		l->out->v[l->out->n - 1].spool = spool;
	}
}

/* With several loggers, `current` is the spool of one of them. */
static void
locate_siblings(struct locate *l, const char *path, unsigned depth)
{
	char *real = l->files->real(l->files->arg, path), *slash, *p;
	char **names;
	size_t i, n;
	int error;

	if (real == NULL || !locate_is_logger(locate_base(real)) ||
	    (slash = strrchr(real, '/')) == NULL || slash == real) {
		free(real);
		return;
	}
	*slash = '\0';
	names = locate_names(l, real, &n, &error);
	for (i = 0; i < n && !l->failed; i++) {
		if (!locate_is_logger(names[i]))
			continue;
		p = locate_join(real, names[i]);
		if (p == NULL)
			locate_no_memory(l);
		else
			locate_entry(l, p, depth, true);
		free(p);
	}
	locate_free_names(names, n);
	free(real);
}

static void
locate_dir(struct locate *l, const char *path, unsigned depth, bool spool)
{
	struct stat st;
	char **names, *p;
	size_t i, n;
	int error;

	if (depth > LOCATE_MAX_DEPTH || locate_stat(l, path, &st) != 0 ||
	    !locate_enter_dir(l, &st))
		return;
	names = locate_names(l, path, &n, &error);
	if (error != 0)
		locate_add_error(l, path, error);
	for (i = 0; i < n && !l->failed; i++) {
		p = locate_join(path, names[i]);
		if (p == NULL)
			locate_no_memory(l);
		else
			locate_entry(l, p, depth, spool);
		free(p);
	}
	locate_free_names(names, n);
	if (strcmp(locate_base(path), "current") == 0)
		locate_siblings(l, path, depth);
}

/* conn-summary, conn_long: a pattern like conn* takes them in by mistake. */
static bool
locate_is_other_log(const char *path)
{
	const char *name = locate_base(path);

	return strncmp(name, "conn-", 5) == 0 ||
	    (strncmp(name, "conn_", 5) == 0 && name[5] != '_');
}

static void
locate_glob_matches(struct locate *l, const struct wildcard *w, bool others)
{
	struct stat st;
	size_t i;

	for (i = 0; i < w->n && !l->failed; i++) {
		const char *path = w->v[i];

		if (locate_stat(l, path, &st) != 0)
			locate_add_error(l, path, errno);
		else if (S_ISDIR(st.st_mode))
			locate_dir(l, path, 0, false);
		else if (S_ISREG(st.st_mode) &&
		    (others || !locate_is_other_log(path)))
			locate_add_file(l, path, &st);
	}
}

static void
locate_glob(struct locate *l, const char *pattern)
{
	struct wildcard w;

	wildcard_expand(l->files, pattern, LOCATE_MAX_FILES, &w);
	if (w.failed)
		locate_no_memory(l);
	else if (w.n == 0 && w.error != 0)
		diag_set(l->d, "%s: %s", pattern,
		    l->files->error(l->files->arg, w.error));
	else if (w.n == 0)
		diag_set(
		    l->d, "%s: no such file, and no file matches it", pattern);
	if (w.failed || w.n == 0)
		l->failed = true;
	locate_glob_matches(l, &w, false);
	/* Names of that kind alone are the user's own. */
	if (l->out->n == 0 && !l->failed)
		locate_glob_matches(l, &w, true);
	wildcard_clear(&w);
}

static void
locate_operand(struct locate *l, const char *operand)
{
	struct stat st;

	if (operand[0] == '\0') {
		diag_set(l->d,
		    "an empty name; wanted a file, a folder, a "
		    "pattern or -");
		l->failed = true;
	} else if (locate_stat(l, operand, &st) == 0 && S_ISDIR(st.st_mode)) {
		locate_dir(l, operand, 0,
		    locate_role(locate_base(operand)) == ROLE_SPOOL);
	} else if (locate_stat(l, operand, &st) == 0) {
		locate_add_file(l, operand, &st);
		l->out->single = true;
	} else if (errno == ENOENT && wildcard_is(l->files, operand)) {
		locate_glob(l, operand);
	} else {
		diag_set(l->d, "%s: %s", operand,
		    l->files->error(l->files->arg, errno));
		l->failed = true;
	}
}

void
located_clear(struct located *f, const struct files *files)
{
	free(f->path);
	free(f->writer);
	if (f->fd >= 0)
		files->close(files->arg, f->fd);
}

void
located_list_clear(struct located_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		located_clear(&l->v[i], l->files);
	free(l->v);
	*l = (struct located_list){ .files = l->files };
}

bool
locate(const char *operand, const struct files *files,
    const struct source_window *w, struct located_list *out, struct diag *d)
{
	struct locate l = { .files = files, .window = w, .out = out, .d = d };
	size_t i, readable = 0;

	*out = (struct located_list){ .files = files };
	locate_operand(&l, operand);
	free(l.dirs);
	for (i = 0; i < out->n; i++)
		readable += out->v[i].error == 0;
	if (!l.failed && readable == 0 && !l.seen_conn) {
		if (out->n > 0)
			diag_set(d, "%s: %s", out->v[0].path,
			    files->error(files->arg, out->v[0].error));
		else
			diag_set(d,
			    "%s: no conn.log in it; wanted one, or folders "
			    "like 2024-06-01 or current that hold some",
			    operand);
		l.failed = true;
	}
	if (l.failed)
		located_list_clear(out);
	return !l.failed;
}
