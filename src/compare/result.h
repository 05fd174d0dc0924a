/*
 * What a comparison found, as plain values: the one struct that judge reads
 * and the writers print. Owned by whoever called result_clear() last.
 */
#ifndef COMPARE_RESULT_H
#define COMPARE_RESULT_H

#include "base/base.h"

#define RESULT_MAX_SENSORS 8
#define RESULT_MAX_PAIRS 28
#define RESULT_NAME_MAX 64

enum relation {
	RELATION_MIRROR, /* equal sets */
	RELATION_SUBSET  /* b inside a */
};

/* Why a bucket of one sensor cannot be fully compared; 0 = it can. */
enum result_gap {
	GAP_BAD_LINES = 1 << 0,  /* records there could not be read */
	GAP_NOT_YET = 1 << 1,    /* the log has not got that far (settle) */
	GAP_BEFORE_LOG = 1 << 2, /* the log starts later */
	GAP_AFTER_LOG = 1 << 3,  /* the log ends earlier */
	GAP_TROUBLE = 1 << 4,    /* truncated, corrupt or unreadable file */
	GAP_EDGE = 1 << 5,       /* the log starts or ends inside the bucket */
	GAP_NO_ANSWER = 1 << 6   /* the sensor could not be asked */
};
#define RESULT_NGAPS 7
const char *result_gap_name(enum result_gap g);

enum bucket_status {
	BUCKET_EQUAL,
	BUCKET_DIFFERS,
	BUCKET_INCOMPLETE, /* compared in part: some records may be missing */
	BUCKET_MISSING     /* a sensor's log does not cover it: not compared */
};
const char *bucket_status_name(enum bucket_status s);

struct result_counts {
	uint64_t paired; /* flows that both have */
	uint64_t only_a;
	uint64_t only_b;
	uint64_t damaged; /* of paired: fewer packets on one side */
	uint64_t shifted; /* of paired: in neighbouring buckets */
	uint64_t split; /* further records of a flow that the peer has whole */
};

struct result_sensor {
	char name[RESULT_NAME_MAX];
	char path[256]; /* as given, cut */
	uint64_t flows;
	uint64_t packets;
	uint64_t ip_bytes;
	uint64_t lines;
	uint64_t bad_lines;
	uint64_t late;    /* records logged after their bucket was closed */
	uint64_t outside; /* records outside the window */
	uint64_t bytes_read;
	uint64_t sftp_bytes;  /* of logs that came by SFTP, each time they were
			       * read; 0: the log is here, or was asked */
	int64_t first_end_us; /* of the records read; INT64_MAX if none */
	int64_t watermark_us; /* INT64_MIN if none */
	int64_t offset_us;    /* clock, against the first operand */
	bool has_offset;      /* enough flows paired to tell */
};

struct result_pair {
	uint8_t a, b; /* sensor indices */
	enum relation relation;
	struct result_counts n;
	bool compared;    /* in some bucket */
	double agreement; /* 0..1; see result_agreement() */
};

struct result_bucket {
	int64_t start_us;
	enum bucket_status status;
	uint8_t gaps[RESULT_MAX_SENSORS]; /* enum result_gap */
	uint64_t flows[RESULT_MAX_SENSORS];
	struct result_counts n[RESULT_MAX_PAIRS];
	bool compared[RESULT_MAX_PAIRS]; /* both logs cover it */
	bool differs[RESULT_MAX_PAIRS];
};

struct finding; /* judge/finding.h */

struct result {
	int64_t from_us, to_us, width_us;
	size_t nsensors, npairs, nbuckets, nfindings, nnotes;
	struct result_sensor sensors[RESULT_MAX_SENSORS];
	struct result_pair pairs[RESULT_MAX_PAIRS];
	/* The caller's: what a pair differs by at most when all is as usual, by
	 * its norm: share of flows; 0 where it has none. */
	double usual[RESULT_MAX_PAIRS];
	struct result_bucket *buckets; /* owned, nbuckets, in order of start */
	struct finding *findings;      /* owned, nfindings */
	char (*notes)[256]; /* owned, nnotes: what was ruled out, and why */
};

void result_clear(struct result *r);

/* Jaccard index of the two flow sets, or for a subset the part of b that a
 * has too; 1 when there is nothing to compare. */
double result_agreement(const struct result_counts *n, enum relation rel);

/* Exit status of diff(1), extended: 0 agree, 1 findings, 3 not all compared. */
int result_exit_status(const struct result *r);

#endif
