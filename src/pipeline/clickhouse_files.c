/*
 * The window is cut into parts of a bounded number of rows, since a server
 * sorts each answer before it sends the first row of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compare/compare.h"
#include "pipeline/clickhouse_files.h"
#include "source/clickhouse_digest.h"

#define FILES_OPEN 4 /* at a time */
#define FILES_LOOK_ROWS 8192
#define FILES_FIRST_ROWS 100000
#define FILES_LOOK_US (3600 * US_PER_S)
#define FILES_PARTS_MAX 65536 /* of a window, whatever it is said to have */
/* Times that a server may say: sums of them do not overflow. */
#define FILES_TIME_MAX (INT64_C(1) << 60)

struct clickhouse_open {
	struct clickhouse_stream *stream; /* owned; NULL: between parts */
	size_t part;                      /* the next one */
	struct buf header;
	size_t header_pos;
	unsigned refs; /* 0: free */
};

struct clickhouse_files {
	struct files table;
	struct clickhouse_conn *conn; /* borrowed */
	struct source_window window;
	enum clickhouse_reading reading;
	struct clickhouse_range *parts; /* owned, and their texts */
	size_t nparts;
	bool planned, given;
	struct clickhouse_open open[FILES_OPEN];
	struct diag why;
	bool lost;
};

static void
files_free_parts(struct clickhouse_range *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free((char *)(uintptr_t)v[i].with);
		free((char *)(uintptr_t)v[i].where);
	}
	free(v);
}

static char *
files_copy(const char *text, bool *ok)
{
	char *p = text == NULL ? NULL : strdup(text);

	*ok = *ok && (text == NULL || p != NULL);
	return p;
}

static void
files_forget(struct clickhouse_files *f)
{
	files_free_parts(f->parts, f->nparts);
	f->parts = NULL;
	f->nparts = 0;
	f->planned = false;
}

static bool
files_add(struct clickhouse_files *f, const struct clickhouse_range *r)
{
	bool ok = true;
	void *p;

	if ((f->nparts & (f->nparts - 1)) == 0) {
		p = realloc(f->parts,
		    (f->nparts == 0 ? 1 : 2 * f->nparts) * sizeof(*f->parts));
		ok = p != NULL;
		f->parts = ok ? p : f->parts;
	}
	if (ok) {
		f->parts[f->nparts] = *r;
		f->parts[f->nparts].with = files_copy(r->with, &ok);
		f->parts[f->nparts++].where = files_copy(r->where, &ok);
	}
	if (!ok)
		diag_set(&f->why, "out of memory");
	return ok;
}

/* -- the plan -- */

struct files_count {
	uint64_t rows;
	int64_t first_us, last_us;
};

/* "N\tFIRST\tLAST\n", which may be negative before 1970. */
static bool
files_parse_count(struct span s, struct files_count *out)
{
	uint64_t v[3] = { 0, 0, 0 };
	size_t i, n;

	for (i = 0; i < 3; i++) {
		const char *end = memchr(s.p, i < 2 ? '\t' : '\n', s.n);
		bool minus = s.n > 0 && s.p[0] == '-';

		if (end == NULL)
			return false;
		n = (size_t)(end - s.p);
		if ((minus && i == 0) ||
		    !span_parse_u64((struct span){ s.p + minus, n - minus },
			INT64_MAX, &v[i]))
			return false;
		if (i > 0 && v[i] > FILES_TIME_MAX)
			v[i] = FILES_TIME_MAX;
		v[i] = minus ? -v[i] : v[i];
		s.p += n + 1;
		s.n -= n + 1;
	}
	*out = (struct files_count){ v[0], (int64_t)v[1], (int64_t)v[2] };
	return true;
}

static bool
files_count(struct clickhouse_files *f, const struct clickhouse_range *r,
    struct files_count *out)
{
	struct buf sql = BUF_INIT, answer = BUF_INIT;
	bool ok;

	clickhouse_sql_count(clickhouse_conn_binding(f->conn), r, &sql);
	ok = buf_ok(&sql);
	if (!ok)
		diag_set(&f->why, "out of memory");
	ok = ok &&
	    clickhouse_conn_ask(f->conn, buf_span(&sql), &answer, &f->why);
	if (ok && !files_parse_count(buf_span(&answer), out)) {
		diag_set(&f->why, "%s: an answer that is no count",
		    clickhouse_conn_path(f->conn));
		ok = false;
	}
	buf_clear(&sql);
	buf_clear(&answer);
	return ok;
}

