/*
 * What an operand stands for: the files that matter, each once, in the order
 * of time, whatever the layout they lie in and whatever happens to them.
 */
#include "scene.h"

#define HOUR 3600

/* A zeekctl archive of one day, an hour a file, a record a minute; record
 * 60 h + m is that of h:m. Hour h is compressed if packed. */
static void
make_day(const char *prefix, bool packed)
{
	char name[128];
	unsigned n = 0;
	int h;

	(void)snprintf(name, sizeof(name), "%s2024-06-01", prefix);
	scene_folder(name);
	for (h = 0; h < 24; h++) {
		(void)snprintf(name, sizeof(name),
		    "%s2024-06-01/conn.%02d:00:00-%02d:00:00.log%s", prefix, h,
		    (h + 1) % 24, packed ? ".gz" : "");
		scene_put_log(name, h * HOUR, (h + 1) * HOUR, 60, &n);
	}
}

static void
ck_all_once(const struct scene_log *l, unsigned from, unsigned to)
{
	unsigned n;

	for (n = from; n < to; n++)
		ck_assert_msg(scene_count(l, n) == 1, "record %u came %u times",
		    n, scene_count(l, n));
}

START_TEST(a_log_root_gives_every_file_of_every_day)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 1440;

	scene_folder("logs");
	make_day("logs/", true);
	scene_folder("logs/2024-06-02");
	scene_put_log("logs/2024-06-02/conn.00:00:00-01:00:00.log", 24 * HOUR,
	    25 * HOUR, 60, &n);
	scene_folder("logs/2024-06-02x");
	scene_put_log(
	    "logs/2024-06-02x/conn.00:00:00-01:00:00.log", 0, HOUR, 60, &n);
	scene_put(
	    "logs/2024-06-01/conn-summary.01:00:00-02:00:00.log", "x\n", 2);
	scene_put("logs/2024-06-01/conn_long.01:00:00-02:00:00.log", "x\n", 2);
	scene_put("logs/2024-06-01/dns.01:00:00-02:00:00.log", "x\n", 2);
	scene_read("logs", &o, &l);
	ck_assert_uint_eq(l.chosen, 25);
	ck_assert_uint_eq(l.files, 25);
	ck_assert_uint_eq(l.troubles, 0);
	ck_all_once(&l, 0, 1500);
	ck_assert_uint_eq(scene_count(&l, 1500), 0);
	ck_assert_int_le(l.behind_s, 2);
	scene_log_clear(&l);
	/* A day's folder, a prefix, a pattern. */
	scene_read("logs/2024-06-01", &o, &l);
	ck_assert_uint_eq(l.files, 24);
	scene_log_clear(&l);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 25);
	scene_log_clear(&l);
	scene_read("logs/2024-*/conn*", &o, &l);
	ck_assert_uint_eq(l.files, 26);
	scene_log_clear(&l);
}
END_TEST

START_TEST(only_files_that_can_matter_are_opened)
{
	struct source_options o =
	    scene_options(10 * HOUR + 600, 10 * HOUR + 1200, "UTC");
	struct scene_log l;

	make_day("", _i == 1);
	scene_read("", &o, &l);
	/* That hour, and one more into which late records may fall. */
	ck_assert_uint_le(l.files, 2);
	ck_assert_uint_ge(l.files, 1);
	ck_all_once(&l, 600, 660);
	ck_assert_uint_eq(l.troubles, 0);
	scene_log_clear(&l);
}
END_TEST

