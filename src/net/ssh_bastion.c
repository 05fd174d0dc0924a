/*
 * A connection within a direct-tcpip channel of another: bytes go between the
 * channel and the queues of the connection within. Several connections share
 * one to their bastion.
 */
#include <stdio.h>
#include "net/ssh_state.h"

bool
bastion_start(struct ssh_conn *c)
{
	const struct ssh_target *t;
	struct ssh_channel *ch;
	struct ssh_conn *bastion;
	unsigned depth = 0;

	for (t = c->target->bastion; t != NULL; t = t->bastion)
		depth++;
	if (depth > SSH_MAX_BASTIONS) {
		conn_fail(c, SSH_BASTION_FAILED,
		    "more than %d bastions, one behind the other",
		    SSH_MAX_BASTIONS);
		return false;
	}
	ch = channel_new(CHANNEL_TUNNEL, c->ssh->base);
	bastion = ch != NULL ? ssh_conn_for(c->ssh, c->target->bastion) : NULL;
	if (bastion == NULL) {
		channel_free(ch);
		conn_fail(c, SSH_INTERNAL, "out of memory");
		return false;
	}
	ch->child = c;
	c->tunnel = ch;
	channel_attach(ch, bastion);
	return true;
}

void
bastion_detach(struct ssh_conn *c)
{
	struct ssh_channel *ch = c->tunnel;

	if (ch == NULL)
		return;
	ch->child = NULL;
	c->tunnel = NULL;
	channel_drop(ch);
}

void
bastion_ended(struct ssh_channel *ch, enum ssh_end end, const char *text)
{
	struct ssh_conn *c = ch->child;

	if (c == NULL)
		return;
	ch->child = NULL;
	c->tunnel = NULL;
	if (end == SSH_BASTION_FAILED)
		conn_fail(c, end, "%s", text);
	else
		conn_fail(c, SSH_BASTION_FAILED, "bastion %s: %s",
		    ssh_target_name(c->target->bastion), text);
}

static void
bastion_pump_out(struct ssh_channel *ch)
{
	struct evbuffer *from = ch->child->out;
	struct ssh_conn *c = ch->conn;
	ssize_t n;
	size_t some;

	while ((some = evbuffer_get_length(from)) > 0 &&
	    evbuffer_get_length(c->out) < SSH_OUT_MAX) {
		some = some < 16384 ? some : 16384;
		n = libssh2_channel_write(ch->channel,
		    (const char *)evbuffer_pullup(from, (ev_ssize_t)some),
		    some);
		if (n <= 0)
			break;
		(void)evbuffer_drain(from, (size_t)n);
	}
	if (evbuffer_get_length(from) > 0)
		return;
	/* Its writers may have waited for room. */
	conn_wake(ch->child);
}

void
bastion_pump(struct ssh_channel *ch)
{
	struct ssh_conn *child = ch->child;
	char *scratch = ch->conn->ssh->scratch;
	bool had_out = evbuffer_get_length(child->out) > 0;
	ssize_t n;

	if (had_out)
		bastion_pump_out(ch);
	while (
	    ch->child == child && evbuffer_get_length(child->in) < SSH_IN_MAX) {
		n = libssh2_channel_read(ch->channel, scratch, SSH_SCRATCH);
		if (n <= 0)
			break;
		ch->conn->used_bytes += (size_t)n;
		if (evbuffer_add(child->in, scratch, (size_t)n) != 0) {
			conn_fail(child, SSH_INTERNAL, "out of memory");
			return;
		}
		queue_came_in(child, (size_t)n);
	}
	ch->more =
	    ch->child == child && evbuffer_get_length(child->in) >= SSH_IN_MAX;
	if (ch->child == child && !child->eof &&
	    libssh2_channel_eof(ch->channel) == 1)
		queue_end(child);
}
