/*
 * JSON as it is written: members with their commas, into a buffer. Braces and
 * brackets are the caller's: buf_add_char().
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/buf.h"

/* "key": with a comma before it, but for the first of an object. */
void jsonw_key(struct buf *out, const char *key);
/* The comma before an element of a list, but for the first. */
void jsonw_next(struct buf *out);

void jsonw_value(struct buf *out, struct span text); /* in its quotes */
/* Members: key and value. */
void jsonw_text(struct buf *out, const char *key, const char *text);
void jsonw_text_or_null(struct buf *out, const char *key, const char *text);
void jsonw_null(struct buf *out, const char *key);
void jsonw_flag(struct buf *out, const char *key, bool is);
void jsonw_count(struct buf *out, const char *key, uint64_t n);
/* As number_real() and number_seconds() write them. */
void jsonw_real(struct buf *out, const char *key, double v);
void jsonw_seconds(struct buf *out, const char *key, int64_t us);

#endif
