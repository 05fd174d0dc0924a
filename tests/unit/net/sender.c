/*
 * Messages that go one way, to sockets of this test and servers beside it.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "net/sender.h"
#include "unit.h"

static struct loop *loop;
static struct sender *sender;
static struct diag why;
static bool done;

static void
begin(void)
{
	struct diag d = DIAG_INIT;

	loop = loop_new(&d);
	sender = sender_new(loop, &d);
	ck_assert_ptr_nonnull(sender);
}

static void
end(void)
{
	sender_free(sender);
	loop_free(loop);
}

static void
on_done(const char *text, void *arg)
{
	(void)arg;
	ck_assert(!done);
	done = true;
	why = (struct diag)DIAG_INIT;
	if (text != NULL)
		diag_set(&why, "%s", text);
	loop_stop(loop);
}

/* What was said at its end; "": sent. */
static const char *
send_to(enum sender_way way, const char *host, unsigned port, const char *text)
{
	const struct sender_to to = { way, host, port };
	struct diag d = DIAG_INIT;

	done = false;
	ck_assert(sender_send(sender, &to, span_from(text), on_done, NULL, &d));
	ck_assert(!done);
	loop_run(loop);
	ck_assert(done);
	return why.text;
}

/* A socket on a port of its own. */
static int
bound(int family, int type, unsigned *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *sa = family == AF_INET ? (struct sockaddr *)&in
						: (struct sockaddr *)&in6;
	socklen_t n = family == AF_INET ? sizeof(in) : sizeof(in6);
	int fd = socket(family, type, 0);

	if (fd < 0 || bind(fd, sa, n) != 0 || getsockname(fd, sa, &n) != 0)
		return -1;
	*port = ntohs(family == AF_INET ? in.sin_port : in6.sin6_port);
	return fd;
}

static void
heard(int fd, const char *text)
{
	char got[256];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	ck_assert_int_eq(n, (ssize_t)strlen(text));
	got[n] = '\0';
	ck_assert_str_eq(got, text);
}

START_TEST(datagrams_arrive_byte_for_byte)
{
	unsigned port;
	int fd = bound(AF_INET, SOCK_DGRAM, &port);

	ck_assert_str_eq(send_to(SENDER_UDP, "127.0.0.1", port, "one"), "");
	heard(fd, "one");
	ck_assert_str_eq(send_to(SENDER_UDP, "127.0.0.1", port, "two\n"), "");
	heard(fd, "two\n");
	(void)close(fd);
}
END_TEST

START_TEST(a_name_is_looked_up)
{
	unsigned port;
	int fd = bound(AF_INET, SOCK_DGRAM, &port);
	const char *text = send_to(SENDER_UDP, "localhost", port, "one");

	/* to ::1 it goes where that is the first address: nobody hears it */
	ck_assert_str_eq(text, "");
	(void)close(fd);
}
END_TEST

START_TEST(a_socket_of_this_host_is_written_to)
{
	char folder[] = "/tmp/crosstap-sender.XXXXXX";
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/log", folder);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_str_eq(send_to(SENDER_UNIX, sun.sun_path, 0, "one"), "");
	heard(fd, "one");
	(void)close(fd);
	/* nobody reads it any more */
	ck_assert_ptr_nonnull(
	    strstr(send_to(SENDER_UNIX, sun.sun_path, 0, "two"), "refused"));
	(void)unlink(sun.sun_path);
	ck_assert_ptr_nonnull(
	    strstr(send_to(SENDER_UNIX, sun.sun_path, 0, "two"), "No such"));
	(void)rmdir(folder);
}
END_TEST

enum manner {
	READS_ALL,   /* and closes then */
	CLOSES_FIRST /* without reading */
};

/* A server of one connection; what it read goes to *out. */
static pid_t
server(enum manner manner, int listener, int *out)
{
	int pipes[2], fd;
	char c[4096];
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(pipe(pipes), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid > 0) {
		(void)close(pipes[1]);
		*out = pipes[0];
		return pid;
	}
	fd = accept(listener, NULL, NULL);
	while (manner == READS_ALL && (n = read(fd, c, sizeof(c))) > 0)
		if (write(pipes[1], c, (size_t)n) != n)
			_exit(1);
	_exit(0);
}

START_TEST(over_tcp_all_is_read_before_it_is_sent)
{
	struct buf text = BUF_INIT;
	unsigned port;
	int listener = bound(AF_INET, SOCK_STREAM, &port), out, i;
	pid_t pid = server(READS_ALL, listener, &out);
	char c[4096];
	size_t got = 0;
	ssize_t n;

	for (i = 0; i < 2000; i++)
		buf_printf(&text, "line %d\n", i);
	ck_assert_str_eq(send_to(SENDER_TCP, "127.0.0.1", port, text.p), "");
	while ((n = read(out, c, sizeof(c))) > 0) {
		ck_assert_uint_le(got + (size_t)n, text.n);
		ck_assert_mem_eq(c, text.p + got, (size_t)n);
		got += (size_t)n;
	}
	ck_assert_uint_eq(got, text.n);
	(void)waitpid(pid, NULL, 0);
	(void)close(out);
	(void)close(listener);
	buf_clear(&text);
}
END_TEST

START_TEST(over_tcp_what_was_not_read_is_not_sent)
{
	char *text = malloc(8 * 1024 * 1024 + 1);
	unsigned port;
	int listener = bound(AF_INET, SOCK_STREAM, &port), out;
	pid_t pid = server(CLOSES_FIRST, listener, &out);

	memset(text, 'x', 8 * 1024 * 1024);
	text[8 * 1024 * 1024] = '\0';
	ck_assert_str_ne(send_to(SENDER_TCP, "127.0.0.1", port, text), "");
	(void)waitpid(pid, NULL, 0);
	(void)close(out);
	(void)close(listener);
	free(text);
}
END_TEST

START_TEST(nobody_there_is_said)
{
	unsigned port;
	int fd = bound(AF_INET, SOCK_STREAM, &port); /* and does not listen */
	char want[64];

	(void)snprintf(
	    want, sizeof(want), "127.0.0.1 port %u: Connection refused", port);
	ck_assert_str_eq(send_to(SENDER_TCP, "127.0.0.1", port, "x"), want);
	/* also where there are two addresses to try */
	ck_assert_str_ne(send_to(SENDER_TCP, "localhost", port, "x"), "");
	(void)close(fd);
}
END_TEST

START_TEST(one_that_is_under_way_can_be_left)
{
	unsigned port;
	int fd = bound(AF_INET, SOCK_STREAM, &port);
	const struct sender_to to = { SENDER_TCP, "127.0.0.1", port };
	struct diag d = DIAG_INIT;

	/* the fixture frees it: no leak, and no call */
	ck_assert(
	    sender_send(sender, &to, SPAN_LITERAL("x"), on_done, NULL, &d));
	(void)close(fd);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("sender");
	TCase *c = tcase_create("sender");

	tcase_set_timeout(c, 30);
	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, datagrams_arrive_byte_for_byte);
	tcase_add_test(c, a_name_is_looked_up);
	tcase_add_test(c, a_socket_of_this_host_is_written_to);
	tcase_add_test(c, over_tcp_all_is_read_before_it_is_sent);
	tcase_add_test(c, over_tcp_what_was_not_read_is_not_sent);
	tcase_add_test(c, nobody_there_is_said);
	tcase_add_test(c, one_that_is_under_way_can_be_left);
	suite_add_tcase(s, c);
	return s;
}
