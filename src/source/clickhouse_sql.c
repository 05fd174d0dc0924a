/*
 * The mark is a row of its own that sorts after all others: the server has
 * sent every row when it gets to it. A row goes out with its values escaped,
 * so that none can begin a line of its own.
 */
#include <inttypes.h>
#include "source/clickhouse_sql.h"

const char clickhouse_sql_server[] =
    "SELECT xt_t FROM (SELECT 0 AS xt_k, version() AS xt_t UNION ALL "
    "SELECT 1 AS xt_k, value AS xt_t FROM system.settings "
    "WHERE name = 'readonly' UNION ALL "
    "SELECT 2 AS xt_k, name AS xt_t FROM system.functions WHERE name IN "
    "('IPv6StringToNumOrDefault', 'toUnixTimestamp64Micro', 'sipHash64', "
    "'bitTest')) ORDER BY xt_k, xt_t FORMAT TabSeparated";

void
clickhouse_sql_describe(const struct clickhouse_operand *o, struct buf *out)
{
	buf_add_str(out, "DESCRIBE TABLE ");
	clickhouse_put_name(out, o->database);
	buf_add_char(out, '.');
	clickhouse_put_name(out, o->table);
	buf_add_str(out, " FORMAT TabSeparated");
}

static void
sql_where(const struct clickhouse_binding *b, const struct clickhouse_range *r,
    struct buf *out)
{
	clickhouse_put_from(b, out);
	clickhouse_put_where(b, r->from_us, r->to_us, out);
	if (r->where != NULL)
		buf_printf(out, " AND (%s)", r->where);
}

void
clickhouse_sql_count(const struct clickhouse_binding *b,
    const struct clickhouse_range *r, struct buf *out)
{
	buf_add_str(out, "SELECT count(), min(xt_e), max(xt_e) FROM (SELECT ");
	clickhouse_put_end(b, out);
	buf_add_str(out, " AS xt_e");
	sql_where(b, r, out);
	buf_add_str(out, ") FORMAT TabSeparated");
}

void
clickhouse_sql_rows(const struct clickhouse_binding *b,
    const struct clickhouse_range *r, struct buf *out)
{
	unsigned c;

	buf_add_str(out, "SELECT ");
	for (c = 0; c < CLICKHOUSE_NLOGGED; c++)
		buf_printf(out, "%sxt_%u", c == 0 ? "" : ", ", c);
	buf_add_str(out, " FROM (");
	if (r->pick != CLICKHOUSE_ALL)
		buf_add_str(out, "SELECT * FROM (");
	if (r->with != NULL)
		buf_printf(out, "WITH %s ", r->with);
	buf_add_str(out, "SELECT toUInt8(0) AS xt_k, ");
	clickhouse_put_end(b, out);
	buf_add_str(out, " AS xt_e");
	for (c = 0; c < CLICKHOUSE_NLOGGED; c++) {
		buf_add_str(out, ", ");
		clickhouse_put_logged(b, (enum clickhouse_column)c, out);
		buf_printf(out, " AS xt_%u", c);
	}
	sql_where(b, r, out);
	if (r->pick != CLICKHOUSE_ALL)
		buf_printf(out, " ORDER BY xt_e %s LIMIT %d)",
		    r->pick == CLICKHOUSE_LAST ? "DESC" : "ASC",
		    CLICKHOUSE_EDGE_ROWS);
	buf_add_str(
	    out, " UNION ALL SELECT toUInt8(1) AS xt_k, toInt64(0) AS xt_e");
	for (c = 0; c < CLICKHOUSE_NLOGGED; c++)
		buf_printf(out, ", '%s' AS xt_%u",
		    c == 0 ? CLICKHOUSE_END_MARK : "", c);
	buf_add_str(out, ") ORDER BY xt_k, xt_e FORMAT TabSeparated");
}

void
clickhouse_log_header(const struct clickhouse_binding *b, struct buf *out)
{
	static const char *const workers[] = { "peer", "_peer", "node",
		"_node_name", "_system_name" };
	const char *worker = b->column[CLICKHOUSE_WORKER].name;
	bool known = false;
	unsigned c;
	size_t i;

	for (i = 0; worker != NULL && i < ARRAY_LEN(workers); i++)
		known |= strcmp(worker, workers[i]) == 0;
	buf_add_str(out,
	    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"
	    "#unset_field\t-\n#path\tconn\n#fields");
	for (c = 0; c < CLICKHOUSE_NLOGGED; c++) {
		const char *name =
		    clickhouse_column_name((enum clickhouse_column)c);

		if (c == CLICKHOUSE_WORKER)
			name = known ? worker : "peer";
		buf_printf(out, "\t%s", name);
	}
	buf_add_char(out, '\n');
}
