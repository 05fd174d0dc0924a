/*
 * A request: the bytes are the body of one frame, without its length.
 */
#include "recode.h"
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	recode_twice((struct span){ (const char *)data, size }, request_recode);
	return 0;
}
