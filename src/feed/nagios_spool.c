/*
 * The check result spool of Nagios: a file cXXXXXX a result, which is taken
 * once there is a cXXXXXX.ok beside it. Of a service at most one file lies
 * there: what Nagios did not take before the next result is removed, so that a
 * Nagios that is down finds the newest states only.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "feed/kinds.h"
#include "feed/nagios_output.h"
#include "sys/when.h"

/* A result that lies there for so long: nobody takes them. */
#define SPOOL_PATIENCE_US (90 * US_PER_S)

struct spool_file {
	char *service; /* owned: host and service */
	char *path;    /* owned; NULL: none */
	int64_t at_us; /* of the system's clock: when it was put there */
};

struct spool {
	struct spool_file *v; /* owned */
	size_t n;
};

static bool
spool_write(int fd, struct span text)
{
	ssize_t n;

	while (text.n > 0) {
		n = write(fd, text.p, text.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text.p += n;
		text.n -= (size_t)n;
	}
	return true;
}

/* Nagios reads it by the group of the folder, which it owns; else anybody
 * who may enter the folder does. */
static bool
spool_allow(int fd, const char *folder)
{
	struct stat of, is;

	if (stat(folder, &of) != 0 || fstat(fd, &is) != 0)
		return false;
	if (is.st_gid != of.st_gid && fchown(fd, (uid_t)-1, of.st_gid) != 0)
		return fchmod(fd, 0644) == 0;
	return fchmod(fd, 0660) == 0;
}

bool
nagios_spool_put(const char *folder, const struct feed *f,
    const struct feed_status *s, struct buf *path, struct diag *d)
{
	struct buf text = BUF_INIT, ready = BUF_INIT;
	int fd = -1, ok_fd = -1;
	bool ok;

	nagios_result(f, s, when_now_us(), &text);
	buf_printf(path, "%s/cXXXXXX", folder);
	ok = buf_ok(&text) && buf_ok(path);
	if (!ok)
		diag_set(d, "out of memory");
	else
		fd = mkstemp(path->p);
	if (fd >= 0) {
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		buf_printf(&ready, "%s.ok", path->p);
		ok = buf_ok(&ready) && spool_allow(fd, folder) &&
		    spool_write(fd, buf_span(&text));
	}
	if (fd >= 0 && close(fd) == 0 && ok)
		ok_fd = open(
		    ready.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	if (ok_fd >= 0)
		(void)close(ok_fd);
	else
		diag_set(d, "%s: %s; wanted the check_result_path of Nagios",
		    folder, strerror(errno));
	if (fd >= 0 && ok_fd < 0)
		(void)unlink(path->p);
	buf_clear(&text);
	buf_clear(&ready);
	return ok_fd >= 0;
}

/* NULL: out of memory. */
static struct spool_file *
spool_of(struct spool *sp, const struct feed_service *name)
{
	struct buf key = BUF_INIT;
	struct spool_file *more;
	size_t i;

	buf_printf(&key, "%s;%s", name->host, name->service);
	if (!buf_ok(&key))
		return NULL;
	for (i = 0; i < sp->n; i++)
		if (strcmp(sp->v[i].service, key.p) == 0) {
			buf_clear(&key);
			return &sp->v[i];
		}
	more = realloc(sp->v, (sp->n + 1) * sizeof(*more));
	if (more == NULL) {
		buf_clear(&key);
		return NULL;
	}
	sp->v = more;
	more[sp->n] = (struct spool_file){ .service = key.p };
	return &more[sp->n++];
}

/* The one before, if it is there still; how long it has been. */
static int64_t
spool_remove(struct spool_file *file)
{
	struct buf ready = BUF_INIT;
	int64_t age = 0;

	if (file->path == NULL)
		return 0;
	buf_printf(&ready, "%s.ok", file->path);
	if (buf_ok(&ready) && unlink(ready.p) == 0) {
		(void)unlink(file->path);
		age = when_now_us() - file->at_us;
	}
	buf_clear(&ready);
	free(file->path);
	file->path = NULL;
	return age;
}

static bool
spool_open(struct feed *f, struct diag *d)
{
	f->state = calloc(1, sizeof(struct spool));
	if (f->state == NULL)
		diag_set(d, "out of memory");
	return f->state != NULL;
}

static void
spool_close(struct feed *f)
{
	struct spool *sp = f->state;
	size_t i;

	for (i = 0; i < sp->n; i++) {
		free(sp->v[i].service);
		free(sp->v[i].path);
	}
	free(sp->v);
	free(sp);
	f->state = NULL;
}

static void
spool_send(struct feed *f, const struct feed_status *const s[], size_t n)
{
	struct diag d = DIAG_INIT;
	int64_t oldest = 0, age;
	size_t i;

	for (i = 0; i < n; i++) {
		struct feed_service name = feed_service(f, s[i]);
		struct spool_file *file = spool_of(f->state, &name);
		struct buf path = BUF_INIT;

		if (file == NULL) {
			diag_set(&d, "out of memory");
			break;
		}
		age = spool_remove(file);
		oldest = age > oldest ? age : oldest;
		if (!nagios_spool_put(f->config->path, f, s[i], &path, &d)) {
			buf_clear(&path);
			break;
		}
		file->path = path.p;
		file->at_us = when_now_us();
	}
	if (i == n && oldest > SPOOL_PATIENCE_US)
		diag_set(&d, "results lie in %s for %.0f s; is Nagios down?",
		    f->config->path, (double)oldest / (double)US_PER_S);
	feed_sent(f, i, d.text[0] == '\0' ? NULL : &d);
}

const struct feed_kind feed_nagios_spool = {
	.name = "nagios-spool",
	.takes = FEED_STATES,
	.open = spool_open,
	.close = spool_close,
	.send_states = spool_send,
};
