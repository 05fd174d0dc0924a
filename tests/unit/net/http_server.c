/*
 * The web server with a real one in another process: raw requests, and what
 * comes back.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/http_server.h"
#include "unit.h"

static char folder[] = "/tmp/crosstap-http.XXXXXX";
static char path[64], at[32];
static struct sockaddr_in tcp;
static pid_t server;
static char got[1 << 16];

/* "PATH x=X"; /gone is 404; /broken has no memory. */
static void
answer(const struct http_server_request *r, struct http_server_answer *a,
    void *arg)
{
	const char *x = http_server_param(r, "x");

	(void)arg;
	a->status = strcmp(r->path, "/gone") == 0 ? 404 : 200;
	a->body.failed = strcmp(r->path, "/broken") == 0;
	buf_printf(&a->body, "%s x=%s", r->path, x == NULL ? "(none)" : x);
}

static void
serve(const struct http_server_options *o, int ready)
{
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);

	if (http_server_listen(l, o, answer, NULL, &d) == NULL ||
	    write(ready, "", 1) != 1)
		_exit(1);
	(void)close(ready);
	loop_run(l);
	_exit(0);
}

/* A port that was free a moment ago. */
static void
find_port(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(tcp);

	tcp = (struct sockaddr_in){ .sin_family = AF_INET };
	tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&tcp, n), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&tcp, &n), 0);
	(void)close(fd);
	(void)snprintf(
	    at, sizeof(at), "127.0.0.1:%u", (unsigned)ntohs(tcp.sin_port));
}

static void
begin_with(const char *token)
{
	static const char *const hosts[] = { "taps.example.net" };
	struct http_server_options o = { .listen = at,
		.socket = path,
		.token = span_from(token),
		.hosts = hosts,
		.nhosts = 1 };
	int ready[2];
	char byte;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/socket", folder);
	find_port();
	ck_assert_int_eq(pipe(ready), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		serve(&o, ready[1]);
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
}

static void
begin(void)
{
	begin_with("");
}

static void
begin_secret(void)
{
	begin_with("letmein");
}

static void
end(void)
{
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	(void)unlink(path);
	(void)rmdir(folder);
}

static int
connected(bool by_path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(by_path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	ck_assert_int_eq(by_path
		? connect(fd, (struct sockaddr *)&sun, sizeof(sun))
		: connect(fd, (struct sockaddr *)&tcp, sizeof(tcp)),
	    0);
	return fd;
}

/* What comes back, up to the end of the connection, in got. */
static void
receive(int fd)
{
	size_t n = 0;
	ssize_t k;

	while (n < sizeof(got) - 1 &&
	    (k = recv(fd, got + n, sizeof(got) - 1 - n, 0)) > 0)
		n += (size_t)k;
	got[n] = '\0';
	(void)close(fd);
}

static void
ask(bool by_path, const char *request)
{
	int fd = connected(by_path);

	ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL),
	    (ssize_t)strlen(request));
	receive(fd);
}

#define END "\r\nConnection: close\r\n\r\n"
#define HOST " HTTP/1.1\r\nHost: localhost:9477"

static const struct {
	const char *request, *want;
} rows[] = {
	{ "GET /a?x=1" HOST END, "200 OK\r\n" },
	{ "GET /a?x=1" HOST END, "\r\n\r\n/a x=1" },
	{ "GET /a%2fb?x=%3Ci%3E+j" HOST END, "\r\n\r\n/a%2fb x=<i> j" },
	{ "GET /gone" HOST END, "404 Not Found\r\n" },
	{ "GET /broken" HOST END, "500 Internal Server Error\r\n" },
	{ "GET //b" HOST END, "400 Bad Request\r\n" },
	{ "GET a" HOST END, "400 Bad Request\r\n" },
	{ "POST /a" HOST "\r\nContent-Length: 0" END,
	    "405 Method Not Allowed\r\n" },
	{ "POST /a" HOST "\r\nContent-Length: 0" END, "Allow: GET, HEAD\r\n" },
	{ "GET /a" HOST "\r\nContent-Length: 3" END, "405 Method" },
	{ "GET /a" HOST "\r\nHost: b" END, "400 Bad Request\r\n" },
	{ "GET /a" HOST "\r\n folded" END, "400 Bad Request\r\n" },
	{ "GET /a" HOST "\r\nX\nY: 1" END, "400 Bad Request\r\n" },
	{ "GET http://localhost/ HTTP/1.1" END, "400 Bad Request\r\n" },
	{ "GET /a HTTP/2" END, "400 Bad Request\r\n" },
	{ "\r\n\r\n", "400 Bad Request\r\n" },
	{ "DELETE /a" HOST END, "405 Method Not Allowed\r\n" },
	{ "GET /a HTTP/1.1\r\nHost: evil.example.org" END,
	    "421 Misdirected Request\r\n" },
	{ "GET /a HTTP/1.1\r\nHost: localhost.evil.example" END,
	    "421 Misdirected Request\r\n" },
	{ "GET /a HTTP/1.1\r\nHost: taps.example.net" END, "200 OK\r\n" },
	{ "GET /a HTTP/1.1\r\nHost: [::1]:9477" END, "200 OK\r\n" },
	{ "GET /a HTTP/1.1\r\nHost: 10.1.2.3" END, "200 OK\r\n" },
	{ "GET /a HTTP/1.0\r\n\r\n", "421 Misdirected Request\r\n" },
	{ "GET /a" HOST END, "Content-Security-Policy: default-src 'none';" },
	{ "GET /a" HOST END, "X-Content-Type-Options: nosniff\r\n" },
	{ "GET /a" HOST END, "Referrer-Policy: no-referrer\r\n" },
	{ "GET /gone" HOST END, "X-Frame-Options: DENY\r\n" },
	{ "GET /a" HOST END, "Cache-Control: no-cache\r\n" },
};

