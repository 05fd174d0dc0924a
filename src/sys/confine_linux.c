/*
 * Landlock for files and ports, seccomp for system calls. Both are called by
 * number, since the C library may not know them, and Landlock's version is
 * asked of the kernel at run time. Sanitizers make calls of their own: with
 * them, seccomp is left out.
 *
 * Landlock: Documentation/userspace-api/landlock.rst; seccomp:
 * Documentation/userspace-api/seccomp_filter.rst of Linux.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>
#include "sys/confine.h"

/* They look at the memory and into /proc when the program ends. */
#ifdef XT_SANITIZED
#define CONFINE_SANITIZED true
#else
#define CONFINE_SANITIZED false
#endif

void
confine_memory(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	if (!CONFINE_SANITIZED)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* The same number on all processors. */
#define CONFINE_CLOSE_RANGE 436

void
confine_apart(const char *name, int from_fd)
{
	struct rlimit l = { 0, 0 };
	int fd, end = 65536;

	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
	if (syscall(CONFINE_CLOSE_RANGE, from_fd, ~0U, 0) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < (rlim_t)end)
		end = (int)l.rlim_cur;
	for (fd = from_fd; fd < end; fd++)
		(void)close(fd);
}

/* -- files -- */

/* The same number on all processors. */
#define LANDLOCK_CREATE 444
#define LANDLOCK_ADD 445
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_ASK_ABI 1u /* a flag of LANDLOCK_CREATE */
#define LANDLOCK_BENEATH 1  /* a rule of a path */

#define LANDLOCK_READ_FILE (UINT64_C(1) << 2)
#define LANDLOCK_READ_DIR (UINT64_C(1) << 3)
#define LANDLOCK_SCOPES 3 /* abstract sockets, signals */
#define LANDLOCK_PORTS 3  /* bind, connect */
#define LANDLOCK_BIND 1

struct landlock_ruleset {
	uint64_t fs, net, scoped;
};

struct landlock_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* What a version knows of: the bits of files below, the bytes of a ruleset. */
static const struct landlock_version {
	unsigned fs_bits;
	size_t size;
	uint64_t net, scoped;
} landlock_versions[] = {
	{ 13, 8, 0, 0 },
	{ 14, 8, 0, 0 },
	{ 15, 8, 0, 0 },
	{ 15, 16, LANDLOCK_PORTS, 0 },
	{ 16, 16, LANDLOCK_PORTS, 0 },
	{ 16, 24, LANDLOCK_PORTS, LANDLOCK_SCOPES },
};

/* False with errno set. */
static bool
landlock_add(int rules, const char *path)
{
	struct landlock_beneath b = { LANDLOCK_READ_FILE, -1 };
	struct stat st;
	long rc;

	b.fd = open(path, O_PATH | O_CLOEXEC);
	if (b.fd < 0)
		return true;
	if (fstat(b.fd, &st) == 0 && S_ISDIR(st.st_mode))
		b.allowed |= LANDLOCK_READ_DIR;
	rc = syscall(LANDLOCK_ADD, rules, LANDLOCK_BENEATH, &b, 0);
	(void)close(b.fd);
	return rc == 0;
}

const char *
confine_files(const char *const paths[], unsigned flags)
{
	long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_ABI);
	const struct landlock_version *v;
	struct landlock_ruleset attr;
	bool ok = true;
	int rules;
	size_t i;

	if (CONFINE_SANITIZED)
		return "the sanitizers need more";
	if (abi < 1)
		return "the kernel has no Landlock";
	if ((size_t)abi > ARRAY_LEN(landlock_versions))
		abi = ARRAY_LEN(landlock_versions);
	v = &landlock_versions[abi - 1];
	attr = (struct landlock_ruleset){ (UINT64_C(1) << v->fs_bits) - 1,
		v->net, v->scoped };
	if ((flags & CONFINE_CONNECT) != 0)
		attr.net &= LANDLOCK_BIND;
	rules = (int)syscall(LANDLOCK_CREATE, &attr, v->size, 0);
	if (rules < 0)
		return strerror(errno);
	for (i = 0; ok && paths[i] != NULL; i++)
		ok = landlock_add(rules, paths[i]);
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    syscall(LANDLOCK_RESTRICT, rules, 0) == 0;
	(void)close(rules);
	return ok ? NULL : strerror(errno);
}

