/*
 * One file as blocks: nothing is lost or doubled, lines stay whole, and a
 * window costs its own region and no more.
 */
#include "scene.h"

static void
ck_same(const struct buf *got, const struct buf *want)
{
	ck_assert_uint_eq(got->n, want->n);
	ck_assert(want->n == 0 || memcmp(got->p, want->p, want->n) == 0);
}

static const struct {
	const char *head;
	unsigned records;
	size_t long_line; /* bytes of one more line */
	const char *tail;
} shapes[] = {
	{ "", 0, 0, "" },
	{ "#fields\tts\n", 0, 0, "" },
	{ SCENE_HEADER, 0, 0, "" },
	{ SCENE_HEADER, 1, 0, "" },
	{ SCENE_HEADER, 1, 0, "1717200000.5\tcut" },
	{ SCENE_HEADER, 20000, 0, "#close\t2024-06-01-01-00-00\n" },
	{ SCENE_HEADER, 20000, 900000, "1" },
	{ SCENE_HEADER, 20000, FLOW_MAX_LINE - 1, "" },
	{ SCENE_HEADER, 20000, FLOW_MAX_LINE + 300000, "more\n" },
	{ "", 0, 5 * FLOW_MAX_LINE, "" },
};

START_TEST(a_file_is_handed_over_byte_for_byte)
{
	struct buf text = BUF_INIT;
	struct source_options o = scene_everything();
	struct scene_log l;
	size_t i;

	buf_add_str(&text, shapes[_i].head);
	for (i = 0; i < shapes[_i].records; i++)
		scene_record(&text, (int64_t)i, (unsigned)i);
	for (i = 0; i < shapes[_i].long_line; i++)
		buf_add_char(&text, 'x');
	if (i > 0)
		buf_add_char(&text, '\n');
	buf_add_str(&text, shapes[_i].tail);
	scene_put("conn.log", text.p, text.n);
	scene_read("conn.log", &o, &l);
	ck_same(&l.text, &text);
	ck_assert_uint_eq(l.files, 1);
	ck_assert_uint_eq(l.lasts, 1);
	ck_assert_uint_eq(l.troubles + l.seeks, 0);
	/* Only a line over the limit comes in pieces. */
	ck_assert_int_eq(l.pieces > 0, shapes[_i].long_line > FLOW_MAX_LINE);
	ck_assert_uint_eq(l.bytes_read, text.n);
	scene_log_clear(&l);
	scene_put_gzip("conn.log.gz", &text);
	scene_read("conn.log.gz", &o, &l);
	ck_same(&l.text, &text);
	ck_assert_int_eq(l.pieces > 0, shapes[_i].long_line > FLOW_MAX_LINE);
	scene_log_clear(&l);
	buf_clear(&text);
}
END_TEST

enum form {
	FORM_TSV,
	FORM_JSON,
	FORM_GZIP,
	FORM_NFORMS
};

/* 200 000 records over 20 000 s, every tenth logged a minute late. */
#define BIG_RECORDS 200000
#define BIG_END(i) ((int64_t)((i) / 10) - ((i) % 10 == 3 ? 55 : 0))

static const char *
make_big(enum form form)
{
	struct buf b = BUF_INIT;
	const char *name = form == FORM_GZIP ? "conn.log.gz" : "conn.log";
	unsigned i;

	if (form != FORM_JSON)
		buf_add_str(&b, SCENE_HEADER);
	for (i = 0; i < BIG_RECORDS; i++) {
		if (form == FORM_JSON)
			scene_json(&b, BIG_END(i), i);
		else
			scene_record(&b, BIG_END(i), i);
	}
	if (form == FORM_GZIP)
		scene_put_gzip(name, &b);
	else
		scene_put(name, b.p, b.n);
	buf_clear(&b);
	return name;
}

static bool
has_record(const struct scene_log *l, enum form form, unsigned n)
{
	char uid[32];
	int len = snprintf(
	    uid, sizeof(uid), form == FORM_JSON ? "\"C%u\"" : "\tC%u\t", n);

	return memmem(l->text.p, l->text.n, uid, (size_t)len) != NULL;
}

