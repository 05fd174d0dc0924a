/*
 * Simulated logs in memory, read back roughly: enough of each record to see
 * what a fault did to it.
 */
#ifndef UNIT_SIMULATE_LOGS_H
#define UNIT_SIMULATE_LOGS_H

#include "simulate/simulate.h"
#include "simulate/truth.h"

struct logs_row {
	int64_t start_us, duration_us;
	char tuple[128]; /* addresses and ports, smaller address first */
	char service[8], state[8], history[32];
	uint64_t orig_pkts, resp_pkts, ip_bytes;
	unsigned worker; /* from 1 */
	bool v6, orig_local, resp_local;
	char proto;   /* t, u or i */
	size_t place; /* in the log */
};

struct logs {
	struct plan plan;
	struct simulate_outcome outcome;
	struct buf text[RESULT_MAX_SENSORS];      /* owned */
	struct logs_row *row[RESULT_MAX_SENSORS]; /* owned, by tuple and time */
	size_t n[RESULT_MAX_SENSORS];
	struct buf truth; /* owned */
};

/* 40 sessions a second for 260 seconds; the window of faults is 80..180. */
struct simulate_options logs_options(void);

/* Runs the options with the fault, NULL for none; the test fails on trouble. */
void logs_make(struct logs *l, struct simulate_options o, const char *fault);
void logs_clear(struct logs *l);

/* How a and b differ when the k-th records of a tuple are paired. */
struct logs_difference {
	size_t only_a, only_b, paired, damaged, shifted;
	int64_t median_us; /* b's start minus a's, over the pairs */
};
struct logs_difference logs_compare(const struct logs *l);

/* Rows of a sensor that `match` accepts. */
typedef bool logs_match(const struct logs *l, const struct logs_row *r);
size_t logs_count(const struct logs *l, unsigned sensor, logs_match *match);

/* Seconds from the start of the run. */
double logs_start(const struct logs *l, const struct logs_row *r);
double logs_end(const struct logs *l, const struct logs_row *r);
/* The whole record lies inside the window of faults, less a second. */
bool logs_in_window(const struct logs *l, const struct logs_row *r);

#endif
