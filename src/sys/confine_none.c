/*
 * Where nothing is known of what the system could do, or not here.
 */
#include <sys/resource.h>
#include "sys/confine.h"

#define CONFINE_WHY "not known how on this system"

void
confine_memory(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
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
