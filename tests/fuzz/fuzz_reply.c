/*
 * A reply: the bytes are the body of one frame, without its length.
 */
#include <string.h>
#include "fuzz.h"
#include "wire/frame.h"
#include "wire/reply.h"

/* False: it was none. */
static bool
reply_recode(struct span body, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct reply r;
	bool ok = reply_decode(body, &r, &d) == WIRE_OK;

	INVARIANT(ok == (d.text[0] == '\0'));
	ok = ok && reply_encode(out, &r);
	reply_clear(&r);
	return ok;
}

/* Encoded again it is the same, whatever was skipped the first time. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	if (reply_recode((struct span){ (const char *)data, size }, &once)) {
		INVARIANT(reply_recode((struct span){ once.p + FRAME_HEAD_BYTES,
					   once.n - FRAME_HEAD_BYTES },
		    &twice));
		INVARIANT(
		    once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	}
	buf_clear(&once);
	buf_clear(&twice);
	return 0;
}
