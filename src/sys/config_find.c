#include <stdlib.h>
#include <unistd.h>
#include "sys/config.h"

#ifndef SYSCONF_DIR
#define SYSCONF_DIR "/usr/local/etc"
#endif
#define CONFIG_NAME_OF_FILE "crosstap/crosstap.yaml"

static bool
config_find_there(struct buf *path, const char *dir, const char *below)
{
	size_t before = path->n;

	buf_printf(path, "%s%s/" CONFIG_NAME_OF_FILE, dir, below);
	if (!buf_ok(path) || access(path->p + before, F_OK) == 0)
		return true;
	path->n = before;
	path->p[before] = '\0';
	return false;
}

bool
config_find(const char *option, struct buf *path, struct diag *d)
{
	const char *set = getenv("CROSSTAP_CONFIG"), *home = getenv("HOME");

	if (option == NULL && set != NULL && *set != '\0')
		option = set;
	if (option != NULL)
		buf_add_str(path, option);
	else if ((home == NULL || *home == '\0' ||
		     !config_find_there(path, home, "/.config")) &&
	    !config_find_there(path, SYSCONF_DIR, "")) {
		diag_set(d,
		    "no configuration; wanted --config FILE, CROSSTAP_CONFIG, "
		    "~/.config/" CONFIG_NAME_OF_FILE " or " SYSCONF_DIR
		    "/" CONFIG_NAME_OF_FILE);
		return false;
	}
	if (!buf_ok(path))
		diag_set(d, "out of memory");
	return buf_ok(path);
}