START_TEST(a_request_is_answered_as_wanted)
{
	ask(false, rows[_i].request);
	ck_assert_msg(strstr(got, rows[_i].want) != NULL,
	    "%s\nwanted %s\ngot %s", rows[_i].request, rows[_i].want, got);
}
END_TEST

START_TEST(head_has_the_length_and_no_body)
{
	const char *end;

	ask(false, "HEAD /a?x=1" HOST END);
	end = strstr(got, "\r\n\r\n");
	ck_assert_ptr_nonnull(end);
	ck_assert_str_eq(end, "\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(got, "ETag: \""));
}
END_TEST

START_TEST(what_is_known_is_not_sent_again)
{
	char tag[64], request[256];
	const char *p;

	ask(false, "GET /a" HOST END);
	p = strstr(got, "ETag: ");
	ck_assert_ptr_nonnull(p);
	(void)snprintf(
	    tag, sizeof(tag), "%.*s", (int)strcspn(p + 6, "\r"), p + 6);
	(void)snprintf(request, sizeof(request),
	    "GET /a" HOST "\r\nIf-None-Match: \"x\", W/%s" END, tag);
	ask(false, request);
	ck_assert_ptr_eq(strstr(got, "HTTP/1.1 304"), got);
	ck_assert_ptr_null(strstr(got, "/a x="));
	(void)snprintf(request, sizeof(request),
	    "GET /b" HOST "\r\nIf-None-Match: %s" END, tag);
	ask(false, request);
	ck_assert_ptr_eq(strstr(got, "HTTP/1.1 200"), got);
}
END_TEST

START_TEST(one_connection_takes_several_requests)
{
	ask(false, "GET /first" HOST "\r\n\r\nGET /second" HOST END);
	ck_assert_ptr_nonnull(strstr(got, "/first x="));
	ck_assert_ptr_nonnull(strstr(got, "/second x="));
}
END_TEST

START_TEST(by_path_any_name_is_known)
{
	ask(true, "GET /a HTTP/1.1\r\nHost: whatever" END);
	ck_assert_ptr_nonnull(strstr(got, "200 OK\r\n"));
}
END_TEST

START_TEST(endless_headers_end_the_connection_and_nothing_else)
{
	char *big = calloc(1, HTTP_SERVER_MAX_HEADERS * 3);
	int fd = connected(false);

	ck_assert_ptr_nonnull(big);
	(void)snprintf(big, 64, "GET /a" HOST "\r\nX: ");
	memset(big + strlen(big), 'x', HTTP_SERVER_MAX_HEADERS * 2);
	(void)send(fd, big, strlen(big), MSG_NOSIGNAL);
	receive(fd);
	ck_assert_ptr_eq(strstr(got, "HTTP/1.1 431"), got);
	free(big);
	ask(false, "GET /a" HOST END);
	ck_assert_ptr_nonnull(strstr(got, "200 OK"));
}
END_TEST

