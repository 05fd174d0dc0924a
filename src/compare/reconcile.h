/*
 * Settles the leftovers of all buckets: the same flow in two buckets is
 * shifted, a record inside a longer one of the peer is split, and only what is
 * left after that is missing.
 */
#ifndef COMPARE_RECONCILE_H
#define COMPARE_RECONCILE_H

#include "compare/compare.h"

struct reconcile {
	struct leftovers *left;
	int64_t width_us;
	/* Called once for every leftover, in order of pair and key. */
	void (*shifted)(
	    void *arg, const struct leftover *a, const struct leftover *b);
	void (*damaged)(
	    void *arg, const struct leftover *a, const struct leftover *b);
	void (*split)(
	    void *arg, const struct leftover *x, const struct leftover *whole);
	void (*only)(void *arg, const struct leftover *x);
	void *arg;
};

/* Settles all. */
void reconcile_run(const struct reconcile *r);

/* Settles only what is shifted, and forgets it: makes room for more. */
void reconcile_shrink(const struct reconcile *r);

#endif
