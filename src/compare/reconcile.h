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
	void (*split)(void *arg, const struct leftover *x);
	void (*only)(void *arg, const struct leftover *x);
	void *arg;
};

void reconcile_run(const struct reconcile *r);

#endif
