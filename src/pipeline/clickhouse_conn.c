/*
 * A server that fails after it has begun to answer says so in the middle of
 * the answer, and ends it well. So the end of what came is held back until
 * the mark of a complete answer is seen after it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include "net/http_client.h"
#include "pipeline/clickhouse_conn.h"
#include "sys/file.h"

#define CONN_HELD_BYTES (16 * 1024) /* more than what a server says it by */
#define CONN_ROOM_BYTES (1024 * 1024)
#define CONN_ANSWER_BYTES (1024 * 1024 * 1024) /* had whole */
#define CONN_TEXT_BYTES 240 /* of what a server says, in a message */

struct clickhouse_conn {
	struct clickhouse_operand operand; /* owned */
	struct clickhouse_binding binding; /* owned */
	struct loop *loop;                 /* owned */
	struct http_client *client;        /* owned */
	struct buf endpoint, path, password;
	uint64_t bytes, questions;
};

struct clickhouse_stream {
	struct clickhouse_conn *conn; /* borrowed */
	struct http_call *call;       /* NULL: it has ended */
	struct buf in;                /* from pos on not given away yet */
	size_t pos, max;              /* max: room in it */
	int status;
	bool waits, ended, complete;
	struct diag why; /* it did not end well */
};

/* -- what goes wrong -- */

/* The first line of what a server says of an error, as it may be printed. */
static void
conn_text(struct span s, char *out, size_t n)
{
	size_t i;

	for (i = 0; i < s.n && i + 1 < n && s.p[i] != '\n'; i++)
		out[i] = s.p[i] >= ' ' && s.p[i] < 127 ? s.p[i] : ' ';
	out[i] = '\0';
}

static const struct {
	const char *code, *advice;
} conn_advice[] = {
	{ "Code: 60", "; wanted clickhouse://HOST/DB.TABLE of one" },
	{ "Code: 81", "; wanted clickhouse://HOST/DB.TABLE of one" },
	{ "Code: 192", "; wanted clickhouse://USER@HOST/ and its password" },
	{ "Code: 193", "; wanted its password in password_file=PATH" },
	{ "Code: 194", "; wanted its password in password_file=PATH" },
	{ "Code: 516", "; wanted its password in password_file=PATH" },
	{ "Code: 241",
	    "; wanted a larger limit of memory there, or slice= "
	    "with fewer rows" },
	{ "Code: 159",
	    "; wanted more time for a question there, or slice= "
	    "with fewer rows" },
};

static void
conn_refused(const struct clickhouse_conn *c, int status, struct span body,
    struct diag *d)
{
	char text[CONN_TEXT_BYTES];
	const char *advice = "";
	size_t i, n;

	conn_text(body, text, sizeof(text));
	for (i = 0; i < ARRAY_LEN(conn_advice); i++) {
		n = strlen(conn_advice[i].code);
		if (strncmp(text, conn_advice[i].code, n) == 0 &&
		    (text[n] < '0' || text[n] > '9'))
			advice = conn_advice[i].advice;
	}
	diag_set(d, "%s: the server answers %d: %s%s", c->path.p, status,
	    text[0] == '\0' ? "nothing" : text, advice);
}

/* False: there is nothing to read in the answer. */
static bool
conn_judge(const struct clickhouse_conn *c, const struct http_answer *a,
    struct diag *d)
{
	if (a->end != HTTP_ANSWERED)
		diag_set(d, "%s: %s", c->path.p, a->text);
	else if (a->cut)
		diag_set(d, "%s: an answer is over %d MB", c->path.p,
		    CONN_ANSWER_BYTES >> 20);
	return a->end == HTTP_ANSWERED && !a->cut;
}

/* -- questions -- */

static const char *
conn_encoding(const struct clickhouse_conn *c)
{
	enum clickhouse_packing p = c->operand.packing;

	if (!c->binding.server.may_set || p == CLICKHOUSE_PACK_NONE)
		return NULL;
	if (p == CLICKHOUSE_PACK_ZSTD ||
	    (p == CLICKHOUSE_PACK_BEST && c->binding.server.zstd &&
		http_can_unpack("zstd")))
		return "zstd";
	return http_can_unpack("gzip") ? "gzip" : NULL;
}

/* Settings that a user who may set none is not asked to. */
static void
conn_url(const struct clickhouse_conn *c, bool whole, struct buf *out)
{
	buf_add(out, c->endpoint.p, c->endpoint.n);
	buf_printf(out, "?wait_end_of_query=%d", whole);
	if (!c->binding.server.may_set)
		return;
	buf_printf(out,
	    "&enable_http_compression=%d&max_query_size=4194304"
	    "&max_bytes_before_external_sort=2000000000"
	    "&max_bytes_before_external_group_by=2000000000",
	    conn_encoding(c) != NULL);
}