START_TEST(a_window_is_entered_where_its_records_begin)
{
	struct source_options o = scene_options(10000, 10600, NULL);
	enum form form = (enum form)_i;
	struct scene_log l;
	unsigned i, first = 0;
	const char *name = make_big(form);

	scene_read(name, &o, &l);
	ck_assert_uint_eq(l.files, 1);
	ck_assert_uint_ge(l.seeks, 1);
	ck_assert_uint_eq(l.lasts, 1);
	/* All of the window, although some come a minute late. */
	for (i = 100000; i < BIG_RECORDS; i += 61)
		ck_assert(has_record(&l, form, i));
	while (first < BIG_RECORDS && !has_record(&l, form, first + 100))
		first += 100;
	/* The region begins a little before it. */
	if (form != FORM_GZIP) {
		ck_assert_uint_gt(first, 90000);
		ck_assert_uint_lt(first, 99400);
	}
	if (form != FORM_JSON)
		ck_assert_int_eq(memcmp(l.text.p, "#separator", 10), 0);
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_window_of_a_big_plain_file_reads_only_its_region)
{
	struct source_options o = scene_options(10000, 10060, NULL);
	struct source *s;
	struct source_item it;
	size_t blocks = 0;

	(void)make_big(FORM_TSV);
	s = source_open(scene_path("conn.log"), &o, NULL);
	ck_assert_ptr_nonnull(s);
	do {
		source_next(s, &it, NULL);
		blocks += it.event == SOURCE_BLOCK;
	} while (blocks < 2);
	/* 14 MB: a dozen looks of 64 KB, the header and one block. */
	ck_assert_uint_lt(source_bytes_read(s), 2000000);
	ck_assert_uint_lt(source_bytes_total(s), 8000000);
	source_close(s);
}
END_TEST

START_TEST(what_lies_before_the_window_is_left_out_of_a_compressed_file)
{
	struct source_options o = scene_options(10000, 10600, NULL);
	struct scene_log l;

	scene_read(make_big(FORM_GZIP), &o, &l);
	ck_assert_uint_ge(l.seeks, 1);
	ck_assert(!has_record(&l, FORM_GZIP, 50000));
	ck_assert(!has_record(&l, FORM_GZIP, 90000));
	ck_assert(has_record(&l, FORM_GZIP, 99500));
	scene_log_clear(&l);
}
END_TEST

START_TEST(offsets_point_at_the_bytes_of_the_file)
{
	struct source_options o = scene_options(10000, 10600, NULL);
	struct source *s;
	struct source_item it;
	char there[64];
	int fd;
	unsigned checked = 0;

	(void)make_big(FORM_TSV);
	fd = open(scene_path("conn.log"), O_RDONLY);
	s = source_open(scene_path("conn.log"), &o, NULL);
	ck_assert_ptr_nonnull(s);
	for (source_next(s, &it, NULL); it.event != SOURCE_END;
	     source_next(s, &it, NULL)) {
		if (it.event != SOURCE_BLOCK || it.block.n < sizeof(there))
			continue;
		ck_assert_int_eq(
		    pread(fd, there, sizeof(there), (off_t)it.offset),
		    sizeof(there));
		ck_assert_int_eq(memcmp(there, it.block.p, sizeof(there)), 0);
		checked++;
	}
	ck_assert_uint_gt(checked, 10);
	source_close(s);
	(void)close(fd);
}
END_TEST

START_TEST(a_wild_time_does_not_mislead_the_search)
{
	struct source_options o = scene_options(10000, 10600, NULL);
	struct scene_log l;
	struct buf b = BUF_INIT;
	unsigned i;

	buf_add_str(&b, SCENE_HEADER);
	for (i = 0; i < BIG_RECORDS; i++)
		scene_record(&b, i % 500 == 7 ? 500000000 : BIG_END(i), i);
	scene_put("conn.log", b.p, b.n);
	buf_clear(&b);
	scene_read("conn.log", &o, &l);
	ck_assert_uint_eq(l.seeks, 1);
	ck_assert(has_record(&l, FORM_TSV, 100000));
	ck_assert(has_record(&l, FORM_TSV, 99500));
	ck_assert(!has_record(&l, FORM_TSV, 80000));
	scene_log_clear(&l);
}
END_TEST

