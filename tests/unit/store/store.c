/*
 * Opening: what the file is, whether it is whole, and which version it has.
 */
#include "scene.h"
#include "store/state.h"

static void
scene_none(void)
{
	scene_begin(0);
	store_close(scene);
	scene = NULL;
}

static enum store_error
open_and_close(enum store_access access)
{
	struct store *st;
	enum store_error e = scene_open(access, &st);

	store_close(st);
	return e;
}

static void
pragma(const char *sql)
{
	ck_assert_int_eq(
	    sqlite3_exec(scene->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

START_TEST(a_new_file_is_of_this_version_and_private)
{
	struct stat sb;

	ck_assert_int_eq(stat(scene_file, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(scene_sql("PRAGMA user_version"), STORE_VERSION);
	ck_assert_int_eq(open_and_close(STORE_READ), STORE_OK);
}
END_TEST

START_TEST(a_file_of_version_0_is_migrated_by_a_writer_only)
{
	ck_assert_int_eq(unlink(scene_file), 0);
	(void)scene_sql("PRAGMA application_id = 0x58544150");
	ck_assert_int_eq(open_and_close(STORE_READ), STORE_OLDER);
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_OK);
	ck_assert_int_eq(scene_sql("PRAGMA user_version"), STORE_VERSION);
	ck_assert_int_eq(open_and_close(STORE_READ), STORE_OK);
}
END_TEST

START_TEST(a_scratch_store_is_no_file)
{
	const struct store_options o = { .access = STORE_SCRATCH };
	const char *const members[] = { "a", "b" };
	struct store *st;

	ck_assert_int_eq(unlink(scene_file), 0);
	scene_ok(store_open(scene_file, &o, &st, &scene_diag));
	scene_ok(store_group(
	    st, "g", RELATION_MIRROR, 60000000, members, 2, 1, &scene_diag));
	ck_assert_int_eq(store_rows(st, "sensor"), 2);
	store_close(st);
	ck_assert_int_ne(access(scene_file, F_OK), 0);
}
END_TEST

START_TEST(a_newer_version_is_refused)
{
	(void)scene_sql("PRAGMA user_version = 99");
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_NEWER);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "update crosstap"));
}
END_TEST

START_TEST(a_database_of_another_program_is_left_alone)
{
	(void)scene_sql("PRAGMA application_id = 7");
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "another program"));
}
END_TEST

START_TEST(a_damaged_file_says_what_to_do)
{
	FILE *f = fopen(scene_file, "r+");
	int i;

	ck_assert_ptr_nonnull(f);
	/* all but the header of the file */
	ck_assert_int_eq(fseek(f, 100, SEEK_SET), 0);
	for (i = 0; i < 20000; i++)
		ck_assert_int_ne(fputs("garbage ", f), EOF);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "restore a backup"));
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "sqlite3 FILE .recover"));
}
END_TEST

/* Pages that nothing reads at the start. */
static void
damage_bucket(void)
{
	int64_t page = scene_sql(
	    "SELECT rootpage FROM sqlite_schema WHERE name = 'bucket'");
	FILE *f = fopen(scene_file, "r+");
	int i;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(
	    fseek(f, (page - 1) * scene_sql("PRAGMA page_size"), SEEK_SET), 0);
	for (i = 0; i < 100; i++)
		ck_assert_int_ne(fputs("garbage ", f), EOF);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(after_a_kill_the_file_is_checked_as_a_whole)
{
	damage_bucket();
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_OK);
	/* as it is while it is open */
	(void)scene_sql("INSERT INTO meta VALUES ('open', 0, 1)");
	ck_assert_int_eq(open_and_close(STORE_READ), STORE_OK);
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "restore a backup"));
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
}
END_TEST

START_TEST(after_a_meeting_with_damage_the_file_is_checked_as_a_whole)
{
	struct store *st;
	int64_t last;

	damage_bucket();
	ck_assert_int_eq(scene_open(STORE_WRITE, &st), STORE_OK);
	ck_assert_int_eq(
	    scene_sql("SELECT value FROM meta WHERE key = 'open'"), 1);
	ck_assert_int_eq(
	    store_group(st, "g", RELATION_MIRROR, MINUTE,
		(const char *const[]){ "A" }, 1, AT(0), &scene_diag),
	    STORE_OK);
	ck_assert_int_eq(
	    store_last(st, "g", &last, &scene_diag), STORE_CORRUPT);
	store_close(st);
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
}
END_TEST

START_TEST(a_file_that_was_closed_is_not_noted_as_open)
{
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_OK);
	ck_assert_int_eq(
	    scene_sql("SELECT count(*) FROM meta WHERE key = 'open'"), 0);
}
END_TEST

START_TEST(a_file_that_is_no_database_says_what_to_do)
{
	FILE *f = fopen(scene_file, "w");
	int i;

	ck_assert_ptr_nonnull(f);
	for (i = 0; i < 9999; i++)
		ck_assert_int_ne(fputs("garbage ", f), EOF);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(open_and_close(STORE_WRITE), STORE_CORRUPT);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "restore a backup"));
}
END_TEST

START_TEST(a_reader_makes_no_file)
{
	ck_assert_int_eq(unlink(scene_file), 0);
	ck_assert_int_eq(open_and_close(STORE_READ), STORE_OPEN);
	ck_assert_int_ne(access(scene_file, F_OK), 0);
}
END_TEST

