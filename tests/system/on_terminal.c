/*
 * Runs a command with a terminal of its own, at which a person seems to sit:
 *	on_terminal TRANSCRIPT [PATTERN ANSWER]... -- COMMAND...
 * Each PATTERN is waited for in what the terminal shows, in this order, and
 * answered with a line; an ANSWER of ^C is that key. Standard output and error
 * stay as they are. Exits as the command does; with 99 if nothing happens for
 * 30 seconds.
 */
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 65536
#define PATIENCE_MS 30000

static char shown[SHOWN_MAX];
static size_t nshown, from;

static int
run(int master, char **command)
{
	int slave;

	(void)setsid();
	slave = open(ptsname(master), O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
		_exit(98);
	(void)close(master);
	(void)execvp(command[0], command);
	_exit(127);
}

static void
answer(int master, const char *text)
{
	char line[1024];
	int n;

	if (strcmp(text, "^C") == 0)
		n = snprintf(line, sizeof(line), "\x03");
	else
		n = snprintf(line, sizeof(line), "%s\n", text);
	if (write(master, line, (size_t)n) != n)
		perror("on_terminal");
}

/* False when the terminal has no user any more. */
static int
look(int master)
{
	struct pollfd p = { .fd = master, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) <= 0)
		return -1;
	n = read(master, shown + nshown, sizeof(shown) - 1 - nshown);
	if (n <= 0)
		return 0;
	nshown += (size_t)n;
	shown[nshown] = '\0';
	return 1;
}

int
main(int argc, char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), a = 2, seen, status;
	const char *found;
	FILE *out;
	pid_t pid;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return 98;
	for (seen = 2; seen < argc && strcmp(argv[seen], "--") != 0; seen++)
		continue;
	if (seen + 1 >= argc)
		return 98;
	pid = fork();
	if (pid == 0)
		run(master, argv + seen + 1);
	while ((seen = look(master)) > 0) {
		while (strcmp(argv[a], "--") != 0 &&
		    (found = strstr(shown + from, argv[a])) != NULL) {
			from = (size_t)(found - shown) + strlen(argv[a]);
			answer(master, argv[a + 1]);
			a += 2;
		}
	}
	if (seen < 0)
		(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	out = fopen(argv[1], "w");
	if (out != NULL) {
		(void)fwrite(shown, 1, nshown, out);
		(void)fclose(out);
	}
	if (seen < 0)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