START_TEST(names_are_read_in_the_zone_of_the_sensor)
{
	struct source_options o = scene_options(
	    10 * HOUR + 600, 10 * HOUR + 1200, "America/Los_Angeles");
	struct scene_log l;
	unsigned n = 0;

	scene_folder("2024-06-01");
	/* 03:00 in California is 10:00 UTC in summer. */
	scene_put_log("2024-06-01/conn.03:00:00-04:00:00.log", 10 * HOUR,
	    11 * HOUR, 60, &n);
	scene_put_log("2024-06-01/conn.10:00:00-11:00:00.log", 17 * HOUR,
	    18 * HOUR, 60, &n);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.chosen, 1);
	ck_all_once(&l, 0, 60);
	scene_log_clear(&l);
	/* With no zone given the files themselves tell. */
	o.tz = NULL;
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.chosen, 1);
	ck_all_once(&l, 0, 60);
	scene_log_clear(&l);
}
END_TEST

START_TEST(both_files_of_an_hour_that_occurs_twice_are_taken)
{
	/* 2024-11-03, 01:00 to 02:00 PDT and again PST: 08:00 to 10:00 UTC. */
	const int64_t day = 155 * 24 * HOUR;
	struct source_options o = scene_options(
	    day + 9 * HOUR, day + 9 * HOUR + 600, "America/Los_Angeles");
	struct scene_log l;
	unsigned n = 0;

	scene_folder("2024-11-03");
	scene_put_log("2024-11-03/conn.00:00:00-01:00:00.log", day + 7 * HOUR,
	    day + 8 * HOUR, 60, &n);
	scene_put_log("2024-11-03/conn.01:00:00-01:00:00.log", day + 8 * HOUR,
	    day + 9 * HOUR, 60, &n);
	scene_put_log("2024-11-03/conn.01:00:00-02:00:00.log", day + 9 * HOUR,
	    day + 10 * HOUR, 60, &n);
	scene_read("", &o, &l);
	ck_all_once(&l, 120, 180);
	scene_log_clear(&l);
}
END_TEST

START_TEST(no_file_for_the_window_is_an_empty_source_and_no_failure)
{
	struct source_options o =
	    scene_options(-900 * HOUR, -899 * HOUR, "UTC");
	struct scene_log l;

	make_day("", false);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.chosen, 0);
	ck_assert_uint_eq(l.files, 0);
	scene_log_clear(&l);
}
END_TEST

START_TEST(two_loggers_come_out_in_the_order_of_time)
{
	struct source_options o = scene_everything();
	struct buf b[2] = { BUF_INIT, BUF_INIT };
	struct scene_log l;
	unsigned i;

	/* One of them has a tenth of the records of the other. */
	buf_add_str(&b[0], SCENE_HEADER);
	buf_add_str(&b[1], SCENE_HEADER);
	for (i = 0; i < 36000; i++)
		scene_record(&b[i % 10 == 4], i / 10 - (i % 7 == 3 ? 6 : 0), i);
	scene_folder("2024-06-01");
	scene_put(
	    "2024-06-01/conn.00:00:00-01:00:00-logger-1.log", b[0].p, b[0].n);
	scene_put_gzip(
	    "2024-06-01/conn.00:00:00-01:00:00-logger-2.log.gz", &b[1]);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 2);
	ck_assert_uint_eq(l.lasts, 2);
	ck_assert_uint_eq(l.max_streams, 2);
	ck_all_once(&l, 0, 5000);
	ck_assert_int_le(l.behind_s, 15);
	scene_log_clear(&l);
	buf_clear(&b[0]);
	buf_clear(&b[1]);
}
END_TEST

START_TEST(a_pause_of_one_logger_does_not_let_the_other_run_ahead)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	struct buf b = BUF_INIT;
	unsigned n = 0;

	scene_folder("2024-06-01");
	scene_put_log(
	    "2024-06-01/conn.00:00:00-01:00:00-logger-1.log", 0, HOUR, 1, &n);
	scene_log_text(&b, 0, 600, 1, &n);
	scene_log_text(&b, 3000, HOUR, 1, &n);
	scene_put("2024-06-01/conn.00:00:00-01:00:00-logger-2.log", b.p, b.n);
	buf_clear(&b);
	scene_read("", &o, &l);
	ck_all_once(&l, 0, n);
	ck_assert_int_le(l.behind_s, 15);
	scene_log_clear(&l);
}
END_TEST

