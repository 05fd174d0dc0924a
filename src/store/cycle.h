/*
 * Private to src/store: the parts of a reading that are written with it, all
 * inside its transaction.
 */
#ifndef STORE_CYCLE_H
#define STORE_CYCLE_H

#include "store/reading.h"
#include "store/state.h"

#define CYCLE_HOUR_US (INT64_C(3600) * US_PER_S)
#define CYCLE_DAY_US (INT64_C(86400) * US_PER_S)
/* Gaps with which a log does not cover a bucket. */
#define CYCLE_LOST \
	(GAP_BEFORE_LOG | GAP_AFTER_LOG | GAP_NOT_YET | GAP_NO_ANSWER)

struct cycle {
	const struct store_cycle *c;        /* borrowed */
	int64_t group;                      /* id */
	int64_t sensor[RESULT_MAX_SENSORS]; /* ids, as in the result */
	int64_t from_us, to_us;             /* what is new */
};

static inline bool
cycle_is_full(const struct cycle *k)
{
	return k->c->reading == STORE_FULL_READING;
}

static inline bool
cycle_is_new(const struct cycle *k, int64_t start_us)
{
	return start_us >= k->from_us && start_us < k->to_us;
}

/* -- rollup.c: what a bucket counts in its hour and day -- */
struct roll {
	bool is; /* else there was none */
	unsigned status;
	int64_t paired, unpaired, damaged;
	double worst; /* NaN: nothing compared */
};
void rollup_replace(struct store *st, int64_t group, int64_t start_us,
    const struct roll *was, const struct roll *is);

/* -- coverage.c -- */
void coverage_write(struct store *st, const struct cycle *k);
/* All sensors of the group, from begin to end. */
void coverage_none(struct store *st, int64_t group, int64_t from_us,
    int64_t to_us, const char *why);
/* The part of a count that [from, to) has of a stretch, by time. */
uint64_t coverage_part(
    const struct coverage *of, uint64_t count, int64_t from_us, int64_t to_us);
/* A row: from, to, state, missed, flows, why, nets. */
#define COVERAGE_COLUMNS "from_us, to_us, state, missed, flows, why, nets"
void coverage_take(sqlite3_stmt *s, struct coverage *out);
bool coverage_same(const struct coverage *a, const struct coverage *b);

/* -- evidence.c -- */
void evidence_write(struct store *st, const struct cycle *k);

/* -- incident.c: *ids is owned: an id for each of the list, or NULL -- */
void incident_write(struct store *st, const struct cycle *k, int64_t **ids);
void incident_written(struct incident_list *l, const int64_t *ids);

#endif
