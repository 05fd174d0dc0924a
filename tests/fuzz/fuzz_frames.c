/*
 * Bytes as they come from a peer, cut where the first byte says, as frames; the
 * bodies as requests and as replies. What can be decoded, encoded again and
 * decoded is encoded to the same bytes.
 */
#include <string.h>
#include "recode.h"
#include "wire/frame.h"
#include "wire/reply.h"

/* One way: an encoding of what was decoded, into out. */
static bool
frames_recode_request(struct span body, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct request r;
	bool ok = request_decode(body, &r, &d) == WIRE_OK;

	INVARIANT(ok == (d.text[0] == '\0'));
	out->n = 0;
	/* what was made small again by unknown keys may only shrink */
	ok = ok && request_encode(out, &r);
	request_clear(&r);
	return ok;
}

static bool
frames_recode_reply(struct span body, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct record rec;
	struct cursor c;
	struct reply r;
	bool ok = reply_decode(body, &r, &d) == WIRE_OK;

	INVARIANT(ok == (d.text[0] == '\0'));
	if (ok && r.kind == REPLY_RECORDS) {
		c = cursor_of(r.u.records.packed);
		while (record_decode(&c, r.u.records.base_us, &rec))
			(void)record_bucket(&rec.flow, r.u.records.width_us,
			    r.u.records.shift_us);
	}
	out->n = 0;
	ok = ok && reply_encode(out, &r);
	reply_clear(&r);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_reader frames = FRAME_READER_INIT;
	enum frame_status status = FRAME_MORE;
	struct span in, body;
	size_t at, piece, n;

	if (size == 0)
		return 0;
	piece = (size_t)data[0] + 1;
	for (at = 1; at < size && status != FRAME_BAD; at += n) {
		n = piece < size - at ? piece : size - at;
		in = (struct span){ (const char *)data + at, n };
		while (in.n > 0 && status != FRAME_BAD) {
			status = frame_read(&frames, &in, &body);
			if (status != FRAME_READY)
				continue;
			recode_twice(body, frames_recode_request);
			recode_twice(body, frames_recode_reply);
		}
	}
	frame_reader_clear(&frames);
	return 0;
}
