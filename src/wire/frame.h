/*
 * Frames: 4 bytes of length, highest first, then a body of that many bytes.
 * The reader takes bytes as they come and never holds more than one frame.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "base/buf.h"
#include "wire/wire.h"

#define FRAME_HEAD_BYTES 4

enum frame_status {
	FRAME_MORE,  /* all of the input was used, and more is wanted */
	FRAME_READY, /* body is a whole frame's; further input may be left */
	FRAME_BAD    /* sticky: a length of 0 or over the maximum, no memory */
};

struct frame_reader {
	struct buf body; /* owned; grows with what came, not with what the
			  * length claims */
	uint8_t head[FRAME_HEAD_BYTES];
	uint32_t nhead; /* bytes of head that came */
	uint32_t length;
	const char *bad; /* why; NULL: not */
};

#define FRAME_READER_INIT                     \
	{                                     \
		.body = BUF_INIT, .bad = NULL \
	}

void frame_reader_clear(struct frame_reader *r);

/* Uses bytes from the front of *in, up to the end of a frame. body lives until
 * the next call. Call it again while *in is not empty. */
enum frame_status frame_read(
    struct frame_reader *r, struct span *in, struct span *body) MUSTCHECK;

/* True between frames: the place where an end of the input is in order. */
bool frame_reader_is_idle(const struct frame_reader *r);

/* A frame into a buffer: begin, append the body, end. frame_end() is false if
 * the body is empty or too large, or memory ran out; the frame is then taken
 * out again. */
size_t frame_begin(struct buf *out);
bool frame_end(struct buf *out, size_t begun) MUSTCHECK;

#endif
