/*
 * .gz by ISA-L where it is there.
 */
#include "source/codec.h"

#ifdef HAVE_ISAL
#define CODECS_GZIP codec_gzip_isal
#else
#define CODECS_GZIP codec_gzip_zlib
#endif

const struct codec *const codecs[CODECS] = { &CODECS_GZIP, &codec_zstd };
