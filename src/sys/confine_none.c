/*
 * Where nothing is known of what the system could do, or not here.
 */
#include <sys/resource.h>
#include <unistd.h>
#include "sys/confine.h"

#define CONFINE_WHY "not known how on this system"

void
confine_memory(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

void
confine_apart(const char *name, int from_fd)
{
	struct rlimit l = { 0, 0 };
	int fd, end = 65536;

	(void)name;
	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < (rlim_t)end)
		end = (int)l.rlim_cur;
	for (fd = from_fd; fd < end; fd++)
		(void)close(fd);
}

const char *
confine_files(const char *const paths[], unsigned flags)
{
	(void)paths;
	(void)flags;
	return CONFINE_WHY;
}

const char *
confine_calls(unsigned kinds)
{
	(void)kinds;
	return CONFINE_WHY;
}
