#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "sys/notify.h"

bool
notify(const char *state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n;
	bool ok;
	int fd;

	if (path == NULL || *path == '\0')
		return true;
	n = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof(sun.sun_path))
		return false;
	memcpy(sun.sun_path, path, n);
	if (path[0] == '@') /* an abstract one */
		sun.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return false;
	ok = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		 (struct sockaddr *)&sun,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) ==
	    (ssize_t)strlen(state);
	(void)close(fd);
	return ok;
}

int64_t
notify_watchdog_us(void)
{
	const char *set = getenv("WATCHDOG_USEC"),
		   *pid = getenv("WATCHDOG_PID");
	char *end;
	int64_t us;

	if (set == NULL ||
	    (pid != NULL && strtoimax(pid, NULL, 10) != (intmax_t)getpid()))
		return 0;
	us = strtoimax(set, &end, 10);
	return *end == '\0' && us > 0 ? us : 0;
}