/* -- system calls -- */

#if defined(__x86_64__)
#define CONFINE_ARCH AUDIT_ARCH_X86_64
#define CONFINE_RESULT(u) ((u)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define CONFINE_ARCH AUDIT_ARCH_AARCH64
#define CONFINE_RESULT(u) ((u)->uc_mcontext.regs[0])
#endif

#ifdef CONFINE_ARCH

static const struct {
	unsigned kinds; /* 0: always */
	int nr;
} calls_table[] = {
	{ 0, SYS_read },
	{ 0, SYS_write },
	{ 0, SYS_readv },
	{ 0, SYS_writev },
	{ 0, SYS_pread64 },
	{ 0, SYS_pwrite64 },
	{ 0, SYS_lseek },
	{ 0, SYS_close },
	{ 0, SYS_fstat },
	{ 0, SYS_fcntl },
	{ 0, SYS_ioctl },
	{ 0, SYS_dup },
	{ 0, SYS_dup3 },
	{ 0, SYS_mmap },
	{ 0, SYS_munmap },
	{ 0, SYS_mremap },
	{ 0, SYS_mprotect },
	{ 0, SYS_madvise },
	{ 0, SYS_brk },
	{ 0, SYS_futex },
	{ 0, SYS_membarrier },
	{ 0, SYS_rt_sigaction },
	{ 0, SYS_rt_sigprocmask },
	{ 0, SYS_rt_sigreturn },
	{ 0, SYS_sigaltstack },
	{ 0, SYS_clock_gettime },
	{ 0, SYS_clock_getres },
	{ 0, SYS_clock_nanosleep },
	{ 0, SYS_nanosleep },
	{ 0, SYS_gettimeofday },
	{ 0, SYS_setitimer },
	{ 0, SYS_restart_syscall },
	{ 0, SYS_getpid },
	{ 0, SYS_getppid },
	{ 0, SYS_gettid },
	{ 0, SYS_getuid },
	{ 0, SYS_geteuid },
	{ 0, SYS_getgid },
	{ 0, SYS_getegid },
	{ 0, SYS_getrandom },
	{ 0, SYS_getrusage },
	{ 0, SYS_sysinfo },
	{ 0, SYS_uname },
	{ 0, SYS_getcwd },
	{ 0, SYS_sched_yield },
	{ 0, SYS_sched_getaffinity },
	{ 0, SYS_exit },
	{ 0, SYS_exit_group },
	{ CONFINE_READ, SYS_openat },
	{ CONFINE_READ, SYS_newfstatat },
	{ CONFINE_READ, SYS_statx },
	{ CONFINE_READ, SYS_statfs },
	{ CONFINE_READ, SYS_fstatfs },
	{ CONFINE_READ, SYS_faccessat },
	{ CONFINE_READ, SYS_readlinkat },
	{ CONFINE_READ, SYS_getdents64 },
	{ CONFINE_READ, SYS_fadvise64 },
	{ CONFINE_WRITE, SYS_fsync },
	{ CONFINE_WRITE, SYS_fdatasync },
	{ CONFINE_WRITE, SYS_ftruncate },
	{ CONFINE_WRITE, SYS_fallocate },
	{ CONFINE_WRITE, SYS_flock },
	{ CONFINE_WRITE, SYS_unlinkat },
	{ CONFINE_WRITE, SYS_renameat },
	{ CONFINE_WRITE, SYS_renameat2 },
	{ CONFINE_WRITE, SYS_linkat },
	{ CONFINE_WRITE, SYS_mkdirat },
	{ CONFINE_WRITE, SYS_fchmod },
	{ CONFINE_WRITE, SYS_fchmodat },
	{ CONFINE_WRITE, SYS_fchown },
	{ CONFINE_WRITE, SYS_fchownat },
	{ CONFINE_WRITE, SYS_umask },
	{ CONFINE_WRITE, SYS_utimensat },
	{ CONFINE_TALK, SYS_socketpair },
	{ CONFINE_TALK, SYS_connect },
	{ CONFINE_TALK, SYS_bind },
	{ CONFINE_TALK, SYS_listen },
	{ CONFINE_TALK, SYS_accept },
	{ CONFINE_TALK, SYS_accept4 },
	{ CONFINE_TALK, SYS_sendto },
	{ CONFINE_TALK, SYS_recvfrom },
	{ CONFINE_TALK, SYS_sendmsg },
	{ CONFINE_TALK, SYS_recvmsg },
	{ CONFINE_TALK, SYS_sendmmsg },
	{ CONFINE_TALK, SYS_recvmmsg },
	{ CONFINE_TALK, SYS_shutdown },
	{ CONFINE_TALK, SYS_getsockname },
	{ CONFINE_TALK, SYS_getpeername },
	{ CONFINE_TALK, SYS_setsockopt },
	{ CONFINE_TALK, SYS_getsockopt },
	{ 0, SYS_ppoll },
	{ 0, SYS_pselect6 },
	{ CONFINE_TALK, SYS_epoll_create1 },
	{ CONFINE_TALK, SYS_epoll_ctl },
	{ CONFINE_TALK, SYS_epoll_pwait },
	{ CONFINE_TALK, SYS_pipe2 },
	{ CONFINE_TALK, SYS_eventfd2 },
	{ CONFINE_TALK, SYS_timerfd_create },
	{ CONFINE_TALK, SYS_timerfd_settime },
	{ CONFINE_TALK, SYS_set_robust_list },
#ifdef SYS_rseq
	{ CONFINE_TALK, SYS_rseq },
#endif
#ifdef SYS_faccessat2
	{ CONFINE_READ, SYS_faccessat2 },
#endif
#ifdef SYS_epoll_pwait2
	{ CONFINE_TALK, SYS_epoll_pwait2 },
#endif
#ifdef __x86_64__ /* older ways of calls above */
	{ 0, SYS_dup2 },
	{ 0, SYS_alarm },
	{ 0, SYS_time },
	{ 0, SYS_arch_prctl },
	{ CONFINE_READ, SYS_open },
	{ CONFINE_READ, SYS_stat },
	{ CONFINE_READ, SYS_lstat },
	{ CONFINE_READ, SYS_access },
	{ CONFINE_READ, SYS_readlink },
	{ CONFINE_READ, SYS_getdents },
	{ CONFINE_WRITE, SYS_unlink },
	{ CONFINE_WRITE, SYS_rename },
	{ CONFINE_WRITE, SYS_link },
	{ CONFINE_WRITE, SYS_mkdir },
	{ CONFINE_WRITE, SYS_rmdir },
	{ CONFINE_WRITE, SYS_chmod },
	{ CONFINE_WRITE, SYS_chown },
	{ 0, SYS_poll },
	{ 0, SYS_select },
	{ CONFINE_TALK, SYS_pipe },
	{ CONFINE_TALK, SYS_epoll_create },
	{ CONFINE_TALK, SYS_epoll_wait },
#endif
};

