#include <unistd.h>
#include "crosstap/progress.h"
#include "../unit.h"

static const struct {
	uint64_t done, total;
	int64_t elapsed_us;
	unsigned columns;
	const char *line;
} lines[] = {
	{ 500000000, 1000000000, 2 * US_PER_S, 79,
	    "[##########..........]  50 %  500 MB of 1.00 GB  250 MB/s  0:02 "
	    "left" },
	{ 1500000000, 150000000000, 2 * US_PER_S, 79,
	    "[....................]   1 %  1.50 GB of 150 GB  750 MB/s  3:18 "
	    "left" },
	{ 1500000, 150000000000, US_PER_S, 79,
	    "[....................]   0 %  1.50 MB of 150 GB  1.50 MB/s  "
	    "27:46:39 left" },
	{ 1000, 0, US_PER_S, 79, "1.00 kB  1.00 kB/s" },
	/* the log grew */
	{ 2000, 1000, US_PER_S, 79, "2.00 kB  2.00 kB/s" },
	{ 0, 1000, 0, 79,
	    "[....................]   0 %  0 B of 1.00 kB  "
	    "0 B/s" },
	{ 500000000, 1000000000, 2 * US_PER_S, 10, "[#########" },
};

START_TEST(format_tells_bytes_rate_and_time_left)
{
	struct buf out = BUF_INIT;

	progress_format(lines[_i].done, lines[_i].total, lines[_i].elapsed_us,
	    lines[_i].columns, &out);
	ck_assert_str_eq(out.p, lines[_i].line);
	buf_clear(&out);
}
END_TEST

START_TEST(nothing_is_written_where_there_is_no_terminal)
{
	struct progress p;
	int fd[2];
	char c;

	ck_assert_int_eq(pipe(fd), 0);
	progress_init(&p, fd[1], true);
	p.began_us -= 100 * US_PER_S;
	progress_update(&p, 1, 2);
	progress_clear(&p);
	ck_assert_int_eq(close(fd[1]), 0);
	ck_assert_int_eq(read(fd[0], &c, 1), 0);
	ck_assert_int_eq(close(fd[0]), 0);
}
END_TEST

START_TEST(what_was_drawn_is_wiped)
{
	struct progress p;
	char text[256];
	int fd[2];
	ssize_t n;

	ck_assert_int_eq(pipe(fd), 0);
	progress_init(&p, fd[1], true);
	p.fd = fd[1]; /* as if it were a terminal */
	progress_update(&p, 1, 2);
	ck_assert(!p.drawn);
	p.began_us -= 2 * US_PER_S;
	progress_update(&p, 1, 2);
	ck_assert(p.drawn);
	progress_update(&p, 2, 2); /* too soon after the first */
	progress_clear(&p);
	n = read(fd[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 8);
	text[n] = '\0';
	ck_assert_int_eq(strncmp(text, "\r\033[K[##########.", 16), 0);
	ck_assert_str_eq(text + n - 4, "\r\033[K");
	ck_assert_ptr_null(strstr(text, "100 %"));
	ck_assert_int_eq(close(fd[0]), 0);
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/progress");
	TCase *t = tcase_create("progress");

	tcase_add_loop_test(
	    t, format_tells_bytes_rate_and_time_left, 0, ARRAY_LEN(lines));
	tcase_add_test(t, nothing_is_written_where_there_is_no_terminal);
	tcase_add_test(t, what_was_drawn_is_wiped);
	suite_add_tcase(s, t);
	return s;
}
