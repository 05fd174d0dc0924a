/*
 * Private to src/flow: finds the separators of a block. The scanner is the
 * one place with vector instructions; every twin gives the same index, which
 * tests compare.
 */
#ifndef FLOW_SCAN_H
#define FLOW_SCAN_H

#include "base/base.h"

#define SCAN_MAX_LINES 64
#define SCAN_MAX_SEPS 4096

/*
 * Offsets of the bytes that end a field, in order: sep[first[i]] ..
 * sep[first[i+1] - 1] belong to line i, the last of them its newline. sep[0]
 * is UINT32_MAX, so that sep[first[i] - 1] + 1 is where line i starts.
 */
struct scan {
	uint32_t nlines; /* whole lines found */
	uint32_t nseps;
	uint32_t first[SCAN_MAX_LINES + 1];
	uint32_t
	    sep[1 + SCAN_MAX_SEPS + 64]; /* slack: indexes are written in 8s */
	bool has_nul; /* a NUL was seen in the bytes looked at */
};

/*
 * Scans p[0..n) for sep and newlines until there are SCAN_MAX_LINES lines or
 * no room for more; returns false when not even one line fits (it has over
 * SCAN_MAX_SEPS fields). Readable 64 bytes beyond n. n < 2^32.
 */
typedef bool scan_fn(const char *p, size_t n, char sep, struct scan *out);

scan_fn scan_portable;
scan_fn scan_avx2;
scan_fn scan_avx512;

/* The fastest that this processor runs. */
scan_fn *scan_best(void);

#endif
