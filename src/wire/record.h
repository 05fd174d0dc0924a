/*
 * A flow on the wire: 50 to 80 bytes, lossless but for its line and offset.
 * Records follow one another in one bin of a frame; each has its length, so
 * that a reader skips what a newer sender adds at the end.
 */
#ifndef WIRE_RECORD_H
#define WIRE_RECORD_H

#include "base/buf.h"
#include "flow/flow.h"
#include "wire/cursor.h"
#include "wire/wire.h"

struct record {
	struct flow flow; /* line and offset are not set; status is FLOW_OK;
			   * uid, service and history, each cut at
			   * WIRE_NAME_MAX bytes, are borrowed */
	uint8_t delay;    /* as in struct entry */
	bool late;        /* came after its bucket was closed: no flow of it */
};

/* base_us: any time near, the same for both ways. */
void record_encode(struct buf *out, const struct record *r, int64_t base_us);

/* The next record; false at the end, or where the bytes make no sense: the
 * cursor has failed then. */
bool
record_decode(struct cursor *c, int64_t base_us, struct record *out) MUSTCHECK;

/* Start of the bucket that a flow belongs to, as bins have it. */
int64_t record_bucket(const struct flow *f, int64_t width_us, int64_t shift_us);

#endif
