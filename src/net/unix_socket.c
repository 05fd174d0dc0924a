#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "net/unix_socket.h"

bool
unix_socket_address(const char *path, struct sockaddr_un *sun, struct diag *d)
{
	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(sun->sun_path)) {
		diag_set(d, "%s: too long for a socket; wanted under %zu bytes",
		    path, sizeof(sun->sun_path));
		return false;
	}
	memcpy(sun->sun_path, path, strlen(path));
	return true;
}

int
unix_socket_connect(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), why;

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0)
		return fd;
	why = errno;
	(void)close(fd);
	errno = why;
	return -1;
}

bool
unix_socket_make_way(const struct sockaddr_un *sun, struct diag *d)
{
	struct stat st;
	int fd;

	if (lstat(sun->sun_path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		diag_set(d,
		    "%s: there is a file that is no socket; wanted "
		    "another path, or none there",
		    sun->sun_path);
		return false;
	}
	fd = unix_socket_connect(sun);
	if (fd >= 0) {
		(void)close(fd);
		diag_set(d, "%s: another daemon listens there", sun->sun_path);
		return false;
	}
	(void)unlink(sun->sun_path);
	return true;
}
