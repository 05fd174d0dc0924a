/*
 * What there is, and how it went over time: for the page.
 */
#ifndef STORE_OVERVIEW_H
#define STORE_OVERVIEW_H

#include "compare/result.h"
#include "store/store.h"

struct store_group_info {
	char name[64];
	enum relation relation;
	int64_t width_us;
	size_t nmembers;
	char member[RESULT_MAX_SENSORS][64]; /* now, in their order */
	int64_t last_us; /* start of the newest bucket; INT64_MIN: none */
};
/* Groups that have members now, by name; *v is owned: free(). */
enum store_error store_groups(struct store *st, struct store_group_info **v,
    size_t *n, struct diag *d) MUSTCHECK;

struct store_attribute_info {
	char key[64], value[128];
	int64_t from_us, to_us; /* INT64_MAX: still so */
};
/* All that a sensor ever was, newest first; *v is owned. */
enum store_error store_attribute_history(struct store *st, const char *sensor,
    struct store_attribute_info **v, size_t *n, struct diag *d) MUSTCHECK;

/* Steps of a curve, at most; longer times want longer steps. */
#define STORE_MAX_STEPS 2000
struct store_point {
	int64_t at_us; /* begin of the step */
	double low, mean, high;
};
/* A sensor's clock offset in a group, in microseconds; steps without any are
 * left out. *v is owned. STORE_RANGE: too many steps. */
enum store_error store_offsets(struct store *st, const char *group,
    const char *sensor, int64_t from_us, int64_t to_us, int64_t step_us,
    struct store_point **v, size_t *n, struct diag *d) MUSTCHECK;

/* Samples of how far a log was behind the clock are kept so far apart. */
#define STORE_LAG_STEP_US (300 * US_PER_S)
/* How far the newest record of a sensor's log was behind the clock, the same
 * way; of the last weeks (doc/store.md). */
enum store_error store_lags(struct store *st, const char *sensor,
    int64_t from_us, int64_t to_us, int64_t step_us, struct store_point **v,
    size_t *n, struct diag *d) MUSTCHECK;

#endif
