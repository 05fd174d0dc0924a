/*
 * What every message shares: versions, limits and the outcome of decoding.
 * doc/protocol.md is the contract; this room is its code.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "base/diag.h"
#include "base/span.h"

#define WIRE_VERSION_MIN 1
#define WIRE_VERSION 1

#define WIRE_FRAME_MAX (1u << 20)  /* bytes of a frame's body */
#define WIRE_FRAME_SOFT (1u << 16) /* where a sender begins another frame */
#define WIRE_TEXT_MAX 512          /* bytes of a text for people */
#define WIRE_NAME_MAX                                 \
	255 /* bytes of a name, of a uid, of a path's \
	     * component */
#define WIRE_PATH_MAX 4096
#define WIRE_TEXTS_MAX 255 /* texts in a list */
#define WIRE_ITEMS_MAX 4096
#define WIRE_KEYS_MAX (WIRE_FRAME_MAX / 8) /* in a request */
#define WIRE_SYMBOLS_MAX 32768             /* in a frame: under 800 KB */
#define WIRE_TIME_MAX_US (INT64_C(1) << 60)
#define WIRE_COUNT_MAX (UINT64_C(1) << 62)

enum wire_status {
	WIRE_OK,
	WIRE_GARBAGE, /* not a message of this protocol */
	WIRE_VERSION_UNKNOWN,
	WIRE_INVALID, /* a message, but a value is out of its range */
	WIRE_NO_MEMORY
};

/* A list of texts, borrowed. */
struct wire_texts {
	struct span v[WIRE_TEXTS_MAX];
	size_t n;
};

#endif
