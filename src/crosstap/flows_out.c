/*
 * One table of columns gives the header, the types and both forms. Every line
 * has the orientation of its tuple: where the peer took the other endpoint for
 * the originator, its counts are turned round to match.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "base/escape.h"
#include "crosstap/flows_out.h"
#include "flow/key.h"

const char *const flows_format_words[] = { "tsv", "json", "csv", NULL };

enum flows_side {
	SIDE_ANY, /* a, or b where there is no a */
	SIDE_A,
	SIDE_B
};

enum flows_value {
	VALUE_VERDICT,
	VALUE_SENSOR,
	VALUE_TS,
	VALUE_ORIG_H,
	VALUE_ORIG_P,
	VALUE_RESP_H,
	VALUE_RESP_P,
	VALUE_PROTO,
	VALUE_UID,
	VALUE_SERVICE,
	VALUE_DURATION,
	VALUE_ORIG_BYTES,
	VALUE_RESP_BYTES,
	VALUE_ORIG_PKTS,
	VALUE_ORIG_IP_BYTES,
	VALUE_RESP_PKTS,
	VALUE_RESP_IP_BYTES,
	VALUE_STATE,
	VALUE_HISTORY,
	VALUE_COMMUNITY_ID
};

#define FLOWS_OF_SIDE(suffix, side)                                         \
	{ "sensor" suffix, "string", side, VALUE_SENSOR },                  \
	    { "uid" suffix, "string", side, VALUE_UID },                    \
	    { "ts" suffix, "time", side, VALUE_TS },                        \
	    { "service" suffix, "string", side, VALUE_SERVICE },            \
	    { "duration" suffix, "interval", side, VALUE_DURATION },        \
	    { "orig_bytes" suffix, "count", side, VALUE_ORIG_BYTES },       \
	    { "resp_bytes" suffix, "count", side, VALUE_RESP_BYTES },       \
	    { "orig_pkts" suffix, "count", side, VALUE_ORIG_PKTS },         \
	    { "orig_ip_bytes" suffix, "count", side, VALUE_ORIG_IP_BYTES }, \
	    { "resp_pkts" suffix, "count", side, VALUE_RESP_PKTS },         \
	    { "resp_ip_bytes" suffix, "count", side, VALUE_RESP_IP_BYTES }, \
	    { "conn_state" suffix, "string", side, VALUE_STATE },           \
	{                                                                   \
		"history" suffix, "string", side, VALUE_HISTORY             \
	}

static const struct flows_column {
	const char *name;
	const char *type; /* Zeek's name of it */
	enum flows_side side;
	enum flows_value value;
} flows_columns[] = {
	{ "ts", "time", SIDE_ANY, VALUE_TS },
	{ "verdict", "string", SIDE_ANY, VALUE_VERDICT },
	{ "id.orig_h", "addr", SIDE_ANY, VALUE_ORIG_H },
	{ "id.orig_p", "port", SIDE_ANY, VALUE_ORIG_P },
	{ "id.resp_h", "addr", SIDE_ANY, VALUE_RESP_H },
	{ "id.resp_p", "port", SIDE_ANY, VALUE_RESP_P },
	{ "proto", "enum", SIDE_ANY, VALUE_PROTO },
	{ "community_id", "string", SIDE_ANY, VALUE_COMMUNITY_ID },
	FLOWS_OF_SIDE("_a", SIDE_A),
	FLOWS_OF_SIDE("_b", SIDE_B),
};

static bool
flows_put_seconds(int64_t us, struct buf *out)
{
	uint64_t a = us < 0 ? -(uint64_t)us : (uint64_t)us;

	buf_printf(out, "%s%" PRIu64 ".%06" PRIu64, us < 0 ? "-" : "",
	    a / (uint64_t)US_PER_S, a % (uint64_t)US_PER_S);
	return true;
}

static bool
flows_put_count(uint64_t n, bool known, struct buf *out)
{
	if (known)
		buf_printf(out, "%" PRIu64, n);
	return known;
}

static bool
flows_put_string(const char *s, size_t n, struct buf *out)
{
	if (n > 0)
		buf_add(out, s, n);
	return n > 0;
}

static bool
flows_put_addr(const struct flow_addr *a, struct buf *out)
{
	char text[FLOW_ADDR_MAX];

	flow_addr_format(a, text);
	buf_add_str(out, text);
	return true;
}

