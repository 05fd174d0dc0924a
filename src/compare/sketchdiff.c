/*
 * Symbols are doubled until the difference decodes, as over the wire; beyond
 * the limit the answer is "too large", which is an answer too.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/sketchdiff.h"

#define SKETCHDIFF_LIMIT (1u << 19)

static int
sketchdiff_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
sketchdiff_fill(struct sketch *s, uint32_t m, const struct bin *bin)
{
	size_t i;

	if (!sketch_init(s, m))
		return false;
	for (i = 0; i < bin->nelements; i++)
		sketch_add(s, bin->elements[i]);
	return true;
}

/* The elements of x that are not in y; sorted, and so is the answer. */
static size_t
sketchdiff_minus(const struct bin *x, const struct bin *y, uint64_t *out)
{
	size_t i = 0, j = 0, n = 0;

	while (i < x->nelements) {
		if (j < y->nelements && y->elements[j] < x->elements[i])
			j++;
		else if (j < y->nelements && y->elements[j] == x->elements[i])
			i++, j++;
		else
			out[n++] = x->elements[i++];
	}
	return n;
}

/* With room for the elements of both. */
static bool
sketchdiff_equals(const struct bin *a, const struct bin *b,
    struct sketch_diff *got, uint64_t *want)
{
	size_t na, nb;

	na = sketchdiff_minus(a, b, want);
	nb = sketchdiff_minus(b, a, want + na);
	qsort(got->keys, got->na, sizeof(*got->keys), sketchdiff_u64);
	qsort(got->keys + got->na, got->nb, sizeof(*got->keys), sketchdiff_u64);
	return na == got->na && nb == got->nb &&
	    memcmp(want, got->keys, (na + nb) * sizeof(*want)) == 0;
}

bool
sketchdiff_check(struct bin *a, struct bin *b, struct compare_sketch_cost *cost,
    struct diag *d)
{
	enum sketch_status status = SKETCH_NEED_MORE;
	struct sketch_diff got = { NULL, 0, 0 };
	struct sketch sa = { NULL, 0, false }, sb = { NULL, 0, false };
	uint64_t *want = calloc(a->nelements + b->nelements + 1, sizeof(*want));
	bool ok = want != NULL;
	uint32_t m;

	qsort(a->elements, a->nelements, sizeof(*a->elements), sketchdiff_u64);
	qsort(b->elements, b->nelements, sizeof(*b->elements), sketchdiff_u64);
	for (m = SKETCH_MIN; status == SKETCH_NEED_MORE && ok; m *= 2) {
		if (m > SKETCHDIFF_LIMIT) {
			cost->too_large++;
			goto out;
		}
		ok = sketchdiff_fill(&sa, m, a) && sketchdiff_fill(&sb, m, b);
		if (ok) {
			sketch_subtract(&sa, &sb);
			status = sketch_decode(&sa, SIZE_MAX, &got);
			cost->symbols += status == SKETCH_NEED_MORE ? 0 : m;
		}
		sketch_clear(&sa);
		sketch_clear(&sb);
	}
	/* without a limit nothing is too large but for the memory */
	if (!ok || status == SKETCH_NO_MEMORY) {
		diag_set(d, "out of memory");
		ok = false;
	} else if (status != SKETCH_DECODED ||
	    !sketchdiff_equals(a, b, &got, want)) {
		diag_set(d,
		    "the sketch (%s) does not give the difference of the "
		    "sets: please report this",
		    sketch_status_name(status));
		ok = false;
	}
	cost->differences += got.na + got.nb;
out:
	sketch_diff_clear(&got);
	free(want);
	return ok;
}
