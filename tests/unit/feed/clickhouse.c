/*
 * What ClickHouse is told, and what it must have.
 */
#include "feed/clickhouse.h"
#include "unit.h"

static struct buf text;
static struct diag d;

static void
begin(void)
{
	size_t t, i;

	d = (struct diag)DIAG_INIT;
	buf_add_str(&text, "version\t18.16.1\nsetting\tasync_insert\n");
	for (t = 0; t < STORE_NTABLES; t++)
		for (i = 0; store_table_column((enum store_table)t, i) != NULL;
		     i++)
			buf_printf(&text, "column\t%s.%s\n",
			    store_table_name((enum store_table)t),
			    store_table_column((enum store_table)t, i));
}

static void
end(void)
{
	buf_clear(&text);
}

static bool
answer(struct clickhouse_release *s)
{
	return clickhouse_answer(buf_span(&text), "db", s, &d);
}

START_TEST(a_server_with_all_tables_is_good)
{
	struct clickhouse_release s;

	ck_assert_msg(answer(&s), "%s", d.text);
	ck_assert_str_eq(s.version, "18.16.1");
	ck_assert(s.has_async);
	ck_assert(!s.has_token);
}
END_TEST

START_TEST(a_column_that_is_missing_is_named)
{
	struct clickhouse_release s;
	char *at = strstr(text.p, "column\tcomparison.deleted");

	memcpy(at, "COLUMN", 6);
	ck_assert(!answer(&s));
	ck_assert_ptr_nonnull(strstr(d.text,
	    "no column comparison.deleted in "
	    "the database db; wanted"));
}
END_TEST

START_TEST(an_answer_that_is_cut_is_not_good)
{
	struct clickhouse_release s;
	size_t n;

	for (n = text.n; n > 0; n--) {
		text.n = n - 1;
		ck_assert_msg(!answer(&s), "of %zu bytes", text.n);
	}
}
END_TEST

START_TEST(a_page_of_another_server_is_not_good)
{
	struct clickhouse_release s;

	buf_clear(&text);
	buf_add_str(&text, "<html>\tIt works!\n</html>\t\n");
	ck_assert(!answer(&s));
	ck_assert_ptr_nonnull(strstr(d.text, "no ClickHouse"));
}
END_TEST

START_TEST(rows_go_in_by_the_names_of_their_columns)
{
	struct buf out = BUF_INIT;

	clickhouse_insert(&out, STORE_EVENTS);
	ck_assert_str_eq(out.p,
	    "INSERT INTO incident_event (store,id,incident,sensor_group,at,"
	    "kind,who,text,version) FORMAT TabSeparated");
	out.n = 0;
	clickhouse_insert_none(&out, STORE_EVENTS);
	ck_assert_str_eq(out.p,
	    "INSERT INTO incident_event (store,id,incident,sensor_group,at,"
	    "kind,who,text,version) SELECT store,id,incident,sensor_group,at,"
	    "kind,who,text,version FROM incident_event WHERE 0");
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/clickhouse");
	TCase *tc = tcase_create("clickhouse");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_server_with_all_tables_is_good);
	tcase_add_test(tc, a_column_that_is_missing_is_named);
	tcase_add_test(tc, an_answer_that_is_cut_is_not_good);
	tcase_add_test(tc, a_page_of_another_server_is_not_good);
	tcase_add_test(tc, rows_go_in_by_the_names_of_their_columns);
	suite_add_tcase(s, tc);
	return s;
}
