/*
 * A sensor that is ready to answer, and a process confined as crosstapd's
 * puller is, each a process of its own, try what they may not do. Where the
 * kernel has no means to stop it, that is said, and nothing is proved.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "crosstap-sensor/sensor_options.h"
#include "sys/confine.h"
#include "unit.h"

static char folder[256], file[300];

static void
begin(void)
{
	const char *tmp = getenv("TMPDIR");
	FILE *f;

	(void)snprintf(
	    folder, sizeof(folder), "%s/confine.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(file, sizeof(file), "%s/conn.log", folder);
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	(void)fclose(f);
}

static void
end(void)
{
	(void)unlink(file);
	(void)rmdir(folder);
}

/* The status of a process that does it. */
static int
apart(int (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(what());
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WIFEXITED(status), 1);
	return WEXITSTATUS(status);
}

static int
has_files(void)
{
	const char *none[] = { NULL };

	return confine_files(none, 0) == NULL;
}

static int
has_calls(void)
{
	return confine_calls(0) == NULL;
}

static int
sensor_ready(void)
{
	static char serve[] = "serve", logs[] = "--logs";
	static char *argv[] = { serve, logs, folder, NULL };
	static struct sensor_options o;
	static struct sensor s;

	return sensor_start(&serve_option_set, 3, argv, &o, &s) ==
	    OPTIONS_GO_ON;
}

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags);

	return fd >= 0 && close(fd) == 0;
}

static int
opens_logs(void)
{
	return sensor_ready() && opens(file, O_RDONLY);
}

static int
opens_passwd(void)
{
	return !sensor_ready() || opens("/etc/passwd", O_RDONLY);
}

static int
writes_logs(void)
{
	return !sensor_ready() || opens(file, O_WRONLY) || unlink(file) == 0;
}

static struct sockaddr_in heard = { .sin_family = AF_INET };

static int
connects(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd >= 0 &&
	    connect(fd, (struct sockaddr *)&heard, sizeof(heard)) == 0;
}

static int
sensor_connects(void)
{
	return !sensor_ready() || connects();
}

static int
sensor_starts_a_program(void)
{
	static char name[] = "true", *argv[] = { name, NULL };

	if (sensor_ready()) {
		(void)execv("/bin/true", argv);
		(void)execv("/usr/bin/true", argv);
	}
	return 1;
}

/* As crosstapd's puller is confined; the one file is a key. */
static int
puller_ready(unsigned more)
{
	const char *const paths[] = { file, NULL };

	return confine_files(paths, CONFINE_CONNECT) == NULL &&
	    confine_calls(CONFINE_READ | CONFINE_TALK | more) == NULL;
}

static int
puller_reads_its_key(void)
{
	return puller_ready(0) && opens(file, O_RDONLY);
}

static int
puller_opens_the_rest(void)
{
	char beside[320];

	(void)snprintf(beside, sizeof(beside), "%s.db", file);
	return !puller_ready(0) || opens(beside, O_RDONLY) ||
	    opens(file, O_RDWR) || opens(folder, O_RDONLY | O_DIRECTORY) ||
	    opens("/etc/passwd", O_RDONLY);
}

static int
puller_connects(void)
{
	return puller_ready(0) && connects();
}

static bool
makes_socket_by_path(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd >= 0 && close(fd) == 0;
}

static int
puller_uses_an_agent(void)
{
	return puller_ready(CONFINE_LOCAL) && makes_socket_by_path();
}