START_TEST(too_many_connections_wait_for_others_to_end)
{
	int fd[HTTP_SERVER_MAX_CONNECTIONS + 1], i;
	struct timeval soon = { 0, 300000 };
	const char *request = "GET /a" HOST END;
	char byte;

	/* each of them is held by half a request */
	for (i = 0; i < HTTP_SERVER_MAX_CONNECTIONS; i++) {
		fd[i] = connected(false);
		ck_assert_int_eq(send(fd[i], "GET ", 4, MSG_NOSIGNAL), 4);
	}
	fd[i] = connected(false);
	ck_assert_int_eq(send(fd[i], request, strlen(request), MSG_NOSIGNAL),
	    (ssize_t)strlen(request));
	(void)setsockopt(fd[i], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	ck_assert_int_eq(recv(fd[i], &byte, 1, 0), -1);
	soon.tv_sec = 10;
	(void)setsockopt(fd[i], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	(void)close(fd[0]);
	receive(fd[i]);
	ck_assert_ptr_nonnull(strstr(got, "200 OK"));
	for (i = 1; i < HTTP_SERVER_MAX_CONNECTIONS; i++)
		(void)close(fd[i]);
}
END_TEST

/* They ask, say that this was all, and read. */
START_TEST(who_has_said_all_holds_no_connection)
{
	const struct timeval soon = { 10, 0 };
	const char *request = "GET /a" HOST "\r\n\r\nGET /b" HOST "\r\n\r\n";
	int fd, i;

	for (i = 0; i < 2 * HTTP_SERVER_MAX_CONNECTIONS; i++) {
		fd = connected(true);
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
		ck_assert_int_eq(
		    send(fd, request, strlen(request), MSG_NOSIGNAL),
		    (ssize_t)strlen(request));
		(void)shutdown(fd, SHUT_WR);
		receive(fd);
		ck_assert_msg(strstr(got, "/a x=") != NULL &&
			strstr(got, "/b x=") != NULL,
		    "connection %d: %s", i, got);
	}
}
END_TEST

static const struct {
	const char *authorization, *want;
} secrets[] = {
	{ "", "401 Unauthorized" },
	{ "\r\nAuthorization: Bearer letmeim", "401 Unauthorized" },
	{ "\r\nAuthorization: Bearer letmein1", "401 Unauthorized" },
	{ "\r\nAuthorization: Bearer ", "401 Unauthorized" },
	{ "\r\nAuthorization: Basic bGV0bWVpbg==", "401 Unauthorized" },
	{ "\r\nAuthorization: Bearer letmein", "200 OK" },
	/* anyone:letmein */
	{ "\r\nAuthorization: Basic YW55b25lOmxldG1laW4=", "200 OK" },
};

START_TEST(who_has_the_token_is_let_in)
{
	char request[256];

	(void)snprintf(request, sizeof(request), "GET /a" HOST "%s" END,
	    secrets[_i].authorization);
	ask(false, request);
	ck_assert_msg(strstr(got, secrets[_i].want) != NULL, "%s: %s",
	    secrets[_i].authorization, got);
	ask(true, request);
	ck_assert_ptr_nonnull(strstr(got, secrets[_i].want));
}
END_TEST

START_TEST(a_part_of_a_path_is_decoded_or_refused)
{
	char *part = http_server_decode("a%2Fb%3c");

	ck_assert_ptr_nonnull(part);
	ck_assert_str_eq(part, "a/b<");
	free(part);
	ck_assert_ptr_null(http_server_decode("a%00b"));
}
END_TEST

START_TEST(an_address_is_known_to_be_of_this_host_only)
{
	struct diag d = DIAG_INIT;
	bool here = false;

	ck_assert(http_server_address("127.0.0.1:9477", &here, &d) && here);
	ck_assert(http_server_address("[::1]:9477", &here, &d) && here);
	ck_assert(http_server_address("0.0.0.0:9477", &here, &d) && !here);
	ck_assert(http_server_address("[::]:9477", &here, &d) && !here);
	ck_assert(!http_server_address("127.0.0.1", &here, &d));
	ck_assert(!http_server_address("localhost:1", &here, &d));
}
END_TEST

START_TEST(a_server_closes_with_connections_open)
{
	struct http_server_options o = { .listen = at };
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);
	struct http_server *s;
	struct loop_timer *t;
	int fd;

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	s = http_server_listen(l, &o, answer, NULL, &d);
	ck_assert_msg(s != NULL, "%s", d.text);
	fd = connected(false);
	t = loop_timer_new(l, (loop_fn *)loop_stop, l);
	loop_timer_set(t, 50000);
	loop_run(l);
	http_server_close(s);
	loop_timer_free(t);
	loop_free(l);
	receive(fd);
	ck_assert_str_eq(got, "");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("net/http_server");
	TCase *t = tcase_create("open"), *k = tcase_create("token");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, a_request_is_answered_as_wanted, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, head_has_the_length_and_no_body);
	tcase_add_test(t, what_is_known_is_not_sent_again);
	tcase_add_test(t, one_connection_takes_several_requests);
	tcase_add_test(t, by_path_any_name_is_known);
	tcase_add_test(t, endless_headers_end_the_connection_and_nothing_else);
	tcase_add_test(t, too_many_connections_wait_for_others_to_end);
	tcase_add_test(t, who_has_said_all_holds_no_connection);
	tcase_add_test(t, a_part_of_a_path_is_decoded_or_refused);
	tcase_add_test(t, an_address_is_known_to_be_of_this_host_only);
	tcase_add_test(t, a_server_closes_with_connections_open);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(k, begin_secret, end);
	tcase_add_loop_test(k, who_has_the_token_is_let_in, 0,
	    (int)(sizeof(secrets) / sizeof(secrets[0])));
	suite_add_tcase(s, k);
	return s;
}
