/*
 * Zstandard (RFC 8878) by libzstd's streaming decoder. Its window is bounded:
 * sixteen logs may be open at a time, and a frame's header is from outside.
 */
#include <zstd.h>
#include <zstd_errors.h>
#include "source/codec.h"

/* 8 MB: what zstd -19 uses; the format asks every decoder for that much. */
#define ZSTD_WINDOW_LOG_MAX 23

static void *
codec_zstd_new(void)
{
	ZSTD_DStream *z = ZSTD_createDStream();

	if (z != NULL &&
	    ZSTD_isError(ZSTD_DCtx_setParameter(
		z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX))) {
		(void)ZSTD_freeDStream(z);
		return NULL;
	}
	return z;
}

static void
codec_zstd_free(void *state)
{
	(void)ZSTD_freeDStream(state);
}

static enum codec_result
codec_zstd_run(void *state, struct codec_io *io)
{
	ZSTD_inBuffer in = { io->in, io->in_n, 0 };
	ZSTD_outBuffer out = { io->out, io->out_n, 0 };
	size_t rc = ZSTD_decompressStream(state, &out, &in);

	io->in += in.pos;
	io->in_n -= in.pos;
	io->out += out.pos;
	io->out_n -= out.pos;
	if (!ZSTD_isError(rc))
		return rc == 0 ? CODEC_MEMBER_END : CODEC_MORE;
	return ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation
	    ? CODEC_NO_MEMORY
	    : CODEC_CORRUPT;
}

const struct codec codec_zstd = { "zstd", ".zst", { 0x28, 0xb5, 0x2f, 0xfd }, 4,
	codec_zstd_new, codec_zstd_free, codec_zstd_run };
