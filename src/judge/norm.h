/*
 * The norm of a pair: how much it usually differs, by hour of the week (UTC,
 * from Monday 00:00), as median and median absolute deviation of the rates of
 * its buckets. Robust: faults that are rarer than half the samples of an hour
 * do not move it. (Rousseeuw and Croux 1993, section 1.)
 */
#ifndef JUDGE_NORM_H
#define JUDGE_NORM_H

#include "base/base.h"

#define NORM_HOURS 168
#define NORM_ALL NORM_HOURS /* the slot of all hours together */
#define NORM_MIN 30         /* samples that a slot needs */
/* History that the slot of all hours needs: before, a pair has no norm. */
#define NORM_FIRST_US (86400 * US_PER_S)

struct norm_sample {
	int64_t at_us;
	double rate; /* 0..1: unpaired of all flows */
};

struct norm {
	uint64_t n; /* samples; 0: no norm */
	double median, mad;
};

struct norm_week {
	struct norm slot[NORM_HOURS + 1];
};

enum norm_basis {
	NORM_NONE,    /* the first day: the built-in limits are used */
	NORM_OVERALL, /* the hour has too few samples: all hours together */
	NORM_HOUR
};
/* A sentence for people. */
const char *norm_basis_text(enum norm_basis b);

unsigned norm_hour(int64_t at_us);
/* Sorts the samples. False: out of memory. */
bool
norm_learn(struct norm_sample *s, size_t n, struct norm_week *out) MUSTCHECK;
/* The norm to use at a time; of NORM_NONE it is all zero. */
enum norm_basis
norm_get(const struct norm_week *w, int64_t at_us, struct norm *out);

#endif
