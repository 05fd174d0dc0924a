/*
 * A machine on a bad day, for LD_PRELOAD: calls of the C library fail by
 * chance, as the file FAULTS_PAGE says, and count there what was done. Standard
 * output and the log are left alone. The page, in 64-bit numbers of the host:
 * 0: of a million calls so many fail, now; 1: all faults so far; 2 and on: by
 * kind, in the order of enum faulty_kind; FAULTY_CLOCK: the seconds by which
 * the wall clock is off, signed, which is no fault of a call.
 */
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum faulty_kind {
	FAULTY_READ_EINTR,
	FAULTY_READ_SHORT,
	FAULTY_WRITE_EINTR,
	FAULTY_WRITE_SHORT,
	FAULTY_WRITE_FULL,
	FAULTY_SYNC,
	FAULTY_OPEN,
	FAULTY_SPAWN
};

#define FAULTY_CLOCK 16

static uint64_t *faulty_page;

__attribute__((constructor)) static void
faulty_begin(void)
{
	const char *path = getenv("FAULTS_PAGE");
	int (*real)(const char *, int, ...) =
	    (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	int fd = path == NULL ? -1 : real(path, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p != MAP_FAILED)
		faulty_page = p;
}

static int
faulty_now(enum faulty_kind kind)
{
	static uint64_t state;
	uint64_t x;

	if (faulty_page == NULL || faulty_page[0] == 0)
		return 0;
	if (state == 0)
		state = (uint64_t)getpid() * 1000003 + faulty_page[1];
	x = state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	if ((x ^ x >> 31) % 1000000 >= faulty_page[0])
		return 0;
	__atomic_add_fetch(&faulty_page[1], 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&faulty_page[2 + kind], 1, __ATOMIC_RELAXED);
	return 1;
}

static int
faulty_fails(enum faulty_kind kind, int error)
{
	if (!faulty_now(kind))
		return 0;
	errno = error;
	return 1;
}

#define REAL(name)                     \
	static __typeof__(&name) real; \
	if (real == NULL)              \
	real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static size_t
faulty_less(enum faulty_kind kind, size_t n)
{
	return n > 1 && faulty_now(kind) ? 1 + n / 3 : n;
}

ssize_t
read(int fd, void *p, size_t n)
{
	REAL(read);
	if (faulty_fails(FAULTY_READ_EINTR, EINTR))
		return -1;
	return real(fd, p, faulty_less(FAULTY_READ_SHORT, n));
}

ssize_t
pread64(int fd, void *p, size_t n, off64_t at)
{
	REAL(pread64);
	if (faulty_fails(FAULTY_READ_EINTR, EINTR))
		return -1;
	return real(fd, p, faulty_less(FAULTY_READ_SHORT, n), at);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return pread64(fd, p, n, at);
}

ssize_t
readv(int fd, const struct iovec *v, int n)
{
	REAL(readv);
	if (faulty_fails(FAULTY_READ_EINTR, EINTR))
		return -1;
	return n > 1 && faulty_now(FAULTY_READ_SHORT) ? real(fd, v, 1)
						      : real(fd, v, n);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(write);
	if (fd > 2 && faulty_fails(FAULTY_WRITE_EINTR, EINTR))
		return -1;
	return real(fd, p, fd > 2 ? faulty_less(FAULTY_WRITE_SHORT, n) : n);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	REAL(writev);
	if (fd > 2 && faulty_fails(FAULTY_WRITE_EINTR, EINTR))
		return -1;
	return n > 1 && fd > 2 && faulty_now(FAULTY_WRITE_SHORT)
	    ? real(fd, v, 1)
	    : real(fd, v, n);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(pwrite64);
	if (faulty_fails(FAULTY_WRITE_FULL, ENOSPC))
		return -1;
	return real(fd, p, faulty_less(FAULTY_WRITE_SHORT, n), at);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	return pwrite64(fd, p, n, at);
}

int
fsync(int fd)
{
	REAL(fsync);
	return faulty_fails(FAULTY_SYNC, EIO) ? -1 : real(fd);
}

int
fdatasync(int fd)
{
	REAL(fdatasync);
	return faulty_fails(FAULTY_SYNC, EIO) ? -1 : real(fd);
}

static mode_t
faulty_mode(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0
	    ? (mode_t)va_arg(ap, unsigned)
	    : 0;
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	REAL(open64);

	va_start(ap, flags);
	mode = faulty_mode(flags, ap);
	va_end(ap);
	return faulty_fails(FAULTY_OPEN, EMFILE) ? -1 : real(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	REAL(open);

	va_start(ap, flags);
	mode = faulty_mode(flags, ap);
	va_end(ap);
	return faulty_fails(FAULTY_OPEN, EMFILE) ? -1 : real(path, flags, mode);
}

int
posix_spawnp(pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
    char *const argv[], char *const env[])
{
	REAL(posix_spawnp);
	return faulty_now(FAULTY_SPAWN)
	    ? EAGAIN
	    : real(pid, path, actions, attr, argv, env);
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	REAL(clock_gettime);
	if (real(id, t) != 0)
		return -1;
	if (id == CLOCK_REALTIME && faulty_page != NULL)
		t->tv_sec += (time_t)(int64_t)faulty_page[FAULTY_CLOCK];
	return 0;
}
