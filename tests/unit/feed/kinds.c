/*
 * The kinds of Nagios on this host, on a FIFO and a spool of their own.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "feed/feed.h"
#include "../unit.h"

static char dir[] = "/tmp/feedXXXXXX", fifo[64], spool[64];
static struct config_feed config;
static struct feed feed;
static size_t delivered;
static struct diag why;

static void
sent(struct feed *f, size_t n, const struct diag *d, void *arg)
{
	(void)f;
	(void)arg;
	delivered = n;
	why = d == NULL ? (struct diag)DIAG_INIT : *d;
}

static void
setup(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/feedXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(fifo, sizeof(fifo), "%s/cmd", dir);
	(void)snprintf(spool, sizeof(spool), "%s/spool", dir);
	ck_assert_int_eq(mkdir(spool, 0700), 0);
	config = (struct config_feed){ .path = fifo,
		.host = (char *)(uintptr_t) "h" };
	feed = (struct feed){ .config = &config, .sent = sent };
}

static void
teardown(void)
{
	struct dirent *e;
	char path[400];
	DIR *d = opendir(spool);

	while (d != NULL && (e = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", spool, e->d_name);
		(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)unlink(fifo);
	(void)rmdir(spool);
	(void)rmdir(dir);
}

static void
use(enum config_feed_kind kind)
{
	struct diag d = DIAG_INIT;

	feed.kind = feed_kind(kind);
	ck_assert_ptr_nonnull(feed.kind);
	if (feed.kind->open != NULL)
		ck_assert(feed.kind->open(&feed, &d));
}

/* Sends a state of n bytes of further lines. */
static void
send_one(const char *text, size_t n)
{
	struct feed_status s = { .what = FEED_COLLECTOR, .state = FEED_OK };
	const struct feed_status *const v[] = { &s };

	buf_add_str(&s.text, text);
	while (s.more.n < n)
		buf_add_str(&s.more, s.more.n == 0 ? "x" : "\nxxxxxxxxxxxx");
	feed.kind->send_states(&feed, v, 1);
	feed_status_clear(&s);
}

/* The names of the spool: results, and those of them that are ready. */
static size_t
count(size_t *ready, char first[256])
{
	struct dirent *e;
	size_t n = 0;
	DIR *d = opendir(spool);

	ck_assert_ptr_nonnull(d);
	*ready = 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != 'c')
			continue;
		if (strlen(e->d_name) == 7) {
			n++;
			(void)snprintf(first, 256, "%s/%s", spool, e->d_name);
		} else {
			ck_assert_str_eq(e->d_name + 7, ".ok");
			(*ready)++;
		}
	}
	(void)closedir(d);
	return n;
}

