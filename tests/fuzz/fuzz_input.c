/*
 * A file of any bytes, plain or compressed, ends with all that is good in it,
 * and with a word where something is not. A plain one comes out as it is.
 */
#include <errno.h>
#include <string.h>
#include "source/input.h"
#include "fuzz.h"

/* What a small file may grow to here: bombs take time alone. */
#define INPUT_MAX_BYTES (8u << 20)

static struct {
	const uint8_t *p;
	size_t n, at;
	unsigned open;
} file;

static ssize_t
file_read(void *arg, int fd, void *to, size_t max)
{
	size_t n = file.n - file.at;

	(void)arg;
	(void)fd;
	/* short, and interrupted now and then */
	n = n < max ? n : max;
	if (n > 4099)
		n = 4099;
	if (file.at % 7 == 6 && file.n % 2 == 0 && errno != EINTR) {
		errno = EINTR;
		return -1;
	}
	errno = 0;
	if (n > 0)
		memcpy(to, file.p + file.at, n);
	file.at += n;
	return (ssize_t)n;
}

static ssize_t
file_pread(void *arg, int fd, void *to, size_t max, uint64_t offset)
{
	size_t n = offset < file.n ? file.n - (size_t)offset : 0;

	(void)arg;
	(void)fd;
	n = n < max ? n : max;
	if (n > 0)
		memcpy(to, file.p + offset, n);
	return (ssize_t)n;
}

static int
file_seek(void *arg, int fd, uint64_t offset)
{
	(void)arg;
	(void)fd;
	file.at = offset < file.n ? (size_t)offset : file.n;
	return 0;
}

static int
file_fstat(void *arg, int fd, struct stat *st)
{
	(void)arg;
	(void)fd;
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFREG | 0400;
	st->st_size = (off_t)file.n;
	return 0;
}

static void
file_close(void *arg, int fd)
{
	(void)arg;
	(void)fd;
	file.open--;
}

static const char *
file_error(void *arg, int error)
{
	(void)arg;
	return strerror(error);
}

static const struct files file_table = { .fstat = file_fstat,
	.close = file_close,
	.read = file_read,
	.pread = file_pread,
	.seek = file_seek,
	.error = file_error };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "conn.log", "conn.log.gz",
		"conn.log.zst" };
	static char out[65536];
	struct diag d = DIAG_INIT;
	struct input *in;
	size_t n, total = 0;
	bool plain;

	file.p = data;
	file.n = size;
	file.at = 0;
	file.open = 1;
	errno = 0;
	in = input_new(&file_table, 3, names[size % ARRAY_LEN(names)]);
	INVARIANT(in != NULL);
	plain = input_is_plain(in);
	while (total < INPUT_MAX_BYTES &&
	    (n = input_read(in, out, 1 + total % sizeof(out))) > 0) {
		INVARIANT(n <= sizeof(out));
		if (plain)
			INVARIANT(total + n <= size &&
			    memcmp(out, data + total, n) == 0);
		total += n;
	}
	if (total < INPUT_MAX_BYTES && input_trouble(in, &d) == TROUBLE_NONE &&
	    plain)
		INVARIANT(total == size);
	if (input_trouble(in, &d) != TROUBLE_NONE)
		INVARIANT(d.text[0] != '\0');
	input_free(in);
	INVARIANT(file.open == 0);
	return 0;
}