static struct http_call *
conn_post(struct clickhouse_conn *c, struct span sql, struct http_request *r,
    http_done_fn *done, void *arg, struct diag *d)
{
	struct buf url = BUF_INIT;
	struct http_call *call = NULL;

	conn_url(c, r->on_body == NULL, &url);
	r->url = url.p;
	r->body = sql;
	r->user = c->operand.user != NULL ? c->operand.user
	    : c->password.n > 0           ? "default"
					  : NULL;
	r->password = c->password.n > 0 ? c->password.p : NULL;
	r->ca_file = c->operand.ca_file;
	r->stall_s = c->operand.timeout_s;
	r->encoding = conn_encoding(c);
	if (buf_ok(&url))
		call = http_post(c->client, r, done, arg, d);
	else
		diag_set(d, "out of memory");
	buf_clear(&url);
	c->questions += call != NULL;
	return call;
}

struct conn_whole {
	struct clickhouse_conn *conn;
	struct buf *out;
	struct diag *d;
	bool ok;
};

static void
conn_whole_done(const struct http_answer *a, void *arg)
{
	struct conn_whole *w = arg;

	w->ok = conn_judge(w->conn, a, w->d);
	w->conn->bytes += a->body.n;
	if (w->ok && a->status != 200) {
		conn_refused(w->conn, a->status, a->body, w->d);
		w->ok = false;
	}
	if (w->ok && a->body.n > 0)
		buf_add(w->out, a->body.p, a->body.n);
	if (!buf_ok(w->out)) {
		diag_set(w->d, "out of memory");
		w->ok = false;
	}
	loop_stop(w->conn->loop);
}

bool
clickhouse_conn_ask(
    struct clickhouse_conn *c, struct span sql, struct buf *out, struct diag *d)
{
	struct conn_whole w = { c, out, d, false };
	struct http_request r = { .max_bytes = CONN_ANSWER_BYTES,
		.total_s = 12 * c->operand.timeout_s };

	if (conn_post(c, sql, &r, conn_whole_done, &w, d) == NULL)
		return false;
	loop_run(c->loop);
	return w.ok;
}

static bool
conn_ask_buf(
    struct clickhouse_conn *c, struct buf *sql, struct buf *out, struct diag *d)
{
	bool ok = buf_ok(sql);

	if (!ok)
		diag_set(d, "out of memory");
	ok = ok && clickhouse_conn_ask(c, buf_span(sql), out, d);
	buf_clear(sql);
	return ok;
}

/* What the server is, then what the table has. */
static bool
conn_learn(struct clickhouse_conn *c, struct diag *d)
{
	struct buf sql = BUF_INIT, answer = BUF_INIT;
	bool ok;

	buf_add_str(&sql, clickhouse_sql_server);
	ok = conn_ask_buf(c, &sql, &answer, d) &&
	    clickhouse_server_parse(buf_span(&answer), &c->binding.server, d);
	buf_clear(&answer);
	if (ok) {
		clickhouse_sql_describe(&c->operand, &sql);
		ok = conn_ask_buf(c, &sql, &answer, d) &&
		    clickhouse_bind(&c->binding, buf_span(&answer), d);
	}
	buf_clear(&answer);
	return ok;
}