/* The shortest stretch before or after a time that has enough flows, or all
 * that there are: *n of them. */
static bool
files_reach(struct clickhouse_files *f, int64_t at, bool before,
    struct clickhouse_range *r, struct files_count *n)
{
	static const int64_t reach_s[] = { 10, 600, 86400 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(reach_s); i++) {
		r->from_us = before ? at - reach_s[i] * US_PER_S : at;
		r->to_us = before ? at : at + reach_s[i] * US_PER_S;
		if (!files_count(f, r, n))
			return false;
		if (n->rows >= CLICKHOUSE_EDGE_ROWS)
			break;
	}
	return true;
}

static bool
files_add_if_any(struct clickhouse_files *f, const struct clickhouse_range *r)
{
	struct files_count n;

	return files_count(f, r, &n) && (n.rows == 0 || files_add(f, r));
}

/* Flows outside the window say that the table begins before it, by more than
 * what is not trusted at the begin of a log, and goes on after it. */
static bool
files_add_before(struct clickhouse_files *f)
{
	int64_t at = f->window.from_us - 2 * COMPARE_EDGE_US;
	struct clickhouse_range r = { .pick = CLICKHOUSE_LAST };
	struct files_count n = { 0, 0, 0 };

	if (!files_reach(f, at, true, &r, &n))
		return false;
	if (n.rows > 0)
		return files_add(f, &r);
	/* it begins just before the window, or in it */
	r.from_us = at;
	r.to_us = f->window.from_us;
	return files_add_if_any(f, &r);
}

static bool
files_add_after(struct clickhouse_files *f)
{
	int64_t at = f->window.to_us + f->window.settle_us;
	struct clickhouse_range r = { .pick = CLICKHOUSE_FIRST };
	struct files_count n = { 0, 0, 0 };

	if (!files_reach(f, at, false, &r, &n))
		return false;
	if (n.rows > 0)
		return files_add(f, &r);
	/* it has not got so far: as far as it has */
	r = (struct clickhouse_range){
		.from_us = f->window.to_us, .to_us = at, .pick = CLICKHOUSE_LAST
	};
	return files_add_if_any(f, &r);
}

static bool
files_add_window(struct clickhouse_files *f)
{
	const struct clickhouse_operand *o = clickhouse_conn_operand(f->conn);
	struct clickhouse_range r = { .from_us = f->window.from_us,
		.to_us = f->window.to_us };
	struct files_count n;
	uint64_t parts;
	int64_t to, step, next;

	if (!files_count(f, &r, &n))
		return false;
	if (n.rows == 0)
		return true;
	/* what the ends of an open window are */
	r.from_us = r.from_us == INT64_MIN ? n.first_us : r.from_us;
	to = r.to_us == INT64_MAX ? n.last_us + 1 : r.to_us;
	parts = n.rows / o->slice_rows + 1;
	parts = parts < FILES_PARTS_MAX ? parts : FILES_PARTS_MAX;
	step = (to - r.from_us) / (int64_t)parts + 1;
	/* few at first: beside a log file no more is looked at for the clock */
	next = n.rows > FILES_FIRST_ROWS ? 1 +
		(int64_t)((double)(to - r.from_us) *
		    (FILES_FIRST_ROWS / (double)n.rows))
					 : step;
	next = next < step ? next : step;
	for (; r.from_us < to; r.from_us = r.to_us, next = step) {
		r.to_us = to - r.from_us > next ? r.from_us + next : to;
		if (!files_add(f, &r))
			return false;
	}
	return true;
}

/* A sample by key of an hour of the window, the same of every table: where the
 * clocks are apart, the first flows of two tables need not be the same. */