START_TEST(a_file_that_makes_no_sense_is_read_from_its_start)
{
	struct source_options o = scene_options(10000, 10600, NULL);
	struct scene_log l;
	struct buf b = BUF_INIT;
	unsigned i;

	buf_add_str(&b, SCENE_HEADER);
	scene_record(&b, 1, 1);
	for (i = 0; i < 100000; i++)
		buf_printf(&b, "no record of any log, number %u\n", i);
	scene_put("conn.log", b.p, b.n);
	scene_read("conn.log", &o, &l);
	ck_same(&l.text, &b);
	ck_assert_uint_eq(l.seeks, 0);
	scene_log_clear(&l);
	buf_clear(&b);
}
END_TEST

static const struct {
	int64_t from_s, to_s;
	unsigned must; /* a record that must come */
	bool seeks;
} windows[] = {
	{ -5000, -4000, 0, false },
	{ -10, 10, 0, false },
	{ 0, 20000, 0, false },
	{ 19990, 20100, 199999, true },
	{ 50000, 60000, 199999, true },
};

START_TEST(a_window_at_an_edge_of_the_file_shows_that_edge)
{
	struct source_options o =
	    scene_options(windows[_i].from_s, windows[_i].to_s, NULL);
	struct scene_log l;

	scene_read(make_big(FORM_TSV), &o, &l);
	ck_assert(has_record(&l, FORM_TSV, windows[_i].must));
	ck_assert_int_eq(l.seeks > 0, windows[_i].seeks);
	scene_log_clear(&l);
}
END_TEST

START_TEST(columns_that_change_on_the_way_are_never_left_out)
{
	struct source_options o = scene_options(19000, 19600, NULL);
	struct scene_log l;
	struct buf b = BUF_INIT;
	unsigned i;

	buf_add_str(&b, SCENE_HEADER);
	for (i = 0; i < BIG_RECORDS; i++) {
		scene_record(&b, BIG_END(i), i);
		if (i == 100000)
			buf_add_str(&b,
			    "#fields\tuid\tts\n#types\tstring\ttime\n"
			    "#rest\n" SCENE_HEADER);
	}
	scene_put_gzip("conn.log.gz", &b);
	buf_clear(&b);
	scene_read("conn.log.gz", &o, &l);
	ck_assert_ptr_nonnull(memmem(l.text.p, l.text.n, "#rest\n", 6));
	ck_assert(has_record(&l, FORM_TSV, 190000));
	ck_assert(!has_record(&l, FORM_TSV, 50000));
	ck_assert(!has_record(&l, FORM_TSV, 150000));
	scene_log_clear(&l);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/stream");
	TCase *t = tcase_create("blocks");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, scene_begin, scene_end);
	tcase_add_loop_test(
	    t, a_file_is_handed_over_byte_for_byte, 0, ARRAY_LEN(shapes));
	tcase_add_loop_test(
	    t, a_window_is_entered_where_its_records_begin, 0, FORM_NFORMS);
	tcase_add_test(t, a_window_of_a_big_plain_file_reads_only_its_region);
	tcase_add_test(
	    t, what_lies_before_the_window_is_left_out_of_a_compressed_file);
	tcase_add_test(t, offsets_point_at_the_bytes_of_the_file);
	tcase_add_test(t, a_wild_time_does_not_mislead_the_search);
	tcase_add_test(t, a_file_that_makes_no_sense_is_read_from_its_start);
	tcase_add_loop_test(t, a_window_at_an_edge_of_the_file_shows_that_edge,
	    0, ARRAY_LEN(windows));
	tcase_add_test(t, columns_that_change_on_the_way_are_never_left_out);
	suite_add_tcase(s, t);
	return s;
}
