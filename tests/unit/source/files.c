/*
 * A table of functions that counts, names a root before its paths, and breaks
 * when it is told to.
 */
#include <errno.h>
#include <glob.h>
#include "source/files.h"
#include "source/wildcard.h"
#include "scene.h"

#define ROOT "sftp://[::1]*"

static struct {
	unsigned reads, opened, closed;
	unsigned last; /* reads until it is lost; 0: never */
	bool lost;
} far;

static const char *
far_path(const char *path)
{
	ck_assert_int_eq(strncmp(path, ROOT, strlen(ROOT)), 0);
	return path + strlen(ROOT);
}

static int
far_open(void *arg, const char *path)
{
	int fd = files_local.open(arg, far_path(path));

	far.opened += fd >= 0;
	return fd;
}

static int
far_dup(void *arg, int fd)
{
	far.opened++;
	return files_local.dup(arg, fd);
}

static void
far_close(void *arg, int fd)
{
	far.closed++;
	files_local.close(arg, fd);
}

static int
far_stat(void *arg, const char *path, struct stat *st)
{
	return files_local.stat(arg, far_path(path), st);
}

static ssize_t
far_read(void *arg, int fd, void *to, size_t max)
{
	far.lost |= far.last > 0 && ++far.reads > far.last;
	errno = ECONNABORTED;
	/* as much at a time as a link would give */
	return far.lost
	    ? -1
	    : files_local.read(arg, fd, to, max < 16384 ? max : 16384);
}

static int
far_list(void *arg, const char *path, files_name_fn *name, void *name_arg)
{
	return files_local.list(arg, far_path(path), name, name_arg);
}

static char *
far_real(void *arg, const char *path)
{
	char *real = files_local.real(arg, far_path(path));
	struct buf b = BUF_INIT;

	if (real != NULL)
		buf_printf(&b, ROOT "%s", real);
	free(real);
	return b.p;
}

static bool
far_same(void *arg, int fd, const char *path)
{
	return files_local.same(arg, fd, far_path(path));
}

static bool
far_is_lost(void *arg)
{
	(void)arg;
	return far.lost;
}

static const char *
far_error(void *arg, int error)
{
	return error == ECONNABORTED ? "the link is cut"
				     : files_local.error(arg, error);
}

static struct files
far_files(void)
{
	struct files f = files_local;

	f.root_n = strlen(ROOT);
	f.open = far_open;
	f.dup = far_dup;
	f.close = far_close;
	f.stat = far_stat;
	f.read = far_read;
	f.list = far_list;
	f.real = far_real;
	f.same = far_same;
	f.lost = far_is_lost;
	f.error = far_error;
	memset(&far, 0, sizeof(far));
	return f;
}

static const char *
far_scene(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), ROOT "%s", scene_path(name));
	return path;
}

/* Logs of two loggers, an archived one, and a link to one of them. */
static void
far_logs(void)
{
	unsigned n = 0;

	scene_folder("logs");
	scene_folder("logs/2024-06-01");
	scene_folder("spool");
	scene_folder("spool/logger-1");
	scene_folder("spool/logger-2");
	scene_put_log(
	    "logs/2024-06-01/conn.00:00:00-01:00:00.log.gz", 0, 3600, 10, &n);
	scene_put_log("spool/logger-1/conn.log", 3600, 40000, 3, &n);
	scene_put_log("spool/logger-2/conn.log", 3600, 40000, 3, &n);
	ck_assert_int_eq(
	    symlink("../spool/logger-1", scene_path("logs/current")), 0);
}

START_TEST(a_log_elsewhere_is_that_of_here)
{
	struct source_options o = scene_everything();
	struct scene_log here, there;
	struct files f = far_files();

	far_logs();
	scene_read("logs", &o, &here);
	o.files = &f;
	scene_read_path(far_scene("logs"), &o, &there);
	ck_assert_uint_eq(here.files, 3);
	ck_assert_uint_eq(there.files, here.files);
	ck_assert_uint_eq(there.troubles, 0);
	ck_assert_int_eq(
	    strncmp(there.first_file, far_scene("logs"), strlen(ROOT)), 0);
	ck_assert_uint_eq(there.text.n, here.text.n);
	ck_assert_uint_gt(far.opened, 2);
	ck_assert_uint_eq(far.opened, far.closed);
	scene_log_clear(&here);
	scene_log_clear(&there);
}
END_TEST

