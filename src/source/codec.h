/*
 * A codec undoes one compression format, as a stream: it takes what it can
 * of the input, fills what it can of the output, and says when a member ends.
 * It knows nothing of files; what comes after a member is input.c's business.
 */
#ifndef SOURCE_CODEC_H
#define SOURCE_CODEC_H

#include "base/base.h"

struct codec_io {
	const uint8_t *in; /* advanced past what was used */
	size_t in_n;
	uint8_t *out; /* advanced past what was written */
	size_t out_n;
};

enum codec_result {
	CODEC_MORE,       /* wants more input, or more room */
	CODEC_MEMBER_END, /* a member and its checksum are complete */
	CODEC_CORRUPT,    /* not this format, or a wrong checksum */
	CODEC_NO_MEMORY
};

struct codec {
	const char *name; /* for people: "gzip" */
	const char *suffix;
	uint8_t magic[4];
	size_t magic_n;     /* bytes */
	void *(*new)(void); /* NULL when out of memory */
	void (*free)(void *state);
	/* After CODEC_MEMBER_END the next call begins another member. */
	enum codec_result (*run)(void *state, struct codec_io *io);
};

#ifdef HAVE_ISAL
extern const struct codec codec_gzip_isal;
#endif
extern const struct codec codec_gzip_zlib;

extern const struct codec codec_zstd;

/* Those that files are read with. codecs_fast.c and codecs_small.c are two
 * choices, of which a program links one. */
#define CODECS 2
extern const struct codec *const codecs[CODECS];

#endif
