/*
 * No shell, and nothing of this process but what is given: all descriptors
 * close on the way, and signals are those of a new program.
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>
#include <event2/util.h>
#include "net/spawn.h"

extern char **environ;

/* ours[0], theirs[0]: input and output; [1]: standard error. */
static int
spawn_pipes(int ours[2], int theirs[2])
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	ours[0] = pair[0];
	theirs[0] = pair[1];
	if (pipe2(pair, O_CLOEXEC) != 0)
		return errno;
	ours[1] = pair[0];
	theirs[1] = pair[1];
	return evutil_make_socket_nonblocking(ours[0]) != 0 ||
		evutil_make_socket_nonblocking(ours[1]) != 0
	    ? errno
	    : 0;
}

/* With the signals of a new program, whatever we do about ours. */
static int
spawn_run(const struct spawn_program *p, const int theirs[2], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, usual;
	int error;

	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)sigaddset(&usual, SIGALRM);
	(void)sigaddset(&usual, SIGCHLD);
	error = posix_spawn_file_actions_init(&actions);
	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attr);
	if (error == 0) {
		(void)posix_spawnattr_setsigmask(&attr, &none);
		(void)posix_spawnattr_setsigdefault(&attr, &usual);
		(void)posix_spawnattr_setflags(
		    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
		error = posix_spawn_file_actions_adddup2(
		    &actions, theirs[0], STDIN_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_adddup2(
			    &actions, theirs[0], STDOUT_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_adddup2(
			    &actions, theirs[1], STDERR_FILENO);
		if (error == 0 && p->fd >= 0)
			error = posix_spawn_file_actions_adddup2(
			    &actions, p->fd, SPAWN_FD);
		if (error == 0)
			error = posix_spawnp(pid,
			    p->path != NULL ? p->path : p->argv[0], &actions,
			    &attr, (char *const *)(uintptr_t)p->argv, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int
spawn_start(void *arg, const struct spawn_program *p, struct spawned *out)
{
	int ours[2] = { -1, -1 }, theirs[2] = { -1, -1 };
	int error = spawn_pipes(ours, theirs);

	(void)arg;
	*out = (struct spawned){ -1, ours[0], ours[1] };
	if (error == 0)
		error = spawn_run(p, theirs, &out->pid);
	if (theirs[0] >= 0)
		(void)close(theirs[0]);
	if (theirs[1] >= 0)
		(void)close(theirs[1]);
	if (error == 0)
		return 0;
	if (ours[0] >= 0)
		(void)close(ours[0]);
	if (ours[1] >= 0)
		(void)close(ours[1]);
	*out = SPAWNED_NONE;
	return error;
}

static bool
spawn_is_gone(void *arg, pid_t pid, int *status)
{
	pid_t rc;

	(void)arg;
	*status = 0;
	do {
		rc = waitpid(pid, status, WNOHANG);
	} while (rc < 0 && errno == EINTR);
	return rc != 0;
}

static void
spawn_kill(void *arg, pid_t pid)
{
	(void)arg;
	(void)kill(pid, SIGKILL);
}

const struct spawner spawn_here = { spawn_start, spawn_is_gone, spawn_kill,
	NULL };
