/*
 * Expressions that every release since 18.16 understands, and the values of
 * which do not depend on the release: both sides of a push-down must get the
 * same ones.
 */
#include <inttypes.h>
#include "source/clickhouse_bind.h"

#define EXPR_MARGIN_US (2 * US_PER_S) /* of what cuts, beyond what is exact */

static void
expr_quoted(struct buf *out, char quote, const char *text)
{
	buf_add_char(out, quote);
	for (; *text != '\0'; text++) {
		if (*text == quote || *text == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, quote);
}

void
clickhouse_put_name(struct buf *out, const char *name)
{
	expr_quoted(out, '`', name);
}

void
clickhouse_put_text(struct buf *out, const char *text)
{
	expr_quoted(out, '\'', text);
}

void
clickhouse_put_from(const struct clickhouse_binding *b, struct buf *out)
{
	buf_add_str(out, " FROM ");
	clickhouse_put_name(out, b->operand->database);
	buf_add_char(out, '.');
	clickhouse_put_name(out, b->operand->table);
}

/* With another value in place of NULL. */
static void
expr_column(const struct clickhouse_binding *b, enum clickhouse_column c,
    const char *unset, struct buf *out)
{
	if (b->column[c].nullable)
		buf_add_str(out, "ifNull(");
	clickhouse_put_name(out, b->column[c].name);
	if (b->column[c].nullable)
		buf_printf(out, ", %s)", unset);
}

void
clickhouse_put_us(const struct clickhouse_binding *b, enum clickhouse_column c,
    struct buf *out)
{
	static const struct {
		const char *before, *after;
	} forms[] = {
		[CLICKHOUSE_NUMBER] = { "toInt64(", ") * 1000000" },
		[CLICKHOUSE_UINT32] = { "toInt64(", ") * 1000000" },
		[CLICKHOUSE_REAL] = { "toInt64(round(toFloat64(",
		    ") * 1000000))" },
		[CLICKHOUSE_DATETIME] = { "toInt64(toUInt32(", ")) * 1000000" },
		[CLICKHOUSE_DATETIME64] = { "toUnixTimestamp64Micro(", ")" },
	};
	enum clickhouse_type t = b->column[c].type;

	if (t == CLICKHOUSE_NONE) {
		buf_add_str(out, "toInt64(0)");
		return;
	}
	buf_add_char(out, '(');
	if (t == CLICKHOUSE_DATETIME64 && b->column[c].nullable) {
		buf_add_str(out, "ifNull(toUnixTimestamp64Micro(");
		clickhouse_put_name(out, b->column[c].name);
		buf_add_str(out, "), toInt64(0)))");
		return;
	}
	buf_add_str(out, forms[t].before);
	expr_column(
	    b, c, t == CLICKHOUSE_DATETIME ? "toDateTime(0)" : "0", out);
	buf_add_str(out, forms[t].after);
	buf_add_char(out, ')');
}

void
clickhouse_put_end(const struct clickhouse_binding *b, struct buf *out)
{
	buf_add_char(out, '(');
	clickhouse_put_us(b, CLICKHOUSE_TS, out);
	buf_add_str(out, " + ");
	clickhouse_put_us(b, CLICKHOUSE_DURATION, out);
	buf_add_char(out, ')');
}

void
clickhouse_put_number(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out)
{
	if (b->column[c].type == CLICKHOUSE_NONE) {
		buf_add_str(out, "toInt64(0)");
		return;
	}
	buf_add_str(out, "toInt64(");
	expr_column(b, c, "0", out);
	buf_add_char(out, ')');
}

/* Of an address column: its text. */
static void
expr_address_text(const struct clickhouse_binding *b, enum clickhouse_column c,
    struct buf *out)
{
	static const struct {
		const char *before, *after, *unset;
	} forms[] = {
		[CLICKHOUSE_STRING] = { "toString(", ")", "''" },
		[CLICKHOUSE_BYTES16] = { "IPv6NumToString(", ")",
		    "toFixedString('', 16)" },
		[CLICKHOUSE_UINT32] = { "IPv4NumToString(", ")",
		    "toUInt32(0)" },
	};
	enum clickhouse_type t = b->column[c].type;

	if (t == CLICKHOUSE_IPV4 || t == CLICKHOUSE_IPV6) {
		buf_add_str(out,
		    b->column[c].nullable ? "ifNull(toString(" : "toString(");
		clickhouse_put_name(out, b->column[c].name);
		buf_add_str(out, b->column[c].nullable ? "), '')" : ")");
		return;
	}
	buf_add_str(out, forms[t].before);
	expr_column(b, c, forms[t].unset, out);
	buf_add_str(out, forms[t].after);
}

void
clickhouse_put_address(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out)
{
	struct buf text = BUF_INIT;
	enum clickhouse_type t = b->column[c].type;

	if (b->server.ip_bytes && t == CLICKHOUSE_IPV6) {
		buf_add_str(out, "concat('', reinterpretAsFixedString(");
		expr_column(b, c, "toIPv6('::')", out);
		buf_add_str(out, "))");
		return;
	}
	if (t == CLICKHOUSE_BYTES16) {
		buf_add_str(out, "toString(");
		expr_column(b, c, "toFixedString('', 16)", out);
		buf_add_char(out, ')');
		return;
	}
	expr_address_text(b, c, &text);
	if (!buf_ok(&text))
		out->failed = true;
	else if (b->server.ip_or_default)
		buf_printf(
		    out, "concat('', IPv6StringToNumOrDefault(%s))", text.p);
	else
		buf_printf(out,
		    "concat('', if(position(%s, ':') = 0, "
		    "IPv4ToIPv6(IPv4StringToNum(%s)), IPv6StringToNum(%s)))",
		    text.p, text.p, text.p);
	buf_clear(&text);
}

static void
expr_proto(const struct clickhouse_binding *b, struct buf *out)
{
	enum clickhouse_type t = b->column[CLICKHOUSE_PROTO].type;

	if (t == CLICKHOUSE_NUMBER) {
		buf_add_str(out, "transform(");
		clickhouse_put_number(b, CLICKHOUSE_PROTO, out);
		buf_add_str(out,
		    ", [1, 6, 17, 58], ['icmp', 'tcp', 'udp', 'icmp'], "
		    "'unknown_transport')");
		return;
	}
	buf_add_str(out, "lower(toString(");
	expr_column(b, CLICKHOUSE_PROTO, "''", out);
	buf_add_str(out, "))");
}

/* Microseconds as "1764000000.250000". */
static void
expr_seconds(const struct clickhouse_binding *b, enum clickhouse_column c,
    struct buf *out)
{
	struct buf us = BUF_INIT;

	clickhouse_put_us(b, c, &us);
	if (!buf_ok(&us))
		out->failed = true;
	else
		buf_printf(out,
		    "concat(toString(intDiv(%s, 1000000)), '.', "
		    "substring(toString(1000000 + %s %% 1000000), 2))",
		    us.p, us.p);
	buf_clear(&us);
}

static void
expr_unless_null(const struct clickhouse_binding *b, enum clickhouse_column c,
    const struct buf *text, struct buf *out)
{
	if (!buf_ok(text)) {
		out->failed = true;
		return;
	}
	if (b->column[c].nullable) {
		buf_add_str(out, "if(isNull(");
		clickhouse_put_name(out, b->column[c].name);
		buf_printf(out, "), '-', %s)", text->p);
	} else
		buf_add(out, text->p, text->n);
}

/* What a parser of conn.log takes for nothing where the table has nothing. */
void
clickhouse_put_logged(const struct clickhouse_binding *b,
    enum clickhouse_column c, struct buf *out)
{
	enum clickhouse_type t = b->column[c].type;
	struct buf text = BUF_INIT;

	if (t == CLICKHOUSE_NONE) {
		buf_add_str(out, "'-'");
		return;
	}
	if (c == CLICKHOUSE_TS || c == CLICKHOUSE_DURATION)
		expr_seconds(b, c, &text);
	else if (c == CLICKHOUSE_PROTO)
		expr_proto(b, &text);
	else if (c == CLICKHOUSE_ORIG_H || c == CLICKHOUSE_RESP_H)
		expr_address_text(b, c, &text);
	else if ((c == CLICKHOUSE_LOCAL_ORIG || c == CLICKHOUSE_LOCAL_RESP) &&
	    t != CLICKHOUSE_STRING) {
		buf_add_str(&text, "if(");
		expr_column(b, c, "0", &text);
		buf_add_str(&text, " = 0, 'F', 'T')");
	} else if (t == CLICKHOUSE_STRING || t == CLICKHOUSE_ENUM) {
		buf_add_str(&text, "toString(");
		expr_column(b, c, "''", &text);
		buf_add_char(&text, ')');
	} else {
		buf_add_str(&text, "toString(");
		clickhouse_put_number(b, c, &text);
		buf_add_char(&text, ')');
	}
	expr_unless_null(b, c, &text, out);
	buf_clear(&text);
}

/* A time as the column of it has it, so that an index can be used. */
static void
expr_time(const struct clickhouse_binding *b, enum clickhouse_column c,
    const char *sign, int64_t us, struct buf *out)
{
	enum clickhouse_type t = b->column[c].type;
	int64_t s = us / US_PER_S;

	s = s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : s;
	buf_add_str(out, " AND ");
	clickhouse_put_name(out, b->column[c].name);
	if (t == CLICKHOUSE_DATETIME || t == CLICKHOUSE_DATETIME64)
		buf_printf(out, " %s toDateTime(%" PRId64 ")", sign, s);
	else
		buf_printf(out, " %s %" PRId64, sign, s);
}

/* What an index can cut by comes first; it leaves out no flow that counts. */
static void
expr_cut(const struct clickhouse_binding *b, int64_t from_us, int64_t to_us,
    struct buf *out)
{
	bool end = b->column[CLICKHOUSE_END].type != CLICKHOUSE_NONE;
	int64_t back = end ? 0 : b->operand->lookback_us;

	if (from_us != INT64_MIN && back != INT64_MAX)
		expr_time(b, end ? CLICKHOUSE_END : CLICKHOUSE_TS,
		    ">=", from_us - back - EXPR_MARGIN_US, out);
	if (to_us != INT64_MAX && end)
		expr_time(b, CLICKHOUSE_END, "<=", to_us + EXPR_MARGIN_US, out);
	if (to_us != INT64_MAX)
		expr_time(b, CLICKHOUSE_TS, "<=", to_us + EXPR_MARGIN_US, out);
}

void
clickhouse_put_where(const struct clickhouse_binding *b, int64_t from_us,
    int64_t to_us, struct buf *out)
{
	buf_add_str(out, " WHERE 1");
	if (b->operand->sensor != NULL) {
		buf_add_str(out, " AND ");
		clickhouse_put_name(out, b->column[CLICKHOUSE_SENSOR].name);
		buf_add_str(out, " = ");
		clickhouse_put_text(out, b->operand->sensor);
	}
	expr_cut(b, from_us, to_us, out);
	if (from_us != INT64_MIN) {
		buf_add_str(out, " AND ");
		clickhouse_put_end(b, out);
		buf_printf(out, " >= %" PRId64, from_us);
	}
	if (to_us != INT64_MAX) {
		buf_add_str(out, " AND ");
		clickhouse_put_end(b, out);
		buf_printf(out, " < %" PRId64, to_us);
	}
	if (b->operand->where != NULL)
		buf_printf(out, " AND (%s)", b->operand->where);
}
