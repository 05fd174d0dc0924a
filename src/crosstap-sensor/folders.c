#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "crosstap-sensor/folders.h"

#define FOLDERS_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* The folder of a file, which is cut off; of a pattern, what stands before its
 * first sign. */
static void
folders_cut(char *path, size_t n)
{
	char *slash;

	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL)
		slash[slash == path] = '\0';
	else
		memcpy(path, ".", sizeof("."));
}

/* False with errno set. */
static bool
folders_open_one(struct folders *f, const char *name)
{
	size_t n = strlen(name), wild = strcspn(name, "*?[");
	char *folder = malloc(n + 2);
	struct stat st;
	bool there = stat(name, &st) == 0;

	f->v[f->n].fd = -1;
	f->v[f->n].real = f->v[f->n].folder = NULL;
	f->v[f->n].single = there && S_ISREG(st.st_mode);
	if (folder == NULL)
		return false;
	memcpy(folder, name, n + 1);
	if (!there && wild < n) {
		folders_cut(folder, wild);
	}
	f->v[f->n].real = realpath(folder, NULL);
	free(folder);
	if (f->v[f->n].real == NULL)
		return false;
	folder = f->v[f->n].folder = strdup(f->v[f->n].real);
	if (folder == NULL)
		return false;
	if (f->v[f->n].single)
		folders_cut(folder, strlen(folder));
	f->v[f->n].fd = open(folder, FOLDERS_DIR);
	return f->v[f->n].fd >= 0;
}

bool
folders_open(struct folders *f, const struct option_list *names, struct diag *d)
{
	memset(f, 0, sizeof(*f));
	f->files = files_local;
	f->files.arg = f;
	f->files.open = folders_open_file;
	for (; f->n < names->n; f->n++) {
		const char *name = names->item[f->n];

		f->names[f->n] = name;
		if (folders_open_one(f, name))
			continue;
		diag_set(d, "--logs %s: %s", name, strerror(errno));
		free(f->v[f->n].real);
		free(f->v[f->n].folder);
		folders_close(f);
		return false;
	}
	return true;
}

void
folders_close(struct folders *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->v[i].real);
		free(f->v[i].folder);
		(void)close(f->v[i].fd);
	}
	f->n = 0;
}

void
folders_source(const struct folders *f, struct source_options *out)
{
	out->more = f->names + 1;
	out->nmore = f->n - 1;
	out->files = &f->files;
}

/* The rest of a real path below a folder; NULL: it is not below it. */
static const char *
folders_rest(const char *real, const char *folder)
{
	size_t n = strlen(folder);

	if (n == 1) /* "/" */
		return real + 1;
	return strncmp(real, folder, n) == 0 && real[n] == '/' ? real + n + 1
							       : NULL;
}

/* path is cut into its steps. */
static int
folders_walk(int dir, char *path)
{
	int fd = dir, next;
	char *slash;

	for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
		*slash = '\0';
		next = openat(fd, path, FOLDERS_DIR | O_NOFOLLOW);
		if (fd != dir)
			(void)close(fd);
		if (next < 0)
			return -1;
		fd = next;
	}
	/* a FIFO that was put there must not stop us */
	next = openat(fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd != dir)
		(void)close(fd);
	return next;
}

int
folders_open_file(void *arg, const char *path)
{
	const struct folders *f = arg;
	char *real = realpath(path, NULL);
	const char *rest = NULL;
	struct stat st;
	size_t i;
	int fd = -1;

	if (real == NULL)
		return -1;
	for (i = 0; i < f->n && rest == NULL; i++) {
		if (!f->v[i].single)
			rest = folders_rest(real, f->v[i].real);
		else if (strcmp(real, f->v[i].real) == 0)
			rest = strrchr(real, '/') + 1;
	}
	if (rest == NULL || *rest == '\0')
		errno = EPERM;
	else
		fd = folders_walk(f->v[i - 1].fd, real + (rest - real));
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		fd = -1;
		errno = EPERM;
	}
	free(real);
	return fd;
}
