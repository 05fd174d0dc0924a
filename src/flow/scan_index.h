/*
 * The part that all scanners share, compiled into each of them: from the bit
 * masks of 64 bytes to offsets. The including file defines scan_masks().
 */
#ifndef FLOW_SCAN_INDEX_H
#define FLOW_SCAN_INDEX_H

struct scan_masks {
	uint64_t sep;
	uint64_t newline;
	uint64_t nul;
};

#ifndef SCAN_TARGET
#define SCAN_TARGET
#endif
#ifndef SCAN_LOWEST /* any value will do for no bits */
#define SCAN_LOWEST(bits) (uint32_t) __builtin_ctzll((bits) | INT64_MIN)
#endif

SCAN_TARGET static ALWAYS_INLINE void
scan_masks(const char *p, char sep, struct scan_masks *m);

#ifndef SCAN_OFFSETS
#define SCAN_OFFSETS scan_offsets
/* Eight at a time without asking how many there are: what is written too
 * much is written over by the next. */
SCAN_TARGET static ALWAYS_INLINE void
scan_offsets(uint32_t *to, uint32_t base, uint64_t bits, unsigned count)
{
	unsigned done = 0;

	do {
		unsigned i;

		for (i = 0; i < 8; i++) {
			to[done + i] = base + SCAN_LOWEST(bits);
			bits &= bits - 1;
		}
		done += 8;
	} while (UNLIKELY(done < count));
}
#endif

SCAN_TARGET static ALWAYS_INLINE bool
scan_index(const char *p, size_t n, char sep, struct scan *out)
{
	uint32_t nseps = 1, nlines = 0;
	uint64_t nul = 0;
	size_t at;

	out->sep[0] = UINT32_MAX;
	out->first[0] = 1;
	for (at = 0; at < n && nseps <= SCAN_MAX_SEPS - 64; at += 64) {
		struct scan_masks m;
		uint64_t all;

		scan_masks(p + at, sep, &m);
		if (UNLIKELY(n - at < 64)) {
			uint64_t valid = (UINT64_C(1) << (n - at)) - 1;

			m.sep &= valid;
			m.newline &= valid;
			m.nul &= valid;
		}
		all = m.sep | m.newline;
		nul |= m.nul;
		SCAN_OFFSETS(out->sep + nseps, (uint32_t)at, all,
		    (unsigned)__builtin_popcountll(all));
		while (m.newline != 0 && nlines < SCAN_MAX_LINES) {
			uint64_t below = m.newline ^ (m.newline - 1);

			out->first[++nlines] =
			    nseps + (uint32_t)__builtin_popcountll(all & below);
			m.newline &= m.newline - 1;
		}
		nseps += (uint32_t)__builtin_popcountll(all);
		if (nlines == SCAN_MAX_LINES)
			break;
	}
	out->nseps = nseps - 1;
	out->nlines = nlines;
	out->has_nul = nul != 0;
	return nlines > 0 || at >= n;
}

#endif
