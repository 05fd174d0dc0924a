/*
 * SFTP tells neither device nor inode: a file is known by its path without
 * links. What a folder's listing says of its files is kept until the next
 * listing, so that an archive costs one question a folder and not one a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "net/sftp.h"
#include "pipeline/remote_files.h"
#include "pipeline/remote_target.h"

#define REMOTE_FILES_OPEN 64 /* at a time */

struct remote_entry {
	char *name; /* owned */
	struct sftp_attrs attrs;
};

struct remote_files {
	struct files table;
	struct remote_target target;
	struct sftp *sftp; /* owned */
	struct {
		struct sftp_file *file; /* owned; NULL: free */
		unsigned refs;
		uint64_t pos;
	} open[REMOTE_FILES_OPEN];
	/* The last folder that was listed. */
	struct buf folder, real;      /* its path, and that without links */
	struct remote_entry *entries; /* owned, in order of name */
	size_t nentries;
	bool no_memory;
};

void
remote_files_path(
    const struct config_sensor *s, const char *path, struct buf *out)
{
	buf_printf(out, "ssh://%s%s%s", s->user != NULL ? s->user : "",
	    s->user != NULL ? "@" : "", s->address);
	if (path[0] != '/')
		buf_add_str(out, "/~/");
	buf_add_str(out, path);
}

/* As the server knows it; "/~/" is the home of the user there. */
static const char *
remote_path(const struct remote_files *r, const char *path)
{
	path += r->table.root_n;
	if (strncmp(path, "/~/", 3) != 0)
		return path;
	path += 3;
	return *path == '\0' ? "." : path;
}

static int
remote_fail(int error)
{
	errno = error;
	return error == 0 ? 0 : -1;
}

static int
remote_open(void *arg, const char *path)
{
	struct remote_files *r = arg;
	int fd = 0, error;

	while (fd < REMOTE_FILES_OPEN && r->open[fd].file != NULL)
		fd++;
	if (fd == REMOTE_FILES_OPEN)
		return remote_fail(EMFILE);
	error = sftp_open(r->sftp, remote_path(r, path), &r->open[fd].file);
	if (error != 0)
		return remote_fail(error);
	r->open[fd].refs = 1;
	r->open[fd].pos = 0;
	return fd;
}

static int
remote_dup(void *arg, int fd)
{
	struct remote_files *r = arg;

	r->open[fd].refs++;
	return fd;
}

static void
remote_close(void *arg, int fd)
{
	struct remote_files *r = arg;

	if (--r->open[fd].refs > 0)
		return;
	sftp_close(r->open[fd].file);
	r->open[fd].file = NULL;
}

/* Servers that tell no mode have plain files only. */
static void
remote_stat_of(const struct sftp_attrs *a, uint64_t ino, struct stat *st)
{
	*st = (struct stat){ .st_mode = a->has_mode ? a->mode : S_IFREG,
		.st_size =
		    a->has_size && a->size <= INT64_MAX ? (off_t)a->size : 0,
		.st_mtime = a->has_times ? a->mtime : 0,
		.st_ino = (ino_t)ino };
}

static int
remote_fstat(void *arg, int fd, struct stat *st)
{
	struct remote_files *r = arg;

	remote_stat_of(sftp_attrs(r->open[fd].file), 0, st);
	return 0;
}

