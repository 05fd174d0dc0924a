#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sys/file.h"

#define FILE_STEP 4096 /* bytes */

static int
file_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* Takes fd, which may be -1 with errno set. */
static bool
file_take(int fd, const char *path, size_t max, const char *wanted,
    struct buf *out, struct diag *d)
{
	ssize_t n = -1;

	while (fd >= 0 && out->n <= max && buf_reserve(out, FILE_STEP)) {
		n = read(fd, out->p + out->n, FILE_STEP);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		out->n += (size_t)n;
	}
	if (fd < 0 || n < 0)
		diag_at(d, path, 0, 0, "%s; wanted %s",
		    buf_ok(out) ? strerror(errno) : "out of memory", wanted);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && n >= 0 && buf_ok(out);
}

bool
file_read(const char *path, size_t max, const char *wanted, struct buf *out,
    struct diag *d)
{
	return file_take(file_open(path), path, max, wanted, out, d);
}

#define FILE_SECRET "a file of one line that only its users can read"
#define FILE_MAX_SECRET 1024

/* What cannot be looked at is for reading to tell. */
static bool
file_is_private(int fd, const char *path, struct diag *d)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || (st.st_mode & S_IRWXO) == 0)
		return true;
	diag_at(d, path, 0, 0,
	    "others can read it, and it holds a secret; wanted 'chmod o= "
	    "FILE'");
	return false;
}

bool
file_check_secret(const char *path, struct diag *d)
{
	int fd = file_open(path);
	bool ok = file_is_private(fd, path, d);

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

bool
file_read_secret(const char *path, struct buf *out, struct diag *d)
{
	int fd = file_open(path);
	const unsigned char *p;

	if (!file_is_private(fd, path, d)) {
		(void)close(fd);
		return false;
	}
	if (!file_take(fd, path, FILE_MAX_SECRET, FILE_SECRET, out, d))
		return false;
	while (out->n > 0 && strchr("\r\n", out->p[out->n - 1]) != NULL)
		out->n--;
	buf_add_char(out, '\0');
	if (!buf_ok(out)) {
		diag_at(d, path, 0, 0, "out of memory");
		return false;
	}
	out->n--;
	for (p = (const unsigned char *)out->p; *p >= ' ' && *p != 127; p++)
		;
	if (out->n == 0 || out->n > FILE_MAX_SECRET ||
	    (size_t)(p - (const unsigned char *)out->p) != out->n) {
		diag_at(d, path, 0, 0, "no secret; wanted " FILE_SECRET);
		return false;
	}
	return true;
}
