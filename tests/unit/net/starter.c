/*
 * Programs that another process starts: by number alone, with their input and
 * output in the hands of who asked; and what who asked may not do.
 */
#include <sys/socket.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "net/child.h"
#include "net/loop.h"
#include "net/starter.h"
#include "unit.h"

static const char *const echo[] = { "sh", "-c", "read x; echo got $x; exit 3",
	NULL };
static const char *const other[] = { "true", NULL };

static struct loop *loop;
static struct ssh *ssh;
static struct buf got;
static enum ssh_end how;
static pid_t starting;
static int asks_fd;

static const char *const *
argv_of(void *arg, uint32_t number)
{
	(void)arg;
	return number == 7 ? echo : NULL;
}

static bool
number_of(void *arg, const char *const argv[], uint32_t *number)
{
	(void)arg;
	*number = argv == echo ? 7 : 8;
	return true;
}

/* The starter is a process of its own, as the daemon is. */
static void
begin(void)
{
	static struct starter_asks asks;
	struct diag d = DIAG_INIT;
	struct starter *s;
	int ready[2];
	char c;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ready), 0);
	loop = loop_new(&d);
	s = starter_new(loop_base(loop), argv_of, NULL, &asks_fd, &d);
	ck_assert_ptr_nonnull(s);
	starting = fork();
	if (starting == 0) {
		(void)!write(ready[1], "x", 1);
		(void)close(asks_fd);
		loop_run(loop);
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ssh = ssh_new(NULL, &d);
	ck_assert_ptr_nonnull(ssh);
	asks = (struct starter_asks){ asks_fd, number_of, NULL };
	starter_ask(ssh, &asks);
}

static void
end(void)
{
	ssh_free(ssh);
	buf_clear(&got);
	(void)kill(starting, SIGKILL);
	(void)waitpid(starting, NULL, 0);
}

static void
on_data(struct child *c, struct span bytes, void *arg)
{
	(void)c;
	(void)arg;
	buf_add(&got, bytes.p, bytes.n);
}

static void
on_end(struct child *c, enum ssh_end e, const char *text, void *arg)
{
	(void)c;
	(void)arg;
	how = e;
	buf_printf(&got, "|%s", text);
}

static void
run(const char *const argv[])
{
	static const struct child_events events = { .on_data = on_data,
		.on_end = on_end };
	const struct ssh_limits limits = { 0 };
	struct child *c = child_open(ssh, argv, &limits, &events, NULL);

	ck_assert_ptr_nonnull(c);
	ck_assert(child_write(c, SPAN_LITERAL("hello\n")));
	while (got.n == 0 || strchr(got.p, '|') == NULL)
		ssh_turn(ssh);
}

START_TEST(a_program_is_started_and_its_status_told)
{
	run(echo);
	ck_assert_int_eq(how, SSH_COMMAND_FAILED);
	ck_assert_str_eq(got.p, "got hello\n|the command ended with status 3");
}
END_TEST

START_TEST(a_number_that_is_none_starts_nothing)
{
	run(other);
	ck_assert_int_eq(how, SSH_COMMAND_FAILED);
	ck_assert_msg(strstr(got.p, strerror(EINVAL)) != NULL, "%s", got.p);
}
END_TEST

/* The answer to bytes of our own, its first four as a number. */
static int
answer_to(const char *bytes, size_t n)
{
	unsigned char text[8];

	ck_assert_int_eq(send(asks_fd, bytes, n, 0), (ssize_t)n);
	ck_assert_int_eq(recv(asks_fd, text, sizeof(text), 0), 8);
	return text[0] << 24 | text[1] << 16 | text[2] << 8 | text[3];
}

START_TEST(processes_of_others_are_left_alone)
{
	pid_t me = getpid();
	char kill_us[5] = { 'k', (char)(me >> 24), (char)(me >> 16),
		(char)(me >> 8), (char)me };

	ck_assert_int_eq(answer_to(kill_us, 5), EINVAL);
	kill_us[0] = 'g';
	ck_assert_int_eq(answer_to(kill_us, 5), EINVAL);
	ck_assert_int_eq(answer_to("s", 1), EINVAL);
	ck_assert_int_eq(answer_to("s\0\0\0\7\0\0\0\0", 9), EINVAL);
	ck_assert_int_eq(answer_to("x\0\0\0\7", 5), EINVAL);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("starter");
	TCase *t = tcase_create("programs");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_program_is_started_and_its_status_told);
	tcase_add_test(t, a_number_that_is_none_starts_nothing);
	tcase_add_test(t, processes_of_others_are_left_alone);
	suite_add_tcase(s, t);
	return s;
}
