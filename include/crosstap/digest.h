/*
 * libcrosstap, second step: the flows of one sensor in buckets of time. A flow
 * belongs to the bucket in which it ended. A bucket is closed once the log has
 * got past its end by the settle time, so that two sensors are cut alike.
 */
#ifndef CROSSTAP_DIGEST_H
#define CROSSTAP_DIGEST_H

#include <crosstap/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All buckets of one log; about 50 bytes for each flow. */
struct crosstap_digest;

struct crosstap_digest_options {
	int64_t width_us;  /* of a bucket: 1 second to 1 hour; 0: a minute */
	int64_t settle_us; /* 0 to 1 day; below 0: 400 seconds */
	uint64_t seed;     /* of the keys: a secret, the same for all digests
			    * that will be compared */
};

struct crosstap_bucket {
	int64_t start_us;
	uint64_t flows;
	uint64_t packets;  /* of both directions */
	uint64_t ip_bytes; /* of both directions */
	uint64_t bad;      /* records near here that could not be read */
};

/* NULL: out of memory, or an option is out of its range. */
CROSSTAP_API struct crosstap_digest *
crosstap_digest_new(const struct crosstap_digest_options *opt);
CROSSTAP_API void crosstap_digest_free(struct crosstap_digest *d);

/* Flows in the order of the log. CROSSTAP_INVALID after the end. */
CROSSTAP_API enum crosstap_status
crosstap_digest_add(struct crosstap_digest *d, const struct crosstap_flow *f);

/* After the last flow; buckets are complete from here on. */
CROSSTAP_API enum crosstap_status
crosstap_digest_end(struct crosstap_digest *d);

/* Buckets that have flows, in order of start; 0 before the end. */
CROSSTAP_API size_t crosstap_digest_buckets(const struct crosstap_digest *d);
/* CROSSTAP_INVALID if there are not that many. */
CROSSTAP_API enum crosstap_status crosstap_digest_bucket(
    const struct crosstap_digest *d, size_t index, struct crosstap_bucket *out);

/* Flows that came after their bucket was closed, and are not in it. */
CROSSTAP_API uint64_t crosstap_digest_late(const struct crosstap_digest *d);

#ifdef __cplusplus
}
#endif

#endif