/* A thread, which is no process: by its flags, the first argument. What clone3
 * points to cannot be looked at; the C library then takes this one. Both
 * processors have the low word of an argument first. */
#define CALLS_THREAD (CLONE_VM | CLONE_THREAD | CLONE_SIGHAND)

#define CALLS_FIELD(field) ((uint32_t)offsetof(struct seccomp_data, field))
#define CALLS_MAX (2 * ARRAY_LEN(calls_table) + 32)

struct calls_program {
	struct sock_filter v[CALLS_MAX];
	unsigned short n;
};

static void
calls_load(struct calls_program *p, uint32_t at)
{
	p->v[p->n++] =
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
}

static void
calls_return(struct calls_program *p, uint32_t what)
{
	p->v[p->n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what);
}

/* Goes past so many if what was loaded is not k. */
static void
calls_unless(struct calls_program *p, uint32_t k, uint8_t past)
{
	p->v[p->n++] =
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, past);
}

static void
calls_skip(struct calls_program *p, uint32_t past)
{
	p->v[p->n++] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, past);
}

/* Only to itself: to signal or to limit others of its user is refused. */
static void
calls_write_own(struct calls_program *p)
{
	const struct {
		uint32_t nr, first;
	} own[] = { { SYS_tgkill, (uint32_t)getpid() }, { SYS_prlimit64, 0 } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(own); i++) {
		calls_unless(p, own[i].nr, 4);
		calls_load(p, CALLS_FIELD(args[0]));
		calls_unless(p, own[i].first, 1);
		calls_return(p, SECCOMP_RET_ALLOW);
		calls_return(p, SECCOMP_RET_ERRNO | EPERM);
	}
}