START_TEST(a_reader_sees_what_a_writer_has_written_beside_it)
{
	struct store *reader;
	int64_t last;

	ck_assert_int_eq(scene_open(STORE_READ, &reader), STORE_OK);
	scene_buckets(0, 1, 0, STORE_FULL_READING);
	scene_ok(store_last(reader, "g", &last, &scene_diag));
	ck_assert_int_eq(last, AT(0));
	scene_buckets(1, 1, 0, STORE_FULL_READING);
	scene_ok(store_last(reader, "g", &last, &scene_diag));
	ck_assert_int_eq(last, AT(1));
	store_close(reader);
}
END_TEST

START_TEST(a_reader_cannot_write)
{
	struct store *reader;

	ck_assert_int_eq(scene_open(STORE_READ, &reader), STORE_OK);
	ck_assert_int_eq(store_feed_set(reader, "f", "k", "v", &scene_diag),
	    STORE_READ_ONLY);
	store_close(reader);
}
END_TEST

START_TEST(a_write_after_the_file_was_full_succeeds_when_there_is_room)
{
	char sql[64];
	struct result r;
	struct store_cycle c = { .group = "g", .reading = STORE_FULL_READING };

	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
	    (long long)scene_sql("PRAGMA page_count"));
	pragma(sql);
	scene_result(&r, 2, AT(0), 2000);
	c.result = &r;
	scene_diag = (struct diag)DIAG_INIT;
	ck_assert_int_eq(store_write(scene, &c, &scene_diag), STORE_FULL);
	ck_assert_ptr_nonnull(strstr(scene_diag.text, "free space"));
	ck_assert_int_eq(store_rows(scene, "bucket"), 0);
	pragma("PRAGMA max_page_count = 1073741823");
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	ck_assert_int_eq(store_rows(scene, "bucket"), 2000);
}
END_TEST

/* The section of a table in the document; owned. */
static char *
section(const char *text, const char *table)
{
	char head[80];
	const char *from, *to;

	(void)snprintf(head, sizeof(head), "\n### %s\n", table);
	from = strstr(text, head);
	ck_assert_msg(from != NULL, "doc/store.md has no section %s", table);
	from += strlen(head);
	to = strstr(from, "\n### ");
	return strndup(from, to == NULL ? strlen(from) : (size_t)(to - from));
}

START_TEST(every_table_and_column_is_in_the_document)
{
	static char text[65536];
	char name[80], *part;
	sqlite3_stmt *s;
	unsigned n = 0;
	FILE *f;

	(void)snprintf(
	    text, sizeof(text), "%s/../../doc/store.md", unit_data());
	f = fopen(text, "r");
	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	(void)fclose(f);
	ck_assert_int_eq(sqlite3_prepare_v2(scene->db,
			     "SELECT t.name, c.name FROM sqlite_schema t,"
			     " pragma_table_info(t.name) c"
			     " WHERE t.type = 'table'"
			     " AND t.name NOT LIKE 'sqlite_%'",
			     -1, &s, NULL),
	    SQLITE_OK);
	for (; sqlite3_step(s) == SQLITE_ROW; n++) {
		const char *table = (const char *)sqlite3_column_text(s, 0);
		const char *column = (const char *)sqlite3_column_text(s, 1);

		part = section(text, table);
		(void)snprintf(name, sizeof(name), "`%s`", column);
		ck_assert_msg(strstr(part, name) != NULL,
		    "doc/store.md does not tell of %s.%s", table, column);
		ck_assert_int_ge(store_rows(scene, table), 0);
		free(part);
	}
	ck_assert_uint_gt(n, 100);
	(void)sqlite3_finalize(s);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/store");
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, scene_none, scene_end);
	tcase_add_test(tc, a_new_file_is_of_this_version_and_private);
	tcase_add_test(tc, a_file_of_version_0_is_migrated_by_a_writer_only);
	tcase_add_test(tc, a_scratch_store_is_no_file);
	tcase_add_test(tc, a_newer_version_is_refused);
	tcase_add_test(tc, a_database_of_another_program_is_left_alone);
	tcase_add_test(tc, a_damaged_file_says_what_to_do);
	tcase_add_test(tc, after_a_kill_the_file_is_checked_as_a_whole);
	tcase_add_test(
	    tc, after_a_meeting_with_damage_the_file_is_checked_as_a_whole);
	tcase_add_test(tc, a_file_that_was_closed_is_not_noted_as_open);
	tcase_add_test(tc, a_file_that_is_no_database_says_what_to_do);
	tcase_add_test(tc, a_reader_makes_no_file);
	suite_add_tcase(s, tc);
	tc = tcase_create("beside");
	tcase_add_checked_fixture(tc, scene_two, scene_end);
	tcase_add_test(tc, a_reader_sees_what_a_writer_has_written_beside_it);
	tcase_add_test(tc, a_reader_cannot_write);
	tcase_add_test(tc, every_table_and_column_is_in_the_document);
	tcase_add_test(
	    tc, a_write_after_the_file_was_full_succeeds_when_there_is_room);
	suite_add_tcase(s, tc);
	return s;
}
