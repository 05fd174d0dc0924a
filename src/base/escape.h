/*
 * Text from elsewhere inside the languages of others. What comes out means the
 * text that went in, and nothing else.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

/* A field of CSV (RFC 4180), quoted where it must be. */
void escape_csv(struct buf *out, struct span s);

/* A field of tab-separated values as ClickHouse reads it. */
void escape_tsv(struct buf *out, struct span s);

/* Text or the value of a quoted attribute in HTML and SVG, as UTF-8; control
 * characters and bytes that are no UTF-8 are shown as \xNN. */
void escape_html(struct buf *out, struct span s);

/* One word of a POSIX shell, quoted where it must be. */
void escape_shell(struct buf *out, const char *word);

#endif
