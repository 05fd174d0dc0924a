/*
 * Buckets as they were compared, and what a window of them looks like.
 */
#ifndef STORE_READING_H
#define STORE_READING_H

#include "judge/evidence.h"
#include "judge/incident.h"
#include "store/store.h"

enum store_reading {
	STORE_EARLY,
	STORE_FULL_READING
};

/* enum bucket_status, and one more. */
#define STORE_NOT_COMPARED (BUCKET_MISSING + 1)
#define STORE_NSTATUSES (STORE_NOT_COMPARED + 1)
const char *store_status_name(unsigned status);

/*
 * One comparison of a group, with all that follows from it. The result may
 * hold buckets of context before and after those that are new: of buckets and
 * evidence only what starts in [new_from_us, new_to_us) is written. What a
 * finding says of the time before is written to the coverage as well.
 */
struct store_cycle {
	const char *group;
	enum store_reading reading;
	int64_t now_us;
	int64_t new_from_us, new_to_us; /* both 0: all of the result */
	const char *reason;          /* of what is missing; NULL: the gaps' */
	const struct result *result; /* with its findings */
	const struct evidence *rows; /* for replay; kept of full readings */
	size_t nrows;                /* at most STORE_MAX_EVIDENCE are kept */
	/* After incident_run() over the findings of the result; NULL: none. */
	struct incident_list *incidents;
};
#define STORE_MAX_EVIDENCE 512

/*
 * Writes it in one transaction. A full reading replaces an early one and
 * keeps what that said; an early one after a full one changes nothing but
 * incidents. Coverage is of full readings only. Packets, bytes, bad and late
 * of a sensor are known where the result is of one bucket. New incidents have
 * their ids after success; after a failure the list is as it was, and the same
 * cycle can be written again.
 */
enum store_error store_write(
    struct store *st, const struct store_cycle *c, struct diag *d) MUSTCHECK;

/* When the group was first written down; INT64_MIN: never. */
enum store_error store_group_since(
    struct store *st, const char *group, int64_t *us, struct diag *d) MUSTCHECK;
/* Start of the oldest bucket that is known; INT64_MAX: none. */
enum store_error store_first(struct store *st, const char *group,
    int64_t *start_us, struct diag *d) MUSTCHECK;
/* Buckets before it are pruned; INT64_MIN: none is. */
enum store_error store_pruned(
    struct store *st, const char *group, int64_t *us, struct diag *d) MUSTCHECK;
/* Start of the newest bucket that is written in full, or given up; INT64_MIN:
 * none. */
enum store_error store_last(struct store *st, const char *group,
    int64_t *start_us, struct diag *d) MUSTCHECK;

/*
 * Buckets of [from, to) that can never be had (any more). Those compared in
 * full stay, and are not wanted again; of one that was only read early that
 * is kept as early_status. Works in several transactions: after an error the
 * same call goes on.
 */
enum store_error store_not_compared(struct store *st, const char *group,
    int64_t from_us, int64_t to_us, const char *reason, int64_t now_us,
    struct diag *d) MUSTCHECK;

enum store_want {
	STORE_WANT_ABSENT,
	STORE_WANT_FULL,  /* only the early reading is there */
	STORE_WANT_RETRY, /* a sensor's log did not cover it */
};
struct store_missing {
	int64_t start_us;
	enum store_want want;
	unsigned tries;     /* full readings so far */
	int64_t written_us; /* the latest; 0: absent */
};
/* Buckets to fetch that want the most or less, newest first, at most max; *n of
 * them. Only counts where out is NULL. */
enum store_error store_missing(struct store *st, const char *group,
    int64_t from_us, int64_t to_us, enum store_want most,
    struct store_missing *out, size_t max, size_t *n, struct diag *d) MUSTCHECK;

enum store_span {
	STORE_BY_BUCKET,
	STORE_BY_HOUR,
	STORE_BY_DAY
};
struct store_cell {
	int64_t start_us;
	uint64_t buckets;
	uint64_t status[STORE_NSTATUSES]; /* how many of them */
	/* Over all pairs whose logs both cover the bucket. */
	uint64_t paired, unpaired, damaged;
	double worst; /* least agreement of a pair; NaN: nothing compared */
	enum store_reading reading; /* STORE_BY_BUCKET only, as is early */
	int early_status;           /* -1: there was none */
	char reason[96];
};
#define STORE_MAX_CELLS 10000
/* Cells whose start is in [from, to), oldest first; *v is owned: free().
 * Hours and days are of UTC; they outlive their buckets. */
enum store_error store_heat(struct store *st, const char *group,
    int64_t from_us, int64_t to_us, enum store_span span, struct store_cell **v,
    size_t *n, struct diag *d) MUSTCHECK;

/* One bucket's sensors and pairs, as struct result holds them: *r is filled
 * with that one bucket and freed by result_clear(). What was not compared is
 * BUCKET_MISSING. */
enum store_error store_bucket(struct store *st, const char *group,
    int64_t start_us, struct result *r, struct diag *d) MUSTCHECK;

/* Evidence rows of [from, to), for replay: *v is owned. */
enum store_error
store_evidence(struct store *st, const char *group, int64_t from_us,
    int64_t to_us, struct evidence **v, size_t *n, struct diag *d) MUSTCHECK;

/* -- coverage -- */
enum coverage_state {
	COVERAGE_COMPLETE,
	COVERAGE_DEGRADED,
	COVERAGE_BLIND,
	COVERAGE_NOT_COMPARED
};
const char *coverage_state_name(enum coverage_state s);

struct coverage {
	char sensor[64];
	int64_t from_us, to_us;
	enum coverage_state state;
	/* Flows that the peer has which shows the most, and it lacks; of
	 * those that this peer has. */
	uint64_t missed, flows;
	char why[64];   /* rule, gap or reason */
	char nets[192]; /* the networks that it is about; "": all */
};
#define STORE_MAX_COVERAGE 10000
/*
 * What the sensors of a group saw in [from, to), by sensor (NULL: each) and
 * time. Where nothing was written it is not-compared, "no record". With a
 * network (CIDR, or NULL) what is about other networks only counts as
 * complete. Of a stretch that is cut, the counts are shared out by time.
 * STORE_RANGE: no network, or more stretches than the maximum.
 */
enum store_error store_coverage(struct store *st, const char *group,
    const char *sensor, const char *net, int64_t from_us, int64_t to_us,
    struct coverage **v, size_t *n, struct diag *d) MUSTCHECK;

#endif
