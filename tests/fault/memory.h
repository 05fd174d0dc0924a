/*
 * Out of memory at every allocation of our own code, one after the other: the
 * program is linked with the linker's --wrap, so that nothing shipped knows of
 * it. Whatever fails, the caller hears of it or gets the right answer, and no
 * memory is left behind.
 */
#ifndef FAULT_MEMORY_H
#define FAULT_MEMORY_H

#include "base/diag.h"

struct memory_run {
	uint64_t answer; /* what came out, mixed: memory_mix() */
	struct diag why; /* of a refusal, where the code under test tells */
};

/* Does the work once and clears up. False: it was told that it cannot be. */
typedef bool memory_body(struct memory_run *r);

enum memory_words {
	MEMORY_SILENT,  /* the refusal is a status alone */
	MEMORY_SAYS_WHY /* and says "memory" in run.why */
};

/* Runs the body without a fault, then with the n-th allocation failing, and
 * with all from the n-th on, for each n that there is. Asserts. */
void memory_everywhere(memory_body *body, enum memory_words words);

/* The same for SQLite's own allocations; before its first use. */
void memory_with_sqlite(void);

void memory_mix(struct memory_run *r, uint64_t value);
void memory_mix_bytes(struct memory_run *r, const void *p, size_t n);

#endif