/* The peer took the other endpoint for the originator. */
static bool
flows_flipped(const struct flow *a, const struct flow *b)
{
	return a != NULL && b != NULL &&
	    (memcmp(&a->orig, &b->orig, sizeof(a->orig)) != 0 ||
		a->orig_port != b->orig_port) &&
	    memcmp(&a->orig, &b->resp, sizeof(a->orig)) == 0;
}

static struct flow
flows_turned(const struct flow *f)
{
	struct flow t = *f;

	t.orig_bytes = f->resp_bytes;
	t.resp_bytes = f->orig_bytes;
	t.orig_pkts = f->resp_pkts;
	t.resp_pkts = f->orig_pkts;
	t.orig_ip_bytes = f->resp_ip_bytes;
	t.resp_ip_bytes = f->orig_ip_bytes;
	return t;
}

static bool
flows_put_community(const struct flow *f, struct buf *out)
{
	char id[FLOW_COMMUNITY_ID_MAX + 1];

	flow_community_id(f, 0, id);
	buf_add_str(out, id);
	return true;
}

static bool
flows_put_name(const char *name, const char *otherwise, struct buf *out)
{
	if (name == NULL)
		name = otherwise;
	return flows_put_string(name, strlen(name), out);
}

/* The value as plain text; false where it is unset. */
static bool
flows_value(const struct flow *f, enum flows_value value, struct buf *out)
{
	bool bytes = f->flags & FLOW_HAS_BYTES;
	bool counts = f->flags & FLOW_HAS_COUNTS;

	switch (value) {
	case VALUE_TS:
		return flows_put_seconds(f->start_us, out);
	case VALUE_ORIG_H:
		return flows_put_addr(&f->orig, out);
	case VALUE_ORIG_P:
		return flows_put_count(f->orig_port, true, out);
	case VALUE_RESP_H:
		return flows_put_addr(&f->resp, out);
	case VALUE_RESP_P:
		return flows_put_count(f->resp_port, true, out);
	case VALUE_PROTO:
		return flows_put_name(
		    flow_proto_name(f->proto), "unknown_transport", out);
	case VALUE_UID:
		return flows_put_string(f->uid.p, f->uid.n, out);
	case VALUE_SERVICE:
		return flows_put_string(f->service.p, f->service.n, out);
	case VALUE_DURATION:
		return (f->flags & FLOW_HAS_DURATION) != 0 &&
		    flows_put_seconds(f->duration_us, out);
	case VALUE_ORIG_BYTES:
		return flows_put_count(f->orig_bytes, bytes, out);
	case VALUE_RESP_BYTES:
		return flows_put_count(f->resp_bytes, bytes, out);
	case VALUE_ORIG_PKTS:
		return flows_put_count(f->orig_pkts, counts, out);
	case VALUE_ORIG_IP_BYTES:
		return flows_put_count(f->orig_ip_bytes, counts, out);
	case VALUE_RESP_PKTS:
		return flows_put_count(f->resp_pkts, counts, out);
	case VALUE_RESP_IP_BYTES:
		return flows_put_count(f->resp_ip_bytes, counts, out);
	case VALUE_STATE:
		return f->state != FLOW_STATE_NONE &&
		    flows_put_name(flow_state_name(f->state), "", out);
	case VALUE_HISTORY:
		return flows_put_string(f->history.p, f->history.n, out);
	case VALUE_COMMUNITY_ID:
		return flows_put_community(f, out);
	case VALUE_VERDICT:
	case VALUE_SENSOR:
		break; /* not of a flow */
	}
	return false;
}

static bool
flows_cell(
    const struct flow_diff *d, const struct flows_column *c, struct buf *out)
{
	const struct flow *f = c->side == SIDE_B ? d->b : d->a;
	struct flow turned;

	if (c->value == VALUE_VERDICT)
		return flows_put_name(d->verdict, "", out);
	if (c->value == VALUE_SENSOR)
		return flows_put_name(
		    c->side == SIDE_A ? d->sensor_a : d->sensor_b, "", out);
	if (c->side == SIDE_ANY && f == NULL)
		f = d->b;
	if (f == NULL)
		return false;
	if (c->side == SIDE_B && flows_flipped(d->a, d->b)) {
		turned = flows_turned(f);
		f = &turned;
	}
	return flows_value(f, c->value, out);
}