START_TEST(more_files_at_once_than_can_be_open_are_all_read)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	char name[64];
	unsigned i, n = 0;

	for (i = 0; i < 3 * SOURCE_MAX_STREAMS; i++) {
		(void)snprintf(name, sizeof(name), "conn.tap%u.log", i);
		scene_put_log(name, 0, 100, 1, &n);
	}
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 3 * SOURCE_MAX_STREAMS);
	ck_assert_uint_eq(l.max_streams, SOURCE_MAX_STREAMS);
	ck_all_once(&l, 0, n);
	scene_log_clear(&l);
}
END_TEST

START_TEST(the_spool_and_the_archive_are_one_log)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0;

	scene_folder("spool");
	scene_folder("spool/logger-1");
	scene_folder("spool/logger-2");
	scene_folder("logs");
	scene_folder("logs/2024-06-01");
	scene_put_log("logs/2024-06-01/conn.00:00:00-01:00:00-logger-1.log.gz",
	    0, HOUR, 60, &n);
	scene_put_log("spool/logger-1/conn.log", HOUR, 2 * HOUR, 60, &n);
	scene_put_log("spool/logger-2/conn.log", HOUR, 2 * HOUR, 60, &n);
	ck_assert_int_eq(
	    symlink("../spool/logger-1", scene_path("logs/current")), 0);
	ck_assert_int_eq(symlink(scene_path("spool/logger-1/conn.log"),
			     scene_path("logs/2024-06-01/"
					"conn.01:00:00-current.log")),
	    0);
	scene_read("logs", &o, &l);
	ck_assert_uint_eq(l.files, 3);
	ck_all_once(&l, 0, n);
	ck_assert(l.live);
	scene_log_clear(&l);
	scene_read("logs/current", &o, &l);
	ck_assert_uint_eq(l.files, 2);
	ck_assert(l.live);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_queue_and_its_archive_are_one_log)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0, again;

	scene_folder("log-queue");
	scene_folder("2024-06-01");
	scene_put_log("log-queue/conn__2024-06-01-00-00-00__2024-06-01-01-00-"
		      "00__log_suffix=logger-1__.log",
	    0, HOUR, 60, &n);
	/* Half of it is archived by now. */
	again = 0;
	scene_put_log("2024-06-01/conn.00:00:00-01:00:00-logger-1.log.gz", 0,
	    HOUR / 2, 60, &again);
	scene_put_log("2024-06-01/conn.00:00:00-01:00:00-logger-2.log.gz", 0,
	    HOUR, 60, &n);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 2);
	ck_all_once(&l, 0, n);
	scene_log_clear(&l);
}
END_TEST

START_TEST(default_names_end_where_the_next_one_begins)
{
	struct source_options o = scene_options(HOUR + 600, HOUR + 900, "UTC");
	struct scene_log l;
	unsigned n = 0;

	o.window.settle_us = 0;
	scene_put_log("conn.2024-06-01-00-00-00.log", 0, HOUR, 60, &n);
	scene_put_log("conn.2024-06-01-01-00-00.log", HOUR, 2 * HOUR, 60, &n);
	scene_put_log(
	    "conn.2024-06-01-03-00-00.log", 3 * HOUR, 4 * HOUR, 60, &n);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.chosen, 1);
	ck_all_once(&l, 60, 120);
	scene_log_clear(&l);
}
END_TEST

