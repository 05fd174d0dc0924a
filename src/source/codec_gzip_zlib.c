/*
 * gzip by zlib: the portable twin of codec_gzip_isal.c, and its equal in what
 * it accepts and refuses.
 */
#include <stdlib.h>
#include <zlib.h>
#include "source/codec.h"

#define GZIP_ONLY (15 + 16) /* zlib.h, inflateInit2: 32 KB window, gzip */

struct codec_gzip_zlib {
	z_stream z;
	bool finished;
};

static void *
codec_gzip_zlib_new(void)
{
	struct codec_gzip_zlib *c = calloc(1, sizeof(*c));

	if (c != NULL && inflateInit2(&c->z, GZIP_ONLY) != Z_OK) {
		free(c);
		return NULL;
	}
	return c;
}

static void
codec_gzip_zlib_free(void *state)
{
	struct codec_gzip_zlib *c = state;

	if (c == NULL)
		return;
	(void)inflateEnd(&c->z);
	free(c);
}

static enum codec_result
codec_gzip_zlib_run(void *state, struct codec_io *io)
{
	struct codec_gzip_zlib *c = state;
	uInt in_n = io->in_n < UINT32_MAX ? (uInt)io->in_n : UINT32_MAX;
	uInt out_n = io->out_n < UINT32_MAX ? (uInt)io->out_n : UINT32_MAX;
	int rc;

	if (c->finished && inflateReset(&c->z) != Z_OK)
		return CODEC_CORRUPT;
	c->finished = false;
	/* The library only reads its input; its field is not const. */
	c->z.next_in = (Bytef *)(uintptr_t)io->in;
	c->z.avail_in = in_n;
	c->z.next_out = io->out;
	c->z.avail_out = out_n;
	rc = inflate(&c->z, Z_NO_FLUSH);
	io->in = c->z.next_in;
	io->in_n -= in_n - c->z.avail_in;
	io->out = c->z.next_out;
	io->out_n -= out_n - c->z.avail_out;
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to do with this little input */
		return CODEC_MORE;
	case Z_STREAM_END:
		c->finished = true;
		return CODEC_MEMBER_END;
	case Z_MEM_ERROR:
		return CODEC_NO_MEMORY;
	default:
		return CODEC_CORRUPT;
	}
}

const struct codec codec_gzip_zlib = { "gzip", ".gz", { 0x1f, 0x8b, 0x08 }, 3,
	codec_gzip_zlib_new, codec_gzip_zlib_free, codec_gzip_zlib_run };
