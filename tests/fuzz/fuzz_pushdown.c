/*
 * A push-down over two servers whose answers are made of any bytes: it ends,
 * in bins whose flows are no more than were counted, or is refused with a
 * word. This program stands in for pipeline/clickhouse_conn.c. The parts of
 * an input, between lines "--", are what each question has in answer, in the
 * order of enum question; five more are the second server's.
 */
#include <stdlib.h>
#include <string.h>
#include "digest/bins.h"
#include "flow/parser.h"
#include "pipeline/pushdown.h"
#include "source/clickhouse_digest.h"
#include "source/reader.h"
#include "fuzz.h"
#include "parts.h"

#define MINUTE (60 * US_PER_S)
#define FROM_US (1764000000 * US_PER_S)
#define MOST_STREAMS 40 /* a server that answers no more */

enum question {
	TOTALS,
	NETS,
	SHARDS,
	COUNT,
	ROWS,
	NQUESTIONS
};

struct clickhouse_conn {
	struct clickhouse_operand operand;
	struct clickhouse_binding binding;
	struct span answer[NQUESTIONS];
	unsigned streams;
};

struct clickhouse_stream {
	struct clickhouse_conn *conn;
	struct span left;
};

/* -- in place of a connection -- */

struct clickhouse_conn *
clickhouse_conn_open(const char *url, struct diag *d)
{
	static const char described[] =
	    "ts\tFloat64\norig_h\tString\norig_p\tUInt16\nresp_h\tString\n"
	    "resp_p\tUInt16\nproto\tString\nworker\tString\n";
	struct clickhouse_conn *c = calloc(1, sizeof(*c));

	INVARIANT(c != NULL);
	INVARIANT(clickhouse_parse(url, &c->operand, d));
	c->binding.operand = &c->operand;
	c->binding.server = (struct clickhouse_server){
		.ip_or_default = true, .ip_bytes = true, .hashes = true
	};
	INVARIANT(clickhouse_bind(&c->binding, span_from(described), d));
	return c;
}

void
clickhouse_conn_close(struct clickhouse_conn *c)
{
	clickhouse_unbind(&c->binding);
	clickhouse_clear(&c->operand);
	free(c);
}

const struct clickhouse_operand *
clickhouse_conn_operand(const struct clickhouse_conn *c)
{
	return &c->operand;
}

const struct clickhouse_binding *
clickhouse_conn_binding(const struct clickhouse_conn *c)
{
	return &c->binding;
}

const char *
clickhouse_conn_path(const struct clickhouse_conn *c)
{
	(void)c;
	return "clickhouse://h/d.t";
}

uint64_t
clickhouse_conn_bytes(const struct clickhouse_conn *c)
{
	(void)c;
	return 0;
}

uint64_t
clickhouse_conn_questions(const struct clickhouse_conn *c)
{
	(void)c;
	return 0;
}

static bool
pushdown_ends_in(struct span sql, const char *end)
{
	size_t n = strlen(end);

	return sql.n >= n && memcmp(sql.p + sql.n - n, end, n) == 0;
}

bool
clickhouse_conn_ask(
    struct clickhouse_conn *c, struct span sql, struct buf *out, struct diag *d)
{
	static const char *const ends[] = {
		[TOTALS] = " xt_w FORMAT RowBinary",
		[NETS] = " xt_n FORMAT RowBinary",
		[SHARDS] = " xt_s FORMAT RowBinary",
		[COUNT] = " FORMAT TabSeparated",
	};
	size_t i;

	(void)d;
	for (i = 0; !pushdown_ends_in(sql, ends[i]); i++)
		INVARIANT(i + 1 < ARRAY_LEN(ends));
	buf_add(out, c->answer[i].p, c->answer[i].n);
	return buf_ok(out);
}

struct clickhouse_stream *
clickhouse_stream_open(
    struct clickhouse_conn *c, struct span sql, struct diag *d)
{
	struct clickhouse_stream *s = calloc(1, sizeof(*s));

