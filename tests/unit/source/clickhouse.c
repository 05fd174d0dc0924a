/*
 * Operands that name tables of ClickHouse, and what a table is bound to.
 */
#include <stdio.h>
#include <stdlib.h>
#include "source/clickhouse_digest.h"
#include "../unit.h"

#define H "clickhouse://h/d.t"

static const struct {
	const char *url;
	const char *endpoint, *path, *name; /* endpoint NULL: refused */
	const char *user, *sensor, *where;
} urls[] = {
	{ H, "http://h:8123/", "clickhouse://h:8123/d.t", "t", NULL, NULL,
	    NULL },
	{ "clickhouse://u@h.example:9/d.t?sensor=ext1", "http://h.example:9/",
	    "clickhouse://h.example:9/d.t", "ext1", "u", "ext1", NULL },
	{ "clickhouses://[2001:db8::1]/d.t", "https://[2001:db8::1]:8443/",
	    "clickhouses://[2001:db8::1]:8443/d.t", "t", NULL, NULL, NULL },
	{ "clickhouse://u%40x@[::1]:1/d.t?tls=1", "https://[::1]:1/",
	    "clickhouses://[::1]:1/d.t", "t", "u@x", NULL, NULL },
	{ H "?tls=1&&", "https://h:8443/", "clickhouses://h:8443/d.t", "t",
	    NULL, NULL, NULL },
	{ H "?where=a%20%3D%20'%26%3f'&sensor=%25", "http://h:8123/",
	    "clickhouse://h:8123/d.t", "%", NULL, "%", "a = '&?'" },
	{ "clickhouse://h/a%2Eb.c%2fd", "http://h:8123/",
	    "clickhouse://h:8123/a.b.c/d", "c/d", NULL, NULL, NULL },
	{ H "?lookback=all&timeout=9&slice=5&compression=gzip",
	    "http://h:8123/", "clickhouse://h:8123/d.t", "t", NULL, NULL,
	    NULL },
	{ .url = "clickhouse://h" },
	{ .url = "clickhouse://h/" },
	{ .url = "clickhouse://h/d" },
	{ .url = "clickhouse://h/d." },
	{ .url = "clickhouse://h/.t" },
	{ .url = "clickhouse://h/d.t.u" },
	{ .url = "clickhouse:///d.t" },
	{ .url = "clickhouse://h:0/d.t" },
	{ .url = "clickhouse://h:65536/d.t" },
	{ .url = "clickhouse://h:x/d.t" },
	{ .url = "clickhouse://[::1/d.t" },
	{ .url = "clickhouse://[]/d.t" },
	{ .url = "clickhouse://-h/d.t" },
	{ .url = "clickhouse://h\n/d.t" },
	{ .url = "clickhouse://@h/d.t" },
	{ .url = "clickhouse://u:secret@h/d.t" },
	{ .url = "clickhouse://h/d.t%" },
	{ .url = "clickhouse://h/d.t%4" },
	{ .url = "clickhouse://h/d.t%00" },
	{ .url = "clickhouse://h/d.t%zz" },
	{ .url = H "?"
		   "password=x" },
	{ .url = H "?sensor" },
	{ .url = H "?sensor=" },
	{ .url = H "?sensor=a&sensor=b" },
	{ .url = H "?tls=2" },
	{ .url = H "?timeout=0" },
	{ .url = H "?slice=-1" },
	{ .url = H "?lookback=2w" },
	{ .url = H "?lookback=d" },
	{ .url = H "?compression=lz4" },
	{ .url = H "?column.none=x" },
	{ .url = H "?column.ts=" },
	{ .url = H "?column.ts=a&column.ts=b" },
	{ .url = "ssh://h/d.t" },
};

START_TEST(an_operand_says_which_flows_of_which_table)
{
	struct buf endpoint = BUF_INIT, path = BUF_INIT;
	struct clickhouse_operand o;
	struct diag d = DIAG_INIT;

	if (urls[_i].endpoint == NULL) {
		ck_assert_msg(!clickhouse_parse(urls[_i].url, &o, &d), "%s",
		    urls[_i].url);
		ck_assert_ptr_nonnull(strstr(d.text, "wanted "));
		ck_assert_ptr_null(strstr(d.text, "secret"));
		return;
	}
	ck_assert_msg(clickhouse_parse(urls[_i].url, &o, &d), "%s", d.text);
	clickhouse_endpoint(&o, &endpoint);
	clickhouse_path(&o, &path);
	ck_assert_str_eq(endpoint.p, urls[_i].endpoint);
	ck_assert_str_eq(path.p, urls[_i].path);
	ck_assert_str_eq(clickhouse_name(&o), urls[_i].name);
	ck_assert_pstr_eq(o.user, urls[_i].user);
	ck_assert_pstr_eq(o.sensor, urls[_i].sensor);
	ck_assert_pstr_eq(o.where, urls[_i].where);
	buf_clear(&endpoint);
	buf_clear(&path);
	clickhouse_clear(&o);
}
END_TEST