static void
read_file(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	ck_assert_ptr_nonnull(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	(void)fclose(f);
}

START_TEST(without_a_fifo_nothing_is_made)
{
	use(CONFIG_FEED_NAGIOS_COMMAND);
	send_one("OK - x", 0);
	ck_assert_uint_eq(delivered, 0);
	ck_assert_ptr_nonnull(strstr(why.text, "wanted the command_file"));
	ck_assert_int_ne(access(fifo, F_OK), 0);
}
END_TEST

START_TEST(a_file_in_its_place_is_not_written)
{
	struct stat st;
	int fd = open(fifo, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ge(fd, 0);
	use(CONFIG_FEED_NAGIOS_COMMAND);
	send_one("OK - x", 0);
	ck_assert_uint_eq(delivered, 0);
	ck_assert_ptr_nonnull(strstr(why.text, "is no FIFO"));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	(void)close(fd);
}
END_TEST

START_TEST(a_fifo_that_nobody_reads_is_nagios_down)
{
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	use(CONFIG_FEED_NAGIOS_COMMAND);
	send_one("OK - x", 0);
	ck_assert_uint_eq(delivered, 0);
	ck_assert_ptr_nonnull(strstr(why.text, "is Nagios down?"));
}
END_TEST

START_TEST(a_full_fifo_takes_whole_commands_only)
{
	static char text[256 * 1024];
	size_t total = 0, lines = 0, i;
	ssize_t n;
	int fd;

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	use(CONFIG_FEED_NAGIOS_COMMAND);
	for (i = 0; i < 4096; i++) {
		send_one("OK - x", 300);
		if (delivered == 0)
			break;
		lines++;
	}
	ck_assert_uint_lt(i, 4096);
	ck_assert_ptr_nonnull(strstr(why.text, "full"));
	while (total < sizeof(text) &&
	    (n = read(fd, text + total, sizeof(text) - total)) > 0)
		total += (size_t)n;
	ck_assert_int_eq(text[total - 1], '\n');
	for (i = 0; i < total; i++)
		lines -= text[i] == '\n';
	ck_assert_uint_eq(lines, 0);
	send_one("OK - x", 300);
	ck_assert_uint_eq(delivered, 1);
	ck_assert_str_eq(why.text, "");
	(void)close(fd);
}
END_TEST

START_TEST(what_is_too_long_for_the_fifo_goes_to_the_spool)
{
	char path[256] = "", text[16384];
	size_t ready;
	ssize_t n;
	int fd;

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	use(CONFIG_FEED_NAGIOS_COMMAND);
	/* without a spool it is cut */
	send_one("OK - long", 6000);
	ck_assert_uint_eq(delivered, 1);
	n = read(fd, text, sizeof(text));
	ck_assert_int_gt(n, 400);
	ck_assert_int_le(n, fpathconf(fd, _PC_PIPE_BUF));
	ck_assert_int_eq(text[n - 1], '\n');
	config.spool = spool;
	send_one("OK - short", 10);
	send_one("OK - long", 6000);
	ck_assert_uint_eq(delivered, 1);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_ptr_nonnull(strstr(text, "OK - short"));
	ck_assert_ptr_null(strstr(text, "OK - long"));
	ck_assert_uint_eq(count(&ready, path), 1);
	ck_assert_uint_eq(ready, 1);
	read_file(path, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text,
	    "\nhost_name=h\nservice_description=crosstap\ncheck_type=1\n"));
	ck_assert_ptr_nonnull(
	    strstr(text, "\nreturn_code=0\noutput=OK - long\\nx\\nxxxx"));
	(void)close(fd);
}
END_TEST

START_TEST(the_spool_has_the_newest_result_only)
{
	char path[256] = "", ok[300], text[16384];
	struct stat st;
	size_t ready, i;

	config.path = spool;
	use(CONFIG_FEED_NAGIOS_SPOOL);
	for (i = 0; i < 5; i++) {
		(void)snprintf(text, sizeof(text), "OK - number %zu", i);
		send_one(text, 0);
		ck_assert_uint_eq(delivered, 1);
		ck_assert_str_eq(why.text, "");
	}
	ck_assert_uint_eq(count(&ready, path), 1);
	ck_assert_uint_eq(ready, 1);
	read_file(path, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "\noutput=OK - number 4\n"));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert(st.st_mode & S_IRGRP);
	/* taken by Nagios: nothing is there to replace */
	(void)snprintf(ok, sizeof(ok), "%s.ok", path);
	ck_assert_int_eq(unlink(ok), 0);
	send_one("OK - after", 0);
	ck_assert_uint_eq(count(&ready, path), 2);
	ck_assert_uint_eq(ready, 1);
	feed.kind->close(&feed);
}
END_TEST

START_TEST(a_spool_that_is_not_there_is_said)
{
	(void)rmdir(spool);
	config.path = spool;
	use(CONFIG_FEED_NAGIOS_SPOOL);
	send_one("OK - x", 0);
	ck_assert_uint_eq(delivered, 0);
	ck_assert_ptr_nonnull(strstr(why.text,
	    "No such file or directory; wanted the "
	    "check_result_path"));
	feed.kind->close(&feed);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/kinds");
	TCase *t = tcase_create("nagios");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, without_a_fifo_nothing_is_made);
	tcase_add_test(t, a_file_in_its_place_is_not_written);
	tcase_add_test(t, a_fifo_that_nobody_reads_is_nagios_down);
	tcase_add_test(t, a_full_fifo_takes_whole_commands_only);
	tcase_add_test(t, what_is_too_long_for_the_fifo_goes_to_the_spool);
	tcase_add_test(t, the_spool_has_the_newest_result_only);
	tcase_add_test(t, a_spool_that_is_not_there_is_said);
	suite_add_tcase(s, t);
	return s;
}
