#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#include "crosstap-sensor/channel.h"

#define CHANNEL_LOOK_EVERY 256

int64_t
channel_now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

void
channel_begin(struct channel *c, int64_t timeout_us)
{
	c->deadline_us = channel_now_us() + timeout_us;
	c->frames = 0;
	c->expired = false;
}

bool
channel_flush(struct channel *c)
{
	size_t at = 0;
	ssize_t n;

	while (at < c->out.n && !c->gone) {
		n = write(c->fd, c->out.p + at, c->out.n - at);
		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno != EINTR)
			c->gone = true;
	}
	c->out.n = 0;
	return !c->gone;
}

bool
channel_send(struct channel *c, const struct reply *r)
{
	if (c->gone || !reply_encode(&c->out, r))
		return false;
	c->frames++;
	return c->out.n < WIRE_FRAME_SOFT || channel_flush(c);
}

bool
channel_go_on(struct channel *c)
{
	/* the reader of a pipe or socket that has gone shows as an error */
	struct pollfd p = { .fd = c->fd, .events = 0 };

	if (c->looks++ % CHANNEL_LOOK_EVERY == 0) {
		c->expired |= channel_now_us() > c->deadline_us;
		if (poll(&p, 1, 0) > 0 &&
		    (p.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			c->gone = true;
	}
	return !c->gone && !c->expired;
}