static bool
files_add_look(struct clickhouse_files *f)
{
	const struct clickhouse_binding *b = clickhouse_conn_binding(f->conn);
	struct clickhouse_range r = { .from_us = f->window.from_us,
		.to_us = f->window.to_us };
	struct buf with = BUF_INIT;
	struct files_count n;
	char where[64];
	unsigned bits = 0;
	bool ok;

	if (r.from_us == INT64_MIN) {
		if (!files_count(f, &r, &n))
			return false;
		r.from_us = n.first_us;
	}
	if (r.from_us < r.to_us - FILES_LOOK_US)
		r.to_us = r.from_us + FILES_LOOK_US;
	if (!files_count(f, &r, &n))
		return false;
	while (n.rows >> bits > FILES_LOOK_ROWS)
		bits++;
	clickhouse_put_cut(b,
	    &(struct clickhouse_cut){ r.from_us, r.to_us, FILES_LOOK_US, 0, 0 },
	    1, &with);
	(void)snprintf(
	    where, sizeof(where), "bitAnd(xt_h, %llu) = 0", (1ULL << bits) - 1);
	r.with = with.p;
	r.where = where;
	ok = buf_ok(&with) && files_add(f, &r);
	if (!ok)
		diag_set(&f->why, "out of memory");
	buf_clear(&with);
	return ok;
}

static bool
files_plan(struct clickhouse_files *f)
{
	const struct clickhouse_binding *b = clickhouse_conn_binding(f->conn);
	struct clickhouse_range *given = f->parts;
	size_t ngiven = f->nparts, i;
	bool ok = true;

	if (f->planned)
		return true;
	f->parts = NULL;
	f->nparts = 0;
	if (f->reading == CLICKHOUSE_WHOLE && f->window.from_us != INT64_MIN)
		ok = files_add_before(f);
	if (ok && !f->given)
		ok = f->reading == CLICKHOUSE_LOOK && b->server.hashes
		    ? files_add_look(f)
		    : files_add_window(f);
	for (i = 0; ok && i < ngiven; i++)
		ok = files_add(f, &given[i]);
	if (ok && f->reading == CLICKHOUSE_WHOLE &&
	    f->window.to_us != INT64_MAX)
		ok = files_add_after(f);
	files_free_parts(given, ngiven);
	f->planned = ok;
	return ok;
}

/* -- the table of functions -- */

static int
files_fail(int error)
{
	errno = error;
	return -1;
}

static int
clickhouse_open(void *arg, const char *path)
{
	struct clickhouse_files *f = arg;
	int fd = 0;

	(void)path;
	while (fd < FILES_OPEN && f->open[fd].refs > 0)
		fd++;
	if (fd == FILES_OPEN)
		return files_fail(EMFILE);
	f->open[fd] = (struct clickhouse_open){ .refs = 1 };
	clickhouse_log_header(
	    clickhouse_conn_binding(f->conn), &f->open[fd].header);
	if (buf_ok(&f->open[fd].header))
		return fd;
	f->open[fd].refs = 0;
	return files_fail(ENOMEM);
}

static int
clickhouse_dup(void *arg, int fd)
{
	struct clickhouse_files *f = arg;

	f->open[fd].refs++;
	return fd;
}

static void
clickhouse_close(void *arg, int fd)
{
	struct clickhouse_files *f = arg;

	if (--f->open[fd].refs > 0)
		return;
	clickhouse_stream_close(f->open[fd].stream);
	buf_clear(&f->open[fd].header);
	f->open[fd].stream = NULL;
}

/* Like a FIFO: it has no size and no places to go to. */
static int
clickhouse_stat(void *arg, const char *path, struct stat *st)
{
	(void)arg;
	(void)path;
	*st = (struct stat){ .st_mode = S_IFIFO, .st_ino = 1 };
	return 0;
}

static int
clickhouse_fstat(void *arg, int fd, struct stat *st)
{
	(void)fd;
	return clickhouse_stat(arg, "", st);
}

static bool
files_next_part(struct clickhouse_files *f, struct clickhouse_open *o)
{
	struct buf sql = BUF_INIT;

	clickhouse_sql_rows(
	    clickhouse_conn_binding(f->conn), &f->parts[o->part++], &sql);
	if (buf_ok(&sql))
		o->stream =
		    clickhouse_stream_open(f->conn, buf_span(&sql), &f->why);
	else
		diag_set(&f->why, "out of memory");
	buf_clear(&sql);
	return o->stream != NULL;
}

