/*
 * The line is drawn over itself and never longer than the terminal is wide,
 * since a line that wraps could not be wiped.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "crosstap/progress.h"
#include "crosstap/report_put.h"

#define PROGRESS_QUIET_US (1 * US_PER_S) /* short reads show nothing */
#define PROGRESS_EVERY_US (US_PER_S / 10)
#define PROGRESS_BAR 20 /* cells */

static int64_t
progress_now_us(void)
{
	struct timespec t;

	INVARIANT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

void
progress_init(struct progress *p, int fd, bool wanted)
{
	*p = (struct progress){ .fd = wanted && isatty(fd) ? fd : -1,
		.began_us = progress_now_us() };
}

static void
progress_put_left(double seconds, struct buf *out)
{
	uint64_t s = (uint64_t)(seconds + 0.5);

	if (s >= 3600)
		buf_printf(out, "  %" PRIu64 ":%02u:%02u left", s / 3600,
		    (unsigned)(s / 60 % 60), (unsigned)(s % 60));
	else
		buf_printf(out, "  %u:%02u left", (unsigned)(s / 60),
		    (unsigned)(s % 60));
}

void
progress_format(uint64_t done_bytes, uint64_t total_bytes, int64_t elapsed_us,
    unsigned columns, struct buf *out)
{
	double rate = elapsed_us <= 0
	    ? 0
	    : (double)done_bytes * (double)US_PER_S / (double)elapsed_us;
	double part;
	size_t start = out->n;
	int cells;

	/* A log that grows while it is read can pass its total. */
	if (total_bytes < done_bytes)
		total_bytes = 0;
	if (total_bytes > 0) {
		part = (double)done_bytes / (double)total_bytes;
		cells = (int)(part * PROGRESS_BAR);
		buf_printf(out, "[%.*s%.*s] %3d %%  ", cells,
		    "####################", PROGRESS_BAR - cells,
		    "....................", (int)(part * 100));
	}
	report_put_bytes(done_bytes, out);
	if (total_bytes > 0) {
		buf_add_str(out, " of ");
		report_put_bytes(total_bytes, out);
	}
	buf_add_str(out, "  ");
	report_put_bytes((uint64_t)rate, out);
	buf_add_str(out, "/s");
	if (total_bytes > 0 && rate >= 1)
		progress_put_left(
		    (double)(total_bytes - done_bytes) / rate, out);
	if (buf_ok(out) && out->n - start > columns) {
		out->n = start + columns;
		out->p[out->n] = '\0';
	}
}

static unsigned
progress_columns(int fd)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) != 0 || w.ws_col < 2)
		return 79;
	return w.ws_col - 1U; /* the last column may wrap */
}

/* A terminal that cannot be written to is no reason to stop. */
static void
progress_write(struct progress *p, const struct buf *b)
{
	if (buf_ok(b) && write(p->fd, b->p, b->n) < 0)
		p->fd = -1;
}

void
progress_update(struct progress *p, uint64_t done_bytes, uint64_t total_bytes)
{
	struct buf line = BUF_INIT;
	int64_t now_us;

	if (p->fd < 0)
		return;
	now_us = progress_now_us();
	if (now_us - p->began_us < PROGRESS_QUIET_US ||
	    now_us - p->shown_us < PROGRESS_EVERY_US)
		return;
	p->shown_us = now_us;
	p->drawn = true;
	buf_add_str(&line, "\r\033[K");
	progress_format(done_bytes, total_bytes, now_us - p->began_us,
	    progress_columns(p->fd), &line);
	progress_write(p, &line);
	buf_clear(&line);
}

void
progress_clear(struct progress *p)
{
	struct buf line = BUF_INIT;

	if (p->fd < 0 || !p->drawn)
		return;
	buf_add_str(&line, "\r\033[K");
	progress_write(p, &line);
	buf_clear(&line);
	p->drawn = false;
}
