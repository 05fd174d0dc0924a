/*
 * The external command FIFO of Nagios. It is opened for each sending, so that
 * a Nagios that comes back has the FIFO that it made anew; a command is one
 * write of at most PIPE_BUF bytes, which is whole or not at all.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>
#include "feed/kinds.h"
#include "feed/nagios_output.h"
#include "sys/when.h"

/* -1 with d set. */
static int
command_open(const char *path, struct diag *d)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		return fd;
	if (fd >= 0)
		diag_set(d, "%s is no FIFO; wanted the command_file of Nagios",
		    path);
	else if (errno == ENXIO)
		diag_set(d, "nobody reads %s; is Nagios down?", path);
	else
		diag_set(d, "%s: %s; wanted the command_file of Nagios", path,
		    strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static size_t
command_limit(int fd)
{
	long n = fpathconf(fd, _PC_PIPE_BUF);

	return n < _POSIX_PIPE_BUF ? _POSIX_PIPE_BUF : (size_t)n;
}

static bool
command_put(
    const struct feed *f, const struct feed_status *s, int fd, struct diag *d)
{
	struct buf line = BUF_INIT, path = BUF_INIT;
	ssize_t n;
	bool whole, ok;

	/* The stamp is read by Nagios against the system's clock. */
	whole = nagios_command(
	    f, s, when_now_us() / US_PER_S, command_limit(fd), &line);
	if (!whole && f->config->spool != NULL) {
		ok = nagios_spool_put(f->config->spool, f, s, &path, d);
		buf_clear(&path);
		buf_clear(&line);
		return ok;
	}
	ok = buf_ok(&line);
	if (!ok)
		diag_set(d, "out of memory");
	do {
		n = ok ? write(fd, line.p, line.n) : -1;
	} while (ok && n < 0 && errno == EINTR);
	if (ok && n < 0)
		diag_set(d, "%s: %s", f->config->path,
		    errno == EAGAIN ? "full: Nagios does not read it"
				    : strerror(errno));
	buf_clear(&line);
	return ok && n >= 0;
}

static void
command_send(struct feed *f, const struct feed_status *const s[], size_t n)
{
	struct diag d = DIAG_INIT;
	int fd = command_open(f->config->path, &d);
	size_t i = 0;

	while (fd >= 0 && i < n && command_put(f, s[i], fd, &d))
		i++;
	if (fd >= 0)
		(void)close(fd);
	feed_sent(f, i, i < n ? &d : NULL);
}

const struct feed_kind feed_nagios_command = {
	.name = "nagios-command",
	.takes = FEED_STATES,
	.send_states = command_send,
};