static ssize_t
clickhouse_read(void *arg, int fd, void *to, size_t max)
{
	struct clickhouse_files *f = arg;
	struct clickhouse_open *o = &f->open[fd];
	size_t left = o->header.n - o->header_pos;
	ssize_t n = 0;

	if (f->lost || !files_plan(f))
		goto fail;
	if (left > 0) {
		n = (ssize_t)(left < max ? left : max);
		memcpy(to, o->header.p + o->header_pos, (size_t)n);
		o->header_pos += (size_t)n;
		return n;
	}
	while (n == 0) {
		if (o->stream == NULL && o->part == f->nparts)
			return 0;
		if (o->stream == NULL && !files_next_part(f, o))
			goto fail;
		n = clickhouse_stream_read(o->stream, to, max, &f->why);
		if (n == 0) {
			clickhouse_stream_close(o->stream);
			o->stream = NULL;
		}
	}
	if (n > 0)
		return n;
fail:
	f->lost = true;
	return files_fail(EIO);
}

static ssize_t
clickhouse_pread(void *arg, int fd, void *to, size_t max, uint64_t offset)
{
	(void)arg;
	(void)fd;
	(void)to;
	(void)max;
	(void)offset;
	return files_fail(ESPIPE);
}

static int
clickhouse_seek(void *arg, int fd, uint64_t offset)
{
	(void)arg;
	(void)fd;
	(void)offset;
	return files_fail(ESPIPE);
}

static int
clickhouse_list(
    void *arg, const char *path, files_name_fn *name, void *name_arg)
{
	(void)arg;
	(void)path;
	(void)name;
	(void)name_arg;
	return files_fail(ENOTDIR);
}

static char *
clickhouse_real(void *arg, const char *path)
{
	(void)arg;
	return strdup(path);
}

static bool
clickhouse_same(void *arg, int fd, const char *path)
{
	(void)arg;
	(void)fd;
	(void)path;
	return true;
}

static bool
clickhouse_lost(void *arg)
{
	const struct clickhouse_files *f = arg;

	return f->lost;
}

static const char *
clickhouse_error(void *arg, int error)
{
	const struct clickhouse_files *f = arg;

	return error == EIO && f->why.text[0] != '\0' ? f->why.text
						      : strerror(error);
}

struct clickhouse_files *
clickhouse_files_new(struct clickhouse_conn *conn)
{
	static const struct files functions = {
		.open = clickhouse_open,
		.dup = clickhouse_dup,
		.close = clickhouse_close,
		.fstat = clickhouse_fstat,
		.stat = clickhouse_stat,
		.read = clickhouse_read,
		.pread = clickhouse_pread,
		.seek = clickhouse_seek,
		.list = clickhouse_list,
		.real = clickhouse_real,
		.same = clickhouse_same,
		.lost = clickhouse_lost,
		.error = clickhouse_error,
	};
	struct clickhouse_files *f = calloc(1, sizeof(*f));
	struct buf root = BUF_INIT;

	if (f == NULL)
		return NULL;
	clickhouse_root(clickhouse_conn_operand(conn), &root);
	f->conn = conn;
	f->table = functions;
	f->table.arg = f;
	f->table.root_n = root.n;
	f->window = (struct source_window){ INT64_MIN, INT64_MAX, 0 };
	buf_clear(&root);
	return f;
}

void
clickhouse_files_free(struct clickhouse_files *f)
{
	int fd;

	if (f == NULL)
		return;
	for (fd = 0; fd < FILES_OPEN; fd++) {
		clickhouse_stream_close(f->open[fd].stream);
		buf_clear(&f->open[fd].header);
	}
	files_forget(f);
	free(f);
}

const struct files *
clickhouse_files_table(const struct clickhouse_files *f)
{
	return &f->table;
}

void
clickhouse_files_window(struct clickhouse_files *f,
    const struct source_window *w, enum clickhouse_reading reading)
{
	files_forget(f);
	f->window = *w;
	f->reading = reading;
	f->lost = false;
	f->why = (struct diag)DIAG_INIT;
	f->given = false;
}

bool
clickhouse_files_parts(
    struct clickhouse_files *f, const struct clickhouse_range *v, size_t n)
{
	size_t i;

	files_forget(f);
	f->given = true;
	for (i = 0; i < n; i++)
		if (!files_add(f, &v[i]))
			return false;
	return true;
}
