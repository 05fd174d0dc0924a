/*
 * The HTTP client with real servers in another process, in the clear and with
 * TLS: what an answer is, and what becomes of those that are none.
 */
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/http_client.h"
#include "unit.h"

static char folder[] = "/tmp/crosstap-http.XXXXXX";
static pid_t server;
static struct {
	unsigned plain, tls, foreign, nobody;
} port;

/* -- the server -- */

/* The method, some headers and the body, as it was heard. */
static void
serve_echo(struct evhttp_request *r, void *arg)
{
	static const char *const names[] = { "Content-Type", "X-Test", "Expect",
		"Authorization" };
	struct evkeyvalq *in = evhttp_request_get_input_headers(r);
	struct evbuffer *out = evbuffer_new();
	size_t i;

	(void)arg;
	evbuffer_add_printf(out, "%s\n",
	    evhttp_request_get_command(r) == EVHTTP_REQ_POST ? "POST" : "?");
	for (i = 0; i < ARRAY_LEN(names); i++)
		evbuffer_add_printf(out, "%s: %s\n", names[i],
		    evhttp_find_header(in, names[i]) == NULL
			? "-"
			: evhttp_find_header(in, names[i]));
	evbuffer_add_buffer(out, evhttp_request_get_input_buffer(r));
	evhttp_send_reply(r, 200, "OK", out);
	evbuffer_free(out);
}

static void
serve_500(struct evhttp_request *r, void *arg)
{
	struct evbuffer *out = evbuffer_new();

	(void)arg;
	evbuffer_add_printf(out, "on fire");
	evhttp_send_reply(r, 500, "Internal", out);
	evbuffer_free(out);
}

static void
serve_elsewhere(struct evhttp_request *r, void *arg)
{
	(void)arg;
	evhttp_add_header(
	    evhttp_request_get_output_headers(r), "Location", "/echo");
	evhttp_send_reply(r, 302, "Found", NULL);
}

static void
serve_huge(struct evhttp_request *r, void *arg)
{
	static char block[1024 * 1024];
	struct evbuffer *out = evbuffer_new();
	int i;

	(void)arg;
	memset(block, 'x', sizeof(block));
	for (i = 0; i < 64; i++)
		evbuffer_add_reference(out, block, sizeof(block), NULL, NULL);
	evhttp_send_reply(r, 200, "OK", out);
	evbuffer_free(out);
}

static void
serve_never(struct evhttp_request *r, void *arg)
{
	(void)r;
	(void)arg;
}

static struct bufferevent *
serve_tls(struct event_base *base, void *arg)
{
	return bufferevent_openssl_socket_new(base, -1, SSL_new(arg),
	    BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
}

static SSL_CTX *
serve_certificate(const char *name)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char file[80];

	(void)snprintf(file, sizeof(file), "%s/%s.pem", folder, name);
	if (SSL_CTX_use_certificate_chain_file(ctx, file) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, file, SSL_FILETYPE_PEM) != 1)
		_exit(1);
	return ctx;
}

static unsigned
serve_at(struct event_base *base, const char *certificate)
{
	struct evhttp *http = evhttp_new(base);
	struct evhttp_bound_socket *s;
	struct sockaddr_in sin;
	socklen_t n = sizeof(sin);

	if (certificate != NULL)
		evhttp_set_bevcb(
		    http, serve_tls, serve_certificate(certificate));
	evhttp_set_cb(http, "/echo", serve_echo, NULL);
	evhttp_set_cb(http, "/500", serve_500, NULL);
	evhttp_set_cb(http, "/elsewhere", serve_elsewhere, NULL);
	evhttp_set_cb(http, "/huge", serve_huge, NULL);
	evhttp_set_cb(http, "/never", serve_never, NULL);
	s = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
	if (s == NULL ||
	    getsockname(evhttp_bound_socket_get_fd(s), (struct sockaddr *)&sin,
		&n) != 0)
		_exit(1);
	return ntohs(sin.sin_port);
}

/* A port where nobody listens: bound, and not listened to. */
static unsigned
serve_nobody(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(sin);

	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) != 0)
		_exit(1);
	return ntohs(sin.sin_port);
}

static void
serve(int ready)
{
	struct event_base *base = event_base_new();

	port.plain = serve_at(base, NULL);
	port.tls = serve_at(base, "good");
	port.foreign = serve_at(base, "other-name");
	port.nobody = serve_nobody();
	if (write(ready, &port, sizeof(port)) != (ssize_t)sizeof(port))
		_exit(1);
	event_base_dispatch(base);
	_exit(0);
}

/* -- the test's side -- */