START_TEST(files_without_a_time_in_their_name_are_looked_into)
{
	struct source_options o = scene_options(5 * HOUR, 5 * HOUR + 60, NULL);
	struct scene_log l;
	unsigned n = 0;

	scene_put_log("conn.a.log", 0, HOUR, 60, &n);
	scene_put_log("conn.b.log", 4 * HOUR, 6 * HOUR, 60, &n);
	scene_put_log("conn.c.log.gz", 12 * HOUR, 13 * HOUR, 60, &n);
	scene_age("conn.a.log");
	scene_age("conn.b.log");
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.chosen, 1);
	ck_all_once(&l, 60, 180);
	ck_assert(!l.live);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_log_and_its_compressed_copy_are_one_log)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0, again = 0;

	scene_put_log("conn.log", 0, HOUR, 60, &n);
	scene_put_log("conn.log.gz", 0, HOUR, 60, &again);
	ck_assert_int_eq(
	    link(scene_path("conn.log"), scene_path("conn.twin.log")), 0);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 1);
	ck_all_once(&l, 0, n);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_cut_gzip_is_trouble_after_its_good_bytes)
{
	struct source_options o = scene_everything();
	struct buf text = BUF_INIT, z = BUF_INIT;
	struct scene_log l;
	unsigned n = 0;

	scene_folder("2024-06-01");
	scene_log_text(&text, 0, HOUR, 1, &n);
	scene_gzip(&z, text.p, text.n);
	scene_put("2024-06-01/conn.00:00:00-01:00:00.log.gz", z.p, z.n / 2);
	scene_age("2024-06-01/conn.00:00:00-01:00:00.log.gz");
	scene_put_log(
	    "2024-06-01/conn.01:00:00-02:00:00.log", HOUR, 2 * HOUR, 1, &n);
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.troubles, 1);
	ck_assert_int_eq(l.trouble, TROUBLE_TRUNCATED);
	ck_assert_ptr_nonnull(
	    strstr(l.diag.text, "conn.00:00:00-01:00:00.log.gz"));
	ck_assert_uint_eq(l.lasts, 2);
	ck_all_once(&l, 0, 1000);
	ck_all_once(&l, 3600, 4000);
	scene_log_clear(&l);
	buf_clear(&text);
	buf_clear(&z);
}
END_TEST

START_TEST(an_entry_that_cannot_be_read_is_said_and_passed_over)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0;

	scene_put_log("conn.a.log", 0, HOUR, 60, &n);
	ck_assert_int_eq(symlink("conn.log", scene_path("conn.log")), 0);
	ck_assert_int_eq(symlink(".", scene_path("logs")), 0);
	ck_assert_int_eq(symlink("nowhere", scene_path("conn.gone.log")), 0);
	scene_folder("conn.folder.log");
	scene_read("", &o, &l);
	ck_assert_uint_eq(l.files, 1);
	ck_assert_uint_eq(l.troubles, 1);
	ck_assert_int_eq(l.trouble, TROUBLE_UNREADABLE);
	ck_assert_ptr_nonnull(strstr(l.diag.text, "conn.log"));
	ck_all_once(&l, 0, n);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_file_compressed_before_its_turn_is_found_again)
{
	struct source_options o = scene_everything();
	struct scene_log l = { .text = BUF_INIT };
	struct source *s;
	unsigned n = 0;

	scene_folder("2024-06-01");
	scene_put_log("2024-06-01/conn.00:00:00-01:00:00.log", 0, HOUR, 60, &n);
	scene_put_log(
	    "2024-06-01/conn.01:00:00-02:00:00.log", HOUR, 2 * HOUR, 60, &n);
	scene_put_log("2024-06-01/conn.02:00:00-03:00:00.log", 2 * HOUR,
	    3 * HOUR, 60, &n);
	s = source_open(scene_path(""), &o, NULL);
	ck_assert_ptr_nonnull(s);
	n = 60;
	scene_put_log(
	    "2024-06-01/conn.01:00:00-02:00:00.log.gz", HOUR, 2 * HOUR, 60, &n);
	ck_assert_int_eq(unlink(scene_path("2024-06-01/"
					   "conn.01:00:00-02:00:00.log")),
	    0);
	ck_assert_int_eq(unlink(scene_path("2024-06-01/"
					   "conn.02:00:00-03:00:00.log")),
	    0);
	scene_drain(s, &l);
	source_close(s);
	ck_all_once(&l, 0, 120);
	ck_assert_uint_eq(l.troubles, 1);
	ck_assert_ptr_nonnull(
	    strstr(l.diag.text, "conn.02:00:00-03:00:00.log"));
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_live_log_that_is_rotated_away_is_still_read)
{
	struct source_options o = scene_everything();
	struct scene_log l = { .text = BUF_INIT };
	struct source *s;
	unsigned n = 0;

	scene_put_log("conn.log", 0, HOUR, 60, &n);
	s = source_open(scene_path(""), &o, NULL);
	ck_assert_ptr_nonnull(s);
	ck_assert(source_is_live(s));
	ck_assert_int_eq(rename(scene_path("conn.log"), scene_path("x")), 0);
	scene_put_log("conn.log", HOUR, 2 * HOUR, 60, &n);
	scene_drain(s, &l);
	source_close(s);
	ck_all_once(&l, 0, 60);
	ck_assert_uint_eq(scene_count(&l, 60), 0);
	scene_log_clear(&l);
}
END_TEST

