/*
 * A rateless invertible Bloom lookup table (Yang, Gilad, Alizadeh, SIGCOMM'24,
 * arXiv 2402.02668): symbol i holds a key with probability 1/(1+i/2), so that
 * the first m symbols of two sets, subtracted, give the keys in which they
 * differ once m is about 1.35 to 1.46 times their number.
 *
 * The index sequence is our own integer arithmetic (doc/digest-format.md): bit
 * for bit the same on every platform, and cheap for the first 64 symbols.
 */
#ifndef DIGEST_SKETCH_H
#define DIGEST_SKETCH_H

#include "base/base.h"

#define SKETCH_MIN 64         /* symbols that come with every digest */
#define SKETCH_MAX (1u << 20) /* symbols; 24 bytes each */

struct sketch_symbol {
	uint64_t count; /* of keys, mod 2^64: a difference may be negative */
	uint64_t sum;   /* of keys, mod 2^64 */
	uint64_t check; /* of sketch_check(key), mod 2^64 */
	uint64_t spare; /* 0; makes a symbol one vector */
};

struct sketch {
	struct sketch_symbol *symbols; /* owned */
	uint32_t m;
	bool check32; /* checks are mod 2^32, as they come over the wire */
};

enum sketch_status {
	SKETCH_DECODED,
	SKETCH_NEED_MORE, /* not decoded with this many symbols */
	SKETCH_TOO_LARGE, /* over the limit of differences */
	SKETCH_CORRUPT,   /* not the difference of two sketches of one kind */
	SKETCH_NO_MEMORY
};
const char *sketch_status_name(enum sketch_status s);

/* The keys that only one side has. */
struct sketch_diff {
	uint64_t *keys; /* owned; the first na are of a, the others of b */
	size_t na, nb;
};

bool sketch_init(struct sketch *s, uint32_t m) MUSTCHECK;
void sketch_clear(struct sketch *s);
void sketch_add(struct sketch *s, uint64_t key);
/* The first SKETCH_MIN symbols of n keys; the same symbols by either twin. */
typedef void
sketch_first_fn(struct sketch_symbol *symbols, const uint64_t *keys, size_t n);
sketch_first_fn sketch_first_portable;
sketch_first_fn sketch_first_avx512;
sketch_first_fn *sketch_first_best(void);
void sketch_diff_clear(struct sketch_diff *d);

/* a - b, both of the same m; into a. */
void sketch_subtract(struct sketch *a, const struct sketch *b);

/* Peels the difference sketch d (used up). max bounds the keys given out. */
enum sketch_status
sketch_decode(struct sketch *d, size_t max, struct sketch_diff *out) MUSTCHECK;

/*
 * How many keys differ, about, from a difference sketch: symbol i holds each
 * with p(i) = 2/(i+2), so that its count scatters by d p (1-p) around what the
 * difference of the totals makes. The standard error is sqrt(2/m) of d.
 */
double sketch_estimate(const struct sketch *d);

/* The indexes of a key: the first, then the next after i; UINT32_MAX when the
 * next is not below limit. State is opaque to the caller. */
struct sketch_walk {
	uint64_t mask;  /* of those below 64 not yet given */
	uint64_t state; /* of the generator beyond */
	uint32_t at;
};
void sketch_walk_start(struct sketch_walk *w, uint64_t key);
uint32_t sketch_walk_next(struct sketch_walk *w, uint32_t limit);

#endif
