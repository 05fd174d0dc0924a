/*
 * For targets of messages: what was read and is written again is the same when
 * it is read and written once more, whatever was skipped the first time.
 */
#ifndef FUZZ_RECODE_H
#define FUZZ_RECODE_H

#include <string.h>
#include "base/buf.h"
#include "fuzz.h"
#include "wire/frame.h"

/* Reads the body of a frame and appends the frame; false: it was none. */
typedef bool recode_fn(struct span body, struct buf *out);

static inline void
recode_twice(struct span body, recode_fn *recode)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	if (recode(body, &once)) {
		body = (struct span){ once.p + FRAME_HEAD_BYTES,
			once.n - FRAME_HEAD_BYTES };
		INVARIANT(recode(body, &twice));
		INVARIANT(
		    once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	}
	buf_clear(&once);
	buf_clear(&twice);
}

#endif
