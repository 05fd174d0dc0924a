/*
 * Private to src/wire: the body of the two replies that hold more than fields.
 */
#ifndef WIRE_REPLY_BUCKET_H
#define WIRE_REPLY_BUCKET_H

#include "wire/fields.h"
#include "wire/reply.h"

/* As they are sent: the lists packed. */
struct bucket_wire {
	struct reply_bucket b;
	struct span facets, workers, states, keys, shards, nets, sample;
};
struct symbols_wire {
	struct reply_symbols s;
	struct span packed;
};

/* Sets the spans, into scratch; false: out of memory. */
bool reply_bucket_pack(struct bucket_wire *w, struct buf *scratch) MUSTCHECK;
bool reply_symbols_pack(struct symbols_wire *w, struct buf *scratch) MUSTCHECK;

/* Makes the lists from the spans; owned then, also after an error. */
enum wire_status
reply_bucket_unpack(struct bucket_wire *w, struct diag *d) MUSTCHECK;
enum wire_status
reply_symbols_unpack(struct symbols_wire *w, struct diag *d) MUSTCHECK;
void reply_bucket_clear(struct reply_bucket *b);

#endif