/* An authority, and two certificates of it in one file with their keys. */
static void
make_certificates(void)
{
	static const char script[] =
	    "set -e; cd '%s'; exec >/dev/null 2>&1\n"
	    "key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
	    "openssl req -x509 $key -keyout ca.key -out ca.pem -days 2"
	    " -subj '/CN=test authority'\n"
	    "cert() {\n"
	    "openssl req -new $key -keyout $1.key -out $1.csr -subj "
	    "\"/CN=$1\"\n"
	    "echo \"subjectAltName=$2\" >$1.ext\n"
	    "openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key"
	    " -set_serial $3 -days 2 -extfile $1.ext -out $1.crt\n"
	    "cat $1.crt $1.key >$1.pem\n"
	    "}\n"
	    "cert good IP:127.0.0.1 1\n"
	    "cert other-name DNS:elsewhere.example.net 2\n"
	    "echo nothing >empty.pem\n";
	char command[sizeof(script) + 80];

	(void)snprintf(command, sizeof(command), script, folder);
	ck_assert_msg(system(command) == 0, "openssl(1) is needed");
}

static void
begin(void)
{
	int ready[2];

	(void)unsetenv("http_proxy");
	(void)unsetenv("https_proxy");
	(void)unsetenv("all_proxy");
	(void)unsetenv("HTTPS_PROXY");
	(void)unsetenv("ALL_PROXY");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	make_certificates();
	ck_assert_int_eq(pipe(ready), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		serve(ready[1]);
	(void)close(ready[1]);
	ck_assert_int_eq(
	    read(ready[0], &port, sizeof(port)), (ssize_t)sizeof(port));
	(void)close(ready[0]);
}

static void
end(void)
{
	char command[80];

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	(void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

struct heard {
	struct loop *loop;
	struct http_answer a;
	struct buf body, text;
	unsigned calls, wanted;
};

static void
hear(const struct http_answer *a, void *arg)
{
	struct heard *h = arg;

	h->a = *a;
	buf_clear(&h->body);
	buf_add_char(&h->body, ' ');
	buf_add(&h->body, a->body.p, a->body.n);
	buf_add_str(&h->text, a->text == NULL ? "" : a->text);
	if (++h->calls == h->wanted)
		loop_stop(h->loop);
}

static void
forget(struct heard *h)
{
	buf_clear(&h->body);
	buf_clear(&h->text);
}

/* One call, to its end. */
static struct heard
call(const char *scheme, unsigned to, const char *path, struct http_request *r)
{
	struct diag d = DIAG_INIT;
	struct heard h = { .loop = loop_new(&d), .wanted = 1 };
	struct http_client *c = http_client_new(h.loop, &d);
	char url[96];

	ck_assert_ptr_nonnull(c);
	(void)snprintf(
	    url, sizeof(url), "%s://127.0.0.1:%u%s", scheme, to, path);
	r->url = url;
	ck_assert_ptr_nonnull(http_post(c, r, hear, &h, &d));
	ck_assert_uint_eq(h.calls, 0);
	loop_run(h.loop);
	ck_assert_uint_eq(h.calls, 1);
	http_client_free(c);
	loop_free(h.loop);
	return h;
}

static const char *
in_folder(const char *name)
{
	static char file[80];

	(void)snprintf(file, sizeof(file), "%s/%s", folder, name);
	return file;
}

START_TEST(a_post_arrives_with_its_headers_and_its_body)
{
	struct http_request r = { .body = SPAN_LITERAL("a\0b"),
		.header = { { "Content-Type", "application/json" },
		    { "X-Test", "yes" } },
		.nheaders = 2,
		.user = "root",
		.password = "secret" };
	struct heard h = call("http", port.plain, "/echo", &r);
	static const char want[] =
	    " POST\nContent-Type: application/json\nX-Test: yes\nExpect: -\n"
	    "Authorization: Basic cm9vdDpzZWNyZXQ=\na\0b";

	ck_assert_int_eq(h.a.end, HTTP_ANSWERED);
	ck_assert_int_eq(h.a.status, 200);
	ck_assert(!h.a.cut);
	ck_assert_uint_eq(h.body.n, sizeof(want) - 1);
	ck_assert_mem_eq(h.body.p, want, sizeof(want) - 1);
	forget(&h);
}
END_TEST

START_TEST(a_status_that_is_no_success_is_an_answer)
{
	struct http_request r = { NULL };
	struct heard h = call("http", port.plain, "/500", &r);

	ck_assert_int_eq(h.a.end, HTTP_ANSWERED);
	ck_assert_int_eq(h.a.status, 500);
	ck_assert_str_eq(h.body.p, " on fire");
	forget(&h);
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
	struct http_request r = { NULL };
	struct heard h = call("http", port.plain, "/elsewhere", &r);

	ck_assert_int_eq(h.a.status, 302);
	forget(&h);
}
END_TEST

START_TEST(a_huge_body_is_cut_off)
{
	struct http_request r = { .max_bytes = 1000 };
	struct heard h = call("http", port.plain, "/huge", &r);

	ck_assert_int_eq(h.a.end, HTTP_ANSWERED);
	ck_assert_int_eq(h.a.status, 200);
	ck_assert(h.a.cut);
	ck_assert_uint_eq(h.body.n, 1001);
	forget(&h);
}
END_TEST

/* Takes some pieces at a time, and only when it was asked to. */
struct taker {
	struct loop *loop;
	uint64_t bytes;
	unsigned waits, pieces;
	int status;
	bool open, ended, enough;
	struct http_answer a;
};

static enum http_take
take(int status, struct span bytes, void *arg)
{
	struct taker *t = arg;

	t->status = status;
	if (!t->open) {
		loop_stop(t->loop);
		t->waits++;
		return HTTP_WAIT;
	}
	t->open = ++t->pieces % 64 != 0;
	t->bytes += bytes.n;
	return t->enough ? HTTP_ENOUGH : HTTP_TOOK;
}

static void
taken(const struct http_answer *a, void *arg)
{
	struct taker *t = arg;

	t->a = *a;
	t->ended = true;
	loop_stop(t->loop);
}

static struct taker
take_all(const char *path, struct http_request *r, bool enough)
{
	struct diag d = DIAG_INIT;
	struct taker t = { .loop = loop_new(&d), .enough = enough };
	struct http_client *c = http_client_new(t.loop, &d);
	struct http_call *call;
	char url[96];

	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u%s", port.plain, path);
	r->url = url;
	r->on_body = take;
	r->body_arg = &t;
	call = http_post(c, r, taken, &t, &d);
	ck_assert_ptr_nonnull(call);
	while (!t.ended) {
		loop_run(t.loop);
		t.open = true;
		if (!t.ended)
			http_resume(call);
	}
	http_client_free(c);
	loop_free(t.loop);
	return t;
}

START_TEST(a_long_answer_comes_as_it_is_taken)
{
	struct http_request r = { .max_bytes = 1000 };
	struct taker t = take_all("/huge", &r, false);

	ck_assert_int_eq(t.a.end, HTTP_ANSWERED);
	ck_assert_int_eq(t.status, 200);
	ck_assert_uint_eq(t.bytes, 64 * 1024 * 1024);
	ck_assert_uint_gt(t.waits, 10);
	t = take_all("/huge", &r, true);
	ck_assert_uint_lt(t.bytes, 1024 * 1024);
	t = take_all("/500", &r, false);
	ck_assert_int_eq(t.status, 500);
	ck_assert_uint_eq(t.bytes, 7);
}
END_TEST

START_TEST(a_long_answer_may_not_stand_still)
{
	struct http_request r = { .stall_s = 1 };
	struct taker t = take_all("/never", &r, false);

	ck_assert_int_eq(t.a.end, HTTP_TIMEOUT);
	ck_assert_uint_eq(t.bytes, 0);
}
END_TEST

START_TEST(one_that_never_answers_is_given_up)
{
	struct http_request r = { .total_s = 1 };
	struct heard h = call("http", port.plain, "/never", &r);

	ck_assert_int_eq(h.a.end, HTTP_TIMEOUT);
	ck_assert_int_eq(h.a.status, 0);
	ck_assert_ptr_nonnull(strstr(h.text.p, "timed out"));
	forget(&h);
}
END_TEST

START_TEST(nobody_there_is_said)
{
	struct http_request r = { NULL };
	struct heard h = call("http", port.nobody, "/echo", &r);

	ck_assert_int_eq(h.a.end, HTTP_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(h.text.p, "Connection refused"));
	forget(&h);
}
END_TEST

START_TEST(other_protocols_are_none)
{
	struct http_request r = { NULL };
	struct heard h = call("file", port.plain, "/etc/passwd", &r);

	ck_assert_int_eq(h.a.end, HTTP_BROKEN);
	ck_assert_ptr_nonnull(strstr(h.text.p, "wanted http:// or https://"));
	forget(&h);
}
END_TEST

START_TEST(a_header_with_a_line_end_is_refused)
{
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);
	struct http_client *c = http_client_new(l, &d);
	struct http_request r = { .url = "http://127.0.0.1/",
		.header = { { "X-Test", "a\r\nX-Other: b" } },
		.nheaders = 1 };

	ck_assert_ptr_null(http_post(c, &r, hear, NULL, &d));
	ck_assert_str_ne(d.text, "");
	http_client_free(c);
	loop_free(l);
}
END_TEST

START_TEST(an_authority_of_ones_own_is_trusted)
{
	struct http_request r = { .ca_file = in_folder("ca.pem"),
		.body = SPAN_LITERAL("x") };
	struct heard h = call("https", port.tls, "/echo", &r);

	ck_assert_msg(h.a.end == HTTP_ANSWERED, "%s", h.text.p);
	ck_assert_int_eq(h.a.status, 200);
	forget(&h);
}
END_TEST

static const struct {
	const char *ca;
	unsigned *at;
	const char *text;
} untrusted[] = {
	{ NULL, &port.tls, "by an authority of the system or of ca_file" },
	{ "ca.pem", &port.foreign, "wanted a certificate of that name" },
	{ "other-name.crt", &port.tls, "by an authority of the system" },
	{ "empty.pem", &port.tls, "wanted a ca_file with certificates" },
	{ "absent.pem", &port.tls, "wanted a ca_file with certificates" },
};

START_TEST(whoever_cannot_prove_itself_hears_nothing)
{
	struct http_request r = { .ca_file = untrusted[_i].ca == NULL
		    ? NULL
		    : in_folder(untrusted[_i].ca),
		.body = SPAN_LITERAL("secret") };
	struct heard h = call("https", *untrusted[_i].at, "/echo", &r);

	ck_assert_msg(h.a.end == HTTP_UNTRUSTED, "%d: %s", h.a.end, h.text.p);
	ck_assert_int_eq(h.a.status, 0);
	ck_assert_msg(
	    strstr(h.text.p, untrusted[_i].text) != NULL, "%s", h.text.p);
	forget(&h);
}
END_TEST

START_TEST(tls_to_one_that_has_none_is_broken)
{
	struct http_request r = { NULL };
	struct heard h = call("https", port.plain, "/echo", &r);

	ck_assert_int_eq(h.a.end, HTTP_BROKEN);
	forget(&h);
}
END_TEST

START_TEST(many_calls_go_at_once_and_a_cancelled_one_is_not_heard_of)
{
	struct diag d = DIAG_INIT;
	struct heard h = { .loop = loop_new(&d), .wanted = 20 };
	struct heard other = { .loop = h.loop };
	struct http_client *c = http_client_new(h.loop, &d);
	struct http_request r = { .body = SPAN_LITERAL("x") };
	struct http_call *last;
	char url[64];
	unsigned i;

	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u/never", port.plain);
	r.url = url;
	last = http_post(c, &r, hear, &other, &d);
	ck_assert_ptr_nonnull(last);
	/* one is under way when the client goes */
	ck_assert_ptr_nonnull(http_post(c, &r, hear, &other, &d));
	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u/echo", port.plain);
	for (i = 0; i < h.wanted; i++)
		ck_assert_ptr_nonnull(http_post(c, &r, hear, &h, &d));
	http_cancel(last);
	loop_run(h.loop);
	ck_assert_uint_eq(h.calls, h.wanted);
	ck_assert_int_eq(h.a.status, 200);
	ck_assert_uint_eq(other.calls, 0);
	http_client_free(c);
	loop_free(h.loop);
	forget(&h);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("http_client");
	TCase *c = tcase_create("http_client");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, a_post_arrives_with_its_headers_and_its_body);
	tcase_add_test(c, a_status_that_is_no_success_is_an_answer);
	tcase_add_test(c, a_redirect_is_not_followed);
	tcase_add_test(c, a_huge_body_is_cut_off);
	tcase_add_test(c, one_that_never_answers_is_given_up);
	tcase_add_test(c, a_long_answer_comes_as_it_is_taken);
	tcase_add_test(c, a_long_answer_may_not_stand_still);
	tcase_add_test(c, nobody_there_is_said);
	tcase_add_test(c, other_protocols_are_none);
	tcase_add_test(c, a_header_with_a_line_end_is_refused);
	tcase_add_test(c, an_authority_of_ones_own_is_trusted);
	tcase_add_loop_test(c, whoever_cannot_prove_itself_hears_nothing, 0,
	    (int)ARRAY_LEN(untrusted));
	tcase_add_test(c, tls_to_one_that_has_none_is_broken);
	tcase_add_test(
	    c, many_calls_go_at_once_and_a_cancelled_one_is_not_heard_of);
	suite_add_tcase(s, c);
	return s;
}