/* FNV-1a. */
static uint64_t
remote_hash(uint64_t h, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
remote_ino(struct span folder, const char *name)
{
	uint64_t h = remote_hash(UINT64_C(0xcbf29ce484222325), folder);

	if (folder.n != 1) /* "/" */
		h = remote_hash(h, SPAN_LITERAL("/"));
	return remote_hash(h, span_from(name));
}

static int
remote_compare_entries(const void *a, const void *b)
{
	const struct remote_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* What the listing said of a path; NULL: nothing, or that it is a link. */
static const struct remote_entry *
remote_listed(const struct remote_files *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct remote_entry *e;
	struct remote_entry key = { 0 };

	if (slash == NULL || r->nentries == 0 ||
	    !span_equal(buf_span(&r->folder),
		(struct span){ path, (size_t)(slash - path) }))
		return NULL;
	key.name = (char *)(uintptr_t)slash + 1;
	e = bsearch(
	    &key, r->entries, r->nentries, sizeof(*e), remote_compare_entries);
	if (e == NULL || !e->attrs.has_mode || !e->attrs.has_size ||
	    !e->attrs.has_times || S_ISLNK(e->attrs.mode))
		return NULL;
	return e;
}

static int
remote_stat(void *arg, const char *path, struct stat *st)
{
	struct remote_files *r = arg;
	const struct remote_entry *e = remote_listed(r, path);
	struct buf real = BUF_INIT;
	struct sftp_attrs a;
	const char *slash;
	int error;

	if (e != NULL) {
		remote_stat_of(
		    &e->attrs, remote_ino(buf_span(&r->real), e->name), st);
		return 0;
	}
	path = remote_path(r, path);
	error = sftp_stat(r->sftp, path, &a);
	if (error == 0)
		error = sftp_real(r->sftp, path, &real);
	if (error == 0) {
		slash = strrchr(real.p, '/');
		remote_stat_of(&a,
		    remote_ino(
			(struct span){ real.p,
			    slash == real.p ? 1 : (size_t)(slash - real.p) },
			slash + 1),
		    st);
	}
	buf_clear(&real);
	return remote_fail(error);
}

static ssize_t
remote_read_at(struct remote_files *r, int fd, void *to, size_t max,
    uint64_t offset, enum sftp_ahead ahead)
{
	size_t n;
	int error = sftp_read(r->open[fd].file, to, max, offset, ahead, &n);

	if (error != 0)
		return remote_fail(error);
	return (ssize_t)n;
}

static ssize_t
remote_read(void *arg, int fd, void *to, size_t max)
{
	struct remote_files *r = arg;
	ssize_t n =
	    remote_read_at(r, fd, to, max, r->open[fd].pos, SFTP_GOES_ON);

	if (n > 0)
		r->open[fd].pos += (uint64_t)n;
	return n;
}

static ssize_t
remote_pread(void *arg, int fd, void *to, size_t max, uint64_t offset)
{
	return remote_read_at(arg, fd, to, max, offset, SFTP_ALONE);
}

static int
remote_seek(void *arg, int fd, uint64_t offset)
{
	struct remote_files *r = arg;

	r->open[fd].pos = offset;
	return 0;
}

static void
remote_forget(struct remote_files *r)
{
	size_t i;

	for (i = 0; i < r->nentries; i++)
		free(r->entries[i].name);
	free(r->entries);
	r->entries = NULL;
	r->nentries = 0;
	r->folder.n = r->real.n = 0;
	r->no_memory = false;
}

static bool
remote_remember(void *arg, const char *name, const struct sftp_attrs *attrs)
{
	struct remote_files *r = arg;
	struct remote_entry *more;

	if (r->nentries % 64 == 0) {
		more = realloc(r->entries, (r->nentries + 64) * sizeof(*more));
		if (more == NULL) {
			r->no_memory = true;
			return false;
		}
		r->entries = more;
	}
	r->entries[r->nentries].attrs = *attrs;
	r->entries[r->nentries].name = strdup(name);
	r->no_memory = r->entries[r->nentries].name == NULL;
	r->nentries += !r->no_memory;
	return !r->no_memory;
}

static int
remote_list(void *arg, const char *path, files_name_fn *name, void *name_arg)
{
	struct remote_files *r = arg;
	size_t i, n = strlen(path);
	int error;

	remote_forget(r);
	error = sftp_list(r->sftp, remote_path(r, path), remote_remember, r);
	if (error == 0 && !r->no_memory)
		error = sftp_real(r->sftp, remote_path(r, path), &r->real);
	while (n > r->table.root_n && path[n - 1] == '/')
		n--;
	buf_add(&r->folder, path, n);
	if (r->no_memory || !buf_ok(&r->folder))
		error = ENOMEM;
	if (error != 0) {
		remote_forget(r);
		return remote_fail(error);
	}
	if (r->nentries > 0)
		qsort(r->entries, r->nentries, sizeof(*r->entries),
		    remote_compare_entries);
	for (i = 0; i < r->nentries; i++)
		if (!name(name_arg, r->entries[i].name))
			break;
	return 0;
}

static char *
remote_real(void *arg, const char *path)
{
	struct remote_files *r = arg;
	struct buf real = BUF_INIT;
	int error;

	buf_add(&real, path, r->table.root_n);
	error = sftp_real(r->sftp, remote_path(r, path), &real);
	if (error == 0 && buf_ok(&real))
		return real.p;
	buf_clear(&real);
	(void)remote_fail(error != 0 ? error : ENOMEM);
	return NULL;
}

/* A log that was rotated away has a new and shorter one in its place. */
static bool
remote_same(void *arg, int fd, const char *path)
{
	struct remote_files *r = arg;
	const struct sftp_attrs *held = sftp_attrs(r->open[fd].file);
	struct sftp_attrs named;

	return sftp_stat(r->sftp, remote_path(r, path), &named) == 0 &&
	    named.size >= held->size && named.mtime >= held->mtime;
}

static bool
remote_lost(void *arg)
{
	const struct remote_files *r = arg;

	return sftp_is_lost(r->sftp);
}

static const char *
remote_error(void *arg, int error)
{
	const struct remote_files *r = arg;

	return sftp_error(r->sftp, error);
}

struct remote_files *
remote_files_new(
    const struct config_sensor *s, ssh_answer answer, struct diag *d)
{
	static const struct files functions = {
		.open = remote_open,
		.dup = remote_dup,
		.close = remote_close,
		.fstat = remote_fstat,
		.stat = remote_stat,
		.read = remote_read,
		.pread = remote_pread,
		.seek = remote_seek,
		.list = remote_list,
		.real = remote_real,
		.same = remote_same,
		.lost = remote_lost,
		.error = remote_error,
	};
	struct remote_files *r = calloc(1, sizeof(*r));
	struct buf root = BUF_INIT;

	if (r == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	remote_files_path(s, "/", &root);
	r->table = functions;
	r->table.arg = r;
	r->table.root_n = root.n - 1;
	if (!buf_ok(&root))
		diag_set(d, "out of memory");
	else if (remote_target_make(&r->target, s, answer, d)) {
		/* A log is as long as it is, if nothing was said. */
		if (s->head.at[CONFIG_BUDGET].line == 0)
			r->target.limits.budget_bytes = 0;
		r->sftp = sftp_new(&r->target.hop[0], &r->target.limits, d);
	}
	buf_clear(&root);
	if (r->sftp == NULL) {
		remote_files_free(r);
		return NULL;
	}
	return r;
}

void
remote_files_free(struct remote_files *r)
{
	int fd;

	if (r == NULL)
		return;
	for (fd = 0; fd < REMOTE_FILES_OPEN; fd++)
		sftp_close(r->open[fd].file);
	sftp_free(r->sftp);
	remote_forget(r);
	buf_clear(&r->folder);
	buf_clear(&r->real);
	remote_target_clear(&r->target);
	free(r);
}

const struct files *
remote_files_table(const struct remote_files *r)
{
	return &r->table;
}

uint64_t
remote_files_bytes(const struct remote_files *r)
{
	return sftp_file_bytes(r->sftp);
}

uint64_t
remote_files_wire_bytes(const struct remote_files *r)
{
	return sftp_wire_bytes(r->sftp);
}