START_TEST(of_a_lost_one_all_files_end_at_once)
{
	struct source_options o = scene_everything();
	struct files f = far_files();
	struct scene_log l;

	far_logs();
	o.files = &f;
	far.last = 30;
	scene_read_path(far_scene("logs"), &o, &l);
	ck_assert_uint_eq(l.troubles, 1);
	ck_assert_int_eq(l.trouble, TROUBLE_UNREADABLE);
	ck_assert_ptr_nonnull(
	    strstr(l.diag.text, "/conn.log: the link is cut"));
	ck_assert_int_eq(strncmp(l.diag.text, ROOT, strlen(ROOT)), 0);
	/* no more than one read after the one that failed */
	ck_assert_uint_le(far.reads, far.last + 1);
	ck_assert_uint_eq(far.opened, far.closed);
	scene_log_clear(&l);
}
END_TEST

START_TEST(what_is_not_there_is_said_in_the_words_of_the_table)
{
	struct source_options o = scene_everything();
	struct files f = far_files();
	struct diag d = DIAG_INIT;

	o.files = &f;
	ck_assert_ptr_null(source_open(far_scene("none.log"), &o, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "/none.log: No such file"));
	/* the root is no pattern, whatever stands in it */
	ck_assert_ptr_null(strstr(d.text, "matches"));
}
END_TEST

static const char *const patterns[] = { "*", "*/*", "a*", "?.log", "[ab].log",
	"[!a].log", "d/*.log", "*/x.log", "*/", "d/", "*/none", ".*x",
	"\\*.log", "a.log", "//a*", "d//*", "none*", "*/../a.log", "[", "*\\",
	"[*" };

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

START_TEST(a_pattern_finds_what_glob_finds)
{
	static const char *const names[] = { "a.log", "b.log", "c.log", "*.log",
		".hidden-x", "d/x.log", "d/y.log", "e/x.log" };
	struct files f = far_files();
	struct wildcard w;
	glob_t g;
	size_t i;
	int rc;

	scene_folder("d");
	scene_folder("e");
	for (i = 0; i < ARRAY_LEN(names); i++)
		scene_put(names[i], "x", 1);
	rc = glob(scene_path(patterns[_i]), 0, NULL, &g);
	ck_assert(rc == 0 || rc == GLOB_NOMATCH);
	wildcard_expand(&f, far_scene(patterns[_i]), 100, &w);
	ck_assert(!w.failed);
	ck_assert_uint_eq(w.n, rc == 0 ? g.gl_pathc : 0);
	if (w.n > 0) {
		qsort(w.v, w.n, sizeof(*w.v), compare_paths);
		qsort(g.gl_pathv, w.n, sizeof(*w.v), compare_paths);
	}
	for (i = 0; i < w.n; i++)
		ck_assert_str_eq(far_path(w.v[i]), g.gl_pathv[i]);
	wildcard_clear(&w);
	globfree(&g);
}
END_TEST

START_TEST(a_pattern_that_finds_too_much_fails)
{
	struct wildcard w;

	scene_put("a", "x", 1);
	scene_put("b", "x", 1);
	wildcard_expand(&files_local, scene_path("*"), 1, &w);
	ck_assert(w.failed);
	wildcard_clear(&w);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/files");
	TCase *t = tcase_create("elsewhere");

	tcase_add_checked_fixture(t, scene_begin, scene_end);
	tcase_add_test(t, a_log_elsewhere_is_that_of_here);
	tcase_add_test(t, of_a_lost_one_all_files_end_at_once);
	tcase_add_test(t, what_is_not_there_is_said_in_the_words_of_the_table);
	tcase_add_loop_test(
	    t, a_pattern_finds_what_glob_finds, 0, ARRAY_LEN(patterns));
	tcase_add_test(t, a_pattern_that_finds_too_much_fails);
	suite_add_tcase(s, t);
	return s;
}