/* -- what a table has -- */

static const char plain[] = "sensor\tString\t\t\nts\tFloat64\t\t\n"
			    "uid\tString\t\t\nid.orig_h\tString\t\t\n"
			    "id.orig_p\tUInt16\t\t\nid.resp_h\tString\t\t\n"
			    "id.resp_p\tUInt16\t\t\nproto\tString\t\t\n"
			    "duration\tNullable(Float64)\t\t\n";

static const char server_old[] = "18.16.1\n0\nbitTest\nsipHash64\n";
static const char server_new[] =
    "26.7.2.1\n1\nIPv6StringToNumOrDefault\nbitTest\nsipHash64\n"
    "toUnixTimestamp64Micro\n";

static void
bind(struct clickhouse_binding *b, struct clickhouse_operand *o,
    const char *url, const char *server, const char *described,
    const char *want)
{
	struct diag d = DIAG_INIT;

	ck_assert_msg(clickhouse_parse(url, o, &d), "%s", d.text);
	b->operand = o;
	ck_assert(clickhouse_server_parse(span_from(server), &b->server, &d));
	if (clickhouse_bind(b, span_from(described), &d))
		ck_assert_ptr_null(want);
	else {
		ck_assert_ptr_nonnull(want);
		ck_assert_msg(strstr(d.text, want) != NULL, "%s", d.text);
	}
}

START_TEST(a_server_says_what_it_can_do)
{
	struct clickhouse_server s;
	struct diag d = DIAG_INIT;

	ck_assert(clickhouse_server_parse(span_from(server_old), &s, &d));
	ck_assert_str_eq(s.version, "18.16.1");
	ck_assert(s.may_set && s.hashes && !s.micro && !s.ip_or_default);
	ck_assert(!s.zstd);
	ck_assert(clickhouse_server_parse(span_from(server_new), &s, &d));
	ck_assert(!s.may_set && s.hashes && s.micro && s.ip_or_default);
	ck_assert(s.zstd);
	ck_assert(clickhouse_server_parse(span_from("20.8\n2\n"), &s, &d));
	ck_assert(s.may_set && !s.hashes);
	ck_assert(!clickhouse_server_parse(
	    span_from("<html>\n<body>nginx</body>"), &s, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "no ClickHouse answers"));
}
END_TEST

static const struct {
	const char *query, *more, *want; /* want NULL: it is bound */
} bindings[] = {
	{ "", plain, NULL },
	{ "?sensor=x", plain, NULL },
	{ "", plain + sizeof("sensor\tString\t\t"), NULL },
	{ "?sensor=x", plain + sizeof("sensor\tString\t\t"),
	    "d.t has no column for sensor; wanted sensor, _sensor" },
	{ "?column.uid=id", plain, "no column for uid; wanted id, or" },
	{ "?column.uid=ts", plain, "for uid is Float64; wanted String" },
	{ "?column.ts=uid", plain, "for ts is String; wanted DateTime64" },
	{ "?column.end=duration", plain, NULL },
	{ "", "uid\tString\n", "has no column for ts; wanted ts, timestamp" },
	{ "", "", "has no column for ts" },
	{ "", "ts\tDateTime64(6)\n", "column ts for ts is DateTime64" },
	{ "", "ts\tArray(Float64)\n", "wanted DateTime64, DateTime" },
	{ "", "ts\tLowCardinality(Nullable(Date))\n", "wanted DateTime64" },
	{ "",
	    "_time\tDateTime\nsrc_ip\tUInt32\nsrc_port\tInt32\n"
	    "dst_ip\tFixedString(16)\ndst_port\tUInt16\nprotocol\tUInt8\n",
	    NULL },
	{ "",
	    "ts\tDecimal(18, 6)\nid_orig_h\tLowCardinality(String)\n"
	    "id_orig_p\tUInt16\nid_resp_h\tString\nid_resp_p\tUInt16\n"
	    "proto\tEnum8('tcp' = 1)\n",
	    NULL },
};

START_TEST(columns_are_found_by_common_names_and_checked)
{
	struct clickhouse_binding b;
	struct clickhouse_operand o;
	char url[80];

	(void)snprintf(url, sizeof(url), H "%s", bindings[_i].query);
	bind(&b, &o, url, server_old, bindings[_i].more, bindings[_i].want);
	clickhouse_unbind(&b);
	clickhouse_clear(&o);
}
END_TEST

