#include "wire/frame.h"

void
frame_reader_clear(struct frame_reader *r)
{
	buf_clear(&r->body);
	*r = (struct frame_reader)FRAME_READER_INIT;
}

bool
frame_reader_is_idle(const struct frame_reader *r)
{
	return r->bad == NULL && r->nhead == 0;
}

/* True once the length is known and in order. */
static bool
frame_head(struct frame_reader *r, struct span *in)
{
	for (; r->nhead < FRAME_HEAD_BYTES && in->n > 0; in->p++, in->n--)
		r->head[r->nhead++] = (uint8_t)*in->p;
	if (r->nhead < FRAME_HEAD_BYTES)
		return false;
	r->length = (uint32_t)r->head[0] << 24 | (uint32_t)r->head[1] << 16 |
	    (uint32_t)r->head[2] << 8 | r->head[3];
	if (r->length == 0)
		r->bad = "a frame of no bytes";
	else if (r->length > WIRE_FRAME_MAX)
		r->bad = "a frame of over 1 MiB, or no frame at all";
	return r->bad == NULL;
}

enum frame_status
frame_read(struct frame_reader *r, struct span *in, struct span *body)
{
	size_t want;

	*body = (struct span){ NULL, 0 };
	if (r->bad == NULL && r->nhead == 0)
		r->body.n = 0; /* of the frame that was handed over last */
	if (r->bad != NULL || !frame_head(r, in))
		return r->bad != NULL ? FRAME_BAD : FRAME_MORE;
	want = r->length - r->body.n;
	if (want > in->n)
		want = in->n;
	buf_add(&r->body, in->p, want);
	if (!buf_ok(&r->body)) {
		r->bad = "out of memory";
		return FRAME_BAD;
	}
	in->p += want;
	in->n -= want;
	if (r->body.n < r->length)
		return FRAME_MORE;
	r->nhead = 0;
	*body = buf_span(&r->body);
	return FRAME_READY;
}

size_t
frame_begin(struct buf *out)
{
	size_t begun = out->n;

	buf_add(out, "\0\0\0\0", FRAME_HEAD_BYTES);
	return begun;
}

bool
frame_end(struct buf *out, size_t begun)
{
	size_t n, i;

	if (!buf_ok(out))
		return false;
	n = out->n - begun - FRAME_HEAD_BYTES;
	if (n == 0 || n > WIRE_FRAME_MAX) {
		out->n = begun;
		return false;
	}
	for (i = 0; i < FRAME_HEAD_BYTES; i++)
		out->p[begun + i] = (char)(n >> (24 - 8 * i));
	return true;
}