static const struct {
	const char *name, *end;
	bool aged, live;
} lives[] = {
	{ "conn.log", "", false, true },
	{ "conn.log", "", true, false },
	{ "conn.log", "#close\t2024-06-01-01-00-00\n", false, false },
	{ "conn.log", "#closed it is not\n1\n", false, true },
	{ "conn.2024-06-01-00-00-00.log", "", false, true },
	{ "any-name", "", false, true },
};

START_TEST(a_log_is_live_while_it_is_young_and_not_closed)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	struct buf b = BUF_INIT;
	unsigned n = 0;

	scene_log_text(&b, 0, 600, 60, &n);
	buf_add_str(&b, lives[_i].end);
	scene_put(lives[_i].name, b.p, b.n);
	if (lives[_i].aged)
		scene_age(lives[_i].name);
	buf_clear(&b);
	scene_read(lives[_i].name, &o, &l);
	ck_assert_int_eq(l.live, lives[_i].live);
	ck_all_once(&l, 0, n);
	scene_log_clear(&l);
}
END_TEST

/* Writes a log to a pipe that the source reads. */
static void
feed(int fd, unsigned *n)
{
	struct buf b = BUF_INIT;
	size_t done = 0;
	ssize_t w;

	scene_log_text(&b, 0, 20000, 1, n);
	while (done < b.n && (w = write(fd, b.p + done, b.n - done)) > 0)
		done += (size_t)w;
	buf_clear(&b);
	(void)close(fd);
}

START_TEST(standard_input_and_a_fifo_are_read)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0;
	int ends[2];
	pid_t pid;

	if (_i == 0) {
		ck_assert_int_eq(pipe(ends), 0);
		ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	} else
		ck_assert_int_eq(mkfifo(scene_path("fifo"), 0600), 0);
	pid = fork();
	if (pid == 0) {
		feed(
		    _i == 0 ? ends[1] : open(scene_path("fifo"), O_WRONLY), &n);
		_exit(0);
	}
	if (_i == 0)
		(void)close(ends[1]);
	scene_read_path(_i == 0 ? "-" : scene_path("fifo"), &o, &l);
	ck_assert_uint_eq(l.files, 1);
	ck_assert_uint_eq(l.lasts, 1);
	ck_all_once(&l, 0, 100);
	ck_all_once(&l, 19900, 20000);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_pattern_of_other_logs_alone_is_what_the_user_wants)
{
	struct source_options o = scene_everything();
	struct scene_log l;
	unsigned n = 0;

	scene_put_log("conn-a.log", 0, HOUR, 60, &n);
	scene_put_log("conn-b.log", HOUR, 2 * HOUR, 60, &n);
	scene_read("conn-*.log", &o, &l);
	ck_assert_uint_eq(l.files, 2);
	scene_log_clear(&l);
	scene_put_log("conn.log", 0, HOUR, 60, &n);
	scene_read("conn*.log", &o, &l);
	ck_assert_uint_eq(l.files, 1);
	scene_log_clear(&l);
	/* A name that exists is no pattern. */
	scene_put_log("a[1].log", 0, HOUR, 60, &n);
	scene_read("a[1].log", &o, &l);
	ck_assert_uint_eq(l.files, 1);
	scene_log_clear(&l);
}
END_TEST

