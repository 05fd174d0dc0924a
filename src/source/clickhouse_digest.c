/*
 * The tuple is that of doc/digest-format.md, hashed by the server's own
 * SipHash with the seed before it. Flows that the comparison would pair must
 * get one hash at every server, whatever its release and types; so all is
 * made text first.
 */
#include <inttypes.h>
#include "source/clickhouse_digest.h"

static void
digest_alias(struct buf *out, const char *name)
{
	buf_printf(out, " AS %s, ", name);
}

/* Types of ICMP that come in pairs become each other's ports (flow/icmp.c). */
static void
digest_icmp(struct buf *out)
{
	buf_add_str(out,
	    "if(xt_p != 'icmp', xt_rp, "
	    "if(substring(xt_o, 1, 12) != "
	    "unhex('00000000000000000000FFFF'), "
	    "transform(xt_op, "
	    "[128, 129, 130, 131, 133, 134, 135, 136, 139, 140, 144, 145], "
	    "[129, 128, 131, 130, 134, 133, 136, 135, 140, 139, 145, 144], "
	    "-1), transform(xt_op, "
	    "[8, 0, 13, 14, 15, 16, 10, 9, 17, 18], "
	    "[0, 8, 14, 13, 16, 15, 9, 10, 18, 17], -1)))");
}

/* Packets or bytes of both sides. */
static void
digest_both(const struct clickhouse_binding *b, enum clickhouse_column x,
    enum clickhouse_column y, struct buf *out)
{
	buf_add_str(out, "toUInt64(");
	clickhouse_put_number(b, x, out);
	buf_add_str(out, " + ");
	clickhouse_put_number(b, y, out);
	buf_add_char(out, ')');
}

/* enum flow_state_class */
static void
digest_state(const struct clickhouse_binding *b, struct buf *out)
{
	if (b->column[CLICKHOUSE_CONN_STATE].type == CLICKHOUSE_NONE) {
		buf_add_str(out, "toUInt64(0)");
		return;
	}
	buf_add_str(out, "toUInt64(transform(");
	clickhouse_put_logged(b, CLICKHOUSE_CONN_STATE, out);
	buf_add_str(out,
	    ", ['S0', 'REJ', 'RSTOS0', 'SH', 'S1', 'S2', 'S3', 'SF', 'RSTO', "
	    "'RSTR', 'SHR', 'RSTRH', 'OTH'], "
	    "[1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5], 0))");
}

void
clickhouse_put_cut(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, unsigned bits, struct buf *out)
{
	clickhouse_put_end(b, out);
	digest_alias(out, "xt_end");
	buf_printf(out, "toUInt32(intDiv(xt_end - %" PRId64 ", %" PRId64 "))",
	    cut->from_us - cut->shift_us, cut->width_us);
	digest_alias(out, "xt_b");
	clickhouse_put_address(b, CLICKHOUSE_ORIG_H, out);
	digest_alias(out, "xt_o");
	clickhouse_put_address(b, CLICKHOUSE_RESP_H, out);
	digest_alias(out, "xt_r");
	clickhouse_put_number(b, CLICKHOUSE_ORIG_P, out);
	digest_alias(out, "xt_op");
	clickhouse_put_number(b, CLICKHOUSE_RESP_P, out);
	digest_alias(out, "xt_rp");
	clickhouse_put_logged(b, CLICKHOUSE_PROTO, out);
	digest_alias(out, "xt_p");
	digest_icmp(out);
	digest_alias(out, "xt_c");
	buf_add_str(out,
	    "if(xt_c < 0, xt_rp, xt_c) AS xt_q, "
	    "xt_c >= 0 AND (xt_o > xt_r OR (xt_o = xt_r AND xt_op > xt_q)) "
	    "AS xt_high, if(xt_high, "
	    "concat(xt_r, xt_o, toString(xt_q), ':', toString(xt_op)), "
	    "concat(xt_o, xt_r, toString(xt_op), ':', toString(xt_q))) "
	    "AS xt_t, ");
	buf_printf(out,
	    "sipHash64(concat('%016" PRIx64 "', xt_t, xt_p)) AS xt_h, "
	    "toUInt32(bitShiftRight(xt_h, %u)) AS xt_s, ",
	    cut->seed, 64 - bits);
	buf_printf(out,
	    "sipHash64(concat('%016" PRIx64 "', "
	    "if(xt_o > xt_r, concat(xt_r, xt_o), concat(xt_o, xt_r)))) "
	    "AS xt_pair, ",
	    cut->seed);
	digest_both(b, CLICKHOUSE_ORIG_PKTS, CLICKHOUSE_RESP_PKTS, out);
	digest_alias(out, "xt_pkts");
	digest_both(b, CLICKHOUSE_ORIG_IP_BYTES, CLICKHOUSE_RESP_IP_BYTES, out);
	digest_alias(out, "xt_bytes");
	digest_state(b, out);
	buf_add_str(out,
	    " AS xt_class, intHash64(bitXor(xt_h, intHash64(bitXor("
	    "intHash64(xt_pkts), xt_bytes) + xt_class))) AS xt_v");
}

