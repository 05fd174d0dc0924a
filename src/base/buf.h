/*
 * A growing byte buffer that owns its memory. A failed allocation sticks:
 * later appends do nothing and buf_ok() says so, so that one check at the end
 * is enough.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"

struct buf {
	char *p; /* owned; kept NUL-terminated once anything was appended */
	size_t n;
	size_t cap;
	bool failed;
};

#define BUF_INIT                  \
	{                         \
		NULL, 0, 0, false \
	}

void buf_clear(struct buf *b); /* frees; ready for use again */
void buf_wipe(struct buf *b);  /* the same, of a secret: overwrites it first */
bool buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The text of a JSON string without its quotes; bytes that are not UTF-8 or
 * are control characters leave as \u00XX. */
void buf_add_json(struct buf *b, struct span s);
/* Length of the valid UTF-8 sequence that s begins with (RFC 3629), 0 if there
 * is none; s is not empty. */
size_t buf_utf8_len(struct span s);

static inline bool
buf_ok(const struct buf *b)
{
	return !b->failed;
}

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

#endif
