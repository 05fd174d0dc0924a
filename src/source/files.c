/*
 * The files of this machine: the system's own calls.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "source/files.h"

static int
files_open(void *arg, const char *path)
{
	(void)arg;
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int
files_dup(void *arg, int fd)
{
	(void)arg;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void
files_close(void *arg, int fd)
{
	(void)arg;
	(void)close(fd);
}

static int
files_fstat(void *arg, int fd, struct stat *st)
{
	(void)arg;
	return fstat(fd, st);
}

static int
files_stat(void *arg, const char *path, struct stat *st)
{
	(void)arg;
	return stat(path, st);
}

static ssize_t
files_read(void *arg, int fd, void *to, size_t max)
{
	(void)arg;
	return read(fd, to, max);
}

static ssize_t
files_pread(void *arg, int fd, void *to, size_t max, uint64_t offset)
{
	(void)arg;
	return pread(fd, to, max, (off_t)offset);
}

static int
files_seek(void *arg, int fd, uint64_t offset)
{
	(void)arg;
	return lseek(fd, (off_t)offset, SEEK_SET) < 0 ? -1 : 0;
}

static int
files_list(void *arg, const char *path, files_name_fn *name, void *name_arg)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int error;

	(void)arg;
	if (dir == NULL)
		return -1;
	for (errno = 0; (e = readdir(dir)) != NULL; errno = 0) {
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 && !name(name_arg, e->d_name))
			break;
	}
	error = e != NULL ? 0 : errno;
	(void)closedir(dir);
	errno = error;
	return error == 0 ? 0 : -1;
}

static char *
files_real(void *arg, const char *path)
{
	(void)arg;
	return realpath(path, NULL);
}

static bool
files_same(void *arg, int fd, const char *path)
{
	struct stat held, named;

	(void)arg;
	return fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
	    held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static const char *
files_error(void *arg, int error)
{
	(void)arg;
	return strerror(error);
}

const struct files files_local = {
	.open = files_open,
	.dup = files_dup,
	.close = files_close,
	.fstat = files_fstat,
	.stat = files_stat,
	.read = files_read,
	.pread = files_pread,
	.seek = files_seek,
	.list = files_list,
	.real = files_real,
	.same = files_same,
	.error = files_error,
};

const struct files *
files_or_local(const struct files *files)
{
	return files != NULL ? files : &files_local;
}
