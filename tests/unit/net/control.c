/*
 * The control socket with a real server in another process: what it answers,
 * and what it does with callers that do not behave.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/control.h"
#include "unit.h"

static char folder[] = "/tmp/crosstap-control.XXXXXX";
static char path[64];
static pid_t server;

/* "UID LINE", or an error for the line "no". */
static void
answer(struct control_call *call, uid_t uid, const char *line, void *arg)
{
	struct buf out = BUF_INIT;

	(void)arg;
	buf_printf(&out, "%u %s", (unsigned)uid, line);
	control_answer(call,
	    strcmp(line, "no") == 0 ? CONTROL_ERROR : CONTROL_OK,
	    buf_span(&out));
	buf_clear(&out);
}

static void
serve(int ready)
{
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);
	struct control *c = control_listen(l, path, answer, NULL, &d);

	if (c == NULL || write(ready, "", 1) != 1)
		_exit(1);
	(void)close(ready);
	loop_run(l);
	_exit(0);
}

static void
begin(void)
{
	int ready[2];
	char byte;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/socket", folder);
	ck_assert_int_eq(pipe(ready), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		serve(ready[1]);
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
}

static void
end(void)
{
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	(void)unlink(path);
	(void)rmdir(folder);
}

START_TEST(a_line_is_answered_and_the_caller_is_known)
{
	struct buf out = BUF_INIT;
	struct diag d = DIAG_INIT;
	char want[64];

	(void)snprintf(
	    want, sizeof(want), "%u status\tjson", (unsigned)getuid());
	ck_assert(control_ask(path, "status\tjson", 5, &out, &d));
	ck_assert_str_eq(out.p, want);
	buf_clear(&out);
}
END_TEST

START_TEST(an_error_is_an_error_with_its_text)
{
	struct buf out = BUF_INIT;
	struct diag d = DIAG_INIT;

	ck_assert(!control_ask(path, "no", 5, &out, &d));
	ck_assert_ptr_nonnull(strstr(d.text, " no"));
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

/* What comes back for raw bytes, up to the end of the connection. */
static size_t
send_raw(const char *bytes, size_t n, char *out, size_t size)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t got = 0;
	ssize_t k = 1;

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	ck_assert_int_eq(
	    connect(fd, (const struct sockaddr *)&sun, sizeof(sun)), 0);
	while (n > 0 && k > 0) {
		k = send(fd, bytes, n, MSG_NOSIGNAL);
		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		}
	}
	(void)shutdown(fd, SHUT_WR);
	while (
	    got < size - 1 && (k = recv(fd, out + got, size - 1 - got, 0)) > 0)
		got += (size_t)k;
	out[got] = '\0';
	(void)close(fd);
	return got;
}

START_TEST(a_caller_without_a_line_gets_no_answer)
{
	char out[64];

	ck_assert_uint_eq(send_raw("status", 6, out, sizeof(out)), 0);
}
END_TEST

START_TEST(a_line_with_a_nul_is_refused)
{
	char out[64];

	ck_assert_uint_gt(send_raw("sta\0tus\n", 8, out, sizeof(out)), 0);
	ck_assert_ptr_eq(strstr(out, "error\n"), out);
}
END_TEST

START_TEST(an_endless_line_ends_the_call_and_nothing_else)
{
	char *line = malloc(CONTROL_MAX_LINE * 4), out[64];
	struct buf text = BUF_INIT;
	struct diag d = DIAG_INIT;

	ck_assert_ptr_nonnull(line);
	memset(line, 'x', CONTROL_MAX_LINE * 4);
	(void)send_raw(line, CONTROL_MAX_LINE * 4, out, sizeof(out));
	ck_assert_ptr_ne(strstr(out, "ok\n"), out);
	free(line);
	ck_assert(control_ask(path, "still there", 5, &text, &d));
	buf_clear(&text);
}
END_TEST

START_TEST(a_second_server_is_refused)
{
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);

	ck_assert_ptr_nonnull(l);
	ck_assert_ptr_null(control_listen(l, path, answer, NULL, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "another daemon"));
	loop_free(l);
}
END_TEST

START_TEST(what_a_dead_server_left_is_taken_away)
{
	struct diag d = DIAG_INIT;
	struct loop *l = loop_new(&d);
	struct control *c;

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	c = control_listen(l, path, answer, NULL, &d);
	ck_assert_msg(c != NULL, "%s", d.text);
	control_close(c);
	loop_free(l);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(nobody_there_is_said)
{
	struct buf out = BUF_INIT;
	struct diag d = DIAG_INIT;

	ck_assert(!control_ask("/nowhere/socket", "status", 1, &out, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "wanted a crosstapd that runs"));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("control");
	TCase *c = tcase_create("control");

	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, a_line_is_answered_and_the_caller_is_known);
	tcase_add_test(c, an_error_is_an_error_with_its_text);
	tcase_add_test(c, a_caller_without_a_line_gets_no_answer);
	tcase_add_test(c, a_line_with_a_nul_is_refused);
	tcase_add_test(c, an_endless_line_ends_the_call_and_nothing_else);
	tcase_add_test(c, a_second_server_is_refused);
	tcase_add_test(c, what_a_dead_server_left_is_taken_away);
	tcase_add_test(c, nobody_there_is_said);
	suite_add_tcase(s, c);
	return s;
}