	(void)sql;
	INVARIANT(s != NULL);
	if (c->streams++ < MOST_STREAMS) {
		*s = (struct clickhouse_stream){ c, c->answer[ROWS] };
		return s;
	}
	diag_set(d, "gone");
	free(s);
	return NULL;
}

void
clickhouse_stream_close(struct clickhouse_stream *s)
{
	free(s);
}

ssize_t
clickhouse_stream_read(
    struct clickhouse_stream *s, char *to, size_t max, struct diag *d)
{
	size_t n = s->left.n < max ? s->left.n : max;

	(void)d;
	if (n > 0)
		memcpy(to, s->left.p, n);
	s->left.p += n;
	s->left.n -= n;
	return (ssize_t)n;
}

/* -- the target -- */

static void
pushdown_run(const struct pushdown_options *o)
{
	struct pushdown *p;
	struct bin *bins[RESULT_MAX_SENSORS];
	const struct netmap *nets[RESULT_MAX_SENSORS];
	struct collect_sensor_state state;
	struct diag d = DIAG_INIT;
	int64_t start_us, last_us = INT64_MIN;
	size_t i;

	p = pushdown_new(o, &d);
	if (p == NULL) {
		INVARIANT(d.text[0] != '\0');
		return;
	}
	while (pushdown_next(p, &start_us, bins, nets, &d)) {
		INVARIANT(start_us > last_us && start_us < o->to_us);
		last_us = start_us;
		for (i = 0; i < o->nsensors; i++) {
			INVARIANT(bins[i] == NULL ||
			    bins[i]->entries.n <= bins[i]->flows);
			bin_free(bins[i]);
		}
	}
	for (i = 0; d.text[0] == '\0' && i < o->nsensors; i++)
		pushdown_state(p, i, &state);
	pushdown_free(p);
}

/* The whole table as a log, whose window is what the server says it is. */
static void
pushdown_read(struct clickhouse_conn *c, enum clickhouse_reading reading,
    const struct flow_parser_options *fo)
{
	struct clickhouse_files *f = clickhouse_files_new(c);
	struct source_options so = { .window = { INT64_MIN, INT64_MAX, 0 } };
	struct diag d = DIAG_INIT;
	struct reader *r;
	struct flow *flows;

	INVARIANT(f != NULL);
	c->streams = 0;
	clickhouse_files_window(f, &so.window, reading);
	so.files = clickhouse_files_table(f);
	r = reader_open(clickhouse_conn_path(c), &so, fo, &d);
	while (r != NULL && reader_next(r, &flows) > 0)
		;
	INVARIANT(r != NULL || d.text[0] != '\0');
	reader_close(r);
	clickhouse_files_free(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct flow_parser_options fo = { .detail = true };
	struct pushdown_options o = { .nsensors = 2,
		.parser = &fo,
		.from_us = FROM_US,
		.to_us = FROM_US + 4 * MINUTE,
		.width_us = MINUTE,
		.settle_us = MINUTE,
		.shift_us = { 0, US_PER_S },
		.seed = 1 };
	struct diag d = DIAG_INIT;
	size_t i, k;

	for (i = 0; i < o.nsensors; i++) {
		o.conn[i] = clickhouse_conn_open("clickhouse://h/d.t", &d);
		for (k = 0; k < NQUESTIONS; k++)
			o.conn[i]->answer[k] = i > 0 && rest.n == 0
			    ? o.conn[0]->answer[k]
			    : parts_next(&rest);
	}
	pushdown_run(&o);
	pushdown_read(o.conn[0], CLICKHOUSE_LOOK, &fo);
	pushdown_read(o.conn[0], CLICKHOUSE_WHOLE, &fo);
	for (i = 0; i < o.nsensors; i++)
		clickhouse_conn_close(o.conn[i]);
	return 0;
}