/* FROM and WHERE of buckets [first, end). */
static void
digest_where(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, uint32_t first, uint32_t end,
    struct buf *out)
{
	int64_t from = cut->from_us - cut->shift_us;
	int64_t last = from + (int64_t)end * cut->width_us;

	clickhouse_put_from(b, out);
	clickhouse_put_where(b, from + (int64_t)first * cut->width_us,
	    last < cut->to_us - cut->shift_us ? last
					      : cut->to_us - cut->shift_us,
	    out);
}

static uint32_t
digest_buckets(const struct clickhouse_cut *cut)
{
	return (uint32_t)((cut->to_us - cut->from_us + cut->width_us - 1) /
	    cut->width_us);
}

static void
digest_begin(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, unsigned bits, struct buf *out)
{
	buf_add_str(out, "WITH ");
	clickhouse_put_cut(b, cut, bits, out);
}

/* 1 where all columns have a value. */
static void
digest_all_set(const struct clickhouse_binding *b,
    const enum clickhouse_column *v, size_t n, struct buf *out)
{
	size_t i;

	buf_add_str(out, "(1");
	for (i = 0; i < n; i++) {
		const char *name = b->column[v[i]].name;
		bool text = b->column[v[i]].type == CLICKHOUSE_STRING;

		if (name == NULL) {
			buf_add_str(out, " AND 0");
		} else if (text) {
			buf_add_str(out, " AND ");
			clickhouse_put_logged(b, v[i], out);
			buf_add_str(out, " IN ('T', 'F')");
		} else if (b->column[v[i]].nullable) {
			buf_add_str(out, " AND isNotNull(");
			clickhouse_put_name(out, name);
			buf_add_char(out, ')');
		}
	}
	buf_add_char(out, ')');
}

static void
digest_is_local(const struct clickhouse_binding *b, enum clickhouse_column c,
    struct buf *out)
{
	buf_add_char(out, '(');
	clickhouse_put_logged(b, c, out);
	buf_add_str(out, " = 'T')");
}

/* Packets of one side of a fresh flow, if they are that large on average. */
static void
digest_large(const struct clickhouse_binding *b, enum clickhouse_column pkts,
    enum clickhouse_column bytes, uint16_t over, struct buf *out)
{
	struct buf n = BUF_INIT;

	clickhouse_put_number(b, pkts, &n);
	if (!buf_ok(&n)) {
		out->failed = true;
		return;
	}
	buf_printf(out, "if(xt_fresh AND %s > 0 AND intDiv(", n.p);
	clickhouse_put_number(b, bytes, out);
	buf_printf(out, ", greatest(%s, 1)) > %u, %s, 0)", n.p, over, n.p);
	buf_clear(&n);
}

void
clickhouse_sql_totals(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, const uint16_t large_bytes[3],
    struct buf *out)
{
	static const enum clickhouse_column counts[] = { CLICKHOUSE_ORIG_PKTS,
		CLICKHOUSE_RESP_PKTS, CLICKHOUSE_ORIG_IP_BYTES,
		CLICKHOUSE_RESP_IP_BYTES };
	static const enum clickhouse_column ends[] = { CLICKHOUSE_LOCAL_ORIG,
		CLICKHOUSE_LOCAL_RESP };
	size_t i;

