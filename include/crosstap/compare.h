/*
 * libcrosstap, third step: two digests in, what they differ in out. Which of
 * the two sensors is wrong, and why, is the business of the crosstap program
 * and its rules.
 */
#ifndef CROSSTAP_COMPARE_H
#define CROSSTAP_COMPARE_H

#include <crosstap/digest.h>

#ifdef __cplusplus
extern "C" {
#endif

enum crosstap_relation {
	CROSSTAP_MIRROR, /* both should see the same */
	CROSSTAP_SUBSET  /* what b sees, a should see, too */
};

enum crosstap_bucket_status {
	CROSSTAP_EQUAL,
	CROSSTAP_DIFFERS,
	CROSSTAP_INCOMPLETE, /* compared in part */
	CROSSTAP_MISSING     /* a log does not cover it: not compared */
};

struct crosstap_counts {
	uint64_t paired; /* flows that both have */
	uint64_t only_a;
	uint64_t only_b;
	uint64_t damaged; /* of paired: fewer packets on one side */
	uint64_t shifted; /* of paired: in neighbouring buckets */
	uint64_t split; /* further records of a flow that the peer has whole */
};

struct crosstap_difference {
	int64_t start_us; /* of the bucket */
	enum crosstap_bucket_status status;
	struct crosstap_counts n;
};

struct crosstap_result;

/*
 * Compares two ended digests of the same width and seed, which stay as they
 * are. CROSSTAP_INVALID if they are not of one kind. *out is the caller's, to
 * be freed with crosstap_result_free(), which takes NULL; NULL on an error.
 */
CROSSTAP_API enum crosstap_status crosstap_compare(
    const struct crosstap_digest *a, const struct crosstap_digest *b,
    enum crosstap_relation relation, struct crosstap_result **out);
CROSSTAP_API void crosstap_result_free(struct crosstap_result *r);

/* The whole of the window that both logs cover. */
CROSSTAP_API void crosstap_result_counts(
    const struct crosstap_result *r, struct crosstap_counts *out);

/* Jaccard index of the two sets of flows, or for a subset the part of b that
 * a has too: 0 to 1, and 1 where there is nothing to compare. */
CROSSTAP_API double crosstap_result_agreement(const struct crosstap_result *r);

/* Bucket by bucket, in order of start; CROSSTAP_INVALID past the last. */
CROSSTAP_API size_t crosstap_result_buckets(const struct crosstap_result *r);
CROSSTAP_API enum crosstap_status
crosstap_result_bucket(const struct crosstap_result *r, size_t index,
    struct crosstap_difference *out);

#ifdef __cplusplus
}
#endif

#endif
