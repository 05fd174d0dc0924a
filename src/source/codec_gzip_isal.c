/*
 * gzip by ISA-L's igzip, three times as fast as zlib. The library checks the
 * header, the CRC and the length of each member. It decodes straight into the
 * output where a call offers much room, so a caller should.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "source/codec.h"

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

static void
codec_gzip_isal_begin(struct inflate_state *z)
{
	isal_inflate_reset(z);
	z->crc_flag = ISAL_GZIP;
}

static void *
codec_gzip_isal_new(void)
{
	struct inflate_state *z = malloc(sizeof(*z));

	if (z == NULL)
		return NULL;
	isal_inflate_init(z);
	codec_gzip_isal_begin(z);
	return z;
}

static void
codec_gzip_isal_free(void *state)
{
	free(state);
}

static enum codec_result
codec_gzip_isal_run(void *state, struct codec_io *io)
{
	struct inflate_state *z = state;
	uint32_t in_n = io->in_n < UINT32_MAX ? (uint32_t)io->in_n : UINT32_MAX;
	uint32_t out_n =
	    io->out_n < UINT32_MAX ? (uint32_t)io->out_n : UINT32_MAX;
	int rc;

	if (z->block_state == ISAL_BLOCK_FINISH)
		codec_gzip_isal_begin(z);
	/* The library only reads its input; its field is not const. */
	z->next_in = (uint8_t *)(uintptr_t)io->in;
	z->avail_in = in_n;
	z->next_out = io->out;
	z->avail_out = out_n;
	rc = isal_inflate(z);
	io->in = z->next_in;
	io->in_n -= in_n - z->avail_in;
	io->out = z->next_out;
	io->out_n -= out_n - z->avail_out;
	if (rc < 0 || rc == ISAL_NEED_DICT)
		return CODEC_CORRUPT;
	return z->block_state == ISAL_BLOCK_FINISH ? CODEC_MEMBER_END
						   : CODEC_MORE;
}

const struct codec codec_gzip_isal = { "gzip", ".gz", { 0x1f, 0x8b, 0x08 }, 3,
	codec_gzip_isal_new, codec_gzip_isal_free, codec_gzip_isal_run };
#endif