	digest_begin(b, cut, 6, out);
	buf_add_str(out, ", ");
	digest_all_set(b, ends, ARRAY_LEN(ends), out);
	digest_alias(out, "xt_known");
	digest_all_set(b, counts, ARRAY_LEN(counts), out);
	buf_add_str(out, " AND ");
	clickhouse_put_us(b, CLICKHOUSE_TS, out);
	buf_printf(out, " >= %" PRId64 " + toInt64(xt_b) * %" PRId64,
	    cut->from_us - cut->shift_us, cut->width_us);
	buf_add_str(out, " AS xt_fresh ");
	buf_add_str(out,
	    "SELECT xt_b, count(), toUInt64(sum(xt_pkts)), "
	    "toUInt64(sum(xt_bytes)), toUInt64(sum(xt_known)), toUInt64(sum(");
	digest_is_local(b, CLICKHOUSE_LOCAL_ORIG, out);
	buf_add_str(out, " + ");
	digest_is_local(b, CLICKHOUSE_LOCAL_RESP, out);
	buf_add_str(out,
	    ")), toUInt64(sum(xt_fresh)), "
	    "toUInt64(sum(if(xt_fresh, xt_pkts, 0)))");
	for (i = 0; i < 3; i++) {
		buf_add_str(out, ", toUInt64(sum(");
		digest_large(b, CLICKHOUSE_ORIG_PKTS, CLICKHOUSE_ORIG_IP_BYTES,
		    large_bytes[i], out);
		buf_add_str(out, " + ");
		digest_large(b, CLICKHOUSE_RESP_PKTS, CLICKHOUSE_RESP_IP_BYTES,
		    large_bytes[i], out);
		buf_add_str(out, "))");
	}
	buf_add_str(out, ", toUInt64(min(xt_end)), toUInt64(max(xt_end)), ");
	clickhouse_put_logged(b, CLICKHOUSE_WORKER, out);
	buf_add_str(out, " AS xt_w");
	digest_where(b, cut, 0, digest_buckets(cut), out);
	buf_add_str(out, " GROUP BY xt_b, xt_w FORMAT RowBinary");
}

/* As nets_of() of digest/nets.h. */
void
clickhouse_sql_nets(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, struct buf *out)
{
	digest_begin(b, cut, 6, out);
	buf_add_str(out, ", if(");
	digest_is_local(b, CLICKHOUSE_LOCAL_RESP, out);
	buf_add_str(out, " AND NOT ");
	digest_is_local(b, CLICKHOUSE_LOCAL_ORIG, out);
	buf_add_str(out,
	    ", xt_o, xt_r) AS xt_a, "
	    "substring(xt_o, 1, 12) = unhex('00000000000000000000FFFF') "
	    "AS xt_v4, "
	    "if(xt_v4, toUInt32(reinterpretAsUInt8(substring(xt_a, 13, 1))), "
	    "toUInt32(256 + bitAnd(toUInt64(reinterpretAsUInt32("
	    "reverse(substring(xt_a, 1, 4)))) * 2654435761, 4294967295) "
	    "% 64)) AS xt_n SELECT xt_b, xt_n, toUInt32(count())");
	digest_where(b, cut, 0, digest_buckets(cut), out);
	buf_add_str(out, " GROUP BY xt_b, xt_n FORMAT RowBinary");
}

void
clickhouse_sql_shards(const struct clickhouse_binding *b,
    const struct clickhouse_cut *cut, unsigned bits, uint32_t first,
    uint32_t end, const char *where, struct buf *out)
{
	digest_begin(b, cut, bits, out);
	buf_add_str(out, " SELECT xt_b, xt_s, count(), sum(xt_v)");
	digest_where(b, cut, first, end, out);
	if (where != NULL)
		buf_printf(out, " AND %s", where);
	buf_add_str(
	    out, " GROUP BY xt_b, xt_s ORDER BY xt_b, xt_s FORMAT RowBinary");
}