struct clickhouse_conn *
clickhouse_conn_open(const char *url, struct diag *d)
{
	struct clickhouse_conn *c = calloc(1, sizeof(*c));
	bool ok = false;

	if (c == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	if (!clickhouse_parse(url, &c->operand, d))
		goto out;
	c->binding.operand = &c->operand;
	clickhouse_endpoint(&c->operand, &c->endpoint);
	clickhouse_path(&c->operand, &c->path);
	if (!buf_ok(&c->endpoint) || !buf_ok(&c->path)) {
		diag_set(d, "out of memory");
		goto out;
	}
	if (c->operand.password_file != NULL &&
	    !file_read_secret(c->operand.password_file, &c->password, d))
		goto out;
	c->loop = loop_new(d);
	if (c->loop != NULL)
		c->client = http_client_new(c->loop, d);
	ok = c->client != NULL && conn_learn(c, d);
out:
	if (ok)
		return c;
	clickhouse_conn_close(c);
	return NULL;
}

void
clickhouse_conn_close(struct clickhouse_conn *c)
{
	if (c == NULL)
		return;
	clickhouse_unbind(&c->binding);
	http_client_free(c->client);
	if (c->loop != NULL)
		loop_free(c->loop);
	clickhouse_clear(&c->operand);
	buf_clear(&c->endpoint);
	buf_clear(&c->path);
	buf_wipe(&c->password);
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
	return c->path.p;
}

uint64_t
clickhouse_conn_bytes(const struct clickhouse_conn *c)
{
	return c->bytes;
}

uint64_t
clickhouse_conn_questions(const struct clickhouse_conn *c)
{
	return c->questions;
}

/* -- streams -- */

/* What has come and was not given away; its bytes are those of s->in. */
static struct span
stream_left(const struct clickhouse_stream *s)
{
	return s->in.p == NULL
	    ? (struct span){ "", 0 }
	    : (struct span){ s->in.p + s->pos, s->in.n - s->pos };
}

static enum http_take
stream_take(int status, struct span bytes, void *arg)
{
	struct clickhouse_stream *s = arg;

	loop_stop(s->conn->loop);
	if (s->in.n - s->pos + bytes.n > s->max) {
		s->waits = true;
		return HTTP_WAIT;
	}
	s->status = status;
	if (s->pos > s->max) {
		memmove(s->in.p, s->in.p + s->pos, s->in.n - s->pos);
		s->in.n -= s->pos;
		s->pos = 0;
	}
	buf_add(&s->in, bytes.p, bytes.n);
	s->conn->bytes += bytes.n;
	return buf_ok(&s->in) ? HTTP_TOOK : HTTP_ENOUGH;
}

/* The bytes that are whole lines before a server's words on an error. */
static size_t
stream_before_error(struct span s, char *text, size_t n)
{
	static const char words[] = "DB::Exception";
	const char *at =
	    s.n == 0 ? NULL : memmem(s.p, s.n, words, sizeof(words) - 1);
	const char *nl;

	text[0] = '\0';
	if (at != NULL) {
		const char *code = memmem(s.p, (size_t)(at - s.p), "Code: ", 6);

		at = code != NULL ? code : at;
		conn_text(
		    (struct span){ at, s.n - (size_t)(at - s.p) }, text, n);
		s.n = (size_t)(at - s.p);
	}
	nl = s.n == 0 ? NULL : memrchr(s.p, '\n', s.n);
	return nl == NULL ? 0 : (size_t)(nl + 1 - s.p);
}

static bool
stream_is_complete(struct clickhouse_stream *s)
{
	static const char mark[] = CLICKHOUSE_END_MARK "\t";
	struct span in = stream_left(s);
	const char *nl;
	size_t at;

	if (s->status != 200 || in.n == 0 || in.p[in.n - 1] != '\n')
		return false;
	nl = memrchr(in.p, '\n', in.n - 1);
	at = nl == NULL ? 0 : (size_t)(nl + 1 - in.p);
	if (in.n - at < sizeof(mark) ||
	    memcmp(in.p + at, mark, sizeof(mark) - 1) != 0)
		return false;
	s->in.n -= in.n - at;
	return true;
}

static void
stream_done(const struct http_answer *a, void *arg)
{
	struct clickhouse_stream *s = arg;
	char text[CONN_TEXT_BYTES];
	struct span in = stream_left(s);
	size_t good;

	s->call = NULL;
	s->ended = true;
	loop_stop(s->conn->loop);
	if (!buf_ok(&s->in)) {
		diag_set(&s->why, "out of memory");
		return;
	}
	if (a->end == HTTP_ANSWERED && stream_is_complete(s)) {
		s->complete = true;
		return;
	}
	if (a->status != 200 && a->end == HTTP_ANSWERED) {
		conn_refused(s->conn, a->status, in, &s->why);
		s->in.n = s->pos;
		return;
	}
	good = stream_before_error(in, text, sizeof(text));
	s->in.n = s->pos + good;
	if (text[0] != '\0' || a->end == HTTP_ANSWERED)
		diag_set(&s->why,
		    "the answer is incomplete: the server broke off%s%s",
		    text[0] != '\0' ? ": " : "", text);
	else
		diag_set(&s->why, "the answer is incomplete: %s", a->text);
}

struct clickhouse_stream *
clickhouse_stream_open(
    struct clickhouse_conn *c, struct span sql, struct diag *d)
{
	struct clickhouse_stream *s = calloc(1, sizeof(*s));
	struct http_request r = { .on_body = stream_take, .body_arg = s };

	if (s == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	s->conn = c;
	s->max = CONN_ROOM_BYTES;
	s->call = conn_post(c, sql, &r, stream_done, s, d);
	if (s->call == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
clickhouse_stream_close(struct clickhouse_stream *s)
{
	if (s == NULL)
		return;
	if (s->call != NULL)
		http_cancel(s->call);
	buf_clear(&s->in);
	free(s);
}

/* Bytes that can be given away. */
static size_t
stream_ready(const struct clickhouse_stream *s)
{
	size_t n = s->in.n - s->pos;

	if (s->ended)
		return n;
	return s->status == 200 && n > CONN_HELD_BYTES ? n - CONN_HELD_BYTES
						       : 0;
}

ssize_t
clickhouse_stream_read(
    struct clickhouse_stream *s, char *to, size_t max, struct diag *d)
{
	size_t n;

	while ((n = stream_ready(s)) == 0 && !s->ended) {
		if (s->waits) {
			s->waits = false;
			http_resume(s->call);
			/* which may have ended, or brought enough */
			continue;
		}
		loop_run(s->conn->loop);
	}
	if (n == 0 && s->complete)
		return 0;
	if (n == 0) {
		diag_set(d, "%s", s->why.text);
		return -1;
	}
	n = n < max ? n : max;
	memcpy(to, s->in.p + s->pos, n);
	s->pos += n;
	return (ssize_t)n;
}