static int
puller_uses_a_socket(void)
{
	return !puller_ready(0) || makes_socket_by_path() ||
	    socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static int
puller_starts_a_program(void)
{
	static char name[] = "true", *argv[] = { name, NULL };

	if (puller_ready(CONFINE_LOCAL)) {
		(void)execv("/bin/true", argv);
		(void)execv("/usr/bin/true", argv);
	}
	return fork() < 0;
}

#ifdef SYS_tgkill /* where confine_calls() can refuse it */
static int
puller_signals_others(void)
{
	pid_t parent = getppid();

	return !puller_ready(0) ||
	    syscall(SYS_tgkill, parent, parent, SIGCONT) == 0 ||
	    syscall(SYS_prlimit64, parent, RLIMIT_CORE, NULL, NULL) == 0 ||
	    syscall(SYS_tgkill, getpid(), getpid(), SIGCONT) != 0;
}
#else
static int
puller_signals_others(void)
{
	return 0;
}
#endif

static int
is_apart(void)
{
	int far = fcntl(STDERR_FILENO, F_DUPFD, 77);

	confine_apart("apart", STDERR_FILENO + 1);
	return far >= 77 && fcntl(far, F_GETFD) < 0 &&
	    fcntl(STDERR_FILENO, F_GETFD) >= 0;
}

static void
listen_here(int fd)
{
	socklen_t n = sizeof(heard);

	heard.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	heard.sin_port = 0;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&heard, n), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&heard, &n), 0);
}

START_TEST(logs_can_be_read)
{
	ck_assert(apart(opens_logs));
}
END_TEST

START_TEST(nothing_else_can_be_read)
{
	if (!apart(has_files)) {
		(void)printf("SKIP: no Landlock here: other files\n");
		return;
	}
	ck_assert(opens("/etc/passwd", O_RDONLY));
	ck_assert(!apart(opens_passwd));
}
END_TEST

START_TEST(logs_cannot_be_changed)
{
	if (!apart(has_files)) {
		(void)printf("SKIP: no Landlock here: writing\n");
		return;
	}
	ck_assert(!apart(writes_logs));
	ck_assert(opens(file, O_RDONLY));
}
END_TEST

START_TEST(nothing_can_be_connected_to)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	listen_here(fd);
	ck_assert(apart(connects));
	if (apart(has_calls))
		ck_assert(!apart(sensor_connects));
	else
		(void)printf("SKIP: no seccomp here: connections\n");
	(void)close(fd);
}
END_TEST

START_TEST(no_program_can_be_started)
{
	if (apart(has_files))
		ck_assert(apart(sensor_starts_a_program));
	else
		(void)printf("SKIP: no Landlock here: programs\n");
}
END_TEST

START_TEST(a_puller_has_its_key_and_the_network_alone)
{
	char beside[320];
	FILE *f;
	int fd;

	if (!apart(has_files) || !apart(has_calls)) {
		(void)printf("SKIP: no Landlock or seccomp here: a puller\n");
		return;
	}
	(void)snprintf(beside, sizeof(beside), "%s.db", file);
	f = fopen(beside, "w");
	ck_assert(f != NULL && fclose(f) == 0);
	ck_assert(opens(beside, O_RDONLY));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	listen_here(fd);
	ck_assert(apart(puller_reads_its_key));
	ck_assert(!apart(puller_opens_the_rest));
	ck_assert(apart(puller_connects));
	ck_assert(apart(puller_uses_an_agent));
	ck_assert(!apart(puller_uses_a_socket));
	ck_assert(apart(puller_starts_a_program));
	ck_assert(!apart(puller_signals_others));
	(void)close(fd);
	(void)unlink(beside);
}
END_TEST

START_TEST(a_process_apart_keeps_no_descriptors)
{
	ck_assert(apart(is_apart));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("confine");
	TCase *c = tcase_create("sensor");

	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, logs_can_be_read);
	tcase_add_test(c, nothing_else_can_be_read);
	tcase_add_test(c, logs_cannot_be_changed);
	tcase_add_test(c, nothing_can_be_connected_to);
	tcase_add_test(c, no_program_can_be_started);
	suite_add_tcase(s, c);
	c = tcase_create("puller");
	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, a_puller_has_its_key_and_the_network_alone);
	tcase_add_test(c, a_process_apart_keeps_no_descriptors);
	suite_add_tcase(s, c);
	return s;
}
