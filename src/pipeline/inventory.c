/*
 * One question and the frames of its answer. Ends as the last thing in a
 * callback of the peer.
 */
#include <stdio.h>
#include <stdlib.h>
#include "pipeline/inventory.h"
#include "wire/frame.h"

struct inventory {
	struct inventory_options o;
	struct peer *peer; /* NULL: closed */
	struct frame_reader reader;
};

void
inventory_free(struct inventory *v)
{
	if (v == NULL)
		return;
	if (v->peer != NULL)
		peer_close(v->peer);
	frame_reader_clear(&v->reader);
	free(v);
}

static void
inventory_end(struct inventory *v, const char *why)
{
	const struct inventory_options o = v->o;
	char text[512];

	(void)snprintf(text, sizeof(text), "%s", why == NULL ? "" : why);
	inventory_free(v);
	o.on_end(o.arg, why == NULL ? NULL : text);
}

static void
inventory_on_ready(void *arg)
{
	struct inventory *v = arg;
	const struct request r = { .kind = REQUEST_FILES,
		.id = 1,
		.from_us = v->o.from_us,
		.to_us = v->o.to_us,
		.parts = v->o.checksums ? REQUEST_PART_CHECKSUM : 0 };
	struct buf frame = BUF_INIT;
	bool ok;

	peer_request(v->peer);
	ok =
	    request_encode(&frame, &r) && peer_write(v->peer, buf_span(&frame));
	buf_clear(&frame);
	if (!ok)
		inventory_end(v, "out of memory");
}

/* False: it has ended. */
static bool
inventory_take(struct inventory *v, struct span body)
{
	struct diag d = DIAG_INIT;
	struct reply r;
	bool more = false;

	if (reply_decode(body, &r, &d) != WIRE_OK)
		inventory_end(v, d.text);
	else if (r.kind == REPLY_FILE) {
		v->o.on_file(v->o.arg, &r.u.file);
		more = true;
	} else if (r.kind == REPLY_END)
		inventory_end(v, NULL);
	else {
		if (r.kind == REPLY_ERROR)
			diag_set(&d, "%s: %.*s",
			    reply_code_name(r.u.error.code),
			    (int)r.u.error.text.n, r.u.error.text.p);
		else
			diag_set(
			    &d, "%s instead of files", reply_kind_name(r.kind));
		inventory_end(v, d.text);
	}
	reply_clear(&r);
	return more;
}

static void
inventory_on_data(void *arg, struct span bytes)
{
	struct inventory *v = arg;
	struct span body;

	for (;;)
		switch (frame_read(&v->reader, &bytes, &body)) {
		case FRAME_MORE:
			return;
		case FRAME_BAD:
			inventory_end(v, v->reader.bad);
			return;
		case FRAME_READY:
			if (!inventory_take(v, body))
				return;
		}
}

static void
inventory_on_end(void *arg, enum ssh_end end, const char *text)
{
	struct inventory *v = arg;
	char why[512];

	v->peer = NULL;
	(void)snprintf(why, sizeof(why), "%s: %s",
	    end == SSH_DONE ? "closed" : ssh_end_name(end), text);
	inventory_end(v, why);
}

struct inventory *
inventory_start(struct ssh *ssh, const struct remote_target *target,
    const struct inventory_options *o)
{
	static const struct peer_events events = { inventory_on_ready,
		inventory_on_data, inventory_on_end };
	const struct peer_target t = remote_target_peer(target);
	struct inventory *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->o = *o;
	v->peer = peer_open(ssh, &t, &events, v);
	if (v->peer != NULL)
		return v;
	inventory_free(v);
	return NULL;
}
