/*
 * Text for people about an expected failure: "file:line:col: what; what was
 * wanted". The caller owns the struct; the first message set is kept, since
 * the first is the cause.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/base.h"

struct diag {
	char text[512];
};

#define DIAG_INIT         \
	{                 \
		{         \
			0 \
		}         \
	}

/* Sets "what ..."; does nothing if d is NULL or already holds a message. */
void diag_set(struct diag *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same with a place before it; line and col 0 are left out. */
void diag_at(struct diag *d, const char *file, uint64_t line, unsigned col,
    const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
