/*
 * .gz by zlib, which a sensor has: one library less to bring along.
 */
#include "source/codec.h"

const struct codec *const codecs[CODECS] = { &codec_gzip_zlib, &codec_zstd };
