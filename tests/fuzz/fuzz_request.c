/*
 * A request: the bytes are the body of one frame, without its length.
 */
#include <string.h>
#include "fuzz.h"
#include "wire/frame.h"
#include "wire/request.h"

/* False: it was none. */
static bool
request_recode(struct span body, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct request r;
	bool ok = request_decode(body, &r, &d) == WIRE_OK;

	INVARIANT(ok == (d.text[0] == '\0'));
	ok = ok && request_encode(out, &r);
	request_clear(&r);
	return ok;
}

/* Encoded again it is the same, whatever was skipped the first time. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	if (request_recode((struct span){ (const char *)data, size }, &once)) {
		INVARIANT(
		    request_recode((struct span){ once.p + FRAME_HEAD_BYTES,
				       once.n - FRAME_HEAD_BYTES },
			&twice));
		INVARIANT(
		    once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	}
	buf_clear(&once);
	buf_clear(&twice);
	return 0;
}
