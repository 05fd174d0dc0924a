#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "sys/file.h"

#define FILE_STEP 4096 /* bytes */

bool
file_read(const char *path, size_t max, const char *wanted, struct buf *out,
    struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
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
