/*
 * A reply: the bytes are the body of one frame, without its length.
 */
#include "recode.h"
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	recode_twice((struct span){ (const char *)data, size }, reply_recode);
	return 0;
}