/* Every question a table can be asked, one after the other. */
static void
questions(const struct clickhouse_binding *b, struct buf *out)
{
	static const uint16_t large[3] = { 1400, 900, 600 };
	const struct clickhouse_range r = { 60000000, 120000000,
		CLICKHOUSE_LAST, NULL, "xt_h = 1" };
	const struct clickhouse_cut cut = { 60000000, 120000000, 60000000, 0,
		5 };

	clickhouse_sql_describe(b->operand, out);
	clickhouse_sql_count(b, &r, out);
	clickhouse_sql_rows(b, &r, out);
	clickhouse_sql_totals(b, &cut, large, out);
	clickhouse_sql_nets(b, &cut, out);
	clickhouse_sql_shards(b, &cut, 6, 0, 1, "xt_h = 2", out);
	ck_assert(buf_ok(out));
}

/* Quotes are outside of quotes, and pair. */
static void
check_quotes(const char *p)
{
	char in = '\0';
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (in != '\0' && *p == '\\')
			p++;
		else if (in != '\0')
			in = *p == in ? '\0' : in;
		else if (*p == '\'' || *p == '`')
			in = *p;
		else
			depth += (*p == '(') - (*p == ')');
		ck_assert_int_ge(depth, 0);
	}
	ck_assert_int_eq(in, '\0');
	ck_assert_int_eq(depth, 0);
}

START_TEST(names_and_texts_cannot_leave_their_quotes)
{
	struct buf sql = BUF_INIT;
	struct clickhouse_binding b;
	struct clickhouse_operand o;

	bind(&b, &o,
	    "clickhouse://h/d%60%5C.t%60)?sensor=%27%5C)%27&column.uid=%60)",
	    server_new,
	    "sensor\tString\nts\tNullable(DateTime64(6))\n`)\tString\n"
	    "id.orig_h\tNullable(IPv6)\nid.orig_p\tUInt16\n"
	    "id.resp_h\tIPv4\nid.resp_p\tUInt16\nproto\tString\n"
	    "local_orig\tNullable(Bool)\nlocal_resp\tString\n",
	    NULL);
	questions(&b, &sql);
	check_quotes(sql.p);
	ck_assert_ptr_nonnull(strstr(sql.p, "`d\\`\\\\`.`t\\`)`"));
	ck_assert_ptr_nonnull(strstr(sql.p, "= '\\'\\\\)\\''"));
	ck_assert_ptr_nonnull(strstr(sql.p, "`\\`)`"));
	buf_clear(&sql);
	clickhouse_unbind(&b);
	clickhouse_clear(&o);
}
END_TEST

START_TEST(a_window_is_cut_by_what_an_index_knows)
{
	static const struct {
		const char *query, *want;
	} rows[] = {
		/* two days, and a margin of two seconds */
		{ "",
		    "WHERE 1 AND `ts` >= 1763827198 AND `ts` <= 1764003602 "
		    "AND ((toInt64(" },
		{ "?lookback=1h", "WHERE 1 AND `ts` >= 1763996398 AND" },
		{ "?lookback=all", "WHERE 1 AND `ts` <= 1764003602 AND" },
		{ "?column.end=duration",
		    "WHERE 1 AND `duration` >= 1763999998 AND "
		    "`duration` <= 1764003602 AND `ts` <= 1764003602" },
		{ "?sensor=a", "WHERE 1 AND `sensor` = 'a' AND `ts`" },
		{ "?where=x>1", " < 1764003600000000 AND (x>1)" },
	};
	struct buf sql = BUF_INIT;
	struct clickhouse_binding b;
	struct clickhouse_operand o;
	char url[80];
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(url, sizeof(url), H "%s", rows[i].query);
		bind(&b, &o, url, server_old, plain, NULL);
		clickhouse_put_where(
		    &b, 1764000000000000, 1764003600000000, &sql);
		ck_assert_msg(strstr(sql.p, rows[i].want) != NULL, "%s", sql.p);
		buf_clear(&sql);
		clickhouse_unbind(&b);
		clickhouse_clear(&o);
	}
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("source/clickhouse");
	TCase *t = tcase_create("operands");

	tcase_add_loop_test(
	    t, an_operand_says_which_flows_of_which_table, 0, ARRAY_LEN(urls));
	suite_add_tcase(s, t);
	t = tcase_create("tables");
	tcase_add_test(t, a_server_says_what_it_can_do);
	tcase_add_loop_test(t, columns_are_found_by_common_names_and_checked, 0,
	    ARRAY_LEN(bindings));
	tcase_add_test(t, names_and_texts_cannot_leave_their_quotes);
	tcase_add_test(t, a_window_is_cut_by_what_an_index_knows);
	suite_add_tcase(s, t);
	return s;
}
