/*
 * Reads truth.json: what a comparison of labelled logs ought to find. It comes
 * from crosstap simulate or from another maker of labelled logs.
 */
#ifndef CROSSTAP_TRUTH_READ_H
#define CROSSTAP_TRUTH_READ_H

#include "base/diag.h"
#include "judge/finding.h"

#define TRUTH_READ_MAX 64

struct truth_expected {
	char rule[32];
	char sensor[64]; /* "" where none is to blame */
	int64_t from_us, to_us;
};

struct truth_read {
	bool subset;
	char scenario[64];
	size_t n;
	struct truth_expected expected[TRUTH_READ_MAX];
};

/* text: as the file has it. False with what was wanted in d. */
bool
truth_read(struct span text, struct truth_read *out, struct diag *d) MUSTCHECK;

/* Whether the finding is in the time of the truth, give or take a bucket, and
 * on its sensor. */
bool truth_covers(
    const struct truth_expected *t, const struct finding *f, int64_t width_us);

#endif
