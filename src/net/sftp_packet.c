/*
 * Big-endian integers and strings with a length of four bytes before them. A
 * read past the end sticks.
 */
#include "net/sftp_packet.h"

/* What attributes begin with: which of them follow. */
#define ATTR_SIZE 0x1u
#define ATTR_OWNER 0x2u
#define ATTR_MODE 0x4u
#define ATTR_TIMES 0x8u
#define ATTR_MORE 0x80000000u
#define ATTR_ALL (ATTR_SIZE | ATTR_OWNER | ATTR_MODE | ATTR_TIMES | ATTR_MORE)

#define OPEN_FOR_READING 1u

struct packet_in {
	struct span s;
	bool failed;
};

static void
packet_put(struct buf *out, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_add_char(out, (char)(v >> (8 * bytes)));
}

static void
packet_put_text(struct buf *out, struct span s)
{
	packet_put(out, s.n, 4);
	buf_add(out, s.p, s.n);
}

void
sftp_request_put(const struct sftp_request *r, struct buf *out)
{
	size_t n = 1 + 4;

	if (r->type != SFTP_INIT)
		n += 4 + r->text.n;
	if (r->type == SFTP_OPEN)
		n += 4 + 4;
	if (r->type == SFTP_READ)
		n += 8 + 4;
	packet_put(out, n, 4);
	packet_put(out, r->type, 1);
	packet_put(out, r->id, 4);
	if (r->type != SFTP_INIT)
		packet_put_text(out, r->text);
	if (r->type == SFTP_OPEN) {
		packet_put(out, OPEN_FOR_READING, 4);
		packet_put(out, 0, 4); /* no attributes */
	}
	if (r->type == SFTP_READ) {
		packet_put(out, r->offset, 8);
		packet_put(out, r->n, 4);
	}
}

static const char *
packet_take(struct packet_in *in, size_t n)
{
	const char *p = in->s.p;

	if (in->failed || in->s.n < n) {
		in->failed = true;
		return NULL;
	}
	in->s.p += n;
	in->s.n -= n;
	return p;
}

static uint64_t
packet_get(struct packet_in *in, size_t bytes)
{
	const char *p = packet_take(in, bytes);
	uint64_t v = 0;
	size_t i;

	for (i = 0; p != NULL && i < bytes; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

static struct span
packet_get_text(struct packet_in *in)
{
	size_t n = packet_get(in, 4);
	const char *p = packet_take(in, n);

	return (struct span){ p, p == NULL ? 0 : n };
}

static void
packet_get_attrs(struct packet_in *in, struct sftp_attrs *a)
{
	uint32_t which = (uint32_t)packet_get(in, 4), more;

	*a = (struct sftp_attrs){ .has_size = (which & ATTR_SIZE) != 0,
		.has_mode = (which & ATTR_MODE) != 0,
		.has_times = (which & ATTR_TIMES) != 0 };
	if ((which & ~ATTR_ALL) != 0)
		in->failed = true;
	if (a->has_size)
		a->size = packet_get(in, 8);
	if ((which & ATTR_OWNER) != 0)
		(void)packet_take(in, 8);
	if (a->has_mode)
		a->mode = (uint32_t)packet_get(in, 4);
	if (a->has_times) {
		(void)packet_take(in, 4); /* of the last access */
		a->mtime = (uint32_t)packet_get(in, 4);
	}
	if ((which & ATTR_MORE) == 0)
		return;
	for (more = (uint32_t)packet_get(in, 4); more > 0 && !in->failed;
	     more--) {
		(void)packet_get_text(in);
		(void)packet_get_text(in);
	}
}

uint32_t
sftp_packet_bytes(const char *p)
{
	struct packet_in in = { { p, 4 }, false };

	return (uint32_t)packet_get(&in, 4);
}

bool
sftp_reply_parse(struct span packet, struct sftp_reply *out)
{
	struct packet_in in = { packet, false };

	*out =
	    (struct sftp_reply){ .type = (enum sftp_type)packet_get(&in, 1) };
	out->id = (uint32_t)packet_get(&in, 4);
	switch (out->type) {
	case SFTP_SPEAKS:
		break; /* extensions may follow */
	case SFTP_STATUS:
		out->status = (uint32_t)packet_get(&in, 4);
		/* Some servers leave the message out. */
		if (in.s.n > 0)
			out->text = packet_get_text(&in);
		break;
	case SFTP_HANDLE:
		out->text = packet_get_text(&in);
		in.failed |= out->text.n > SFTP_MAX_HANDLE;
		break;
	case SFTP_DATA:
		out->text = packet_get_text(&in);
		break;
	case SFTP_NAME:
		out->names = (uint32_t)packet_get(&in, 4);
		out->rest = in.s;
		break;
	case SFTP_ATTRS:
		packet_get_attrs(&in, &out->attrs);
		break;
	default:
		return false;
	}
	return !in.failed;
}

bool
sftp_reply_name(
    struct sftp_reply *r, struct span *name, struct sftp_attrs *attrs)
{
	struct packet_in in = { r->rest, false };

	if (r->names == 0)
		return false;
	*name = packet_get_text(&in);
	(void)packet_get_text(&in); /* as ls -l shows it */
	packet_get_attrs(&in, attrs);
	if (in.failed)
		return false;
	r->names--;
	r->rest = in.s;
	return true;
}