static const struct {
	const char *operand, *message;
} refusals[] = {
	{ "nothing", "No such file" },
	{ "nothing*", "no file matches" },
	{ "empty", "no conn.log in it" },
	{ "loop", "symbolic links" },
};

START_TEST(an_operand_that_is_nothing_is_refused_with_its_name)
{
	struct source_options o = scene_everything();
	struct diag d = DIAG_INIT;

	scene_folder("empty");
	ck_assert_int_eq(symlink("loop", scene_path("loop")), 0);
	ck_assert_ptr_null(
	    source_open(scene_path(refusals[_i].operand), &o, &d));
	ck_assert_msg(
	    strstr(d.text, refusals[_i].message) != NULL, "%s", d.text);
	ck_assert_ptr_nonnull(strstr(d.text, refusals[_i].operand));
}
END_TEST

START_TEST(an_empty_name_is_refused)
{
	struct source_options o = scene_everything();
	struct diag d = DIAG_INIT;

	ck_assert_ptr_null(source_open("", &o, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "wanted"));
}
END_TEST

static void
add_layouts(Suite *s)
{
	TCase *t = tcase_create("layouts");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, scene_begin, scene_end);
	tcase_add_test(t, a_log_root_gives_every_file_of_every_day);
	tcase_add_loop_test(t, only_files_that_can_matter_are_opened, 0, 2);
	tcase_add_test(t, names_are_read_in_the_zone_of_the_sensor);
	tcase_add_test(t, both_files_of_an_hour_that_occurs_twice_are_taken);
	tcase_add_test(
	    t, no_file_for_the_window_is_an_empty_source_and_no_failure);
	tcase_add_test(t, the_spool_and_the_archive_are_one_log);
	tcase_add_test(t, a_queue_and_its_archive_are_one_log);
	tcase_add_test(t, default_names_end_where_the_next_one_begins);
	tcase_add_test(t, files_without_a_time_in_their_name_are_looked_into);
	tcase_add_test(t, a_log_and_its_compressed_copy_are_one_log);
	tcase_add_test(t, a_pattern_of_other_logs_alone_is_what_the_user_wants);
	suite_add_tcase(s, t);
}

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/source");
	TCase *t = tcase_create("reading");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, scene_begin, scene_end);
	tcase_add_test(t, two_loggers_come_out_in_the_order_of_time);
	tcase_add_test(
	    t, a_pause_of_one_logger_does_not_let_the_other_run_ahead);
	tcase_add_test(t, more_files_at_once_than_can_be_open_are_all_read);
	tcase_add_test(t, a_cut_gzip_is_trouble_after_its_good_bytes);
	tcase_add_test(t, an_entry_that_cannot_be_read_is_said_and_passed_over);
	tcase_add_test(t, a_file_compressed_before_its_turn_is_found_again);
	tcase_add_test(t, a_live_log_that_is_rotated_away_is_still_read);
	tcase_add_loop_test(t, a_log_is_live_while_it_is_young_and_not_closed,
	    0, ARRAY_LEN(lives));
	tcase_add_loop_test(t, standard_input_and_a_fifo_are_read, 0, 2);
	tcase_add_loop_test(t,
	    an_operand_that_is_nothing_is_refused_with_its_name, 0,
	    ARRAY_LEN(refusals));
	tcase_add_test(t, an_empty_name_is_refused);
	suite_add_tcase(s, t);
	add_layouts(s);
	return s;
}