/* Of few families; others are said not to exist. */
static void
calls_write_socket(struct calls_program *p, unsigned kinds)
{
	static const uint32_t families[] = { AF_INET, AF_INET6, AF_UNIX };
	uint8_t n = (kinds & CONFINE_LOCAL) != 0 ? 3 : 2, i;

	calls_unless(p, SYS_socket, (uint8_t)(2 * n + 2));
	calls_load(p, CALLS_FIELD(args[0]));
	for (i = 0; i < n; i++) {
		calls_unless(p, families[i], 1);
		calls_return(p, SECCOMP_RET_ALLOW);
	}
	calls_return(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

static void
calls_write(struct calls_program *p, unsigned kinds)
{
	size_t i;

	calls_load(p, CALLS_FIELD(arch));
	calls_unless(p, CONFINE_ARCH, 1);
	calls_skip(p, 1);
	calls_return(p, SECCOMP_RET_ERRNO | ENOSYS);
	calls_load(p, CALLS_FIELD(nr));
	for (i = 0; i < ARRAY_LEN(calls_table); i++) {
		if ((calls_table[i].kinds & ~kinds) != 0)
			continue;
		calls_unless(p, (uint32_t)calls_table[i].nr, 1);
		calls_return(p, SECCOMP_RET_ALLOW);
	}
	calls_write_own(p);
	if ((kinds & CONFINE_TALK) != 0) {
		calls_write_socket(p, kinds);
		calls_unless(p, SYS_clone, 4);
		calls_load(p, CALLS_FIELD(args[0]));
		p->v[p->n++] = (struct sock_filter)BPF_STMT(
		    BPF_ALU | BPF_AND | BPF_K, CALLS_THREAD);
		calls_unless(p, CALLS_THREAD, 1);
		calls_return(p, SECCOMP_RET_ALLOW);
	}
	calls_return(p, SECCOMP_RET_TRAP);
}

/* The call was not made; it fails as one that the kernel does not have. */
static void
calls_refused(int signal, siginfo_t *info, void *context)
{
	ucontext_t *u = context;
	char text[120];
	int n;

	(void)signal;
	n = snprintf(text, sizeof(text),
	    "%s: system call %d is refused: it is not one that this program "
	    "needs\n",
	    program_invocation_short_name, info->si_syscall);
	if (n > 0)
		(void)!write(STDERR_FILENO, text, (size_t)n);
	CONFINE_RESULT(u) = -ENOSYS;
}

const char *
confine_calls(unsigned kinds)
{
	struct calls_program p = { .n = 0 };
	struct sock_fprog prog = { 0, p.v };
	struct sigaction sa = { .sa_sigaction = calls_refused,
		.sa_flags = SA_SIGINFO };

	if (CONFINE_SANITIZED)
		return "the sanitizers need more";
	calls_write(&p, kinds);
	INVARIANT(p.n <= CALLS_MAX);
	prog.len = p.n;
	(void)sigemptyset(&sa.sa_mask);
	if (sigaction(SIGSYS, &sa, NULL) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) != 0)
		return errno == EINVAL ? "the kernel has no seccomp"
				       : strerror(errno);
	return NULL;
}

#else

const char *
confine_calls(unsigned kinds)
{
	(void)kinds;
	return "not known how on this processor";
}

#endif