/* What Zeek's ASCII writer escapes, and all that is not printable ASCII. */
static void
flows_tsv_text(struct span s, struct buf *out)
{
	bool hide = span_is(s, "-") || span_is(s, "(empty)") ||
	    (s.n > 0 && s.p[0] == '#');
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f || c == '\\' || (i == 0 && hide))
			buf_printf(out, "\\x%02x", c);
		else
			buf_add_char(out, (char)c);
	}
}

static void
flows_add_tsv(const struct flow_diff *d, struct buf *out)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(flows_columns); i++) {
		if (i > 0)
			buf_add_char(out, '\t');
		text.n = 0;
		if (flows_cell(d, &flows_columns[i], &text))
			flows_tsv_text(buf_span(&text), out);
		else
			buf_add_char(out, '-');
	}
	buf_add_char(out, '\n');
	out->failed = out->failed || text.failed;
	buf_clear(&text);
}

/* An unset field is empty. */
static void
flows_add_csv(const struct flow_diff *d, struct buf *out)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(flows_columns); i++) {
		if (i > 0)
			buf_add_char(out, ',');
		text.n = 0;
		if (flows_cell(d, &flows_columns[i], &text))
			escape_csv(out, buf_span(&text));
	}
	buf_add_char(out, '\n');
	out->failed = out->failed || text.failed;
	buf_clear(&text);
}

static bool
flows_is_quoted(const struct flows_column *c)
{
	return strcmp(c->type, "time") != 0 &&
	    strcmp(c->type, "interval") != 0 && strcmp(c->type, "count") != 0 &&
	    strcmp(c->type, "port") != 0;
}

/* Unset members are left out, as Zeek does. */
static void
flows_add_json(const struct flow_diff *d, struct buf *out)
{
	struct buf text = BUF_INIT;
	bool first = true;
	size_t i;

	for (i = 0; i < ARRAY_LEN(flows_columns); i++) {
		const struct flows_column *c = &flows_columns[i];
		const char *quote = flows_is_quoted(c) ? "\"" : "";

		text.n = 0;
		if (!flows_cell(d, c, &text))
			continue;
		buf_printf(
		    out, "%c\"%s\":%s", first ? '{' : ',', c->name, quote);
		buf_add_json(out, buf_span(&text));
		buf_add_str(out, quote);
		first = false;
	}
	buf_add_str(out, "}\n");
	out->failed = out->failed || text.failed;
	buf_clear(&text);
}

static void
flows_put_stamp(const char *key, int64_t now_us, struct buf *out)
{
	time_t t = (time_t)(now_us / US_PER_S);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL) {
		out->failed = true;
		return;
	}
	buf_printf(out, "#%s\t%04d-%02d-%02d-%02d-%02d-%02d\n", key,
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

void
flows_out_head(enum flows_format format, int64_t now_us, struct buf *out)
{
	size_t i;

	if (format == FLOWS_JSON)
		return;
	if (format == FLOWS_CSV) {
		for (i = 0; i < ARRAY_LEN(flows_columns); i++)
			buf_printf(out, "%s%s", i == 0 ? "" : ",",
			    flows_columns[i].name);
		buf_add_char(out, '\n');
		return;
	}
	buf_add_str(out,
	    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"
	    "#unset_field\t-\n#path\tcrosstap_flows\n");
	flows_put_stamp("open", now_us, out);
	buf_add_str(out, "#fields");
	for (i = 0; i < ARRAY_LEN(flows_columns); i++)
		buf_printf(out, "\t%s", flows_columns[i].name);
	buf_add_str(out, "\n#types");
	for (i = 0; i < ARRAY_LEN(flows_columns); i++)
		buf_printf(out, "\t%s", flows_columns[i].type);
	buf_add_char(out, '\n');
}

void
flows_out_add(
    enum flows_format format, const struct flow_diff *d, struct buf *out)
{
	static void (*const add[])(
	    const struct flow_diff *d, struct buf *out) = {
		[FLOWS_TSV] = flows_add_tsv,
		[FLOWS_JSON] = flows_add_json,
		[FLOWS_CSV] = flows_add_csv,
	};

	INVARIANT(d->a != NULL || d->b != NULL);
	add[format](d, out);
}

void
flows_out_tail(enum flows_format format, int64_t now_us, struct buf *out)
{
	if (format == FLOWS_TSV)
		flows_put_stamp("close", now_us, out);
}
